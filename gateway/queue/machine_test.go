package queue

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"demailbench/gateway/door/doortest"
)

// machine drives a queue at random beside a model of what must be delivered. Its actions are what the world
// can do to a queue: submit (also twice), answer, lose the answer, let time pass, crash.
type machine struct {
	*bench
	out []*Work
	// By copy: how often it was accepted, reached the far side, reached it without our learning of it, and was
	// given up.
	accepted, delivered, lost, failed map[string]int
}

// Submit hands in a message, possibly one that was handed in before.
func (m *machine) Submit(t *rapid.T) {
	id := rapid.IntRange(0, 12).Draw(t, "message")
	n := rapid.IntRange(1, 3).Draw(t, "recipients")
	var to []string
	for i := range n {
		to = append(to, fmt.Sprintf("r%d@x.de-mail.de", i))
	}
	tenant := fmt.Sprintf("t%d", id%3)
	r := m.mail(t, tenant, fmt.Sprintf("%d@x", id), "body", to...)
	if len(r.Queued)+len(r.Suppressed) != n {
		t.Fatalf("%d recipients: %d queued, %d suppressed", n, len(r.Queued), len(r.Suppressed))
	}
	for _, d := range r.Queued {
		m.accepted[key(r.MessageID, d.Recipient)]++
	}
	for _, s := range r.Suppressed {
		if k := key(r.MessageID, s.Address); m.accepted[k] == m.failed[k] {
			t.Fatalf("%s suppressed, but no copy of it is on its way or was delivered", k)
		}
	}
}

// Take begins an attempt.
func (m *machine) Take(t *rapid.T) {
	if w := m.take(t); w != nil {
		m.out = append(m.out, w)
	}
}

// Answer ends an attempt with a verdict for each recipient.
func (m *machine) Answer(t *rapid.T) {
	w := m.pop(t)
	if w == nil {
		return
	}
	out := map[int64]Outcome{}
	for _, d := range w.Deliveries {
		v := rapid.SampledFrom([]Verdict{Deferred, Delivered, Delivered, Failed}).Draw(t, "verdict")
		out[d.ID] = Outcome{Verdict: v, Answer: "answer"}
	}
	if w.Late {
		out = nil
	}
	s := m.Judge(w, out)
	if _, err := m.Settle(context.Background(), s, nil); err != nil {
		t.Fatalf("settle: %v", err)
	}
	for _, d := range s.Delivered {
		m.delivered[key(w.Message.MessageID, d.Recipient)]++
	}
	for _, d := range append(s.Failed, s.Expired...) {
		m.failed[key(w.Message.MessageID, d.Recipient)]++
	}
}

// LoseReply: the far side took the message, but the queue never learns of it.
func (m *machine) LoseReply(t *rapid.T) {
	w := m.pop(t)
	if w == nil || w.Late {
		if w != nil {
			m.finish(t, w, Deferred)
		}
		return
	}
	for _, d := range w.Deliveries {
		k := key(w.Message.MessageID, d.Recipient)
		m.delivered[k]++
		m.lost[k]++
	}
	for _, d := range m.finish(t, w, Deferred).Expired {
		m.failed[key(w.Message.MessageID, d.Recipient)]++
	}
}

// Wait lets time pass.
func (m *machine) Wait(t *rapid.T) {
	m.clock.Advance(time.Duration(rapid.IntRange(1, 300).Draw(t, "minutes")) * time.Minute)
}

// Crash kills the gateway with all attempts under way, none of which had reached the far side.
func (m *machine) Crash(t *rapid.T) {
	if rapid.IntRange(0, 2).Draw(t, "spared") > 0 { // opening a store is the slowest action by far
		return
	}
	m.crash(t)
}

func (m *machine) crash(t *rapid.T) {
	if err := m.st.Kill(); err != nil {
		t.Fatalf("kill: %v", err)
	}
	m.bench, m.out = open(t, m.dir, m.clock), nil
}

func (m *machine) pop(t *rapid.T) *Work {
	if len(m.out) == 0 {
		return nil
	}
	i := rapid.IntRange(0, len(m.out)-1).Draw(t, "attempt")
	w := m.out[i]
	m.out = append(m.out[:i:i], m.out[i+1:]...)
	return w
}

// Check holds after every action: no copy was delivered more often than accepted, but for lost replies.
func (m *machine) Check(t *rapid.T) {
	for k, n := range m.delivered {
		if n > m.accepted[k]+m.lost[k] {
			t.Fatalf("%s accepted %d times, replies lost %d times, delivered %d times", k, m.accepted[k], m.lost[k], n)
		}
	}
}

// drain delivers what is left, with a crash before, and compares with the model: nothing lost.
func (m *machine) drain(t *rapid.T) {
	m.crash(t)
	for range 1000 {
		w, wait := m.next()
		if w == nil {
			if wait == 0 {
				break
			}
			m.clock.Advance(wait)
			continue
		}
		for _, d := range m.finish(t, w, Delivered).Delivered {
			m.delivered[key(w.Message.MessageID, d.Recipient)]++
		}
	}
	m.Check(t)
	for k, n := range m.accepted {
		if got := m.delivered[k] - m.lost[k] + m.failed[k]; m.lost[k] == 0 && got != n || m.delivered[k]+m.failed[k] < n {
			t.Fatalf("%s accepted %d times, delivered %d, failed %d, replies lost %d", k, n, m.delivered[k], m.failed[k], m.lost[k])
		}
	}
	if ms, ds, err := m.st.Load(); err != nil || len(ms)+len(ds) > 0 {
		t.Fatalf("left in the store: %v %v %v", ms, ds, err)
	}
}

func key(messageID, to string) string { return messageID + " to " + to }

// TestNothingLostNothingTwice is the queue's promise (RFC 5321 6.1, D28) as a state machine.
func TestNothingLostNothingTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		m := &machine{accepted: map[string]int{}, delivered: map[string]int{}, lost: map[string]int{}, failed: map[string]int{}}
		m.bench = open(rt, dir, doortest.NewClock(start))
		defer func() { _ = m.st.Close() }()
		rt.Repeat(rapid.StateMachineActions(m))
		m.drain(rt)
	})
}

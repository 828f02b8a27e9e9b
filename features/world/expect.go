package world

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"demailbench/features/check"
	"demailbench/features/world/keep"
	"demailbench/sim/record"
)

// Unmet is the error of a step whose expectation does not hold: it speaks about the gateway, every other
// error of a step about the bench.
type Unmet struct{ Finding check.Finding }

// Error says what was expected and what was observed.
func (u *Unmet) Error() string {
	return fmt.Sprintf("expected: %s; observed: %s", u.Finding.Expected, u.Finding.Observed)
}

// Expect waits, at most Waits.Arrival, until x holds, and puts x into the record, where the judge finds it. On
// the wall clock it does not wait for what can no longer hold.
func (w *World) Expect(x check.Expectation) error {
	c := w.evidence()
	w.Until(w.waits.Arrival, func() bool {
		c.Events = w.rec.Events()
		f := c.One(x)
		return f.OK || w.onWall() && f.Verdict == check.Fail && !f.Missing
	})
	return w.Note(x)
}

// Soon expects that the mail arrives in the citizen's mailbox from an address within some minutes from now on.
func (w *World) Soon(from string, minutes int) error {
	m := w.It()
	sent := slices.IndexFunc(w.rec.Events(), func(e record.Event) bool { return e.Msg != nil && check.Mentions(e.Msg.Header, m.Nonce) })
	if sent < 0 {
		return fmt.Errorf("nobody has sent the mail %s", m.Nonce)
	}
	within := w.clock.Now().Sub(w.rec.Events()[sent].At) + time.Duration(minutes)*time.Minute
	return w.Expect(check.Expectation{Kind: check.Delivered, Nonce: m.Nonce, Mailbox: Citizen, From: from, Within: within.Seconds()})
}

// ExpectNothing lets time pass in which what must not happen has time to, and then notes x.
func (w *World) ExpectNothing(x check.Expectation) error {
	if err := w.pause(w.waits.Quiet); err != nil {
		return err
	}
	return w.Note(x)
}

// Note puts x into the record and returns an Unmet when it does not hold now.
func (w *World) Note(x check.Expectation) error {
	x.Step, x.Waited = w.step, w.patience()
	if len(x.Requirements) == 0 {
		x.Requirements = w.o.Requirements
	}
	w.rec.Add(x.Clause())
	f := w.evidence().One(x)
	switch {
	case !f.OK && (f.Verdict == check.Fail || f.Verdict == check.Warn):
		return &Unmet{f}
	case !f.OK && f.Missing && x.Waited > 0:
		u := &Unmet{f}
		w.rec.Add(record.Event{Who: "bench", Kind: record.Action, Name: check.GaveUp, Detail: u.Error()})
		return u
	}
	return nil
}

// Assume notes x as an assumption about the world: when it does not hold, the gateway is not to blame.
func (w *World) Assume(x check.Expectation) error {
	x.Assume = true
	x.Step = w.step
	w.rec.Add(x.Clause())
	if f := w.evidence().One(x); !f.OK {
		return fmt.Errorf("assumption does not hold: expected: %s; observed: %s", f.Expected, f.Observed)
	}
	return nil
}

// evidence is the record as it stands. The capture is not readable yet: what needs it is judged at the end.
func (w *World) evidence() *check.Case {
	return &check.Case{Events: w.rec.Events(), Scene: w.scene, Body: w.bodies.Open, Wire: keep.Pending{}}
}

// Until waits until ok, looking again whenever the record changes, at most limit of the world's time. It
// does not wait for a gateway that has ended.
func (w *World) Until(limit time.Duration, ok func() bool) bool {
	ctx, cancel := w.clock.WithTimeout(context.Background(), limit)
	defer cancel()
	for {
		changed := w.rec.Changed()
		if ok() {
			return true
		}
		select {
		case <-changed:
		case <-w.ended():
			return ok()
		case <-ctx.Done():
			return false
		}
	}
}

// Pass lets time pass.
func (w *World) Pass(d time.Duration) error {
	if err := w.affordable("this step", d); err != nil {
		return err
	}
	return w.pause(d)
}

// BeginStep names the step that runs now.
func (w *World) BeginStep(text string) { w.step = strings.TrimSpace(text) }

// Complete notes that all steps ran: from now on every message must have been claimed by one of them.
func (w *World) Complete() {
	w.rec.Add(record.Event{Who: "bench", Kind: record.Action, Name: check.Completed})
}

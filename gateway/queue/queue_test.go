package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/door/doortest"
	"demailbench/gateway/store"
)

var start = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// d27 is the schedule of decision D27.
var d27 = Schedule{After: []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour},
	Delay: 4 * time.Hour, GiveUp: 120 * time.Hour}

// bench is a queue on its own directory and clock.
type bench struct {
	dir   string
	clock *doortest.Clock
	rand  *rand.ChaCha8
	st    *store.Store
	*Queue
}

// fataler is what *testing.T and *rapid.T have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func open(t fataler, dir string, clock *doortest.Clock) *bench {
	t.Helper()
	b := &bench{dir: dir, clock: clock, rand: rand.NewChaCha8([32]byte{1})}
	// Ids must differ between runs on one directory.
	b.rand.Seed([32]byte{byte(clock.Now().UnixNano()), byte(clock.Now().UnixNano() >> 8), byte(seeds)})
	seeds++
	var err error
	if b.st, err = store.Open(dir, store.Options{Clock: clock, Disk: func(op string) {
		if !clock.Held() {
			panic("disk " + op + " outside Clock.IO")
		}
	}}); err != nil {
		t.Fatalf("open store: %v", err)
	}
	var damaged []store.Delivery
	if b.Queue, damaged, err = Open(b.st, Options{Clock: clock, Rand: b.rand, Schedule: d27, PerLane: 2}); err != nil || len(damaged) > 0 {
		t.Fatalf("open queue: %v, damaged %v", err, damaged)
	}
	return b
}

var seeds int

func newBench(t *testing.T) *bench {
	b := open(t, t.TempDir(), doortest.NewClock(start))
	t.Cleanup(func() { _ = b.st.Close() })
	return b
}

// mail is a message with the given identity and body for recipients at the DMDA.
func (b *bench) mail(t fataler, tenant, id, body string, to ...string) Receipt {
	t.Helper()
	e := Envelope{Kind: Outbound, Tenant: tenant, Sender: "poststelle@" + tenant + ".de-mail.de", ReturnPath: "poststelle@" + tenant + ".example"}
	for _, a := range to {
		e.To = append(e.To, Recipient{Address: a, Original: a, Route: RouteDMDA})
	}
	return b.accept(t, e, "Message-ID: <"+id+">\r\nSubject: x\r\n\r\n"+body)
}

func (b *bench) accept(t fataler, e Envelope, text string) Receipt {
	t.Helper()
	d, err := b.Begin(e)
	if err != nil {
		t.Fatalf("begin: %v", err)
	}
	for _, part := range []string{text[:len(text)/3], text[len(text)/3:]} { // the header may come in pieces
		if _, err := d.Write([]byte(part)); err != nil {
			t.Fatalf("write: %v", err)
		}
	}
	r, err := d.Commit()
	if err != nil {
		t.Fatalf("commit: %v", err)
	}
	return r
}

// take returns what is due now, or nil.
func (b *bench) take(t fataler) *Work {
	t.Helper()
	w, _ := b.next()
	return w
}

// finish settles w with one verdict for all.
func (b *bench) finish(t fataler, w *Work, v Verdict, letters ...Letter) Settlement {
	t.Helper()
	out := map[int64]Outcome{}
	for _, d := range w.Deliveries {
		out[d.ID] = Outcome{Verdict: v, Answer: "451 4.3.0 try later"}
	}
	s := b.Judge(w, out)
	if _, err := b.Settle(context.Background(), s, letters); err != nil {
		t.Fatalf("settle: %v", err)
	}
	return s
}

// TestSchedule follows a message that nobody takes through five days (D27): the exact times of all tries, of
// the delay notice and of giving up.
func TestSchedule(t *testing.T) {
	b := newBench(t)
	b.mail(t, "annaberg", "1@x", "body", "cz@x.de-mail.de")
	var got []string
	for {
		w, wait := b.next()
		if w == nil {
			if wait == 0 {
				break
			}
			b.clock.Advance(wait)
			continue
		}
		at := b.clock.Now().Sub(start)
		s := b.finish(t, w, Deferred)
		switch {
		case w.Late:
			got = append(got, fmt.Sprintf("late %v", at))
			if len(s.Late) != 1 {
				t.Fatalf("nobody is told of the delay")
			}
		case len(s.Expired) == 1:
			got = append(got, fmt.Sprintf("give up %v", at))
		default:
			got = append(got, fmt.Sprintf("try %v", at))
		}
	}
	want := []string{"try 0s", "try 1m0s", "try 6m0s", "try 21m0s", "try 51m0s", "try 1h51m0s", "try 2h51m0s", "try 3h51m0s", "late 4h0m0s"}
	for at := 4*time.Hour + 51*time.Minute; at < 120*time.Hour; at += time.Hour {
		want = append(want, fmt.Sprintf("try %v", at))
	}
	want = append(want, "give up 120h0m0s")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	if left := b.Waiting(); len(left) != 0 {
		t.Fatalf("left in the queue: %v", left)
	}
}

// TestLongOutageOfGateway: a gateway that was down for ten days tries once more before it gives up.
func TestLongOutageOfGateway(t *testing.T) {
	b := newBench(t)
	b.mail(t, "annaberg", "1@x", "body", "cz@x.de-mail.de")
	if err := b.st.Kill(); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(240 * time.Hour)
	b = open(t, b.dir, b.clock)
	w := b.take(t)
	if w == nil || w.Late {
		t.Fatalf("no try: %+v", w)
	}
	if s := b.finish(t, w, Deferred); len(s.Expired) != 1 {
		t.Fatalf("not given up after the last try: %+v", s)
	}
}

// TestNobodyStarvesOthers: with a backlog of one tenant in front, another's only message is the second to go.
func TestNobodyStarvesOthers(t *testing.T) {
	b := newBench(t)
	for i := range 50 {
		b.mail(t, "annaberg", fmt.Sprintf("%d@x", i), "body", "cz@x.de-mail.de")
	}
	b.mail(t, "pirna", "1@y", "body", "cz@x.de-mail.de")
	b.take(t)
	if w := b.take(t); w.Message.Tenant != "pirna" {
		t.Fatalf("second to go is of %s", w.Message.Tenant)
	}
	b.take(t)
	if w := b.take(t); w != nil {
		t.Fatalf("a third delivery of annaberg at once, the limit is 2")
	}
}

// TestRecipientsOfOneRouteTravelTogether and are settled one by one.
func TestRecipientsOfOneRouteTravelTogether(t *testing.T) {
	b := newBench(t)
	b.mail(t, "annaberg", "1@x", "body", "a@x.de-mail.de", "b@x.de-mail.de", "c@x.de-mail.de")
	w := b.take(t)
	if len(w.Deliveries) != 3 {
		t.Fatalf("%d deliveries", len(w.Deliveries))
	}
	out := map[int64]Outcome{w.Deliveries[0].ID: {Verdict: Delivered}, w.Deliveries[1].ID: {Verdict: Failed, Answer: "550 no"}, w.Deliveries[2].ID: {Verdict: Deferred, Answer: "450 later"}}
	if _, err := b.Settle(context.Background(), b.Judge(w, out), nil); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(time.Minute)
	w = b.take(t)
	if w == nil || len(w.Deliveries) != 1 || w.Deliveries[0].Recipient != "c@x.de-mail.de" {
		t.Fatalf("second try: %+v", w)
	}
}

// TestInboundIsParked: a De-Mail that the tenant's server refuses stays, and is not tried again.
func TestInboundIsParked(t *testing.T) {
	b := newBench(t)
	b.accept(t, Envelope{Kind: Inbound, Tenant: "annaberg", Sender: "cz@x.de-mail.de",
		To: []Recipient{{"poststelle@annaberg.example", "poststelle@annaberg.de-mail.de", RouteMail("annaberg.example")}}}, "Message-ID: <1@x>\r\n\r\nbody")
	if s := b.finish(t, b.take(t), Failed); len(s.Parked) != 1 {
		t.Fatalf("%+v", s)
	}
	if err := b.st.Kill(); err != nil {
		t.Fatal(err)
	}
	b = open(t, b.dir, b.clock)
	b.clock.Advance(240 * time.Hour)
	if w := b.take(t); w != nil {
		t.Fatalf("tried again: %+v", w)
	}
	if _, ds, err := b.st.Load(); err != nil || len(ds) != 1 || !ds[0].Parked {
		t.Fatalf("not kept: %v %v", ds, err)
	}
}

// TestDueWakes: Due returns when a message arrives, when time comes, and when its context ends.
func TestDueWakes(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(context.Background())
	works := make(chan *Work)
	go func() {
		defer close(works)
		for {
			w, err := b.Due(ctx)
			if err != nil {
				return
			}
			works <- w
		}
	}()
	b.mail(t, "annaberg", "1@x", "body", "cz@x.de-mail.de")
	b.finish(t, <-works, Deferred)
	b.clock.Await(start.Add(time.Minute))
	b.clock.Advance(time.Minute)
	if w := <-works; w.Deliveries[0].Tries != 1 {
		t.Fatalf("%+v", w)
	}
	cancel()
	if w, ok := <-works; ok {
		t.Fatalf("work after the end: %+v", w)
	}
}

// TestHeaderWithoutEnd: a message whose header never ends is stored all the same.
func TestHeaderWithoutEnd(t *testing.T) {
	b := newBench(t)
	r := b.accept(t, Envelope{Kind: Outbound, Tenant: "a", To: []Recipient{{"x@y", "x@y", RouteDMDA}}}, "Subject: "+strings.Repeat("x", headerMax+10))
	if r.MessageID != "" || len(r.Queued) != 1 {
		t.Fatalf("%+v", r)
	}
}

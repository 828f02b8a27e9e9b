package alarm_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/alarm"
	"demailbench/gateway/audit"
	"demailbench/gateway/door/doortest"
	"demailbench/gateway/queue"
	"demailbench/gateway/store"
)

// bench is a queue whose letters nobody takes away.
type bench struct {
	t      *testing.T
	events *doortest.Events
	store  *store.Store
	config alarm.Config
}

func newBench(t *testing.T) *bench {
	clock := doortest.NewClock(time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC))
	st, err := store.Open(t.TempDir(), store.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	r := rand.NewChaCha8([32]byte{3})
	q, _, err := queue.Open(st, queue.Options{Clock: clock, Rand: r, PerLane: 5, Schedule: queue.Schedule{After: []time.Duration{time.Minute}, Delay: time.Hour, GiveUp: 2 * time.Hour}})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, events: doortest.NewEvents(), store: st}
	b.config = alarm.Config{Hostname: "gateway.example", Operator: "esv@sid.example", Queue: q, Store: st, Clock: clock, Rand: r,
		Trail: audit.New(slog.New(b.events), clock), Contact: func(tenant string) string {
			return map[string]string{"a": "technik@a.example"}[tenant]
		}}
	return b
}

func (b *bench) alarms() *alarm.Alarm {
	a, err := alarm.New(b.config)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// told are the recipients of the letters so far.
func (b *bench) told() (l []string) {
	_, ds, err := b.store.Load()
	if err != nil {
		b.t.Fatal(err)
	}
	for _, d := range ds {
		l = append(l, d.Recipient)
	}
	return l
}

func TestToldOnceUntilItEnds(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	a := b.alarms()
	a.RaiseUnmapped(ctx, "a", "x@a.de-mail.de", "reason")
	a.RaiseUnmapped(ctx, "a", "x@a.de-mail.de", "reason")
	a.RaiseUnmapped(ctx, "without contact", "y@b.de-mail.de", "reason")
	a.RaiseCard(ctx, "removed")
	want := []string{"technik@a.example", "esv@sid.example", "esv@sid.example"}
	if diff := cmp.Diff(want, b.told()); diff != "" {
		t.Error(diff)
	}
	a = b.alarms() // another life of the gateway
	a.RaiseCard(ctx, "removed")
	a.RaiseUnmapped(ctx, "a", "x@a.de-mail.de", "reason")
	if diff := cmp.Diff(want, b.told()); diff != "" {
		t.Error(diff)
	}
	a.End(ctx, alarm.Card, alarm.Link, alarm.UnmappedPrefix+"x@a.de-mail.de")
	if n := b.events.Count("outage ended"); n != 2 || a.Open(alarm.Card) {
		t.Errorf("%d ended", n)
	}
	a.RaiseCard(ctx, "blocked")
	if got := b.told(); len(got) != 4 {
		t.Errorf("told %v", got)
	}
	if diff := cmp.Diff([]string{"unmapped/y@b.de-mail.de"}, a.Named(alarm.UnmappedPrefix)); diff != "" {
		t.Error(diff)
	}
}

// TestGuessedAddresses: whoever tries addresses does not fill the contact's mailbox.
func TestGuessedAddresses(t *testing.T) {
	b := newBench(t)
	a := b.alarms()
	for i := range 200 {
		a.RaiseUnmapped(context.Background(), "a", fmt.Sprintf("x%d@a.de-mail.de", i), "reason")
	}
	a.RaiseUnmapped(context.Background(), "a", "x@amt.a.de-mail.de", "reason")
	if n := len(b.told()); n != 52 {
		t.Errorf("%d letters", n)
	}
	a.EndUnmapped(context.Background(), "x7@a.de-mail.de")
	a.EndUnmapped(context.Background(), "poststelle@a.de-mail.de")
	if a.Open("unmapped/*@a.de-mail.de") || len(a.Named(alarm.UnmappedPrefix)) != 50 {
		t.Errorf("open: %v", a.Named(alarm.UnmappedPrefix))
	}
}

// TestNobodyToTell: without an address the trail alone tells, and no letter is left behind.
func TestNobodyToTell(t *testing.T) {
	b := newBench(t)
	b.config.Operator = ""
	a := b.alarms()
	a.RaiseLink(context.Background(), "535 5.7.8 blocked")
	if ms, _, err := b.store.Load(); err != nil || len(ms) != 0 {
		t.Errorf("%v, %v", ms, err)
	}
	if !a.Open(alarm.Link) || !strings.Contains(b.events.Text(), "535 5.7.8 blocked") {
		t.Error("not in the trail")
	}
}

// TestNotToldIsNotOpen: what could not be queued is told with the next occasion.
func TestNotToldIsNotOpen(t *testing.T) {
	b := newBench(t)
	a := b.alarms()
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("the end"))
	a.RaiseCard(ctx, "removed")
	if a.Open(alarm.Card) || len(b.told()) != 0 {
		t.Error("open")
	}
	a.RaiseCard(context.Background(), "removed")
	if !a.Open(alarm.Card) || len(b.told()) != 1 {
		t.Error("not told")
	}
}

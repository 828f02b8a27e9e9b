package fault_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/clock"
	"demailbench/sim/fault"
	"demailbench/sim/record"
)

var epoch = time.Date(2015, 11, 2, 7, 0, 0, 0, time.UTC)

// bench has a registry on a virtual clock and notes what faults do.
type bench struct {
	clk  *clock.Virtual
	rec  *record.Record
	reg  *fault.Registry
	done []string
}

func newBench() *bench {
	b := &bench{clk: clock.NewVirtual(epoch, clock.Options{})}
	b.rec = record.New(b.clk.Now)
	b.reg = fault.New(b.rec)
	return b
}

func (b *bench) fault(name string) fault.Fault {
	return fault.Fault{Name: name, Who: "link-1", Detail: "both ways", Apply: func() (func(), error) {
		b.done = append(b.done, "+"+name)
		return func() { b.done = append(b.done, "-"+name) }, nil
	}}
}

// history is the record in short: seconds since the epoch, name, begin or end.
func (b *bench) history() []string {
	var out []string
	for _, e := range b.rec.Events() {
		out = append(out, fmt.Sprintf("%gs %s %s %s (%s)", e.At.Sub(epoch).Seconds(), e.Who, e.Name, e.Text, e.Detail))
	}
	return out
}

// run runs f beside the clock.
func (b *bench) run(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	if err := b.clk.Run(done); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func TestBeginAndEnd(t *testing.T) {
	b := newBench()
	b.run(t, func() {
		b.must(t, b.reg.Begin(b.fault("cut")))
		b.must(t, b.clk.Sleep(context.Background(), time.Minute))
		want := []fault.Active{{Name: "cut", Who: "link-1", Detail: "both ways"}}
		if diff := cmp.Diff(want, b.reg.Active()); diff != "" {
			t.Errorf("active (-want +got):\n%s", diff)
		}
		b.must(t, b.reg.End("cut"))
		b.must(t, b.reg.Begin(b.fault("cut"))) // a second time
		b.must(t, b.reg.End("cut"))
	})
	if diff := cmp.Diff([]string{"+cut", "-cut", "+cut", "-cut"}, b.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
	want := []string{"0s link-1 cut begin (both ways)", "60s link-1 cut end (both ways)", "60s link-1 cut begin (both ways)", "60s link-1 cut end (both ways)"}
	if diff := cmp.Diff(want, b.history()); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func TestBeginFor(t *testing.T) {
	b := newBench()
	b.run(t, func() {
		b.must(t, b.reg.BeginFor(b.clk, time.Hour, b.fault("451 for an hour")))
		b.must(t, b.reg.BeginFor(b.clk, 2*time.Hour, b.fault("ended before")))
		b.must(t, b.clk.Sleep(context.Background(), 90*time.Minute))
		b.must(t, b.reg.End("ended before"))
		b.must(t, b.reg.Begin(b.fault("ended before"))) // the old timer must not end the new fault
		b.must(t, b.clk.Sleep(context.Background(), time.Hour))
		b.reg.Close()
	})
	want := []string{
		"0s link-1 451 for an hour begin (both ways)", "0s link-1 ended before begin (both ways)",
		"3600s link-1 451 for an hour end (both ways)", "5400s link-1 ended before end (both ways)",
		"5400s link-1 ended before begin (both ways)", "9000s link-1 ended before end (both ways)",
	}
	if diff := cmp.Diff(want, b.history()); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func TestCloseUndoesBackwards(t *testing.T) {
	b := newBench()
	for _, name := range []string{"a", "b", "c"} {
		b.must(t, b.reg.Begin(b.fault(name)))
	}
	b.must(t, b.reg.End("b"))
	b.reg.Close()
	b.reg.Close()
	if diff := cmp.Diff([]string{"+a", "+b", "+c", "-b", "-c", "-a"}, b.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
	if got := b.reg.Active(); len(got) != 0 {
		t.Errorf("active after Close: %v", got)
	}
	if err := b.reg.Begin(b.fault("d")); !errors.Is(err, fault.ErrClosed) {
		t.Errorf("Begin after Close: %v", err)
	}
}

func TestRefused(t *testing.T) {
	b := newBench()
	b.must(t, b.reg.Begin(b.fault("cut")))
	broken := errors.New("no such link")
	tests := []struct {
		name string
		do   func() error
		want error
		text string
	}{
		{"name in use", func() error { return b.reg.Begin(b.fault("cut")) }, fault.ErrActive, `begin "cut"`},
		{"ending what is not", func() error { return b.reg.End("drop") }, fault.ErrNotActive, `end "drop"`},
		{"apply fails", func() error {
			return b.reg.Begin(fault.Fault{Name: "drop", Apply: func() (func(), error) { return nil, broken }})
		}, broken, "no such link"},
		{"apply fails with a duration", func() error {
			return b.reg.BeginFor(b.clk, time.Hour, fault.Fault{Name: "drop", Apply: func() (func(), error) { return nil, broken }})
		}, broken, "no such link"},
		{"no name", func() error { return b.reg.Begin(fault.Fault{Apply: b.fault("x").Apply}) }, nil, "needs a name"},
		{"nothing to apply", func() error { return b.reg.Begin(fault.Fault{Name: "x"}) }, nil, "something to apply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.do()
			if err == nil || !strings.Contains(err.Error(), tt.text) || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v with %q", err, tt.want, tt.text)
			}
		})
	}
	if got := b.history(); len(got) != 1 {
		t.Errorf("a refused fault stands in the record: %v", got)
	}
}

// A fault of the world as a whole, with nothing to undo.
func TestFaultOfTheBench(t *testing.T) {
	b := newBench()
	b.must(t, b.reg.Begin(fault.Fault{Name: "f", Apply: func() (func(), error) { return nil, nil }}))
	b.must(t, b.reg.End("f"))
	want := []string{"0s bench f begin ()", "0s bench f end ()"}
	if diff := cmp.Diff(want, b.history()); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

// A step that watches the record may act on a fault's beginning and end.
func TestWatcherMayUseTheRegistry(t *testing.T) {
	b := newBench()
	b.rec.Watch(func(e record.Event) {
		switch {
		case e.Name == "first" && e.Text == "begin":
			b.must(t, b.reg.Begin(b.fault("second")))
		case e.Name == "first" && e.Text == "end":
			b.must(t, b.reg.End("second"))
		}
	})
	b.must(t, b.reg.Begin(b.fault("first")))
	b.must(t, b.reg.End("first"))
	if diff := cmp.Diff([]string{"+first", "+second", "-first", "-second"}, b.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

// A scenario that ends while a fault begins undoes it.
func TestCloseDuringBegin(t *testing.T) {
	b := newBench()
	f := b.fault("late")
	apply := f.Apply
	f.Apply = func() (func(), error) {
		b.reg.Close()
		return apply()
	}
	if err := b.reg.Begin(f); !errors.Is(err, fault.ErrClosed) {
		t.Errorf("error %v, want %v", err, fault.ErrClosed)
	}
	if diff := cmp.Diff([]string{"+late", "-late"}, b.done); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

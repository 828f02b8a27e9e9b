// Package fault keeps the impairments of a scenario: each has a name, begins and ends, leaves both instants
// in the record, and is undone in any case. A verdict can thus ask what was broken when.
//
// What an impairment does is the caller's: cut a link, let a name server fail, refuse a recipient. The
// package leaves out impairments themselves and knows no party of the world.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/record"
)

// Fault is one named, reversible impairment.
type Fault struct {
	// Name identifies the fault in its scenario, such as "link annaberg-mail cut".
	Name string
	// Who is the host, link or server that it strikes, empty for the bench itself.
	Who string
	// Detail are its parameters, for the record.
	Detail string
	// Apply begins the fault and returns what ends it. undo is called exactly once, also for a fault that
	// wore off by itself. Both must not block on the world's clock.
	Apply func() (undo func(), err error)
}

// Active is a fault under way.
type Active struct {
	// Name, Who and Detail are the fault's.
	Name, Who, Detail string
}

// What Begin and End refuse; test with errors.Is.
var (
	// ErrActive: a fault of this name is under way.
	ErrActive = errors.New("fault is already under way; end it first")
	// ErrNotActive: no fault of this name is under way.
	ErrNotActive = errors.New("no such fault is under way")
	// ErrClosed: the scenario is over.
	ErrClosed = errors.New("the scenario is over")
)

// bench stands in the record for a fault that strikes no single party.
const bench = "bench"

// Registry holds the faults of one scenario. Its methods may be called by any goroutine, also by a watcher
// of the record.
type Registry struct {
	rec *record.Record

	mu     sync.Mutex
	faults []*running
	closed bool
}

// running is a fault from before its Apply until after its undo, so that its name stays taken; it is under
// way only in between.
type running struct {
	Fault
	undo     func()
	underWay bool
	stop     func() bool // the timer that would end it, nil without
}

// New returns an empty registry that writes to rec.
func New(rec *record.Record) *Registry { return &Registry{rec: rec} }

// Begin applies f until End or Close. When Apply fails nothing has begun, and nothing is recorded.
func (r *Registry) Begin(f Fault) error {
	_, err := r.begin(f)
	return err
}

// BeginFor applies f and ends it after d on clk, unless End or Close come first.
func (r *Registry) BeginFor(clk clock.Clock, d time.Duration, f Fault) error {
	started, err := r.begin(f)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if started.underWay {
		started.stop = clk.AfterFunc(d, func() { r.end(started) })
	}
	return nil
}

func (r *Registry) begin(f Fault) (*running, error) {
	if f.Who == "" {
		f.Who = bench
	}
	started := &running{Fault: f}
	if err := r.reserve(started); err != nil {
		return nil, fmt.Errorf("fault: begin %q: %w", f.Name, err)
	}
	undo, err := f.Apply()
	if err != nil {
		r.release(started)
		return nil, fmt.Errorf("fault: begin %q: %w", f.Name, err)
	}
	started.undo = undo
	r.remember(started, "begin")
	r.mu.Lock()
	started.underWay = true
	closed := r.closed
	r.mu.Unlock()
	if closed { // meanwhile: Close did not see it
		r.end(started)
		return nil, fmt.Errorf("fault: begin %q: %w", f.Name, ErrClosed)
	}
	return started, nil
}

// reserve takes the name of f.
func (r *Registry) reserve(f *running) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case f.Name == "" || f.Apply == nil:
		return errors.New("a fault needs a name and something to apply")
	case r.closed:
		return ErrClosed
	case slices.ContainsFunc(r.faults, func(g *running) bool { return g.Name == f.Name }):
		return ErrActive
	}
	r.faults = append(r.faults, f)
	return nil
}

func (r *Registry) release(f *running) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = slices.DeleteFunc(r.faults, func(g *running) bool { return g == f })
}

// End undoes the fault called name.
func (r *Registry) End(name string) error {
	for _, f := range r.underWay() {
		if f.Name == name && r.end(f) {
			return nil
		}
	}
	return fmt.Errorf("fault: end %q: %w", name, ErrNotActive)
}

// end undoes f and reports whether it was still under way.
func (r *Registry) end(f *running) bool {
	r.mu.Lock()
	was := f.underWay
	f.underWay = false
	stop := f.stop
	r.mu.Unlock()
	if !was {
		return false
	}
	if stop != nil {
		stop()
	}
	if f.undo != nil {
		f.undo()
	}
	r.remember(f, "end")
	r.release(f)
	return true
}

// Active lists the faults under way in the order in which they began.
func (r *Registry) Active() []Active {
	var out []Active
	for _, f := range r.underWay() {
		out = append(out, Active{Name: f.Name, Who: f.Who, Detail: f.Detail})
	}
	return out
}

func (r *Registry) underWay() []*running {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*running
	for _, f := range r.faults {
		if f.underWay {
			out = append(out, f)
		}
	}
	return out
}

// Close undoes every fault, the last one first, and refuses new ones.
func (r *Registry) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	for _, f := range slices.Backward(r.underWay()) {
		r.end(f)
	}
}

func (r *Registry) remember(f *running, text string) {
	r.rec.Add(record.Event{Who: f.Who, Kind: record.Fault, Name: f.Name, Detail: f.Detail, Text: text})
}

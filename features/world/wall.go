package world

import (
	"context"
	"fmt"
	"time"

	"demailbench/features/check"
	"demailbench/features/world/waiting"
	"demailbench/sim/clock"
	"demailbench/sim/record"
)

// Waits say how long a world waits; see package waiting.
type Waits = waiting.Waits

// Blocked is the error of a scenario that cannot be run; see package waiting.
type Blocked = waiting.Blocked

// block notes that the scenario cannot be run: the judge reads it.
func (w *World) block(reason string) error {
	w.blocked = true
	w.rec.Add(record.Event{Who: "bench", Kind: record.Action, Name: check.Impossible, Detail: reason})
	return &Blocked{Reason: reason}
}

// affordable is an error when something takes longer than the world can wait.
func (w *World) affordable(what string, d time.Duration) error {
	if d <= w.waits.Longest {
		return nil
	}
	return w.block(fmt.Sprintf("needs virtual time: %s takes %v, and a gateway outside the bench's process is on the wall clock, where a step takes %v at most",
		what, d, w.waits.Longest))
}

// onWall tells whether the world is on the wall clock.
func (w *World) onWall() bool { return w.o.Foreign != nil }

// patience is what an expectation says of the time its step could wait: nothing on virtual time.
func (w *World) patience() float64 {
	if !w.onWall() {
		return 0
	}
	return w.waits.Arrival.Seconds()
}

// pause lets d pass and counts it as waiting.
func (w *World) pause(d time.Duration) error {
	if err := w.clock.Sleep(context.Background(), d); err != nil {
		return err
	}
	w.waited += d
	return nil
}

// Waited is how much of the elapsed time the world's steps let pass on purpose, without waiting for
// anything to happen.
func (w *World) Waited() time.Duration { return w.waited }

// Clock says which time the world is on, for the report: "virtual", or "wall" with the offset by which the
// profile's dates were moved (D29).
func (w *World) Clock() string {
	if !w.onWall() {
		return "virtual"
	}
	return fmt.Sprintf("wall; the dates of profile %s are moved by %+d days", w.o.Profile.Name, int(w.offset/(24*time.Hour)))
}

// Overtime is the error of Drive for a world on the wall clock that did not come to an end.
type Overtime struct{ After time.Duration }

// Error says after which time.
func (o *Overtime) Error() string {
	return fmt.Sprintf("the scenario did not end within %v of the wall clock", o.After)
}

// budget is how long a world on the wall clock may take: more than all its steps can wait.
const budget = 20 * time.Minute

// Drive runs the world's clock until done is closed. Its error is that of a clock out of control; a foreign
// gateway is then killed.
func (w *World) Drive(done <-chan struct{}) error {
	if v, ok := w.clock.(*clock.Virtual); ok {
		return v.Run(done)
	}
	ctx, cancel := w.clock.WithTimeout(context.Background(), budget)
	defer cancel()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	w.Sever()
	return &Overtime{budget}
}

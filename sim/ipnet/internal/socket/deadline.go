package socket

import (
	"sync"
	"time"

	"demailbench/sim/clock"
)

// deadline ends waits at a time of the network's clock.
type deadline struct {
	mu      sync.Mutex
	passed  chan struct{} // closed when the deadline has passed
	version int           // of the last set: earlier timers are void
	stop    func() bool
}

func newDeadline() *deadline { return &deadline{passed: make(chan struct{})} }

// wait returns a channel that is closed when the deadline passes.
func (d *deadline) wait() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.passed
}

// set moves the deadline; the zero time means none. Waits under way see the change.
func (d *deadline) set(c clock.Clock, t time.Time) {
	var in time.Duration
	if !t.IsZero() {
		in = clock.Until(c, t)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.version++
	if d.stop != nil {
		d.stop()
		d.stop = nil
	}
	if !t.IsZero() && in <= 0 {
		d.pass()
		return
	}
	if isClosed(d.passed) {
		d.passed = make(chan struct{})
	}
	if t.IsZero() {
		return
	}
	version := d.version
	d.stop = c.AfterFunc(in, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.version == version {
			d.pass()
		}
	})
}

// pass wants d.mu held.
func (d *deadline) pass() {
	if !isClosed(d.passed) {
		close(d.passed)
	}
}

// end stops the timer of a connection that is closed.
func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.version++
	if d.stop != nil {
		d.stop()
	}
}

func isClosed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

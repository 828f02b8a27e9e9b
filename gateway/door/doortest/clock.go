// Package doortest has doors for the gateway's own tests: a clock that is moved by hand, a network that maps
// invented addresses to loopback sockets, a name system of tables, certificates from the bench's test keys.
//
// It leaves out every simulation of behaviour: what stands behind a door is the test's own.
package doortest

import (
	"context"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// Clock is a clock that stands still until Advance. It implements door.Clock.
type Clock struct {
	mu     sync.Mutex
	moved  *sync.Cond
	now    time.Time
	seq    int
	timers []*timer

	disk sync.Mutex
	held atomic.Bool
}

type timer struct {
	at  time.Time
	seq int
	f   func()
}

// NewClock returns a clock that stands at now.
func NewClock(now time.Time) *Clock {
	c := &Clock{now: now.Round(0)}
	c.moved = sync.NewCond(&c.mu)
	return c
}

// Now is the time to which the clock was moved.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// AfterFunc calls f from Advance once d has passed.
func (c *Clock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	t := &timer{c.now.Add(d), c.seq, f}
	c.timers = append(c.timers, t)
	sort.Slice(c.timers, func(i, j int) bool {
		a, b := c.timers[i], c.timers[j]
		return a.at.Before(b.at) || a.at.Equal(b.at) && a.seq < b.seq
	})
	c.moved.Broadcast()
	return func() bool { return c.remove(t) }
}

func (c *Clock) remove(t *timer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, x := range c.timers {
		if x == t {
			c.timers = append(c.timers[:i:i], c.timers[i+1:]...)
			c.moved.Broadcast()
			return true
		}
	}
	return false
}

// Sleep returns when Advance has passed d, or with ctx's error.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	done := make(chan struct{})
	defer c.AfterFunc(d, func() { close(done) })()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// WithTimeout is context.WithTimeout on this clock.
func (c *Clock) WithTimeout(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	stop := c.AfterFunc(d, func() { cancel(context.DeadlineExceeded) })
	return ctx, func() { stop(); cancel(context.Canceled) }
}

// IO runs f; one at a time, as on the virtual clock.
func (c *Clock) IO(f func()) {
	c.disk.Lock()
	defer c.disk.Unlock()
	c.held.Store(true)
	defer c.held.Store(false)
	f()
}

// Held reports that an IO runs. A test's guard panics when the disk changes without it.
func (c *Clock) Held() bool { return c.held.Load() }

// Advance moves the clock by d and calls what falls due, in order, each at its own time.
func (c *Clock) Advance(d time.Duration) { c.AdvanceTo(c.Now().Add(d)) }

// AdvanceTo moves the clock to t.
func (c *Clock) AdvanceTo(t time.Time) {
	for {
		c.mu.Lock()
		if len(c.timers) == 0 || c.timers[0].at.After(t) {
			c.now = t
			c.mu.Unlock()
			return
		}
		next := c.timers[0]
		c.timers = c.timers[1:]
		c.now = next.at
		c.mu.Unlock()
		next.f()
	}
}

// Await waits until somebody has set a timer for t.
func (c *Clock) Await(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for _, x := range c.timers {
			if x.at.Equal(t) {
				return
			}
		}
		c.moved.Wait()
	}
}

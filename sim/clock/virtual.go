package clock

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Options set a virtual clock up. The zero value is what most tests want.
type Options struct {
	// IOTime is the virtual duration that every IO call costs, the honest model of a disk: what arrives
	// meanwhile is committed together. 0 means none.
	IOTime time.Duration
	// Limit is the virtual time after which Run gives up with a RunawayError; 0 means 400 days, below 0
	// no limit. A forgotten periodic timer would otherwise run for ever.
	Limit time.Duration
	// Stall is the real time without a jump and without IO after which Run gives up with a StallError;
	// 0 means 10 s, below 0 no alarm.
	Stall time.Duration
}

// Virtual is a clock that stands still while anything in the process runs, and jumps to its next timer
// when nothing does. Several goroutines may use it; one Run drives it.
type Virtual struct {
	epoch time.Time
	opts  Options
	now   atomic.Int64 // nanoseconds since epoch

	mu sync.Mutex
}

// NewVirtual returns a clock that shows epoch until Run drives it. The epoch lies before the real date,
// or libraries that compare certificates or contexts with the wall clock would not be caught.
func NewVirtual(epoch time.Time, o Options) *Virtual {
	return &Virtual{epoch: epoch.Round(0), opts: o}
}

// Run drives the clock until done is closed. It returns a *RunawayError or *StallError when an alarm goes
// off. Only one Run at a time per process. IO that is still pending when Run ends is carried out.
func (c *Virtual) Run(done <-chan struct{}) error { panic("not yet") }

// Hold stops time until Release. Use it for real work that must run beside the simulation; everything
// else that waits on the real world uses IO.
func (c *Virtual) Hold() { panic("not yet") }

// Release undoes one Hold. Hand results over (channel send, close) before it. It panics without a Hold.
func (c *Virtual) Release() { panic("not yet") }

// Do runs f with the clock held.
func (c *Virtual) Do(f func()) { c.Hold(); defer c.Release(); f() }

// Held reports whether time is stopped by a Hold or an IO.
func (c *Virtual) Held() bool { return false }

// MustHold panics when time could run away meanwhile: timers are pending and nobody holds the clock.
// Code that touches the disk asserts it in tests; what names the access.
func (c *Virtual) MustHold(what string) {}

// Pending reports whether timers are armed.
func (c *Virtual) Pending() bool { return false }

// Elapsed is the virtual time since the epoch.
func (c *Virtual) Elapsed() time.Duration { return time.Duration(c.now.Load()) }

// Jumps counts how often time moved.
func (c *Virtual) Jumps() int { return 0 }

// Now implements Clock.
func (c *Virtual) Now() time.Time { return c.epoch.Add(c.Elapsed()) }

// AfterFunc implements Clock.
func (c *Virtual) AfterFunc(d time.Duration, f func()) (stop func() bool) { panic("not yet") }

// Sleep implements Clock.
func (c *Virtual) Sleep(ctx context.Context, d time.Duration) error { panic("not yet") }

// WithTimeout implements Clock.
func (c *Virtual) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	panic("not yet")
}

// IO implements Clock. When no Run drives the clock, time stands still anyway and f runs at once.
func (c *Virtual) IO(f func()) { panic("not yet") }

// WithDisk returns c with IO calls that cost d of virtual time each, in place of Options.IOTime. On the
// real clock it changes nothing.
func WithDisk(c Clock, d time.Duration) Clock { panic("not yet") }

// Real returns the wall clock. Its IO calls f directly.
func Real() Clock { panic("not yet") }

// Until is the rule for deadlines: how far t is away on c. A t with a monotonic reading was made by a
// library with time.Now: its distance from the wall clock counts, rounded so that the real time spent since
// does not leak into the simulation. Any other t is a time of c.
func Until(c Clock, t time.Time) time.Duration { panic("not yet") }

// Worker prepares the process for virtual time: one P, garbage collection by the driver at idle points, a
// memory limit. undo restores what was.
func Worker() (undo func()) { panic("not yet") }

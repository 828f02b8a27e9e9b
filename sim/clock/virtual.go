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

const (
	defaultLimit = 400 * 24 * time.Hour
	defaultStall = 10 * time.Second
)

// Virtual is a clock that stands still while anything in the process runs, and jumps to its next timer
// when nothing does. Several goroutines may use it; one Run drives it.
type Virtual struct {
	epoch time.Time
	opts  Options
	now   atomic.Int64 // nanoseconds since epoch

	mu      sync.Mutex
	timers  timerHeap
	seq     uint64
	driving bool
	waiting bool          // the driver waits for a first timer
	wake    chan struct{} // tells it

	holds atomic.Int64
	gen   atomic.Uint64 // counts Hold calls: a hold between two looks is seen even when it is over
	free  chan struct{} // tells the driver that holds fell to 0

	callback atomic.Int64  // goroutine that runs a timer's callback, 0 for none
	progress atomic.Uint64 // jumps and IO, watched by the stall alarm
	jumps    atomic.Int64

	direct      sync.Mutex // one IO at a time, also without a driver
	directOwner atomic.Int64
}

// NewVirtual returns a clock that shows epoch until Run drives it. Choose an epoch before the real date:
// whoever compares with the wall clock by mistake then finds its certificates not yet valid.
func NewVirtual(epoch time.Time, o Options) *Virtual {
	if o.Limit == 0 {
		o.Limit = defaultLimit
	}
	if o.Stall == 0 {
		o.Stall = defaultStall
	}
	return &Virtual{
		epoch: epoch.Round(0),
		opts:  o,
		wake:  make(chan struct{}, 1),
		free:  make(chan struct{}, 1),
	}
}

// Now implements Clock.
func (c *Virtual) Now() time.Time { return c.epoch.Add(c.Elapsed()) }

// Elapsed is the virtual time since the epoch.
func (c *Virtual) Elapsed() time.Duration { return time.Duration(c.now.Load()) }

// Jumps counts how often time moved.
func (c *Virtual) Jumps() int { return int(c.jumps.Load()) }

// Pending reports whether timers are armed.
func (c *Virtual) Pending() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.timers) > 0
}

// AfterFunc implements Clock. Timers of the same instant fire in the order in which they were armed.
func (c *Virtual) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	t := &Timer{v: c, f: f, idx: -1}
	t.Reset(d)
	return t.Stop
}

// Sleep implements Clock.
func (c *Virtual) Sleep(ctx context.Context, d time.Duration) error {
	c.refuseCallback("Sleep")
	if err := ctx.Err(); err != nil {
		return err
	}
	woken := make(chan struct{})
	stop := c.AfterFunc(d, func() { close(woken) })
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		stop()
		return ctx.Err()
	}
}

// Hold stops time until Release. Use it for real work that must run beside the simulation, such as a
// child process that computes for seconds; everything else that waits on the real world uses IO. Never
// wait for virtual time, or for someone who does, while holding: time would not move again.
func (c *Virtual) Hold() {
	c.holds.Add(1)
	c.gen.Add(1)
}

// Release undoes one Hold. Hand results over (channel send, close) before it. It panics without a Hold.
func (c *Virtual) Release() {
	n := c.holds.Add(-1)
	if n < 0 {
		panic("clock: Release without Hold; pair every Hold with one Release, or use Do")
	}
	if n == 0 {
		c.progress.Add(1)
		select {
		case c.free <- struct{}{}:
		default:
		}
	}
}

// Do runs f with the clock held.
func (c *Virtual) Do(f func()) {
	c.Hold()
	defer c.Release()
	f()
}

// Held reports whether time is stopped by a Hold or an IO.
func (c *Virtual) Held() bool { return c.holds.Load() > 0 }

// MustHold panics when time could run away meanwhile: timers are pending, Run drives and nobody holds the
// clock. Tests put it behind commit hooks and file writes; what names the access. A fast disk hides a
// missing IO, this does not.
func (c *Virtual) MustHold(what string) {
	if c.Held() {
		return
	}
	c.mu.Lock()
	exposed := c.driving && len(c.timers) > 0
	c.mu.Unlock()
	if exposed && !c.Held() {
		panic("clock: " + what + " outside Clock.IO while timers are pending: virtual time would run away on a slow disk; wrap it in Clock.IO")
	}
}

// IO implements Clock. Calls are carried out one at a time, in the order of the calls. When no Run drives
// the clock, time stands still anyway and f runs at once.
//
// f runs in the driver: it must not wait for virtual time, nor for a goroutine that does. IO panics when
// it is called from a timer's callback or from inside another IO, which would wait for itself.
func (c *Virtual) IO(f func()) { c.io(c.opts.IOTime, f) }

func (c *Virtual) io(cost time.Duration, f func()) {
	c.refuseCallback("IO")
	c.mu.Lock()
	if !c.driving {
		c.mu.Unlock()
		c.ioDirect(f)
		return
	}
	finished := make(chan struct{})
	t := &Timer{v: c, idx: -1, io: true}
	t.f = func() {
		defer close(finished)
		c.Do(f)
	}
	c.arm(t, cost)
	c.mu.Unlock()
	<-finished
}

func (c *Virtual) ioDirect(f func()) {
	self := goroutineID()
	if c.directOwner.Load() == self {
		panic("clock: IO called from inside another IO; do both in one")
	}
	c.direct.Lock()
	c.directOwner.Store(self)
	defer func() {
		c.directOwner.Store(0)
		c.direct.Unlock()
	}()
	c.Do(f)
}

// refuseCallback panics when the caller is the driver, which cannot wait for itself. Asking for the
// goroutine's number costs a microsecond, so it is asked only while a callback runs at all.
func (c *Virtual) refuseCallback(op string) {
	if id := c.callback.Load(); id != 0 && id == goroutineID() {
		panic("clock: " + op + " called from a timer's callback or from inside IO, where it would wait for itself; start a goroutine for it")
	}
}

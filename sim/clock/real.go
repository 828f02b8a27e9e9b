package clock

import (
	"context"
	"time"
)

// Real returns the wall clock, for parties that cannot take a virtual one. Its IO calls f directly.
func Real() Clock { return wall{} }

type wall struct{}

func (wall) Now() time.Time { return time.Now() }

func (wall) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(d, f).Stop
}

func (wall) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (wall) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}

func (wall) IO(f func()) { f() }

// WithDisk returns c with IO calls that cost d of virtual time each, in place of Options.IOTime: a party
// with a slow disk among others without. On the real clock it changes nothing.
func WithDisk(c Clock, d time.Duration) Clock {
	if inner, ok := c.(disk); ok {
		c = inner.Clock
	}
	return disk{Clock: c, cost: d}
}

type disk struct {
	Clock
	cost time.Duration
}

// IO implements Clock.
func (d disk) IO(f func()) {
	if v, ok := d.Clock.(*Virtual); ok {
		v.io(d.cost, f)
		return
	}
	d.Clock.IO(f)
}

// IsReal tells the wall clock from a virtual one.
func IsReal(c Clock) bool { return isWall(c.Now()) }

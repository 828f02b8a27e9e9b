// Package clock is the time of the simulated world: one clock per scenario, virtual for everything that
// lives in the process, real for parties that cannot take ours.
//
// It is the only package besides cmd that may read the wall clock. The virtual clock jumps to the next
// timer when Go's scheduler says that nothing else runs; whatever waits on the real world (files,
// databases, child processes) therefore goes through IO, or time would run away meanwhile.
// It leaves out time zones and calendars (package calendar) and knows nothing of networks.
package clock

import (
	"context"
	"time"
)

// Clock is the door through which every party sees time. The gateway under test declares the same
// methods for itself: only types of the standard library cross the wall.
type Clock interface {
	// Now is the present. On the virtual clock it has no monotonic reading, which tells it apart from
	// a wall clock time (see Until).
	Now() time.Time
	// AfterFunc calls f once in d; stop reports whether it prevented that. On the virtual clock f runs
	// in the driver: it must not block, call IO, or take a lock that is held by someone waiting on time.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
	// Sleep returns nil after d, or the context's error as soon as ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
	// WithTimeout is context.WithTimeout on this clock. The context hides its deadline from libraries,
	// which would compare it with the wall clock; its error is context.DeadlineExceeded all the same.
	WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
	// IO runs f, the one way to wait on the real world, and returns when f has. On the virtual clock f
	// runs in the driver at the next idle point, while time stands still; on the real one it is f().
	IO(f func())
}

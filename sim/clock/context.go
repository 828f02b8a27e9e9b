package clock

import (
	"context"
	"sync"
	"time"
)

// WithTimeout implements Clock.
func (c *Virtual) WithTimeout(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx := &timeoutContext{Context: parent, done: make(chan struct{})}
	if err := parent.Err(); err != nil {
		ctx.end(err)
		return ctx, func() {}
	}
	ctx.stopTimer = c.AfterFunc(d, func() { ctx.end(context.DeadlineExceeded) })
	ctx.stopParent = context.AfterFunc(parent, func() { ctx.end(parent.Err()) })
	return ctx, func() {
		ctx.end(context.Canceled)
		ctx.stopTimer()
		ctx.stopParent()
	}
}

// timeoutContext is a context that ends by virtual time and tells nobody its deadline. The library's own
// contexts would do except for two things: a child of theirs reports Canceled where the time-out was
// meant, and they wake their children in random order.
type timeoutContext struct {
	context.Context
	done                  chan struct{}
	stopTimer, stopParent func() bool

	mu       sync.Mutex
	err      error
	children []*func()
}

// Deadline hides the deadline: libraries would compare it with the wall clock.
func (t *timeoutContext) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done implements context.Context.
func (t *timeoutContext) Done() <-chan struct{} { return t.done }

// Err implements context.Context.
func (t *timeoutContext) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// AfterFunc registers a child; the context package calls it instead of starting a goroutine per child.
func (t *timeoutContext) AfterFunc(f func()) (stop func() bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		go f()
		return func() bool { return false }
	}
	child := &f
	t.children = append(t.children, child)
	return func() bool {
		t.mu.Lock()
		defer t.mu.Unlock()
		for i, c := range t.children {
			if c == child {
				t.children = append(t.children[:i], t.children[i+1:]...)
				return true
			}
		}
		return false
	}
}

// end ends the context once, waking the children in the order in which they came.
func (t *timeoutContext) end(err error) {
	t.mu.Lock()
	if t.err != nil {
		t.mu.Unlock()
		return
	}
	t.err = err
	children := t.children
	t.children = nil
	close(t.done)
	t.mu.Unlock()
	for _, f := range children {
		(*f)()
	}
}

package clock

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"time"
)

// RunawayError says that virtual time would pass Options.Limit: the scenario waits for something that
// does not happen while timers go on.
type RunawayError struct {
	Limit time.Duration
	// Now is the virtual time at which Run gave up, Next that of the next timer.
	Now, Next time.Time
	// Timers is how many are armed.
	Timers int
}

// Error says what to look for.
func (e *RunawayError) Error() string {
	return fmt.Sprintf("clock: virtual time ran away: at %s the next of %d timers is due %s, beyond the limit of %v; look for a wait without time-out, or raise Options.Limit",
		e.Now.Format(time.RFC3339Nano), e.Timers, e.Next.Format(time.RFC3339Nano), e.Limit)
}

// StallError says that real time passed while virtual time stood still.
type StallError struct {
	// Stall is how much real time passed.
	Stall time.Duration
	// Now is the virtual time that did not move on.
	Now time.Time
	// Holds and Timers count what was open.
	Holds, Timers int
	// Callback is true when the driver was inside a timer's callback or an IO.
	Callback bool
	// Stacks are the stacks of all goroutines.
	Stacks string
}

// Error names the likely cause, then lists the goroutines.
func (e *StallError) Error() string {
	cause := "something computes without end"
	switch {
	case e.Callback:
		cause = "a timer's callback or an IO does not return"
	case e.Holds > 0:
		cause = "a Hold was not released, or its holder waits for virtual time"
	case e.Timers == 0:
		cause = "no timer is armed: everybody waits for somebody else"
	}
	return fmt.Sprintf("clock: nothing moved for %v of real time at %s (%d holds, %d timers): %s\n%s",
		e.Stall, e.Now.Format(time.RFC3339Nano), e.Holds, e.Timers, cause, e.Stacks)
}

func (c *Virtual) stallError() *StallError {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	c.mu.Lock()
	timers := len(c.timers)
	c.mu.Unlock()
	return &StallError{
		Stall:    c.opts.Stall,
		Now:      c.Now(),
		Holds:    int(c.holds.Load()),
		Timers:   timers,
		Callback: c.callback.Load() != 0,
		Stacks:   string(stacks),
	}
}

// goroutineID reads the caller's number from its stack trace; Go offers no other way. It serves only to
// turn a certain deadlock into a panic.
func goroutineID() int64 {
	var buf [40]byte
	line := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(line, []byte(" "))
	id, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		panic("clock: cannot read the goroutine's number from " + string(buf[:]))
	}
	return id
}

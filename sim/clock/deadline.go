package clock

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// Until is the rule for deadlines of connections: how far t is away on c. A t with a monotonic reading was
// made by a library with time.Now: its distance from the wall clock counts, rounded (to 1 s above 10 s,
// 100 ms above 1 s, else 10 ms) so that the real time spent since does not leak into the simulation. Any
// other t is a time of c, or a constant in the past by which libraries end a wait at once.
func Until(c Clock, t time.Time) time.Duration {
	now := c.Now()
	if isWall(now) {
		return time.Until(t)
	}
	if !isWall(t) {
		return t.Sub(now)
	}
	if f := foreign.Load(); f != nil {
		(*f)()
	}
	d := time.Until(t)
	switch {
	case d > 10*time.Second:
		return d.Round(time.Second)
	case d > time.Second:
		return d.Round(100 * time.Millisecond)
	default:
		return d.Round(10 * time.Millisecond)
	}
}

// isWall reports whether t has a monotonic reading: only then does t differ from itself without one.
func isWall(t time.Time) bool { return t != t.Round(0) }

var foreign atomic.Pointer[func()]

// OnForeign calls f whenever Until meets a deadline made from the wall clock, in the goroutine that sets
// it. undo restores what was before.
func OnForeign(f func()) (undo func()) {
	before := foreign.Swap(&f)
	return func() { foreign.Store(before) }
}

// ForbidForeign panics when a package below one of the import paths own sets a deadline from the wall
// clock; libraries may. Test binaries and workers call it once. undo restores what was before.
func ForbidForeign(own ...string) (undo func()) {
	return OnForeign(func() {
		if f := deadlineSetter(); inPackages(f, own) {
			panic(fmt.Sprintf("clock: %s sets a deadline from time.Now; make it from the Clock", f))
		}
	})
}

func inPackages(function string, paths []string) bool {
	for _, p := range paths {
		if strings.HasPrefix(function, p+"/") || strings.HasPrefix(function, p+".") {
			return true
		}
	}
	return false
}

// deadlineSetter names the first caller that is not a connection, however often it was wrapped: the
// innermost function above the last Set*Deadline method of the stack.
func deadlineSetter() string {
	pc := make([]uintptr, 32)
	frames := runtime.CallersFrames(pc[:runtime.Callers(1, pc)])
	inConn := false
	for {
		f, more := frames.Next()
		method := f.Function[strings.LastIndexByte(f.Function, '.')+1:]
		switch method {
		case "SetDeadline", "SetReadDeadline", "SetWriteDeadline":
			inConn = true
		default:
			if inConn {
				return f.Function
			}
		}
		if !more {
			return ""
		}
	}
}

package clock_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"demailbench/sim/clock"
)

func TestRunawayAlarm(t *testing.T) {
	c := clock.NewVirtual(epoch, clock.Options{Limit: time.Hour})
	var tick func()
	tick = func() { c.AfterFunc(time.Second, tick) }
	tick()
	err := c.Run(make(chan struct{}))
	var runaway *clock.RunawayError
	if !errors.As(err, &runaway) {
		t.Fatalf("Run returned %v, want a RunawayError", err)
	}
	if c.Elapsed() != time.Hour {
		t.Errorf("stopped at %v, want the limit", c.Elapsed())
	}
}

func TestStallAlarm(t *testing.T) {
	const stall = 40 * time.Millisecond
	for name, tc := range map[string]struct {
		start func(c *clock.Virtual, end chan struct{})
		want  string
	}{
		"deadlock": {func(*clock.Virtual, chan struct{}) {}, "everybody waits"},
		"held":     {func(c *clock.Virtual, _ chan struct{}) { c.Hold(); c.AfterFunc(time.Hour, func() {}) }, "Hold was not released"},
		"callback": {func(c *clock.Virtual, end chan struct{}) { c.AfterFunc(0, func() { <-end }) }, "does not return"},
		"livelock": {func(c *clock.Virtual, end chan struct{}) {
			c.AfterFunc(time.Hour, func() {})
			go func() {
				for {
					select {
					case <-end:
						return
					default:
						runtime.Gosched()
					}
				}
			}()
		}, "computes without end"},
	} {
		t.Run(name, func(t *testing.T) {
			end := make(chan struct{})
			defer close(end)
			c := clock.NewVirtual(epoch, clock.Options{Stall: stall})
			tc.start(c, end)
			err := c.Run(make(chan struct{}))
			var stalled *clock.StallError
			if !errors.As(err, &stalled) {
				t.Fatalf("Run returned %v, want a StallError", err)
			}
			if !strings.Contains(err.Error(), tc.want) || !strings.Contains(stalled.Stacks, "TestStallAlarm") {
				t.Errorf("alarm lacks %q or the stacks:\n%.300s", tc.want, err)
			}
		})
	}
}

func TestOneRunPerProcess(t *testing.T) {
	c := clock.NewVirtual(epoch, clock.Options{})
	mustDrive(t, c, func() {
		if err := clock.NewVirtual(epoch, clock.Options{}).Run(nil); err == nil {
			t.Error("a second Run was not refused")
		}
	})
}

func TestGoexitInCallback(t *testing.T) {
	c := clock.NewVirtual(epoch, clock.Options{})
	c.AfterFunc(0, runtime.Goexit)
	if err := c.Run(make(chan struct{})); err == nil || !strings.Contains(err.Error(), "Goexit") {
		t.Errorf("Run returned %v", err)
	}
}

func TestWorkerRestores(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	outer, inner := clock.Worker(), clock.Worker()
	inner()
	inner()
	if runtime.GOMAXPROCS(0) != 1 {
		t.Error("the inner undo ended the outer preparation")
	}
	outer()
	if runtime.GOMAXPROCS(0) != before {
		t.Errorf("GOMAXPROCS %d, want %d", runtime.GOMAXPROCS(0), before)
	}
}

func TestUntil(t *testing.T) {
	c := clock.NewVirtual(epoch, clock.Options{})
	foreign := 0
	defer clock.OnForeign(func() { foreign++ })()
	for _, tc := range []struct {
		t    time.Time
		want time.Duration
	}{
		{c.Now().Add(1234567 * time.Microsecond), 1234567 * time.Microsecond},
		{time.Now().Add(5*time.Minute + 3*time.Millisecond), 5 * time.Minute},
		{time.Now().Add(2*time.Second + 3*time.Millisecond), 2 * time.Second},
		{time.Now().Add(30*time.Millisecond + 1*time.Millisecond), 30 * time.Millisecond},
	} {
		if got := clock.Until(c, tc.t); got != tc.want {
			t.Errorf("Until(%v) = %v, want %v", tc.t, got, tc.want)
		}
	}
	if got := clock.Until(c, time.Unix(1, 0)); got >= 0 {
		t.Errorf("a time long ago is %v away", got)
	}
	if got := clock.Until(clock.Real(), time.Now().Add(time.Minute)); got < 59*time.Second || got > time.Minute {
		t.Errorf("on the real clock: %v", got)
	}
	if foreign != 3 {
		t.Errorf("hook called %d times, want 3", foreign)
	}
}

// conn stands for a connection that asks Until, as ipnet's do.
type conn struct{ c clock.Clock }

func (c conn) SetReadDeadline(t time.Time) { clock.Until(c.c, t) }

func TestForbidForeign(t *testing.T) {
	defer clock.ForbidForeign("demailbench/sim")()
	c := clock.NewVirtual(epoch, clock.Options{})
	conn{c}.SetReadDeadline(c.Now().Add(time.Second))
	defer func() {
		if recover() == nil {
			t.Error("a wall clock deadline of our own passed")
		}
	}()
	conn{c}.SetReadDeadline(time.Now().Add(time.Second))
}

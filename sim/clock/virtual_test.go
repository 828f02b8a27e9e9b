package clock_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/clock"
)

var epoch = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// drive runs f beside the clock, from when it is driven, and returns what Run says when f is done.
func drive(c *clock.Virtual, f func()) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Sleep(context.Background(), 0)
		f()
	}()
	return c.Run(done)
}

func mustDrive(t *testing.T, c *clock.Virtual, f func()) {
	t.Helper()
	if err := drive(c, f); err != nil {
		t.Fatal(err)
	}
}

func TestSleepJumps(t *testing.T) {
	c := clock.NewVirtual(epoch, clock.Options{})
	mustDrive(t, c, func() {
		if err := c.Sleep(context.Background(), 72*time.Hour); err != nil {
			t.Error(err)
		}
	})
	if got, want := c.Now(), epoch.Add(72*time.Hour); !got.Equal(want) {
		t.Errorf("now %v, want %v", got, want)
	}
	if c.Jumps() != 1 {
		t.Errorf("%d jumps for one sleep", c.Jumps())
	}
}

// TestManyTimers lets 72 hours of timers of several owners pass and wants each at its exact time, timers
// of one instant in the order of arming.
func TestManyTimers(t *testing.T) {
	trace := func() []string {
		c := clock.NewVirtual(epoch, clock.Options{})
		var log []string
		mustDrive(t, c, func() {
			for owner := range 5 {
				period := time.Duration(owner+1) * time.Minute
				var tick func()
				tick = func() {
					log = append(log, fmt.Sprint(owner, c.Elapsed()))
					c.AfterFunc(period, tick)
				}
				c.AfterFunc(period, tick)
			}
			c.Sleep(context.Background(), 72*time.Hour)
		})
		return log
	}
	first := trace()
	if want := 72 * 60 * (60 + 30 + 20 + 15 + 12) / 60; len(first) < want-5 || len(first) > want {
		t.Errorf("%d timers fired, want about %d", len(first), want)
	}
	if diff := cmp.Diff(first, trace()); diff != "" {
		t.Errorf("second run differs (-first +second):\n%s", diff)
	}
}

func TestComputingDoesNotMoveTime(t *testing.T) {
	c := clock.NewVirtual(epoch, clock.Options{})
	mustDrive(t, c, func() {
		early := 0
		for i := range 100 {
			c.AfterFunc(time.Duration(i+1)*time.Millisecond, func() { early++ })
		}
		ping, pong := make(chan int), make(chan int)
		go func() {
			for x := range ping {
				pong <- x
			}
		}()
		var kept [][]byte
		for i := range 20000 {
			ping <- i
			<-pong
			kept = append(kept[:len(kept)%64], make([]byte, 16<<10))
		}
		close(ping)
		if early > 0 || c.Elapsed() != 0 {
			t.Errorf("time moved by %v and %d timers fired while goroutines worked", c.Elapsed(), early)
		}
	})
}

func TestStop(t *testing.T) {
	c := clock.NewVirtual(epoch, clock.Options{})
	mustDrive(t, c, func() {
		fired := false
		stop := c.AfterFunc(time.Second, func() { fired = true })
		if !stop() || stop() {
			t.Error("stop reports true once, then false")
		}
		timer := clock.NewTimer(c, func() { fired = true })
		timer.Reset(time.Second)
		timer.Reset(time.Hour)
		c.Sleep(context.Background(), time.Minute)
		if fired {
			t.Error("a stopped or postponed timer fired")
		}
		c.Sleep(context.Background(), time.Hour)
		if !fired || timer.Stop() {
			t.Error("the postponed timer did not fire, or says it is still armed")
		}
	})
}

func TestHoldStopsTime(t *testing.T) {
	c := clock.NewVirtual(epoch, clock.Options{})
	mustDrive(t, c, func() {
		fired := false
		c.AfterFunc(time.Millisecond, func() { fired = true })
		c.Do(func() {
			answer := make(chan struct{})
			time.AfterFunc(20*time.Millisecond, func() { close(answer) }) // the real world
			<-answer
			if fired || !c.Held() {
				t.Error("time moved while the clock was held")
			}
		})
	})
	if c.Held() {
		t.Error("still held")
	}
}

func TestIO(t *testing.T) {
	const slow = 5 * time.Millisecond
	c := clock.NewVirtual(epoch, clock.Options{IOTime: time.Millisecond})
	var order []int
	mustDrive(t, c, func() {
		c.AfterFunc(10*time.Second, func() { t.Error("a timer fired during IO") })
		finished := make(chan struct{})
		for i := range 4 {
			go func() {
				c.IO(func() {
					c.MustHold("test")
					time.Sleep(slow) // a disk of the real world
					order = append(order, i)
				})
				finished <- struct{}{}
			}()
		}
		for range 4 {
			<-finished
		}
		if c.Elapsed() != time.Millisecond {
			t.Errorf("four calls of one instant took %v, want 1ms", c.Elapsed())
		}
		disk := clock.WithDisk(c, 3*time.Second)
		disk.IO(func() {})
		if c.Elapsed() != 3*time.Second+time.Millisecond {
			t.Errorf("slow disk: %v", c.Elapsed())
		}
	})
	if len(order) != 4 {
		t.Errorf("%d of 4 calls carried out", len(order))
	}
}

func TestIOWithoutDriver(t *testing.T) {
	c := clock.NewVirtual(epoch, clock.Options{IOTime: time.Second})
	ran := 0
	c.IO(func() { ran++ })
	var pending chan struct{}
	mustDrive(t, c, func() {
		pending = make(chan struct{})
		go func() {
			c.IO(func() { ran++ })
			close(pending)
		}()
		for !c.Pending() {
			c.Do(func() { time.Sleep(time.Millisecond) })
		}
	})
	<-pending
	c.IO(func() { ran++ })
	if ran != 3 {
		t.Errorf("%d of 3 calls carried out before, at the end of, and after Run", ran)
	}
}

func TestMisusePanics(t *testing.T) {
	caught := func(f func()) (text string) {
		defer func() { text = fmt.Sprint(recover()) }()
		f()
		return ""
	}
	c := clock.NewVirtual(epoch, clock.Options{})
	got := map[string]string{}
	got["nested without driver"] = caught(func() { c.IO(func() { c.IO(func() {}) }) })
	got["release"] = caught(func() { clock.NewVirtual(epoch, clock.Options{}).Release() })
	mustDrive(t, c, func() {
		c.IO(func() { got["nested"] = caught(func() { c.IO(func() {}) }) })
		fired := make(chan struct{})
		c.AfterFunc(0, func() {
			got["sleep"] = caught(func() { c.Sleep(context.Background(), 1) })
			got["disk"] = caught(func() { clock.WithDisk(c, 1).IO(func() {}) })
			close(fired)
		})
		<-fired
		c.AfterFunc(time.Hour, func() {})
		got["unheld"] = caught(func() { c.MustHold("commit") })
	})
	for what, want := range map[string]string{
		"nested without driver": "inside another IO",
		"nested":                "inside IO",
		"release":               "Release without Hold",
		"sleep":                 "Sleep called from a timer's callback",
		"disk":                  "IO called from a timer's callback",
		"unheld":                "commit outside Clock.IO",
	} {
		if !strings.Contains(got[what], want) {
			t.Errorf("%s: panic %q, want it to say %q", what, got[what], want)
		}
	}
}

func TestWithTimeout(t *testing.T) {
	c := clock.NewVirtual(epoch, clock.Options{})
	mustDrive(t, c, func() {
		ctx, cancel := c.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, ok := ctx.Deadline(); ok {
			t.Error("the deadline shows")
		}
		child, cancelChild := context.WithCancel(ctx)
		defer cancelChild()
		<-child.Done()
		for _, err := range []error{ctx.Err(), child.Err(), context.Cause(child)} {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v, want deadline exceeded", err)
			}
		}
		if c.Elapsed() != time.Minute {
			t.Errorf("ended after %v", c.Elapsed())
		}

		parent, cancelParent := context.WithCancel(context.Background())
		ctx, cancel = c.WithTimeout(parent, time.Hour)
		defer cancel()
		cancelParent()
		if err := c.Sleep(ctx, 2*time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("sleep under a cancelled parent: %v", err)
		}
		ctx, cancel = c.WithTimeout(parent, time.Hour)
		if ctx.Err() == nil {
			t.Error("a context of an ended parent is open")
		}
		cancel()
	})
	if c.Elapsed() != time.Minute || c.Pending() {
		t.Errorf("elapsed %v, timers left: %v", c.Elapsed(), c.Pending())
	}
}

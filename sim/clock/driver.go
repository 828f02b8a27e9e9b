package clock

import (
	"container/heap"
	"errors"
	"runtime"
	"runtime/metrics"
	"sort"
	"sync/atomic"
	"time"
)

// running is 1 while a Run drives in this process. The scheduler's metrics count every goroutine of the
// process, so a second driver would keep the first from ever seeing it idle.
var running atomic.Bool

// Run drives the clock until done is closed. It prepares the process by Worker for as long as it runs. It
// returns a *RunawayError or *StallError when an alarm goes off, and an error when another Run drives in
// this process. IO calls that are still waiting when Run ends are carried out.
func (c *Virtual) Run(done <-chan struct{}) error {
	if !running.CompareAndSwap(false, true) {
		return errors.New("clock: another Run drives in this process; run scenarios one after the other, or in worker processes")
	}
	defer running.Store(false)
	defer Worker()()
	c.setDriving(true)
	d := &driver{c: c, done: done, quit: make(chan struct{}), result: make(chan error, 1)}
	go d.run()
	err := c.watch(d)
	pending := c.setDriving(false)
	var stalled *StallError
	if errors.As(err, &stalled) {
		go carryOut(pending) // what stalled the driver may stall these too
	} else {
		carryOut(pending)
	}
	return err
}

// setDriving returns the IO calls that nobody would carry out any more.
func (c *Virtual) setDriving(on bool) (pending []*Timer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.driving = on
	if on {
		return nil
	}
	c.waiting = false
	for _, t := range c.timers {
		if t.io {
			pending = append(pending, t)
		}
	}
	sort.Slice(pending, func(i, j int) bool { return pending[i].seq < pending[j].seq })
	for _, t := range pending {
		heap.Remove(&c.timers, t.idx)
	}
	return pending
}

func carryOut(pending []*Timer) {
	for _, t := range pending {
		t.f()
	}
}

// watch waits for the driver's end and sounds the stall alarm. It counts ticks, not time, so that a
// suspended machine does not look stalled.
func (c *Virtual) watch(d *driver) error {
	const ticks = 8
	var tick <-chan time.Time
	if c.opts.Stall > 0 {
		t := time.NewTicker(max(c.opts.Stall/ticks, time.Millisecond))
		defer t.Stop()
		tick = t.C
	}
	last, still := c.progress.Load(), 0
	for {
		select {
		case err := <-d.result:
			return err
		case <-tick:
			if now := c.progress.Load(); now != last {
				last, still = now, 0
			} else if still++; still >= ticks {
				close(d.quit)
				return c.stallError()
			}
		}
	}
}

// driver is one Run. It has a goroutine of its own so that a callback that blocks cannot block the alarm.
type driver struct {
	c      *Virtual
	done   <-chan struct{}
	quit   chan struct{}
	result chan error

	self  int64
	steps int
	live  uint64 // heap after the last collection
}

func (d *driver) run() {
	err := errors.New("clock: the driver was ended by runtime.Goexit; do not call t.Fatal or t.FailNow in a timer's callback or in IO")
	defer func() { d.result <- err }()
	d.self = goroutineID()
	err = d.loop()
}

// loop jumps whenever nobody holds the clock, the process is idle, and nobody has held it in between: a
// hold that came and went may be what made the process look idle.
func (d *driver) loop() error {
	for !d.ended() {
		if d.c.Held() {
			d.awaitRelease()
			continue
		}
		gen := d.c.gen.Load()
		if !d.awaitIdle() || d.c.Held() || d.c.gen.Load() != gen || d.ended() {
			continue
		}
		d.collect()
		if err := d.step(); err != nil {
			return err
		}
	}
	return nil
}

func (d *driver) ended() bool {
	select {
	case <-d.done:
		return true
	case <-d.quit:
		return true
	default:
		return false
	}
}

// awaitRelease sleeps instead of spinning: whoever holds the clock needs the processor.
func (d *driver) awaitRelease() {
	select {
	case <-d.c.free:
	case <-d.done:
	case <-d.quit:
	}
}

var schedule = []metrics.Sample{
	{Name: "/sched/goroutines/runnable:goroutines"},
	{Name: "/sched/goroutines/running:goroutines"},
}

// awaitIdle returns true when the scheduler said twice in a row that nothing but the driver can run,
// false when the clock is held or Run ends first.
func (d *driver) awaitIdle() bool {
	for idle, busy := 0, 0; idle < 2; {
		metrics.Read(schedule)
		if schedule[0].Value.Uint64() == 0 && schedule[1].Value.Uint64() <= 1 {
			idle++
		} else {
			idle = 0
			if busy++; busy%256 == 0 {
				if d.c.Held() || d.ended() {
					return false
				}
				time.Sleep(20 * time.Microsecond) // more Ps than processors: let the others have one
			}
		}
		runtime.Gosched()
	}
	return true
}

// step fires the next timer, jumping there; without one it waits until one is armed.
func (d *driver) step() error {
	c := d.c
	c.mu.Lock()
	if len(c.timers) == 0 {
		c.waiting = true
		c.mu.Unlock()
		select {
		case <-c.wake:
		case <-d.done:
		case <-d.quit:
		}
		return nil
	}
	if next := c.timers[0].at; c.opts.Limit > 0 && next > c.opts.Limit {
		err := &RunawayError{Limit: c.opts.Limit, Now: c.Now(), Next: c.epoch.Add(next), Timers: len(c.timers)}
		c.mu.Unlock()
		return err
	}
	t := heap.Pop(&c.timers).(*Timer)
	if int64(t.at) > c.now.Load() {
		c.now.Store(int64(t.at))
		c.jumps.Add(1)
		c.progress.Add(1)
	}
	c.mu.Unlock()
	c.callback.Store(d.self)
	defer c.callback.Store(0)
	t.f()
	return nil
}

var heapSize = []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}

// collect runs the garbage collector here, where nothing else runs: a goroutine that waits for a
// concurrent collection looks idle.
func (d *driver) collect() {
	if d.steps++; d.steps%64 != 0 {
		return
	}
	metrics.Read(heapSize)
	if heapSize[0].Value.Uint64() > d.live+collectEvery {
		runtime.GC()
		metrics.Read(heapSize)
		d.live = heapSize[0].Value.Uint64()
	}
}

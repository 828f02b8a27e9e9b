package clock

import (
	"container/heap"
	"time"
)

// Timer is a timer that can be armed again and again, on any clock. AfterFunc is enough for most; links
// and TCP endpoints arm one timer for every packet.
type Timer struct {
	f func()

	v   *Virtual // nil on a clock that is not virtual
	at  time.Duration
	seq uint64
	idx int  // place in the heap, -1 when not armed
	io  bool // an IO call: carried out even when Run ends first

	c    Clock
	stop func() bool
}

// NewTimer returns a timer that is not armed. f is called as by Clock.AfterFunc.
func NewTimer(c Clock, f func()) *Timer {
	switch v := c.(type) {
	case *Virtual:
		return &Timer{f: f, v: v, idx: -1}
	case disk:
		return NewTimer(v.Clock, f)
	default:
		return &Timer{f: f, c: c, idx: -1}
	}
}

// Reset arms the timer to fire once in d, whether or not it was armed. d below 0 counts as 0. On a clock
// that is not virtual, calls to one Timer must not overlap.
func (t *Timer) Reset(d time.Duration) {
	if t.v == nil {
		t.Stop()
		t.stop = t.c.AfterFunc(d, t.f)
		return
	}
	t.v.mu.Lock()
	defer t.v.mu.Unlock()
	t.v.arm(t, d)
}

// Stop disarms the timer and reports whether that prevented a call.
func (t *Timer) Stop() bool {
	if t.v == nil {
		return t.stop != nil && t.stop()
	}
	t.v.mu.Lock()
	defer t.v.mu.Unlock()
	if t.idx < 0 {
		return false
	}
	heap.Remove(&t.v.timers, t.idx)
	return true
}

// arm wants c.mu held.
func (c *Virtual) arm(t *Timer, d time.Duration) {
	if t.idx >= 0 {
		heap.Remove(&c.timers, t.idx)
	}
	c.seq++
	t.at, t.seq = c.Elapsed()+max(d, 0), c.seq
	heap.Push(&c.timers, t)
	if c.waiting {
		c.waiting = false
		select {
		case c.wake <- struct{}{}:
		default: // a token left over from a Run that ended serves as well
		}
	}
}

// timerHeap orders by time, then by the order of arming.
type timerHeap []*Timer

func (h timerHeap) Len() int { return len(h) }

func (h timerHeap) Less(i, j int) bool {
	if h[i].at != h[j].at {
		return h[i].at < h[j].at
	}
	return h[i].seq < h[j].seq
}

func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].idx, h[j].idx = i, j
}

func (h *timerHeap) Push(x any) {
	t := x.(*Timer)
	t.idx = len(*h)
	*h = append(*h, t)
}

func (h *timerHeap) Pop() any {
	old := *h
	last := len(old) - 1
	t := old[last]
	old[last] = nil
	*h = old[:last]
	t.idx = -1
	return t
}

// Package push is the queue in which a provider keeps what the gateway shall take for one account: tried in
// the order of due times, again and again until the gateway gives a final answer.
//
// It knows nothing of messages: what a try is, the provider says. It lives in memory, as the provider does.
package push

import (
	"context"
	"sync"
	"time"

	"demailbench/sim/clock"
)

// Verdict is what a try came to.
type Verdict int

const (
	// Final: there is nothing left to try, the item leaves the queue.
	Final Verdict = iota
	// Again: the gateway wants this item later.
	Again
	// Unreachable: the gateway was not there, so the rest of the queue waits too.
	Unreachable
)

// Queue is one account's queue. Its methods may be called by any goroutine.
type Queue[T any] struct {
	clock clock.Clock
	waits []time.Duration
	try   func(context.Context, T) Verdict

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	items   []*item[T]
	working bool
	wake    context.CancelFunc // ends the sleep of the goroutine; nil while it does not sleep
}

type item[T any] struct {
	value T
	due   time.Time
	tries int
}

// New makes an empty queue. waits are the times after each failed try, the last one repeats; there must be
// one. try runs in the queue's goroutine, for one item at a time, and must end with its context.
func New[T any](c clock.Clock, waits []time.Duration, try func(context.Context, T) Verdict) *Queue[T] {
	q := &Queue[T]{clock: c, waits: waits, try: try}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	return q
}

// Add queues a value, due at once. A closed queue drops it.
func (q *Queue[T]) Add(v T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	q.items = append(q.items, &item[T]{value: v, due: q.clock.Now()})
	if q.wake != nil {
		q.wake()
	}
	if !q.working {
		q.working = true
		q.work.Add(1)
		go q.run()
	}
}

// Len is how many items wait, the one being tried included.
func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}

// Close ends the try under way and returns when the queue's goroutine is gone. What waits is lost.
func (q *Queue[T]) Close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.cancel()
	q.work.Wait()
}

// run works until the queue is empty or closed. It is started by Add, so that an idle account costs no
// goroutine.
func (q *Queue[T]) run() {
	defer q.work.Done()
	for {
		next, sleep := q.next()
		switch {
		case next == nil:
			return
		case sleep != nil:
			sleep()
		default:
			q.settle(next, q.try(q.ctx, next.value))
		}
	}
}

// next picks the item with the earliest due time; of several, the oldest. Where that lies ahead it returns a
// sleep, which ends early when another item arrives.
func (q *Queue[T]) next() (*item[T], func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var first *item[T]
	for _, i := range q.items {
		if first == nil || i.due.Before(first.due) {
			first = i
		}
	}
	if first == nil || q.closed {
		q.working = false
		return nil, nil
	}
	d := first.due.Sub(q.clock.Now())
	if d <= 0 {
		return first, nil
	}
	ctx, cancel := context.WithCancel(q.ctx)
	q.wake = cancel
	return first, func() {
		q.clock.Sleep(ctx, d)
		q.mu.Lock()
		q.wake = nil
		q.mu.Unlock()
		cancel()
	}
}

func (q *Queue[T]) settle(i *item[T], v Verdict) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if v == Final {
		for n, have := range q.items {
			if have == i {
				q.items = append(q.items[:n:n], q.items[n+1:]...)
				return
			}
		}
	}
	i.due = q.clock.Now().Add(q.waits[min(i.tries, len(q.waits)-1)])
	i.tries++
	for _, other := range q.items {
		if v == Unreachable && other.due.Before(i.due) {
			other.due = i.due
		}
	}
}

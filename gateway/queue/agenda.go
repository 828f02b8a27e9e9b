package queue

import (
	"container/heap"
	"context"
	"slices"
	"sort"
	"time"

	"demailbench/gateway/store"
)

// group names the deliveries that travel together: one message on one route.
type group struct{ message, route string }

// lane is what shares a limit of deliveries at once.
type lane struct{ tenant, route string }

// batch is a group with its deliveries. It is asleep (in the agenda), ready (in its lane's line) or out (with
// the courier).
type batch struct {
	m  store.Message
	ds []store.Delivery
	// at is when it must be looked at.
	at time.Time
}

func (b *batch) group() group { return group{b.m.ID, b.ds[0].Route} }
func (b *batch) lane() lane   { return lane{b.m.Tenant, b.ds[0].Route} }

// line is a lane's ready batches in the order in which they became due, and how many are out.
type line struct {
	ready []*batch
	out   int
}

// agenda orders sleeping batches by time, then by acceptance.
type agenda []*batch

// Len, Less, Swap, Push and Pop are those of heap.Interface.
func (a agenda) Len() int { return len(a) }

// Less puts the earlier first; batches of one instant keep the order of acceptance.
func (a agenda) Less(i, j int) bool {
	if !a[i].at.Equal(a[j].at) {
		return a[i].at.Before(a[j].at)
	}
	return a[i].ds[0].ID < a[j].ds[0].ID
}

// Swap exchanges two batches.
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push adds a batch.
func (a *agenda) Push(x any) { *a = append(*a, x.(*batch)) }

// Pop removes the last batch.
func (a *agenda) Pop() any {
	old := *a
	b := old[len(old)-1]
	*a = old[:len(old)-1]
	return b
}

// Work is what is due: one attempt to deliver a message on a route, or a notice of its delay.
type Work struct {
	Message store.Message
	// Deliveries all have the same route; the first one's says it.
	Deliveries []store.Delivery
	// Late means that nothing is to be tried: the sender is to be told of the delay.
	Late bool

	b *batch
}

// Route is where the deliveries go.
func (w *Work) Route() string { return w.Deliveries[0].Route }

// Due waits until something is due whose lane is free and hands it out. Whoever takes it must Settle it. Lanes
// take turns. It returns ctx's error when ctx ends. One goroutine may call it at a time.
func (q *Queue) Due(ctx context.Context) (*Work, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		w, wait := q.next()
		if w != nil {
			return w, nil
		}
		stop := func() bool { return true }
		if wait > 0 {
			stop = q.o.Clock.AfterFunc(wait, q.wake)
		}
		select {
		case <-q.news:
		case <-ctx.Done():
		}
		stop()
	}
}

// next takes the next work, or says how long nothing will be due; 0 means until news.
func (q *Queue) next() (*Work, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.o.Clock.Now()
	for len(q.asleep) > 0 && !q.asleep[0].at.After(now) {
		q.ready(heap.Pop(&q.asleep).(*batch))
	}
	for range q.turn {
		l := q.turn[0]
		q.turn = append(q.turn[1:], l)
		ln := q.lanes[l]
		if i := q.first(ln); i >= 0 && ln.out < q.o.PerLane {
			b := ln.ready[i]
			if i == 0 {
				ln.ready = ln.ready[1:]
			} else { // what is before it is held back
				ln.ready = slices.Delete(ln.ready, i, i+1)
			}
			ln.out++
			return q.work(b, now), 0
		}
	}
	if len(q.asleep) == 0 {
		return nil, 0
	}
	return nil, q.asleep[0].at.Sub(now)
}

// first is the first batch of a line that is not held back, -1 for none.
func (q *Queue) first(ln *line) int {
	return slices.IndexFunc(ln.ready, func(b *batch) bool { return q.o.Held == nil || !q.o.Held(b.m) })
}

// ready puts b at the end of its lane's line.
func (q *Queue) ready(b *batch) {
	l := b.lane()
	ln := q.lanes[l]
	if ln == nil {
		ln = &line{}
		q.lanes[l] = ln
		q.turn = append(q.turn, l)
	}
	ln.ready = append(ln.ready, b)
}

func (q *Queue) work(b *batch, now time.Time) *Work {
	due := b.ds[0].Due
	for _, d := range b.ds {
		if d.Due.Before(due) {
			due = d.Due
		}
	}
	return &Work{Message: b.m, Deliveries: append([]store.Delivery(nil), b.ds...), Late: due.After(now), b: b}
}

// enter adds newly accepted deliveries.
func (q *Queue) enter(m store.Message, ds []store.Delivery) {
	if len(ds) == 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.add(m, ds)
	q.wake()
}

// add puts the deliveries of m to sleep, one batch per route. It is called once per message.
func (q *Queue) add(m store.Message, ds []store.Delivery) {
	var batches []*batch
	for _, d := range ds {
		g := group{d.Message, d.Route}
		if b := q.groups[g]; b != nil {
			b.ds = append(b.ds, d)
			continue
		}
		b := &batch{m: m, ds: []store.Delivery{d}}
		q.groups[g] = b
		batches = append(batches, b)
	}
	for _, b := range batches {
		b.at = q.wakeup(b)
		heap.Push(&q.asleep, b)
	}
}

// wakeup is when b must be looked at: its next try, or the notice of its delay if that comes first.
func (q *Queue) wakeup(b *batch) time.Time {
	at := b.ds[0].Due
	for _, d := range b.ds {
		if d.Due.Before(at) {
			at = d.Due
		}
		if late := b.m.Received.Add(q.o.Schedule.Delay); !d.Warned && d.Tries > 0 && late.Before(at) {
			at = late
		}
	}
	return at
}

// back returns b after an attempt: with no delivery left it is gone.
func (q *Queue) back(b *batch, left []store.Delivery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l, g := b.lane(), b.group()
	ln := q.lanes[l]
	if ln.out--; ln.out == 0 && len(ln.ready) == 0 {
		q.drop(l)
	}
	b.ds = left
	if len(left) == 0 {
		delete(q.groups, g)
	} else {
		b.at = q.wakeup(b)
		heap.Push(&q.asleep, b)
	}
	q.wake()
}

// drop forgets an empty lane.
func (q *Queue) drop(l lane) {
	delete(q.lanes, l)
	for i, t := range q.turn {
		if t == l {
			q.turn = append(q.turn[:i:i], q.turn[i+1:]...)
			return
		}
	}
}

// Waiting lists what is queued, in the order of acceptance; deliveries under way are among it.
func (q *Queue) Waiting() []Work {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := make([]Work, 0, len(q.groups))
	for _, b := range q.groups {
		l = append(l, Work{Message: b.m, Deliveries: append([]store.Delivery(nil), b.ds...)})
	}
	sort.Slice(l, func(i, j int) bool { return l[i].Deliveries[0].ID < l[j].Deliveries[0].ID })
	return l
}

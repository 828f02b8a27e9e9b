package queue

import "container/heap"

// Hurry makes everything that waits on a route due now: what kept it from being delivered has been put right. The
// schedule goes on from there; a restart falls back to the times in the store.
func (q *Queue) Hurry(route string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.o.Clock.Now()
	for _, b := range q.asleep {
		if b.ds[0].Route != route {
			continue
		}
		for i := range b.ds {
			if b.ds[i].Due.After(now) {
				b.ds[i].Due = now
			}
		}
		b.at = now
	}
	heap.Init(&q.asleep)
	q.wake()
}

// Wake has Due look again: what Options.Held held back may go on.
func (q *Queue) Wake() { q.wake() }

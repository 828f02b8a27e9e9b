package queue

import (
	"context"
	"fmt"

	"demailbench/gateway/store"
)

// Tell queues mail of the gateway itself that no delivery causes, and ends the named outages, in one commit. A
// letter that is held back, because its outage has begun before or its Once is known, has the zero Receipt.
func (q *Queue) Tell(ctx context.Context, letters []Letter, ended ...string) (Settled, error) {
	if err := ctx.Err(); err != nil {
		return Settled{}, err
	}
	drafts := make([]*Draft, len(letters))
	for i, l := range letters {
		d, err := q.write(l)
		if err != nil {
			return Settled{}, err
		}
		drafts[i] = d
	}
	res, added, err := q.record(Settlement{}, letters, drafts, ended)
	if err != nil {
		return Settled{}, fmt.Errorf("queue: tell: %w", err)
	}
	for i, m := range added {
		q.enter(m, res.Letters[i].Queued)
	}
	return res, nil
}

// held tells that a letter must not be sent (again).
func (l Letter) held(tx *store.Tx, id string, q *Queue) (bool, error) {
	now := q.o.Clock.Now()
	if l.Outage != "" {
		if fresh, err := tx.BeginOutage(l.Outage, now); err != nil || !fresh {
			return true, err
		}
	}
	if len(l.Once) > 0 {
		fresh, err := tx.Mark(l.Once, id, now)
		return !fresh, err
	}
	return false, nil
}

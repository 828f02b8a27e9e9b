package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"demailbench/gateway/store"
)

// Verdict is how an attempt ended for one recipient.
type Verdict int

const (
	// Deferred: try again; nothing permanent was said.
	Deferred Verdict = iota
	// Delivered: the next hop took responsibility.
	Delivered
	// Failed: the next hop or the name system refused for good.
	Failed
	// Damaged: the stored content is not what was accepted; an administrator must look.
	Damaged
)

// Outcome is the result of an attempt for one recipient.
type Outcome struct {
	Verdict Verdict
	// Answer is the reply or error in one line.
	Answer string
}

// Settlement is what an attempt means for the queue, by Judge; it is not stored before Settle.
type Settlement struct {
	Work *Work
	// Delivered and Failed leave the queue. Expired were tried until the end of the schedule and leave it
	// too. Parked stay, and an administrator must decide.
	Delivered, Failed, Expired, Parked []store.Delivery
	// Deferred stay, with their next Due.
	Deferred []store.Delivery
	// Late are those of Deferred whose sender is to be told of the delay now.
	Late []store.Delivery
	// kept were not tried.
	kept []store.Delivery
}

// Judge applies the schedule to the outcomes of w, by delivery id. A delivery without an outcome was not
// tried and stays as it is.
func (q *Queue) Judge(w *Work, outcomes map[int64]Outcome) Settlement {
	now := q.o.Clock.Now()
	s := Settlement{Work: w}
	for _, d := range w.Deliveries {
		o, tried := outcomes[d.ID]
		switch {
		case w.Late:
			s.lateness(d)
			continue
		case !tried:
			s.kept = append(s.kept, d)
			continue
		}
		d.Tries++
		d.Answer = o.Answer
		switch {
		case o.Verdict == Delivered:
			s.Delivered = append(s.Delivered, d)
		case o.Verdict == Damaged:
			s.park(d)
		case o.Verdict == Failed:
			s.fail(d, &s.Failed)
		case !now.Before(w.Message.Received.Add(q.o.Schedule.GiveUp)):
			s.fail(d, &s.Expired)
		default:
			d.Due = q.again(w.Message.Received, now, d.Tries)
			if !d.Warned && !now.Before(w.Message.Received.Add(q.o.Schedule.Delay)) {
				s.lateness(d)
			} else {
				s.Deferred = append(s.Deferred, d)
			}
		}
	}
	return s
}

func (s *Settlement) lateness(d store.Delivery) {
	if !d.Warned && d.Tries > 0 {
		d.Warned = true
		s.Late = append(s.Late, d)
	}
	s.Deferred = append(s.Deferred, d)
}

func (s *Settlement) park(d store.Delivery) {
	d.Parked = true
	s.Parked = append(s.Parked, d)
}

// fail gives d up. An inbound De-Mail is parked instead: its sender was promised nothing by us, and it must
// not vanish.
func (s *Settlement) fail(d store.Delivery, l *[]store.Delivery) {
	if s.Work.Message.Kind == string(Inbound) {
		s.park(d)
		return
	}
	*l = append(*l, d)
}

// again is the time of the next try after tries tries; the last one is at the moment of giving up.
func (q *Queue) again(received, now time.Time, tries int) time.Time {
	wait := q.o.Schedule.After[min(tries, len(q.o.Schedule.After))-1]
	due := now.Add(wait)
	if end := received.Add(q.o.Schedule.GiveUp); due.After(end) {
		return end
	}
	return due
}

// Letter is mail of the gateway itself, queued together with the settlement that causes it.
type Letter struct {
	Envelope
	Text []byte
	// Outage, when set, names a lasting trouble: the letter is sent only when its outage begins with it.
	Outage string
	// Once, when set, is the key of what the letter is about: it is sent once within Memory.
	Once []byte
}

// Settled tells what a settlement caused.
type Settled struct {
	// Letters are the receipts of the letters queued; one held back by its outage has the zero Receipt.
	Letters []Receipt
	// Ended are the outages that ended, with their beginnings.
	Ended map[string]time.Time
}

// Settle stores s, queues letters and ends the named outages in one commit, and gives the work back. While the
// disk refuses it keeps trying, because an unrecorded delivery would be made twice; it gives up when ctx ends
// or the store is closed.
func (q *Queue) Settle(ctx context.Context, s Settlement, letters []Letter, ended ...string) (Settled, error) {
	drafts := make([]*Draft, len(letters))
	for i, l := range letters {
		d, err := q.write(l)
		if err != nil {
			return Settled{}, err
		}
		drafts[i] = d
	}
	wait := time.Second
	for {
		res, added, err := q.record(s, letters, drafts, ended)
		if err == nil {
			for i, m := range added {
				q.enter(m, res.Letters[i].Queued)
			}
			q.back(s.Work.b, append(s.kept, s.Deferred...))
			return res, nil
		}
		if errors.Is(err, store.ErrClosed) || q.o.Clock.Sleep(ctx, wait) != nil {
			return Settled{}, fmt.Errorf("queue: settle message %s: %w", s.Work.Message.ID, err)
		}
		wait = min(2*wait, time.Minute)
	}
}

// write makes the draft of a letter; its content is small and stays in memory.
func (q *Queue) write(l Letter) (*Draft, error) {
	d, err := q.Begin(l.Envelope)
	if err != nil {
		return nil, err
	}
	if _, err := d.Write(l.Text); err != nil {
		return nil, err
	}
	return d, d.content.Seal()
}

// record is the one commit of Settle; added are the messages of the letters that were queued.
func (q *Queue) record(s Settlement, letters []Letter, drafts []*Draft, ended []string) (res Settled, added map[int]store.Message, err error) {
	now := q.o.Clock.Now()
	err = q.st.Update(func(tx *store.Tx) error {
		res = Settled{Letters: make([]Receipt, len(letters)), Ended: map[string]time.Time{}}
		added = map[int]store.Message{}
		if err := s.apply(tx); err != nil {
			return err
		}
		for _, name := range ended {
			since, was, err := tx.EndOutage(name)
			if err != nil {
				return err
			}
			if was {
				res.Ended[name] = since
			}
		}
		for i, l := range letters {
			held, err := l.held(tx, drafts[i].id, q)
			if err != nil {
				return err
			}
			if held {
				continue
			}
			m, r := drafts[i].row(now)
			if len(r.Queued) == 0 { // nobody to tell: only its outage is noted
				continue
			}
			if err := tx.Insert(m, drafts[i].content, r.Queued); err != nil {
				return err
			}
			added[i], res.Letters[i] = m, r
		}
		return nil
	})
	return res, added, err
}

// row is the letter's message and receipt.
func (d *Draft) row(now time.Time) (store.Message, Receipt) {
	m := d.message(now)
	r := Receipt{ID: m.ID, MessageID: m.MessageID, Size: m.Size}
	for _, to := range d.e.To {
		r.Queued = append(r.Queued, store.Delivery{Message: m.ID, Recipient: to.Address, Original: to.Original, Route: to.Route, Due: now})
	}
	return m, r
}

// apply writes the deliveries' new states. What failed or is parked is unmarked: another copy of it is to be
// tried afresh.
func (s Settlement) apply(tx *store.Tx) error {
	for _, l := range [][]store.Delivery{s.Delivered, s.Failed, s.Expired} {
		for _, d := range l {
			if err := tx.Remove(d); err != nil {
				return err
			}
		}
	}
	for _, l := range [][]store.Delivery{s.Failed, s.Expired, s.Parked} {
		for _, d := range l {
			if err := tx.Unmark(d.Mark); err != nil {
				return err
			}
		}
	}
	for _, l := range [][]store.Delivery{s.Deferred, s.Parked} {
		for _, d := range l {
			if err := tx.Change(d); err != nil {
				return err
			}
		}
	}
	return nil
}

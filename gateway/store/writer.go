package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// change is one Update on its way to the writer.
type change struct {
	apply func(*Tx) error
	// aside, in place of apply, runs between two commits.
	aside func() error
	done  chan error
}

// Update commits what f does, together with every other change that is waiting, and returns when it is on
// the disk. An error means that nothing of f happened: f's own error, the disk's, or ErrClosed. f runs in the
// writer while the disk is held: it must be quick, and it may run twice, so it must set its results anew.
func (s *Store) Update(f func(*Tx) error) error {
	return s.submit(change{apply: f, done: make(chan error, 1)})
}

// submit hands c to the writer and waits for what became of it.
func (s *Store) submit(c change) error {
	select {
	case <-s.dead:
		return ErrClosed
	default:
	}
	select {
	case s.in <- c:
	case <-s.dead:
		return ErrClosed
	}
	select {
	case err := <-c.done:
		return err
	case <-s.done:
		select { // the writer may have answered just before it ended
		case err := <-c.done:
			return err
		default:
			return ErrClosed
		}
	}
}

// write is the only goroutine that changes the database.
func (s *Store) write() {
	defer close(s.done)
	for {
		var first change
		select {
		case first = <-s.in:
		case <-s.dead:
			s.drain()
			return
		}
		s.clock.IO(func() { s.group(first) })
	}
}

// drain commits what Close found waiting; Kill leaves it.
func (s *Store) drain() {
	for !s.killed.Load() {
		select {
		case c := <-s.in:
			s.clock.IO(func() { s.group(c) })
		default:
			return
		}
	}
}

// group commits first and whatever else waits by now. It answers inside the bracket, so that virtual time
// cannot pass between the commit and its news.
func (s *Store) group(first change) {
	batch := []change{first}
	for more := true; more && len(batch) < Batch; {
		select {
		case c := <-s.in:
			batch = append(batch, c)
		default:
			more = false
		}
	}
	if s.killed.Load() {
		answer(batch, ErrClosed)
		return
	}
	var asides []change
	batch = slices.DeleteFunc(batch, func(c change) bool {
		if c.aside != nil {
			asides = append(asides, c)
		}
		return c.aside != nil
	})
	defer func() {
		for _, c := range asides {
			answer([]change{c}, c.aside())
		}
	}()
	if len(batch) == 0 {
		return
	}
	err := s.commit(batch)
	if err != nil && len(batch) > 1 { // one bad change must not fail its neighbours
		for _, c := range batch {
			answer([]change{c}, s.commit([]change{c}))
		}
		return
	}
	answer(batch, err)
}

func answer(batch []change, err error) {
	for _, c := range batch {
		c.done <- err
	}
}

// commit makes one durable transaction of batch, then removes the content that it made ownerless.
func (s *Store) commit(batch []change) error {
	tx, err := s.w.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	t := &Tx{tx: tx}
	for _, c := range batch {
		if err := c.apply(t); err != nil {
			return errors.Join(err, rollback(tx))
		}
	}
	if err := tx.Commit(); err != nil {
		return errors.Join(err, rollback(tx))
	}
	s.commits.Add(1)
	s.changes.Add(int64(len(batch)))
	for _, id := range t.ownerless {
		s.disk("remove")
		// A file that stays is swept at the next start: the commit stands.
		_ = os.Remove(filepath.Join(s.dir, contentDir, id))
	}
	return nil
}

func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// Close commits what is waiting and closes the directory.
func (s *Store) Close() error { return s.stop(false) }

// Kill closes the directory without committing what is waiting, as the death of the process would.
func (s *Store) Kill() error { return s.stop(true) }

func (s *Store) stop(kill bool) (err error) {
	s.end.Do(func() {
		if kill {
			s.killed.Store(true)
		}
		close(s.dead)
		<-s.done
		s.clock.IO(func() { err = s.release() })
	})
	return err
}

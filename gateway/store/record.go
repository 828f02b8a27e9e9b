package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"demailbench/gateway/journal"
)

// Record is one administered object. Kind and Key name it; Body is JSON in the shape of package register.
type Record struct {
	Kind, Key string
	Body      []byte
}

// PutRecord stores a record in place of the one of its name, whose place in the order it keeps.
func (t *Tx) PutRecord(r Record) error {
	_, err := t.tx.Exec(`INSERT INTO record (kind, key, body) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body`,
		r.Kind, r.Key, r.Body)
	if err != nil {
		return fmt.Errorf("store: put %s %s: %w", r.Kind, r.Key, err)
	}
	return nil
}

// DeleteRecord removes a record. Removing twice is no error.
func (t *Tx) DeleteRecord(kind, key string) error {
	if _, err := t.tx.Exec(`DELETE FROM record WHERE kind = ? AND key = ?`, kind, key); err != nil {
		return fmt.Errorf("store: delete %s %s: %w", kind, key, err)
	}
	return nil
}

// Records returns the records of some kinds in the order in which they were first put.
func (s *Store) Records(kinds ...string) (l []Record, err error) {
	names, err := json.Marshal(kinds)
	if err != nil {
		return nil, fmt.Errorf("store: read: %w", err)
	}
	err = s.read(func() (err error) {
		l, err = query(s, `SELECT kind, key, body FROM record WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY seq`, func(rows *sql.Rows) (r Record, err error) {
			err = rows.Scan(&r.Kind, &r.Key, &r.Body)
			return r, err
		}, string(names))
		return err
	})
	return l, err
}

// AppendLine adds a line to an audit log. The line's number must be free: two writers of one log cannot both
// succeed.
func (t *Tx) AppendLine(l journal.Line) error {
	if _, err := t.tx.Exec(`INSERT INTO journal (log, number, text, hash) VALUES (?, ?, ?, ?)`, l.Log, l.Number, l.Text, l.Hash); err != nil {
		return fmt.Errorf("store: append to audit log %q: %w", l.Log, err)
	}
	_, err := t.tx.Exec(`INSERT INTO journal_head (log, number, hash) VALUES (?, ?, ?)
		ON CONFLICT (log) DO UPDATE SET number = excluded.number, hash = excluded.hash`, l.Log, l.Number, l.Hash)
	if err != nil {
		return fmt.Errorf("store: append to audit log %q: %w", l.Log, err)
	}
	return nil
}

// Lines returns at most limit lines of an audit log after number after.
func (s *Store) Lines(log string, after int64, limit int) (l []journal.Line, err error) {
	err = s.read(func() (err error) {
		l, err = query(s, `SELECT log, number, text, hash FROM journal WHERE log = ? AND number > ? ORDER BY number LIMIT ?`, lineOf, log, after, limit)
		return err
	})
	return l, err
}

func lineOf(rows *sql.Rows) (l journal.Line, err error) {
	err = rows.Scan(&l.Log, &l.Number, &l.Text, &l.Hash)
	return l, err
}

// Heads returns the noted end of every audit log.
func (s *Store) Heads() (heads map[string]journal.Head, err error) {
	type named struct {
		log  string
		head journal.Head
	}
	heads = map[string]journal.Head{}
	err = s.read(func() error {
		l, err := query(s, `SELECT log, number, hash FROM journal_head`, func(rows *sql.Rows) (n named, err error) {
			err = rows.Scan(&n.log, &n.head.Number, &n.head.Hash)
			return n, err
		})
		for _, n := range l {
			heads[n.log] = n.head
		}
		return err
	})
	return heads, err
}

// read runs f on the disk.
func (s *Store) read(f func() error) (err error) {
	s.clock.IO(func() {
		if s.ended() {
			err = ErrClosed
			return
		}
		err = f()
	})
	if err != nil && err != ErrClosed {
		err = fmt.Errorf("store: read: %w", err)
	}
	return err
}

func query[T any](s *Store, text string, one func(*sql.Rows) (T, error), args ...any) ([]T, error) {
	rows, err := s.r.QueryContext(context.Background(), text, args...)
	if err != nil {
		return nil, err
	}
	return scan(rows, one)
}

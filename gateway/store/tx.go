package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Tx is a change in the making. It is valid only inside the function that Update calls.
type Tx struct {
	tx        *sql.Tx
	ownerless []string
}

// Insert adds a message with its sealed content and its deliveries, to which it gives their ids.
func (t *Tx) Insert(m Message, c *Content, ds []Delivery) error {
	if !c.sealed {
		return fmt.Errorf("store: insert message %s: its content is not sealed", m.ID)
	}
	m.Size, m.Sum = c.Size(), c.Sum()
	_, err := t.tx.Exec(`INSERT INTO message (id, kind, tenant, sender, return_path, message_id, received, size, sum, seal, content)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, m.ID, m.Kind, m.Tenant, m.Sender, m.ReturnPath, m.MessageID,
		nanos(m.Received), m.Size, m.Sum, m.seal(), c.inline())
	if err != nil {
		return fmt.Errorf("store: insert message %s: %w", m.ID, err)
	}
	for i := range ds {
		ds[i].Message = m.ID
		if err := t.insertDelivery(&ds[i]); err != nil {
			return fmt.Errorf("store: insert a delivery of message %s: %w", m.ID, err)
		}
	}
	return nil
}

func (t *Tx) insertDelivery(d *Delivery) error {
	mark := d.Mark
	if mark == nil {
		mark = []byte{}
	}
	r, err := t.tx.Exec(`INSERT INTO delivery (message, recipient, original, route, mark, seal, parked, warned, tries, due, answer)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, d.Message, d.Recipient, d.Original, d.Route, mark, d.seal(),
		flag(d.Parked), flag(d.Warned), d.Tries, nanos(d.Due), d.Answer)
	if err != nil {
		return err
	}
	d.ID, err = r.LastInsertId()
	return err
}

// Change stores what may change of a delivery: Parked, Warned, Tries, Due, Answer. A delivery that was
// removed meanwhile stays removed.
func (t *Tx) Change(d Delivery) error {
	_, err := t.tx.Exec(`UPDATE delivery SET parked = ?, warned = ?, tries = ?, due = ?, answer = ? WHERE id = ?`,
		flag(d.Parked), flag(d.Warned), d.Tries, nanos(d.Due), d.Answer, d.ID)
	if err != nil {
		return fmt.Errorf("store: change delivery %d: %w", d.ID, err)
	}
	return nil
}

// Remove ends a delivery. With the last one goes the message and its content. Removing twice is no error.
func (t *Tx) Remove(d Delivery) error {
	if _, err := t.tx.Exec(`DELETE FROM delivery WHERE id = ?`, d.ID); err != nil {
		return fmt.Errorf("store: remove delivery %d: %w", d.ID, err)
	}
	var inFile bool
	row := t.tx.QueryRow(`DELETE FROM message WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM delivery WHERE message = ?1)
		RETURNING content IS NULL`, d.Message)
	switch err := row.Scan(&inFile); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("store: remove message %s: %w", d.Message, err)
	}
	if inFile {
		t.ownerless = append(t.ownerless, d.Message)
	}
	return nil
}

// Mark notes that the copy named key was accepted as part of message; fresh is false when one was before.
func (t *Tx) Mark(key []byte, message string, at time.Time) (fresh bool, err error) {
	r, err := t.tx.Exec(`INSERT INTO mark (key, message, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, key, message, nanos(at))
	if err != nil {
		return false, fmt.Errorf("store: mark message %s: %w", message, err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// Unmark forgets a mark, so that another copy is accepted as new.
func (t *Tx) Unmark(key []byte) error {
	if _, err := t.tx.Exec(`DELETE FROM mark WHERE key = ?`, key); err != nil {
		return fmt.Errorf("store: remove a mark: %w", err)
	}
	return nil
}

// ForgetMarks removes the marks older than before, unless their message still waits.
func (t *Tx) ForgetMarks(before time.Time) error {
	_, err := t.tx.Exec(`DELETE FROM mark WHERE at < ? AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = mark.message)`, nanos(before))
	if err != nil {
		return fmt.Errorf("store: forget old marks: %w", err)
	}
	return nil
}

// BeginOutage notes a lasting trouble; fresh is false when it was noted before.
func (t *Tx) BeginOutage(name string, since time.Time) (fresh bool, err error) {
	r, err := t.tx.Exec(`INSERT INTO outage (name, since) VALUES (?, ?) ON CONFLICT DO NOTHING`, name, nanos(since))
	if err != nil {
		return false, fmt.Errorf("store: begin outage %s: %w", name, err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// EndOutage removes an outage; was tells that there was one, since its beginning.
func (t *Tx) EndOutage(name string) (since time.Time, was bool, err error) {
	var n int64
	err = t.tx.QueryRow(`DELETE FROM outage WHERE name = ? RETURNING since`, name).Scan(&n)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return time.Time{}, false, nil
	case err != nil:
		return time.Time{}, false, fmt.Errorf("store: end outage %s: %w", name, err)
	}
	return instant(n), true, nil
}

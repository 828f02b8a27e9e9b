package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// ErrDamaged means that stored octets are not the ones that were accepted. The message must not be
// delivered; an administrator restores it from a backup or asks the sender again.
var ErrDamaged = errors.New("store: stored message is damaged")

// Load returns every message and delivery, deliveries in the order of their acceptance.
func (s *Store) Load() (ms []Message, ds []Delivery, err error) {
	s.clock.IO(func() {
		if s.ended() {
			err = ErrClosed
			return
		}
		if ms, err = s.messages(); err == nil {
			ds, err = s.deliveries()
		}
	})
	return ms, ds, err
}

func (s *Store) messages() (l []Message, err error) {
	rows, err := s.r.QueryContext(context.Background(),
		`SELECT id, kind, tenant, sender, return_path, message_id, received, size, sum, seal FROM message`)
	if err != nil {
		return nil, err
	}
	return scan(rows, func(rows *sql.Rows) (m Message, err error) {
		var received int64
		var seal []byte
		err = rows.Scan(&m.ID, &m.Kind, &m.Tenant, &m.Sender, &m.ReturnPath, &m.MessageID, &received, &m.Size, &m.Sum, &seal)
		m.Received = instant(received)
		m.Damaged = err == nil && !bytes.Equal(seal, m.seal())
		return m, err
	})
}

func (s *Store) deliveries() (l []Delivery, err error) {
	rows, err := s.r.QueryContext(context.Background(),
		`SELECT id, message, recipient, original, route, mark, seal, parked, warned, tries, due, answer FROM delivery ORDER BY id`)
	if err != nil {
		return nil, err
	}
	return scan(rows, func(rows *sql.Rows) (d Delivery, err error) {
		var due int64
		var seal []byte
		err = rows.Scan(&d.ID, &d.Message, &d.Recipient, &d.Original, &d.Route, &d.Mark, &seal, &d.Parked, &d.Warned, &d.Tries, &due, &d.Answer)
		d.Due = instant(due)
		d.Damaged = err == nil && !bytes.Equal(seal, d.seal())
		return d, err
	})
}

func scan[T any](rows *sql.Rows, one func(*sql.Rows) (T, error)) (l []T, err error) {
	for rows.Next() {
		v, err := one(rows)
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		l = append(l, v)
	}
	return l, errors.Join(rows.Err(), rows.Close())
}

// Open returns the content of m. Reading ends with ErrDamaged instead of io.EOF when the octets are not the
// accepted ones: whoever sends them on must not finish the message before io.EOF.
func (s *Store) Open(m Message) (io.ReadCloser, error) {
	r := &reader{s: s, id: m.ID, want: m.Sum, sum: sha256.New()}
	var err error
	s.clock.IO(func() {
		if s.ended() {
			err = ErrClosed
			return
		}
		err = r.open()
	})
	if err != nil {
		return nil, fmt.Errorf("store: open content of message %s: %w", m.ID, err)
	}
	return r, nil
}

// reader reads a content in chunks of Inline octets, each inside its own bracket.
type reader struct {
	s    *Store
	id   string
	want []byte
	sum  hash.Hash
	// buf is what was read and not yet handed out, a part of chunk.
	buf, chunk []byte
	f          *os.File
	err        error
}

func (r *reader) open() error {
	var inFile bool
	err := r.s.r.QueryRow(`SELECT content IS NULL, coalesce(content, x'') FROM message WHERE id = ?`, r.id).Scan(&inFile, &r.buf)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: its row is missing", ErrDamaged)
	}
	if err != nil || !inFile {
		return err
	}
	r.f, err = os.Open(filepath.Join(r.s.dir, contentDir, r.id))
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: its file is missing", ErrDamaged)
	}
	return err
}

// Read returns octets that are part of the checksum.
func (r *reader) Read(p []byte) (int, error) {
	for len(r.buf) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.f == nil {
			r.err = r.verdict()
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.buf)
	r.sum.Write(r.buf[:n])
	r.buf = r.buf[n:]
	if len(r.buf) == 0 && r.err == io.EOF {
		r.err = r.verdict()
	}
	return n, nil
}

// fill reads the next chunk of the file.
func (r *reader) fill() {
	if r.chunk == nil {
		r.chunk = make([]byte, Inline)
	}
	r.s.clock.IO(func() {
		if r.s.ended() {
			r.err = ErrClosed
			return
		}
		n, err := io.ReadFull(r.f, r.chunk)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		r.buf, r.err = r.chunk[:n], err
	})
	if len(r.buf) == 0 && r.err == io.EOF {
		r.err = r.verdict()
	}
}

// verdict is how the content ends: io.EOF when its checksum is right.
func (r *reader) verdict() error {
	if !bytes.Equal(r.sum.Sum(nil), r.want) {
		return fmt.Errorf("%w: wrong checksum of message %s", ErrDamaged, r.id)
	}
	return io.EOF
}

// Close releases the file.
func (r *reader) Close() (err error) {
	if r.f != nil {
		r.s.clock.IO(func() { err = r.f.Close() })
	}
	return err
}

package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
)

// Content is a message's content on its way in. Up to Inline octets stay in memory; what is longer goes to a
// file in chunks of that size. It belongs to one goroutine.
type Content struct {
	s      *Store
	id     string
	buf    []byte
	f      *os.File
	size   int64
	sum    hash.Hash
	sealed bool
	err    error
}

// NewContent begins the content of the message id.
func (s *Store) NewContent(id string) *Content {
	return &Content{s: s, id: id, sum: sha256.New()}
}

// Write appends p. After an error the content can only be discarded.
func (c *Content) Write(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n := len(p)
	for len(p) > 0 {
		if len(c.buf) == Inline {
			if c.bracket(c.flush); c.err != nil {
				return 0, c.err
			}
		}
		k := min(len(p), Inline-len(c.buf))
		c.buf = append(c.buf, p[:k]...)
		c.sum.Write(p[:k])
		c.size += int64(k)
		p = p[k:]
	}
	return n, nil
}

// Size is the number of octets written, Sum their SHA-256.
func (c *Content) Size() int64 { return c.size }

// Sum is the SHA-256 of the octets written so far.
func (c *Content) Sum() []byte { return c.sum.Sum(nil) }

// Seal ends the content. A file is then on the disk under its final name, and so is its directory entry:
// the row that refers to it may be committed.
func (c *Content) Seal() error {
	if c.f != nil && c.err == nil {
		c.bracket(c.settle)
	}
	c.sealed = c.err == nil
	return c.err
}

// Discard removes what was written. It may be called after Seal when the row could not be committed.
func (c *Content) Discard() {
	c.buf = nil
	if c.err == nil {
		c.err = errors.New("store: content was discarded")
	}
	if c.f == nil {
		return
	}
	c.s.clock.IO(func() {
		if c.s.killed.Load() { // a dead process removes nothing; the next start sweeps
			_ = c.f.Close()
			return
		}
		c.s.disk("remove")
		// Closing twice and removing what is gone are harmless; what stays is swept at the next start.
		_ = c.f.Close()
		_ = os.Remove(c.path(partial))
		if c.sealed {
			_ = os.Remove(c.path(""))
		}
	})
	c.sealed = false
}

// inline is the content for the row: nil when it is in the file.
func (c *Content) inline() []byte {
	if c.f != nil {
		return nil
	}
	if c.buf == nil {
		return []byte{}
	}
	return c.buf
}

func (c *Content) path(suffix string) string {
	return filepath.Join(c.s.dir, contentDir, c.id+suffix)
}

// bracket runs f on the disk and keeps its error.
func (c *Content) bracket(f func() error) {
	c.s.clock.IO(func() {
		if c.s.ended() {
			c.err = ErrClosed
			return
		}
		c.err = f()
	})
	if c.err != nil && !errors.Is(c.err, ErrClosed) {
		c.err = fmt.Errorf("store: write content of message %s: %w", c.id, c.err)
	}
}

// flush writes the buffer to the file, making it first when there is none.
func (c *Content) flush() (err error) {
	c.s.disk("write")
	if c.f == nil {
		c.f, err = os.OpenFile(c.path(partial), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
	}
	_, err = c.f.Write(c.buf)
	c.buf = c.buf[:0]
	return err
}

// settle writes the rest, synchronises file and directory, and gives the file its final name.
func (c *Content) settle() error {
	if err := c.flush(); err != nil {
		return err
	}
	c.s.disk("sync")
	if err := c.f.Sync(); err != nil {
		return err
	}
	if err := c.f.Close(); err != nil {
		return err
	}
	c.s.disk("rename")
	if err := os.Rename(c.path(partial), c.path("")); err != nil {
		return err
	}
	c.s.disk("sync directory")
	return syncDir(filepath.Join(c.s.dir, contentDir))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (s *Store) ended() bool {
	select {
	case <-s.dead:
		return true
	default:
		return false
	}
}

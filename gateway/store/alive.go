package store

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// aliveFile has the time of the last sign of life: nanoseconds since 1970, 8 octets.
const aliveFile = "alive"

// Alive notes that the gateway was alive at t. The note survives the death of the process; a crash of the machine may
// lose the last seconds of it, which makes a later account of the outage longer and never shorter.
func (s *Store) Alive(t time.Time) error {
	return s.read(func() error {
		s.disk("write")
		f, err := os.OpenFile(filepath.Join(s.dir, aliveFile), os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		_, err = f.WriteAt(binary.BigEndian.AppendUint64(nil, uint64(t.UnixNano())), 0)
		return errors.Join(err, f.Close())
	})
}

// LastAlive is the time of the last sign of life; the zero time when there is none.
func (s *Store) LastAlive() (t time.Time, err error) {
	err = s.read(func() error {
		b, err := os.ReadFile(filepath.Join(s.dir, aliveFile))
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && len(b) != 8:
			return nil
		case err != nil:
			return err
		}
		t = instant(int64(binary.BigEndian.Uint64(b)))
		return nil
	})
	return t, err
}

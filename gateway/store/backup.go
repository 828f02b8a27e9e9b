package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// backupDir holds the backups inside the data directory; the operator carries them elsewhere.
const backupDir = "backups"

// Backup is a copy of everything durable at one instant.
type Backup struct {
	// Dir is where it lies.
	Dir string
	// Octets is the size of database and contents, Sum the SHA-256 of the database.
	Octets int64
	Sum    []byte
}

// Backup copies database and contents to the directory backups/<name> while mail goes on: between two commits, so
// that neither a message without content nor content without a message is in it (S1-030). A name is used once.
func (s *Store) Backup(name string) (b Backup, err error) {
	b.Dir = filepath.Join(s.dir, backupDir, name)
	c := change{done: make(chan error, 1), aside: func() error {
		var err error
		b.Octets, b.Sum, err = s.backup(b.Dir)
		return err
	}}
	if err := s.submit(c); err != nil {
		if errors.Is(err, ErrClosed) {
			return b, err
		}
		return b, fmt.Errorf("store: back up to %s: %w", b.Dir, err)
	}
	return b, nil
}

func (s *Store) backup(dir string) (octets int64, sum []byte, err error) {
	s.disk("write")
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return 0, nil, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return 0, nil, err
	}
	if _, err := s.w.Exec(`VACUUM INTO ?`, filepath.Join(dir, databaseFile)); err != nil {
		return 0, nil, err
	}
	if octets, err = copyTree(filepath.Join(s.dir, contentDir), filepath.Join(dir, contentDir)); err != nil {
		return 0, nil, err
	}
	f, err := os.Open(filepath.Join(dir, databaseFile))
	if err != nil {
		return 0, nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err == nil {
		err = errors.Join(f.Sync(), syncDir(dir))
	}
	return octets + n, h.Sum(nil), err
}

// copyTree copies the files of a flat directory, synchronised, leaving out contents that are not accepted yet.
func copyTree(from, to string) (octets int64, err error) {
	if err := os.Mkdir(to, 0o700); err != nil {
		return 0, err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasSuffix(e.Name(), partial) {
			continue
		}
		n, err := copyFile(filepath.Join(from, e.Name()), filepath.Join(to, e.Name()))
		if err != nil {
			return 0, err
		}
		octets += n
	}
	return octets, syncDir(to)
}

func copyFile(from, to string) (n int64, err error) {
	r, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer r.Close() //nolint:errcheck // it was only read
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(w, r)
	return n, errors.Join(err, w.Sync(), w.Close())
}

// Restore makes the data directory to of a backup, for an instance that has none: to must not exist or be empty. The
// first start on it removes what no message owns and takes the queue up as it was: what had been delivered since the
// backup is delivered again with the same Message-ID, what had been accepted since is not in it.
func Restore(backup, to string) error {
	fail := func(err error) error { return fmt.Errorf("store: restore %s to %s: %w", backup, to, err) }
	if l, err := os.ReadDir(to); err == nil && len(l) > 0 {
		return fail(errors.New("the directory is not empty: name a new one"))
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fail(err)
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return fail(err)
	}
	if _, err := copyFile(filepath.Join(backup, databaseFile), filepath.Join(to, databaseFile)); err != nil {
		return fail(err)
	}
	if _, err := copyTree(filepath.Join(backup, contentDir), filepath.Join(to, contentDir)); err != nil {
		return fail(err)
	}
	if err := syncDir(to); err != nil {
		return fail(err)
	}
	return nil
}

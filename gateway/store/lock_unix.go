//go:build unix

package store

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock is held on the data directory for as long as the store is open. The kernel frees it with the
// process, so a killed gateway leaves none behind.
type lock struct{ f *os.File }

func acquire(path string) (lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return lock{}, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("another gateway holds %s: stop it first, or give this one its own data directory", path)
	}
	if err != nil {
		return lock{}, errors.Join(err, f.Close())
	}
	return lock{f}, nil
}

func (l lock) release() error {
	if l.f == nil {
		return nil
	}
	return l.f.Close()
}

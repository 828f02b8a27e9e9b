// Package folder writes the files of a run's directory so that an error leaves none half written, and says
// what to do about the error. It leaves out what is in the files.
package folder

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"syscall"
)

// The permissions of written files.
const (
	Plain      fs.FileMode = 0o644
	Executable fs.FileMode = 0o755
)

// Folder is a run's directory as it is written. Its methods may be called by any goroutine.
type Folder struct {
	Dir string
	// Create makes a file of its name; nil is the system's. A test puts a full disk here.
	Create func(name string, m fs.FileMode) (io.WriteCloser, error)

	mu   sync.Mutex
	made map[string]bool
}

// Write writes one file; name is a slash path below the directory. It has another name until it is
// complete, so that not even a crash leaves half a report.
func (f *Folder) Write(name string, m fs.FileMode, write func(io.Writer) error) error {
	full := filepath.Join(f.Dir, filepath.FromSlash(name))
	if err := f.mkdir(filepath.Dir(full)); err != nil {
		return Fault(name, err)
	}
	create := f.Create
	if create == nil {
		create = CreateFile
	}
	part := full + ".part"
	w, err := create(part, m)
	if err != nil {
		return Fault(name, err)
	}
	buf := bufio.NewWriterSize(w, 32<<10)
	if err := errors.Join(write(buf), buf.Flush(), w.Close()); err != nil {
		os.Remove(part)
		return Fault(name, err)
	}
	if err := os.Rename(part, full); err != nil {
		os.Remove(part)
		return Fault(name, err)
	}
	return nil
}

// Open makes one file for who writes it piece by piece; what is half written after an error is the caller's to remove.
func (f *Folder) Open(name string) (io.WriteCloser, error) {
	full := filepath.Join(f.Dir, filepath.FromSlash(name))
	if err := f.mkdir(filepath.Dir(full)); err != nil {
		return nil, Fault(name, err)
	}
	create := f.Create
	if create == nil {
		create = CreateFile
	}
	w, err := create(full, Plain)
	if err != nil {
		return nil, Fault(name, err)
	}
	return w, nil
}

// Put writes a small file at once: one that has no reader before the run's summary names it needs no second
// name. When that fails the file is removed again.
func (f *Folder) Put(name string, m fs.FileMode, content []byte) error {
	full := filepath.Join(f.Dir, filepath.FromSlash(name))
	if err := f.mkdir(filepath.Dir(full)); err != nil {
		return Fault(name, err)
	}
	create := f.Create
	if create == nil {
		create = CreateFile
	}
	w, err := create(full, m)
	if err != nil {
		return Fault(name, err)
	}
	_, err = w.Write(content)
	if err := errors.Join(err, w.Close()); err != nil {
		os.Remove(full)
		return Fault(name, err)
	}
	return nil
}

// CreateFile makes a file of the system.
func CreateFile(name string, m fs.FileMode) (io.WriteCloser, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, m)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// mkdir makes a directory once.
func (f *Folder) mkdir(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.made[dir] {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if f.made == nil {
		f.made = map[string]bool{}
	}
	f.made[dir] = true
	return nil
}

// Fault is the error of a file that could not be written, with what to do about it.
func Fault(name string, err error) error {
	hint := "what was written before is complete"
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		hint = "the directory is not writable; choose another with --out"
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EEXIST):
		hint = "a file is where a directory has to be; choose another directory with --out"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = "the disk is full; make room or choose another directory with --out; what was written before is complete"
	}
	return fmt.Errorf("write %s: %w; %s", path.Clean(name), err, hint)
}

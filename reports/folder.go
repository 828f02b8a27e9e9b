package reports

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

// mode is the permission of a written file.
type mode = fs.FileMode

const (
	plain      mode = 0o644
	executable mode = 0o755
)

// folder is a run's directory as it is written. An error leaves no half file.
type folder struct {
	dir string
	// create makes a file; nil is the system's. A test puts a full disk here.
	create func(name string, m mode) (io.WriteCloser, error)

	mu   sync.Mutex
	made map[string]bool
}

// write writes one file; name is a slash path below the directory. It has another name until it is
// complete, so that not even a crash leaves half a report.
func (f *folder) write(name string, m mode, write func(io.Writer) error) error {
	full := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := f.mkdir(filepath.Dir(full)); err != nil {
		return fault(name, err)
	}
	create := f.create
	if create == nil {
		create = createFile
	}
	part := full + ".part"
	w, err := create(part, m)
	if err != nil {
		return fault(name, err)
	}
	buf := bufio.NewWriterSize(w, 32<<10)
	if err := errors.Join(write(buf), buf.Flush(), w.Close()); err != nil {
		os.Remove(part)
		return fault(name, err)
	}
	if err := os.Rename(part, full); err != nil {
		os.Remove(part)
		return fault(name, err)
	}
	return nil
}

// put writes a small file at once: one that has no reader before the run's summary names it needs no second
// name. When that fails the file is removed again.
func (f *folder) put(name string, m mode, content []byte) error {
	full := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := f.mkdir(filepath.Dir(full)); err != nil {
		return fault(name, err)
	}
	create := f.create
	if create == nil {
		create = createFile
	}
	w, err := create(full, m)
	if err != nil {
		return fault(name, err)
	}
	_, err = w.Write(content)
	if err := errors.Join(err, w.Close()); err != nil {
		os.Remove(full)
		return fault(name, err)
	}
	return nil
}

func createFile(name string, m mode) (io.WriteCloser, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, m)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// mkdir makes a directory once.
func (f *folder) mkdir(dir string) error {
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

// fault is the error of a file that could not be written, with what to do about it.
func fault(name string, err error) error {
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

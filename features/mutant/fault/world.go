package fault

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// Edit changes a file of the fixtures: Old, which must be there, becomes New.
type Edit struct{ File, Old, New string }

// Spoil is fsys with the fault's edits. A file in which an edit finds nothing to change cannot be opened: the mutant
// would be none.
func (f Fault) Spoil(fsys fs.FS) fs.FS {
	if len(f.World) == 0 {
		return fsys
	}
	return spoilt{fsys, f.World}
}

// spoilt is a file system with some files changed.
type spoilt struct {
	fs.FS
	edits []Edit
}

// Open opens a file, changed when it is to be.
func (s spoilt) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if err != nil || !s.changes(name) {
		return f, err
	}
	defer f.Close()
	text, err := s.ReadFile(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return &file{Reader: bytes.NewReader(text), info: sized{info, int64(len(text))}}, nil
}

func (s spoilt) changes(name string) bool {
	for _, e := range s.edits {
		if e.File == name {
			return true
		}
	}
	return false
}

// ReadFile reads a file, changed when it is to be.
func (s spoilt) ReadFile(name string) ([]byte, error) {
	text, err := fs.ReadFile(s.FS, name)
	for _, e := range s.edits {
		if err == nil && e.File == name {
			if !bytes.Contains(text, []byte(e.Old)) {
				return nil, fmt.Errorf("a mutant of the world changes %q in %s, which is not there any more: correct the mutant", e.Old, name)
			}
			text = bytes.Replace(text, []byte(e.Old), []byte(e.New), 1)
		}
	}
	return text, err
}

// file is a changed file.
type file struct {
	*bytes.Reader
	info fs.FileInfo
}

var _ io.Reader = (*file)(nil)

// Stat tells of the file as it was, with the new size.
func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }

// Close does nothing.
func (f *file) Close() error { return nil }

type sized struct {
	fs.FileInfo
	size int64
}

// Size is the changed file's.
func (s sized) Size() int64 { return s.size }

// ModTime is unknown.
func (s sized) ModTime() time.Time { return time.Time{} }

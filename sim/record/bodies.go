package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// spill is the body size in octets from which a body is written to a file instead of kept in memory.
const spill = 256 << 10

// Bodies keeps message bodies once each, by the SHA-256 of their octets: small ones in memory, large ones
// as files, so that a scenario with a 20 MiB message stays small. Save writes them all to a directory.
type Bodies struct {
	dir string
	io  func(func())

	mu    sync.Mutex
	small map[string][]byte
	large map[string]int64
	temps int
}

// NewBodies keeps large bodies in dir, which must exist. Every access to a file goes through io, the IO
// door of the world's clock.
func NewBodies(dir string, io func(func())) *Bodies {
	return &Bodies{dir: dir, io: io, small: map[string][]byte{}, large: map[string]int64{}}
}

// Writer receives one body; Close yields its hash.
type Writer struct {
	b    *Bodies
	buf  bytes.Buffer
	file *os.File
	sum  hash.Hash
	size int64
}

// Writer starts a new body.
func (b *Bodies) Writer() *Writer { return &Writer{b: b, sum: sha256.New()} }

// Write appends octets. Its error is that of the file behind a large body.
func (w *Writer) Write(p []byte) (n int, err error) {
	w.sum.Write(p)
	w.size += int64(len(p))
	w.buf.Write(p)
	if w.buf.Len() >= spill {
		err = w.flush()
	}
	return len(p), err
}

func (w *Writer) flush() (err error) {
	w.b.io(func() {
		if w.file == nil {
			w.b.mu.Lock()
			w.b.temps++
			name := filepath.Join(w.b.dir, fmt.Sprintf("body-%d.part", w.b.temps))
			w.b.mu.Unlock()
			if w.file, err = os.Create(name); err != nil {
				return
			}
		}
		_, err = w.file.Write(w.buf.Bytes())
	})
	w.buf.Reset()
	if err != nil {
		return fmt.Errorf("record: keep body: %w", err)
	}
	return nil
}

// Close ends the body and returns its SHA-256 in hex and its size in octets.
func (w *Writer) Close() (sum string, size int64, err error) {
	sum = hex.EncodeToString(w.sum.Sum(nil))
	if w.file == nil {
		w.b.mu.Lock()
		w.b.small[sum] = bytes.Clone(w.buf.Bytes())
		w.b.mu.Unlock()
		return sum, w.size, nil
	}
	if err := w.flush(); err != nil {
		return "", 0, err
	}
	w.b.io(func() {
		if err = w.file.Close(); err == nil {
			err = os.Rename(w.file.Name(), w.b.path(sum))
		}
	})
	if err != nil {
		return "", 0, fmt.Errorf("record: keep body: %w", err)
	}
	w.b.mu.Lock()
	w.b.large[sum] = w.size
	w.b.mu.Unlock()
	return sum, w.size, nil
}

// Abort drops an unfinished body.
func (w *Writer) Abort() {
	if w.file != nil {
		w.b.io(func() {
			w.file.Close()
			os.Remove(w.file.Name())
		})
	}
}

func (b *Bodies) path(sum string) string { return filepath.Join(b.dir, sum+".body") }

// Open returns the body with the hash sum. The reader of a large body reads its file through the IO door.
func (b *Bodies) Open(sum string) (io.ReadCloser, error) {
	b.mu.Lock()
	small, ok := b.small[sum]
	_, isLarge := b.large[sum]
	b.mu.Unlock()
	switch {
	case ok:
		return io.NopCloser(bytes.NewReader(small)), nil
	case !isLarge:
		return nil, fmt.Errorf("record: no body %s", sum)
	}
	var f *os.File
	var err error
	b.io(func() { f, err = os.Open(b.path(sum)) })
	if err != nil {
		return nil, fmt.Errorf("record: open body: %w", err)
	}
	return &fileBody{f: f, io: b.io}, nil
}

// fileBody reads a file in chunks through the IO door.
type fileBody struct {
	f   *os.File
	io  func(func())
	buf [64 << 10]byte
	r   bytes.Reader
}

func (f *fileBody) Read(p []byte) (n int, err error) {
	if f.r.Len() == 0 {
		f.io(func() { n, err = f.f.Read(f.buf[:]) })
		if n == 0 {
			return 0, err
		}
		f.r.Reset(f.buf[:n])
	}
	return f.r.Read(p)
}

func (f *fileBody) Close() (err error) {
	f.io(func() { err = f.f.Close() })
	return err
}

// Save writes every body below limit octets as <sum>.body into dir; larger ones are moved there. It runs
// without the IO door: call it inside one, or when the clock has stopped.
func (b *Bodies) Save(dir string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for sum, body := range b.small {
		if err := os.WriteFile(filepath.Join(dir, sum+".body"), body, 0o644); err != nil {
			return fmt.Errorf("record: save body: %w", err)
		}
	}
	for sum := range b.large {
		if err := os.Rename(b.path(sum), filepath.Join(dir, sum+".body")); err != nil {
			return fmt.Errorf("record: save body: %w", err)
		}
	}
	return nil
}

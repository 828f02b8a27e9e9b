// Package parcel is a run's directory as one sealed file: a ZIP archive that any program opens, the same octets for
// the same files, whose comment is a signature over every octet before it. So one changed octet anywhere is found,
// also in what an unpacking program overlooks, and an archive that somebody packed again is not taken for the
// original.
//
// Whoever seals can put in what he likes: names and sizes are checked before anything is unpacked. It leaves out what
// the files mean (packages manifest and suite) and whose key it is.
package parcel

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"strings"

	"demailbench/reports/signer"
)

// The comment: "demailbench-seal/1 ", the public key, a blank and the signature, both in lower case hex.
const (
	magic   = "demailbench-seal/1 "
	keyHex  = 2 * sha256.Size
	sealLen = len(magic) + keyHex + 1 + 2*signer.Size
	// endLen is the end of central directory record before the comment (APPNOTE.TXT 4.3.16).
	endLen = 22
)

// Limits of what is unpacked. The largest run so far has 300 MB in 2,000 files.
const (
	// MaxFiles, MaxSize and MaxName bound the files, their octets in all, and the octets of a name.
	MaxFiles = 500_000
	MaxSize  = 16 << 30
	MaxName  = 400
)

// Broken says why a file is no parcel that can be trusted. Its text is a whole sentence.
type Broken struct {
	Reason string
	// Packed is set when it is an archive, but not one that this package wrote.
	Packed bool
}

// Error is the reason.
func (b *Broken) Error() string { return b.Reason }

func broken(format string, args ...any) error { return &Broken{Reason: fmt.Sprintf(format, args...)} }

// Write writes the files of dir, in the order of their names, and seals them.
func Write(w io.Writer, dir fs.FS, key signer.Key) error {
	t := &tail{w: w, sum: sha256.New()}
	z := zip.NewWriter(t)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.DefaultCompression) })
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if why := unfit(name); why != "" || !d.Type().IsRegular() {
			return fmt.Errorf("%s cannot be packed: %s", name, orWord(why, "it is no ordinary file"))
		}
		return add(z, dir, name)
	})
	if err == nil {
		err = z.SetComment(strings.Repeat(" ", sealLen))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return fmt.Errorf("write the package: %w", err)
	}
	return t.finish(key)
}

// add puts one file in: without time, owner or permissions, which would differ from one disk to the next.
func add(z *zip.Writer, dir fs.FS, name string) (err error) {
	f, err := dir.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = io.Copy(out, f)
	return err
}

// tail writes through, but for the last octets, which are to be the seal.
type tail struct {
	w    io.Writer
	sum  hash.Hash
	last []byte
}

// Write hashes and writes all octets but the last sealLen.
func (t *tail) Write(p []byte) (int, error) {
	t.last = append(t.last, p...)
	if n := len(t.last) - sealLen; n > 0 {
		t.sum.Write(t.last[:n])
		if _, err := t.w.Write(t.last[:n]); err != nil {
			return 0, err
		}
		t.last = append(t.last[:0], t.last[n:]...)
	}
	return len(p), nil
}

func (t *tail) finish(key signer.Key) error {
	raw := key.Public().Raw()
	_, err := fmt.Fprintf(t.w, "%s%x %x", magic, raw, key.Sign(sealed(t.sum, raw)))
	return err
}

// sealed is what the seal signs: what it is, the key, and the sum of all octets before the comment. An Ed25519
// signature of a manifest can so never pass for a seal.
func sealed(sum hash.Hash, key []byte) []byte {
	return sum.Sum(append([]byte(magic), key...))
}

// Parcel is an opened parcel.
type Parcel struct {
	zip *zip.Reader
	// Signer is the key of the seal.
	Signer signer.Public
}

// Open reads a parcel of size octets. The error is a *Broken when it is not, or no longer, what Write wrote.
func Open(r io.ReaderAt, size int64) (*Parcel, error) {
	public, signature, err := seal(r, size)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(r, 0, size-int64(sealLen))); err != nil {
		return nil, fmt.Errorf("read the package: %w", err)
	}
	if !public.Verify(sealed(sum, public.Raw()), signature) {
		return nil, broken("its octets are not those that were sealed: it was changed, or damaged on its way; ask for it again")
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, broken("it is sealed, but no archive that can be read: %v", err)
	}
	if err := admissible(z); err != nil {
		return nil, err
	}
	return &Parcel{z, public}, nil
}

// seal reads the comment.
func seal(r io.ReaderAt, size int64) (signer.Public, []byte, error) {
	var none signer.Public
	end := make([]byte, min(size, int64(endLen+sealLen)))
	if _, err := r.ReadAt(end, size-int64(len(end))); err != nil && !errors.Is(err, io.EOF) {
		return none, nil, fmt.Errorf("read the package: %w", err)
	}
	text := string(end[min(len(end), endLen):])
	if len(end) < endLen+sealLen || !strings.HasPrefix(text, magic) || binary.LittleEndian.Uint32(end) != 0x06054b50 {
		return none, nil, sealless(r, size)
	}
	key, sig, _ := strings.Cut(text[len(magic):], " ")
	raw, err1 := hex.DecodeString(key)
	signature, err2 := hex.DecodeString(sig)
	public, err3 := signer.FromRaw(raw)
	if errors.Join(err1, err2, err3) != nil || fmt.Sprintf("%x %x", raw, signature) != text[len(magic):] {
		return none, nil, broken("its seal cannot be read: it was changed, or damaged on its way; ask for it again")
	}
	return public, signature, nil
}

// sealless says what a file without a seal at its end is.
func sealless(r io.ReaderAt, size int64) error {
	if _, err := zip.NewReader(r, size); err == nil {
		return &Broken{Reason: "it is an archive without the bench's seal: another program packed it again, or it is no package of demailbench; ask for the file as the bench wrote it", Packed: true}
	}
	head := make([]byte, 4)
	if n, _ := r.ReadAt(head, 0); n == 4 && bytes.Equal(head, []byte("PK\x03\x04")) {
		return broken("it ends before its seal: it was cut off or changed at its end; ask for it again")
	}
	return broken("it is no package of demailbench: neither its beginning nor its end is one")
}

// admissible looks at names and sizes before anything is unpacked.
func admissible(z *zip.Reader) error {
	if len(z.File) > MaxFiles {
		return broken("it has %d files; more than %d are not unpacked", len(z.File), MaxFiles)
	}
	seen := map[string]bool{}
	var total uint64
	for _, f := range z.File {
		if why := unfit(f.Name); why != "" {
			return broken("the file name %.100q is not allowed: %s; nothing was unpacked", f.Name, why)
		}
		if lower := strings.ToLower(f.Name); seen[lower] {
			return broken("the file name %.100q stands there twice; nothing was unpacked", f.Name)
		} else {
			seen[lower] = true
		}
		if f.Method != zip.Deflate && f.Method != zip.Store || !f.Mode().IsRegular() {
			return broken("%.100q is no ordinary file; nothing was unpacked", f.Name)
		}
		if total += f.UncompressedSize64; f.UncompressedSize64 > MaxSize || total > MaxSize {
			return broken("its files have more than %d octets unpacked; nothing was unpacked", int64(MaxSize))
		}
	}
	return nil
}

// unfit says why a name cannot be a file's on every system, or "".
func unfit(name string) string {
	switch {
	case !fs.ValidPath(name) || name == ".":
		return "it leads outside the package or is no path"
	case len(name) > MaxName:
		return fmt.Sprintf("it is longer than %d octets", MaxName)
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`\:*?"<>|`, r) }):
		return "it has a character that is no part of a name everywhere"
	}
	return ""
}

// FS are the files. Reading one to its end checks its length and CRC-32.
func (p *Parcel) FS() fs.FS { return p.zip }

// Unpack writes every file through create, which gets a slash path without "..".
func (p *Parcel) Unpack(create func(name string) (io.WriteCloser, error)) error {
	for _, f := range p.zip.File {
		if err := unpack(f, create); err != nil {
			return fmt.Errorf("unpack %s: %w", f.Name, err)
		}
	}
	return nil
}

func unpack(f *zip.File, create func(name string) (io.WriteCloser, error)) error {
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := create(f.Name)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(in, int64(f.UncompressedSize64)+1))
	if err == nil && n != int64(f.UncompressedSize64) {
		err = fmt.Errorf("%d octets, and not %d as said", n, f.UncompressedSize64)
	}
	return errors.Join(err, out.Close())
}

func orWord(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

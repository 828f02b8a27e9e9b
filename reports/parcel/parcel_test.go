package parcel

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"demailbench/reports/signer"
)

func key(t testing.TB, seed byte) signer.Key {
	t.Helper()
	k, err := signer.New(rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// run is a small directory of a run.
var run = fstest.MapFS{
	"summary.json":                {Data: []byte(`{"run":"r"}`)},
	"manifest.json":               {Data: []byte("{}")},
	"scenarios/a/timeline.ndjson": {Data: bytes.Repeat([]byte("{}\n"), 300)},
	"scenarios/a/empty":           {},
}

func packed(t testing.TB, dir fs.FS, k signer.Key) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := Write(&buf, dir, k); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func open(raw []byte) (*Parcel, error) { return Open(bytes.NewReader(raw), int64(len(raw))) }

func TestWriteAndOpen(t *testing.T) {
	k := key(t, 1)
	raw := packed(t, run, k)
	if !bytes.Equal(raw, packed(t, run, k)) {
		t.Error("the same files make different packages")
	}
	p, err := open(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Signer.Equal(k.Public()) {
		t.Error("the seal is of another key")
	}
	got := map[string]string{}
	err = p.Unpack(func(name string) (io.WriteCloser, error) { return &file{got: got, name: name}, nil })
	want := map[string]string{}
	for name, f := range run {
		want[name] = string(f.Data)
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	if _, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw))); err != nil {
		t.Errorf("another program cannot open it: %v", err)
	}
}

// file keeps what is unpacked.
type file struct {
	bytes.Buffer
	got  map[string]string
	name string
}

func (f *file) Close() error { f.got[f.name] = f.String(); return nil }

// TestEveryOctet flips each bit of each octet in turn.
func TestEveryOctet(t *testing.T) {
	raw := packed(t, run, key(t, 1))
	for i := range raw {
		for bit := range 8 {
			raw[i] ^= 1 << bit
			if _, err := open(raw); err == nil {
				t.Fatalf("octet %d, bit %d: not found", i, bit)
			} else if b := new(Broken); !errors.As(err, &b) {
				t.Fatalf("octet %d, bit %d: %v is no finding", i, bit, err)
			}
			raw[i] ^= 1 << bit
		}
	}
	for n := range raw {
		if _, err := open(raw[:n]); err == nil {
			t.Fatalf("cut off after %d octets: not found", n)
		}
	}
	for _, more := range []string{"x", "\x00", "PK\x05\x06"} {
		if _, err := open(append(bytes.Clone(raw), more...)); err == nil {
			t.Errorf("%q at the end: not found", more)
		}
		if _, err := open(append([]byte(more), raw...)); err == nil {
			t.Errorf("%q at the beginning: not found", more)
		}
	}
}

func TestWhatIsSaid(t *testing.T) {
	k := key(t, 1)
	raw := packed(t, run, k)
	var again bytes.Buffer
	z := zip.NewWriter(&again)
	if err := errors.Join(z.AddFS(run), z.Close()); err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(raw)
	changed[40] ^= 1
	for _, tt := range []struct {
		raw  []byte
		want string
	}{
		{raw[:len(raw)/2], "it ends before its seal"},
		{changed, "are not those that were sealed"},
		{again.Bytes(), "another program packed it again"},
		{[]byte("%PDF-1.7 certificate"), "no package of demailbench"},
		{nil, "no package of demailbench"},
	} {
		if _, err := open(tt.raw); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("want %q, got %v", tt.want, err)
		}
	}
}

// TestHostileNames seals archives that our writer would not write.
func TestHostileNames(t *testing.T) {
	long := strings.Repeat("a", MaxName+1)
	for _, names := range [][]string{{"../outside"}, {"/etc/passwd"}, {"a/../../b"}, {`..\outside`}, {"C:/x"}, {"a//b"}, {"./a"}, {"a/"}, {""}, {"a\x00b"}, {"nul:"},
		{"a", "a"}, {"a", "A"}, {long}, {"ä"}} {
		if _, err := open(hostile(t, func(z *zip.Writer) error {
			for _, n := range names {
				if _, err := z.CreateHeader(&zip.FileHeader{Name: n}); err != nil {
					return err
				}
			}
			return nil
		})); err == nil || !strings.Contains(err.Error(), "nothing was unpacked") {
			t.Errorf("%.40q: %v", names, err)
		}
	}
	if _, err := open(hostile(t, func(z *zip.Writer) error {
		h := &zip.FileHeader{Name: "link"}
		h.SetMode(fs.ModeSymlink | 0o777)
		_, err := z.CreateHeader(h)
		return err
	})); err == nil || !strings.Contains(err.Error(), "no ordinary file") {
		t.Errorf("a link: %v", err)
	}
	if _, err := open(hostile(t, func(z *zip.Writer) error {
		_, err := z.CreateRaw(&zip.FileHeader{Name: "bomb", Method: zip.Deflate, UncompressedSize64: MaxSize + 1})
		return err
	})); err == nil || !strings.Contains(err.Error(), "octets unpacked") {
		t.Errorf("a bomb: %v", err)
	}
}

// hostile seals what fill writes.
func hostile(t *testing.T, fill func(*zip.Writer) error) []byte {
	t.Helper()
	var buf bytes.Buffer
	tl := &tail{w: &buf, sum: sha256.New()}
	z := zip.NewWriter(tl)
	if err := errors.Join(fill(z), z.SetComment(strings.Repeat(" ", sealLen)), z.Close(), tl.finish(key(t, 9))); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestWhatCannotBePacked(t *testing.T) {
	for _, dir := range []fs.FS{fstest.MapFS{"a:b": {}}, fstest.MapFS{"link": {Mode: fs.ModeSymlink}}} {
		if err := Write(io.Discard, dir, key(t, 1)); err == nil || !strings.Contains(err.Error(), "cannot be packed") {
			t.Errorf("got %v", err)
		}
	}
	if err := Write(full{}, run, key(t, 1)); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("a full disk: %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func FuzzOpen(f *testing.F) {
	raw := packed(f, run, key(f, 1))
	f.Add(raw)
	f.Add(raw[:len(raw)-sealLen])
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := open(raw)
		if err != nil {
			return
		}
		if err := p.Unpack(func(name string) (io.WriteCloser, error) {
			if !fs.ValidPath(name) {
				return nil, fmt.Errorf("%q", name)
			}
			return &file{got: map[string]string{}}, nil
		}); err != nil && strings.Contains(err.Error(), `"`) {
			t.Error(err)
		}
	})
}

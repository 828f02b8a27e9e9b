package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func fixed() time.Time { return time.Date(2015, 11, 2, 8, 0, 0, 123456789, time.FixedZone("", 3600)) }

func sample() *Record {
	r := New(fixed)
	r.Add(Event{Who: "gateway", Kind: ConnOpen, Local: "172.16.0.25:25", Remote: "10.2.12.25:4711"})
	r.Add(Event{Who: "dmda", Kind: Stored, To: []string{"a@x.de-mail.de"}, Msg: &Message{Header: "Subject: <ü>\r\n\r\n", Body: "00", Size: 3}})
	return r
}

func TestAddStampsAndWakes(t *testing.T) {
	r := New(fixed)
	var seen []int
	r.Watch(func(e Event) { seen = append(seen, e.Seq) })
	changed := r.Changed()
	r.Add(Event{Who: "bench", Kind: Action, Name: "x"})
	select {
	case <-changed:
	default:
		t.Error("Add woke nobody")
	}
	r.Add(Event{Who: "bench", Kind: Action, Name: "y"})
	if d := cmp.Diff([]int{1, 2}, seen); d != "" {
		t.Error(d)
	}
	if e := r.Events()[1]; e.Seq != 2 || !e.At.Equal(fixed()) || e.Name != "y" {
		t.Errorf("got %+v", e)
	}
	if a, b := r.SessionID("mta"), r.SessionID("mta"); a != "mta-1" || b != "mta-2" {
		t.Errorf("session ids %s, %s", a, b)
	}
}

func TestAddRefusesWhatSaysNothing(t *testing.T) {
	for name, e := range map[string]Event{
		"unknown kind":  {Who: "x", Kind: "nosuch"},
		"nobody":        {Kind: Action, Name: "x"},
		"field missing": {Who: "x", Kind: Stored, To: []string{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("accepted")
				}
			}()
			New(fixed).Add(e)
		})
	}
}

func TestFileRoundTrip(t *testing.T) {
	want := sample().Events()
	var buf bytes.Buffer
	if err := Write(&buf, want); err != nil {
		t.Fatal(err)
	}
	got, err := Read(bytes.NewReader(buf.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestReadRefuses(t *testing.T) {
	var buf bytes.Buffer
	if err := Write(&buf, sample().Events()); err != nil {
		t.Fatal(err)
	}
	good := buf.String()
	for name, tt := range map[string]struct{ text, says string }{
		"unknown kind":  {strings.Replace(good, "conn.open", "conn.nosuch", 1), "line 1"},
		"unknown field": {strings.Replace(good, `"local"`, `"locale"`, 1), "unknown field"},
		"missing field": {strings.Replace(good, `"local":"172.16.0.25:25",`, ``, 1), `lacks "local"`},
		"line removed":  {good[strings.Index(good, "\n")+1:], "seq 2"},
		"truncated":     {good[:len(good)-20], "line 2"},
	} {
		if tt.text == good {
			t.Fatalf("%s: nothing was edited", name)
		}
		if _, err := Read(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v, want %q", name, err, tt.says)
		}
	}
}

// TestBodies holds that bodies come back octet for octet, small and spilled, before and after Save.
func TestBodies(t *testing.T) {
	work, kept := t.TempDir(), t.TempDir()
	b := NewBodies(work, func(f func()) { f() })
	bodies := map[string][]byte{}
	for _, size := range []int{0, 1, spill - 1, spill, 3*spill + 17} {
		body := make([]byte, size)
		rand.NewChaCha8([32]byte{byte(size)}).Read(body)
		w := b.Writer()
		for part := range bytes.SplitSeq(body, []byte{7}) { // writes of any length
			w.Write(part)
			w.Write([]byte{7})
		}
		want := append(bytes.Clone(body), 7)
		sum, n, err := w.Close()
		if h := sha256.Sum256(want); err != nil || sum != hex.EncodeToString(h[:]) || n != int64(len(want)) {
			t.Fatalf("size %d: %s %d %v", size, sum, n, err)
		}
		bodies[sum] = want
	}
	for sum, want := range bodies {
		r, err := b.Open(sum)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d octets, %v", sum, len(got), err)
		}
		r.Close()
	}
	aborted := b.Writer()
	aborted.Write(make([]byte, 2*spill))
	aborted.Abort()
	if err := b.Save(kept); err != nil {
		t.Fatal(err)
	}
	for sum, want := range bodies {
		if got, err := os.ReadFile(filepath.Join(kept, sum+".body")); err != nil || !bytes.Equal(got, want) {
			t.Errorf("saved %s: %v", sum, err)
		}
	}
	if left, _ := os.ReadDir(work); len(left) > 0 {
		t.Errorf("%d files left behind", len(left))
	}
	if _, err := b.Open("nosuch"); err == nil {
		t.Error("an unknown body opens")
	}
}

func FuzzRead(f *testing.F) {
	var buf bytes.Buffer
	if err := Write(&buf, sample().Events()); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Fuzz(func(t *testing.T, text []byte) {
		events, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := Write(&out, events); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&out)
		if err != nil || !cmp.Equal(events, again) {
			t.Errorf("what was read is not what is written: %v", err)
		}
	})
}

package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/door/doortest"
)

var start = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// guarded opens a store that panics when the disk changes outside Clock.IO.
func guarded(t *testing.T, dir string, disk func(string)) *Store {
	t.Helper()
	clock := doortest.NewClock(start)
	s, err := Open(dir, Options{Clock: clock, Disk: func(op string) {
		if !clock.Held() {
			panic("disk " + op + " outside Clock.IO")
		}
		if disk != nil {
			disk(op)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// put stores a message of n octets for one recipient.
func put(s *Store, id string, n int) error {
	c := s.NewContent(id)
	if _, err := io.Copy(struct{ io.Writer }{c}, text(id, n)); err != nil {
		return err
	}
	if err := c.Seal(); err != nil {
		return err
	}
	return s.Update(func(tx *Tx) error {
		return tx.Insert(Message{ID: id, Kind: "outbound", Tenant: "annaberg", Sender: "poststelle@annaberg-buchholz.de-mail.de",
			ReturnPath: "poststelle@annaberg-buchholz.example", MessageID: "<" + id + "@example>", Received: start}, c,
			[]Delivery{{Recipient: "pn_buergerin@t-systems.de-mail.de", Original: "pn_buergerin@t-systems.de-mail.de", Route: "dmda", Due: start}})
	})
}

// text is n octets that differ by id.
func text(id string, n int) io.Reader {
	return io.LimitReader(&repeat{[]byte("line of message " + id + "\r\n"), 0}, int64(n))
}

type repeat struct {
	b []byte
	i int
}

func (r *repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = r.b[r.i]
		r.i = (r.i + 1) % len(r.b)
	}
	return len(p), nil
}

// intact loads the store and compares every content with what put wrote; it returns the ids found.
func intact(t *testing.T, s *Store, sizes map[string]int) map[string]bool {
	t.Helper()
	ms, ds, err := s.Load()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, m := range ms {
		r, err := s.Open(m)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("message %s: %v", m.ID, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		want, _ := io.ReadAll(text(m.ID, sizes[m.ID]))
		if !bytes.Equal(got, want) || m.Damaged {
			t.Fatalf("message %s came back altered (%d octets, want %d)", m.ID, len(got), len(want))
		}
		found[m.ID] = true
	}
	if len(ds) != len(ms) {
		t.Fatalf("%d deliveries of %d messages", len(ds), len(ms))
	}
	return found
}

func TestContentSurvivesKill(t *testing.T) {
	sizes := map[string]int{"empty": 0, "small": 1000, "limit": Inline, "over": Inline + 1, "large": 3*Inline + 17}
	dir := t.TempDir()
	s := guarded(t, dir, nil)
	for id, n := range sizes {
		if err := put(s, id, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if found := intact(t, guarded(t, dir, nil), sizes); len(found) != len(sizes) {
		t.Fatalf("found %v, want all of %v", found, sizes)
	}
}

// TestDurableAtEveryPoint copies the directory before every access to the disk and after every Update. In each
// copy everything acknowledged until then is whole, and everything else is whole or absent.
func TestDurableAtEveryPoint(t *testing.T) {
	type point struct {
		dir, op string
		acked   []string
	}
	var points []point
	var acked []string
	dir, copies := t.TempDir(), t.TempDir()
	snap := func(op string) {
		to := filepath.Join(copies, fmt.Sprint(len(points)))
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		points = append(points, point{to, op, append([]string(nil), acked...)})
	}
	s := guarded(t, dir, snap)
	sizes := map[string]int{"a": 100, "b": 2*Inline + 5, "c": 300}
	for _, id := range []string{"a", "b", "c"} {
		if err := put(s, id, sizes[id]); err != nil {
			t.Fatal(err)
		}
		acked = append(acked, id)
		s.clock.IO(func() { snap("after " + id) })
	}
	if len(points) < 10 {
		t.Fatalf("only %d points", len(points))
	}
	for _, p := range points {
		c := guarded(t, p.dir, nil)
		found := intact(t, c, sizes)
		for _, id := range p.acked {
			if !found[id] {
				t.Errorf("before %q: message %s was acknowledged and is lost", p.op, id)
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSecondGatewayIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := guarded(t, dir, nil)
	_, err := Open(dir, Options{Clock: doortest.NewClock(start)})
	if err == nil || !strings.Contains(err.Error(), "another gateway holds") {
		t.Fatalf("second open: %v", err)
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	guarded(t, dir, nil)
}

func TestOwnerlessContentIsSwept(t *testing.T) {
	dir := t.TempDir()
	s := guarded(t, dir, nil)
	if err := put(s, "kept", 2*Inline); err != nil {
		t.Fatal(err)
	}
	c := s.NewContent("sealed")
	if _, err := io.Copy(struct{ io.Writer }{c}, text("x", 2*Inline)); err != nil {
		t.Fatal(err)
	}
	if err := c.Seal(); err != nil {
		t.Fatal(err)
	}
	half := s.NewContent("half")
	if _, err := io.Copy(struct{ io.Writer }{half}, text("x", 2*Inline)); err != nil {
		t.Fatal(err)
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	half.Discard()
	guarded(t, dir, nil)
	if diff := cmp.Diff([]string{"kept"}, contents(t, dir)); diff != "" {
		t.Fatal(diff)
	}
}

func TestLastDeliveryTakesContentAlong(t *testing.T) {
	dir := t.TempDir()
	s := guarded(t, dir, nil)
	if err := put(s, "m", 2*Inline); err != nil {
		t.Fatal(err)
	}
	_, ds, err := s.Load()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // removing twice is no error
		if err := s.Update(func(tx *Tx) error { return tx.Remove(ds[0]) }); err != nil {
			t.Fatal(err)
		}
	}
	ms, _, err := s.Load()
	if err != nil || len(ms) != 0 || len(contents(t, dir)) != 0 {
		t.Fatalf("left: %v, %v, %v", ms, contents(t, dir), err)
	}
}

func contents(t *testing.T, dir string) (names []string) {
	entries, err := os.ReadDir(filepath.Join(dir, contentDir))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestClosedStoreRefuses(t *testing.T) {
	s := guarded(t, t.TempDir(), nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := put(s, "m", 10); !errors.Is(err, ErrClosed) {
		t.Errorf("Update: %v", err)
	}
	if err := put(s, "m", 2*Inline); !errors.Is(err, ErrClosed) {
		t.Errorf("content: %v", err)
	}
	if _, _, err := s.Load(); !errors.Is(err, ErrClosed) {
		t.Errorf("Load: %v", err)
	}
}

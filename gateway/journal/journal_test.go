package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var at = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// write makes a log of n lines.
func write(t testing.TB, n int) ([]Line, Head) {
	t.Helper()
	var lines []Line
	var head Head
	for i := range n {
		l, h, err := Append("annaberg", head, Entry{At: at.Add(time.Duration(i) * time.Second), Tenant: "annaberg", Person: "annaberg-tech", Organisation: "annaberg",
			Operation: "mapping.put", Object: fmt.Sprintf("p%d@annaberg.test", i), After: json.RawMessage(`{"mail":"p"}`), Allowed: i%2 == 0, Rule: "S1-149"})
		if err != nil {
			t.Fatal(err)
		}
		lines, head = append(lines, l), h
	}
	return lines, head
}

func read(known Head, lines []Line) Extract {
	x, err := Read(known, 0, len(lines)+1, func(Entry) bool { return true }, func(after int64) ([]Line, error) {
		i := slices.IndexFunc(lines, func(l Line) bool { return l.Number > after })
		if i < 0 {
			return nil, nil
		}
		return lines[i:min(i+Chunk, len(lines))], nil
	})
	if err != nil {
		panic(err)
	}
	return x
}

func TestReadKeepsEverything(t *testing.T) {
	lines, head := write(t, 2*Chunk+3)
	x := read(head, lines)
	if !x.Intact || x.More || len(x.Lines) != len(lines) {
		t.Fatalf("intact %v, more %v, %d lines", x.Intact, x.More, len(x.Lines))
	}
	e, err := x.Lines[1].Entry()
	if err != nil {
		t.Fatal(err)
	}
	want := Entry{At: at.Add(time.Second), Tenant: "annaberg", Person: "annaberg-tech", Organisation: "annaberg", Operation: "mapping.put",
		Object: "p1@annaberg.test", After: json.RawMessage(`{"mail":"p"}`), Rule: "S1-149"}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
}

// API-023: whatever is done to a log shows.
func TestTampering(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func([]Line) []Line
	}{
		{"changed text", func(l []Line) []Line {
			l[3].Text = bytes.Replace(l[3].Text, []byte("p3"), []byte("p9"), 1)
			return l
		}},
		{"changed text with its own hash", func(l []Line) []Line {
			l[3].Text = bytes.Replace(l[3].Text, []byte("p3"), []byte("p9"), 1)
			l[3].Hash = l[3].sum(l[2].Hash)
			return l
		}},
		{"refusal turned into permission", func(l []Line) []Line {
			l[1].Text = bytes.Replace(l[1].Text, []byte(`"allowed":false`), []byte(`"allowed":true`), 1)
			return l
		}},
		{"first removed", func(l []Line) []Line { return l[1:] }},
		{"one removed", func(l []Line) []Line { return slices.Delete(l, 4, 5) }},
		{"one removed, the rest renumbered", func(l []Line) []Line {
			l = slices.Delete(l, 4, 5)
			for i := 4; i < len(l); i++ {
				l[i].Number--
			}
			return l
		}},
		{"end removed", func(l []Line) []Line { return l[:len(l)-1] }},
		{"everything removed", func([]Line) []Line { return nil }},
		{"one repeated", func(l []Line) []Line { return slices.Insert(l, 4, l[4]) }},
		{"two swapped", func(l []Line) []Line { l[4], l[5] = l[5], l[4]; return l }},
		{"of another log", func(l []Line) []Line {
			for i := range l {
				l[i].Log = "pirna"
			}
			return l
		}},
		{"no JSON", func(l []Line) []Line { l[2].Text = []byte("{"); return l }},
	} {
		lines, head := write(t, 10)
		if x := read(head, c.do(lines)); x.Intact {
			t.Errorf("%s: not noticed", c.name)
		}
	}
}

// Any change of any octet shows, and a log without one is intact.
func TestAnyOctet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "lines")
		var lines []Line
		var head Head
		for range n {
			l, h, err := Append("a", head, Entry{At: at, Operation: rapid.String().Draw(t, "operation"), Object: rapid.String().Draw(t, "object")})
			if err != nil {
				t.Fatal(err)
			}
			lines, head = append(lines, l), h
		}
		if end, err := Verify(Head{}, lines); err != nil || end.Number != int64(n) {
			t.Fatalf("as written: %v", err)
		}
		i := rapid.IntRange(0, n-1).Draw(t, "line")
		part := lines[i].Text
		if rapid.Bool().Draw(t, "hash") {
			part = lines[i].Hash
		}
		part[rapid.IntRange(0, len(part)-1).Draw(t, "octet")] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		if _, err := Verify(Head{}, lines); !errors.Is(err, ErrBroken) {
			t.Fatalf("changed: %v", err)
		}
	})
}

func TestReadPages(t *testing.T) {
	lines, head := write(t, 10)
	all := func(int64) ([]Line, error) { return lines, nil }
	odd := func(e Entry) bool { return !e.Allowed }
	x, err := Read(head, 0, 3, odd, all)
	if err != nil || len(x.Lines) != 3 || !x.More || x.Next != 6 {
		t.Fatalf("first page: %v, %d lines, next %d", err, len(x.Lines), x.Next)
	}
	x, err = Read(head, x.Next, 3, odd, all)
	if err != nil || len(x.Lines) != 2 || x.More || x.Lines[0].Number != 8 {
		t.Fatalf("second page: %v, %+v", err, x)
	}
	if _, err := Read(head, 0, 1, odd, func(int64) ([]Line, error) { return nil, errors.New("disk") }); err == nil {
		t.Error("a broken disk is no end of the log")
	}
}

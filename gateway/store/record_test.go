package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/door/doortest"
	"demailbench/gateway/journal"
)

func newRecords(t *testing.T, dir string) *Store {
	t.Helper()
	clock := doortest.NewClock(time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC))
	s, err := Open(dir, Options{Clock: clock, Disk: func(op string) {
		if !clock.Held() {
			panic("disk " + op + " outside Clock.IO")
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestRecords(t *testing.T) {
	dir := t.TempDir()
	s := newRecords(t, dir)
	err := s.Update(func(tx *Tx) error {
		for _, r := range []Record{{"a", "1", []byte("x")}, {"b", "1", []byte("y")}, {"a", "2", []byte("z")}, {"a", "1", []byte("new")}, {"c", "1", []byte("")}} {
			if err := tx.PutRecord(r); err != nil {
				return err
			}
		}
		return tx.DeleteRecord("a", "nothing")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(func(tx *Tx) error { _ = tx.DeleteRecord("b", "1"); return fmt.Errorf("no") }); err == nil {
		t.Fatal("a failed change was committed")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = newRecords(t, dir)
	got, err := s.Records("a", "b")
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{{"a", "1", []byte("new")}, {"b", "1", []byte("y")}, {"a", "2", []byte("z")}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if l, err := s.Records(); err != nil || len(l) != 0 {
		t.Errorf("of no kind: %v, %v", l, err)
	}
}

func (s *Store) write3(t *testing.T) journal.Head {
	t.Helper()
	var head journal.Head
	err := s.Update(func(tx *Tx) error {
		head = journal.Head{}
		for i := range 3 {
			var l journal.Line
			var err error
			if l, head, err = journal.Append("a", head, journal.Entry{Operation: fmt.Sprint("op", i)}); err != nil {
				return err
			}
			if err := tx.AppendLine(l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func (s *Store) extract(t *testing.T) journal.Extract {
	t.Helper()
	heads, err := s.Heads()
	if err != nil {
		t.Fatal(err)
	}
	x, err := journal.Read(heads["a"], 0, 100, func(journal.Entry) bool { return true }, func(after int64) ([]journal.Line, error) { return s.Lines("a", after, journal.Chunk) })
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// API-023: the log only grows, in the database too; and who gets around that is found out.
func TestJournalIsAppendOnly(t *testing.T) {
	s := newRecords(t, t.TempDir())
	head := s.write3(t)
	if x := s.extract(t); !x.Intact || len(x.Lines) != 3 || head.Number != 3 {
		t.Fatalf("%+v", x)
	}
	for _, statement := range []string{`UPDATE journal SET text = x'7b7d' WHERE number = 2`, `DELETE FROM journal`, `DELETE FROM journal WHERE number = 3`} {
		if err := s.Update(func(tx *Tx) error { _, err := tx.tx.Exec(statement); return err }); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	// Two writers cannot both write a line.
	l, _, err := journal.Append("a", journal.Head{Number: 2}, journal.Entry{Operation: "fork"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(func(tx *Tx) error { return tx.AppendLine(l) }); err == nil {
		t.Error("a number was given twice")
	}
	for _, statement := range []string{`UPDATE journal SET text = x'7b7d' WHERE number = 2`, `DELETE FROM journal WHERE number = 3`, `DELETE FROM journal WHERE number = 1`, `DELETE FROM journal`} {
		s := newRecords(t, t.TempDir())
		s.write3(t)
		err := s.Update(func(tx *Tx) error {
			for _, q := range []string{`DROP TRIGGER journal_keeps`, `DROP TRIGGER journal_stays`, statement} {
				if _, err := tx.tx.Exec(q); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if s.extract(t).Intact {
			t.Errorf("%s: not noticed", statement)
		}
	}
}

package store

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestDamageIsFound(t *testing.T) {
	file := func(s *Store, id string) string { return filepath.Join(s.dir, contentDir, id) }
	for _, c := range []struct {
		name   string
		size   int
		damage func(t *testing.T, s *Store)
		want   error
	}{
		{"octet of a file", 2 * Inline, func(t *testing.T, s *Store) {
			b, err := os.ReadFile(file(s, "m"))
			if err != nil {
				t.Fatal(err)
			}
			b[Inline+3] ^= 1
			if err := os.WriteFile(file(s, "m"), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}, ErrDamaged},
		{"file cut", 2 * Inline, func(t *testing.T, s *Store) {
			if err := os.Truncate(file(s, "m"), Inline); err != nil {
				t.Fatal(err)
			}
		}, ErrDamaged},
		{"file removed", 2 * Inline, func(t *testing.T, s *Store) {
			if err := os.Remove(file(s, "m")); err != nil {
				t.Fatal(err)
			}
		}, ErrDamaged},
		{"octet of a row", 100, func(t *testing.T, s *Store) {
			if _, err := s.w.Exec(`UPDATE message SET content = CAST(x'00' || substr(content, 2) AS BLOB)`); err != nil {
				t.Fatal(err)
			}
		}, ErrDamaged},
		{"nothing", 100, func(*testing.T, *Store) {}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := guarded(t, t.TempDir(), nil)
			if err := put(s, "m", c.size); err != nil {
				t.Fatal(err)
			}
			s.clock.IO(func() { c.damage(t, s) })
			ms, _, err := s.Load()
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Open(ms[0])
			if err == nil {
				_, err = io.ReadAll(r)
			}
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestAlteredEnvelopeIsFound(t *testing.T) {
	for _, sql := range []string{
		`UPDATE message SET sender = 'x' || sender`, `UPDATE message SET tenant = 'pirna'`, `UPDATE message SET size = size + 1`,
		`UPDATE delivery SET recipient = 'x' || recipient`, `UPDATE delivery SET route = 'mail:evil.example'`,
	} {
		s := guarded(t, t.TempDir(), nil)
		if err := put(s, "m", 10); err != nil {
			t.Fatal(err)
		}
		s.clock.IO(func() {
			if _, err := s.w.Exec(sql); err != nil {
				t.Fatal(err)
			}
		})
		ms, ds, err := s.Load()
		if err != nil || !ms[0].Damaged && !ds[0].Damaged {
			t.Errorf("%s: not found (%v)", sql, err)
		}
	}
}

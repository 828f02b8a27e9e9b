package profile_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"demailbench/fixtures"
	"demailbench/sim/config"
	"demailbench/sim/lab/profile"
)

var update = flag.Bool("update", false, "write expected.txt of the broken configurations anew; read the difference before committing it")

// overlay is the good configuration with the files of one broken case on top.
func overlay(t testing.TB, name string) fs.FS {
	t.Helper()
	set := fstest.MapFS{}
	for _, root := range []string{"profiles", "topologies", "tenants", "zones", "accounts", "pki", path.Join("broken", name)} {
		err := fs.WalkDir(fixtures.FS, root, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(fixtures.FS, file)
			set[strings.TrimPrefix(file, path.Join("broken", name)+"/")] = &fstest.MapFile{Data: data}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return set
}

// TestBroken runs the table of broken configurations: fixtures/broken/<case> holds the files that differ
// from profile small and the exact error text.
func TestBroken(t *testing.T) {
	cases, err := fs.ReadDir(fixtures.FS, "broken")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if !c.IsDir() {
			continue
		}
		t.Run(c.Name(), func(t *testing.T) {
			_, err := profile.Load(overlay(t, c.Name()), "small")
			var typed *config.Error
			if !errors.As(err, &typed) {
				t.Fatalf("Load: %v, want a *config.Error", err)
			}
			file := path.Join("broken", c.Name(), "expected.txt")
			if *update {
				target := filepath.Join("..", "..", "..", "fixtures", filepath.FromSlash(file))
				if err := os.WriteFile(target, []byte(err.Error()+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err2 := fs.ReadFile(fixtures.FS, file)
			if err2 != nil {
				t.Fatal(err2)
			}
			if diff := cmp.Diff(string(want), err.Error()+"\n"); diff != "" {
				t.Error(diff)
			}
			if !namesChangedFile(t, c.Name(), typed) {
				t.Errorf("the error names no file that this case changes: %v", typed)
			}
		})
	}
}

// namesChangedFile reports whether the error leads to what is broken: where two files disagree, it may be
// placed in either, but must name both.
func namesChangedFile(t *testing.T, name string, e *config.Error) bool {
	t.Helper()
	root, found := path.Join("broken", name), false
	err := fs.WalkDir(fixtures.FS, root, func(file string, d fs.DirEntry, err error) error {
		found = found || !d.IsDir() && strings.Contains(e.Error(), strings.TrimPrefix(file, root+"/"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

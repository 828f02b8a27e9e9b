package lab_test

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"demailbench/fixtures"
	"demailbench/sim/lab"
)

// altered is the good configuration with one file replaced.
type altered struct {
	name string
	data []byte
}

// Open implements fs.FS.
func (a *altered) Open(name string) (fs.File, error) {
	if name == a.name {
		return fstest.MapFS{name: &fstest.MapFile{Data: a.data}}.Open(name)
	}
	return fixtures.FS.Open(name)
}

// FuzzLoad replaces one file of the small profile after another: whatever it holds, Load ends with a world
// or with one line that says what to do.
func FuzzLoad(f *testing.F) {
	names := []string{"profiles/small.yaml", "topologies/small.yaml", "tenants/small.yaml", "zones/small.yaml", "accounts/small.yaml"}
	add := func(root string) {
		for i, name := range names {
			if data, err := fs.ReadFile(fixtures.FS, path.Join(root, name)); err == nil {
				f.Add(uint8(i), data)
			}
		}
	}
	add(".")
	cases, err := fs.ReadDir(fixtures.FS, "broken")
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range cases {
		add(path.Join("broken", c.Name()))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		_, err := lab.Load(&altered{names[int(which)%len(names)], data}, "small")
		var typed *lab.ConfigError
		if err != nil && !errors.As(err, &typed) {
			t.Fatalf("error %v is not a *lab.ConfigError", err)
		}
		if err != nil && (strings.ContainsAny(err.Error(), "\r\n") || typed.Problem == "" || typed.Fix == "") {
			t.Fatalf("error is not one line with problem and remedy: %q", err)
		}
	})
}

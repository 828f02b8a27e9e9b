package repocheck

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// root finds the module's root above the test.
func root(t *testing.T) fs.FS {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return os.DirFS(dir)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("there is no go.mod above the test")
		}
		dir = parent
	}
}

// TestRepository runs every rule on the repository itself.
func TestRepository(t *testing.T) {
	fsys := root(t)
	tree, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	layout, err := CheckLayout(fsys)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range []struct {
		name     string
		problems []Problem
	}{
		{"layout", layout},
		{"package comments", CheckPackageDocs(tree)},
		{"comments of exported names", CheckExportedDocs(tree)},
		{"import walls", CheckWalls(tree, Walls, Planned)},
		{"calls", CheckCalls(tree, Calls, Planned)},
		{"sizes", CheckSizes(tree, Limits)},
		{"tests", CheckTests(tree, Sleepers)},
		{"fuzz targets", CheckFuzz(tree, Parsers, Planned)},
		{"private words", CheckPrivate(tree, Secrets)},
	} {
		t.Run(rule.name, func(t *testing.T) {
			for _, p := range rule.problems {
				t.Error(p)
			}
		})
	}
	for _, p := range CheckSizes(tree, Aims) {
		t.Log("over the aim: ", p)
	}
	for pattern, work := range Planned {
		if len(tree.Vanished("", []string{pattern}, nil)) == 0 {
			t.Logf("no longer planned, take the mark away: %s (%s)", pattern, work)
		}
	}
}

// Every rule says why it exists: it is printed to whoever breaks it.
func TestRulesHaveReasons(t *testing.T) {
	for _, w := range Walls {
		kinds := 0
		for _, set := range []bool{w.Never != nil, w.Only != nil, w.By != nil} {
			if set {
				kinds++
			}
		}
		if kinds != 1 || len(w.Of) == 0 || w.Reason == "" {
			t.Errorf("wall of %v: %d kinds of rule instead of one, or no reason", w.Of, kinds)
		}
	}
	for _, c := range Calls {
		if c.Reason == "" {
			t.Errorf("rule on %s has no reason", c.Package)
		}
		for pattern, reason := range c.Allowed {
			if reason == "" {
				t.Errorf("%s may use %s without a reason", pattern, c.Package)
			}
		}
	}
}

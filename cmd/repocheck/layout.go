package repocheck

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// TopLevel are the entries of the repository's root, besides those that begin with a dot.
var TopLevel = names("Makefile README.md cmd features fixtures gateway go.mod go.sum reports sim")

// CheckLayout reports what is missing or does not belong at the root, and replace lines in go.mod. What
// .gitignore leaves out of the repository by name ("/bin/") may lie there.
func CheckLayout(fsys fs.FS) ([]Problem, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("repocheck: %w", err)
	}
	ignore, err := fs.ReadFile(fsys, ".gitignore")
	if err != nil {
		return nil, fmt.Errorf("repocheck: %w", err)
	}
	var out []Problem
	var found []string
	for _, e := range entries {
		found = append(found, e.Name())
		if strings.HasPrefix(e.Name(), ".") || slices.Contains(TopLevel, e.Name()) || slices.Contains(strings.Fields(string(ignore)), "/"+e.Name()+"/") {
			continue
		}
		out = append(out, Problem{e.Name(), "does not belong at the top level, which holds " + strings.Join(TopLevel, ", ")})
	}
	for _, name := range TopLevel {
		if !slices.Contains(found, name) {
			out = append(out, Problem{name, "is missing at the top level"})
		}
	}
	mod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return nil, fmt.Errorf("repocheck: %w", err)
	}
	return append(out, replaces(string(mod))...), nil
}

// replaces reports replace directives, alone and in blocks.
func replaces(mod string) []Problem {
	var out []Problem
	for i, line := range strings.Split(mod, "\n") {
		if f := strings.Fields(line); len(f) > 0 && (f[0] == "replace" || f[0] == "replace(") {
			out = append(out, Problem{fmt.Sprintf("go.mod:%d", i+1), "replaces a module: a fresh clone would not build what others build"})
		}
	}
	return out
}

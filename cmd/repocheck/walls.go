package repocheck

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Wall is one rule about imports. Exactly one of Never, Only and By is set. Patterns are those of Match:
// packages of this module below its root, external ones by their import path, those of the standard library
// as "std/net/mail".
type Wall struct {
	// Of are the packages that the rule is about.
	Of []string
	// Never lists what they must not import (packages of Of itself excepted with their own subtree).
	Never []string
	// Only lists what alone they may import of this module, besides their own subtree. Not nil.
	Only []string
	// By lists who alone may import them, besides their own subtree. Not nil; empty: nobody.
	By []string
	// Tests extends the rule to test files.
	Tests bool
	// Reason says what the wall protects.
	Reason string
}

// edge is one import.
type edge struct {
	from     *Package
	file     *File
	to       string // as patterns name it
	internal bool
}

// CheckWalls reports every import that breaks a wall, and every package that a wall names in vain.
func CheckWalls(t *Tree, walls []Wall, planned map[string]string) []Problem {
	var out []Problem
	named := map[string]bool{}
	edges := t.edges()
	for _, w := range walls {
		for _, p := range slices.Concat(w.Of, w.Never, w.Only, w.By) {
			if inModule(p) {
				named[p] = true
			}
		}
		for _, e := range edges {
			if e.file.Test && !w.Tests {
				continue
			}
			if what := w.broken(e); what != "" {
				out = append(out, Problem{e.file.Path, fmt.Sprintf("%s: %s", what, w.Reason)})
			}
		}
	}
	return append(out, t.Vanished("an import wall", slices.Sorted(maps.Keys(named)), planned)...)
}

// broken says how e breaks the wall, "" when it does not.
func (w Wall) broken(e edge) string {
	switch {
	case w.By != nil:
		if own := ownPattern(w.Of, e.to); own != "" && !Match(own, e.from.Path) && !matchAny(w.By, e.from.Path) {
			return "imports " + e.to
		}
	case !matchAny(w.Of, e.from.Path):
		return ""
	case w.Never != nil:
		if matchAny(w.Never, e.to) && !Match(ownPattern(w.Of, e.from.Path), e.to) {
			return "imports " + e.to
		}
	case w.Only != nil:
		if e.internal && !matchAny(w.Only, e.to) && !Match(ownPattern(w.Of, e.from.Path), e.to) {
			return "imports " + e.to
		}
	}
	return ""
}

// ownPattern is the pattern of list that matches pkg, "" for none.
func ownPattern(list []string, pkg string) string {
	for _, p := range list {
		if Match(p, pkg) {
			return p
		}
	}
	return ""
}

// edges are all imports, a package's import of itself by its external test excepted.
func (t *Tree) edges() []edge {
	var out []edge
	for _, p := range t.Packages {
		for _, f := range p.Files {
			for _, name := range slices.Sorted(maps.Keys(f.Imports)) {
				to, internal := strings.CutPrefix(f.Imports[name], Module+"/")
				if !internal && !external(to) {
					to = std + to
				}
				if to != p.Path {
					out = append(out, edge{p, f, to, internal})
				}
			}
		}
	}
	return out
}

// std begins the names of the standard library's packages in patterns.
const std = "std/"

// external tells packages whose path begins with a host name.
func external(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

func inModule(pattern string) bool { return !external(pattern) && !strings.HasPrefix(pattern, std) }

package repocheck

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"
)

// Forbidden names what packages outside a list may not use of one imported package.
type Forbidden struct {
	// Package is the import path, of this module with its prefix.
	Package string
	// Names are its forbidden functions, variables and types; empty: the import itself is forbidden.
	Names []string
	// Except turns Names into the allowed ones: everything else is forbidden.
	Except bool
	// Allowed says who may all the same, and why; keys are patterns of Match.
	Allowed map[string]string
	// Reason says why all others may not, and what they use instead.
	Reason string
}

// CheckCalls reports every forbidden use in files that are not tests. Names are resolved by the file's
// imports: a renamed import does not hide, a local variable of the same name does not count.
func CheckCalls(t *Tree, rules []Forbidden, planned map[string]string) []Problem {
	var out []Problem
	allowed := map[string]bool{}
	for _, r := range rules {
		for pattern := range r.Allowed {
			allowed[pattern] = true
		}
		patterns := slices.Collect(maps.Keys(r.Allowed))
		for _, p := range t.Packages {
			if matchAny(patterns, p.Path) {
				continue
			}
			for _, f := range p.Files {
				if !f.Test {
					out = append(out, t.uses(f, r)...)
				}
			}
		}
	}
	return append(out, t.Vanished("a rule on calls", slices.Sorted(maps.Keys(allowed)), planned)...)
}

// uses reports what f uses against r.
func (t *Tree) uses(f *File, r Forbidden) []Problem {
	var out []Problem
	for _, name := range slices.Sorted(maps.Keys(f.Imports)) {
		if f.Imports[name] != r.Package {
			continue
		}
		if len(r.Names) == 0 || name == "." {
			out = append(out, Problem{f.Path, fmt.Sprintf("imports %s (as %q): %s", r.Package, name, r.Reason)})
			continue
		}
		for _, sel := range selectors(f.Syntax, name) {
			if slices.Contains(r.Names, sel.Sel.Name) != r.Except {
				out = append(out, Problem{t.where(sel.Pos()), fmt.Sprintf("uses %s.%s: %s", r.Package, sel.Sel.Name, r.Reason)})
			}
		}
	}
	return out
}

// selectors are the uses of the imported package called name. The parser has resolved identifiers within
// the file: one with an object is a variable of that name, not the package.
func selectors(file *ast.File, name string) []*ast.SelectorExpr {
	var out []*ast.SelectorExpr
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == name && id.Obj == nil {
			out = append(out, sel)
		}
		return true
	})
	return out
}

// names splits a list of names, for tables.
func names(list string) []string { return strings.Fields(list) }

package repocheck

import (
	"fmt"
	"go/ast"
)

var (
	// Limits must not be exceeded: what does has more than one subject.
	Limits = Sizes{File: 600, Function: 80, Package: 1800}
	// Aims are exceeded for a reason only.
	Aims = Sizes{File: 300, Function: 40, Package: 1500}
)

// Sizes are numbers of lines.
type Sizes struct{ File, Function, Package int }

// CheckSizes reports what is longer than max. Of tests only the file counts: their functions are tables.
// Generated files do not count.
func CheckSizes(t *Tree, max Sizes) []Problem {
	var out []Problem
	for _, p := range t.Packages {
		total := 0
		for _, f := range p.Files {
			if f.Generated {
				continue
			}
			if f.Lines > max.File {
				out = append(out, Problem{f.Path, fmt.Sprintf("has %d lines (%d); split it by subject", f.Lines, max.File)})
			}
			if f.Test {
				continue
			}
			total += f.Lines
			for _, d := range f.Syntax.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok {
					lines := t.Set.Position(fn.End()).Line - t.Set.Position(fn.Pos()).Line + 1
					if lines > max.Function {
						out = append(out, Problem{t.where(fn.Pos()), fmt.Sprintf("function %s has %d lines (%d); name its parts", fn.Name.Name, lines, max.Function)})
					}
				}
			}
		}
		if total > max.Package {
			out = append(out, Problem{p.Path, fmt.Sprintf("has %d lines without tests (%d); it holds more than one noun", total, max.Package)})
		}
	}
	return out
}

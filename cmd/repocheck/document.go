package repocheck

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// CheckPackageDocs reports packages without exactly one package comment that says what the package is.
func CheckPackageDocs(t *Tree) []Problem {
	var out []Problem
	for _, p := range t.Packages {
		var documented []string
		main, code := false, false
		for _, f := range p.Files {
			if f.Test {
				continue
			}
			code = true
			main = main || f.Syntax.Name.Name == "main"
			if f.Syntax.Doc == nil {
				continue
			}
			documented = append(documented, f.Path)
			first := "Package " + f.Syntax.Name.Name + " "
			if main {
				first = "Command "
			}
			if !strings.HasPrefix(f.Syntax.Doc.Text(), first) {
				out = append(out, Problem{f.Path, "the package comment does not begin with " + strconv.Quote(strings.TrimSpace(first))})
			}
		}
		if code && len(documented) != 1 {
			out = append(out, Problem{p.Path, "has " + strconv.Itoa(len(documented)) + " package comments instead of one, which says what the package is in the domain and what it leaves out " + strings.Join(documented, " ")})
		}
	}
	return out
}

// CheckExportedDocs reports exported functions, methods of exported types, types, variables and constants
// without a comment. One comment may stand for a group.
func CheckExportedDocs(t *Tree) []Problem {
	var out []Problem
	for _, p := range t.Packages {
		for _, f := range p.Files {
			if f.Test || f.Generated {
				continue
			}
			for _, d := range f.Syntax.Decls {
				for _, id := range undocumented(d) {
					out = append(out, Problem{t.where(id.Pos()), "exported " + id.Name + " has no comment with its meaning, units, ranges, errors"})
				}
			}
		}
	}
	return out
}

func undocumented(d ast.Decl) []*ast.Ident {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) {
			return []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		if d.Tok == token.IMPORT || d.Doc != nil && d.Tok != token.TYPE {
			return nil
		}
		var out []*ast.Ident
		for _, s := range d.Specs {
			out = append(out, undocumentedSpec(s, d.Doc != nil && len(d.Specs) == 1)...)
		}
		return out
	}
	return nil
}

func undocumentedSpec(s ast.Spec, documented bool) []*ast.Ident {
	var all, out []*ast.Ident
	switch s := s.(type) {
	case *ast.TypeSpec:
		documented = documented || s.Doc != nil || s.Comment != nil
		all = []*ast.Ident{s.Name}
	case *ast.ValueSpec:
		documented = documented || s.Doc != nil || s.Comment != nil
		all = s.Names
	}
	for _, id := range all {
		if id.IsExported() && !documented {
			out = append(out, id)
		}
	}
	return out
}

// exportedReceiver reports whether a function is no method, or one of an exported type. Methods of other
// types are seen through an interface, whose comments hold.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.IndexListExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

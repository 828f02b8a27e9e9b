// Package repocheck holds the rules that the repository keeps about itself: who may import whom, who may
// read the wall clock or touch the disk, how large a file may grow, what must be documented. Its tests run
// them on the repository; each rule carries its reason and is printed with it when it is broken.
//
// It reads sources only and leaves out what gofmt and go vet say.
package repocheck

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Module is the path of the module, the prefix of its packages' import paths.
const Module = "demailbench"

// Tree is the module's Go source.
type Tree struct {
	// FS is the module's root directory.
	FS fs.FS
	// Packages are all directories with Go files, by path.
	Packages []*Package
	// Set has the positions of all files.
	Set *token.FileSet
}

// Package is one directory of Go files; its external test package is part of it.
type Package struct {
	// Path is the directory below the root with "/", such as "sim/dns".
	Path  string
	Files []*File
}

// File is one Go file.
type File struct {
	// Path is the file below the root, Test whether its name ends in _test.go, Lines its length.
	Path  string
	Test  bool
	Lines int
	// Generated says that a program wrote it ("Code generated ... DO NOT EDIT."): length and comments are
	// that program's.
	Generated bool
	// Syntax is the parsed file with comments.
	Syntax *ast.File
	// Imports are the imported packages by the name under which the file knows them.
	Imports map[string]string
}

// Problem is one place that breaks a rule.
type Problem struct {
	// Where is a path below the root, with ":line" when a line is meant.
	Where string
	// What is broken, and why the rule exists or what to do.
	What string
}

// String is the problem in one line.
func (p Problem) String() string { return p.Where + ": " + p.What }

// Load parses every Go file of the module whose root directory is fsys. Directories that begin with a dot
// or an underscore, testdata and bin are left out, as the go command does.
func Load(fsys fs.FS) (*Tree, error) {
	t := &Tree{FS: fsys, Set: token.NewFileSet()}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && ignored(d.Name()):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		return t.add(name)
	})
	if err != nil {
		return nil, fmt.Errorf("repocheck: %w", err)
	}
	if len(t.Packages) == 0 {
		return nil, fmt.Errorf("repocheck: there are no Go files; is this the module's root?")
	}
	return t, nil
}

func ignored(dir string) bool {
	return strings.HasPrefix(dir, ".") || strings.HasPrefix(dir, "_") || dir == "testdata" || dir == "bin"
}

func (t *Tree) add(name string) error {
	src, err := fs.ReadFile(t.FS, name)
	if err != nil {
		return err
	}
	syntax, err := parser.ParseFile(t.Set, name, src, parser.ParseComments)
	if err != nil {
		return err
	}
	f := &File{Path: name, Test: strings.HasSuffix(name, "_test.go"), Lines: strings.Count(string(src), "\n"), Syntax: syntax,
		Generated: ast.IsGenerated(syntax), Imports: map[string]string{}}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		f.Imports[localName(spec, imported)] = imported
	}
	dir := path.Dir(name)
	i, found := slices.BinarySearchFunc(t.Packages, dir, func(p *Package, dir string) int { return strings.Compare(p.Path, dir) })
	if !found {
		t.Packages = slices.Insert(t.Packages, i, &Package{Path: dir})
	}
	t.Packages[i].Files = append(t.Packages[i].Files, f)
	return nil
}

// localName is the name under which a file knows an imported package. Without its sources the last element
// of the path stands for the package's own name, less a version and a "go-".
func localName(spec *ast.ImportSpec, imported string) string {
	if spec.Name != nil && spec.Name.Name != "_" {
		return spec.Name.Name
	}
	if spec.Name != nil {
		return "_ " + imported // has no name, but is imported
	}
	base := path.Base(imported)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(imported))
	}
	return strings.TrimPrefix(base, "go-")
}

// where is the place of pos.
func (t *Tree) where(pos token.Pos) string {
	p := t.Set.Position(pos)
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// Match reports whether pattern names the package: "sim/dns" exactly, "sim/..." with all below it.
func Match(pattern, pkg string) bool {
	prefix, subtree := strings.CutSuffix(pattern, "/...")
	return pkg == prefix || subtree && strings.HasPrefix(pkg, prefix+"/")
}

func matchAny(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return Match(p, pkg) })
}

// Vanished reports the patterns that name no package, apart from those that are planned (with the reason
// why they may be missing): a rule about a package that is gone guards nothing.
func (t *Tree) Vanished(rule string, patterns []string, planned map[string]string) []Problem {
	var out []Problem
	for _, pattern := range patterns {
		exists := slices.ContainsFunc(t.Packages, func(p *Package) bool { return Match(pattern, p.Path) })
		if _, later := planned[pattern]; !exists && !later {
			out = append(out, Problem{pattern, "no such package, but " + rule + " names it; correct the rule, or mark the package as planned"})
		}
	}
	return out
}

package repocheck

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// source is a module of files by path.
type source map[string]string

func (s source) fs() fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range s {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func (s source) load(t *testing.T) *Tree {
	t.Helper()
	tree, err := Load(s.fs())
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// compare wants each problem to begin like the one in want, in order.
func compare(t *testing.T, want []string, got []Problem) {
	t.Helper()
	var lines []string
	for _, p := range got {
		lines = append(lines, p.String())
	}
	slices.Sort(lines)
	ok := slices.EqualFunc(want, lines, func(w, g string) bool { return strings.HasPrefix(g, w) })
	if !ok {
		t.Errorf("problems (-want +got):\n%s", cmp.Diff(want, lines))
	}
}

func imports(pkg string, list ...string) string {
	text := "package " + pkg + "\n"
	for _, l := range list {
		text += "import _ \"" + l + "\"\n"
	}
	return text
}

func TestWalls(t *testing.T) {
	world := source{
		"a/a.go":            imports("a", "demailbench/b", "demailbench/a/inside", "fmt"),
		"a/a_test.go":       imports("a_test", "demailbench/a", "demailbench/c"),
		"a/inside/x.go":     imports("inside"),
		"b/b.go":            imports("b", "example.com/lib/part"),
		"c/c.go":            imports("c", "demailbench/b"),
		"testdata/t.go":     "not Go",
		".hidden/h.go":      "not Go",
		"a/testdata/src.go": "not Go",
	}
	tests := []struct {
		name string
		wall Wall
		want []string
	}{
		{"never", Wall{Of: []string{"a"}, Never: []string{"b", "c"}}, []string{"a/a.go: imports b: why"}},
		{"never, in tests too", Wall{Of: []string{"a"}, Never: []string{"b", "c"}, Tests: true}, []string{"a/a.go: imports b: why", "a/a_test.go: imports c: why"}},
		{"never each other", Wall{Of: []string{"a/...", "b", "c"}, Never: []string{"a/...", "b", "c"}}, []string{"a/a.go: imports b", "c/c.go: imports b"}},
		{"never the standard library's", Wall{Of: []string{"a"}, Never: []string{"std/fmt"}}, []string{"a/a.go: imports std/fmt"}},
		{"only", Wall{Of: []string{"a"}, Only: []string{"b"}}, []string{"a/a.go: imports a/inside"}},
		{"only, with the own subtree", Wall{Of: []string{"a/..."}, Only: []string{"b"}}, nil},
		{"only nothing", Wall{Of: []string{"a/..."}, Only: []string{}}, []string{"a/a.go: imports b"}},
		{"by", Wall{Of: []string{"b"}, By: []string{"c"}}, []string{"a/a.go: imports b"}},
		{"by nobody", Wall{Of: []string{"b"}, By: []string{}}, []string{"a/a.go: imports b", "c/c.go: imports b"}},
		{"by, external", Wall{Of: []string{"example.com/lib/..."}, By: []string{"a"}}, []string{"b/b.go: imports example.com/lib/part"}},
		{"vanished", Wall{Of: []string{"d"}, By: []string{"e", "f/..."}}, []string{"d: no such package", "e: no such package"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.wall.Reason = "why"
			compare(t, tt.want, CheckWalls(world.load(t), []Wall{tt.wall}, map[string]string{"f/...": "later"}))
		})
	}
}

func TestCalls(t *testing.T) {
	rules := []Forbidden{
		{Package: "time", Names: names("Now Sleep"), Allowed: map[string]string{"clock/...": "is the clock"}, Reason: "why"},
		{Package: "math/rand/v2", Names: names("New NewPCG"), Except: true, Allowed: map[string]string{"gone": "was"}, Reason: "why"},
		{Package: "crypto/rand", Reason: "why"},
	}
	tests := []struct {
		name, file, text string
		want             []string
	}{
		{"forbidden", "a/a.go", "package a\nimport \"time\"\nvar _ = time.Now()\n", []string{"a/a.go:3: uses time.Now: why"}},
		{"as a value", "a/a.go", "package a\nimport \"time\"\nvar now = time.Now\n", []string{"a/a.go:3: uses time.Now"}},
		{"under another name", "a/a.go", "package a\nimport zeit \"time\"\nvar _ = zeit.Now()\n", []string{"a/a.go:3: uses time.Now"}},
		{"without a name", "a/a.go", "package a\nimport . \"time\"\nvar _ = Now()\n", []string{"a/a.go: imports time (as \".\")"}},
		{"a method of a local variable", "a/a.go", "package a\nimport \"time\"\ntype c struct{}\nfunc (c) Now() time.Time { return time.Time{} }\nfunc f(time c) { time.Now() }\n", nil},
		{"other names", "a/a.go", "package a\nimport \"time\"\nvar _ = time.Second\n", nil},
		{"allowed package", "clock/x/a.go", "package x\nimport \"time\"\nvar _ = time.Now()\n", nil},
		{"test", "a/a_test.go", "package a\nimport \"time\"\nvar _ = time.Now()\n", nil},
		{"all but some", "a/a.go", "package a\nimport \"math/rand/v2\"\nvar _ = rand.New(rand.NewPCG(1, 2))\nvar _ = rand.IntN(3)\n", []string{"a/a.go:4: uses math/rand/v2.IntN"}},
		{"whole package", "a/a.go", "package a\nimport \"crypto/rand\"\nvar _ = rand.Reader\n", []string{"a/a.go: imports crypto/rand"}},
		{"same name, other package", "a/a.go", "package a\nimport \"demailbench/time\"\nvar _ = time.Now()\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := source{tt.file: tt.text, "clock/clock.go": "package clock\n"}
			compare(t, append(tt.want, "gone: no such package"), CheckCalls(s.load(t), rules, nil))
		})
	}
}

func TestDocs(t *testing.T) {
	tests := []struct {
		name  string
		files source
		want  []string
	}{
		{"good", source{"a/a.go": "// Package a is a.\npackage a\n", "a/b.go": "package a\n"}, nil},
		{"command", source{"a/a.go": "// Command a does.\npackage main\n"}, nil},
		{"tests only", source{"a/a_test.go": "package a\n"}, nil},
		{"none", source{"a/a.go": "package a\n"}, []string{"a: has 0 package comments"}},
		{"none but in a test", source{"a/a.go": "package a\n", "a/a_test.go": "// Package a is a.\npackage a\n"}, []string{"a: has 0 package comments"}},
		{"two", source{"a/a.go": "// Package a is a.\npackage a\n", "a/b.go": "// Package a is b.\npackage a\n"}, []string{"a: has 2 package comments"}},
		{"other name", source{"a/a.go": "// Package b is a.\npackage a\n"}, []string{"a/a.go: the package comment does not begin with \"Package a\""}},
		{"license instead", source{"a/a.go": "// Copyright.\n\npackage a\n"}, []string{"a: has 0 package comments"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { compare(t, tt.want, CheckPackageDocs(tt.files.load(t))) })
	}
}

func TestExportedDocs(t *testing.T) {
	text := `package a

func Bare() {}

// Good is.
func Good() {}

type Naked struct{ Field int }

func (Naked) Method() {}

func (n *Naked) unexported() {}

type hidden struct{}

func (hidden) Method() {}

type Generic[T any] struct{} // is

func (Generic[T]) Method() {}

// A group of constants.
const (
	One = 1
	Two = 2
)

var (
	Loose int
	// Kept is.
	Kept int
	inner int
)

// Types in a group need their own.
type (
	Inside int
	// Told is.
	Told int
)
`
	want := []string{
		"a/a.go:10: exported Method", "a/a.go:20: exported Method", "a/a.go:29: exported Loose", "a/a.go:37: exported Inside",
		"a/a.go:3: exported Bare", "a/a.go:8: exported Naked",
	}
	compare(t, want, CheckExportedDocs(source{"a/a.go": text, "a/a_test.go": "package a\nfunc Helper() {}\n"}.load(t)))
}

func TestSizes(t *testing.T) {
	long := "package a\n\nfunc f() {\n" + strings.Repeat("\t_ = 0\n", 8) + "}\n"
	files := source{"a/a.go": long, "a/b.go": "package a\n\nfunc g() {\n\t_ = 0\n}\n", "a/a_test.go": long,
		"a/a.gen.go": "// Code generated by x. DO NOT EDIT.\n\n" + long + long[len("package a\n"):]}
	tests := []struct {
		name string
		max  Sizes
		want []string
	}{
		{"all fit", Sizes{12, 10, 17}, nil},
		{"file", Sizes{11, 10, 17}, []string{"a/a.go: has 12 lines (11)", "a/a_test.go: has 12 lines"}},
		{"function, not of a test", Sizes{12, 9, 17}, []string{"a/a.go:3: function f has 10 lines (9)"}},
		{"package, without tests", Sizes{12, 10, 16}, []string{"a: has 17 lines without tests (16)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { compare(t, tt.want, CheckSizes(files.load(t), tt.max)) })
	}
}

func TestTests(t *testing.T) {
	test := func(line string) string {
		return "package a\nimport (\n\"testing\"\n\"time\"\n)\nfunc TestX(t *testing.T) {\n" + line + "\n}\nvar _ = time.Second\n"
	}
	tests := []struct {
		name, line string
		want       []string
	}{
		{"clean", "t.Log(1)", nil},
		{"sleep", "time.Sleep(1)", []string{"a/a_test.go:7: uses time.Sleep"}},
		{"parallel", "t.Parallel()", []string{"a/a_test.go:7: runs in parallel"}},
		{"parallel subtest", `t.Run("x", func(t *testing.T) { t.Parallel() })`, []string{"a/a_test.go:7: runs in parallel"}},
		{"skip with a reason", `t.Skip("needs tcpdump in PATH")`, nil},
		{"skip with a format", `t.Skipf("needs %s", "tcpdump")`, nil},
		{"skip without", `t.Skip()`, []string{"a/a_test.go:7: calls Skip without"}},
		{"skip with empty words", `t.Skip("not today")`, []string{"a/a_test.go:7: calls Skip without"}},
		{"skip with a variable", `t.Skip(t.Name())`, []string{"a/a_test.go:7: calls Skip without"}},
		{"SkipNow", `t.SkipNow()`, []string{"a/a_test.go:7: calls SkipNow without"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := source{"a/a_test.go": test(tt.line), "b/b_test.go": test("time.Sleep(1)")}
			compare(t, append(tt.want, "gone: no such package"), CheckTests(files.load(t), map[string]string{"b": "may", "gone": "might"}))
		})
	}
}

func TestFuzz(t *testing.T) {
	files := source{
		"a/a.go": "package a\n", "a/a_test.go": "package a\nfunc FuzzA() {}\n",
		"b/b.go": "package b\nfunc FuzzB() {}\n", "b/b_test.go": "package b\nfunc TestFuzz() {}\n",
	}
	parsers := map[string]string{"a": "letters", "b": "words", "c": "nothing", "d": "later"}
	compare(t, []string{"b: has no fuzz target, although it reads words", "c: no such package"},
		CheckFuzz(files.load(t), parsers, map[string]string{"d": "later"}))
}

func TestPrivate(t *testing.T) {
	files := source{
		"api.yaml": "paths:\n  /v1/users:\n  /v1/users/{id}:\n", "a/a.go": "package a\nconst p = \"/v1/\" + \"users\"\n",
		"a/a_test.go": "package a\nconst q = `https://x/v1/users?x`\n", "b/b.go": "package b\nconst p = \"/v1/users\"\n", "c/c.go": "package c\nconst p = \"/v1/users\"\n",
	}
	rule := Private{File: "api.yaml", Word: regexp.MustCompile(`(?m)^  (/v1/[a-z]+)`), In: []string{"a", "b"}, Allowed: []string{"b"}, Reason: "why"}
	compare(t, []string{"a/a_test.go:2: knows /v1/users: why"}, CheckPrivate(files.load(t), []Private{rule}))
	rule.File = "gone.yaml"
	compare(t, []string{"gone.yaml: cannot be read"}, CheckPrivate(files.load(t), []Private{rule}))
	rule.File = "a/a.go"
	compare(t, []string{"a/a.go: has none of the words"}, CheckPrivate(files.load(t), []Private{rule}))
}

func TestLayout(t *testing.T) {
	good := source{".gitignore": "/bin/\n/reports/out/\n", "bin/x": "", "go.mod": "module demailbench\n", ".ci/run": ""}
	for _, name := range TopLevel {
		if name != "go.mod" {
			good[name] = ""
		}
	}
	tests := []struct {
		name string
		edit func(source)
		want []string
	}{
		{"good", func(source) {}, nil},
		{"one too many", func(s source) { s["internal/x.go"] = "" }, []string{"internal: does not belong"}},
		{"one missing", func(s source) { delete(s, "sim") }, []string{"sim: is missing"}},
		{"replace", func(s source) { s["go.mod"] = "module x\nreplace a => ../a\n" }, []string{"go.mod:2: replaces a module"}},
		{"replace in a block", func(s source) { s["go.mod"] = "module x\nreplace (\n\ta => ../a\n)\n" }, []string{"go.mod:2: replaces a module"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := source{}
			for name, text := range good {
				s[name] = text
			}
			tt.edit(s)
			got, err := CheckLayout(s.fs())
			if err != nil {
				t.Fatal(err)
			}
			compare(t, tt.want, got)
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, s := range map[string]source{"there are no Go files": {"go.mod": ""}, "expected 'package'": {"a.go": "pack"}} {
		if _, err := Load(s.fs()); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one with %q", err, name)
		}
	}
}

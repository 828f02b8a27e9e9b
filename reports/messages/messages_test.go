package messages

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var part = regexp.MustCompile(`\{\w+\}`)

func TestEveryKeyHasBothLanguages(t *testing.T) {
	for _, k := range Keys() {
		e := catalogue()[k]
		if strings.TrimSpace(e.EN) == "" || strings.TrimSpace(e.DE) == "" {
			t.Errorf("%s lacks a language: %+v", k, e)
		}
		en, de := part.FindAllString(e.EN, -1), part.FindAllString(e.DE, -1)
		slices.Sort(en)
		slices.Sort(de)
		if !slices.Equal(en, de) {
			t.Errorf("%s: English has the parts %v, German %v", k, en, de)
		}
	}
}

// TestKeysAndUses compares the catalogue with the string literals of the reports' code and templates: a
// literal that is a key uses it, one that ends with a dot uses the whole family.
func TestKeysAndUses(t *testing.T) {
	used := map[string]bool{}
	for _, dir := range []string{"..", "../../features/rehearse", "../../cmd/demailbench"} {
		for _, lit := range literals(t, dir, ".go", ".html") {
			used[lit] = true
		}
	}
	families := map[string]bool{}
	for _, k := range Keys() {
		family := k[:strings.LastIndex(k, ".")+1]
		families[family] = true
		if !used[k] && !usedFamily(used, k) {
			t.Errorf("nobody says %s", k)
		}
	}
	key := regexp.MustCompile(`^[a-z]+(\.[a-z]+)+$`) // not file names: their family has no key
	for lit := range used {
		i := strings.LastIndex(lit, ".")
		if key.MatchString(lit) && families[lit[:i+1]] && !In(English).Has(lit) {
			t.Errorf("%s is said and not in the catalogue", lit)
		}
	}
}

func usedFamily(used map[string]bool, key string) bool {
	for i, c := range key {
		if c == '.' && used[key[:i+1]] {
			return true
		}
	}
	return false
}

// asked finds keys in templates, where quotes stand inside quotes.
var asked = regexp.MustCompile(`Say "([\w.]+)"`)

var quoted = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"")

// literals returns all string literals below dir, of this package's tests not.
func literals(t *testing.T, dir string, endings ...string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if d != nil && d.IsDir() && (d.Name() == "messages" || d.Name() == "out") {
			return filepath.SkipDir
		}
		if err != nil || !slices.Contains(endings, filepath.Ext(p)) || strings.HasSuffix(p, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(p)
		for _, m := range asked.FindAllStringSubmatch(string(raw), -1) {
			out = append(out, m[1])
		}
		for _, q := range quoted.FindAllString(string(raw), -1) {
			if s, err := strconv.Unquote(q); err == nil {
				out = append(out, s)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSay(t *testing.T) {
	en, de := In(English), In(German)
	for _, tt := range []struct{ got, want string }{
		{en.Say("page.exit"), "Exit code"},
		{de.Say("page.exit"), "Rückgabewert"},
		{en.Say("diagram.zone", "zone", "svn"), "zone svn"},
		{de.Say("card.packetat", "link", "{n}", "n", 7), "Paket 7 auf der Leitung {n} in"},
		{en.Say("row.drop", "target", "x", "reason", "rule", "rule", "M-1"), "dropped: rule, M-1 (to x)"},
		{en.Say("card.packetat", "n", 7), "packet 7 on link {link} in"},
		{en.Say("no.such.key"), "[no.such.key]"},
		{In("fr").Say("page.exit"), "Exit code"},
		{Text{}.Say("page.exit"), "Exit code"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestParseLang(t *testing.T) {
	for in, want := range map[string]Lang{"": English, "en": English, "DE": German} {
		if got, err := ParseLang(in); err != nil || got != want {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
	if _, err := ParseLang("fr"); err == nil || !strings.Contains(err.Error(), "choose en or de") {
		t.Errorf("fr: %v", err)
	}
}

// TestFindingsHaveGerman reads what the judge says from its source: every text that is assigned to
// Expected or Observed must have a German form.
func TestFindingsHaveGerman(t *testing.T) {
	files, err := filepath.Glob("../../features/check/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("the judge's source is not where it was: %v", err)
	}
	n := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range said(file) {
			n++
			if _, lang := In(German).Finding(s); lang != German {
				t.Errorf("%s says %q, which has no German; add a line to findings.yaml", filepath.Base(f), s)
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d texts found: the judge says them in another way now, and this test does not see them", n)
	}
}

// said returns examples of the texts that a file assigns to Expected and Observed.
func said(file *ast.File) []string {
	var out []string
	take := func(name string, e ast.Expr) {
		if name == "Expected" || name == "Observed" {
			if s := example(e); s != "" && s != "x" && s != foreign {
				out = append(out, s)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if sel, ok := l.(*ast.SelectorExpr); ok && i < len(n.Rhs) && n.Tok == token.ASSIGN {
					take(sel.Sel.Name, n.Rhs[i])
				}
			}
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok {
				take(id.Name, n.Value)
			}
		}
		return true
	})
	return out
}

// foreign stands for the text of an error of a library, which is shown as it is.
const foreign = "no such file"

var verb = regexp.MustCompile(`%[.\d]*[a-z]`)

// example makes a text of an expression: literals as they are, verbs and calls by samples.
func example(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		if err != nil {
			return ""
		}
		return s
	case *ast.CallExpr:
		if sel, ok := e.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Sprintf" {
			return samples(e)
		}
		if sel, ok := e.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Error" {
			return foreign
		}
		if id, ok := e.Fun.(*ast.Ident); ok {
			return sample(id.Name)
		}
		if sel, ok := e.Fun.(*ast.SelectorExpr); ok {
			return sample(sel.Sel.Name)
		}
	case *ast.BinaryExpr:
		return example(e.X) + example(e.Y)
	}
	return "x"
}

// samples fills a Sprintf.
func samples(call *ast.CallExpr) string {
	format := example(call.Args[0])
	i := 0
	return verb.ReplaceAllStringFunc(format, func(v string) string {
		i++
		arg := ""
		if i < len(call.Args) {
			if c, ok := call.Args[i].(*ast.CallExpr); ok {
				arg = example(c)
			}
		}
		switch {
		case strings.HasSuffix(v, "d"):
			return "25"
		case strings.HasSuffix(v, "q"):
			return `"text"`
		case arg != "" && arg != "x":
			return arg
		case strings.HasSuffix(format, v) && strings.HasSuffix(format, ", "+v):
			return "once"
		}
		return "x"
	})
}

// sample is what the judge's own small functions say.
func sample(function string) string {
	switch function {
	case "count":
		return "twice"
	case "stamp":
		return "2015-11-02 08:00:00.006 +0100"
	case "last":
		return "; last seen at 2015-11-02 08:00:00.006 +0100: smtp.sent at dmda"
	case "firstDifference":
		return "field Subject is missing or differs"
	case "orDash":
		return "-"
	}
	return "x"
}

func TestFinding(t *testing.T) {
	de := In(German)
	for in, want := range map[string]string{
		"expected: an alert in mailbox a@b.de that names Stadt X, once; observed: it is there never": "erwartet: eine Warnung im Postfach a@b.de, die „Stadt X“ nennt, einmal; beobachtet: sie kam dort nicht an",
		"it is there twice; last seen at 2015-11-02 08:01:00.050 +0100: smtp.accepted at dmda":       "sie liegt dort zweimal; zuletzt gesehen am 2015-11-02 08:01:00.050 +0100: angenommen bei dmda",
		"it is not there; no party saw it":                                                                     "sie ist nicht dort; kein Beteiligter hat sie gesehen",
		"CONNECT answered 554 5.7.1 host is not known (-) at 2015-11-02 08:00:00.007 +0100":                    "CONNECT wurde beantwortet mit 554 5.7.1 host is not known (-) am 2015-11-02 08:00:00.007 +0100",
		"the gateway crashed: the worker process gave no answer (EOF); its last words:\npanic: x\ngoroutine 1": "das Gateway ist abgestürzt: Der Arbeitsprozess gab keine Antwort (EOF); seine letzten Worte:\npanic: x\ngoroutine 1",
	} {
		got, lang := de.Finding(in)
		if got != want || lang != German {
			t.Errorf("%q:\n got %s\nwant %s", in, got, want)
		}
	}
	if got, lang := de.Finding("nobody ever said this"); got != "nobody ever said this" || lang != English {
		t.Errorf("an unknown text became %q in %s", got, lang)
	}
	if got, lang := In(English).Finding("nothing"); got != "nothing" || lang != English {
		t.Errorf("English became %q in %s", got, lang)
	}
}

func TestTemplatesFit(t *testing.T) {
	for _, s := range sentences() {
		for _, g := range group.FindAllStringSubmatch(s.DE, -1) {
			if n, _ := strconv.Atoi(g[1]); n > s.form.NumSubexp() {
				t.Errorf("%s: %s has no group %s", s.EN, fmt.Sprint(s.DE), g[1])
			}
		}
	}
}

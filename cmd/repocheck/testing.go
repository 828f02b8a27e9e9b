package repocheck

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Parsers are the packages that read what strangers or users write, with what they read: each needs a
// fuzz target.
var Parsers = map[string]string{
	"sim/dns":    "answers of name servers, zone records",
	"sim/pki":    "key files",
	"sim/wire":   "SMTP commands and message data",
	"sim/demail": "addresses, header fields, recipient lists",

	"sim/demail/sign":        "integrity headers and certificates in messages",
	"sim/demail/acknowledge": "XML of confirmations and notifications",
	"sim/dmda/confirm":       "bodies of confirmations and notifications",
	"sim/dmda/content":       "bodies of messages",
	"sim/dmda/draft":         "drafts of a gateway or a portal",
	"sim/dmda/order":         "order sheets",
	"features/explain":       "stored messages",

	"features/rehearse/table": "mapping tables of spreadsheet programs",
	"sim/config":              "YAML of topologies, tenants, accounts",
	"sim/lab":                 "profiles as a whole",
	"sim/record":              "stored records",
	"sim/router":              "packets: NAT, ICMP inside, the tunnel",
	"gateway":                 "the gateway's configuration",
	"gateway/table":           "mapping tables of spreadsheet programs",
	"gateway/demail":          "addresses, header fields",
	"gateway/guard":           "SMTP commands as they come in",
	"gateway/admin":           "requests to the administration",
	"gateway/smtpd":           "SMTP sessions",
	"features/suite":          "tag expressions and feature files",

	"features/evidence":       "stored captures",
	"features/sut/protocol":   "lines of drivers",
	"features/sut/jsonschema": "JSON against schemas",
	"features/sut/driver":     "answers of drivers",
	"features/sut/suts":       "sut.yaml",
}

// CheckFuzz reports parsers without a fuzz target, and entries of the list whose package is gone.
func CheckFuzz(t *Tree, parsers, planned map[string]string) []Problem {
	var out []Problem
	for _, p := range t.Packages {
		if reads, listed := parsers[p.Path]; listed && !slices.ContainsFunc(p.Files, hasFuzz) {
			out = append(out, Problem{p.Path, "has no fuzz target, although it reads " + reads})
		}
	}
	return append(out, t.Vanished("the list of parsers", slices.Sorted(maps.Keys(parsers)), planned)...)
}

func hasFuzz(f *File) bool {
	return f.Test && slices.ContainsFunc(f.Syntax.Decls, func(d ast.Decl) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Fuzz")
	})
}

// Sleepers are the packages whose tests may sleep, and why.
var Sleepers = map[string]string{
	"sim/clock": "proves that virtual time stands still while the real world takes its time",
}

// CheckTests reports tests that sleep (sleepers excepted), that run in parallel, or that are skipped
// without saying what is missing.
func CheckTests(t *Tree, sleepers map[string]string) []Problem {
	var out []Problem
	for _, p := range t.Packages {
		for _, f := range p.Files {
			if !f.Test {
				continue
			}
			if _, may := sleepers[p.Path]; !may {
				out = append(out, t.sleeps(f)...)
			}
			out = append(out, t.escapes(f)...)
		}
	}
	return append(out, t.Vanished("the list of tests that may sleep", slices.Sorted(maps.Keys(sleepers)), nil)...)
}

func (t *Tree) sleeps(f *File) []Problem {
	var out []Problem
	for name, imported := range f.Imports {
		if imported != "time" {
			continue
		}
		for _, sel := range selectors(f.Syntax, name) {
			if sel.Sel.Name == "Sleep" {
				out = append(out, Problem{t.where(sel.Pos()), "uses time.Sleep: wait for an event, or use the virtual clock"})
			}
		}
	}
	return out
}

// escapes finds t.Parallel and t.Skip by the method's name on a plain variable, which in a test file is the
// test itself.
func (t *Tree) escapes(f *File) []Problem {
	var out []Problem
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); !ok || id.Obj == nil || !slices.Contains([]string{"t", "b", "f", "tb"}, id.Name) {
			return true
		}
		switch sel.Sel.Name {
		case "Parallel":
			out = append(out, Problem{t.where(call.Pos()), "runs in parallel: a virtual clock takes any other test for its own world's work"})
		case "Skip", "Skipf", "SkipNow":
			if !saysWhatIsMissing(call) {
				out = append(out, Problem{t.where(call.Pos()), fmt.Sprintf("calls %s without the words that say what it needs (\"needs ...\")", sel.Sel.Name)})
			}
		}
		return true
	})
	return out
}

func saysWhatIsMissing(call *ast.CallExpr) bool {
	if len(call.Args) == 0 {
		return false
	}
	lit, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		return false
	}
	text, err := strconv.Unquote(lit.Value)
	return err == nil && strings.Contains(text, "needs ")
}

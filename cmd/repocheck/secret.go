package repocheck

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Private are what packages outside a list must not know, as words in string literals.
type Private struct {
	// File is where the words are read from, the first group of Word in each match.
	File string
	Word *regexp.Regexp
	// In are the packages that the rule is about, Allowed those of them that may know all the same.
	In, Allowed []string
	Reason      string
}

// Secrets are the paths of the reference gateway's API: whoever drives it by them drives no other gateway.
var Secrets = []Private{{
	File: "gateway/admin/openapi.yaml", Word: regexp.MustCompile(`(?m)^  (/v[0-9]+/[a-z-]+)`),
	In: []string{"features/...", "sim/...", "reports/..."}, Allowed: []string{"features/sut/reference"},
	Reason: "every gateway is driven by the contract's operations; the reference's API is known to its adapter alone",
}}

// CheckPrivate reports string literals, of tests too, in which such words occur.
func CheckPrivate(t *Tree, rules []Private) []Problem {
	var out []Problem
	for _, r := range rules {
		text, err := fs.ReadFile(t.FS, r.File)
		if err != nil {
			out = append(out, Problem{r.File, "cannot be read, but a rule looks for its words"})
			continue
		}
		var words []string
		for _, m := range r.Word.FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(words, m[1]) {
				words = append(words, m[1])
			}
		}
		if len(words) == 0 {
			out = append(out, Problem{r.File, "has none of the words that a rule looks for"})
		}
		for _, p := range t.Packages {
			if matchAny(r.In, p.Path) && !matchAny(r.Allowed, p.Path) {
				out = append(out, t.literals(p, words, r.Reason)...)
			}
		}
	}
	return out
}

func (t *Tree) literals(p *Package, words []string, reason string) []Problem {
	var out []Problem
	for _, f := range p.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if i := slices.IndexFunc(words, func(w string) bool { return strings.Contains(text, w) }); err == nil && i >= 0 {
				out = append(out, Problem{t.where(lit.Pos()), fmt.Sprintf("knows %s: %s", words[i], reason)})
			}
			return true
		})
	}
	return out
}

package suite

import (
	"fmt"
	"slices"
	"strings"
)

// tagExpr is a tag expression of Cucumber: tags, "not", "and", "or" and parentheses.
type tagExpr func(tags []string) bool

// parseTags reads an expression. known are all tags in use: a tag that no scenario carries is an error,
// with the nearest known one as a suggestion, because it would select nothing (or, after "not", all).
func parseTags(expr string, known []string) (tagExpr, error) {
	p := &tagParser{tokens: tokenize(expr), known: known}
	e, err := p.or()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("unexpected %q", p.tokens[0])
	}
	if err != nil {
		return nil, fmt.Errorf("tag expression %q: %w", expr, err)
	}
	return e, nil
}

func tokenize(s string) []string {
	s = strings.NewReplacer("(", " ( ", ")", " ) ").Replace(s)
	return strings.Fields(s)
}

type tagParser struct {
	tokens []string
	known  []string
}

// take removes the next token when it is one of want.
func (p *tagParser) take(want string) bool {
	if len(p.tokens) == 0 || p.tokens[0] != want {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *tagParser) or() (tagExpr, error) {
	a, err := p.and()
	for err == nil && p.take("or") {
		var b tagExpr
		if b, err = p.and(); err == nil {
			l := a
			a = func(t []string) bool { return l(t) || b(t) }
		}
	}
	return a, err
}

func (p *tagParser) and() (tagExpr, error) {
	a, err := p.not()
	for err == nil && p.take("and") {
		var b tagExpr
		if b, err = p.not(); err == nil {
			l := a
			a = func(t []string) bool { return l(t) && b(t) }
		}
	}
	return a, err
}

func (p *tagParser) not() (tagExpr, error) {
	switch {
	case p.take("not"):
		a, err := p.not()
		return func(t []string) bool { return !a(t) }, err
	case p.take("("):
		a, err := p.or()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("missing )")
		}
		return a, err
	case len(p.tokens) == 0:
		return nil, fmt.Errorf("a tag is missing at the end")
	}
	tag := p.tokens[0]
	p.tokens = p.tokens[1:]
	if !strings.HasPrefix(tag, "@") || strings.ContainsAny(tag, ",&|~") {
		return nil, fmt.Errorf("%q is not a tag; write tags as @name and join them with and, or, not", tag)
	}
	if !slices.Contains(p.known, tag) {
		return nil, fmt.Errorf("no scenario carries %s%s", tag, suggest(tag, p.known))
	}
	return func(t []string) bool { return slices.Contains(t, tag) }, nil
}

// suggest returns "; did you mean X?" for the nearest of known, or where to look.
func suggest(s string, known []string) string {
	best, at := "", 1+max(2, len(s)/3)
	for _, k := range known {
		if d := distance(s, k); d < at {
			best, at = k, d
		}
	}
	if best == "" {
		return "; \"demailbench list\" shows what there is"
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// distance is the Levenshtein distance of two short strings.
func distance(a, b string) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		cur := make([]int, len(b)+1)
		cur[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j+1]+1, cur[j]+1, prev[j]+cost)
		}
		prev = cur
	}
	return prev[len(b)]
}

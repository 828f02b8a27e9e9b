// Package document reads a file that a person wrote, strictly: one YAML document of plain UTF-8, no unknown or
// repeated key, no anchors, aliases or tags, bounded in size and depth. What is wrong is told in one line with file,
// line, column, field, value and what to do. It leaves out what the values mean; who knows that finds their place
// again with Place.
package document

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Fault is one fault of a file, in one line. It is an error.
type Fault struct {
	// File is the file's name; empty for what was not read from one.
	File string
	// Line and Column count from 1; 0 when the fault has no place.
	Line, Column int
	// Field is the path of the value, "tenants[1].mapping[0].mail"; Value what stands there.
	Field, Value string
	// Problem says what is wrong, Fix what to do.
	Problem, Fix string
}

// Error returns "file:line:column: field: value: problem; what to do" without what is empty.
func (e *Fault) Error() string {
	var parts []string
	if e.File != "" {
		place := e.File
		if e.Line > 0 {
			place += fmt.Sprintf(":%d:%d", e.Line, e.Column)
		}
		parts = append(parts, place)
	}
	if e.Field != "" {
		parts = append(parts, e.Field)
	}
	if e.Value != "" {
		parts = append(parts, fmt.Sprintf("%.80q", e.Value))
	}
	text := strings.Join(append(parts, e.Problem), ": ")
	if e.Fix != "" {
		text += "; " + e.Fix
	}
	return strings.NewReplacer("\n", " ", "\r", " ").Replace(text)
}

// Form is what is known of a kind of file.
type Form struct {
	// Size bounds it, in octets.
	Size int
	// Compare says what to do about a file whose form is wrong, Begin what to do about an empty one.
	Compare, Begin string
}

const (
	// depthMax bounds nesting: the deepest key of the gateway's files is at level 5.
	depthMax = 16
	// lineMax bounds a line, and with it nesting by dashes and by indentation.
	lineMax = 4096
)

// Document is a file that was read, to find the place of a value again.
type Document struct {
	name string
	form Form
	root ast.Node
}

// Decode reads text into v, a pointer to a struct; name is the file's name in errors, which are *Fault.
func Decode(name string, text []byte, v any, form Form) (*Document, error) {
	d := &Document{name: name, form: form}
	if fault := d.decode(text, v); fault != nil {
		fault.File = name
		return nil, fault
	}
	return d, nil
}

func (d *Document) decode(text []byte, v any) (fault *Fault) {
	defer func() { // the YAML library's parser is not ours to trust
		if p := recover(); p != nil {
			fault = &Fault{Problem: "cannot be read as YAML", Fix: "write plain block-style YAML"}
		}
	}()
	if fault := d.checkText(text); fault != nil {
		return fault
	}
	tokens := lexer.Tokenize(string(text))
	if fault := checkTokens(tokens); fault != nil {
		return fault
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return d.explain(err)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil || file.Docs[0].Body.Type() == ast.CommentType {
		return &Fault{Problem: "is not one YAML document", Fix: d.form.Begin}
	}
	d.root = file.Docs[0].Body
	if err := yaml.NodeToValue(d.root, v, yaml.Strict()); err != nil {
		return d.explain(err)
	}
	return nil
}

// checkText refuses what is not plain UTF-8 text of sane size.
func (d *Document) checkText(text []byte) *Fault {
	if len(text) > d.form.Size {
		return &Fault{Problem: fmt.Sprintf("has %d octets, the limit is %d", len(text), d.form.Size), Fix: "name the right file"}
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return &Fault{Problem: "is empty", Fix: d.form.Begin}
	}
	for i, l := range bytes.Split(text, []byte("\n")) {
		switch {
		case !utf8.Valid(l) || bytes.HasPrefix(l, []byte("\xef\xbb\xbf")):
			return &Fault{Line: i + 1, Column: 1, Problem: "is not UTF-8 without byte order mark", Fix: "save it as UTF-8"}
		case len(l) > lineMax:
			return &Fault{Line: i + 1, Column: lineMax, Problem: fmt.Sprintf("line of %d octets, the limit is %d", len(l), lineMax), Fix: "break it"}
		}
	}
	return nil
}

// checkTokens refuses anchors, aliases and tags, by which a small file can grow without bound, and deep
// nesting, which would exhaust the parser's stack.
func checkTokens(tokens token.Tokens) *Fault {
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType:
			return &Fault{Line: t.Position.Line, Column: t.Position.Column, Value: t.Value,
				Problem: "anchors, aliases and tags are not allowed", Fix: "write the value itself"}
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		}
		if depth > depthMax || t.Position.IndentNum > 2*depthMax {
			return &Fault{Line: t.Position.Line, Column: t.Position.Column, Problem: "is nested too deeply", Fix: "indent by two blanks a level"}
		}
	}
	return nil
}

// goType matches what the library says about Go's types, which means nothing to the reader of a file.
var goType = regexp.MustCompile(`(?s)^(cannot unmarshal|time: |strconv|overflow|value of type).*`)

const noDuration, durationFix = "is not a duration", "write a number with its unit: 30s, 5m, 4h"

// explain turns an error of the YAML library into ours.
func (d *Document) explain(err error) *Fault {
	var y yaml.Error
	if !errors.As(err, &y) {
		return d.other(err)
	}
	e := &Fault{Problem: goType.ReplaceAllString(y.GetMessage(), "has the wrong form"), Fix: d.form.Compare}
	switch {
	case strings.HasPrefix(y.GetMessage(), "unknown field"):
		e.Problem, e.Fix = "unknown key", "correct the spelling or remove it"
	case strings.Contains(y.GetMessage(), "time.Duration"):
		e.Problem, e.Fix = noDuration, durationFix
	}
	if t := y.GetToken(); t != nil {
		e.Line, e.Column, e.Value = t.Position.Line, t.Position.Column, strings.TrimSpace(t.Value)
		e.Field = d.path(t)
	}
	return e
}

// badDuration matches the error of time.ParseDuration, which the library hands on without its place.
var badDuration = regexp.MustCompile(`duration ("(?:[^"\\]|\\.)*")$`)

func (d *Document) other(err error) *Fault {
	e := &Fault{Problem: err.Error(), Fix: d.form.Compare}
	if m := badDuration.FindStringSubmatch(err.Error()); m != nil {
		e.Problem, e.Fix = noDuration, durationFix
		e.Value, _ = strconv.Unquote(m[1])
		v := &finder{value: &e.Value}
		ast.Walk(v, d.root)
		if v.found != nil {
			e.Field = strings.TrimPrefix(v.path, "$.")
			e.Line, e.Column = v.found.Position.Line, v.found.Position.Column
		}
	}
	return e
}

// path finds the field whose node begins with t.
func (d *Document) path(t *token.Token) string {
	if d.root == nil {
		return ""
	}
	v := &finder{t: t}
	ast.Walk(v, d.root)
	return strings.TrimPrefix(v.path, "$.")
}

// finder looks for the node of a token, or for the first scalar of a value.
type finder struct {
	t     *token.Token
	value *string
	path  string
	found *token.Token
}

// Visit implements ast.Visitor.
func (v *finder) Visit(n ast.Node) ast.Visitor {
	if v.path != "" {
		return nil
	}
	t := n.GetToken()
	if t == v.t || v.value != nil && n.Type() == ast.StringType && t.Value == *v.value {
		v.path, v.found = n.GetPath(), t
	}
	return v
}

// Place gives a fault its file, and the position of its field or of the nearest part of the path that the file has.
func (d *Document) Place(e *Fault) {
	e.File, e.Line, e.Column = d.name, 1, 1
	for field := e.Field; field != ""; field = field[:max(strings.LastIndexAny(field, ".["), 0)] {
		p, err := yaml.PathString("$." + field)
		if err != nil {
			continue
		}
		if n, err := p.FilterNode(d.root); err == nil && n != nil && n.GetToken() != nil {
			e.Line, e.Column = n.GetToken().Position.Line, n.GetToken().Position.Column
			return
		}
	}
}

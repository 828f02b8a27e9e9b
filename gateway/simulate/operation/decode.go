package operation

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// FileError is one fault of a simulation's file, in one line.
type FileError struct {
	// File is the name given to Parse; Line and Column count from 1.
	File         string
	Line, Column int
	// Field is the path of the value, "components[0].repair.median"; Value what stands there.
	Field, Value string
	// Problem says what is wrong, Fix what to do.
	Problem, Fix string
}

// Error returns "file:line:column: field: value: problem; what to do" without what is empty.
func (e *FileError) Error() string {
	parts := []string{fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)}
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

const (
	// fileMax, lineMax, depthMax bound a file: the example is a hundredth of it, four levels deep.
	fileMax, lineMax, depthMax = 1 << 18, 4096, 16
	// compare is what to do about a file whose form is wrong.
	compare = "compare with fixtures/simulations/pilot.yaml"
)

// document is a file that was read, to find the place of a value again.
type document struct {
	name string
	root ast.Node
}

// decode reads text strictly into v: one document of plain UTF-8, no unknown or repeated keys, no anchors or tags.
func decode(name string, text []byte, v any) (d *document, err error) {
	d = &document{name: name}
	defer func() { // the YAML library's parser is not ours to trust
		if p := recover(); p != nil {
			err = &FileError{File: name, Line: 1, Column: 1, Problem: "cannot be read as YAML", Fix: "write plain block-style YAML"}
		}
	}()
	if err := checkText(name, text); err != nil {
		return nil, err
	}
	tokens := lexer.Tokenize(string(text))
	if err := checkTokens(name, tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, d.explain(err)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil || file.Docs[0].Body.Type() == ast.CommentType {
		return nil, &FileError{File: name, Line: 1, Column: 1, Problem: "is not one YAML document", Fix: compare}
	}
	d.root = file.Docs[0].Body
	if err := yaml.NodeToValue(d.root, v, yaml.Strict()); err != nil {
		return nil, d.explain(err)
	}
	return d, nil
}

// checkText refuses what is not plain UTF-8 text of sane size.
func checkText(name string, text []byte) error {
	fault := &FileError{File: name, Line: 1, Column: 1}
	switch {
	case len(text) > fileMax:
		fault.Problem, fault.Fix = fmt.Sprintf("has %d octets, the limit is %d", len(text), fileMax), "name the right file"
		return fault
	case len(bytes.TrimSpace(text)) == 0:
		fault.Problem, fault.Fix = "is empty", compare
		return fault
	}
	for i, l := range bytes.Split(text, []byte("\n")) {
		fault.Line = i + 1
		switch {
		case !utf8.Valid(l) || bytes.HasPrefix(l, []byte("\xef\xbb\xbf")):
			fault.Problem, fault.Fix = "is not UTF-8 without byte order mark", "save it as UTF-8"
			return fault
		case len(l) > lineMax:
			fault.Column, fault.Problem, fault.Fix = lineMax, fmt.Sprintf("line of %d octets, the limit is %d", len(l), lineMax), "break it"
			return fault
		}
	}
	return nil
}

// checkTokens refuses what makes a file mean more than it shows, and nesting without end.
func checkTokens(name string, tokens token.Tokens) error {
	depth := 0
	for _, t := range tokens {
		at := &FileError{File: name, Line: t.Position.Line, Column: t.Position.Column}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType:
			at.Value, at.Problem, at.Fix = t.Value, "anchors, aliases and tags are not allowed", "write the value itself"
			return at
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		}
		if depth > depthMax || t.Position.IndentNum > 2*depthMax {
			at.Problem, at.Fix = "is nested too deeply", "indent by two blanks a level"
			return at
		}
	}
	return nil
}

// goType matches what the library says about Go's types.
var goType = regexp.MustCompile(`(?s)^(cannot unmarshal|strconv|overflow|value of type).*`)

// explain turns an error of the YAML library into ours.
func (d *document) explain(err error) error {
	e := &FileError{File: d.name, Line: 1, Column: 1, Problem: "cannot be read as YAML", Fix: compare}
	var y yaml.Error
	if !errors.As(err, &y) {
		return e
	}
	e.Problem = goType.ReplaceAllString(y.GetMessage(), "has the wrong form")
	if strings.HasPrefix(y.GetMessage(), "unknown field") {
		e.Problem, e.Fix = "unknown key", "correct the spelling or remove it"
	}
	if t := y.GetToken(); t != nil {
		e.Line, e.Column, e.Value = t.Position.Line, t.Position.Column, strings.TrimSpace(t.Value)
	}
	return e
}

// fault is an error at a field, or at the nearest part of its path that the file has.
func (d *document) fault(field, value, problem, fix string) error {
	e := &FileError{File: d.name, Line: 1, Column: 1, Field: field, Value: value, Problem: problem, Fix: fix}
	for path := field; path != ""; path = path[:max(strings.LastIndexAny(path, ".["), 0)] {
		p, err := yaml.PathString("$." + path)
		if err != nil {
			continue
		}
		if n, err := p.FilterNode(d.root); err == nil && n != nil && n.GetToken() != nil {
			e.Line, e.Column = n.GetToken().Position.Line, n.GetToken().Position.Column
			return e
		}
	}
	return e
}

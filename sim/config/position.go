package config

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Fail returns the error that says that the value at field is wrong. A field that is not in the file is
// placed at the nearest part of it that is.
func (s *Source) Fail(field, value, problem, fix string) *Error {
	e := &Error{File: s.Name, Field: field, Value: value, Problem: problem, Fix: fix}
	if t := s.find(field); t != nil {
		e.Line, e.Column = t.Position.Line, t.Position.Column
	}
	return e
}

// find returns the token at which the value of field begins.
func (s *Source) find(field string) *token.Token {
	for f := field; f != ""; f = parent(f) {
		path, err := yaml.PathString("$." + f)
		if err != nil {
			continue
		}
		if node, err := path.FilterNode(s.root); err == nil && node != nil {
			return begin(node)
		}
	}
	return begin(s.root)
}

// begin is the first token of a node. A mapping in block style is found by its first key, because its own
// token is the colon behind it.
func begin(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken()
	case *ast.SequenceNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return begin(n.Values[0])
		}
	}
	return n.GetToken()
}

// parent cuts the last step off a path.
func parent(field string) string {
	return field[:max(strings.LastIndexAny(field, ".["), 0)]
}

// atToken returns the error for the place of t.
func (s *Source) atToken(t *token.Token, problem, fix string) *Error {
	e := &Error{File: s.Name, Problem: problem, Fix: fix}
	if t != nil && t.Position != nil {
		e.Line, e.Column = t.Position.Line, t.Position.Column
		e.Field = s.pathOf(t)
		e.Value = strings.TrimSpace(t.Value)
	}
	return e
}

// pathOf returns the path of the value or key that t begins, empty before the file is parsed.
func (s *Source) pathOf(t *token.Token) string {
	if s.root == nil {
		return ""
	}
	f := &finder{token: t}
	ast.Walk(f, s.root)
	return strings.TrimPrefix(strings.TrimPrefix(f.path, "$"), ".")
}

// finder looks for the node of a token.
type finder struct {
	token *token.Token
	path  string
}

// Visit implements ast.Visitor.
func (f *finder) Visit(n ast.Node) ast.Visitor {
	if f.path != "" {
		return nil
	}
	if n.GetToken() == f.token {
		f.path = n.GetPath()
		return nil
	}
	return f
}

// readme is what to do about a value whose form is wrong.
const readme = "README.md beside the file describes the format"

var (
	// goType matches what the library says about Go's types, which means nothing to the reader of a file.
	goType = regexp.MustCompile(`^cannot unmarshal .*`)
	// repeated matches what the parser, which has no typed error for it, says about a key given twice.
	repeated = regexp.MustCompile(`^mapping key .* already defined at \[(\d+):\d+\]`)
	// nodeKind is the Go kind that takes a node of YAML.
	nodeKind = map[ast.NodeType]reflect.Kind{ast.SequenceType: reflect.Slice, ast.MappingType: reflect.Struct}
)

// translate turns an error of the YAML library into ours.
func (s *Source) translate(err error) error {
	var value *valueError
	if errors.As(err, &value) {
		e := s.atToken(begin(value.node), value.problem, value.fix)
		e.Value = value.value
		return e
	}
	var wrongType *yaml.TypeError
	if errors.As(err, &wrongType) {
		return s.atToken(wrongType.Token, "must be "+noun(wrongType.DstType.Kind()), readme)
	}
	var wrongNode *yaml.UnexpectedNodeTypeError
	if errors.As(err, &wrongNode) {
		return s.atToken(wrongNode.Token, "must be "+noun(nodeKind[wrongNode.Expected]), readme)
	}
	var other yaml.Error
	if !errors.As(err, &other) {
		return &Error{File: s.Name, Problem: fmt.Sprintf("cannot be decoded: %v", err), Fix: readme}
	}
	if first := repeated.FindStringSubmatch(other.GetMessage()); first != nil {
		return s.atToken(other.GetToken(), "the key was given in line "+first[1]+" already", "keep one")
	}
	return s.atToken(other.GetToken(), goType.ReplaceAllString(other.GetMessage(), "has the wrong form"), readme)
}

// noun says in the words of YAML what a kind of Go type takes.
func noun(k reflect.Kind) string {
	switch k {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "a mapping"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text (put it in quotes)"
	default:
		return "a number"
	}
}

package gateway

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

	"demailbench/gateway/demail"
)

// ConfigError is one fault of a configuration, in one line.
type ConfigError struct {
	// File is the name given to Parse; empty for a Config that was not read from a file.
	File string
	// Line and Column count from 1; 0 when the fault has no place.
	Line, Column int
	// Field is the path of the value, "tenants[1].mapping[0].mail"; Value what stands there.
	Field, Value string
	// Problem says what is wrong, Fix what to do.
	Problem, Fix string
}

// Error returns "file:line:column: field: value: problem; what to do" without what is empty.
func (e *ConfigError) Error() string {
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

const (
	// configMax is the largest configuration in octets; 1,000 tenants with 10 mappings each are a third.
	configMax = 4 << 20
	// depthMax bounds nesting: the deepest key of a configuration is at level 5.
	depthMax = 16
	// lineMax bounds a line, and with it nesting by dashes and by indentation.
	lineMax = 4096
)

// Parse decodes and checks a configuration; name is the file's name in errors, which are *ConfigError. The
// result has its defaults filled in and is good for New.
func Parse(name string, text []byte) (Config, error) {
	f := &configFile{name: name}
	c, err := f.parse(text)
	if err != nil {
		var ce *ConfigError
		if !errors.As(err, &ce) {
			ce = &ConfigError{Problem: err.Error(), Fix: "correct the file"}
		}
		ce.File = name
		return Config{}, ce
	}
	return c, nil
}

// configFile is a configuration being read.
type configFile struct {
	name string
	root ast.Node
}

func (f *configFile) parse(text []byte) (c Config, err error) {
	defer func() { // the YAML library's parser is not ours to trust
		if p := recover(); p != nil {
			err = &ConfigError{Problem: "cannot be parsed as YAML", Fix: "write plain block-style YAML"}
		}
	}()
	if err := checkText(text); err != nil {
		return c, err
	}
	tokens := lexer.Tokenize(string(text))
	if err := checkTokens(tokens); err != nil {
		return c, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return c, f.explain(err)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return c, &ConfigError{Problem: "not one YAML document", Fix: "write one document with at least hostname, data, listen and dmda"}
	}
	f.root = file.Docs[0].Body
	if err := yaml.NodeToValue(f.root, &c, yaml.Strict()); err != nil {
		return c, f.explain(err)
	}
	c = c.withDefaults()
	if fault := c.check(); fault != nil {
		f.place(fault)
		return c, fault
	}
	return c, nil
}

// checkText refuses what is not plain UTF-8 text of sane size.
func checkText(text []byte) error {
	if len(text) > configMax {
		return &ConfigError{Problem: fmt.Sprintf("has %d octets, the limit is %d", len(text), configMax), Fix: "name the right file"}
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return &ConfigError{Problem: "is empty", Fix: "write at least hostname, data, listen and dmda"}
	}
	for i, l := range bytes.Split(text, []byte("\n")) {
		switch {
		case !utf8.Valid(l) || bytes.HasPrefix(l, []byte("\xef\xbb\xbf")):
			return &ConfigError{Line: i + 1, Column: 1, Problem: "is not UTF-8 without byte order mark", Fix: "save it as UTF-8"}
		case len(l) > lineMax:
			return &ConfigError{Line: i + 1, Column: lineMax, Problem: fmt.Sprintf("line of %d octets, the limit is %d", len(l), lineMax), Fix: "break it"}
		}
	}
	return nil
}

// checkTokens refuses anchors, aliases and tags, by which a small file can grow without bound, and deep
// nesting, which would exhaust the parser's stack.
func checkTokens(tokens token.Tokens) error {
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType:
			return &ConfigError{Line: t.Position.Line, Column: t.Position.Column, Value: t.Value,
				Problem: "anchors, aliases and tags are not allowed", Fix: "write the value itself"}
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		}
		if depth > depthMax || t.Position.IndentNum > 2*depthMax {
			return &ConfigError{Line: t.Position.Line, Column: t.Position.Column, Problem: "is nested too deeply", Fix: "indent by two blanks a level"}
		}
	}
	return nil
}

// goType matches what the library says about Go's types, which means nothing to the reader of a file.
var goType = regexp.MustCompile(`(?s)^(cannot unmarshal|time: ).*`)

// explain turns an error of the YAML library into ours.
func (f *configFile) explain(err error) error {
	var y yaml.Error
	if !errors.As(err, &y) {
		return f.otherFault(err)
	}
	e := &ConfigError{Problem: goType.ReplaceAllString(y.GetMessage(), "has the wrong form"), Fix: "compare with the example configuration"}
	switch {
	case strings.HasPrefix(y.GetMessage(), "unknown field"):
		e.Problem, e.Fix = "unknown key", "correct the spelling or remove it"
	case strings.Contains(y.GetMessage(), "time.Duration"):
		e.Problem, e.Fix = noDuration, durationFix
	}
	if t := y.GetToken(); t != nil {
		e.Line, e.Column, e.Value = t.Position.Line, t.Position.Column, strings.TrimSpace(t.Value)
		e.Field = f.path(t)
	}
	return e
}

const noDuration, durationFix = "is not a duration", "write a number with its unit: 30s, 5m, 4h"

// badDuration matches the error of time.ParseDuration, which the library hands on without its place.
var badDuration = regexp.MustCompile(`duration ("(?:[^"\\]|\\.)*")$`)

func (f *configFile) otherFault(err error) error {
	e := &ConfigError{Problem: err.Error(), Fix: "compare with the example configuration"}
	if m := badDuration.FindStringSubmatch(err.Error()); m != nil {
		e.Problem, e.Fix = noDuration, durationFix
		e.Value, _ = strconv.Unquote(m[1])
		v := &finder{value: &e.Value}
		ast.Walk(v, f.root)
		if v.found != nil {
			e.Field = strings.TrimPrefix(v.path, "$.")
			e.Line, e.Column = v.found.Position.Line, v.found.Position.Column
		}
	}
	return e
}

// path finds the field whose node begins with t.
func (f *configFile) path(t *token.Token) string {
	if f.root == nil {
		return ""
	}
	v := &finder{t: t}
	ast.Walk(v, f.root)
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

// place gives a fault the position of its field, or of the nearest part of the path that the file has.
func (f *configFile) place(e *ConfigError) {
	for field := e.Field; field != ""; field = field[:max(strings.LastIndexAny(field, ".["), 0)] {
		p, err := yaml.PathString("$." + field)
		if err != nil {
			continue
		}
		if n, err := p.FilterNode(f.root); err == nil && n != nil && n.GetToken() != nil {
			e.Line, e.Column = n.GetToken().Position.Line, n.GetToken().Position.Column
			return
		}
	}
	e.Line, e.Column = 1, 1
}

// hostPort splits "host:port" and checks both parts.
func hostPort(s string) (host string, port uint16, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return "", 0, false
	}
	n, err := strconv.ParseUint(s[i+1:], 10, 16)
	host = strings.TrimSuffix(strings.TrimPrefix(s[:i], "["), "]")
	return host, uint16(n), err == nil
}

// isName reports a host name of the DNS.
func isName(s string) bool {
	_, err := demail.CanonicalDomain(s)
	return err == nil
}

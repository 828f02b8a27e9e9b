// Package config reads the bench's YAML files so that a mistake is found before anything starts, and is
// reported with file, line, column, field, value and what to do.
//
// It is strict: one document per file, UTF-8 without a byte order mark, no unknown, repeated or missing
// key, no anchors, aliases or tags, at most 1 MiB. It leaves out what the values mean (packages topology
// and profile check that) and it does not know the simulated clock: files are read before the clock runs.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxSize is the largest file that is read, in octets. The largest of the Saxon files is a hundredth.
const MaxSize = 1 << 20

// Problems of a file's name, which are better reported where the name is written.
const (
	NoFile = "there is no such file"
	NoPath = "is not a path inside the configuration"
)

// maxDepth limits how deep lists and mappings nest. The deepest of the bench's files has five levels; the
// limit keeps the recursive parser from a file made of brackets.
const maxDepth = 32

// maxKeys limits the keys of a file: the parser's time grows with the square of those in one mapping, and
// the largest of the Saxon files has less than a thousand.
const maxKeys = 20_000

// maxLine limits a line in octets, which bounds nesting by dashes and by indentation.
const maxLine = 4096

// Source is a file that was read, kept to find the place of a value again.
type Source struct {
	// Name is the path of the file inside the set it was read from.
	Name string
	root ast.Node
	typ  reflect.Type
}

// Read decodes the YAML file name of fsys into v, a pointer to a struct. Every field of v without
// "omitempty" in its yaml tag must be in the file and not be empty. The error is an *Error.
func Read(fsys fs.FS, name string, v any) (*Source, error) {
	data, err := load(fsys, name)
	if err != nil {
		return nil, err
	}
	return Decode(name, data, v)
}

// Decode is Read for a file that is in memory; name is used in errors.
func Decode(name string, data []byte, v any) (*Source, error) {
	if err := checkText(name, data); err != nil {
		return nil, err
	}
	s := &Source{Name: name, typ: reflect.TypeOf(v).Elem()}
	tokens := lexer.Tokenize(string(data))
	if err := s.checkTokens(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, s.translate(err)
	}
	if err := s.takeRoot(file); err != nil {
		return nil, err
	}
	if err := s.checkKeys("", s.root, s.typ); err != nil {
		return nil, err
	}
	if err := yaml.NodeToValue(s.root, v, yaml.Strict()); err != nil {
		return nil, s.translate(err)
	}
	if err := s.required("", reflect.ValueOf(v).Elem()); err != nil {
		return nil, err
	}
	return s, nil
}

// load reads a whole file, never more than MaxSize octets of it.
func load(fsys fs.FS, name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, &Error{File: name, Problem: NoPath,
			Fix: "write it with forward slashes, without a leading slash and without .."}
	}
	f, err := fsys.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &Error{File: name, Problem: NoFile, Fix: "create it or correct the name where it is listed"}
	case err != nil:
		return nil, &Error{File: name, Problem: "cannot be opened: " + err.Error(), Fix: "make it readable"}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, &Error{File: name, Problem: "cannot be read: " + err.Error(), Fix: "name a file, not a folder, and make it readable"}
	}
	if len(data) > MaxSize {
		size := "more than 1 MiB"
		if info, err := f.Stat(); err == nil {
			size = fmt.Sprintf("%d octets", info.Size())
		}
		return nil, &Error{File: name, Problem: "the file has " + size + ", the limit is 1 MiB (1048576 octets)",
			Fix: "split it, or name the right file"}
	}
	return data, nil
}

// checkText refuses what is not plain UTF-8 text in lines of sane length.
func checkText(name string, data []byte) error {
	const save = "save it as UTF-8 without byte order mark"
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return &Error{File: name, Line: 1, Column: 1, Problem: "the file is in UTF-16", Fix: save}
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		return &Error{File: name, Line: 1, Column: 1, Problem: "the file begins with a byte order mark", Fix: save}
	case len(bytes.TrimSpace(data)) == 0:
		return &Error{File: name, Problem: "the file is empty", Fix: "fill it in; README.md beside it describes the format"}
	}
	for i, line := range bytes.Split(data, []byte("\n")) {
		at := func(octets int) (int, int) { return i + 1, utf8.RuneCount(line[:octets]) + 1 }
		e := &Error{File: name}
		if bad := firstInvalid(line); bad >= 0 {
			e.Line, e.Column = at(bad)
			e.Problem = fmt.Sprintf("octet 0x%02X is not UTF-8 (Latin-1 or Windows-1252?)", line[bad])
			e.Fix = save
			return e
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		if bad := bytes.IndexFunc(line, isControl); bad >= 0 {
			e.Line, e.Column = at(bad)
			e.Problem, e.Fix = fmt.Sprintf("control character 0x%02X", line[bad]), "remove it; indent with blanks"
			return e
		}
		if len(line) > maxLine {
			e.Line, e.Column = at(maxLine)
			e.Problem, e.Fix = fmt.Sprintf("the line has %d octets, the limit is %d", len(line), maxLine), "break it"
			return e
		}
	}
	return nil
}

// firstInvalid returns the offset of the first octet of line that is not UTF-8, or -1.
func firstInvalid(line []byte) int {
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// isControl finds control characters, the tab included: YAML allows it nowhere in indentation, where
// people put it.
func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

// checkTokens refuses what makes a YAML file mean more than it shows: anchors and aliases (a few lines can
// expand to gigabytes), tags, directives, and nesting without end.
func (s *Source) checkTokens(tokens token.Tokens) error {
	depth, dashes, line, keys := 0, 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, dashes = t.Position.Line, 0
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return s.atToken(t, "anchors, aliases and merge keys are not allowed", "write the value out where it is needed")
		case token.TagType, token.DirectiveType:
			return s.atToken(t, "tags and directives are not allowed", "remove it")
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType:
			dashes++
		case token.MappingValueType:
			keys++
		}
		if keys > maxKeys {
			return s.atToken(t, fmt.Sprintf("the file has more than %d keys", maxKeys), "split it")
		}
		if depth+dashes > maxDepth {
			return s.atToken(t, fmt.Sprintf("lists and mappings nest deeper than %d levels", maxDepth), "flatten it")
		}
	}
	return nil
}

// takeRoot finds the one mapping that the file must hold.
func (s *Source) takeRoot(file *ast.File) error {
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			bodies = append(bodies, d.Body)
		}
	}
	switch {
	case len(bodies) == 0 || bodies[0].Type() == ast.CommentType || bodies[0].Type() == ast.NullType:
		return &Error{File: s.Name, Problem: "the file holds only comments", Fix: "fill it in; README.md beside it describes the format"}
	case len(bodies) > 1:
		return s.atToken(begin(bodies[1]), "a second YAML document begins", "put each document in its own file")
	}
	switch bodies[0].(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		s.root = bodies[0]
		return nil
	}
	return s.atToken(bodies[0].GetToken(), "the file must begin with a key and a value", "known keys: "+strings.Join(keys(s.typ), ", "))
}

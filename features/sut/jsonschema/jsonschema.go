// Package jsonschema checks JSON against the part of JSON Schema 2020-12 that the formats of the bench use,
// and says what is wrong so that the author of a driver or a sut.yaml can mend it: path, value, what to do.
//
// It is strict on both sides: a schema with a keyword that is not listed at Compile is an error, because an
// ignored keyword would be a rule that nobody checks; a value with a key given twice is an error, because two
// readers would see two values. It leaves out alternatives (oneOf, anyOf, not, if): the formats are told apart
// by a field, not by trial, and messages about a trial help nobody.
package jsonschema

import (
	"fmt"
	"strings"
)

// Problem is one fault of a value.
type Problem struct {
	// Path leads to the value: "args.rows[2].mail". Empty: the value as a whole.
	Path string
	// Value is the value as JSON, shortened; empty when it is missing.
	Value string
	// What is wrong, Fix what to do about it.
	What, Fix string
}

// String is "path: value: what; fix", leaving out what is empty.
func (p Problem) String() string {
	var b strings.Builder
	for _, s := range []string{p.Path, p.Value} {
		if s != "" {
			b.WriteString(s + ": ")
		}
	}
	b.WriteString(p.What)
	if p.Fix != "" {
		b.WriteString("; " + p.Fix)
	}
	return b.String()
}

// Problems is an error that lists every fault that was found, in the order of the schema, up to MaxProblems.
type Problems []Problem

// MaxProblems bounds the faults that one Validate reports: a list of a thousand equal ones helps nobody.
const MaxProblems = 10

// Error is one fault a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// Set is a set of schema documents that refer to each other by file name.
type Set struct {
	docs  map[string]any
	nodes map[string]*Schema
}

// Schema is one compiled schema.
type Schema struct {
	// Title and Description are the schema's own.
	Title, Description string
	// Secret says that the value must not appear in records (keyword writeOnly).
	Secret bool

	ref        *Schema
	types      []string
	enum       []string
	properties []property
	required   map[string]bool
	open       bool // unknown keys are allowed
	items      *Schema
	minItems   int
	maxItems   int
	unique     bool
	minLength  int
	maxLength  int
	pattern    pattern
	minimum    *float64
	maximum    *float64
	format     string
}

// property is one key of an object, in the order of the document.
type property struct {
	name   string
	schema *Schema
}

// Compile reads the documents, by file name, and resolves every reference of every definition in them. The
// keywords are: $schema, $id, $ref ("#/$defs/x", "file.json#/$defs/x", beside annotations only), $defs,
// $comment, title, description, default, examples, writeOnly, type, enum (of strings), const (a string),
// properties, required, additionalProperties (true or false), items, minItems, maxItems, uniqueItems,
// minLength, maxLength, pattern, minimum, maximum, format (date-time). The error names document and place.
func Compile(docs map[string][]byte) (*Set, error) {
	s := &Set{docs: map[string]any{}, nodes: map[string]*Schema{}}
	for name, data := range docs {
		doc, err := parseOrdered(data)
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		s.docs[name] = doc
	}
	for name, doc := range s.docs {
		if _, err := s.Schema(name); err != nil {
			return nil, err
		}
		for _, def := range defsOf(doc) {
			if _, err := s.Schema(name + defsPrefix + def); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// defsPrefix leads from a document to a definition in it.
const defsPrefix = "#/$defs/"

// Schema returns the schema at ref, "file.json" or "file.json#/$defs/name". The error says what is missing.
func (s *Set) Schema(ref string) (*Schema, error) {
	if n := s.nodes[ref]; n != nil {
		return n, nil
	}
	name, def, inside := strings.Cut(ref, defsPrefix)
	doc, ok := s.docs[name]
	if !ok {
		return nil, fmt.Errorf("schema %s: there is no document %s", ref, name)
	}
	if inside {
		if doc, ok = member(under(doc, "$defs"), def); !ok {
			return nil, fmt.Errorf("schema %s: there is no definition %s in %s", ref, def, name)
		}
	}
	n := &Schema{}
	s.nodes[ref] = n // before compiling: a definition may contain itself
	if err := s.compile(n, name, ref, doc); err != nil {
		return nil, err
	}
	return n, nil
}

// Definitions lists the names of the definitions of a document in their order.
func (s *Set) Definitions(name string) []string { return defsOf(s.docs[name]) }

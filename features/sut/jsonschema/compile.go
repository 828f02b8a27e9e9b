package jsonschema

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// pattern is a regular expression with its text.
type pattern struct {
	text string
	re   *regexp.Regexp
}

// kinds are the types that a schema may name.
var kinds = []string{"object", "array", "string", "integer", "number", "boolean", "null"}

// compile fills n from the schema v, found at the place ref of document name.
func (s *Set) compile(n *Schema, name, ref string, v any) error {
	o, ok := v.(Object)
	if !ok {
		return fmt.Errorf("schema %s: must be an object", ref)
	}
	n.maxItems, n.maxLength, n.open, n.required = -1, -1, true, map[string]bool{}
	for _, m := range o {
		if err := s.keyword(n, name, ref, m); err != nil {
			return err
		}
	}
	for key := range n.required {
		if !slices.ContainsFunc(n.properties, func(p property) bool { return p.name == key }) {
			return fmt.Errorf("schema %s: requires %q, which is not among its properties", ref, key)
		}
	}
	if n.ref != nil && len(n.types) > 0 {
		return fmt.Errorf("schema %s: $ref and type stand beside each other; keep $ref", ref)
	}
	return nil
}

// keyword compiles one keyword.
func (s *Set) keyword(n *Schema, name, ref string, m Member) error {
	var err error
	switch m.Key {
	case "$schema", "$id", "$defs", "$comment", "default", "examples":
	case "title":
		n.Title, err = text(m.Value)
	case "description":
		n.Description, err = text(m.Value)
	case "writeOnly":
		n.Secret, err = boolean(m.Value)
	case "$ref":
		err = s.reference(n, name, m.Value)
	case "type":
		n.types, err = typeNames(m.Value)
	case "enum":
		n.enum, err = texts(m.Value)
	case "const":
		n.enum, err = texts([]any{m.Value})
	case "pattern":
		n.pattern, err = compilePattern(m.Value)
	case "format":
		if n.format, err = text(m.Value); err == nil && n.format != "date-time" {
			err = fmt.Errorf("only date-time is known")
		}
	case "properties", "required", "additionalProperties":
		err = s.object(n, name, ref, m)
	case "items":
		n.items, err = s.inline(name, ref+"/items", m.Value)
	default:
		err = n.limit(m)
	}
	if err != nil && !strings.HasPrefix(err.Error(), "schema ") {
		return fmt.Errorf("schema %s: %s: %w", ref, m.Key, err)
	}
	return err
}

// reference resolves $ref, relative to document name.
func (s *Set) reference(n *Schema, name string, v any) error {
	target, err := text(v)
	if err != nil {
		return err
	}
	if strings.HasPrefix(target, "#") {
		target = name + target
	}
	n.ref, err = s.Schema(target)
	return err
}

// inline compiles a schema that stands inside another.
func (s *Set) inline(name, ref string, v any) (*Schema, error) {
	n := &Schema{}
	return n, s.compile(n, name, ref, v)
}

// object compiles what belongs to objects.
func (s *Set) object(n *Schema, name, ref string, m Member) error {
	switch m.Key {
	case "required":
		keys, err := texts(m.Value)
		for _, k := range keys {
			n.required[k] = true
		}
		return err
	case "additionalProperties":
		var err error
		n.open, err = boolean(m.Value)
		return err
	}
	props, ok := m.Value.(Object)
	if !ok {
		return fmt.Errorf("must be an object")
	}
	for _, p := range props {
		sub, err := s.inline(name, ref+"/"+p.Key, p.Value)
		if err != nil {
			return err
		}
		n.properties = append(n.properties, property{p.Key, sub})
	}
	return nil
}

// limit compiles the keywords that bound sizes and numbers.
func (n *Schema) limit(m Member) error {
	if m.Key == "uniqueItems" {
		var err error
		n.unique, err = boolean(m.Value)
		return err
	}
	number, ok := m.Value.(json.Number)
	counts := map[string]*int{"minItems": &n.minItems, "maxItems": &n.maxItems, "minLength": &n.minLength, "maxLength": &n.maxLength}
	bounds := map[string]**float64{"minimum": &n.minimum, "maximum": &n.maximum}
	switch {
	case counts[m.Key] != nil:
		i, err := number.Int64()
		if !ok || err != nil || i < 0 {
			return fmt.Errorf("must be a count")
		}
		*counts[m.Key] = int(i)
	case bounds[m.Key] != nil:
		f, err := number.Float64()
		if !ok || err != nil {
			return fmt.Errorf("must be a number")
		}
		*bounds[m.Key] = &f
	default:
		return fmt.Errorf("unknown keyword; this reader does not check it, so it must not be written")
	}
	return nil
}

func text(v any) (string, error) {
	t, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("must be a string")
	}
	return t, nil
}

func boolean(v any) (bool, error) {
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("must be true or false")
	}
	return b, nil
}

func texts(v any) ([]string, error) {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return nil, fmt.Errorf("must be a list of strings")
	}
	out := make([]string, len(list))
	for i, e := range list {
		t, err := text(e)
		if err != nil {
			return nil, fmt.Errorf("must be a list of strings")
		}
		out[i] = t
	}
	return out, nil
}

func typeNames(v any) ([]string, error) {
	if one, ok := v.(string); ok {
		v = []any{one}
	}
	names, err := texts(v)
	if err != nil {
		return nil, err
	}
	for _, k := range names {
		if !slices.Contains(kinds, k) {
			return nil, fmt.Errorf("%q is not a type", k)
		}
	}
	return names, nil
}

func compilePattern(v any) (pattern, error) {
	t, err := text(v)
	if err != nil {
		return pattern{}, err
	}
	re, err := regexp.Compile(t)
	return pattern{t, re}, err
}

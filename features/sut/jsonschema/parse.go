package jsonschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxDepth limits nesting; the deepest format of the bench has seven levels.
const maxDepth = 32

// Object is a JSON object with its keys in the order of the text.
type Object []Member

// Member is one key with its value.
type Member struct {
	Key   string
	Value any
}

// Get returns the value of key.
func (o Object) Get(key string) (any, bool) {
	for _, m := range o {
		if m.Key == key {
			return m.Value, true
		}
	}
	return nil, false
}

// Parse reads exactly one JSON value: Object, []any, string, json.Number, bool or nil. It refuses what readers
// disagree about: a key given twice, octets that are not UTF-8, text after the value, and nesting deeper than
// 32 levels. The error says where, in octets from the beginning.
func Parse(data []byte) (any, error) { return parseOrdered(data) }

func parseOrdered(data []byte) (any, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("is not UTF-8; write JSON in UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := parseValue(d, 0)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("the JSON ends too early, after octet %d", d.InputOffset())
	}
	if err != nil {
		return nil, fmt.Errorf("at octet %d: %w", d.InputOffset(), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("at octet %d: text after the JSON value; write one value", d.InputOffset())
	}
	return v, nil
}

func parseValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nests deeper than %d levels", maxDepth)
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return parseObject(d, depth)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := parseValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

func parseObject(d *json.Decoder, depth int) (any, error) {
	o, seen := Object{}, map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, ok := t.(string)
		if !ok {
			return nil, fmt.Errorf("%v is not a key", t)
		}
		if seen[key] {
			return nil, fmt.Errorf("key %q is given twice; keep one", key)
		}
		seen[key] = true
		v, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		o = append(o, Member{key, v})
	}
	_, err := d.Token()
	return o, err
}

// MarshalJSON writes the object with its keys in their order.
func (o Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(m.Key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.Value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// member returns a key's value of an object.
func member(v any, key string) (any, bool) {
	o, ok := v.(Object)
	if !ok {
		return nil, false
	}
	return o.Get(key)
}

// under is member without the report.
func under(v any, key string) any {
	m, _ := member(v, key)
	return m
}

// defsOf lists the definitions of a document.
func defsOf(doc any) []string {
	var names []string
	if defs, ok := under(doc, "$defs").(Object); ok {
		for _, m := range defs {
			names = append(names, m.Key)
		}
	}
	return names
}

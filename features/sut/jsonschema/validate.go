package jsonschema

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Check parses data and validates it; root is the name of the value in messages ("args"), it may be empty.
func (n *Schema) Check(root string, data []byte) error {
	v, err := Parse(data)
	if err != nil {
		return Problems{{Path: root, What: err.Error(), Fix: "write valid JSON"}}
	}
	return n.Validate(root, v)
}

// Validate checks a value that Parse returned. The error is Problems.
func (n *Schema) Validate(root string, v any) error {
	c := &checker{}
	c.value(root, n, v)
	if len(c.found) == 0 {
		return nil
	}
	return c.found
}

// checker collects problems. hidden counts the secret schemas that it is inside of.
type checker struct {
	found  Problems
	hidden int
}

func (c *checker) add(path string, v any, what, fix string) {
	value := show(v)
	if c.hidden > 0 && value != "" {
		value = Redacted
	}
	if !c.full() {
		c.found = append(c.found, Problem{Path: path, Value: value, What: what, Fix: fix})
	}
}

func (c *checker) full() bool { return len(c.found) >= MaxProblems }

// value checks v against n.
func (c *checker) value(path string, n *Schema, v any) {
	if c.full() {
		return
	}
	if n.Secret {
		c.hidden++
		defer func() { c.hidden-- }()
	}
	if n.ref != nil {
		c.value(path, n.ref, v)
	}
	if len(n.types) > 0 && !slices.ContainsFunc(n.types, func(t string) bool { return isType(t, v) }) {
		c.add(path, v, "must be "+article(n.types), "it is "+article([]string{typeOf(v)}))
		return
	}
	switch v := v.(type) {
	case Object:
		c.object(path, n, v)
	case []any:
		c.array(path, n, v)
	case string:
		c.string(path, n, v)
	case json.Number:
		c.number(path, n, v)
	}
}

func (c *checker) object(path string, n *Schema, o Object) {
	for _, p := range n.properties {
		v, there := o.Get(p.name)
		switch {
		case there:
			c.value(join(path, p.name), p.schema, v)
		case n.required[p.name]:
			c.add(join(path, p.name), nil, "is missing", "give it"+because(p.schema))
		}
	}
	if n.open {
		return
	}
	for _, m := range o {
		if !slices.ContainsFunc(n.properties, func(p property) bool { return p.name == m.Key }) {
			c.add(join(path, m.Key), m.Value, "unknown key", n.known())
		}
	}
}

// known says which keys there are.
func (n *Schema) known() string {
	if len(n.properties) == 0 {
		return "no keys are known here"
	}
	names := make([]string, len(n.properties))
	for i, p := range n.properties {
		names[i] = p.name
	}
	return "known keys: " + strings.Join(names, ", ")
}

// because adds what a missing value would mean.
func because(n *Schema) string {
	if d := n.description(); d != "" {
		return ": " + strings.TrimSuffix(d, ".")
	}
	return ""
}

func (n *Schema) description() string {
	if n.Description == "" && n.ref != nil {
		return n.ref.description()
	}
	return n.Description
}

func (c *checker) array(path string, n *Schema, list []any) {
	if len(list) < n.minItems {
		c.add(path, list, fmt.Sprintf("has %d items, at least %d are needed", len(list), n.minItems), "add what is missing")
	}
	if n.maxItems >= 0 && len(list) > n.maxItems {
		c.add(path, nil, fmt.Sprintf("has %d items, at most %d are allowed", len(list), n.maxItems), "send fewer")
	}
	seen := map[string]int{}
	for i, v := range list {
		at := path + "[" + strconv.Itoa(i) + "]"
		if n.unique {
			key := string(encode(v))
			if first, twice := seen[key]; twice {
				c.add(at, v, fmt.Sprintf("is the same as [%d]", first), "keep one")
			}
			seen[key] = i
		}
		if n.items != nil {
			c.value(at, n.items, v)
		}
	}
}

func (c *checker) string(path string, n *Schema, s string) {
	length := utf8.RuneCountInString(s)
	switch {
	case len(n.enum) > 0 && !slices.Contains(n.enum, s):
		c.add(path, s, "is not a known value", "use "+alternatives(n.enum))
	case length < n.minLength:
		c.add(path, s, fmt.Sprintf("has %d characters, at least %d are needed", length, n.minLength), "fill it in")
	case n.maxLength >= 0 && length > n.maxLength:
		c.add(path, s, fmt.Sprintf("has %d characters, at most %d are allowed", length, n.maxLength), "shorten it")
	case n.pattern.re != nil && !n.pattern.re.MatchString(s):
		c.add(path, s, "has the wrong form", "it must match "+n.pattern.text)
	case n.format == "date-time" && !isInstant(s):
		c.add(path, s, "is not a time with its offset", "write it like 2015-11-02T08:00:00+01:00")
	}
}

func isInstant(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}

func (c *checker) number(path string, n *Schema, v json.Number) {
	f, err := v.Float64()
	switch {
	case err != nil:
		c.add(path, v, "is out of range", "send a smaller number")
	case n.minimum != nil && f < *n.minimum:
		c.add(path, v, fmt.Sprintf("is less than %v", *n.minimum), "send a larger number")
	case n.maximum != nil && f > *n.maximum:
		c.add(path, v, fmt.Sprintf("is more than %v", *n.maximum), "send a smaller number")
	}
}

// typeOf is the JSON type of a value that Parse returned.
func typeOf(v any) string {
	switch v := v.(type) {
	case Object:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case json.Number:
		if isWhole(v) {
			return "integer"
		}
		return "number"
	}
	return "null"
}

func isType(t string, v any) bool {
	is := typeOf(v)
	return is == t || t == "number" && is == "integer"
}

func isWhole(v json.Number) bool {
	if _, err := v.Int64(); err == nil {
		return true
	}
	f, err := v.Float64()
	return err == nil && f == math.Trunc(f)
}

// article says types in words: "a string", "an object or null".
func article(types []string) string {
	words := make([]string, len(types))
	for i, t := range types {
		switch t {
		case "null":
			words[i] = t
		case "boolean":
			words[i] = "true or false"
		case "integer", "object", "array":
			words[i] = "an " + t
		default:
			words[i] = "a " + t
		}
	}
	return strings.Join(words, " or ")
}

func alternatives(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	return strings.Join(quoted, ", ")
}

// join adds a key to a path; one that is no plain word is quoted, so that a path stays one line.
func join(path, key string) string {
	if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r == '.' || r == '"' || r > '~' }) {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// encode is a value as JSON. What Parse returned can always be written.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return b
}

// shown is the number of octets of a value that a problem repeats.
const shown = 80

// show is a value as JSON, shortened.
func show(v any) string {
	if v == nil {
		return ""
	}
	b := encode(v)
	if len(b) <= shown {
		return string(b)
	}
	cut := shown
	for cut > 0 && !utf8.RuneStart(b[cut]) {
		cut--
	}
	return string(b[:cut]) + "..."
}

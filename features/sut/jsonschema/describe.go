package jsonschema

import (
	"fmt"
	"strings"
)

// Row describes one value of a format, for its documentation.
type Row struct {
	// Path leads to it: "rows[].mail".
	Path string
	// Type says what it is: "string", "array of string", "one of `a`, `b`".
	Type string
	// Required says that it must be there when what contains it is.
	Required bool
	// Secret says that it must not appear in records.
	Secret bool
	// Text is its description.
	Text string
}

// Describe lists the values inside the schema in the order of the document.
func (n *Schema) Describe() []Row { return n.describe("", nil, 0) }

func (n *Schema) describe(path string, rows []Row, depth int) []Row {
	t := n.target()
	if depth > maxDepth {
		return rows
	}
	if t.items != nil && path != "" {
		return t.items.describe(path+"[]", rows, depth+1)
	}
	for _, p := range t.properties {
		at := join(path, p.name)
		rows = append(rows, Row{Path: at, Type: p.schema.typeText(), Required: t.required[p.name], Secret: p.schema.isSecret(), Text: p.schema.description()})
		rows = p.schema.describe(at, rows, depth+1)
	}
	return rows
}

// target follows references.
func (n *Schema) target() *Schema {
	for n.ref != nil {
		n = n.ref
	}
	return n
}

func (n *Schema) isSecret() bool { return n.Secret || n.ref != nil && n.ref.isSecret() }

func (n *Schema) typeText() string {
	t := n.target()
	switch {
	case len(t.enum) > 0:
		return "`" + strings.Join(t.enum, "`, `") + "`"
	case t.format == "date-time":
		return "time"
	case t.items != nil:
		return "list of " + t.items.typeText()
	case t.maxLength > 0 && t.minLength > 0:
		return fmt.Sprintf("string, %d to %d", t.minLength, t.maxLength)
	}
	return strings.Join(t.types, " or ")
}

// Redact returns v with every secret string, anywhere inside, replaced by "***"; secrets receives the values
// that were. v is a value that Parse returned and is not changed.
func (n *Schema) Redact(v any, secrets func(string)) any {
	t := n.target()
	if s, ok := v.(string); ok && n.isSecret() {
		if secrets != nil {
			secrets(s)
		}
		return Redacted
	}
	switch v := v.(type) {
	case Object:
		out := make(Object, len(v))
		for i, m := range v {
			out[i] = m
			for _, p := range t.properties {
				if p.name == m.Key {
					out[i].Value = p.schema.Redact(m.Value, secrets)
				}
			}
		}
		return out
	case []any:
		if t.items == nil {
			return v
		}
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = t.items.Redact(e, secrets)
		}
		return out
	}
	return v
}

// Redacted stands for a secret in records.
const Redacted = "***"

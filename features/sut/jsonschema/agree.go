package jsonschema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Differences compares the schema with a Go type that reads and writes the same values: key by key, what is
// required, and the kinds. tag is the struct tag with the keys ("json", "yaml"). A field with omitempty or
// omitzero is optional. Types of struct kind that write themselves as text (time.Time, or listed in texts) are
// strings. An empty result means that they agree.
func (n *Schema) Differences(t reflect.Type, tag string, texts ...reflect.Type) []string {
	d := &comparison{tag: tag, texts: append(texts, reflect.TypeFor[time.Time]())}
	d.compare(t.Name(), n, t, 0)
	return d.found
}

type comparison struct {
	tag   string
	texts []reflect.Type
	found []string
}

func (d *comparison) report(path, format string, args ...any) {
	d.found = append(d.found, path+": "+fmt.Sprintf(format, args...))
}

func (d *comparison) compare(path string, n *Schema, t reflect.Type, depth int) {
	n = n.target()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if depth > maxDepth {
		return
	}
	want := d.kind(t)
	if !slices.Contains(n.types, want) {
		d.report(path, "the schema says %s, the Go type %s", strings.Join(n.types, " or "), want)
		return
	}
	switch want {
	case "object":
		d.fields(path, n, t, depth)
	case "array":
		if n.items == nil {
			d.report(path, "the schema does not say of what it is a list")
			return
		}
		d.compare(path+"[]", n.items, t.Elem(), depth+1)
	}
}

// kind is the JSON type that t is written as.
func (d *comparison) kind(t reflect.Type) string {
	if slices.Contains(d.texts, t) {
		return "string"
	}
	switch t.Kind() {
	case reflect.Struct:
		return "object"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.Bool:
		return "boolean"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.String:
		return "string"
	}
	if t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64 {
		return "integer"
	}
	return "nothing that JSON has"
}

func (d *comparison) fields(path string, n *Schema, t reflect.Type, depth int) {
	if n.open {
		d.report(path, "the schema allows keys that the Go type does not have; set additionalProperties to false")
	}
	there := map[string]bool{}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get(d.tag), ",")
		if name == "-" || !t.Field(i).IsExported() {
			continue
		}
		there[name] = true
		at := slices.IndexFunc(n.properties, func(p property) bool { return p.name == name })
		if at < 0 {
			d.report(join(path, name), "the Go type has it, the schema has not")
			continue
		}
		optional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		if optional == n.required[name] {
			d.report(join(path, name), "required in the schema: %v, optional in the Go type: %v", n.required[name], optional)
		}
		d.compare(join(path, name), n.properties[at].schema, t.Field(i).Type, depth+1)
	}
	for _, p := range n.properties {
		if !there[p.name] {
			d.report(join(path, p.name), "the schema has it, the Go type has not")
		}
	}
}

package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// key returns the YAML name of a struct's field and whether it may be left out; name is empty for a field
// that is not in the file.
func key(f reflect.StructField) (name string, optional bool) {
	name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	if name == "-" || !f.IsExported() {
		return "", true
	}
	return name, strings.Contains(options, "omitempty")
}

// keys lists the YAML names of a struct's fields in their order.
func keys(t reflect.Type) []string {
	var names []string
	if t == nil || t.Kind() != reflect.Struct {
		return names
	}
	for i := range t.NumField() {
		if name, _ := key(t.Field(i)); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// ownForm is implemented by types that read their value themselves.
var ownForm = reflect.TypeFor[yaml.NodeUnmarshaler]()

// checkKeys finds the first key, in the order of the file, that the format does not know. The library's own
// strict decoding reports any one of several.
func (s *Source) checkKeys(path string, n ast.Node, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(ownForm) {
		return nil
	}
	switch n := n.(type) {
	case *ast.SequenceNode:
		if t.Kind() != reflect.Slice {
			return nil // decoding says what it must be
		}
		for i, v := range n.Values {
			if err := s.checkKeys(fmt.Sprintf("%s[%d]", path, i), v, t.Elem()); err != nil {
				return err
			}
		}
	case *ast.MappingNode:
		for _, v := range n.Values {
			if err := s.checkKeys(path, v, t); err != nil {
				return err
			}
		}
	case *ast.MappingValueNode:
		if t.Kind() != reflect.Struct {
			return nil
		}
		name := n.Key.GetToken().Value
		at := strings.TrimPrefix(path+"."+name, ".")
		if member(t, name) == nil {
			e := s.atToken(n.Key.GetToken(), "unknown key", meant(name, keys(t))+"known keys: "+strings.Join(keys(t), ", "))
			e.Field = at
			return e
		}
		return s.checkKeys(at, n.Value, member(t, name))
	}
	return nil
}

// member is the type of the field with a YAML name, nil when there is none.
func member(t reflect.Type, name string) reflect.Type {
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		if n, _ := key(t.Field(i)); n == name {
			return t.Field(i).Type
		}
	}
	return nil
}

// required finds the first field that the file lacks or leaves empty. A boolean may be false and a number
// is never left out by being zero, so neither can be required; addresses and texts can.
func (s *Source) required(path string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return s.required(path, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := s.required(fmt.Sprintf("%s[%d]", path, i), v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, optional := key(v.Type().Field(i))
			if name == "" {
				continue
			}
			at := strings.TrimPrefix(path+"."+name, ".")
			if !optional && empty(v.Field(i)) {
				return s.Fail(at, "", "is missing or empty", "give it")
			}
			if err := s.required(at, v.Field(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	case reflect.Bool:
		return false
	}
	return v.IsZero()
}

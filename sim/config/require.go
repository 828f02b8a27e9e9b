package config

import (
	"fmt"
	"reflect"
	"strings"
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

// typeAt returns the type of the value at the path field below t, or nil.
func typeAt(t reflect.Type, field string) reflect.Type {
	for _, step := range strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '[' }) {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if strings.HasSuffix(step, "]") {
			if t.Kind() != reflect.Slice {
				return nil
			}
			t = t.Elem()
			continue
		}
		if t = member(t, step); t == nil {
			return nil
		}
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

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

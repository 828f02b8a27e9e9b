package admin

import (
	"github.com/getkin/kin-openapi/openapi3"
)

type mediaType = openapi3.MediaType

// sample is a value that a schema of the contract allows; n chooses among many.
func sample(s *openapi3.Schema, n int) any {
	switch {
	case len(s.Enum) > 0:
		return s.Enum[n%len(s.Enum)]
	case s.Type.Is(openapi3.TypeObject):
		o := map[string]any{}
		for name, p := range s.Properties {
			if n%2 == 0 || required(s, name) {
				o[name] = sample(p.Value, n/2)
			}
		}
		return o
	case s.Type.Is(openapi3.TypeArray):
		l := []any{}
		for i := range n % 3 {
			l = append(l, sample(s.Items.Value, i))
		}
		return l
	case s.Type.Is(openapi3.TypeInteger):
		return float64(n)
	case s.Type.Is(openapi3.TypeBoolean):
		return n%2 == 0
	case s.Format == "date-time":
		return "2015-11-02T08:00:00Z"
	case s.Example != nil:
		return s.Example
	case s.MinLength > 0:
		return secret
	}
	return []string{"annaberg", "pirna", "x"}[n%3]
}

func required(s *openapi3.Schema, name string) bool {
	for _, r := range s.Required {
		if r == name {
			return true
		}
	}
	return false
}

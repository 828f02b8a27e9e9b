package admin

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// contract is the OpenAPI file, ready to judge requests.
type contract struct {
	// byPattern finds an operation by the router's pattern, "PUT /v1/tenants/{tenant}/state".
	byPattern map[string]*operation
}

// operation is what the file says about the requests of one operation.
type operation struct {
	id      string
	open    bool // needs no session
	path    map[string]*openapi3.Schema
	query   map[string]*openapi3.Schema
	header  map[string]*openapi3.Schema
	json    *openapi3.Schema
	content string // of the body, empty for none
}

// contractOnce reads the file, which is part of the program, once.
var contractOnce = sync.OnceValues(func() (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(Contract)
	if err != nil {
		return nil, fmt.Errorf("admin: openapi.yaml: %w", err)
	}
	c := &contract{byPattern: map[string]*operation{}}
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			op := &operation{id: o.OperationID, open: o.Security != nil && len(*o.Security) == 0,
				path: map[string]*openapi3.Schema{}, query: map[string]*openapi3.Schema{}, header: map[string]*openapi3.Schema{}}
			for _, list := range []openapi3.Parameters{item.Parameters, o.Parameters} {
				for _, p := range list {
					op.takes(p.Value)
				}
			}
			if o.RequestBody != nil {
				for name, media := range o.RequestBody.Value.Content {
					op.content, op.json = name, media.Schema.Value
				}
			}
			c.byPattern[method+" "+path] = op
		}
	}
	return c, nil
})

func (o *operation) takes(p *openapi3.Parameter) {
	switch p.In {
	case openapi3.ParameterInPath:
		o.path[p.Name] = p.Schema.Value
	case openapi3.ParameterInQuery:
		o.query[p.Name] = p.Schema.Value
	case openapi3.ParameterInHeader:
		o.header[http.CanonicalHeaderKey(p.Name)] = p.Schema.Value
	}
}

// checkParameters judges path, query and header parameters; what the file does not know in the query is refused.
func (o *operation) checkParameters(r *http.Request) *problem {
	for name, s := range o.path {
		if err := checkText(s, r.PathValue(name)); err != nil {
			return malformed(name, "%v", err)
		}
	}
	for name, values := range r.URL.Query() {
		s, known := o.query[name]
		switch {
		case !known:
			return malformed(name, "there is no parameter %.50q", name)
		case len(values) != 1:
			return malformed(name, "the parameter is given %d times", len(values))
		}
		if err := checkQuery(s, values[0]); err != nil {
			return malformed(name, "%v", err)
		}
	}
	for name, s := range o.header {
		switch values := r.Header.Values(name); len(values) {
		case 0:
		case 1:
			if err := checkText(s, values[0]); err != nil {
				return malformed(name, "%v", err)
			}
		default:
			return malformed(name, "the header is given %d times", len(values))
		}
	}
	return nil
}

// checkQuery judges a query parameter by its schema.
func checkQuery(s *openapi3.Schema, text string) error {
	switch {
	case s.Type.Is(openapi3.TypeInteger):
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errors.New("the value is not a number")
		}
		return plainError(s.VisitJSON(float64(n)))
	case s.Type.Is(openapi3.TypeBoolean):
		if text != "true" && text != "false" {
			return errors.New("the value is neither true nor false")
		}
		return nil
	}
	return checkText(s, text)
}

// checkText judges a string by a schema, and by what no text of the API may have in it.
func checkText(s *openapi3.Schema, text string) error {
	if err := plain(text); err != nil {
		return err
	}
	return plainError(s.VisitJSON(text, openapi3.EnableFormatValidation()))
}

// plainError is a schema's complaint in one line, without the value, which may be a secret.
func plainError(err error) error {
	var e *openapi3.SchemaError
	if !errors.As(err, &e) {
		return err
	}
	at := strings.Join(e.JSONPointer(), ".")
	if at == "" {
		return errors.New(e.Reason)
	}
	return fmt.Errorf("%s: %s", at, e.Reason)
}

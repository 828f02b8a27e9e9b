package jsonschema_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/sut/jsonschema"
)

// post is the format of the tests.
const post = `{
 "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false, "required": ["to", "kind"],
 "properties": {
  "to": {"type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": true, "items": {"$ref": "common.json#/$defs/address"}},
  "kind": {"enum": ["letter", "parcel"], "type": "string", "description": "What it is."},
  "weight": {"type": "integer", "minimum": 1, "maximum": 31500},
  "value": {"type": ["number", "null"]},
  "sent": {"type": "string", "format": "date-time"},
  "code": {"type": "string", "minLength": 4, "maxLength": 6, "writeOnly": true},
  "fragile": {"type": "boolean"},
  "inside": {"$ref": "#"}
 }}`

const common = `{"$defs": {"address": {"type": "string", "pattern": "^[a-z]+@[a-z.]+$", "description": "An address."}}}`

func compile(t testing.TB) *jsonschema.Schema {
	t.Helper()
	set, err := jsonschema.Compile(map[string][]byte{"post.json": []byte(strings.Replace(post, `{"$ref": "#"}`, `{"$ref": "common.json#/$defs/box"}`, 1)),
		"common.json": []byte(strings.Replace(common, `{"$defs": {`, `{"$defs": {"box": {"type": "object", "properties": {"inside": {"$ref": "#/$defs/box"}}, "additionalProperties": false}, `, 1))})
	if err != nil {
		t.Fatal(err)
	}
	s, err := set.Schema("post.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCheck(t *testing.T) {
	cases := []struct{ name, data, want string }{
		{"good", `{"to": ["a@b.de"], "kind": "letter", "weight": 2.0, "value": null, "sent": "2016-01-04T08:00:00+01:00", "fragile": false, "inside": {"inside": {}}}`, ""},
		{"empty", `{}`, "p.to: is missing; give it\np.kind: is missing; give it: What it is"},
		{"no object", `[]`, "p: []: must be an object; it is an array"},
		{"not JSON", `{"to"`, "p: the JSON ends too early, after octet 5; write valid JSON"},
		{"nothing", ``, "p: the JSON ends too early, after octet 0; write valid JSON"},
		{"two values", `{} {}`, "p: at octet 4: text after the JSON value; write one value; write valid JSON"},
		{"key twice", `{"kind": "letter", "kind": "parcel"}`, `p: at octet 25: key "kind" is given twice; keep one; write valid JSON`},
		{"not UTF-8", "\"\xff\"", "p: is not UTF-8; write JSON in UTF-8; write valid JSON"},
		{"unknown key", `{"to": ["a@b.de"], "kind": "letter", "color": 1}`, "p.color: 1: unknown key; known keys: to, kind, weight, value, sent, code, fragile, inside"},
		{"unknown key with a line break", `{"to": ["a@b.de"], "kind": "letter", "a\nb": 1}`, `p."a\nb": 1: unknown key; known keys: to, kind, weight, value, sent, code, fragile, inside`},
		{"enum", `{"to": ["a@b.de"], "kind": "fax"}`, `p.kind: "fax": is not a known value; use "letter", "parcel"`},
		{"pattern", `{"to": ["a@b.de", "A"], "kind": "letter"}`, `p.to[1]: "A": has the wrong form; it must match ^[a-z]+@[a-z.]+$`},
		{"too few", `{"to": [], "kind": "letter"}`, "p.to: []: has 0 items, at least 1 are needed; add what is missing"},
		{"too many", `{"to": ["a@b", "b@b", "c@b", "d@b"], "kind": "letter"}`, "p.to: has 4 items, at most 3 are allowed; send fewer"},
		{"twice", `{"to": ["a@b", "a@b"], "kind": "letter"}`, `p.to[1]: "a@b": is the same as [0]; keep one`},
		{"fraction", `{"to": ["a@b"], "kind": "letter", "weight": 1.5}`, "p.weight: 1.5: must be an integer; it is a number"},
		{"small", `{"to": ["a@b"], "kind": "letter", "weight": 0}`, "p.weight: 0: is less than 1; send a larger number"},
		{"large", `{"to": ["a@b"], "kind": "letter", "weight": 99999}`, "p.weight: 99999: is more than 31500; send a smaller number"},
		{"huge", `{"to": ["a@b"], "kind": "letter", "value": 1e999}`, "p.value: 1e999: is out of range; send a smaller number"},
		{"time", `{"to": ["a@b"], "kind": "letter", "sent": "2016-01-04"}`, `p.sent: "2016-01-04": is not a time with its offset; write it like 2015-11-02T08:00:00+01:00`},
		{"secret is not shown", `{"to": ["a@b"], "kind": "letter", "code": "123"}`, "p.code: ***: has 3 characters, at least 4 are needed; fill it in"},
		{"long value", `{"to": ["` + strings.Repeat("ü", 100) + `"], "kind": "letter"}`, `p.to[0]: "` + strings.Repeat("ü", 39) + `...: has the wrong form; it must match ^[a-z]+@[a-z.]+$`},
		{"text for true", `{"to": ["a@b"], "kind": "letter", "fragile": "yes"}`, `p.fragile: "yes": must be true or false; it is a string`},
		{"deep in a loop", `{"to": ["a@b"], "kind": "letter", "inside": {"inside": {"x": 1}}}`, "p.inside.inside.x: 1: unknown key; known keys: inside"},
		{"too deep", strings.Repeat("[", 40), "p: at octet 33: nests deeper than 32 levels; write valid JSON"},
	}
	schema := compile(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if err := schema.Check("p", []byte(c.data)); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMany holds that one faulty list does not fill a report.
func TestMany(t *testing.T) {
	err := compile(t).Check("", []byte(`{"kind": 1, "to": [`+strings.Repeat("1,", 99)+`1]}`))
	var problems jsonschema.Problems
	if !errors.As(err, &problems) || len(problems) != jsonschema.MaxProblems {
		t.Fatalf("%d problems, want %d", len(problems), jsonschema.MaxProblems)
	}
}

func TestCompileRefuses(t *testing.T) {
	cases := []struct{ name, schema, want string }{
		{"unknown keyword", `{"oneOf": []}`, "schema s.json: oneOf: unknown keyword; this reader does not check it, so it must not be written"},
		{"missing definition", `{"$ref": "#/$defs/x"}`, "schema s.json#/$defs/x: there is no definition x in s.json"},
		{"missing document", `{"$ref": "t.json#/$defs/x"}`, "schema t.json#/$defs/x: there is no document t.json"},
		{"wrong type", `{"type": "text"}`, `schema s.json: type: "text" is not a type`},
		{"required without property", `{"type": "object", "required": ["a"], "properties": {}}`, `schema s.json: requires "a", which is not among its properties`},
		{"deep", `{"properties": {"a": {"items": {"minimum": "x"}}}}`, "schema s.json/a/items: minimum: must be a number"},
		{"pattern", `{"pattern": "("}`, "schema s.json: pattern: error parsing regexp: missing closing ): `(`"},
		{"format", `{"format": "email"}`, "schema s.json: format: only date-time is known"},
		{"count", `{"minItems": -1}`, "schema s.json: minItems: must be a count"},
		{"reference and type", `{"$defs": {"x": {"type": "string"}}, "$ref": "#/$defs/x", "type": "string"}`, "schema s.json: $ref and type stand beside each other; keep $ref"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := jsonschema.Compile(map[string][]byte{"s.json": []byte(c.schema)})
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestRedact(t *testing.T) {
	v, err := jsonschema.Parse([]byte(`{"kind": "letter", "code": "4711", "to": ["x"]}`))
	if err != nil {
		t.Fatal(err)
	}
	var secrets []string
	out, err := json.Marshal(compile(t).Redact(v, func(s string) { secrets = append(secrets, s) }))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"kind":"letter","code":"***","to":["x"]}`, string(out)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"4711"}, secrets); diff != "" {
		t.Error(diff)
	}
}

func TestDescribe(t *testing.T) {
	rows := compile(t).Describe()
	got := map[string]string{}
	for _, r := range rows {
		got[r.Path] = r.Type
	}
	for path, want := range map[string]string{"to": "list of string", "kind": "`letter`, `parcel`", "sent": "time", "code": "string, 4 to 6", "value": "number or null"} {
		if got[path] != want {
			t.Errorf("%s: %q, want %q", path, got[path], want)
		}
	}
}

type parcel struct {
	To      []string  `json:"to"`
	Kind    string    `json:"kind"`
	Weight  int       `json:"weight,omitempty"`
	Value   *float64  `json:"value,omitempty"`
	Sent    time.Time `json:"sent,omitzero"`
	Code    string    `json:"code,omitempty"`
	Fragile bool      `json:"fragile,omitempty"`
	Inside  *box      `json:"inside,omitempty"`
}

type box struct {
	Inside *box `json:"inside,omitempty"`
}

type wrongParcel struct {
	To     string `json:"to"`
	Kind   string `json:"kind,omitempty"`
	Colour string `json:"colour"`
}

func TestDifferences(t *testing.T) {
	schema := compile(t)
	if diff := cmp.Diff([]string(nil), schema.Differences(reflect.TypeFor[parcel](), "json")); diff != "" {
		t.Error(diff)
	}
	want := []string{"wrongParcel.to: the schema says array, the Go type string",
		"wrongParcel.kind: required in the schema: true, optional in the Go type: true",
		"wrongParcel.colour: the Go type has it, the schema has not", "wrongParcel.weight: the schema has it, the Go type has not",
		"wrongParcel.value: the schema has it, the Go type has not", "wrongParcel.sent: the schema has it, the Go type has not",
		"wrongParcel.code: the schema has it, the Go type has not", "wrongParcel.fragile: the schema has it, the Go type has not",
		"wrongParcel.inside: the schema has it, the Go type has not"}
	if diff := cmp.Diff(want, schema.Differences(reflect.TypeFor[wrongParcel](), "json")); diff != "" {
		t.Error(diff)
	}
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{"to": ["a@b.de"], "kind": "letter"}`, `{`, `{"a": {"a": [1, 1e5, null, true]}}`, `"\u0000"`, "[[[[", `{"":""}`} {
		f.Add([]byte(seed))
	}
	schema := compile(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		err := schema.Check("p", data)
		var problems jsonschema.Problems
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("%v is not Problems", err)
		}
		for _, p := range problems {
			if strings.ContainsAny(p.String(), "\n\r") {
				t.Fatalf("a problem has several lines: %q", p)
			}
		}
		v, err := jsonschema.Parse(data)
		if err != nil {
			return
		}
		if !json.Valid(data) {
			t.Fatalf("Parse took what is not JSON: %q", data)
		}
		schema.Redact(v, nil)
	})
}

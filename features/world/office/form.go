package office

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/jsonschema"
)

// Form fills in the arguments of an operation from rows of words: an argument's path ("process_owner.person") and
// its value. Lists are written with commas, times as "now", "now+28d", "now-1h" or RFC 3339, passwords as
// "password of ORG/PERSON", and "{name}" is the number of the paper with that name. An argument that is not there has no row; one
// that is empty is written as "(empty)". "rows[].mail" has the values of that key in all items of the list, in their order.
func (f *Office) Form(operation string, rows [][2]string) (json.RawMessage, error) {
	op, ok := contract.Lookup(operation)
	if !ok {
		return nil, fmt.Errorf("the contract has no operation %q; its operations are %s", operation, strings.Join(contract.Names(), ", "))
	}
	types := map[string]jsonschema.Row{}
	for _, r := range op.ArgsRows() {
		types[r.Path] = r
	}
	args := map[string]any{}
	for _, r := range rows {
		t, ok := types[r[0]]
		if !ok {
			return nil, fmt.Errorf("%s has no argument %q; it has %s", operation, r[0], paths(op))
		}
		v, err := f.value(t, r[1])
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", operation, r[0], err)
		}
		put(args, strings.Split(r[0], "."), v)
	}
	return json.Marshal(args)
}

func paths(op contract.Operation) string {
	var all []string
	for _, r := range op.ArgsRows() {
		all = append(all, r.Path)
	}
	return strings.Join(all, ", ")
}

// put sets a value in nested objects; a key that ends in [] makes lists of equally many objects.
func put(in map[string]any, path []string, v any) {
	key := path[0]
	if list, ok := strings.CutSuffix(key, "[]"); ok && len(path) > 1 {
		values := v.([]any)
		items, _ := in[list].([]any)
		for i, one := range values {
			if i >= len(items) {
				items = append(items, map[string]any{})
			}
			put(items[i].(map[string]any), path[1:], one)
		}
		in[list] = items
		return
	}
	if len(path) == 1 {
		in[key] = v
		return
	}
	inner, ok := in[key].(map[string]any)
	if !ok {
		inner = map[string]any{}
		in[key] = inner
	}
	put(inner, path[1:], v)
}

var paper = regexp.MustCompile(`\{([^{}]+)\}`)

// value reads one value of its type.
func (f *Office) value(t jsonschema.Row, words string) (any, error) {
	var missing error
	words = paper.ReplaceAllStringFunc(words, func(m string) string {
		n, err := f.Paper(m[1 : len(m)-1])
		if err != nil {
			missing = err
		}
		return n
	})
	if words == "(empty)" {
		words = ""
	}
	if missing != nil {
		return nil, missing
	}
	if strings.Contains(t.Path, "[]") || strings.HasPrefix(t.Type, "list of ") {
		return f.items(t, words)
	}
	return f.single(t.Type, words)
}

// items reads a list.
func (f *Office) items(t jsonschema.Row, words string) (any, error) {
	all := []any{}
	if words == "" {
		return all, nil
	}
	for one := range strings.SplitSeq(words, ",") {
		v, err := f.single(strings.TrimPrefix(t.Type, "list of "), strings.TrimSpace(one))
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func (f *Office) single(kind, words string) (any, error) {
	switch kind {
	case "boolean":
		return strconv.ParseBool(words)
	case "integer":
		return strconv.Atoi(words)
	case "time":
		return f.instant(words)
	}
	if who, ok := strings.CutPrefix(words, "password of "); ok {
		org, person, _ := strings.Cut(who, "/")
		return f.Password(org, person), nil
	}
	return words, nil
}

var relative = regexp.MustCompile(`^now(?:([+-])(\d+)(s|min|h|d))?$`)

// instant reads a time.
func (f *Office) instant(words string) (any, error) {
	m := relative.FindStringSubmatch(words)
	if m == nil {
		t, err := time.Parse(time.RFC3339, words)
		if err != nil {
			return nil, fmt.Errorf("%q is no time; write now, now+28d, now-1h, or a time as in RFC 3339", words)
		}
		return t, nil
	}
	at := f.o.Clock.Now()
	if m[1] == "" {
		return at, nil
	}
	n, err := strconv.Atoi(m[1] + m[2])
	unit := map[string]time.Duration{"s": time.Second, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[m[3]]
	return at.Add(time.Duration(n) * unit), err
}

// Package messages is the one catalogue of what the reports say to people, in English and in German: the
// sentences of the pages (catalogue.yaml), those of a rehearsed enrolment (rehearsal.yaml) and the German of the
// judge's findings (findings.yaml). Ids,
// addresses, replies and whatever else comes from the record are never translated. It leaves out the
// German of the steps, which stands beside the steps (features/steps).
package messages

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// Lang is a language of the reports, as the lang attribute of a page has it.
type Lang string

// The languages.
const (
	English Lang = "en"
	German  Lang = "de"
)

// Langs lists the languages, the default first.
var Langs = []Lang{English, German}

// ParseLang reads a language as a user writes it; "" is English.
func ParseLang(s string) (Lang, error) {
	if s == "" {
		return English, nil
	}
	if l := Lang(strings.ToLower(s)); slices.Contains(Langs, l) {
		return l, nil
	}
	return "", fmt.Errorf("language %q is not known; choose en or de", s)
}

//go:embed catalogue.yaml
var catalogueFile []byte

//go:embed rehearsal.yaml
var rehearsalFile []byte

// entry is one message in each language; parts in braces are replaced.
type entry struct {
	EN string `yaml:"en"`
	DE string `yaml:"de"`
}

var catalogue = sync.OnceValue(func() map[string]entry {
	m := map[string]entry{}
	for _, file := range [][]byte{catalogueFile, rehearsalFile} {
		part := map[string]entry{}
		if err := yaml.UnmarshalWithOptions(file, &part, yaml.Strict()); err != nil {
			panic("messages: " + err.Error()) // built in, read by every test
		}
		maps.Copy(m, part) // their keys begin differently, so none is in both
	}
	return m
})

// Keys returns the keys of the catalogue, sorted.
func Keys() []string {
	var out []string
	for k := range catalogue() {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Text speaks one language. The zero Text speaks English.
type Text struct{ lang Lang }

// In returns the Text of a language; an unknown one is English.
func In(l Lang) Text {
	if l != German {
		l = English
	}
	return Text{l}
}

// Lang returns the language.
func (t Text) Lang() Lang {
	if t.lang == "" {
		return English
	}
	return t.lang
}

// Has tells whether the catalogue has key.
func (t Text) Has(key string) bool {
	_, ok := catalogue()[key]
	return ok
}

// Say returns the message of key with each {name} replaced by its value; args are names and values in
// turn. A key that the catalogue lacks comes back in brackets: a defect that a test finds, and no reason to
// lose a report.
func (t Text) Say(key string, args ...any) string {
	e, ok := catalogue()[key]
	if !ok {
		return "[" + key + "]"
	}
	s := e.EN
	if t.lang == German {
		s = e.DE
	}
	if len(args) == 0 {
		return s
	}
	return fill(s, args)
}

// fill replaces {name} by the value after name in args; what is not there stays.
func fill(s string, args []any) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}")
		v, known := value(args, name)
		if !ok || !known {
			b.WriteString("{")
			s = rest
			continue
		}
		fmt.Fprint(&b, v)
		s = after
	}
}

// value returns the value after name; only every other argument is a name.
func value(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

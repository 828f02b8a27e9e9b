package messages

import (
	_ "embed"
	"maps"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed processes.yaml
var processesFile []byte

var rows = sync.OnceValue(func() map[string]string {
	var list []entry
	if err := yaml.UnmarshalWithOptions(processesFile, &list, yaml.Strict()); err != nil {
		panic("messages: processes.yaml: " + err.Error()) // built in, read by every test
	}
	m := map[string]string{}
	for _, e := range list {
		m[e.EN] = e.DE
	}
	return m
})

// Process returns a text of a process's table in the language of t, and the language that it really has: one without a
// German text comes back as it is.
func (t Text) Process(s string) (string, Lang) {
	if de := rows()[s]; t.lang == German && de != "" {
		return de, German
	}
	return s, English
}

// Processes returns the English texts that have German, sorted.
func Processes() []string { return slices.Sorted(maps.Keys(rows())) }

package messages

import (
	_ "embed"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed findings.yaml
var findingsFile []byte

// sentence is one form of what the judge and the suite say, and its German.
type sentence struct {
	EN string `yaml:"en"`
	DE string `yaml:"de"`

	form *regexp.Regexp
}

var sentences = sync.OnceValue(func() []sentence {
	var list []sentence
	if err := yaml.UnmarshalWithOptions(findingsFile, &list, yaml.Strict()); err != nil {
		panic("messages: findings.yaml: " + err.Error()) // built in, read by every test
	}
	for i := range list {
		list[i].form = regexp.MustCompile(`(?s)^(?:` + list[i].EN + `)$`)
	}
	return list
})

// Finding returns what the judge or the suite said (expected, observed, a reason) in the language of t,
// and the language that it really has: a text without a German form comes back as it is.
func (t Text) Finding(s string) (string, Lang) {
	if t.lang != German || s == "" {
		return s, English
	}
	if de, ok := german(s); ok {
		return de, German
	}
	return s, English
}

// german translates s by the first form that fits.
func german(s string) (string, bool) {
	for _, f := range sentences() {
		if m := f.form.FindStringSubmatch(s); m != nil {
			return expand(f.DE, m), true
		}
	}
	return "", false
}

var group = regexp.MustCompile(`\{(\d)(!?)\}`)

// expand puts the groups m into a template: {1} as it is, {1!} in German as far as there is any.
func expand(template string, m []string) string {
	return group.ReplaceAllStringFunc(template, func(g string) string {
		n, err := strconv.Atoi(g[1:2])
		if err != nil || n >= len(m) {
			return g
		}
		if strings.HasSuffix(g, "!}") {
			if de, ok := german(m[n]); ok {
				return de
			}
		}
		return m[n]
	})
}

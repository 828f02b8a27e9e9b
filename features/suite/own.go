package suite

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"demailbench/fixtures"
	"demailbench/sim/lab"
)

// Own is a world of somebody's own, in place of the built-in one.
type Own struct {
	// Dir is how the user called it; Fixtures are its files, World what they make.
	Dir      string
	Fixtures fs.FS
	World    *lab.Profile
}

// Fit holds a plan against a world of somebody's own. Scenarios name the addresses of the built-in world; where
// these are gone, what fails would be no finding about the gateway, so that is a UsageError. What the plan leaves
// untested or unread is in notes, because a PASS says nothing about it.
func (p Plan) Fit(own Own) (notes []string, err error) {
	if built, err := lab.Load(fixtures.FS, own.World.Name); err == nil {
		if err := p.missing(built, own); err != nil {
			return nil, err
		}
	}
	for _, t := range own.World.Tenants {
		if !slices.ContainsFunc(p.Run, func(s Scenario) bool { return mentions(s, t.ID) || mentionsAny(s, domains(&t)) }) {
			notes = append(notes, fmt.Sprintf("tenant %s: no scenario of this run names it or its domains, so the run says nothing about it; write scenarios for it and name their folder with --features", t.ID))
		}
	}
	for _, name := range unread(own.Fixtures) {
		notes = append(notes, fmt.Sprintf("%s: no profile lists it, so it is not read; list it under tenants in profiles/%s.yaml", name, own.World.Name))
	}
	return notes, nil
}

// missing is the error about scenarios that name what is in the world built but no longer in own.
func (p Plan) missing(built *lab.Profile, own Own) error {
	var have, gone []string
	for _, t := range own.World.Tenants {
		have = append(have, domains(&t)...)
	}
	for _, t := range built.Tenants {
		for _, d := range domains(&t) {
			if !slices.Contains(have, d) {
				gone = append(gone, d)
			}
		}
	}
	bad, first, domain := 0, "", ""
	for _, s := range p.Run {
		i := slices.IndexFunc(gone, func(d string) bool { return mentions(s, d) })
		if i < 0 {
			continue
		}
		if bad++; bad == 1 {
			first, domain = s.ID, gone[i]
		}
	}
	if bad == 0 {
		return nil
	}
	return &UsageError{Text: fmt.Sprintf("--fixtures %s: %d scenarios name what this world does not have, the first %s: %s. Copy the folder features too, put your tenants and addresses in, and name it with --features", own.Dir, bad, first, domain)}
}

// domains are a tenant's, of e-mail and De-Mail.
func domains(t *lab.Tenant) []string {
	list := slices.Clone(t.MailDomains)
	for _, d := range t.Domains {
		list = append(list, d.Name)
	}
	return list
}

func mentionsAny(s Scenario, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return mentions(s, w) })
}

// mentions reports whether a step of s has word, as a word or behind the @ of an address.
func mentions(s Scenario, word string) bool {
	inWord := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.'
	}
	return slices.ContainsFunc(s.Steps, func(step string) bool {
		return slices.Contains(strings.FieldsFunc(step, func(r rune) bool { return !inWord(r) }), word)
	})
}

// unread are files of tenants that no profile lists.
func unread(fsys fs.FS) (list []string) {
	var lists []byte
	profiles, _ := fs.Glob(fsys, "profiles/*.yaml") // the pattern is right, so there is no error
	for _, p := range profiles {
		text, err := fs.ReadFile(fsys, p)
		if err != nil {
			return nil // the profile of the run was read; another one's fault is not this run's
		}
		lists = append(lists, text...)
	}
	tenants, _ := fs.Glob(fsys, "tenants/*.yaml")
	for _, t := range tenants {
		if !strings.Contains(string(lists), path.Base(t)) {
			list = append(list, t)
		}
	}
	return list
}

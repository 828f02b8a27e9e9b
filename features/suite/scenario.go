// Package suite selects scenarios, runs each in a world of its own and tells what became of every one:
// planned equals executed plus explained. It wraps godog, whose own filters and exit codes pass when
// nothing ran; of godog it uses the matching and running of steps. It leaves out what steps mean
// (features/steps), what the evidence says (features/check) and how reports look (reports).
package suite

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"

	"demailbench/reports"
)

// Scenario is one executable scenario: a plain one, or one row of an outline.
type Scenario struct {
	// ID is stable and literal: the feature's path without its ending, a slash and the scenario's name in
	// lower case with hyphens; rows of an outline add a slash and their first cell.
	ID string
	// Name is the scenario's name; for a row with the cells put in.
	Name string
	// Feature is the feature's name, Path its file, Line the scenario's or row's line.
	Feature string
	Path    string
	Line    int
	// Process is the table of the process that its feature tells, if it tells one.
	Process []reports.ProcessRow
	// Tags with their "@", inherited ones included.
	Tags []string
	// Steps are the texts of its steps with their keywords.
	Steps []string
	// source is the feature file with every other scenario blanked out, lines kept.
	source []byte
}

var requirement = regexp.MustCompile(`^@(S[0-9]+-[0-9]+)$`)

// Requirements returns the statement ids among the tags.
func (s Scenario) Requirements() []string {
	var ids []string
	for _, t := range s.Tags {
		if m := requirement.FindStringSubmatch(t); m != nil {
			ids = append(ids, m[1])
		}
	}
	return ids
}

// Load reads all feature files of fsys. Every mistake that would make a scenario vanish is an error that
// names file and line: no feature, no scenario, no steps, an outline without rows, a duplicate name, a
// wrong encoding.
func Load(fsys fs.FS) ([]Scenario, error) {
	var all []Scenario
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(path.Ext(p), ".feature") {
			return err
		}
		src, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		list, err := parse(p, src)
		all = append(all, list...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load features: %w", err)
	}
	if len(all) == 0 {
		return nil, errors.New("load features: no scenario in any .feature file")
	}
	seen := map[string]Scenario{}
	for _, s := range all {
		if o, ok := seen[s.ID]; ok {
			return nil, fmt.Errorf("load features: %s:%d and %s:%d have the same name %q; rename one", o.Path, o.Line, s.Path, s.Line, s.ID)
		}
		seen[s.ID] = s
	}
	return all, nil
}

// parse reads one feature file.
func parse(p string, src []byte) ([]Scenario, error) {
	switch {
	case bytes.HasPrefix(src, []byte("\xef\xbb\xbf")):
		return nil, fmt.Errorf("%s:1: the file begins with a byte order mark; save it as UTF-8 without", p)
	case !utf8.Valid(src):
		return nil, fmt.Errorf("%s: the file is not UTF-8; save it as UTF-8", p)
	case bytes.Contains(src, []byte("\r\n")):
		src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	}
	ids := (&messages.Incrementing{}).NewId
	doc, err := gherkin.ParseGherkinDocument(bytes.NewReader(src), ids)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	if doc.Feature == nil {
		return nil, fmt.Errorf("%s: no feature in the file", p)
	}
	if err := complete(p, doc); err != nil {
		return nil, err
	}
	m := newMask(doc, src)
	var out []Scenario
	for _, pk := range gherkin.Pickles(*doc, p, ids) {
		s := Scenario{Name: pk.Name, Feature: doc.Feature.Name, Path: p, Process: processOf(doc.Feature.Description), source: m.only(pk.AstNodeIds)}
		s.ID, s.Line = m.identify(p, pk)
		for _, t := range pk.Tags {
			s.Tags = append(s.Tags, t.Name)
		}
		for _, st := range pk.Steps {
			s.Steps = append(s.Steps, m.keyword[st.AstNodeIds[0]]+st.Text)
		}
		out = append(out, s)
	}
	return out, nil
}

// complete refuses what Gherkin allows and what would run nothing.
func complete(p string, doc *messages.GherkinDocument) error {
	n := 0
	for _, sc := range scenariosOf(doc) {
		n++
		at := fmt.Sprintf("%s:%d: scenario %q", p, sc.Location.Line, sc.Name)
		if sc.Name == "" {
			return fmt.Errorf("%s:%d: scenario without a name", p, sc.Location.Line)
		}
		if len(sc.Steps) == 0 {
			return fmt.Errorf("%s has no steps; German keywords need the line \"# language: de\" at the top", at)
		}
		outline := slices.ContainsFunc(sc.Steps, func(s *messages.Step) bool { return strings.Contains(s.Text, "<") && strings.Contains(s.Text, ">") })
		rows := 0
		for _, ex := range sc.Examples {
			rows += len(ex.TableBody)
		}
		if rows == 0 && (outline || len(sc.Examples) > 0) {
			return fmt.Errorf("%s is an outline without rows", at)
		}
	}
	if n == 0 {
		return fmt.Errorf("%s: feature %q has no scenario", p, doc.Feature.Name)
	}
	return nil
}

func scenariosOf(doc *messages.GherkinDocument) []*messages.Scenario {
	var out []*messages.Scenario
	for _, c := range doc.Feature.Children {
		if c.Scenario != nil {
			out = append(out, c.Scenario)
		}
		if c.Rule != nil {
			for _, rc := range c.Rule.Children {
				if rc.Scenario != nil {
					out = append(out, rc.Scenario)
				}
			}
		}
	}
	return out
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slug turns a name into the form it has in ids, at most 60 characters.
func slug(s string) string {
	s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace(strings.ToLower(s))
	s = strings.Trim(notSlug.ReplaceAllString(s, "-"), "-")
	if len(s) > 60 {
		s = strings.TrimRight(s[:60], "-")
	}
	return s
}

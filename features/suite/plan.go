package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"demailbench/reports"
	"demailbench/reports/shard"
)

// Selection says which scenarios a user wants.
type Selection struct {
	// IDs are scenario ids, prefixes of them at a slash, or statement ids; none means all.
	IDs []string
	// Tags is a tag expression; "" means all.
	Tags string
	// Only, when not nil, are the ids that an earlier run did not pass.
	Only []string
	// Shard is the part of what is selected that is run; the zero Shard is all.
	Shard shard.Shard
	// All adds the scenarios tagged @extended to the core selection. Naming a scenario by ID adds it too.
	All bool
}

// Excluded is a scenario that the selection leaves out, and why.
type Excluded struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Plan is what a run will do: every scenario is either in Run or in Excluded.
type Plan struct {
	Run      []Scenario
	Excluded []Excluded
}

// UsageError is a mistake in what the user asked for: exit code 64.
type UsageError struct{ Text string }

// Error says what was wrong.
func (e *UsageError) Error() string { return e.Text }

// Select plans a run. An id or tag that matches nothing, and a selection that leaves nothing to run, is a
// UsageError.
func Select(all []Scenario, s Selection) (Plan, error) {
	tags, err := tagFilter(all, s.Tags)
	if err != nil {
		return Plan{}, &UsageError{err.Error()}
	}
	for _, id := range s.IDs {
		if !slices.ContainsFunc(all, func(sc Scenario) bool { return matches(sc, id) }) {
			return Plan{}, &UsageError{fmt.Sprintf("no scenario or statement %q%s", id, suggest(id, names(all)))}
		}
	}
	var p Plan
	for _, sc := range all {
		named := slices.ContainsFunc(s.IDs, func(id string) bool { return matches(sc, id) })
		switch {
		case len(s.IDs) > 0 && !named:
			p.Excluded = append(p.Excluded, Excluded{sc.ID, "not among the ids asked for"})
		case s.Only != nil && !slices.Contains(s.Only, sc.ID):
			p.Excluded = append(p.Excluded, Excluded{sc.ID, "passed in the earlier run, or was not in it"})
		case !tags(sc.Tags):
			p.Excluded = append(p.Excluded, Excluded{sc.ID, "tags do not match " + s.Tags})
		case slices.Contains(sc.Tags, "@extended") && !s.All && !named && s.Only == nil:
			p.Excluded = append(p.Excluded, Excluded{sc.ID, "not in the core selection; run with --all"})
		default:
			p.Run = append(p.Run, sc)
		}
	}
	p.divide(s.Shard)
	if len(p.Run) == 0 {
		return p, &UsageError{"the selection leaves no scenario to run; every one is excluded: " + p.Excluded[0].ID + " because " + p.Excluded[0].Reason}
	}
	return p, nil
}

// divide leaves a part of what is to be run, and the rest to the others.
func (p *Plan) divide(s shard.Shard) {
	all := p.Run
	p.Run = nil
	for k, sc := range all {
		if s.Has(k) {
			p.Run = append(p.Run, sc)
		} else {
			p.Excluded = append(p.Excluded, Excluded{sc.ID, s.Reason(k)})
		}
	}
}

// NotPassed returns the ids of what did not pass in the run in dir, for Selection.Only.
func NotPassed(dir string) ([]string, error) {
	f, err := os.Open(filepath.Join(dir, "summary.json"))
	if err != nil {
		return nil, &UsageError{fmt.Sprintf("%s holds no run: %v", dir, err)}
	}
	defer f.Close()
	s, err := reports.ReadJSON(f)
	if err != nil {
		return nil, &UsageError{err.Error()}
	}
	ids := []string{}
	for _, sc := range s.Scenarios {
		if !sc.Verdict.Settled() {
			ids = append(ids, sc.ID)
		}
	}
	return ids, nil
}

func tagFilter(all []Scenario, expr string) (tagExpr, error) {
	if strings.TrimSpace(expr) == "" {
		return func([]string) bool { return true }, nil
	}
	var known []string
	for _, s := range all {
		known = append(known, s.Tags...)
	}
	slices.Sort(known)
	return parseTags(expr, slices.Compact(known))
}

// matches tells whether id names sc: in full, by a prefix that ends before a slash, or by a statement.
func matches(sc Scenario, id string) bool {
	return sc.ID == id || strings.HasPrefix(sc.ID, strings.TrimSuffix(id, "/")+"/") || slices.Contains(sc.Requirements(), id)
}

func names(all []Scenario) []string {
	var out []string
	for _, s := range all {
		out = append(out, s.ID)
		out = append(out, s.Requirements()...)
		for i, c := range s.ID {
			if c == '/' {
				out = append(out, s.ID[:i])
			}
		}
	}
	return out
}

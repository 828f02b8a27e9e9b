package ledger

import (
	"fmt"
	"slices"
)

// Kinds of problems that Strict finds.
const (
	// UnknownID: a tag names a statement that does not exist.
	UnknownID = "unknown-id"
	// NoScenario: a statement claims to be tested and no scenario carries its id.
	NoScenario = "tested-without-scenario"
	// NoStatement: a scenario carries no statement's id.
	NoStatement = "scenario-without-statement"
	// NoDecision: the sources hold a statement that no row speaks of.
	NoDecision = "statement-without-row"
	// StaleStatus: a scenario carries a statement whose status is not tested. Either the status is old or
	// the tag names the wrong statement.
	StaleStatus = "status-not-tested"
)

// Problem is one contradiction between statements and scenarios.
type Problem struct {
	// Kind is one of the constants above.
	Kind string `json:"kind"`
	// Requirement and Scenario are the ids concerned; either may be empty.
	Requirement string `json:"requirement,omitempty"`
	Scenario    string `json:"scenario,omitempty"`
	// Path and Line are where to look.
	Path string `json:"path"`
	Line int    `json:"line,omitempty"`
	// Text says what is wrong, Fix what to do.
	Text string `json:"text"`
	Fix  string `json:"fix"`
}

// String returns "path:line: text; fix".
func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s; %s", p.Path, p.Text, p.Fix)
	}
	return fmt.Sprintf("%s:%d: %s; %s", p.Path, p.Line, p.Text, p.Fix)
}

// Strict lists every contradiction, scenarios first, then statements. An empty list means that each
// statement of the sources is tested or has its reason, and that each scenario says what it tests.
func (l *Ledger) Strict(scenarios []Scenario) []Problem {
	m := l.Trace(scenarios)
	var out []Problem
	for _, s := range m.Scenarios {
		out = append(out, l.scenarioProblems(s)...)
	}
	for _, r := range m.Rows {
		if q := r.Requirement; q.Status == Tested && len(r.Scenarios) == 0 {
			out = append(out, Problem{Kind: NoScenario, Requirement: q.ID, Path: q.File, Line: q.Line,
				Text: q.ID + " has status tested, but no scenario carries @" + q.ID,
				Fix:  "tag the scenario that shows it, or change the status"})
		}
	}
	for _, id := range l.ids {
		if !l.has(id) {
			out = append(out, Problem{Kind: NoDecision, Requirement: id, Path: idsFile,
				Text: id + " has no row", Fix: "write the row of the statement, with a status"})
		}
	}
	return out
}

// scenarioProblems finds what is wrong with one scenario's tags.
func (l *Ledger) scenarioProblems(s Scenario) []Problem {
	p := Problem{Scenario: s.ID, Path: s.Path, Line: s.Line}
	if len(s.Requirements) == 0 {
		p.Kind, p.Text = NoStatement, fmt.Sprintf("scenario %q carries no statement's id", s.ID)
		p.Fix = "tag it with the statement that it shows, like @S0-044"
		return []Problem{p}
	}
	var out []Problem
	for i, id := range s.Requirements {
		if slices.Contains(s.Requirements[:i], id) {
			continue
		}
		p.Requirement = id
		r, err := l.Get(id)
		switch {
		case err != nil:
			p.Kind, p.Text, p.Fix = UnknownID, fmt.Sprintf("tag @%s names no statement", id), l.hint(id)
			out = append(out, p)
		case r.Status != Tested:
			p.Kind = StaleStatus
			p.Text = fmt.Sprintf("tag @%s, but %s:%d gives it status %s: %s", id, r.File, r.Line, r.Status, r.TextEN)
			p.Fix = "change the status to tested, or tag the statement that the scenario shows"
			out = append(out, p)
		}
	}
	return out
}

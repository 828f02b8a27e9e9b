package ledger

import (
	"cmp"
	"slices"
)

// Scenario is what the ledger needs to know of a scenario.
type Scenario struct {
	// ID is the scenario's stable id; Path and Line say where it stands.
	ID   string `json:"id"`
	Path string `json:"path"`
	Line int    `json:"line"`
	// Requirements are the statement ids among its tags, without "@", unknown ones included.
	Requirements []string `json:"requirements"`
}

// Row is one statement with the scenarios that carry its id.
type Row struct {
	Requirement Requirement
	Scenarios   []Scenario
}

// Matrix is the trace in both directions.
type Matrix struct {
	// Rows has every statement in the order of the ids.
	Rows []Row
	// Scenarios has every scenario by path and line, also those without a statement.
	Scenarios []Scenario
	ledger    *Ledger
}

// Trace joins statements and scenarios. Unknown ids stay in Scenarios; Strict reports them.
func (l *Ledger) Trace(scenarios []Scenario) Matrix {
	m := Matrix{Scenarios: slices.Clone(scenarios), ledger: l}
	slices.SortStableFunc(m.Scenarios, func(a, b Scenario) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.ID, b.ID))
	})
	for _, r := range l.rows {
		row := Row{Requirement: r}
		for _, s := range m.Scenarios {
			if slices.Contains(s.Requirements, r.ID) {
				row.Scenarios = append(row.Scenarios, s)
			}
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// Counts returns how many statements have each status.
func (m Matrix) Counts() map[string]int {
	n := map[string]int{}
	for _, r := range m.Rows {
		n[r.Requirement.Status]++
	}
	return n
}

// Untested returns the statements without a scenario, in order: the list that must be honest.
func (m Matrix) Untested() []Requirement {
	var out []Requirement
	for _, r := range m.Rows {
		if len(r.Scenarios) == 0 {
			out = append(out, r.Requirement)
		}
	}
	return out
}

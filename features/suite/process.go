package suite

import (
	"regexp"
	"strings"

	"demailbench/reports"
)

// processRow begins a row of a process's table in the description of a feature.
var processRow = regexp.MustCompile(`^(Actors|Trigger|Preconditions|Steps|Alternative A|Alternative B|Postconditions|Hint): (.+)$`)

// processOf reads the table of a process from a feature's description: lines that begin with the name of a row, which
// may go on in the next lines until an empty one. A feature about something else has none.
func processOf(description string) []reports.ProcessRow {
	var rows []reports.ProcessRow
	in := false
	for line := range strings.Lines(description) {
		line = strings.TrimSpace(line)
		m := processRow.FindStringSubmatch(line)
		switch {
		case m != nil:
			rows = append(rows, reports.ProcessRow{Kind: strings.ReplaceAll(strings.ToLower(m[1]), " ", "-"), Text: m[2]})
			in = true
		case line == "":
			in = false
		case in:
			rows[len(rows)-1].Text += " " + line
		}
	}
	return rows
}

// processes are the processes that a plan's scenarios run, in their order.
func processes(plan []Scenario) []reports.Process {
	var out []reports.Process
	for _, s := range plan {
		if len(s.Process) == 0 || len(out) > 0 && out[len(out)-1].Path == s.Path {
			continue
		}
		out = append(out, reports.Process{Feature: s.Feature, FeatureDE: result(s).FeatureDE, Path: s.Path, Rows: s.Process})
	}
	return out
}

package mutant

import (
	"encoding/json"
	"io"
	"time"
)

// row is one report.
type row struct {
	ID           string   `json:"id"`
	Family       string   `json:"family"`
	Severity     string   `json:"severity"`
	Class        string   `json:"class"`
	Text         string   `json:"text"`
	Requirement  string   `json:"requirement"`
	Requirements []string `json:"requirements"`
	Outcome      string   `json:"outcome"`
	KilledBy     string   `json:"killed_by"`
	Gross        bool     `json:"gross,omitempty"`
	NoticedBy    string   `json:"noticed_by,omitempty"`
	Why          string   `json:"why,omitempty"`
}

// WriteJSON writes the reports for programs, with the time that the hunt took and the version that was measured.
func WriteJSON(w io.Writer, reports []Report, spent time.Duration, commit string) error {
	all := Counts(reports, All)
	var out struct {
		Mutants []row          `json:"mutants"`
		Counts  map[string]int `json:"counts"`
		Seconds float64        `json:"seconds"`
		Commit  string         `json:"commit"`
	}
	out.Mutants = []row{}
	for _, r := range reports {
		out.Mutants = append(out.Mutants, row{ID: r.ID, Family: string(r.Family), Severity: string(r.Severity), Class: string(r.Class), Text: r.Text,
			Requirement: r.Requirements[0], Requirements: r.Requirements, Outcome: string(r.Outcome), KilledBy: r.KilledBy, Gross: r.Gross, NoticedBy: r.Noticed, Why: r.Why})
	}
	out.Counts = map[string]int{"killed": all.Killed, "tolerated": all.Tolerated, "survived": all.Survived, "unmeasurable": all.Unmeasurable, "gross": all.Gross}
	out.Seconds, out.Commit = spent.Seconds(), commit
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

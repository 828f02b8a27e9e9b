package ledger

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// schema names the form of the JSON, so that a reader can refuse one it does not know.
const schema = "demailbench/trace/1"

// WriteCSV writes one line per statement (trace/requirements.csv), the statements without a scenario
// included with their reason. Cells are safe to open in a spreadsheet.
func (m Matrix) WriteCSV(w io.Writer) error {
	rows := [][]string{{"id", "status", "text_en", "text_de", "source", "section", "keywords", "kind", "actors", "basis", "clause", "binding",
		"decisions", "observation", "fixes", "waits_for", "why_en", "why_de", "correction", "scenarios"}}
	for _, row := range m.Rows {
		r := row.Requirement
		rows = append(rows, []string{r.ID, r.Status, r.TextEN, r.TextDE, r.Source, r.Section, strings.Join(r.Keywords, "; "), r.Kind,
			strings.Join(r.Actors, "; "), r.Basis, r.Clause, strconv.FormatBool(r.Binding()), strings.Join(r.Decisions, "; "), r.Observation, r.Fixes, r.WaitsFor,
			r.WhyEN, r.WhyDE, r.Correction, strings.Join(row.scenarioIDs(), "; ")})
	}
	return writeCSV(w, rows)
}

// WriteScenariosCSV writes one line per scenario and statement (trace/scenarios.csv); a scenario without a
// statement has one line with an empty statement, a statement that does not exist is marked unknown.
func (m Matrix) WriteScenariosCSV(w io.Writer) error {
	rows := [][]string{{"scenario", "path", "line", "requirement", "status", "basis", "text_en"}}
	for _, s := range m.Scenarios {
		ids := s.Requirements
		if len(ids) == 0 {
			ids = []string{""}
		}
		for _, id := range ids {
			r, err := m.ledger.Get(id)
			if err != nil && id != "" {
				r.Status = "unknown"
			}
			rows = append(rows, []string{s.ID, s.Path, strconv.Itoa(s.Line), id, r.Status, r.Basis, r.TextEN})
		}
	}
	return writeCSV(w, rows)
}

func (r Row) scenarioIDs() []string {
	ids := []string{}
	for _, s := range r.Scenarios {
		ids = append(ids, s.ID)
	}
	return ids
}

// writeCSV writes rows as RFC 4180 says.
func writeCSV(w io.Writer, rows [][]string) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	for _, row := range rows {
		for i := range row {
			row[i] = plain(row[i])
		}
		if err := c.Write(row); err != nil {
			return fmt.Errorf("write trace: %w", err)
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("write trace: %w", err)
	}
	return nil
}

// plain keeps a spreadsheet from taking a cell for a formula: the apostrophe makes it text. Full-width forms
// count too, because some programs narrow them first.
func plain(cell string) string {
	first, _ := utf8.DecodeRuneInString(cell)
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

// jsonMatrix is trace/requirements.json.
type jsonMatrix struct {
	Schema       string            `json:"schema"`
	Counts       map[string]int    `json:"counts"`
	Documents    []jsonDocument    `json:"documents"`
	Decisions    []jsonDecision    `json:"decisions"`
	Requirements []jsonRequirement `json:"requirements"`
	Scenarios    []Scenario        `json:"scenarios"`
}

type jsonDocument struct {
	Prefix  string `json:"prefix"`
	Source  string `json:"source"`
	TitleEN string `json:"title_en"`
	TitleDE string `json:"title_de"`
}

type jsonDecision struct {
	ID        string `json:"id"`
	TitleEN   string `json:"title_en"`
	TitleDE   string `json:"title_de"`
	ChoiceEN  string `json:"choice_en"`
	ChoiceDE  string `json:"choice_de"`
	Parameter string `json:"parameter,omitempty"`
}

type jsonRequirement struct {
	ID          string   `json:"id"`
	Source      string   `json:"source"`
	Section     string   `json:"section"`
	Keywords    []string `json:"keywords"`
	TextEN      string   `json:"text_en"`
	TextDE      string   `json:"text_de"`
	Kind        string   `json:"kind"`
	Actors      []string `json:"actors"`
	Observation string   `json:"observation,omitempty"`
	Basis       string   `json:"basis"`
	Clause      string   `json:"clause,omitempty"`
	Binding     bool     `json:"binding"`
	Decisions   []string `json:"decisions"`
	Fixes       string   `json:"fixes,omitempty"`
	Status      string   `json:"status"`
	WaitsFor    string   `json:"waits_for,omitempty"`
	WhyEN       string   `json:"why_en,omitempty"`
	WhyDE       string   `json:"why_de,omitempty"`
	Correction  string   `json:"correction,omitempty"`
	Scenarios   []string `json:"scenarios"`
}

// WriteJSON writes both directions in one object (trace/requirements.json).
func (m Matrix) WriteJSON(w io.Writer) error {
	out := jsonMatrix{Schema: schema, Counts: m.Counts(), Requirements: []jsonRequirement{}, Scenarios: []Scenario{}}
	for _, d := range m.ledger.documents {
		out.Documents = append(out.Documents, jsonDocument{d.Prefix, d.Source, d.TitleEN, d.TitleDE})
	}
	for _, d := range m.ledger.decisions {
		out.Decisions = append(out.Decisions, jsonDecision(d))
	}
	for _, row := range m.Rows {
		r := row.Requirement
		out.Requirements = append(out.Requirements, jsonRequirement{ID: r.ID, Source: r.Source, Section: r.Section, Keywords: list(r.Keywords),
			TextEN: r.TextEN, TextDE: r.TextDE, Kind: r.Kind, Actors: list(r.Actors), Observation: r.Observation, Basis: r.Basis,
			Clause: r.Clause, Binding: r.Binding(), Decisions: list(r.Decisions), Fixes: r.Fixes, Status: r.Status, WaitsFor: r.WaitsFor, WhyEN: r.WhyEN,
			WhyDE: r.WhyDE, Correction: r.Correction, Scenarios: row.scenarioIDs()})
	}
	for _, s := range m.Scenarios {
		s.Requirements = list(s.Requirements)
		out.Scenarios = append(out.Scenarios, s)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("write trace: %w", err)
	}
	return nil
}

// list makes an absent list an empty one: readers of JSON should not meet null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

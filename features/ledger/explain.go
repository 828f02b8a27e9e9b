package ledger

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Columns of an explanation.
const (
	labelWidth = 16
	lineWidth  = 100
)

// labels are the words in front of an explanation's parts.
var labels = map[string]Term{
	"source":     {EN: "Source", DE: "Quelle"},
	"section":    {EN: "section", DE: "Abschnitt"},
	"keywords":   {EN: "Key words", DE: "Stichwörter"},
	"kind":       {EN: "About", DE: "Gegenstand"},
	"actors":     {EN: "Concerns", DE: "Betrifft"},
	"basis":      {EN: "Basis", DE: "Grundlage"},
	"clause":     {EN: "Clause", DE: "Fundstelle"},
	"shown":      {EN: "Shown by", DE: ""},
	"decisions":  {EN: "Decisions", DE: "Festlegungen"},
	"status":     {EN: "Status", DE: "Stand"},
	"waits":      {EN: "waits for", DE: "wartet auf"},
	"scenarios":  {EN: "Scenarios", DE: "Szenarien"},
	"none":       {EN: "none", DE: "keine"},
	"fixes":      {EN: "Usually fixed by", DE: "Abhilfe meist"},
	"correction": {EN: "Reading", DE: ""},
}

// Explain tells people everything about one statement, in English or German: its text, source and section,
// the source's key words, basis, decisions, status, scenarios and who usually fixes it. What shows it and
// how we corrected its reading is for engineers and given in English only. The error is an *UnknownIDError.
func (l *Ledger) Explain(id string, scenarios []Scenario, lang string) (string, error) {
	r, err := l.Get(id)
	if err != nil {
		return "", err
	}
	w := &explanation{lang: lang}
	w.head(r.ID, r.Text(lang))
	d := l.document(r)
	w.part("source", fmt.Sprintf("%s, %s %s (%s)", d.Title(lang), labels["section"].Name(lang), r.Section, r.Source))
	w.part("keywords", quoted(r.Keywords))
	w.part("kind", Kinds.Name(r.Kind, lang))
	w.part("actors", names(Actors, r.Actors, lang))
	w.part("basis", Bases.Name(r.Basis, lang)+": "+consequence(r, lang))
	w.part("clause", r.Clause)
	var decisions []string
	for _, id := range r.Decisions {
		d, _ := l.Decision(id)
		decisions = append(decisions, fmt.Sprintf("%s %s: %s", id, d.Title(lang), d.Choice(lang)))
	}
	w.part("decisions", decisions...)
	w.part("shown", r.Observation)
	w.part("status", status(r, lang))
	w.part("scenarios", l.scenariosOf(r, scenarios, lang)...)
	w.part("fixes", Fixers.Name(r.Fixes, lang))
	w.part("correction", r.Correction)
	return w.b.String(), nil
}

// consequence says what breaking the statement means for a gateway.
func consequence(r Requirement, lang string) string {
	switch {
	case r.Status == NotTestable || r.Status == Informational:
		return pick(lang, "not judged", "wird nicht beurteilt")
	case r.Binding():
		return pick(lang, "breaking it fails a gateway", "ein Verstoß lässt das Gateway durchfallen")
	case r.Recommended:
		return pick(lang, "recommended; breaking it is a warning", "empfohlen; ein Verstoß ist eine Warnung")
	}
	return pick(lang, "breaking it is a warning, unless the gateway declared the same", "ein Verstoß ist eine Warnung, außer das Gateway hat dasselbe erklärt")
}

// status says the status with its reason.
func status(r Requirement, lang string) string {
	s := Statuses.Name(r.Status, lang)
	switch {
	case r.WaitsFor != "":
		return fmt.Sprintf("%s; %s: %s", s, labels["waits"].Name(lang), Capabilities.Name(r.WaitsFor, lang))
	case r.Why(lang) != "":
		return s + ": " + r.Why(lang)
	}
	return s
}

// scenariosOf lists the scenarios that carry the statement's id.
func (l *Ledger) scenariosOf(r Requirement, scenarios []Scenario, lang string) []string {
	var out []string
	for _, row := range l.Trace(scenarios).Rows {
		if row.Requirement.ID != r.ID {
			continue
		}
		for _, s := range row.Scenarios {
			out = append(out, fmt.Sprintf("%s (%s:%d)", s.ID, s.Path, s.Line))
		}
	}
	if len(out) == 0 {
		return []string{labels["none"].Name(lang)}
	}
	return out
}

// quoted lists key words in the quotation marks of their language.
func quoted(words []string) string {
	var out []string
	for _, k := range words {
		out = append(out, "„"+k+"“")
	}
	return strings.Join(out, ", ")
}

// names lists terms by their names.
func names(v Vocabulary, ids []string, lang string) string {
	var out []string
	for _, id := range ids {
		out = append(out, v.Name(id, lang))
	}
	return strings.Join(out, ", ")
}

// explanation is a text in two columns.
type explanation struct {
	lang string
	b    strings.Builder
}

// head writes the id and the sentence.
func (e *explanation) head(id, text string) {
	e.lines(id, text)
	e.b.WriteString("\n")
}

// part writes a labelled part, each value on its own lines; a part without value or without a label in the
// language is left out.
func (e *explanation) part(key string, values ...string) {
	label := labels[key].Name(e.lang)
	for _, v := range values {
		if v == "" || labels[key].Name(e.lang) == "" {
			continue
		}
		e.lines(label, v)
		label = ""
	}
}

// lines writes text behind label, wrapped.
func (e *explanation) lines(label, text string) {
	indent := strings.Repeat(" ", labelWidth+2)
	line := label + strings.Repeat(" ", max(labelWidth+2-utf8.RuneCountInString(label), 1))
	empty := true
	for _, word := range strings.Fields(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > lineWidth {
			e.b.WriteString(line + "\n")
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	e.b.WriteString(strings.TrimRight(line, " ") + "\n")
}

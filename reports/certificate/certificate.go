// Package certificate writes the page that says what a signed package shows, in German and in English on one sheet
// each: who tested what, how many statements, what the verdict does not cover, and how anybody can recompute it. It
// leaves out whether a certificate may be written at all.
package certificate

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"

	"demailbench/features/check"
	"demailbench/reports"
	"demailbench/reports/manifest"
	"demailbench/reports/messages"
)

// File is the page's name in the run's directory.
const File = "certificate.html"

//go:embed certificate.html
var pageText string

var page = template.Must(template.New("certificate").Parse(pageText))

// Facts are what the page says.
type Facts struct {
	Summary *reports.Summary
	Origin  manifest.Origin
	// Required is the number of scenarios that the profile requires, Left those among them that were not looked at.
	Required int
	Left     []string
	// Statements are the ids of the statements that passed scenarios are about, sorted.
	Statements []string
	// Fingerprint is the signer's.
	Fingerprint string
}

// sheet is the page in one language.
type sheet struct {
	Facts
	T messages.Text
}

// Say and Lang serve the template.
func (s sheet) Say(key string, args ...any) string { return s.T.Say(key, args...) }

// Lang is the language of the sheet.
func (s sheet) Lang() string { return string(s.T.Lang()) }

// Title is what the package shows, in one sentence.
func (s sheet) Title() string {
	subject := strings.Join(strings.Fields(s.Origin.Vendor+" "+s.Origin.Product+" "+s.Origin.Version), " ")
	if len(s.Left) > 0 {
		return s.Say("sheet.partly", "subject", subject, "done", s.Required-len(s.Left), "required", s.Required)
	}
	return s.Say("sheet.wholly", "subject", subject, "required", s.Required)
}

// Count is the number of scenarios with a verdict.
func (s sheet) Count(v string) int { return s.Summary.Counts[check.Verdict(v)] }

// Noted are the scenarios whose verdict a reader of the certificate should know: warnings, and what does not apply.
func (s sheet) Noted() []reports.Scenario {
	var out []reports.Scenario
	for _, sc := range s.Summary.Scenarios {
		if sc.Verdict != check.Pass {
			out = append(out, sc)
		}
	}
	return out
}

// Name is a scenario's name in the language of the sheet.
func (s sheet) Name(sc reports.Scenario) string {
	if s.T.Lang() == messages.German && sc.NameDE != "" {
		return sc.NameDE
	}
	return sc.Name
}

// Word is a verdict in words.
func (s sheet) Word(v check.Verdict) string { return s.Say("verdict.word." + string(v)) }

// Joined are the statements in one line.
func (s sheet) Joined() string { return strings.Join(s.Statements, ", ") }

// Write writes the page, first in lang.
func Write(w io.Writer, f Facts, lang messages.Lang) error {
	langs := slices.Clone(messages.Langs)
	if lang == messages.German {
		slices.Reverse(langs)
	}
	var sheets []sheet
	for _, l := range langs {
		sheets = append(sheets, sheet{f, messages.In(l)})
	}
	return page.Execute(w, sheets)
}

// StatementsOf are the ids of the statements that the passed scenarios of s are about, sorted.
func StatementsOf(s *reports.Summary) []string {
	var ids []string
	for _, sc := range s.Scenarios {
		if sc.Verdict == check.Pass || sc.Verdict == check.Warn {
			ids = append(ids, sc.Requirements...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

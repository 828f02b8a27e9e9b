package reports

import (
	"strings"
	"testing"

	"demailbench/features/check"
	"demailbench/reports/messages"
)

// TestProcess holds that a process stands on the page as its source's table, in both languages, with its scenarios.
func TestProcess(t *testing.T) {
	s := &Summary{Processes: []Process{{Feature: "Scenario 9", FeatureDE: "Szenario 9", Path: "a.feature", Rows: []ProcessRow{{"actors", "a town"}, {"hint", "no German"}}}},
		Scenarios: []Scenario{{ID: "a/passed", Name: "passed", NameDE: "bestanden", Path: "a.feature", Verdict: check.Pass},
			{ID: "a/failed", Name: "failed", Path: "a.feature", Verdict: check.Fail}, {ID: "b/other", Name: "other", Path: "b.feature", Verdict: check.Pass}}}
	for lang, words := range map[messages.Lang][]string{messages.English: {"Scenario 9", "Actors", "Hint"}, messages.German: {"Szenario 9", "Akteure", "Hinweis"}} {
		w := &writer{text: messages.In(lang)}
		p := w.page(s, []*Card{nil, {Scenario: &s.Scenarios[1], Anchor: "x"}, nil})
		tables := p.Processes()
		if len(tables) != 1 || len(tables[0].Scenarios) != 2 {
			t.Fatalf("%s: %d tables, want one with two scenarios", lang, len(tables))
		}
		var b strings.Builder
		if err := pageTemplate.ExecuteTemplate(&b, "report", p); err != nil {
			t.Fatal(err)
		}
		for _, word := range append(words, "a town", "no German", `href="#`+anchor("a/failed")) {
			if !strings.Contains(b.String(), word) {
				t.Errorf("%s: the page lacks %q", lang, word)
			}
		}
	}
}

package certificate

import (
	"strings"
	"testing"

	"demailbench/features/check"
	"demailbench/reports"
	"demailbench/reports/manifest"
	"demailbench/reports/messages"
)

func TestWrite(t *testing.T) {
	s := &reports.Summary{Planned: 3, Scenarios: []reports.Scenario{
		{ID: "a/b", Name: "It arrives", Verdict: check.Pass, Requirements: []string{"S1-153", "S0-001"}},
		{ID: "a/c", Name: "It warns <b>", NameDE: "Es warnt", Verdict: check.Warn, Reason: "too slow", Requirements: []string{"S0-001"}},
		{ID: "a/d", Name: "It has none", Verdict: check.NotApplicable, Requirements: []string{"S0-009"}}}}
	s.Finish()
	f := Facts{Summary: s, Origin: manifest.Origin{Vendor: "Acme & Sons", Product: "Gate", Version: "2", SUT: "sut.yaml"}, Required: 4, Left: []string{"a/e"},
		Statements: StatementsOf(s), Fingerprint: "06e3 fd8f"}
	var b strings.Builder
	if err := Write(&b, f, messages.German); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{`<html lang="de">`, `<section lang="en"`, "3 of 4 required scenarios were looked at", "3 von 4 geforderten Szenarien", "Teilprüfung: 1 ",
		"It warns &lt;b&gt;", "Es warnt", "NOT_APPLICABLE (does not apply)", "S0-001, S1-153", "06e3 fd8f", "Acme &amp; Sons"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Index(page, `lang="de" aria`) > strings.Index(page, `lang="en" aria`) {
		t.Error("German is not first")
	}
	for _, bad := range []string{"http://", "https://", "<script", "[sheet", "It warns <b>"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	f.Left = nil
	b.Reset()
	if err := Write(&b, f, ""); err != nil || strings.Contains(b.String(), "Partial") || !strings.Contains(b.String(), "met every requirement") {
		t.Errorf("a whole one: %v\n%s", err, b.String())
	}
}

package reports

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"demailbench/features/check"
)

// sample is a run with one scenario of each verdict.
func sample() *Summary {
	s := &Summary{Schema: Schema, Run: "r1", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), DurationMS: 1500, Seed: 7, Profile: "saxony",
		Subject: Subject{"Vendor <&>", "Gateway", "1"}, Planned: len(check.Verdicts), Excluded: []Excluded{{"x/y", "not asked for"}}}
	for i, v := range check.Verdicts {
		s.Scenarios = append(s.Scenarios, Scenario{ID: "transport/f/" + strings.ToLower(string(v)), Name: "Name <" + string(v) + ">", Feature: "Feature", Path: "transport/f.feature",
			Line: i, Verdict: v, Reason: "because <script>alert(1)</script>", Requirements: []string{"S0-001"}, DurationMS: 12, Repeat: "demailbench run x",
			Findings: []check.Finding{{Verdict: v, Rule: "delivered", Expected: "a", Observed: "b <i>", Event: 3, Packet: &check.Packet{Number: 4, Link: "l"}}}, Evidence: []string{"scenarios/x/net.pcapng"}})
	}
	s.Finish()
	return s
}

func TestSummaryRoundTrip(t *testing.T) {
	s := sample()
	if s.Verdict != check.Error || s.ExitCode != check.ExitBench || s.Executed != s.Planned-1 {
		t.Errorf("verdict %s, exit code %d, executed %d of %d", s.Verdict, s.ExitCode, s.Executed, s.Planned)
	}
	var buf bytes.Buffer
	if err := WriteJSON(&buf, s); err != nil {
		t.Fatal(err)
	}
	text := buf.String()
	if _, err := ReadJSON(strings.NewReader(text)); err != nil {
		t.Error(err)
	}
	for name, edited := range map[string]string{
		"truncated":       text[:len(text)/2],
		"unknown field":   strings.Replace(text, `"run"`, `"walk"`, 1),
		"other schema":    strings.Replace(text, Schema, "other/1", 1),
		"verdict changed": strings.Replace(text, `"verdict": "ERROR"`, `"verdict": "PASS"`, 1),
		"code changed":    strings.Replace(text, `"exit_code": 5`, `"exit_code": 0`, 1),
		"count changed":   strings.Replace(text, `"executed": 9`, `"executed": 10`, 1),
	} {
		if edited == text {
			t.Fatalf("%s: nothing was edited", name)
		}
		if _, err := ReadJSON(strings.NewReader(edited)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestJUnit(t *testing.T) {
	var buf bytes.Buffer
	if err := WriteJUnit(&buf, sample()); err != nil {
		t.Fatal(err)
	}
	var got junitSuites
	if err := xml.Unmarshal(buf.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	// FAIL fails; ERROR, BLOCKED, INCONCLUSIVE, NOT_RUN and REVIEW are errors; two are skipped.
	if got.Tests != 10 || got.Failures != 1 || got.Errors != 5 || got.Skipped != 2 {
		t.Errorf("tests %d, failures %d, errors %d, skipped %d", got.Tests, got.Failures, got.Errors, got.Skipped)
	}
	names := map[string]bool{}
	for _, c := range got.Suites[0].Cases {
		if c.Classname != "transport/f.feature" || c.File != "features/transport/f.feature" || names[c.Name] || len(c.Properties) != 2 {
			t.Errorf("case %+v", c)
		}
		names[c.Name] = true
	}
}

func TestHTMLEscapes(t *testing.T) {
	var buf bytes.Buffer
	if err := WriteHTML(&buf, sample()); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script>", "Vendor <&>", "b <i>"} {
		if strings.Contains(buf.String(), bad) {
			t.Errorf("the page contains %q as it came", bad)
		}
	}
	if strings.Contains(buf.String(), "http://") || strings.Contains(buf.String(), "https://") {
		t.Error("the page refers to the net")
	}
}

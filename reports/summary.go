// Package reports writes what a run found: summary.json, the single source, and from it the page for
// people and the files for machines. It leaves out judging; every verdict in it comes from features/check.
package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"demailbench/features/check"
)

// Schema names the format of summary.json; it changes when a reader of the old one would misread.
const Schema = "demailbench/summary/1"

// Subject is the gateway under test.
type Subject struct {
	Vendor  string `json:"vendor"`
	Product string `json:"product"`
	Version string `json:"version"`
}

// Summary is one run. Two runs with one seed differ only in the fields marked as wall clock.
type Summary struct {
	Schema string `json:"schema"`
	// Run names the run and its directory; made from the wall clock and the seed.
	Run string `json:"run"`
	// Started and DurationMS are wall clock.
	Started    time.Time `json:"started"`
	DurationMS int64     `json:"duration_ms"`
	Seed       uint64    `json:"seed"`
	Profile    string    `json:"profile"`
	Subject    Subject   `json:"subject"`
	// Verdict is the worst of the scenarios'; ExitCode is what the process returned.
	Verdict  check.Verdict `json:"verdict"`
	ExitCode int           `json:"exit_code"`
	// Preflight says why no verdict was possible: the gateway did not start, or is not wired as declared.
	Preflight string `json:"preflight,omitempty"`
	// Stale says what in the vendor's baseline is no longer so, one sentence each.
	Stale []string `json:"stale,omitempty"`
	// Shard is the part of the plan that was run, "1/3"; empty for all.
	Shard string `json:"shard,omitempty"`
	// Planned scenarios were selected, Executed ones ran to a verdict of their own; Excluded were left out
	// by the selection.
	Planned   int                   `json:"planned"`
	Executed  int                   `json:"executed"`
	Counts    map[check.Verdict]int `json:"counts"`
	Scenarios []Scenario            `json:"scenarios"`
	Excluded  []Excluded            `json:"excluded"`
	// Processes are the processes of the sources that were run.
	Processes []Process `json:"processes,omitempty"`
}

// Excluded is a scenario that the selection left out.
type Excluded struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Scenario is the result of one scenario.
type Scenario struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Feature string `json:"feature"`
	// NameDE and FeatureDE are the German titles, when there are any.
	NameDE       string        `json:"name_de,omitempty"`
	FeatureDE    string        `json:"feature_de,omitempty"`
	Path         string        `json:"path"`
	Line         int           `json:"line"`
	Verdict      check.Verdict `json:"verdict"`
	Reason       string        `json:"reason,omitempty"`
	Requirements []string      `json:"requirements"`
	// Expected are the rows of the vendor's baseline about it.
	Expected []Expected `json:"expected,omitempty"`
	// DurationMS is wall clock.
	DurationMS int64 `json:"duration_ms"`
	// VirtualMS is how long it took on the world's clock.
	VirtualMS int64           `json:"virtual_ms"`
	Steps     []Step          `json:"steps"`
	Findings  []check.Finding `json:"findings"`
	// Evidence are paths below the run's directory.
	Evidence []string `json:"evidence"`
	// Repeat is the command that runs this scenario again.
	Repeat string `json:"repeat"`
}

// Expected is one failing check that the vendor's baseline lists.
type Expected struct {
	// Check is the rule that fails, Reason the vendor's word about it, Expires the last day on which it is accepted
	// (2026-12-31).
	Check   string `json:"check"`
	Reason  string `json:"reason"`
	Expires string `json:"expires"`
}

// Checks are the listed checks of a scenario.
func (sc *Scenario) Checks() []string {
	var out []string
	for _, e := range sc.Expected {
		out = append(out, e.Check)
	}
	return out
}

// Step is one step of a scenario as it ran.
type Step struct {
	Text string `json:"text"`
	// TextDE is its German sentence.
	TextDE string `json:"text_de,omitempty"`
	// Status is "passed", "failed", "skipped" or "undefined".
	Status string `json:"status"`
	Error  string `json:"error,omitempty"`
	// AtMS is when it ended, on the world's clock since the scenario began.
	AtMS int64 `json:"at_ms"`
}

// Finish fills in the figures that follow from the scenarios.
func (s *Summary) Finish() {
	s.Counts = map[check.Verdict]int{}
	s.Executed = 0
	for _, sc := range s.Scenarios {
		s.Counts[sc.Verdict]++
		if sc.Verdict != check.NotRun {
			s.Executed++
		}
	}
	s.Verdict = check.Worst(s.Counts)
	s.ExitCode = check.Exit(s.Counts, s.Planned, s.Executed, len(s.Stale) > 0)
	if s.Preflight != "" && s.ExitCode != check.ExitBench {
		s.ExitCode = check.ExitPreflight
	}
}

// WriteJSON writes summary.json.
func WriteJSON(w io.Writer, s *Summary) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s.filled()); err != nil {
		return fmt.Errorf("write summary.json: %w", err)
	}
	return nil
}

// filled returns a copy in which no list is null: readers in other languages are spared a case.
func (s *Summary) filled() *Summary {
	out := *s
	out.Excluded = list(s.Excluded)
	out.Scenarios = list(slices.Clone(s.Scenarios))
	for i := range out.Scenarios {
		sc := &out.Scenarios[i]
		sc.Requirements, sc.Steps, sc.Findings, sc.Evidence = list(sc.Requirements), list(sc.Steps), list(sc.Findings), list(sc.Evidence)
	}
	return &out
}

func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// ReadJSON reads what WriteJSON wrote. An unknown schema, an unknown field, a file that ends early or goes
// on after its end, and figures that contradict the scenarios are errors: an edited summary is no evidence.
func ReadJSON(r io.Reader) (*Summary, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	s := new(Summary)
	switch err := dec.Decode(s); {
	case errors.Is(err, io.EOF):
		return nil, errors.New("read summary.json: the file is empty; take the one in the run's directory, or run again")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("read summary.json: the file ends in the middle, it was cut off; take the one in the run's directory, or run again")
	case err != nil:
		return nil, fmt.Errorf("read summary.json: %w; the file was edited or is of another version", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read summary.json: there is more after the end of the summary; the file was edited")
	}
	if s.Schema != Schema {
		return nil, fmt.Errorf("read summary.json: schema is %q, this bench reads %q; use the version that wrote it", s.Schema, Schema)
	}
	if err := s.consistent(); err != nil {
		return nil, fmt.Errorf("read summary.json: %w; the file was edited", err)
	}
	return s, nil
}

// consistent compares the figures with the scenarios from which they follow.
func (s *Summary) consistent() error {
	seen := map[string]bool{}
	for _, sc := range s.Scenarios {
		switch {
		case !slices.Contains(check.Verdicts, sc.Verdict):
			return fmt.Errorf("scenario %q has the unknown verdict %q", sc.ID, sc.Verdict)
		case sc.ID == "" || seen[sc.ID]:
			return fmt.Errorf("scenario id %q is empty or stands there twice", sc.ID)
		}
		seen[sc.ID] = true
	}
	again := *s
	again.Finish()
	switch {
	case again.Verdict != s.Verdict:
		return fmt.Errorf("verdict %s does not follow from its scenarios, which say %s", s.Verdict, again.Verdict)
	case again.Executed != s.Executed:
		return fmt.Errorf("%d executed does not follow from its scenarios, which are %d", s.Executed, again.Executed)
	case !maps.Equal(again.Counts, s.Counts):
		return errors.New("the counts of verdicts do not follow from its scenarios")
	case again.ExitCode != s.ExitCode && s.ExitCode != check.ExitUsage:
		return fmt.Errorf("exit code %d does not follow from its scenarios, which give %d", s.ExitCode, again.ExitCode)
	}
	return nil
}

// Told is the reason of a judgement about the scenario: of an expected failure it says until when, and why.
func (sc *Scenario) Told(j check.Judgement) string {
	if j.Verdict != check.ExpectedFail {
		return j.Reason
	}
	var why []string
	for _, e := range sc.Expected {
		why = append(why, fmt.Sprintf("%s until %s: %s", e.Check, e.Expires, e.Reason))
	}
	return fmt.Sprintf("the baseline lists %s; %s", strings.Join(why, ", "), j.Reason)
}

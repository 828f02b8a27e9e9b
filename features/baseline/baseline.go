// Package baseline is a vendor's list of known failures (--baseline FILE): which check of which scenario fails, why,
// and until when that is accepted. A failure counts as expected only when every check that fails is listed, and a list
// that says what is no longer so is an error of its own. It leaves out judging (features/check).
package baseline

import (
	"fmt"
	"io/fs"
	"slices"
	"time"

	"demailbench/features/check"
	"demailbench/reports"
	"demailbench/sim/config"
)

// Row is one failing check.
type Row struct {
	// ID is the scenario's, Check the rule that fails, as verdict.json names it.
	ID    string `yaml:"id"`
	Check string `yaml:"check"`
	// Reason is for people: what is wrong, and the ticket.
	Reason string `yaml:"reason"`
	// Expires is the last day, 2026-12-31.
	Expires string `yaml:"expires"`
}

// Baseline is a file that was read.
type Baseline struct {
	Format string `yaml:"format"`
	Rows   []Row  `yaml:"expected"`
}

// day is how an expiry is written.
const day = "2006-01-02"

// Read reads a baseline. Every mistake is a *config.Error with file, line, field and what to do.
func Read(fsys fs.FS, name string) (*Baseline, error) {
	b := &Baseline{}
	src, err := config.Read(fsys, name, b)
	if err != nil {
		return nil, err
	}
	if b.Format != "1" {
		return nil, src.Fail("format", b.Format, `is not "1", the only format that this bench knows`, `write format: "1"`)
	}
	for i, r := range b.Rows {
		at := fmt.Sprintf("expected[%d]", i)
		if _, err := time.Parse(day, r.Expires); err != nil {
			return nil, src.Fail(at+".expires", r.Expires, "is no day", "write it like 2026-12-31")
		}
		if slices.ContainsFunc(b.Rows[:i], func(o Row) bool { return o.ID == r.ID && o.Check == r.Check }) {
			return nil, src.Fail(at+".id", r.ID, "stands there twice with this check", "remove one")
		}
	}
	return b, nil
}

// Apply marks the failures that are expected, and returns what is stale, one sentence each. known are the ids of all
// scenarios there are, suggest finds what somebody may have meant; now is the day of the run. Rows about scenarios that
// were not run say nothing.
func (b *Baseline) Apply(scenarios []reports.Scenario, known []string, suggest func(id string) string, now time.Time) (stale []string) {
	for _, r := range b.Rows {
		i := slices.IndexFunc(scenarios, func(sc reports.Scenario) bool { return sc.ID == r.ID })
		switch {
		case i >= 0:
			scenarios[i].Expected = append(scenarios[i].Expected, reports.Expected{Check: r.Check, Reason: r.Reason, Expires: r.Expires})
		case !slices.Contains(known, r.ID):
			stale = append(stale, fmt.Sprintf("%s: there is no such scenario%s; correct the id or remove the row", r.ID, suggest(r.ID)))
		}
		if r.Expires < now.UTC().Format(day) {
			stale = append(stale, fmt.Sprintf("%s: %s expired on %s (%s); mend it, or agree on another day", r.ID, r.Check, r.Expires, r.Reason))
		}
	}
	for i := range scenarios {
		stale = append(stale, settle(&scenarios[i])...)
	}
	return stale
}

// settle gives one scenario its verdict under the baseline, and returns the rows that it does not bear out.
func settle(sc *reports.Scenario) (stale []string) {
	if len(sc.Expected) == 0 || sc.Verdict == check.NotRun || sc.Verdict == check.Error || sc.Verdict == check.Blocked || sc.Verdict == check.Inconclusive {
		return nil // nothing was shown
	}
	j := check.Judgement{Verdict: sc.Verdict, Reason: sc.Reason, Findings: sc.Findings}
	failing := Failing(j)
	for _, e := range sc.Expected {
		if slices.Contains(failing, e.Check) {
			continue
		}
		if len(failing) == 0 {
			stale = append(stale, fmt.Sprintf("%s: %s no longer fails, the scenario is %s; remove the row", sc.ID, e.Check, sc.Verdict))
		} else {
			stale = append(stale, fmt.Sprintf("%s: it is not %s that fails but %v; correct the row", sc.ID, e.Check, failing))
		}
	}
	j.Verdict = Under(j, sc.Checks())
	sc.Verdict, sc.Reason = j.Verdict, sc.Told(j)
	return stale
}

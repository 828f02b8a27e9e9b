package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"demailbench/features/baseline"
	"demailbench/features/check"
	"demailbench/features/evidence"
	"demailbench/reports"
	"demailbench/reports/manifest"
)

// Replay is the outcome of judging stored evidence again.
type Replay struct {
	// Summary is the run as recorded, Again its verdicts drawn anew.
	Summary, Again *reports.Summary
	// Changed are files that differ from the manifest, one sentence each: the evidence is not what the run
	// left behind.
	Changed []string
	// Differences are scenarios whose verdict is not the recorded one.
	Differences []string
	// Kept are scenarios that cannot be judged from evidence: those in which the bench failed or which did
	// not run.
	Kept []string
}

// ReplayRun judges the evidence in a run's directory again, without any gateway.
func ReplayRun(dir string) (*Replay, error) {
	f, err := os.Open(filepath.Join(dir, "summary.json"))
	if err != nil {
		return nil, &UsageError{fmt.Sprintf("%s holds no run: %v", dir, err)}
	}
	defer f.Close()
	s, err := reports.ReadJSON(f)
	if err != nil {
		return nil, err
	}
	r := &Replay{Summary: s}
	if r.Changed, err = manifest.Verify(os.DirFS(dir)); err != nil {
		return nil, err
	}
	again := *s
	again.Scenarios = slices.Clone(s.Scenarios)
	for i := range again.Scenarios {
		r.judge(dir, &again.Scenarios[i])
	}
	again.Finish()
	r.Again = &again
	return r, nil
}

// judge replaces the verdict of sc by one drawn anew.
func (r *Replay) judge(dir string, sc *reports.Scenario) {
	if sc.Verdict == check.Error || sc.Verdict == check.NotRun || len(sc.Steps) == 0 {
		r.Kept = append(r.Kept, fmt.Sprintf("%s: %s", sc.ID, sc.Verdict))
		return
	}
	c, err := evidence.Open(filepath.Join(dir, ScenarioDir(sc.ID)))
	j := check.Judgement{Verdict: check.Inconclusive}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		j.Reason = "the evidence is missing"
	case err != nil:
		j.Reason = err.Error()
	default:
		j = c.Judge()
		j.Verdict = baseline.Under(j, sc.Checks())
		j.Reason = sc.Told(j)
	}
	if j.Verdict != sc.Verdict || j.Reason != sc.Reason {
		r.Differences = append(r.Differences, fmt.Sprintf("%s: recorded %s %q, judged again %s %q", sc.ID, sc.Verdict, sc.Reason, j.Verdict, j.Reason))
	}
	sc.Verdict, sc.Reason, sc.Findings = j.Verdict, j.Reason, j.Findings
}

// ExitCode is that of the verdicts drawn anew; evidence that was changed, and a judge that disagrees with
// the record, never conform.
func (r *Replay) ExitCode() int {
	switch {
	case len(r.Differences) > 0 && len(r.Changed) == 0:
		return check.ExitBench
	case len(r.Changed) > 0:
		return check.ExitInconclusive
	}
	return r.Again.ExitCode
}

package suite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"demailbench/features/baseline"
	"demailbench/features/check"
	"demailbench/reports"
	"demailbench/reports/folder"
	"demailbench/reports/manifest"
	"demailbench/reports/messages"
	"demailbench/reports/redaction"
	"demailbench/reports/wiring"
	"demailbench/sim/clock"
)

// Run is one run of the suite as a user asked for it.
type Run struct {
	Plan    Plan
	Seed    uint64
	Profile string
	Subject reports.Subject
	// Out is the run's directory; it is made, and must be empty or missing.
	Out  string
	Pool *Pool
	// Reports says in which language the reports are, and what the ledger knows of statements.
	Reports reports.Options
	// Origin says with what and how, for the manifest; what follows from the other fields is filled in.
	Origin manifest.Origin
	// Options are those of the command line that a repeat of a scenario needs too: which gateway, which world.
	Options []string
	// Baseline are the failures that the vendor expects, nil for none; Known are the ids of all scenarios there are.
	Baseline *baseline.Baseline
	Known    []string
	// Shard is the part of the plan that is run, "" for all.
	Shard string
	// Examine lets the wiring be looked at before anything is judged: every way, and a mail each way. Without it the
	// gateway is only started.
	Examine bool
	// Secrets are values that must not be in what the run leaves behind.
	Secrets []string
	// Shuffle, when not 0, is the seed of another order in which to run; results keep the plan's order.
	Shuffle uint64
}

// Do runs the plan and writes all reports. The summary is returned also when writing fails; then its exit
// code is that of a bench defect.
func (r *Run) Do(ctx context.Context) (*reports.Summary, error) {
	wall := clock.Real()
	start := wall.Now()
	if list, err := os.ReadDir(r.Out); err == nil && len(list) > 0 {
		return nil, &UsageError{fmt.Sprintf("the run's directory %s is not empty; its files would mix with the evidence: choose another with --out", r.Out)}
	}
	if err := os.MkdirAll(filepath.Join(r.Out, "scenarios"), 0o755); err != nil {
		return nil, &UsageError{fmt.Sprintf("make the run's directory: %v; choose another with --out", err)}
	}
	s := &reports.Summary{Schema: reports.Schema, Run: filepath.Base(r.Out), Started: start, Seed: r.Seed, Profile: r.Profile, Subject: r.Subject, Planned: len(r.Plan.Run), Shard: r.Shard}
	for _, e := range r.Plan.Excluded {
		s.Excluded = append(s.Excluded, reports.Excluded{ID: e.ID, Reason: e.Reason})
	}
	r.perform(ctx, s)
	s.Processes = processes(r.Plan.Run)
	for i := range s.Scenarios {
		s.Scenarios[i].Repeat = reports.Repeat(r.Seed, s.Scenarios[i].ID, r.Options)
	}
	s.DurationMS = wall.Now().Sub(start).Milliseconds()
	s.Finish()
	redacted, err := redaction.Run(r.Out, r.Secrets)
	if err == nil {
		err = reports.Write(r.Out, s, r.Reports)
	}
	if err == nil {
		err = r.manifest(s, redacted)
	}
	if err != nil {
		s.ExitCode = check.ExitBench
		return s, err
	}
	return s, nil
}

// perform fills in the results.
func (r *Run) perform(ctx context.Context, s *reports.Summary) {
	why, v := r.preflight(ctx)
	if v == check.Pass {
		s.Scenarios = r.Pool.Run(ctx, r.Plan.Run, r.order())
		if r.Baseline != nil {
			s.Stale = r.Baseline.Apply(s.Scenarios, r.Known, func(id string) string { return suggest(id, r.Known) }, s.Started)
		}
		return
	}
	s.Preflight = why
	if v != check.Error {
		v = check.NotRun
	}
	for _, sc := range r.Plan.Run {
		s.Scenarios = append(s.Scenarios, without(sc, v, "the pre-flight failed: "+why))
	}
}

// preflight looks whether the gateway is fit to be judged. A mail that gets lost inside the gateway is for the run to
// judge.
func (r *Run) preflight(ctx context.Context) (why string, v check.Verdict) {
	if !r.Examine {
		return r.Pool.Preflight(ctx)
	}
	found, err := r.Pool.Wiring(ctx)
	if err != nil {
		return err.Error(), check.Error
	}
	if found.Good() || found.Findings[0].Hop == wiring.Gateway {
		if err := os.RemoveAll(filepath.Join(r.Out, WiringID)); err != nil {
			return err.Error(), check.Error
		}
		return "", check.Pass
	}
	f, t := found.Findings[0], messages.In(messages.English)
	return fmt.Sprintf("%s: %s; next: %s", t.Say("wiring.hop."+string(f.Hop)), f.Sentence(t), f.Fix(t)), check.Blocked
}

// manifest lists what the run left behind.
func (r *Run) manifest(s *reports.Summary, redacted map[string]int) error {
	o := r.Origin
	o.Run, o.Started, o.Seed, o.Profile = s.Run, s.Started, s.Seed, s.Profile
	o.Vendor, o.Product, o.Version = s.Subject.Vendor, s.Subject.Product, s.Subject.Version
	return manifest.Write(&folder.Folder{Dir: r.Out}, os.DirFS(r.Out), o, redacted)
}

// order returns the indices of the plan in the order in which to run.
func (r *Run) order() []int {
	order := make([]int, len(r.Plan.Run))
	for i := range order {
		order[i] = i
	}
	if r.Shuffle != 0 {
		rand.New(rand.NewPCG(r.Shuffle, 0)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return order
}

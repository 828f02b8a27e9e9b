package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"demailbench/features/check"
	"demailbench/features/evidence"
	"demailbench/features/ledger"
	"demailbench/features/steps"
	"demailbench/features/sut"
	"demailbench/features/world"
	"demailbench/features/world/attach"
	"demailbench/reports"
	"demailbench/sim/bridge"
	"demailbench/sim/clock"
	"demailbench/sim/lab"
	"demailbench/sim/record"
)

// Runner runs scenarios one after the other in this process. Two runners in one process at a time would
// disturb each other's clocks: virtual time watches the whole process.
type Runner struct {
	Profile *lab.Profile
	// Real and Arrange, when set, make a world that is not as Profile has it; see world.Options.
	Real    *lab.Profile
	Arrange func(*lab.Lab) error
	// Fixtures has the messages that worlds send.
	Fixtures fs.FS
	// Adapter starts gateways in this process, on virtual time; Foreign, when set, starts them outside
	// instead, on the wall clock, over sockets of Machine and with Waits.
	Adapter sut.Adapter
	Foreign sut.Foreign
	Machine bridge.Doors
	Waits   world.Waits
	// Fabric carries the worlds, with a Foreign that runs in them; nil: this process does.
	Fabric func(*record.Record) attach.Fabric
	// Ledger knows which statements bind; nil means all.
	Ledger *ledger.Ledger
	Seed   uint64
	// Out is the run's directory; evidence goes below it.
	Out string
	// Stall is world.Options.Stall.
	Stall time.Duration
	// Unkind is world.Options.Unkind.
	Unkind bool
	// Waited is how long the scenarios so far let time pass on purpose, without waiting for anything.
	Waited time.Duration
	// Broken is set when a scenario left goroutines behind that cannot be stopped: the process must end.
	Broken bool
}

// ScenarioDir returns where the evidence of scenario id lies, below the run's directory.
func ScenarioDir(id string) string {
	return filepath.Join("scenarios", strings.ReplaceAll(id, "/", "."))
}

// PreflightID stands for the pre-flight where a scenario id is expected.
const PreflightID = "preflight"

// Preflight builds the world once and starts the gateway in it. Its verdict is Pass or Blocked: a gateway
// that does not start has not been judged.
func (r *Runner) Preflight() reports.Scenario {
	res := reports.Scenario{ID: PreflightID, Name: "pre-flight", Verdict: check.Pass}
	w, err := world.New(r.options(PreflightID, filepath.Join(r.Out, PreflightID)))
	if err != nil {
		res.Verdict, res.Reason = check.Error, err.Error()
		return res
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer w.Sever()
		if err := w.Start(); err != nil {
			res.Verdict, res.Reason = check.Blocked, err.Error()
		}
		if err := w.Abandon(); err != nil && res.Verdict == check.Pass {
			res.Verdict, res.Reason = check.Blocked, err.Error()
		}
	}()
	if err := w.Drive(done); err != nil {
		r.Broken = true
		return reports.Scenario{ID: PreflightID, Verdict: check.Error, Reason: err.Error()}
	}
	clean := w.KeepLog // what a failed pre-flight leaves is read by a person
	if res.Verdict == check.Pass {
		clean = func() error { return os.RemoveAll(filepath.Join(r.Out, PreflightID)) }
	}
	if err := clean(); err != nil {
		res.Verdict, res.Reason = check.Error, err.Error()
	}
	return res
}

// Administered is the tag of scenarios in which people administer the gateway.
const Administered = "@administered"

// Run runs one scenario in a world of its own and returns what became of it; whatever happens, it returns
// a verdict.
func (r *Runner) Run(sc Scenario) reports.Scenario {
	wall := clock.Real()
	start := wall.Now()
	res := result(sc)
	r.run(sc, &res)
	res.DurationMS = wall.Now().Sub(start).Milliseconds()
	if list, err := evidence.List(r.Out, filepath.Join(r.Out, ScenarioDir(sc.ID))); err == nil {
		res.Evidence = list
	}
	return res
}

func (r *Runner) run(sc Scenario, res *reports.Scenario) {
	o := r.options(sc.ID, filepath.Join(r.Out, ScenarioDir(sc.ID)))
	o.Requirements, o.Recommended = sc.Requirements(), r.recommended()
	o.Administered = slices.Contains(sc.Tags, Administered)
	w, err := world.New(o)
	if err != nil {
		res.Verdict, res.Reason = check.Error, fmt.Sprintf("the world could not be prepared: %v", err)
		return
	}
	c := &collector{w: w, res: res}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.play(sc)
	}()
	if err := w.Drive(done); err != nil {
		r.Broken = true
		res.Verdict, res.Reason = check.Error, fmt.Sprintf("the bench lost control of time: %v", err)
		var overtime *world.Overtime
		if errors.As(err, &overtime) {
			res.Verdict, res.Reason = check.Inconclusive, overtime.Error()
		}
		var stall *clock.StallError
		if errors.As(err, &stall) {
			var who string
			res.Verdict, who = blame(stall.Stacks, true)
			res.Reason = who + ": " + res.Reason
		}
		return
	}
	res.VirtualMS = w.Elapsed().Milliseconds()
	r.Waited += w.Waited()
	c.conclude()
}

// options are those of a world of this runner.
func (r *Runner) options(scenario, dir string) world.Options {
	return world.Options{Profile: r.Profile, Real: r.Real, Arrange: r.Arrange, Fixtures: r.Fixtures, Adapter: r.Adapter, Foreign: r.Foreign, Machine: r.Machine, Waits: r.Waits, Fabric: r.Fabric,
		Seed: r.Seed, Scenario: scenario, Stall: r.Stall, Unkind: r.Unkind, Dir: dir}
}

// recommended lists the statements whose breach does not fail a gateway.
func (r *Runner) recommended() []string {
	var ids []string
	if r.Ledger != nil {
		for _, q := range r.Ledger.All() {
			if !q.Binding() {
				ids = append(ids, q.ID)
			}
		}
	}
	return ids
}

// collector follows one scenario through godog's hooks.
type collector struct {
	w   *world.World
	res *reports.Scenario
	// broken is the first thing that went wrong with the bench, unmet the first expectation that failed.
	broken error
	unmet  *world.Unmet
	// blocked is set when the scenario cannot be run; the record says why.
	blocked bool
}

// play starts the world, runs the steps and closes the world; it runs on the world's clock.
func (c *collector) play(sc Scenario) {
	defer func() {
		if e := recover(); e != nil {
			c.fail(fmt.Errorf("panic: %v", e))
		}
	}()
	defer c.w.Sever()
	if err := c.w.Start(); err != nil {
		var m *world.Miswired
		if c.blocked = errors.As(err, &m); c.blocked {
			c.close()
			return
		}
		c.fail(fmt.Errorf("the world could not be built: %w", err))
		c.w.Close()
		return
	}
	status := godog.TestSuite{
		Name:                sc.ID,
		ScenarioInitializer: c.initialize,
		Options: &godog.Options{Format: "progress", Output: io.Discard, NoColors: true, Strict: true, Concurrency: 1,
			FeatureContents: []godog.Feature{{Name: sc.Path, Contents: sc.source}}},
	}.Run()
	switch {
	case len(c.res.Steps) != len(sc.Steps):
		c.fail(fmt.Errorf("%d steps planned, %d accounted for", len(sc.Steps), len(c.res.Steps)))
	case status != 0 && c.broken == nil && c.unmet == nil && !c.blocked:
		c.fail(fmt.Errorf("godog returned %d without a failed step", status))
	}
	if c.broken == nil && c.unmet == nil && !c.blocked {
		c.w.Complete()
	}
	c.close()
}

func (c *collector) close() {
	if err := c.w.Close(); err != nil {
		c.fail(fmt.Errorf("the world could not be closed: %w", err))
	}
}

func (c *collector) fail(err error) {
	if c.broken == nil {
		c.broken = err
	}
}

func (c *collector) initialize(sc *godog.ScenarioContext) {
	steps.Register(sc, c.w)
	sc.StepContext().Before(func(ctx context.Context, st *godog.Step) (context.Context, error) {
		c.w.BeginStep(st.Text)
		return ctx, nil
	})
	sc.StepContext().After(func(ctx context.Context, st *godog.Step, status godog.StepResultStatus, err error) (context.Context, error) {
		c.step(st.Text, status, err)
		return ctx, nil
	})
}

func (c *collector) step(text string, status godog.StepResultStatus, err error) {
	s := reports.Step{Text: text, Status: status.String(), AtMS: c.w.Elapsed().Milliseconds()}
	s.TextDE, _ = steps.German(text)
	if err != nil {
		s.Error = err.Error()
	}
	c.res.Steps = append(c.res.Steps, s)
	var unmet *world.Unmet
	var blocked *world.Blocked
	var miswired *world.Miswired
	switch {
	case status == godog.StepPassed, status == godog.StepSkipped:
	case errors.As(err, &blocked), errors.As(err, &miswired):
		c.blocked = true
	case errors.As(err, &unmet):
		if c.unmet == nil {
			c.unmet = unmet
		}
	case status == godog.StepFailed:
		c.fail(fmt.Errorf("step %q: %w", text, err))
	default:
		c.fail(fmt.Errorf("step %q is %s", text, status))
	}
}

// conclude draws the verdict from the stored evidence.
func (c *collector) conclude() {
	j, err := c.w.Judge()
	if err != nil {
		c.fail(err)
	}
	c.res.Verdict, c.res.Reason, c.res.Findings = j.Verdict, j.Reason, j.Findings
	if c.broken == nil && c.unmet != nil && j.Verdict == check.Pass {
		c.fail(fmt.Errorf("step and judge disagree: the step saw %s", c.unmet))
	}
	if c.broken != nil {
		c.res.Verdict, c.res.Reason = check.Error, c.broken.Error()
	}
}

package suite

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"demailbench/features/baseline"
	"demailbench/features/check"
	"demailbench/features/mutant/fault"
	"demailbench/features/sut"
	"demailbench/fixtures"
	"demailbench/reports"
	"demailbench/sim/clock"
	"demailbench/sim/lab"
)

// oneScenario is what the gateways of the exit code table run.
const oneScenario = `@S1-152
Feature: One
  Scenario: It arrives
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"

  Scenario: It arrives again
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"

  Scenario: A step that the bench does not know
    When somebody does something

  Scenario: A step that panics
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
`

// wrong is a gateway that is wrong in one way, by name.
type wrong struct {
	sut.Adapter
	how string
}

// Start starts the reference gateway with a fault of the harness around it.
func (w wrong) Start(s sut.Setup, d sut.Doors) (sut.Gateway, error) {
	switch w.how {
	case "does not start":
		return nil, errors.New("no licence")
	case "drops the mapping":
		for i := range s.Tenants {
			s.Tenants[i].Mapping = s.Tenants[i].Mapping[:0]
		}
	case "crashes":
		d.Listen = fault.CrashOnAccept(d.Listen)
	case "hangs":
		d.Dial = fault.HangOnDial
	}
	return w.Adapter.Start(s, d)
}

const workerVariable = "DEMAILBENCH_TEST_GATEWAY"

// TestMain makes the test program its own worker, as the real program is.
func TestMain(m *testing.M) {
	how, ok := os.LookupEnv(workerVariable)
	if !ok {
		os.Exit(m.Run())
	}
	defer clock.Worker()()
	profile, err := lab.Load(fixtures.FS, "saxony")
	if err != nil {
		panic(err)
	}
	all, err := Load(fstest.MapFS{"one.feature": {Data: []byte(oneScenario)}})
	if err != nil {
		panic(err)
	}
	r := &Runner{Profile: profile, Fixtures: fixtures.FS, Adapter: wrong{sut.Reference{}, how}, Seed: 1, Stall: 2 * time.Second, Out: os.Getenv(workerVariable + "_OUT")}
	if err := Work(r, all, os.Stdin, os.Stdout); err != nil {
		panic(err)
	}
	os.Exit(0)
}

// TestExitCodes runs one gateway for each exit code, and for each way to crash or hang, through worker
// processes.
func TestExitCodes(t *testing.T) {
	tests := []struct {
		how  string
		ids  []string
		code int
		// verdicts of the scenarios in order.
		verdicts []check.Verdict
		says     string
	}{
		{"conforms", []string{"one/it-arrives", "one/it-arrives-again"}, check.ExitConforming, []check.Verdict{check.Pass, check.Pass}, ""},
		{"drops the mapping", []string{"one/it-arrives"}, check.ExitFail, []check.Verdict{check.Fail}, "never"},
		{"does not start", []string{"one/it-arrives", "one/it-arrives-again"}, check.ExitPreflight, []check.Verdict{check.NotRun, check.NotRun}, "no licence"},
		{"crashes", []string{"one/it-arrives", "one/it-arrives-again"}, check.ExitFail, []check.Verdict{check.Fail, check.Fail}, "the gateway crashed"},
		{"hangs", []string{"one/it-arrives"}, check.ExitFail, []check.Verdict{check.Fail}, "the gateway hung"},
		{"conforms", []string{"one/a-step-that-the-bench-does-not-know", "one/it-arrives"}, check.ExitBench, []check.Verdict{check.Error, check.Pass}, "undefined"},
		{"conforms", []string{"one/a-step-that-panics", "one/it-arrives"}, check.ExitBench, []check.Verdict{check.Error, check.Pass}, "needs a mail"},
	}
	all, err := Load(fstest.MapFS{"one.feature": {Data: []byte(oneScenario)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.how+" "+tt.ids[0], func(t *testing.T) {
			s := runWith(t, tt.how, all, tt.ids)
			if s.ExitCode != tt.code {
				t.Errorf("exit code %d, want %d", s.ExitCode, tt.code)
			}
			if s.Planned != len(tt.ids) || len(s.Scenarios) != len(tt.ids) {
				t.Errorf("planned %d, listed %d, want %d: nothing may vanish", s.Planned, len(s.Scenarios), len(tt.ids))
			}
			for i, sc := range s.Scenarios {
				if want := "demailbench run " + sc.ID + " --seed 1 --sut 'x y'"; sc.Repeat != want {
					t.Errorf("repeat is %q, want %q", sc.Repeat, want)
				}
				if sc.Verdict != tt.verdicts[i] {
					t.Errorf("%s: %s (%s), want %s", sc.ID, sc.Verdict, sc.Reason, tt.verdicts[i])
				}
			}
			if !strings.Contains(s.Scenarios[0].Reason, tt.says) {
				t.Errorf("reason %q does not say %q", s.Scenarios[0].Reason, tt.says)
			}
		})
	}
}

// TestBaseline runs gateways against a list of known failures.
func TestBaseline(t *testing.T) {
	const id = "one/it-arrives"
	for _, tt := range []struct {
		name, how string
		row       baseline.Row
		code      int
		verdict   check.Verdict
		stale     string
	}{
		{"listed", "drops the mapping", baseline.Row{ID: id, Check: "delivered", Reason: "ticket 17", Expires: "2999-12-31"}, check.ExitConforming, check.ExpectedFail, ""},
		{"another check", "drops the mapping", baseline.Row{ID: id, Check: "unchanged", Reason: "ticket 17", Expires: "2999-12-31"}, check.ExitFail, check.Fail, "it is not unchanged that fails"},
		{"mended", "conforms", baseline.Row{ID: id, Check: "delivered", Reason: "ticket 17", Expires: "2999-12-31"}, check.ExitStale, check.Pass, "no longer fails"},
		{"expired", "drops the mapping", baseline.Row{ID: id, Check: "delivered", Reason: "ticket 17", Expires: "2015-12-31"}, check.ExitStale, check.ExpectedFail, "expired on 2015-12-31"},
		{"unknown", "conforms", baseline.Row{ID: "one/it-arives", Check: "delivered", Reason: "ticket 17", Expires: "2999-12-31"}, check.ExitStale, check.Pass, "did you mean"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all, err := Load(fstest.MapFS{"one.feature": {Data: []byte(oneScenario)}})
			if err != nil {
				t.Fatal(err)
			}
			s := runWith(t, tt.how, all, []string{id}, tt.row)
			if s.ExitCode != tt.code || s.Scenarios[0].Verdict != tt.verdict {
				t.Errorf("exit code %d, %s (%s); want %d, %s", s.ExitCode, s.Scenarios[0].Verdict, s.Scenarios[0].Reason, tt.code, tt.verdict)
			}
			if got := strings.Join(s.Stale, "\n"); (got == "") != (tt.stale == "") || !strings.Contains(got, tt.stale) {
				t.Errorf("stale: %q, want %q", got, tt.stale)
			}
		})
	}
}

func runWith(t *testing.T, how string, all []Scenario, ids []string, rows ...baseline.Row) *reports.Summary {
	t.Helper()
	plan := Plan{}
	for _, id := range ids {
		for _, s := range all {
			if s.ID == id {
				plan.Run = append(plan.Run, s)
			}
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	t.Setenv(workerVariable, how)
	t.Setenv(workerVariable+"_OUT", out)
	r := Run{Plan: plan, Seed: 1, Profile: "saxony", Out: out, Pool: &Pool{Command: []string{self}, Jobs: 1}, Options: []string{"--sut", "x y"}}
	if len(rows) > 0 {
		r.Baseline, r.Known = &baseline.Baseline{Rows: rows}, []string{"one/it-arrives", "one/it-arrives-again"}
	}
	s, err := r.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ReplayRun(out); len(rows) > 0 && (err != nil || len(again.Differences)+len(again.Changed) > 0) {
		t.Errorf("judged again: %v %+v", err, again)
	}
	return s
}

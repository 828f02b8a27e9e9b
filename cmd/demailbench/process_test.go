package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"demailbench/features"
	"demailbench/features/check"
	"demailbench/features/subject"
	"demailbench/features/suite"
	"demailbench/features/sut"
	"demailbench/features/sut/process"
	"demailbench/features/world"
	"demailbench/fixtures"
	"demailbench/reports"
	"demailbench/sim/bridge/loopback"
	"demailbench/sim/clock"
	"demailbench/sim/lab"
)

// inProcess and separate run the reference gateway in this process, and as a program of its own.
func inProcess(t testing.TB) *suite.Runner {
	t.Helper()
	profile, err := lab.Load(fixtures.FS, "saxony")
	if err != nil {
		t.Fatal(err)
	}
	return &suite.Runner{Profile: profile, Fixtures: fixtures.FS, Seed: 1, Out: t.TempDir(), Adapter: sut.Reference{}}
}

func separate(t testing.TB) *suite.Runner {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := inProcess(t)
	r.Adapter, r.Foreign, r.Machine = nil, &process.Adapter{Program: self}, loopback.Doors()
	r.Waits = world.Waits{Quiet: 300 * time.Millisecond, Settle: 300 * time.Millisecond}
	return r
}

// scenarios are those of the bench that the ids select.
func scenarios(t testing.TB, ids ...string) []suite.Scenario {
	t.Helper()
	all, err := suite.Load(features.FS)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := suite.Select(all, suite.Selection{IDs: ids, All: true})
	if err != nil {
		t.Fatal(err)
	}
	return plan.Run
}

// TestSeparateProcess runs some scenarios of each kind on the reference gateway as a program of its own: the
// same verdicts as in the process, but for what needs virtual time.
func TestSeparateProcess(t *testing.T) {
	r := separate(t)
	if res := r.Preflight(); res.Verdict != check.Pass {
		t.Fatalf("pre-flight: %s %s", res.Verdict, res.Reason)
	}
	for _, s := range scenarios(t, "transport/outbound/two-tenants-with-the-same-addresses-at-home-send", "transport/inbound/it-is-delivered-unchanged/annaberg",
		"transport/durability/the-gateway-dies-in-the-instant-in-which-a-tenant-reads-the", "transport/refusals/a-sender-without-a-de-mail-address-is-refused",
		"transport/outages/the-tenant-s-line-is-cut-for-three-days") {
		want := check.Pass
		if strings.Contains(s.ID, "three-days") {
			want = check.Blocked
		}
		res := r.Run(s)
		if res.Verdict != want || want == check.Blocked && !strings.Contains(res.Reason, "needs virtual time") {
			t.Errorf("%s: %s %s, want %s", s.ID, res.Verdict, res.Reason, want)
		}
		dir := filepath.Join(r.Out, suite.ScenarioDir(s.ID))
		for file, has := range map[string]string{"sut/gateway.yaml": "127.16.0.25:", "timeline.ndjson": "wall; the dates of profile saxony are moved by", "sut.log": "audit"} {
			text, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil || file != "sut.log" && !strings.Contains(string(text), has) {
				t.Errorf("%s of %s lacks %q: %v", file, s.ID, has, err)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "work")); !os.IsNotExist(err) {
			t.Errorf("keys and queue of %s are still there: %v", s.ID, err)
		}
	}
	if again, err := suite.ReplayRun(r.Out); err == nil {
		t.Errorf("a runner alone wrote a summary: %v", again)
	}
}

// TestDrivenGateways runs the gateways of fixtures/suts, each by its driver: what the separate process passes they
// pass, and say why the rest cannot run.
func TestDrivenGateways(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("needs python3")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"reference-process", "example-driver"} {
		g, err := subject.Open(filepath.Join("..", "..", "fixtures", "suts", name, "sut.yaml"), self, "embedded")
		if err != nil {
			t.Fatal(err)
		}
		r := separate(t)
		r.Foreign, r.Waits.Ready = g.Foreign, g.Waits.Ready
		for _, s := range scenarios(t, "transport/outbound/two-tenants-with-the-same-addresses-at-home-send", "transport/outages/the-tenant-s-line-is-cut-for-three-days",
			"transport/durability/the-gateway-dies-in-the-instant-in-which-a-tenant-reads-the") {
			want := check.Pass
			if strings.Contains(s.ID, "three-days") {
				want = check.Blocked
			}
			if res := r.Run(s); res.Verdict != want || want == check.Blocked && !strings.Contains(res.Reason, "needs virtual time") {
				t.Errorf("%s: %s: %s %s, want %s", name, s.ID, res.Verdict, res.Reason, want)
			}
		}
	}
}

// TestHooks: a gateway that a service manager holds is driven by one command per operation (L1); without the manager
// the hooks say what to start.
func TestHooks(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("needs python3")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "hooks")
	t.Setenv("HOOKS_SOCKET", socket)
	dir := filepath.Join("..", "..", "fixtures", "suts", "example-hooks")
	run := func() reports.Scenario {
		g, err := subject.Open(filepath.Join(dir, "sut.yaml"), self, "embedded")
		if err != nil {
			t.Fatal(err)
		}
		r := separate(t)
		r.Foreign, r.Waits.Ready = g.Foreign, g.Waits.Ready
		return r.Run(scenarios(t, "transport/inbound/it-is-delivered-unchanged/annaberg")[0])
	}
	if res := run(); res.Verdict != check.Inconclusive || !strings.Contains(res.Reason, "manager.py first") {
		t.Errorf("without the manager: %s %s", res.Verdict, res.Reason)
	}
	manager := exec.Command("python3", filepath.Join(dir, "manager.py"))
	manager.Stderr = os.Stderr
	if err := manager.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = manager.Process.Signal(os.Interrupt)
		_ = manager.Wait()
	})
	wall := clock.Real()
	for range 100 {
		if _, err := os.Stat(socket); err == nil {
			break
		}
		if err := wall.Sleep(t.Context(), 100*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	if res := run(); res.Verdict != check.Pass {
		t.Errorf("%s %s", res.Verdict, res.Reason)
	}
}

// TestAdministeredGateways: people administer a gateway outside the bench through its adapter, a driver in Go and one
// in Python alike; what a driver has not is BLOCKED with the reason.
func TestAdministeredGateways(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("needs python3")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const lacks, enrols = "roles/administration/who-lacks-the-role-is-refused-and-that-is-kept-too", "roles/administration/the-operator-enrols-a-tenant-and-the-operator-s-list-shows-i"
	for _, c := range []struct {
		sut, scenario string
		want          check.Verdict
		reason        string
	}{
		{"", lacks, check.Pass, ""},
		{"reference-process", enrols, check.Pass, ""},
		{"administering-driver", lacks, check.Pass, ""},
		{"administering-driver", enrols, check.Blocked, "needs tenant.enrol"},
		{"example-driver", lacks, check.Blocked, "needs change-request.file"},
	} {
		r := separate(t)
		if c.sut != "" {
			g, err := subject.Open(filepath.Join("..", "..", "fixtures", "suts", c.sut, "sut.yaml"), self, "embedded")
			if err != nil {
				t.Fatal(err)
			}
			r.Foreign, r.Waits.Ready = g.Foreign, g.Waits.Ready
		}
		for _, s := range scenarios(t, c.scenario) {
			if res := r.Run(s); res.Verdict != c.want || !strings.Contains(res.Reason, c.reason) {
				t.Errorf("%s: %s: %s %s, want %s", c.sut, s.ID, res.Verdict, res.Reason, c.want)
			}
		}
	}
}

// TestOpenNamesWhatThereIs: --sut with anything else says what is possible.
func TestOpenNamesWhatThereIs(t *testing.T) {
	for _, name := range []string{"", "refrence", "."} {
		if _, err := subject.Open(name, "", "embedded"); err == nil || !strings.Contains(err.Error(), "reference-process") || !strings.Contains(err.Error(), "sut.yaml") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// BenchmarkTransport runs every transport scenario that the wall clock can run, in the process and on the
// separate process. The figure is the time of all without what steps let pass on purpose; that of the
// separate process must be at most three times that of the other.
func BenchmarkTransport(b *testing.B) {
	var list []suite.Scenario
	for _, s := range scenarios(b, "transport") {
		switch {
		case strings.Contains(s.ID, "the-dmda-reads"), strings.Contains(s.ID, "on-the-internet"): // wait for a retry, for silence
		default:
			list = append(list, s)
		}
	}
	possible := map[string]bool{}
	b.Run("separate process", func(b *testing.B) {
		for b.Loop() {
			r, total := separate(b), time.Duration(0)
			for _, s := range list {
				res := r.Run(s)
				if possible[s.ID] = res.Verdict != check.Blocked; possible[s.ID] {
					total += time.Duration(res.DurationMS) * time.Millisecond
				}
			}
			b.ReportMetric((total - r.Waited).Seconds(), "s/all-without-waits")
		}
	})
	b.Run("in the process", func(b *testing.B) {
		for b.Loop() {
			r, total := inProcess(b), time.Duration(0)
			for _, s := range list {
				if possible[s.ID] {
					total += time.Duration(r.Run(s).DurationMS) * time.Millisecond
				}
			}
			b.ReportMetric(total.Seconds(), "s/all-without-waits")
		}
	})
}

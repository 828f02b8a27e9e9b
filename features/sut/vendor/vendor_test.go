//go:build unix

package vendor_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"demailbench/features"
	"demailbench/features/check"
	"demailbench/features/suite"
	"demailbench/features/sut"
	"demailbench/features/sut/vendor"
	"demailbench/features/world"
	"demailbench/fixtures"
	"demailbench/reports"
	"demailbench/sim/bridge/loopback"
	"demailbench/sim/clock"
	"demailbench/sim/lab"
)

// file writes a sut.yaml whose driver is the test program in that manner, with lines of YAML in place of the usual.
func file(t *testing.T, manner string, lines map[string]string) string {
	t.Helper()
	parts := map[string]string{
		"endpoints":    "{tenants: place, provider: place}",
		"capabilities": `[{name: clock.set, supported: "no", reason: it has the machine's}]`,
		"driver":       fmt.Sprintf("{level: L2, command: [%q], env: [FAKE=%s, GORACE=atexit_sleep_ms=0]}", os.Args[0], manner),
		"limits":       "{deadline: 10s, drain: 5s}",
	}
	for k, v := range lines {
		parts[k] = v
	}
	text := "format: \"1\"\nidentity: {vendor: Acme, product: Gate, version: \"7\"}\nprofile: saxony\n"
	for _, k := range []string{"endpoints", "capabilities", "driver", "limits"} {
		if parts[k] != "" {
			text += k + ": " + parts[k] + "\n"
		}
	}
	name := filepath.Join(t.TempDir(), "sut.yaml")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// judge runs one scenario on the gateway of a sut.yaml.
func judge(t *testing.T, name, scenario string, waits world.Waits) (reports.Scenario, string) {
	t.Helper()
	a, err := vendor.Open(name, vendor.Options{Program: os.Args[0], Clock: clock.Real(), Profiles: []string{"saxony"}})
	if err != nil {
		t.Fatal(err)
	}
	profile, err := lab.Load(fixtures.FS, a.Profile())
	if err != nil {
		t.Fatal(err)
	}
	all, err := suite.Load(features.FS)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := suite.Select(all, suite.Selection{IDs: []string{scenario}, All: true})
	if err != nil {
		t.Fatal(err)
	}
	r := &suite.Runner{Profile: profile, Fixtures: fixtures.FS, Seed: 1, Out: t.TempDir(), Foreign: a, Machine: loopback.Doors(), Waits: waits}
	res := r.Run(plan.Run[0])
	said, err := os.ReadFile(filepath.Join(r.Out, suite.ScenarioDir(scenario), "driver.ndjson"))
	if err != nil && !os.IsNotExist(err) {
		t.Error(err)
	}
	return res, string(said)
}

// nothingLeft looks for processes that a driver has started.
func nothingLeft(t *testing.T) {
	t.Helper()
	environs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range environs {
		env, err := os.ReadFile(file)
		if err == nil && bytes.Contains(env, fmt.Appendf(nil, "DEMAILBENCH_DRIVER=%d-", os.Getpid())) {
			t.Errorf("%s still runs", filepath.Dir(file))
		}
	}
}

const (
	sends = "transport/outbound/a-tenant-on-an-ipsec-line-sends"
	dies  = "transport/durability/the-gateway-dies-in-the-instant-in-which-a-tenant-reads-the"
)

// TestDrivers is the table of drivers that are good or wrong: the verdict class, the reason and the next action
// that the user reads. A fault of a driver or of the wiring is never FAIL, and nothing of it is left running.
func TestDrivers(t *testing.T) {
	quick := map[string]string{"limits": "{ready: 500ms, deadline: 500ms, drain: 500ms}"}
	tests := []struct {
		name, manner string
		lines        map[string]string
		scenario     string
		want         check.Verdict
		says         []string
	}{
		{"good", "good", nil, sends, check.Pass, nil},
		{"good, killed", "good", nil, dies, check.Pass, nil},
		{"enrols as asked", "enrols", nil, sends, check.Pass, nil},
		{"hangs at start", "mute", quick, sends, check.Inconclusive, []string{"driver of the gateway", "no hello within 500ms", "write the hello line first"}},
		{"hangs at reset", "hangs", quick, sends, check.Inconclusive, []string{"reset: no answer within 500ms", "raise limits.deadline", "demailbench driver check"}},
		{"dies at reset", "dies", nil, sends, check.Inconclusive, []string{"reset: the driver ended while it was needed", "no licence", "read its last words"}},
		{"dies later", "dies later", nil, sends, check.Inconclusive, []string{"something outside ended it", "the driver ended while it was needed", "run again"}},
		{"prints garbage", "garbage", nil, sends, check.Inconclusive, []string{"reset:", "write logs to standard error"}},
		{"cannot be started", "good", map[string]string{"driver": "{level: L2, command: [./no-such-driver]}"}, sends, check.Inconclusive,
			[]string{"cannot be started", "check path, permission and interpreter"}},
		{"fails", "fails", nil, sends, check.Inconclusive, []string{"reset:", "the product is on holiday", "read what was said in scenarios/", "/driver.ndjson"}},
		{"has no reset", "no reset", nil, sends, check.Inconclusive, []string{"does not declare reset", "add it"}},
		{"leaves a child behind", "leaves", nil, sends, check.Inconclusive, []string{"left 1 processes running", "service manager"}},
		{"says done, and nobody listens", "does nothing", nil, sends, check.Blocked, []string{"tenants' listener: nobody listens at 127.", "is it running?", "no mail was sent"}},
		{"wrong endpoint", "elsewhere", map[string]string{"endpoints": `{tenants: "127.0.0.1:9", provider: place}`}, sends, check.Blocked,
			[]string{"tenants' listener 127.0.0.1:9", "nobody listens there", "declare where it listens"}},
		{"hooks", "", map[string]string{"driver": fmt.Sprintf("{level: L1, hooks: [{operation: reset, command: [%q]}], env: [FAKE=hook]}", os.Args[0])}, sends, check.Inconclusive,
			[]string{"reset:", "the service manager is away"}},
		{"by hand, nowhere", "", map[string]string{"driver": ""}, sends, check.Blocked, []string{"names no driver", "(level L0)", "write hooks (L1)"}},
		{"by hand, not started", "", map[string]string{"driver": "", "endpoints": `{tenants: "127.0.0.1:9"}`}, sends, check.Blocked,
			[]string{"nobody listens at endpoints.tenants 127.0.0.1:9", "write hooks (L1)", "place.json"}},
		{"declares what it has not", "good", map[string]string{"capabilities": `[{name: mapping.put, supported: "yes"}]`}, sends, check.Blocked,
			[]string{"contradict each other", "mapping.put is stated as supported", "correct one"}},
		{"declares an absence", "no kill", map[string]string{"capabilities": `[{name: node.kill, supported: "no", reason: the appliance has no plug}]`}, dies, check.Blocked,
			[]string{"UNSUPPORTED", "node.kill", "the appliance has no plug"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			waits := world.Waits{Ready: 20 * time.Second, Arrival: 20 * time.Second, Quiet: 50 * time.Millisecond, Settle: 50 * time.Millisecond}
			if tt.want != check.Pass {
				waits.Ready, waits.Arrival = 3*time.Second, time.Second
			}
			res, _ := judge(t, file(t, tt.manner, tt.lines), tt.scenario, waits)
			if res.Verdict != tt.want {
				t.Errorf("%s %q, want %s", res.Verdict, res.Reason, tt.want)
			}
			for _, s := range tt.says {
				if !strings.Contains(res.Reason, s) {
					t.Errorf("reason %q, want %q in it", res.Reason, s)
				}
			}
			nothingLeft(t)
		})
	}
}

// TestLyingDriver: a driver that says that it has put a mapping and has not is caught by the wire.
func TestLyingDriver(t *testing.T) {
	res, said := judge(t, file(t, "lies", nil), sends, world.Waits{Ready: 20 * time.Second, Arrival: time.Second, Quiet: 50 * time.Millisecond, Settle: 50 * time.Millisecond})
	if res.Verdict == check.Pass || res.Verdict == check.Error {
		t.Errorf("%s %s", res.Verdict, res.Reason)
	}
	if !strings.Contains(said, `"name":"mapping.put"`) || !strings.Contains(said, `"status":"done"`) {
		t.Errorf("what it said is not kept: %s", said)
	}
	nothingLeft(t)
}

// TestOpenRefuses what cannot be run, before anything starts.
func TestOpenRefuses(t *testing.T) {
	for says, lines := range map[string]map[string]string{
		"the simulated world reaches nothing else":      {"endpoints": `{tenants: "192.0.2.1:25"}`},
		"is not an IPv4 address with a port":            {"endpoints": "{tenants: somewhere}"},
		"the variable DEMAILBENCH_NO_SECRET is not set": {"limits": "{max_parallel: 1}\nsecrets: [{name: A, from: \"env:DEMAILBENCH_NO_SECRET\"}]"},
		"secret A: open": {"limits": "{max_parallel: 1}\nsecrets: [{name: A, from: \"file:no-such-file\"}]"},
	} {
		_, err := vendor.Open(file(t, "good", lines), vendor.Options{Program: os.Args[0], Clock: clock.Real(), Profiles: []string{"saxony"}})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q in it", err, says)
		}
	}
}

// TestSubjectAndNeeds are those of sut.yaml.
func TestSubjectAndNeeds(t *testing.T) {
	a, err := vendor.Open(file(t, "good", map[string]string{"endpoints": `{tenants: "127.0.0.1:2525", provider: place}`}),
		vendor.Options{Program: os.Args[0], Clock: clock.Real(), Profiles: []string{"saxony"}})
	if err != nil {
		t.Fatal(err)
	}
	if v, p, n := a.Subject(); v != "Acme" || p != "Gate" || n != "7" {
		t.Error(v, p, n)
	}
	var f sut.Foreign = a
	if n := f.Needs(); n.Tenants.String() != "127.0.0.1:2525" || n.Provider.IsValid() || !a.Alone() {
		t.Error(n, a.Alone())
	}
}

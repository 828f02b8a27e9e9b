package operation_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/fixtures"
	"demailbench/gateway/ops"
	"demailbench/gateway/simulate/operation"
)

func pilot(t testing.TB) string {
	t.Helper()
	text, err := fs.ReadFile(fixtures.FS, "simulations/pilot.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestParse(t *testing.T) {
	m, err := operation.Parse("pilot.yaml", []byte(pilot(t)))
	if err != nil {
		t.Fatal(err)
	}
	got := []any{m.Title, m.From.String(), m.Years, m.Total, m.Seed, m.Factors, m.Policy, len(m.Components), m.Components[0].ServiceHours, m.Components[0].Repair, m.Outside[1].Cause, m.Maintenance[1].Weekday, m.Maintenance[0].At}
	want := []any{"De-Mail gateway of the pilot", "2015-01-01", 10, 10000, uint64(7), 2000, ops.Policy{Target: ops.Ratio{Up: 197, Total: 200}, WeeklyMax: 4 * time.Hour, AnnouncedForAvailability: true},
		3, true, operation.Distribution{Kind: operation.Lognormal, A: 3000, B: 14400, Scale: 1}, ops.ByCarrier, time.Saturday, 18 * time.Hour}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestParseRefuses changes one line of the example; every fault is one line with its place.
func TestParseRefuses(t *testing.T) {
	for _, x := range []struct{ old, new, want string }{
		{"title: De-Mail gateway of the pilot", "", "pilot.yaml:1:1: title: is missing; name the operation"},
		{"from: 2015-01-01", "from: 2015-01-02", `pilot.yaml:6:16: period.from: "2015-01-02": is not the first day of a month from 1996 to 2190; write it like 2015-01-01`},
		{"years: 10}", "years: 0}", `pilot.yaml:6:35: period.years: "0": is not between 1 and 100; correct it`},
		{"years: 10}", "years: ten}", `pilot.yaml:6:35: period.years: "ten": has the wrong form; compare with fixtures/simulations/pilot.yaml`},
		{"seed: 7", "seeds: 7", `pilot.yaml:9:1: seeds: "seeds": unknown key; correct the spelling or remove it`},
		{"state: saxony}", "state: bavaria}", `pilot.yaml:14:17: office.state: "bavaria": its holidays are not known; write saxony or saxony-anhalt`},
		{"availability: 98.5", "availability: 101", `pilot.yaml:17:25: promise.availability: "101": is not a percentage; write it like 98.5`},
		{"availability: 98.5", "availability: 1e9", `promise.availability: "1e9": is not a percentage; write it like 98.5`},
		{"weekly_max: 240m", "weekly_max: 240", `pilot.yaml:17:43: promise.weekly_max: "240": is not a duration; write a number with its unit: 45m, 36h, 90d`},
		{"name: database", "name: connector", `pilot.yaml:27:11: components[1].name: "connector": is taken; choose another name`},
		{"name: database", "name: maintenance", `components[1].name: "maintenance": is taken; choose another name`},
		{"nodes: 2", "nodes: 0", `components[1].nodes: "0": is not between 1 and 64; correct it`},
		{"nodes: 2\n    needed: 1", "nodes: 2\n    needed: 3", `pilot.yaml:29:13: components[1].needed: "3": is not between 1 and the number of nodes; say how many nodes the service needs`},
		{"mean: 150d", "median: 150d", `components[0].failure.median: "150d": does not belong to exponential; an exponential distribution has mean`},
		{"mean: 150d", "mean: 10h", "pilot.yaml:24:" /* the place of the mapping */},
		{"p95: 4h", "p95: 50m", `components[0].repair.p95: "50m": is not longer than the median; write how long 95 of 100 do not exceed`},
		{"kind: empirical, values: [20m, 30m, 45m, 2h, 26h]", "kind: empirical, values: [20m, soon]", `components[2].repair.values[1]: "soon": is not a duration; write a number with its unit: 45m, 36h, 90d`},
		{"kind: empirical, values: [20m, 30m, 45m, 2h, 26h]", "kind: weibull", `components[2].repair.kind: "weibull": is not a known distribution; write exponential, lognormal, fixed or empirical`},
		{"cause: dmda", "cause: own-fault", `outside[0].cause: "own-fault": is not a cause outside the operator's control; write dmda, tenant, carrier or force-majeure`},
		{"evidence: 0.9", "evidence: 1.1", `outside[0].evidence: "1.1": is not a probability; write a number from 0 to 1`},
		{"evidence: 0.9", "evidence: .nan", `outside[0].evidence: "NaN": is not a probability; write a number from 0 to 1`},
		{"component: connector\n    every: month", "component: cable\n    every: month", `maintenance[0].component: "cable": is not one of the components; write the name of a component`},
		{"every: month", "every: day", `maintenance[0].every: "day": is not known; write week, month, quarter or year`},
		{"nth: 3", "nth: 5", `maintenance[0].nth: "5": is not between 1 and 4; correct it`},
		{"weekday: tuesday", "weekday: Dienstag", `maintenance[0].weekday: "Dienstag": is not a day of the week; write it like tuesday`},
		{"weekday: tuesday\n    nth: 3\n    at: \"18:00\"", "weekday: sunday\n    nth: 3\n    at: \"02:30\"", `maintenance[0].at: "02:30": is not one instant on the Sundays on which the clock changes; begin before 2 or from 3 o'clock on`},
		{"planned: 3h", "planned: 365d", `maintenance[0].planned: "365d": is longer than 168h0m0s; plan several windows`},
		{"planned: 3h", "planned: -3h", `maintenance[0].planned: "-3h": is not in whole seconds from one second to a hundred years; correct it`},
		{"title: De-Mail", "title: &a De-Mail", `pilot.yaml:3:8: "&": anchors, aliases and tags are not allowed; write the value itself`},
		{"title: De-Mail", "title: \xdf", `pilot.yaml:3:1: is not UTF-8 without byte order mark; save it as UTF-8`},
	} {
		text := strings.Replace(pilot(t), x.old, x.new, 1)
		if text == pilot(t) {
			t.Fatalf("%q is not in the example", x.old)
		}
		_, err := operation.Parse("pilot.yaml", []byte(text))
		var typed *operation.FileError
		if !errors.As(err, &typed) {
			t.Errorf("%q: error %v is not a *FileError", x.new, err)
			continue
		}
		if got := strings.SplitN(err.Error(), "\n", 2)[0]; !strings.HasPrefix(got, "pilot.yaml:") || !strings.Contains(got, x.want) {
			t.Errorf("%q\ngot  %s\nwant %s", x.new, got, x.want)
		}
	}
	for text, want := range map[string]string{
		"":                         "pilot.yaml: is empty",
		"# only\n":                 "pilot.yaml: is not one YAML document",
		"- a\n":                    "pilot.yaml:1:1: ",
		"a: [":                     "pilot.yaml:1:4: ",
		strings.Repeat("[", 5000):  "pilot.yaml:1:4096: line of 5000 octets",
		strings.Repeat("[\n", 100): "pilot.yaml:17:1: is nested too deeply",
	} {
		if _, err := operation.Parse("pilot.yaml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// TestAllFaultsAtOnce holds that a file with several mistakes names each.
func TestAllFaultsAtOnce(t *testing.T) {
	text := strings.NewReplacer("state: saxony}", "state: x}", "every: month", "every: day", "nodes: 2", "nodes: 99").Replace(pilot(t))
	_, err := operation.Parse("pilot.yaml", []byte(text))
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(pilot(f))
	f.Add("title: t\nperiod: {from: 2015-01-01, years: 2}\nyears: 4\ncomponents: [{name: c, failure: {kind: fixed, value: 9d}}]\n")
	f.Add("a: &b [*b]")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := operation.Parse("f", []byte(text))
		var typed *operation.FileError
		if err != nil && !errors.As(err, &typed) || err == nil && (m == nil || m.Calendar == nil) {
			t.Errorf("%v %v", m, err)
		}
	})
}

package simulate

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/fixtures"
	"demailbench/gateway/ops"
	"demailbench/gateway/simulate/operation"
)

func pilot(t testing.TB) []byte {
	t.Helper()
	text, err := fs.ReadFile(fixtures.FS, "simulations/pilot.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func simulate(t testing.TB, text []byte, o Options) *Report {
	t.Helper()
	r, err := Simulate(context.Background(), "pilot.yaml", text, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func files(t *testing.T, r *Report) map[string][]byte {
	t.Helper()
	out, err := r.Files()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWorkersDoNotMatter holds that one seed gives one result, octet for octet, and another seed another.
func TestWorkersDoNotMatter(t *testing.T) {
	years, other := 50, uint64(8)
	first := files(t, simulate(t, pilot(t), Options{Years: &years, Workers: 1}))
	for _, workers := range []int{2, 7} {
		if diff := cmp.Diff(first, files(t, simulate(t, pilot(t), Options{Years: &years, Workers: workers}))); diff != "" {
			t.Errorf("%d workers: %s", workers, diff)
		}
	}
	if cmp.Equal(first, files(t, simulate(t, pilot(t), Options{Years: &years, Seed: &other}))) {
		t.Error("another seed changes nothing")
	}
}

// TestFirstScreen holds that the page begins with the answer, in both languages, and holds the pictures.
func TestFirstScreen(t *testing.T) {
	years := 20
	r := simulate(t, pilot(t), Options{Years: &years})
	page := string(files(t, r)["simulation.html"])
	at := 0
	for _, part := range []string{"<h1>De-Mail gateway of the pilot</h1>", "A year keeps 98.5\u00a0% in every month and 240 minutes in every week with a probability of",
		"what drives it most, in the comparison runs: ", `lang="de">Ein Jahr hält mit einer Wahrscheinlichkeit von`, "am stärksten wirkt, in der Vergleichsrechnung: ", "availability by month", "weeks by longest interruption", "what drives it\""} {
		i := strings.Index(page[at:], part)
		if i < 0 {
			t.Fatalf("%q is missing, or too late", part)
		}
		at += i
	}
	if strings.Contains(page, "http") || strings.Contains(page, "NaN") || strings.Contains(page, "ZgotmplZ") {
		t.Error("the page needs the network, or has a number that is none")
	}
}

// TestCertain is an operation whose result is known: the component fails after exactly 100 days and takes a day each
// time, or nothing ever fails.
func TestCertain(t *testing.T) {
	head := "title: t\nperiod: {from: 2015-01-01, years: 2}\nyears: 4\nseed: 1\nsensitivity_years: 0\noffice: {state: saxony}\ncomponents:\n  - name: <c>\n    nodes: 1\n    needed: 1\n    repair_begins: at-once\n"
	r := simulate(t, []byte(head+"    failure: {kind: fixed, value: 100d}\n    repair: {kind: fixed, value: 1d}\n"), Options{})
	// Failures begin 366 days before the history and every 101 days after: on the days 39, 140, 241, 342 of 2015, 78,
	// 179, 280 of 2016 (from 0), each of a day, which no month and no week allows.
	if got := r.Tally; got.Months.Kept != 2*(24-7) || got.Months.Cases != 48 || got.Years.Kept != 0 || got.Lost["<c>"] != 2*7*86400 || r.Histories != 2 {
		t.Errorf("%+v, %+v, %v", got.Months, got.Years, got.Lost)
	}
	if page := string(files(t, r)["simulation.html"]); strings.Contains(page, "<c>") || !strings.Contains(page, "&lt;c&gt;") {
		t.Error("a name is not escaped")
	}
	r = simulate(t, []byte(head+"    failure: {kind: fixed, value: 36500d}\n    repair: {kind: fixed, value: 1d}\n"), Options{})
	if r.Tally.Years.Kept != 4 || !strings.Contains(r.Headline(), "probability of 100.0 % (95 % bounds 34.2 to 100.0 %; 4 years simulated)") {
		t.Error(r.Headline())
	}
	files(t, r)
}

func TestProgressAndCancel(t *testing.T) {
	years, now := 100, time.Unix(0, 0)
	var told []Progress
	o := Options{Years: &years, Workers: 2, Now: func() time.Time { now = now.Add(time.Second); return now }, Progress: func(p Progress) { told = append(told, p) }}
	simulate(t, pilot(t), o)
	last := told[len(told)-1]
	if len(told) < 50 || len(told) > 100 || last.Done != last.Total || last.Left != 0 || told[0].Left <= 0 {
		t.Errorf("%d times, last %+v", len(told), last)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.Progress = func(Progress) { cancel() }
	if _, err := Simulate(ctx, "pilot.yaml", pilot(t), o); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for _, n := range []int{0, -1, operation.MaxYears + 1} {
		if _, err := Simulate(context.Background(), "pilot.yaml", pilot(t), Options{Years: &n}); err == nil || !strings.Contains(err.Error(), "is not between 1 and") {
			t.Errorf("%d years: %v", n, err)
		}
	}
}

// TestMemoryDoesNotGrow compares what is alive after few and after many years.
func TestMemoryDoesNotGrow(t *testing.T) {
	alive := func(years int) int64 {
		r := simulate(t, bytes.Replace(pilot(t), []byte("sensitivity_years: 2000"), []byte("sensitivity_years: 0"), 1), Options{Years: &years})
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(r)
		return int64(m.HeapAlloc)
	}
	alive(20) // warm
	if few, many := alive(20), alive(1500); many > few+(1<<20) {
		t.Errorf("%d octets are alive after 20 years, %d after 1500", few, many)
	}
}

func TestBelow(t *testing.T) {
	a, b, c := ops.Spans{{Start: 0, End: 10}}, ops.Spans{{Start: 5, End: 15}}, ops.Spans{{Start: 10, End: 20}}
	for spare, want := range map[int]ops.Spans{0: {{Start: 0, End: 20}}, 1: {{Start: 5, End: 15}}, 2: {}} {
		if diff := cmp.Diff(want, below([]ops.Spans{a, b, c}, spare)); diff != "" {
			t.Errorf("%d spare: %s", spare, diff)
		}
	}
}

// TestBounds compares with Wilson's interval as published (Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20), and holds
// that dependence widens it.
func TestBounds(t *testing.T) {
	for _, x := range []struct {
		kept, cases int64
		low, high   float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		var s Share
		for i := range x.cases {
			s.add(one(i < x.kept), 1)
		}
		if low, high := s.Bounds(); math.Abs(low-x.low) > 5e-4 || math.Abs(high-x.high) > 5e-4 {
			t.Errorf("%d of %d: %.4f to %.4f", x.kept, x.cases, low, high)
		}
	}
	var apart, together Share
	for i := range int64(100) {
		apart.add(4+2*(i%2), 10)
		together.add(10*(i%2), 10)
	}
	_, narrow := apart.Bounds()
	if _, wide := together.Bounds(); wide <= narrow {
		t.Errorf("histories that are all good or all bad are as sure as others: %.3f, %.3f", wide, narrow)
	}
}

// TestDistributions holds the parameters by their meaning: the mean, the median, 95 of 100.
func TestDistributions(t *testing.T) {
	p := &plan{model: &operation.Model{Seed: 3}}
	const n = 40_000
	for _, x := range []struct {
		d    operation.Distribution
		mean float64 // 0: do not look
		p95  float64
	}{
		{operation.Distribution{Kind: operation.Exponential, A: 3600, Scale: 1}, 3600, 3600 * 2.9957},
		{operation.Distribution{Kind: operation.Lognormal, A: 3000, B: 14400, Scale: 1}, 0, 14400},
		{operation.Distribution{Kind: operation.Lognormal, A: 3000, B: 14400, Scale: 2}, 0, 28800},
		{operation.Distribution{Kind: operation.Fixed, A: 600, Scale: 1}, 600, 601},
		{operation.Distribution{Kind: operation.Empirical, Values: []float64{60, 120}, Scale: 1}, 90, 121},
	} {
		r, sum, under := p.source(0, string(x.d.Kind), 0), 0.0, 0
		for range n {
			v := float64(x.d.Draw(r))
			sum += v
			if v < x.p95 {
				under++
			}
		}
		if x.mean > 0 && math.Abs(sum/n/x.mean-1) > 0.02 || float64(under)/n < 0.945 {
			t.Errorf("%+v: mean %.0f, %.3f under %.0f", x.d, sum/n, float64(under)/n, x.p95)
		}
	}
}

func BenchmarkTenThousandYears(b *testing.B) {
	for b.Loop() {
		simulate(b, pilot(b), Options{})
	}
}

package reports

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"demailbench/features/check"
	"demailbench/sim/record"
)

// cases are the stored evidence in testdata.
var cases = []string{"twice", "cut", "dropped", "clear"}

// madeRun lays out a run's directory with n scenarios whose evidence is taken from testdata in turn; every
// nth fails as the judge says, the others pass. It returns the directory and the summary.
func madeRun(t testing.TB, n, failing int) (string, *Summary) {
	t.Helper()
	dir := t.TempDir()
	s := &Summary{Schema: Schema, Run: "run-1", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), DurationMS: 1500, Seed: 7, Profile: "saxony",
		Subject: Subject{"Vendor", "Gateway", "1"}, Planned: n, Excluded: []Excluded{{"transport/other/left-out", "not in the core selection; run with --all"}}}
	type stored struct {
		timeline, scene []byte
		judgement       check.Judgement
	}
	var all []stored
	for _, c := range cases {
		var st stored
		var err error
		if st.timeline, err = os.ReadFile(filepath.Join("testdata", c, "timeline.ndjson")); err != nil {
			t.Fatal(err)
		}
		if st.scene, err = os.ReadFile(filepath.Join("testdata", c, "scene.json")); err != nil {
			t.Fatal(err)
		}
		events, err := record.Read(strings.NewReader(string(st.timeline)))
		if err != nil {
			t.Fatal(err)
		}
		cs := &check.Case{Events: events}
		if err := json.Unmarshal(st.scene, &cs.Scene); err != nil {
			t.Fatal(err)
		}
		st.judgement = cs.Judge()
		all = append(all, st)
	}
	for i := range n {
		st := all[i%len(all)]
		id := fmt.Sprintf("transport/feature-%d/scenario-%d", i/10, i)
		sc := Scenario{ID: id, Name: "The mail arrives " + id, NameDE: "Die Nachricht kommt an " + id, Feature: "A feature", FeatureDE: "Ein Merkmal", Path: fmt.Sprintf("transport/feature-%d.feature", i/10), Line: i,
			Verdict: check.Pass, Requirements: []string{"S0-053"}, DurationMS: 12, VirtualMS: 10_800_040, Repeat: "demailbench run " + id + " --seed 7",
			Steps:    []Step{{Text: "the DMDA's reply to the end of data is lost once", TextDE: "Die Antwort geht verloren", Status: "passed", AtMS: 6}, {Text: "it arrives", TextDE: "Sie kommt an", Status: "failed", Error: "expected: x; observed: y", AtMS: 90_000}},
			Evidence: []string{dirOf(id) + "/timeline.ndjson"}}
		if failing > 0 && i%failing == 0 {
			sc.Verdict, sc.Reason, sc.Findings = check.Fail, st.judgement.Reason, st.judgement.Findings
		}
		d := filepath.Join(dir, filepath.FromSlash(dirOf(id)))
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string][]byte{"timeline.ndjson": st.timeline, "scene.json": st.scene} {
			if err := os.WriteFile(filepath.Join(d, name), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		s.Scenarios = append(s.Scenarios, sc)
	}
	s.Finish()
	return dir, s
}

func read(t testing.TB, dir, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// BenchmarkWrite writes all reports of 1,000 scenarios, a tenth of them failed. The figure is 2 s.
func BenchmarkWrite(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		dir, s := madeRun(b, 1000, 10)
		b.StartTimer()
		if err := Write(dir, s, Options{Lang: "de"}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		info, err := os.Stat(filepath.Join(dir, "report.html"))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size()), "octets/report.html")
		b.StartTimer()
	}
}

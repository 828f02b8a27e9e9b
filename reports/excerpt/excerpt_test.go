package excerpt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"demailbench/features/check"
	"demailbench/reports"
	"demailbench/reports/folder"
)

func TestFailed(t *testing.T) {
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	s := &reports.Summary{Schema: reports.Schema, Run: "r", Planned: 2, Scenarios: []reports.Scenario{
		{ID: "a/good", Verdict: check.Pass, Evidence: []string{"scenarios/a.good/timeline.ndjson"}},
		{ID: "a/bad", Verdict: check.Fail, Reason: "it never arrived", Evidence: []string{"scenarios/a.bad/timeline.ndjson"}}}}
	s.Finish()
	to := &folder.Folder{Dir: dir}
	for _, name := range []string{"scenarios/a.good/timeline.ndjson", "scenarios/a.bad/timeline.ndjson"} {
		if err := to.Put(name, folder.Plain, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := reports.Write(dir, s, reports.Options{}); err != nil {
		t.Fatal(err)
	}
	if n, err := Failed(dir, out); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	for name, want := range map[string]bool{"summary.json": true, "report.html": true, "scenarios/a.bad/timeline.ndjson": true, "scenarios/a.bad/repro.sh": true,
		"scenarios/a.good/timeline.ndjson": false, "scenarios/a.good/verdict.json": false} {
		if _, err := os.Stat(filepath.Join(out, name)); (err == nil) != want {
			t.Errorf("%s: there %v, want %v", name, err == nil, want)
		}
	}
	if _, err := Failed(dir, out); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("the second time: %v", err)
	}
	if _, err := Failed(t.TempDir(), filepath.Join(t.TempDir(), "x")); err == nil || !strings.Contains(err.Error(), "holds no run") {
		t.Errorf("no run: %v", err)
	}
}

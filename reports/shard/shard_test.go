package shard

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/check"
	"demailbench/reports"
	"demailbench/reports/folder"
	"demailbench/reports/manifest"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{"": "", "1/1": "1/1", "2/3": "2/3", "0/3": "no part", "4/3": "no part", "1": "no part", "a/b": "no part", "1/2000": "no part"} {
		s, err := Parse(in)
		if got := s.String(); err != nil {
			if !strings.Contains(err.Error(), want) || want == "" {
				t.Errorf("%q: %v", in, err)
			}
		} else if got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// made lays out shard i of n of a run of 7 scenarios, the third of which fails; edit may alter its summary.
func made(t *testing.T, s Shard, edit func(*reports.Summary)) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), fmt.Sprintf("part-%d", s.I))
	sum := &reports.Summary{Schema: reports.Schema, Run: "part", Started: time.Date(2026, 1, 2, 3, 4, s.I, 0, time.UTC), Seed: 7, Profile: "saxony", Shard: s.String(),
		Subject: reports.Subject{Vendor: "V", Product: "P", Version: "1"}, Excluded: []reports.Excluded{{ID: "x/out", Reason: "not in the core selection; run with --all"}}}
	to := &folder.Folder{Dir: dir}
	for k := range 7 {
		id := fmt.Sprintf("a/%d", k)
		if !s.Has(k) {
			sum.Excluded = append(sum.Excluded, reports.Excluded{ID: id, Reason: s.Reason(k)})
			continue
		}
		sc := reports.Scenario{ID: id, Name: "n" + id, Feature: "f", Path: "a.feature", Verdict: check.Pass, Repeat: "demailbench run " + id}
		if k == 2 {
			sc.Verdict, sc.Reason = check.Fail, "it never arrived"
		}
		sum.Scenarios = append(sum.Scenarios, sc)
		sum.Planned++
		if err := to.Put("scenarios/a."+fmt.Sprint(k)+"/sut.log", folder.Plain, []byte(id)); err != nil {
			t.Fatal(err)
		}
	}
	if edit != nil {
		edit(sum)
	}
	sum.Finish()
	if err := reports.Write(dir, sum, reports.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := manifest.Write(to, os.DirFS(dir), manifest.Origin{Tool: "1"}, nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestMerge(t *testing.T) {
	whole := made(t, Shard{}, nil)
	for n := 1; n <= 4; n++ {
		var dirs []string
		for i := n; i >= 1; i-- { // in any order
			dirs = append(dirs, made(t, Shard{i, n}, nil))
		}
		out := filepath.Join(t.TempDir(), "merged")
		s, err := Merge(dirs, out, reports.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s.ExitCode != check.ExitFail || s.Planned != 7 {
			t.Errorf("%d parts: %d planned, exit code %d", n, s.Planned, s.ExitCode)
		}
		for _, name := range []string{"summary.json", "junit.xml", "results.csv", "summary.md", "scenarios/a.3/sut.log"} {
			if d := cmp.Diff(timeless(t, whole, name), timeless(t, out, name)); d != "" {
				t.Errorf("%d parts: %s: %s", n, name, d)
			}
		}
		if diff, err := manifest.Verify(os.DirFS(out)); err != nil || len(diff) > 0 {
			t.Errorf("%d parts: %v %v", n, diff, err)
		}
	}
}

// timeless reads a report without what follows from the name of the run, its time and its being a part.
func timeless(t *testing.T, dir, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(filepath.Base(dir)+",", "RUN,", "part,", "RUN,", `"run": "part"`, `"run": "merged"`, "2026-01-02T03:04:00Z", "T", "2026-01-02T03:04:01Z", "T").Replace(string(raw))
}

func TestWhatCannotBeMerged(t *testing.T) {
	one, two := made(t, Shard{1, 2}, nil), made(t, Shard{2, 2}, nil)
	for _, tt := range []struct {
		dirs []string
		want string
	}{
		{nil, "no directory"},
		{[]string{t.TempDir()}, "holds no run"},
		{[]string{made(t, Shard{}, nil)}, "no part of a run"},
		{[]string{one}, "shard 2/2 is missing"},
		{[]string{two}, "shard 1/2 is missing"},
		{[]string{one, one}, "is there twice"},
		{[]string{one, made(t, Shard{2, 3}, nil)}, "parts of different runs"},
		{[]string{one, made(t, Shard{2, 2}, func(s *reports.Summary) { s.Seed = 8 })}, "different seeds"},
		{[]string{one, made(t, Shard{2, 2}, func(s *reports.Summary) { s.Subject.Version = "2" })}, "different gateways"},
		{[]string{one, made(t, Shard{2, 2}, func(s *reports.Summary) { s.Scenarios, s.Planned = s.Scenarios[1:], s.Planned-1 })}, "and is in none"},
		{[]string{one, made(t, Shard{2, 2}, func(s *reports.Summary) { s.Scenarios[0].ID = "a/0" })}, "is in another part too"},
		{[]string{one, changed(t, made(t, Shard{2, 2}, nil))}, "junit.xml was changed"},
	} {
		if _, err := Merge(tt.dirs, filepath.Join(t.TempDir(), "out"), reports.Options{}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("want %q, got %v", tt.want, err)
		}
	}
	if _, err := Merge([]string{one, two}, one, reports.Options{}); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("over a run: %v", err)
	}
}

func changed(t *testing.T, dir string) string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "junit.xml"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

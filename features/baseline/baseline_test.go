package baseline

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/check"
	"demailbench/reports"
	"demailbench/sim/config"
)

const good = `format: "1"
expected:
  - {id: a/b, check: delivered, reason: "ticket 17", expires: "2026-12-31"}
`

func read(text string) (*Baseline, error) {
	return Read(fstest.MapFS{"baseline.yaml": {Data: []byte(text)}}, "baseline.yaml")
}

// scenario has the verdict, with one finding for each failing check.
func scenario(v check.Verdict, failing ...string) reports.Scenario {
	sc := reports.Scenario{ID: "a/b", Verdict: v, Reason: "it never arrived"}
	for _, rule := range failing {
		sc.Findings = append(sc.Findings, check.Finding{Rule: rule, Verdict: check.Fail})
	}
	return sc
}

func TestApply(t *testing.T) {
	for _, tt := range []struct {
		name   string
		sc     reports.Scenario
		day    string
		want   check.Verdict
		stale  string
		reason string
	}{
		{"fails as listed", scenario(check.Fail, "delivered", "delivered"), "2026-06-01", check.ExpectedFail, "", "until 2026-12-31: ticket 17; it never arrived"},
		{"on the last day", scenario(check.Fail, "delivered"), "2026-12-31", check.ExpectedFail, "", ""},
		{"the day after", scenario(check.Fail, "delivered"), "2027-01-01", check.ExpectedFail, "expired on 2026-12-31", ""},
		{"passes", scenario(check.Pass), "2026-06-01", check.Pass, "no longer fails", ""},
		{"warns", scenario(check.Warn), "2026-06-01", check.Warn, "no longer fails", ""},
		{"something else fails", scenario(check.Fail, "unchanged"), "2026-06-01", check.Fail, "it is not delivered that fails but [unchanged]", ""},
		{"something else fails too", scenario(check.Fail, "delivered", "unchanged"), "2026-06-01", check.Fail, "", ""},
		{"crashes", scenario(check.Fail), "2026-06-01", check.Fail, "it is not delivered", ""},
		{"was not run", scenario(check.NotRun), "2026-06-01", check.NotRun, "", ""},
		{"is blocked", scenario(check.Blocked), "2026-06-01", check.Blocked, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := read(good)
			if err != nil {
				t.Fatal(err)
			}
			now, err := time.Parse(day, tt.day)
			if err != nil {
				t.Fatal(err)
			}
			list := []reports.Scenario{tt.sc}
			stale := b.Apply(list, []string{"a/b"}, func(string) string { return "" }, now)
			if list[0].Verdict != tt.want || !strings.Contains(list[0].Reason, tt.reason) || len(list[0].Expected) != 1 {
				t.Errorf("%s %q, want %s %q", list[0].Verdict, list[0].Reason, tt.want, tt.reason)
			}
			if got := strings.Join(stale, "\n"); (got == "") != (tt.stale == "") || !strings.Contains(got, tt.stale) {
				t.Errorf("stale: %q, want %q", got, tt.stale)
			}
		})
	}
}

func TestUnknownAndNotSelected(t *testing.T) {
	b, err := read(good)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	meant := func(string) string { return "; did you mean a/c?" }
	if stale := b.Apply(nil, []string{"a/b"}, meant, now); len(stale) != 0 {
		t.Errorf("not selected: %q", stale)
	}
	want := []string{"a/b: there is no such scenario; did you mean a/c?; correct the id or remove the row"}
	if d := cmp.Diff(want, b.Apply(nil, []string{"a/c"}, meant, now)); d != "" {
		t.Error(d)
	}
}

func TestBadFiles(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "empty",
		strings.Replace(good, `"1"`, `"2"`, 1): "the only format",
		strings.Replace(good, "2026-12-31", "31.12.2026", 1):                           "write it like 2026-12-31",
		strings.Replace(good, "reason: ", "because: ", 1):                              "because",
		strings.Replace(good, `reason: "ticket 17", `, "", 1):                          "reason",
		good + "  - {id: a/b, check: delivered, reason: x, expires: \"2026-12-31\"}\n": "twice",
	} {
		_, err := read(text)
		var ce *config.Error
		if !errors.As(err, &ce) || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := Read(fstest.MapFS{}, "baseline.yaml"); err == nil {
		t.Error("no file is a baseline")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(good))
	f.Fuzz(func(t *testing.T, text []byte) {
		if b, err := read(string(text)); err == nil && b.Format != "1" {
			t.Errorf("read %+v", b)
		}
	})
}

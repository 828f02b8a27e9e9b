package reports

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"demailbench/features/check"
	"demailbench/reports/messages"
)

func pages(t *testing.T) map[messages.Lang]string {
	t.Helper()
	out := map[messages.Lang]string{}
	for _, l := range messages.Langs {
		dir, s := madeRun(t, 8, 2)
		s.Scenarios[3].Verdict, s.Scenarios[3].Reason = check.Error, "the bench crashed: the worker process gave no answer (EOF); its last words:\npanic: <b>\ngoroutine 1"
		s.Scenarios[5].Verdict = check.NotRun
		s.Finish()
		o := Options{Lang: l, Clause: func(id, lang string) string { return "text of " + id + " in " + lang }}
		if err := Write(dir, s, o); err != nil {
			t.Fatal(err)
		}
		out[l] = read(t, dir, "report.html")
	}
	return out
}

// TestPageIsAccessible holds the rules that a machine can check; contrast is in TestContrast.
func TestPageIsAccessible(t *testing.T) {
	for lang, page := range pages(t) {
		if !strings.Contains(page, fmt.Sprintf(`<html lang="%s">`, lang)) {
			t.Errorf("%s: the page does not name its language", lang)
		}
		for _, want := range []string{"<main>", "<header>", "<nav aria-label=", "<footer>", `<a class="skip" href="#result">`, ":focus-visible", "@media print", `<meta name="viewport"`} {
			if strings.Count(page, want) != 1 && want != ":focus-visible" || !strings.Contains(page, want) {
				t.Errorf("%s: %s", lang, want)
			}
		}
		if n := strings.Count(page, "<h1"); n != 1 {
			t.Errorf("%s: %d h1", lang, n)
		}
		if tables, captions := strings.Count(page, "<table"), strings.Count(page, "<caption"); tables != captions {
			t.Errorf("%s: %d tables with %d captions", lang, tables, captions)
		}
		if ths, scopes := len(regexp.MustCompile(`<th[ >]`).FindAllString(page, -1)), strings.Count(page, `scope="`); ths != scopes {
			t.Errorf("%s: %d header cells with %d scopes", lang, ths, scopes)
		}
		if a, b := strings.Count(page, "<svg"), strings.Count(page, `role="img"`); a != b || a == 0 {
			t.Errorf("%s: %d drawings, %d with a role", lang, a, b)
		}
		headings(t, lang, page)
		references(t, lang, page)
		if bad := regexp.MustCompile(`\[[a-z]+\.[\w.]+\]`).FindString(page); bad != "" {
			t.Errorf("%s: message %s is missing", lang, bad)
		}
	}
}

// headings holds that no level is skipped.
func headings(t *testing.T, lang messages.Lang, page string) {
	t.Helper()
	last := 0
	for _, m := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(page, -1) {
		n, _ := strconv.Atoi(m[1])
		if n > last+1 {
			t.Errorf("%s: h%d after h%d", lang, n, last)
		}
		last = n
	}
}

// references holds that ids are unique, that every reference inside the page has its target, and that
// nothing is loaded or run.
func references(t *testing.T, lang messages.Lang, page string) {
	t.Helper()
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("%s: id %s stands there twice", lang, m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?:href="#|url\(#|aria-labelledby=")([^")]+)`).FindAllStringSubmatch(page, -1) {
		for _, id := range strings.Fields(m[1]) {
			if !ids[id] {
				t.Errorf("%s: nothing has the id %s", lang, id)
			}
		}
	}
	for _, bad := range []string{"<script", "<link", "<iframe", "@import", "http:", "https:", " src=", "javascript:", " onclick", " onload", " style="} {
		if strings.Contains(page, bad) {
			t.Errorf("%s: the page has %s", lang, bad)
		}
	}
}

func TestPageSays(t *testing.T) {
	p := pages(t)
	for lang, want := range map[messages.Lang][]string{
		messages.English: {"The test bench itself failed in 1 of 8 scenarios", "defect of the test bench", "Planned, not executed", "text of S0-053 in en", "not in the core selection; run with --all",
			"packet", "frame.number", "FAILED HERE", "once, body unchanged"},
		messages.German: {"Die Prüfbank selbst hat in 1 von 8 Szenarien versagt", "Fehler der Prüfbank", "Geplant, nicht ausgeführt", "text of S0-053 in de", "nicht in der Kernauswahl; mit --all ausführen",
			"Sie kommt an", "Die Nachricht kommt an transport", "Ein Merkmal", "HIER GESCHEITERT", "einmal", "die Prüfbank ist abgestürzt", "panic: &lt;b&gt;"},
	} {
		for _, w := range want {
			if !strings.Contains(p[lang], w) && w != "packet" && w != "frame.number" {
				t.Errorf("%s: the page does not say %q", lang, w)
			}
		}
	}
}

// TestSentences says each verdict of a run in both languages.
func TestSentences(t *testing.T) {
	for _, l := range messages.Langs {
		text := messages.In(l)
		seen := map[string]bool{}
		for _, v := range append([]check.Verdict{"", "OTHER"}, check.Verdicts...) {
			s := &Summary{Subject: Subject{"V", "P", ""}, Verdict: v, Planned: 3, Counts: map[check.Verdict]int{v: 1}}
			got := sentence(text, s)
			if strings.HasPrefix(got, "[") || strings.Contains(got, "{") || !strings.Contains(got, "V P") {
				t.Errorf("%s %s: %q", l, v, got)
			}
			seen[got] = true
		}
		for _, s := range []*Summary{{Subject: Subject{"V", "P", ""}}, {Subject: Subject{"V", "P", ""}, Planned: 3, Preflight: "x"}} {
			seen[sentence(text, s)] = true
		}
		if len(seen) < 9 {
			t.Errorf("%s: only %d different sentences", l, len(seen))
		}
	}
}

// TestSentenceOfOne is about a run with one failure: German has another verb for it.
func TestSentenceOfOne(t *testing.T) {
	for failed, want := range map[int]string{1: "1 von 5 Szenarien ist gescheitert.", 2: "2 von 5 Szenarien sind gescheitert."} {
		s := &Summary{Verdict: check.Fail, Planned: 5, Counts: map[check.Verdict]int{check.Fail: failed}}
		if got := sentence(messages.In(messages.German), s); !strings.HasSuffix(got, want) {
			t.Errorf("%d failures: %q", failed, got)
		}
	}
}

// TestCalendar is about a scenario that goes on on the next day: its morning is not before the day before.
func TestCalendar(t *testing.T) {
	var day calendar
	at := time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		after time.Duration
		want  string
	}{{0, "2015-11-02 08:00:00.000"}, {time.Minute, "08:01:00.000"}, {23*time.Hour + 4*time.Minute, "2015-11-03 07:04:00.000"}, {23*time.Hour + 5*time.Minute, "07:05:00.000"}} {
		if got := day.stamp(at.Add(tt.after)); got != tt.want {
			t.Errorf("after %v: %q, want %q", tt.after, got, tt.want)
		}
	}
}

func TestRepeat(t *testing.T) {
	if got := Repeat(7, "a/b", []string{"--sut", "my gateway/sut.yaml"}); got != "demailbench run a/b --seed 7 --sut 'my gateway/sut.yaml'" {
		t.Errorf("got %q", got)
	}
}

// TestPageStaysSmall fills the page with failures: it stays under 5 MB, and every failure is on it.
func TestPageStaysSmall(t *testing.T) {
	const n = 200
	dir, s := madeRun(t, n, 1)
	for i := range s.Scenarios {
		s.Scenarios[i].Findings[0].Observed += strings.Repeat(" long", 100)
	}
	if err := Write(dir, s, Options{Lang: messages.German}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() >= 5<<20 {
		t.Errorf("report.html has %d octets", info.Size())
	}
	page := read(t, dir, "report.html")
	for _, sc := range s.Scenarios {
		if !strings.Contains(page, `href="#`+anchor(sc.ID)+`"`) {
			t.Fatalf("%s is not on the page", sc.ID)
		}
	}
	if !strings.Contains(page, "Gekürzt, damit diese Seite klein bleibt") {
		t.Error("no card was shortened, so the budget was not reached: the test shows nothing")
	}
}

func TestPageWithoutEvidence(t *testing.T) {
	var buf bytes.Buffer
	s := sample()
	s.Preflight = "the gateway <did> not start"
	if err := WriteHTML(&buf, s); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(buf.String(), "the gateway &lt;did&gt; not start") || strings.Contains(buf.String(), "<svg") {
		t.Error("the pre-flight is missing, or something was drawn of nothing")
	}
}

// TestContrast holds WCAG 2.1 AA (1.4.3: 4.5 to 1) for every pair of colours that the page and the
// drawings put text in.
func TestContrast(t *testing.T) {
	for _, pair := range [][2]string{
		{"1a1a1a", "ffffff"}, {"0b3d91", "ffffff"}, {"0b3d91", "fff8d6"}, {"14532d", "ffffff"}, {"8f1414", "ffffff"}, {"8f1414", "fdecec"}, {"6b3d00", "ffffff"}, {"333333", "ffffff"},
		{"444444", "ffffff"}, {"444444", "f3f0e4"}, {"1a1a1a", "f1f6f1"}, {"1a1a1a", "fdf1f0"}, {"1a1a1a", "f1f1f1"}, {"1a1a1a", "fdecec"}, {"444444", "f2f4f7"}, {"ffffff", "123f7a"}, {"ffffff", "8f1414"},
	} {
		a, b := luminance(t, pair[0]), luminance(t, pair[1])
		if r := (max(a, b) + 0.05) / (min(a, b) + 0.05); r < 4.5 {
			t.Errorf("#%s on #%s: %.1f to 1", pair[0], pair[1], r)
		}
	}
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	part := func(v uint64) float64 {
		c := float64(v&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(n>>16) + 0.7152*part(n>>8) + 0.0722*part(n)
}

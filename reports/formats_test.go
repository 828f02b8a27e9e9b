package reports

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"demailbench/features/check"
	"demailbench/reports/messages"
)

func TestCSV(t *testing.T) {
	dir, s := madeRun(t, 4, 2)
	s.Scenarios[1].Name = `=HYPERLINK("http://x")`
	s.Scenarios[1].Reason = "two\r\nlines, \"quoted\""
	if err := Write(dir, s, Options{}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(read(t, dir, "results.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(s.Scenarios)+len(s.Excluded) || strings.Join(rows[0], ",") != strings.Join(csvHeader, ",") {
		t.Fatalf("%d rows, header %v", len(rows), rows[0])
	}
	column := map[string]int{}
	for i, h := range rows[0] {
		column[h] = i
	}
	if got := rows[2][column["name"]]; got != `'=HYPERLINK("http://x")` {
		t.Errorf("the formula became %q", got)
	}
	if got := rows[1]; got[column["verdict"]] != "FAIL" || got[column["fixer"]] != "gateway" || !strings.Contains(got[column["observed"]], "twice") || got[column["event"]] != "44" {
		t.Errorf("the failure became %q", got)
	}
	if got := rows[5]; got[column["verdict"]] != "NOT_SELECTED" || got[column["id"]] != "transport/other/left-out" {
		t.Errorf("what was not selected became %q", got)
	}
}

func TestCellIsNoFormula(t *testing.T) {
	for _, evil := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "  =1", "%x", "|x", "\ufeff=1"} {
		if got := cell(evil); got != "'"+evil {
			t.Errorf("%q became %q", evil, got)
		}
	}
	for _, good := range []string{"", "a", "a=b", "1", "transport/x", "“quoted”", "ä"} {
		if got := cell(good); got != good {
			t.Errorf("%q became %q", good, got)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for _, l := range messages.Langs {
		dir, s := madeRun(t, 8, 1)
		s.Scenarios[0].Findings[len(s.Scenarios[0].Findings)-1] = check.Finding{Verdict: check.Fail, Rule: "x", Expected: "a | b", Observed: "<img src=x> ![x](http://y) `code` @everyone\n# heading", Packet: &check.Packet{Number: 7, Link: "l"}}
		s.Scenarios[0].Findings = s.Scenarios[0].Findings[len(s.Scenarios[0].Findings)-1:]
		s.Scenarios[0].Repeat = "demailbench run `x`"
		if err := Write(dir, s, Options{Lang: l}); err != nil {
			t.Fatal(err)
		}
		md := read(t, dir, "summary.md")
		for _, bad := range []string{"<img", "![x]", "\n# heading", " @everyone", "[x](http"} {
			if strings.Contains(md, bad) {
				t.Errorf("%s: %q came through:\n%s", l, bad, md)
			}
		}
		for _, want := range []string{"## ✗ FAIL: ", "| " + messages.In(l).Say("page.planned") + " | 8 |", "a \\| b", "`` demailbench run `x` ``", "S0-053"} {
			if !strings.Contains(md, want) {
				t.Errorf("%s: %q is missing:\n%s", l, want, md)
			}
		}
	}
}

func TestMarkdownIsBounded(t *testing.T) {
	s := sample()
	s.Scenarios = nil
	for range 5000 {
		s.Scenarios = append(s.Scenarios, Scenario{ID: "x", Verdict: check.Fail, Reason: strings.Repeat("long ", 50)})
	}
	s.Finish()
	var buf bytes.Buffer
	w := &writer{}
	cards := make([]*Card, len(s.Scenarios))
	for i := range cards {
		cards[i] = &Card{Scenario: &s.Scenarios[i], Plain: "x", Reason: Said{s.Scenarios[i].Reason, messages.English}}
	}
	if err := w.page(s, cards).writeMarkdown(&buf); err != nil {
		t.Fatal(err)
	}
	if buf.Len() > 100_000 || !strings.Contains(buf.String(), "4960 more in report.html") {
		t.Errorf("%d octets", buf.Len())
	}
}

func TestSafeNames(t *testing.T) {
	for in, want := range map[string]string{"dmda-1": "dmda-1", "a/b": "a_b", "../x": ".._x", "x y": "x_y", "ä": "_"} {
		got := safe(in)
		if got != want && in != "../x" || strings.ContainsAny(got, "/\\") || got == ".." {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	if printable("a\x1b[2Jb\tc\x9b") != "a\ufffd[2Jb\tc\ufffd" {
		t.Errorf("a control character came through: %q", printable("a\x1b[2Jb\tc\x9b"))
	}
}

// FuzzReadJSON reads any file as a summary: what is accepted is consistent and can be written again.
func FuzzReadJSON(f *testing.F) {
	var buf bytes.Buffer
	small := sample() // long inputs are slow to mutate
	small.Scenarios = small.Scenarios[:1]
	small.Finish()
	if err := WriteJSON(&buf, small); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add(buf.Bytes()[:buf.Len()/2])
	f.Add([]byte(`{"schema":"` + Schema + `"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := ReadJSON(bytes.NewReader(raw))
		if err != nil {
			return
		}
		if err := s.consistent(); err != nil {
			t.Errorf("accepted and inconsistent: %v", err)
		}
		var page bytes.Buffer
		if err := WriteHTML(&page, s); err != nil {
			t.Errorf("accepted, and the page cannot be written: %v", err)
		}
	})
}

func TestReadJSONSays(t *testing.T) {
	var buf bytes.Buffer
	if err := WriteJSON(&buf, sample()); err != nil {
		t.Fatal(err)
	}
	good := buf.String()
	for in, want := range map[string]string{
		"":                   "the file is empty",
		good[:len(good)-100]: "the file ends in the middle",
		good + "{}":          "there is more after the end",
		strings.Replace(good, `"PASS": 1`, `"PASS": 7`, 1):                                "the counts of verdicts do not follow",
		strings.Replace(good, `"id": "transport/f/fail"`, `"id": "transport/f/error"`, 1): "stands there twice",
		strings.Replace(good, `"schema": "`+Schema, `"schema": "other`, 1):                "use the version that wrote it",
		strings.Replace(good, `"seed"`, `"speed"`, 1):                                     "edited or is of another version",
	} {
		if _, err := ReadJSON(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

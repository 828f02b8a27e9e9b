package measure_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/ops"
	"demailbench/gateway/ops/measure"
)

// begin is where the tests' logs begin.
var begin = time.Date(2016, 3, 10, 7, 0, 0, 0, time.UTC)

// log writes a probe a minute: o worked, x failed, a blank is missing.
func log(pattern string) string {
	text := "time,probe,result,detail\n"
	for i, c := range pattern {
		at := begin.Add(time.Duration(i) * time.Minute).Format(time.RFC3339)
		switch c {
		case 'o':
			text += at + ",smtp,ok,\n"
		case 'x':
			text += at + ",smtp,failed,\"timeout, 30 s\"\n"
		}
	}
	return text
}

func TestMeasure(t *testing.T) {
	for _, x := range []struct {
		name, pattern, down, gaps string
	}{
		{"all well", "oooooooo", "", ""},
		{"one failure is none", "ooxoooxo", "", ""},
		{"two of three", "ooxxoooo", "2-4", ""},
		{"with a success between", "ooxoxooo", "2-5", ""},
		{"two apart", "oxxooooxxo", "1-3 7-9", ""},
		{"until the end", "oooooxxx", "5-8", ""},
		{"a gap", "ooo    ooo", "", "3-7"},
		{"down before the gap", "oxx    ooo", "1-3", "3-7"},
		{"gap at both ends", "    oo    ", "", "0-4 6-10"},
		{"one missing is no gap", "oo oo", "", ""},
		{"nothing", "     ", "", "0-5"},
	} {
		logs, err := measure.Parse("p.csv", strings.NewReader(log(x.pattern)))
		if err != nil {
			t.Fatal(err)
		}
		l := logs["smtp"]
		if l == nil {
			l = &measure.Log{}
		}
		m, err := l.Measure(ops.Between(begin, begin.Add(time.Duration(len(x.pattern))*time.Minute)), measure.DefaultRule())
		if err != nil || minutes(m.Down) != x.down || minutes(m.Gaps) != x.gaps {
			t.Errorf("%s: down %q, gaps %q, %v; want %q, %q", x.name, minutes(m.Down), minutes(m.Gaps), err, x.down, x.gaps)
		}
	}
}

func minutes(s ops.Spans) string {
	var out []string
	for _, x := range s {
		out = append(out, fmt.Sprintf("%d-%d", (x.Start-begin.Unix())/60, (x.End-begin.Unix())/60))
	}
	return strings.Join(out, " ")
}

func TestParseRefuses(t *testing.T) {
	head := "time,probe,result,detail\n"
	for text, want := range map[string]string{
		"":                                       "p.csv:1: is not a log of probes; begin it with the line time,probe,result,detail",
		"time,probe\n":                           "p.csv:1: is not a log of probes; begin it with the line time,probe,result,detail",
		head + "2016-03-10 08:00,smtp,ok,\n":     `p.csv:2: time: "2016-03-10 08:00": is not a time with its offset; write it like 2016-03-24T22:00:00+01:00`,
		head + "2016-03-10T08:00:00Z,,ok,\n":     "p.csv:2: probe: is missing; name what was probed",
		head + "2016-03-10T08:00:00Z,a,maybe,\n": `p.csv:2: result: "maybe": is not a result; write ok or failed`,
		head + "2016-03-10T08:00:00Z,a,ok\n":     "p.csv:2: cannot be read: wrong number of fields; write four fields, time,probe,result,detail",
		head + "\"x\n":                           "p.csv:2: cannot be read: extraneous or missing \" in quoted-field; write four fields, time,probe,result,detail",
	} {
		if _, err := measure.Parse("p.csv", strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// TestDisorder holds that a log out of order is flagged, and judged as if it were in order, the failure first.
func TestDisorder(t *testing.T) {
	logs, err := measure.Parse("p.csv", strings.NewReader("time,probe,result,detail\n2016-03-10T08:02:00Z,smtp,ok,\n2016-03-10T08:01:00Z,smtp,ok,\n2016-03-10T08:01:00Z,smtp,failed,\n"))
	if err != nil {
		t.Fatal(err)
	}
	l := logs["smtp"]
	var flaws []string
	for _, f := range l.Flaws {
		flaws = append(flaws, f.Error())
	}
	want := []string{`p.csv:3: time: "2016-03-10T08:01:00Z": is before the line above; find out whether a clock was set back`,
		`p.csv:4: time: "2016-03-10T08:01:00Z": is there twice; find out whether two probes wrote the log`}
	if diff := cmp.Diff(want, flaws); diff != "" {
		t.Error(diff)
	}
	if len(l.Probes) != 2 || l.Probes[0].OK || !l.Probes[1].OK {
		t.Errorf("%v", l.Probes)
	}
}

func TestCompare(t *testing.T) {
	seen, logged := ops.Union(ops.Span{Start: 100, End: 700}, ops.Span{Start: 2000, End: 2100}), ops.Union(ops.Span{Start: 160, End: 720}, ops.Span{Start: 5000, End: 6000})
	want := []measure.Difference{{Span: ops.Span{Start: 5000, End: 6000}}}
	if diff := cmp.Diff(want, measure.Compare(seen, logged, 2*time.Minute)); diff != "" {
		t.Error(diff)
	}
	if got := measure.Compare(seen, logged, time.Minute); len(got) != 2 || !got[0].OnlyFirst {
		t.Errorf("%v", got)
	}
}

func TestRuleRefused(t *testing.T) {
	for _, r := range []measure.Rule{{}, {Interval: time.Minute, Failed: 3, Window: 2}, {Interval: time.Millisecond, Failed: 1, Window: 1}} {
		if _, err := (&measure.Log{}).Measure(ops.Span{End: 1}, r); err == nil {
			t.Errorf("%+v was taken", r)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range []string{"oxxo", "x x  ooxo", ""} {
		f.Add(log(p))
	}
	f.Add("time,probe,result,detail\n2016-03-10T08:02:00Z,smtp,ok,\n2016-03-10T08:01:00+14:00,smtp,failed,\"a\nb\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		logs, err := measure.Parse("f", strings.NewReader(text))
		if err != nil && logs != nil {
			t.Error("half of a broken log was taken")
		}
		s := ops.Between(begin, begin.Add(time.Hour))
		for _, l := range logs {
			m, err := l.Measure(s, measure.DefaultRule())
			if err != nil || m.Down.Within(s) != m.Down.Seconds() || m.Gaps.Within(s) != m.Gaps.Seconds() || m.Down.And(m.Gaps).Seconds() > 0 {
				t.Errorf("%v %v %v", m.Down, m.Gaps, err)
			}
		}
	})
}

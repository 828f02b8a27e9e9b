package ops_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"demailbench/gateway/ops"
)

// TestNewAccountRefuses holds that no figure comes from bad data, and what is said beside one.
func TestNewAccountRefuses(t *testing.T) {
	_, err := ops.NewAccount(ops.DefaultPolicy(), []ops.Interruption{
		{ID: "S1", Span: ops.Span{Start: 10, End: 9}, Cause: ops.OwnFault}, {ID: "S2", Span: ops.Span{Start: 10, End: 10}, Cause: ops.OwnFault},
		{ID: "S3", Span: ops.Span{Start: 10, End: 20}, Cause: "sabotage"}, {ID: "S3", Span: ops.Span{Start: 10, End: 20}, Cause: ops.ByDMDA},
	}, nil, nil)
	for _, want := range []string{"S1: end: ", "was a clock set back?", "S2: end: ", "nothing was interrupted", `S3: cause: "sabotage": is not known`, "S3: id: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	month := ops.Month(2016, time.March)
	a, err := ops.NewAccount(ops.DefaultPolicy(), []ops.Interruption{{ID: "S1", Span: ops.Span{Start: month.Start, End: month.Start + 14400}, Cause: ops.ByDMDA, Evidence: []string{" "}}},
		[]ops.Announcement{{Plan: "W1"}, {Plan: "W2", Announced: true, Verdict: ops.Warn}}, ops.Spans{{Start: month.Start + 14400, End: month.Start + 60000}})
	if err != nil {
		t.Fatal(err)
	}
	f, w := a.Figure(month), a.Week(ops.Weeks(month.Span)[0])
	if f.Counted != 14400 || f.Unmeasured != 45600 || !f.Kept || f.Certain || !w.Kept || w.Certain || len(a.Findings) != 4 {
		t.Errorf("%+v\n%+v\n%v", f, w, a.Findings)
	}
}

func TestRatioText(t *testing.T) {
	for _, x := range []struct {
		r    ops.Ratio
		want string
	}{
		{ops.Ratio{Up: 985, Total: 1000}, "98,50 %"}, {ops.Ratio{Up: 984999, Total: 1000000}, "98,49 %"}, {ops.Ratio{Up: 1, Total: 1}, "100,00 %"},
		{ops.Ratio{Up: 0, Total: 5}, "0,00 %"}, {ops.Ratio{Up: 1, Total: 1000}, "0,10 %"}, {ops.Ratio{}, "-"},
	} {
		if got := x.r.Text(2, ","); got != x.want {
			t.Errorf("%v: %s, want %s", x.r, got, x.want)
		}
	}
	if !(ops.Ratio{Up: 985, Total: 1000}).AtLeast(ops.Ratio{Up: 985, Total: 1000}) || (ops.Ratio{Up: 984999, Total: 1000000}).AtLeast(ops.Ratio{Up: 985, Total: 1000}) {
		t.Error("the target is compared with rounding")
	}
}

func TestParseClosings(t *testing.T) {
	got, err := ops.ParseClosings("closed.txt", "# bridges\n\n2016-05-06 Brückentag\n2016-12-23  Schließtag vor Weihnachten\n")
	if err != nil || len(got) != 2 || got[1].Reason != "Schließtag vor Weihnachten" {
		t.Fatal(got, err)
	}
	c := office(t, ops.CalendarConfig{State: ops.Saxony, Closed: got})
	if d, err := c.WorkingDaysBefore(day(t, "2016-05-09"), 1); err != nil || d.String() != "2016-05-04" {
		t.Error(d, err) // Ascension on the 5th
	}
	for text, want := range map[string]string{
		"2016-02-30 x":               `closed.txt:1: "2016-02-30": is not a day of the calendar; write a line like 2016-05-06 Brückentag`,
		"\n2016-05-06":               `closed.txt:2: "2016-05-06": has no reason; write why the office is closed behind the day`,
		"2016-05-06 x\n2016-05-06 y": `closed.txt:2: "2016-05-06": is there twice; keep one line`,
		"2016-05-06 \xdf":            `closed.txt:1: is not UTF-8; save the file as UTF-8`,
	} {
		if _, err := ops.ParseClosings("closed.txt", text); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func FuzzParseClosings(f *testing.F) {
	f.Add("2016-05-06 Brückentag\n# x\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ops.ParseClosings("f", text)
		if err != nil && got != nil {
			t.Error("half of a broken file was taken")
		}
	})
}

func TestNewCalendarRefuses(t *testing.T) {
	for _, c := range []ops.CalendarConfig{
		{}, {State: "bavaria"}, {State: ops.SaxonyAnhalt, Place: ops.Place{Municipality: "Crostwitz"}},
		{State: ops.Saxony, Hours: ops.Hours{time.Monday: {Open: time.Hour, Close: 2 * time.Hour}}},
		{State: ops.Saxony, Hours: ops.Hours{time.Sunday: {Open: time.Hour, Close: 2 * time.Hour}}},
	} {
		if _, err := ops.NewCalendar(c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

func TestServiceHours(t *testing.T) {
	c := office(t, ops.CalendarConfig{State: ops.Saxony})
	for at, want := range map[string]bool{
		"2016-03-10 08:00": true, "2016-03-10 07:59:59": false, "2016-03-10 15:59:59": true, "2016-03-10 16:00": false,
		"2016-03-11 13:59:59": true, "2016-03-11 14:00": false, "2016-03-12 10:00": false, "2016-03-25 10:00": false, "2016-12-24 10:00": false,
	} {
		if got := c.InService(local(t, at)); got != want {
			t.Errorf("%s: %v", at, got)
		}
	}
	next, err := c.NextService(local(t, "2016-03-24 16:00")) // before Easter
	if want := local(t, "2016-03-29 08:00"); err != nil || !next.Equal(want) {
		t.Error(next, err)
	}
}

func TestTerm(t *testing.T) {
	term := ops.DefaultTerm()
	for at, want := range map[string]ops.TermPhase{"2014-08-14 23:59:59": ops.TermAhead, "2014-08-15 00:00": ops.TermRunning, "2016-08-31 23:59:59": ops.TermRunning, "2016-09-01 00:00": ops.TermOver} {
		if got := term.Phase(local(t, at)); got != want {
			t.Errorf("%s: %s", at, got)
		}
	}
	longer, err := term.Extend(day(t, "2017-04-30"))
	if err != nil || longer.Phase(local(t, "2017-04-30 23:59")) != ops.TermRunning {
		t.Error(longer, err)
	}
	for _, to := range []string{"2017-05-01", "2016-08-30"} {
		if _, err := term.Extend(day(t, to)); err == nil {
			t.Errorf("extended to %s", to)
		}
	}
	today := day(t, "2026-11-21")
	shifted, days := term.Shift(today)
	if shifted.Phase(today.At(0)) != ops.TermRunning || term.Begin.Add(days) != shifted.Begin {
		t.Errorf("%+v, %d days", shifted, days)
	}
}

// TestSpansAreSets compares the operations on spans with counting single seconds.
func TestSpansAreSets(t *testing.T) {
	spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ops.Span {
		start := rapid.Int64Range(0, 60).Draw(t, "start")
		return ops.Span{Start: start, End: start + rapid.Int64Range(-2, 12).Draw(t, "length")}
	}), 0, 8)
	has := func(list []ops.Span, s int64) bool {
		for _, x := range list {
			if x.Start <= s && s < x.End {
				return true
			}
		}
		return false
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := spans.Draw(t, "a"), spans.Draw(t, "b")
		w := ops.Span{Start: rapid.Int64Range(0, 60).Draw(t, "from"), End: rapid.Int64Range(0, 80).Draw(t, "to")}
		ua, ub := ops.Union(a...), ops.Union(b...)
		var within int64
		for s := int64(0); s < 80; s++ {
			if has(ua, s) != has(a, s) || has(ua.And(ub), s) != (has(a, s) && has(b, s)) || has(ua.Minus(ub), s) != (has(a, s) && !has(b, s)) {
				t.Fatalf("second %d: %v %v", s, ua, ub)
			}
			if has(a, s) && w.Start <= s && s < w.End {
				within++
			}
		}
		if ua.Within(w) != within || ua.And(ub).Seconds()+ua.Minus(ub).Seconds() != ua.Seconds() {
			t.Fatalf("%v within %v: %d, want %d", ua, w, ua.Within(w), within)
		}
		for _, list := range []ops.Spans{ua, ua.And(ub), ua.Minus(ub)} {
			for i, s := range list {
				if s.Seconds() == 0 || i > 0 && s.Start <= list[i-1].End && i < len(list) && s.Start != list[i-1].End {
					t.Fatalf("not in order: %v", list)
				}
			}
		}
	})
}

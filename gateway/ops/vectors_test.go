package ops_test

import (
	"encoding/json"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/fixtures"
	"demailbench/gateway/ops"
)

// read decodes a file of vectors, which README.md beside them describes.
func read(t *testing.T, name string, v any) {
	t.Helper()
	data, err := fs.ReadFile(fixtures.FS, "vectors/calendar/"+name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

func day(t *testing.T, text string) ops.Day {
	t.Helper()
	d, err := ops.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func office(t *testing.T, c ops.CalendarConfig) *ops.Calendar {
	t.Helper()
	out, err := ops.NewCalendar(c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestHolidayVectors(t *testing.T) {
	var v struct {
		Years []struct {
			State ops.State
			Year  int
			Days  []struct{ Day string }
		}
	}
	read(t, "holidays.json", &v)
	if len(v.Years) != 34 {
		t.Fatalf("%d years", len(v.Years))
	}
	for _, y := range v.Years {
		var want, got []string
		for _, d := range y.Days {
			want = append(want, d.Day)
		}
		for _, h := range office(t, ops.CalendarConfig{State: y.State, ChristmasEve: true, NewYearsEve: true}).Holidays(y.Year) {
			got = append(got, h.Day.String())
		}
		if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
			t.Errorf("%s %d: %s", y.State, y.Year, diff)
		}
		if n := len(office(t, ops.CalendarConfig{State: y.State}).Holidays(y.Year)); n != len(got)+2 {
			t.Errorf("%s %d: %d days with the eves", y.State, y.Year, n)
		}
	}
}

func TestFronleichnamVectors(t *testing.T) {
	var v struct {
		Rows []struct {
			Municipality, Part, Day string
			Year                    int
			Holiday                 bool
		}
	}
	read(t, "fronleichnam.json", &v)
	at, away := office(t, ops.CalendarConfig{State: ops.Saxony, Place: ops.Place{Municipality: "Crostwitz"}}), office(t, ops.CalendarConfig{State: ops.Saxony})
	for _, r := range v.Rows {
		if r.Year == 0 {
			if p := (ops.Place{Municipality: r.Municipality, Part: r.Part}); p.Fronleichnam() != r.Holiday {
				t.Errorf("%v: %v", p, p.Fronleichnam())
			}
			continue
		}
		if d := day(t, r.Day); at.WorkingDay(d) || !away.WorkingDay(d) {
			t.Errorf("%v: worked in Crostwitz %v, in Dresden %v", d, at.WorkingDay(d), away.WorkingDay(d))
		}
	}
}

func TestWorkingDayVectors(t *testing.T) {
	var v struct {
		Rows []struct {
			State                      ops.State
			Place, Start, Third, Clear string
			Eves                       bool
			Days                       int
		}
	}
	read(t, "working-days.json", &v)
	for _, r := range v.Rows {
		c := office(t, ops.CalendarConfig{State: r.State, Place: ops.Place{Municipality: r.Place}, ChristmasEve: r.Eves, NewYearsEve: r.Eves})
		third, err1 := c.WorkingDaysBefore(day(t, r.Start), r.Days)
		clear, err2 := c.ClearDaysBefore(day(t, r.Start), r.Days)
		if err1 != nil || err2 != nil || third.String() != r.Third || clear.String() != r.Clear {
			t.Errorf("%+v: %v, %v, %v, %v", r, third, clear, err1, err2)
		}
	}
}

func TestDeadlineVectors(t *testing.T) {
	var v struct {
		Rows []struct {
			Why                string
			State              ops.State
			Start, Until, Late time.Time
			Seconds            int64
			Clear              bool
			Judged             []struct {
				Accepted time.Time
				Verdict  string
			}
		}
	}
	read(t, "deadlines.json", &v)
	for _, r := range v.Rows {
		rule := ops.DefaultNoticeRule()
		rule.ClearDays = r.Clear
		d, err := office(t, ops.CalendarConfig{State: r.State}).Deadline(r.Start, time.Duration(r.Seconds)*time.Second, rule)
		if err != nil || !d.Until.Equal(r.Until) || !d.WarnUntil.Equal(r.Late) {
			t.Errorf("%s, %v: %v and %v, %v", r.Why, r.Start, d.Until, d.WarnUntil, err)
		}
		for _, j := range r.Judged {
			if got := d.Judge(j.Accepted); got.String() != j.Verdict {
				t.Errorf("%s, %v, %d s, accepted %v: %v, want %s", r.Why, r.Start, r.Seconds, j.Accepted, got, j.Verdict)
			}
		}
	}
}

func TestClockVectors(t *testing.T) {
	var v struct {
		Rows []struct {
			Sunday, Wall     string
			Instants         []time.Time
			Day, Week, Month int64
		}
	}
	read(t, "clock-changes.json", &v)
	for _, r := range v.Rows {
		d := day(t, r.Sunday)
		got := []int64{d.Span().Seconds(), ops.Week(d).Seconds(), ops.Month(d.Year, d.Month).Seconds()}
		if diff := cmp.Diff([]int64{r.Day, r.Week, r.Month}, got); diff != "" {
			t.Errorf("%s: %s", r.Sunday, diff)
		}
		at, err := ops.Local(r.Wall, ops.ZoneName)
		if err == nil {
			t.Errorf("%s is %v, one of %v", r.Wall, at, r.Instants)
		}
		for _, i := range r.Instants {
			if at, err := ops.Local(i.Format(time.RFC3339), ops.ZoneName); err != nil || !at.Equal(i) {
				t.Errorf("%v: %v, %v", i, at, err)
			}
		}
	}
}

func TestWeekVectors(t *testing.T) {
	var v struct{ Rows []struct{ Day, Week string } }
	read(t, "weeks.json", &v)
	for _, r := range v.Rows {
		d := day(t, r.Day)
		if w := ops.Week(d); w.Name != r.Week || !w.Has(d.At(0)) || !w.Has(d.At(24*time.Hour-time.Second)) || w.Begin().Weekday() != time.Monday {
			t.Errorf("%v is in %v, want %s", d, w, r.Week)
		}
	}
}

func TestAvailabilityVectors(t *testing.T) {
	var v struct {
		Histories []struct {
			Why           string
			From, To      time.Time
			Interruptions []struct {
				Start, End time.Time
				Cause      ops.Cause
				Evidence   bool
			}
			Announced []struct{ Start, End time.Time }
			Months    []struct {
				Month                                 string
				Seconds, Counted, Announced, Excluded int64
				Kept, Raw                             bool
			}
			Weeks []struct {
				Week         string
				Longest, Raw int64
			}
		}
	}
	read(t, "availability.json", &v)
	for _, h := range v.Histories {
		var cuts []ops.Interruption
		for _, i := range h.Interruptions {
			cut := ops.Interruption{Span: ops.Between(i.Start, i.End), Cause: i.Cause}
			if i.Evidence {
				cut.Evidence = []string{"ticket"}
			}
			cuts = append(cuts, cut)
		}
		var told []ops.Announcement
		for _, w := range h.Announced {
			told = append(told, ops.Announcement{Window: ops.Between(w.Start, w.End), Announced: true})
		}
		a, err := ops.NewAccount(ops.DefaultPolicy(), cuts, told, nil)
		if err != nil {
			t.Fatal(h.Why, err)
		}
		months, weeks := map[string]ops.Period{}, map[string]ops.Period{}
		for _, p := range ops.Months(ops.Between(h.From, h.To)) {
			months[p.Name] = p
		}
		for _, p := range ops.Weeks(ops.Between(h.From, h.To)) {
			weeks[p.Name] = p
		}
		for _, m := range h.Months {
			f := a.Figure(months[m.Month])
			got := []any{f.Seconds(), f.Counted, f.Announced, f.Excluded, f.Kept, f.KeptRaw, f.Certain}
			if diff := cmp.Diff([]any{m.Seconds, m.Counted, m.Announced, m.Excluded, m.Kept, m.Raw, true}, got); diff != "" {
				t.Errorf("%s, %s: %s", h.Why, m.Month, diff)
			}
		}
		for _, w := range h.Weeks {
			f := a.Week(weeks[w.Week])
			if f.Longest.Seconds() != w.Longest || f.Raw.Seconds() != w.Raw || f.Kept != (w.Longest <= 14400) || f.KeptRaw != (w.Raw <= 14400) {
				t.Errorf("%s, %s: %v, want %d and %d s", h.Why, w.Week, f, w.Longest, w.Raw)
			}
		}
	}
}

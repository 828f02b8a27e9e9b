package calendar_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/fixtures"
	"demailbench/sim/calendar"
)

// read decodes a file of vectors.
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

func date(t *testing.T, text string) calendar.Date {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return calendar.On(at.Year(), int(at.Month()), at.Day())
}

func TestHolidays(t *testing.T) {
	var v struct {
		Years []struct {
			State calendar.State
			Year  int
			Days  []struct{ Day, Name string }
		}
	}
	read(t, "holidays.json", &v)
	if len(v.Years) != 34 {
		t.Fatalf("%d years", len(v.Years))
	}
	for _, y := range v.Years {
		var want, got []string
		for _, d := range y.Days {
			want = append(want, d.Day+" "+d.Name)
		}
		for _, h := range calendar.Holidays(y.State, y.Year) {
			got = append(got, h.Date.String()+" "+h.Name)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %d: %s", y.State, y.Year, diff)
		}
	}
}

func TestCorpusChristi(t *testing.T) {
	var v struct {
		Rows []struct {
			Municipality, Part, Day string
			Year                    int
			Holiday                 bool
		}
	}
	read(t, "fronleichnam.json", &v)
	for _, r := range v.Rows {
		if r.Year > 0 {
			if got := calendar.CorpusChristi(r.Year).String(); got != r.Day {
				t.Errorf("%d: %s, want %s", r.Year, got, r.Day)
			}
			continue
		}
		if got := calendar.HasCorpusChristi(r.Municipality, r.Part); got != r.Holiday {
			t.Errorf("%s, %s: %v", r.Municipality, r.Part, got)
		}
	}
}

func TestWorkingDays(t *testing.T) {
	var v struct {
		Rows []struct {
			State                      calendar.State
			Place, Start, Third, Clear string
			Eves                       bool
			Days                       int
		}
	}
	read(t, "working-days.json", &v)
	for _, r := range v.Rows {
		o := calendar.Office{State: r.State, CorpusChristi: calendar.HasCorpusChristi(r.Place, ""), EvesWorked: r.Eves}
		third, clear := o.DaysBefore(date(t, r.Start), r.Days), o.ClearDaysBefore(date(t, r.Start), r.Days)
		if third.String() != r.Third || clear.String() != r.Clear {
			t.Errorf("%+v: %v, %v", r, third, clear)
		}
	}
}

func TestNotices(t *testing.T) {
	var v struct {
		Rows []struct {
			Why          string
			State        calendar.State
			Start, Until time.Time
			Late         time.Time
			Seconds      int64
			Clear        bool
			Judged       []struct {
				Accepted time.Time
				Verdict  calendar.Timeliness
			}
		}
	}
	read(t, "deadlines.json", &v)
	for _, r := range v.Rows {
		o, n := calendar.Office{State: r.State}, calendar.Notice{Start: r.Start, Seconds: r.Seconds, ClearDays: r.Clear}
		inTime, late := o.Limits(n)
		if !inTime.Equal(r.Until) || !late.Equal(r.Late) {
			t.Errorf("%s, %v: %v and %v, want %v and %v", r.Why, r.Start, inTime, late, r.Until, r.Late)
		}
		for _, j := range r.Judged {
			n.Accepted = j.Accepted
			if got := o.Judge(n); got != j.Verdict {
				t.Errorf("%s, %v, %d s, accepted %v: %s, want %s", r.Why, r.Start, r.Seconds, j.Accepted, got, j.Verdict)
			}
		}
		n.Accepted = time.Time{}
		if got := o.Judge(n); (got == calendar.Late) != (r.Seconds > 14400) || got == calendar.InTime {
			t.Errorf("%s: never told is %s", r.Why, got)
		}
	}
}

func TestClock(t *testing.T) {
	var v struct {
		Rows []struct {
			Sunday           string
			Instant          time.Time
			Instants         []time.Time
			Day, Week, Month int64
		}
	}
	read(t, "clock-changes.json", &v)
	for _, r := range v.Rows {
		day := date(t, r.Sunday)
		got := calendar.Instants(day, 2*3600+1800)
		if !slices.EqualFunc(got, r.Instants, time.Time.Equal) {
			t.Errorf("%s 02:30: %v, want %v", r.Sunday, got, r.Instants)
		}
		wa, wb := calendar.WeekBounds(day)
		ma, mb := calendar.MonthBounds(day.Year, day.Month)
		lengths := []int64{calendar.Midnight(day.Next()).Unix() - calendar.Midnight(day).Unix(), wb.Unix() - wa.Unix(), mb.Unix() - ma.Unix()}
		if diff := cmp.Diff([]int64{r.Day, r.Week, r.Month}, lengths); diff != "" {
			t.Errorf("%s: %s", r.Sunday, diff)
		}
		_, before := calendar.Berlin(r.Instant.Add(-time.Second))
		if before != 2*3600-1 && before != 3*3600-1 {
			t.Errorf("%s: a second before the change the clock shows %d s", r.Sunday, before)
		}
	}
}

func TestYears(t *testing.T) {
	for year, want := range map[int]int64{2015: 365, 2016: 366, 2100: 365, 2000: 366} {
		from, to := calendar.YearBounds(year)
		if got := to.Unix() - from.Unix(); got != want*86400 {
			t.Errorf("%d has %d s", year, got)
		}
	}
}

func TestISOWeeks(t *testing.T) {
	var v struct{ Rows []struct{ Day, Week string } }
	read(t, "weeks.json", &v)
	for _, r := range v.Rows {
		if y, w := date(t, r.Day).ISOWeek(); fmt.Sprintf("%04d-W%02d", y, w) != r.Week {
			t.Errorf("%s: week %d-%d, want %s", r.Day, y, w, r.Week)
		}
	}
}

func TestAvailability(t *testing.T) {
	var v struct {
		Histories []struct {
			Why           string
			From, To      time.Time
			Interruptions []struct {
				Start, End time.Time
				Cause      string
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
		var outages []calendar.Outage
		for _, i := range h.Interruptions {
			outages = append(outages, calendar.Outage{From: i.Start, To: i.End, Foreign: i.Cause[:3] != "own", Proven: i.Evidence, Work: i.Cause == "own-maintenance"})
		}
		var windows []calendar.Window
		for _, w := range h.Announced {
			windows = append(windows, calendar.Window{From: w.Start, To: w.End})
		}
		s := calendar.Mark(h.From, h.To, outages, windows)
		for _, m := range h.Months {
			d := date(t, m.Month+"-01")
			from, to := calendar.MonthBounds(d.Year, d.Month)
			kept, raw := s.Keeps(from, to)
			n := s.Count(from, to)
			got := []any{to.Unix() - from.Unix(), n[calendar.Own], n[calendar.Told], n[calendar.Foreign], kept, raw}
			if diff := cmp.Diff([]any{m.Seconds, m.Counted, m.Announced, m.Excluded, m.Kept, m.Raw}, got); diff != "" {
				t.Errorf("%s, %s: %s", h.Why, m.Month, diff)
			}
		}
		d, _ := calendar.Berlin(h.From)
		weeks := map[string][2]int64{}
		for m := d.Monday(); calendar.Midnight(m).Before(h.To); m = m.Later(7) {
			from, to := calendar.WeekBounds(m)
			y, w := m.ISOWeek()
			weeks[fmt.Sprintf("%04d-W%02d", y, w)] = [2]int64{s.Longest(from, to, calendar.Own), s.Longest(from, to, calendar.Foreign)}
		}
		for _, w := range h.Weeks {
			if got := weeks[w.Week]; got != [2]int64{w.Longest, w.Raw} {
				t.Errorf("%s, %s: %v, want %d and %d", h.Why, w.Week, got, w.Longest, w.Raw)
			}
		}
	}
}

package ops

import (
	"fmt"
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/de"
)

// State is the state whose law says which days are holidays.
type State string

const (
	// Saxony is the state of SID: SächsSFG § 1 Abs. 1.
	Saxony State = "saxony"
	// SaxonyAnhalt is the state for Dataport's work: FeiertG LSA § 2.
	SaxonyAnhalt State = "saxony-anhalt"
)

// CalendarConfig says which days and hours are worked. The zero value with a State has the defaults of D5 and D30.
type CalendarConfig struct {
	State State
	// Place is where the working days count, for Fronleichnam in Saxony; the zero Place is outside those regions.
	Place Place
	// ChristmasEve and NewYearsEve make 24 and 31 December working days (D5: by default they are not).
	ChristmasEve, NewYearsEve bool
	// Closed are further days without work, see ParseClosings.
	Closed []Closing
	// Hours are the service hours; the zero value means DefaultHours (D30).
	Hours Hours
}

// christmasEve and newYearsEve are no holidays by law; administrations close all the same (D5).
var (
	christmasEve = &cal.Holiday{Name: "Heiligabend", Month: time.December, Day: 24, Func: cal.CalcDayOfMonth}
	newYearsEve  = &cal.Holiday{Name: "Silvester", Month: time.December, Day: 31, Func: cal.CalcDayOfMonth}
)

// Holiday is a day on which the law, or the configuration, gives no work.
type Holiday struct {
	Day  Day
	Name string
}

// Calendar knows working days and service hours. It does not change and may be shared.
type Calendar struct {
	business *cal.BusinessCalendar
	closed   map[Day]string
	hours    Hours
}

// NewCalendar checks the configuration. Its errors are *Fault.
func NewCalendar(c CalendarConfig) (*Calendar, error) {
	b := cal.NewBusinessCalendar() // Monday to Friday
	switch c.State {
	case Saxony:
		b.AddHoliday(de.HolidaysSN...)
	case SaxonyAnhalt:
		b.AddHoliday(de.HolidaysST...)
	default:
		return nil, &Fault{Field: "state", Value: string(c.State), Problem: "its holidays are not known", Fix: "write saxony or saxony-anhalt"}
	}
	if c.Place != (Place{}) && c.State != Saxony {
		return nil, &Fault{Field: "place", Value: c.Place.String(), Problem: "regional Fronleichnam is a matter of Saxony", Fix: "remove the place"}
	}
	if c.Place.Fronleichnam() {
		b.AddHoliday(de.Fronleichnam)
	}
	if !c.ChristmasEve {
		b.AddHoliday(christmasEve)
	}
	if !c.NewYearsEve {
		b.AddHoliday(newYearsEve)
	}
	if c.Hours == (Hours{}) {
		c.Hours = DefaultHours()
	}
	if err := c.Hours.check(); err != nil {
		return nil, err
	}
	closed := map[Day]string{}
	for _, cl := range c.Closed {
		closed[cl.Day] = cl.Reason
	}
	return &Calendar{business: b, closed: closed, hours: c.Hours}, nil
}

// Holiday is the name of the day without work, and whether d is one; Saturdays and Sundays are not by themselves.
func (c *Calendar) Holiday(d Day) (string, bool) {
	if _, _, h := c.business.IsHoliday(d.utc()); h != nil {
		return h.Name, true
	}
	reason, ok := c.closed[d]
	return reason, ok
}

// Holidays are all days of a year without work by law or configuration, in order.
func (c *Calendar) Holidays(year int) []Holiday {
	var out []Holiday
	for d := (Day{year, time.January, 1}); d.Year == year; d = d.Add(1) {
		if name, ok := c.Holiday(d); ok {
			out = append(out, Holiday{d, name})
		}
	}
	return out
}

// WorkingDay reports whether work is done on d: Monday to Friday without holidays (S0-044, D5).
func (c *Calendar) WorkingDay(d Day) bool {
	return c.business.IsWorkday(d.utc()) && c.closed[d] == ""
}

// maxSearch bounds the search for working days: a configuration may close an office for a year, not for ever.
const maxSearch = 3 * 366

// WorkingDaysBefore is the n-th working day before d, which itself is not counted: for a Thursday the third is
// Monday. This is the way of counting of S0-044 unless clear days were agreed (D5). n must be positive.
// The error is a *Fault, when so many days are closed that there is no such day within three years.
func (c *Calendar) WorkingDaysBefore(d Day, n int) (Day, error) {
	if n <= 0 {
		return Day{}, &Fault{Field: "working days", Value: fmt.Sprint(n), Problem: "is not a positive number", Fix: "count at least one day"}
	}
	for range maxSearch {
		d = d.Add(-1)
		if !c.WorkingDay(d) {
			continue
		}
		if n--; n == 0 {
			return d, nil
		}
	}
	return Day{}, &Fault{Field: "closed", Problem: "there are not enough working days within three years", Fix: "correct the closed days"}
}

// ClearDaysBefore is the last working day before d with n whole working days between (D5, notice.clear_days): the
// working day before the n-th. n must be positive; errors as of WorkingDaysBefore.
func (c *Calendar) ClearDaysBefore(d Day, n int) (Day, error) {
	if _, err := c.WorkingDaysBefore(d, n); err != nil {
		return Day{}, err
	}
	return c.WorkingDaysBefore(d, n+1)
}

// Place is a municipality and, where it matters, the part of it.
type Place struct{ Municipality, Part string }

// String writes "Bautzen, Salzenforst".
func (p Place) String() string {
	if p.Part == "" {
		return p.Municipality
	}
	return p.Municipality + ", " + p.Part
}

// region is a row of the FronleichnamsVO: a municipality, only these of its parts, or all but these.
type region struct {
	municipality string
	only, except []string
}

// fronleichnam are the regions of the FronleichnamsVO of Saxony, to which SächsSFG § 1 Abs. 1 refers.
var fronleichnam = []region{
	{municipality: "Bautzen", only: []string{"Bolbritz", "Salzenforst"}},
	{municipality: "Crostwitz"},
	{municipality: "Göda", only: []string{"Prischwitz"}},
	{municipality: "Großdubrau", only: []string{"Sdier"}},
	{municipality: "Hoyerswerda", only: []string{"Dörgenhausen"}},
	{municipality: "Königswartha", except: []string{"Wartha"}},
	{municipality: "Nebelschütz"},
	{municipality: "Neschwitz", only: []string{"Neschwitz", "Saritsch"}},
	{municipality: "Panschwitz-Kuckau"},
	{municipality: "Puschwitz"},
	{municipality: "Räckelwitz"},
	{municipality: "Radibor"},
	{municipality: "Ralbitz-Rosenthal"},
	{municipality: "Wittichenau"},
}

// Fronleichnam reports whether Fronleichnam is a holiday at p (D5: regional, for the listed places only).
func (p Place) Fronleichnam() bool {
	for _, r := range fronleichnam {
		if r.municipality == p.Municipality {
			return (r.only == nil || slices.Contains(r.only, p.Part)) && !slices.Contains(r.except, p.Part)
		}
	}
	return false
}

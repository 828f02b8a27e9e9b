package ops

import (
	"fmt"
	"time"
)

// Shift is the part of a day in which the service desk works, by the clock on the wall, [Open, Close).
type Shift struct{ Open, Close time.Duration }

// Hours are the shifts by weekday, Sunday first; Saturday and Sunday are never worked.
type Hours [7]Shift

// DefaultHours are Monday to Thursday 8 to 16, Friday 8 to 14 (D30, an assumption: S0-042 names service hours
// without saying when they are).
func DefaultHours() Hours {
	long, short := Shift{8 * time.Hour, 16 * time.Hour}, Shift{8 * time.Hour, 14 * time.Hour}
	return Hours{time.Monday: long, time.Tuesday: long, time.Wednesday: long, time.Thursday: long, time.Friday: short}
}

func (h Hours) check() error {
	for w, s := range h {
		day := time.Weekday(w)
		fault := &Fault{Field: "hours." + day.String(), Value: fmt.Sprintf("%v to %v", s.Open, s.Close)}
		switch weekend := day == time.Saturday || day == time.Sunday; {
		case weekend && s != Shift{}:
			fault.Problem, fault.Fix = "is not a working day", "remove its hours"
		case !weekend && (s.Open < 0 || s.Close > 24*time.Hour || s.Close <= s.Open):
			fault.Problem, fault.Fix = "is no part of a day", "give opening before closing, between 0h and 24h"
		case s.Open%time.Second != 0 || s.Close%time.Second != 0:
			fault.Problem, fault.Fix = "is not in whole seconds", "round it"
		default:
			continue
		}
		return fault
	}
	return nil
}

// Close is the end of service hours of a working day (D5: until then a notice is in time).
func (c *Calendar) Close(d Day) (time.Time, bool) {
	if !c.WorkingDay(d) {
		return time.Time{}, false
	}
	return d.At(c.hours[d.Weekday()].Close), true
}

// Shift is the time in which the service desk works on d; false on days without work.
func (c *Calendar) Shift(d Day) (Span, bool) {
	if !c.WorkingDay(d) {
		return Span{}, false
	}
	s := c.hours[d.Weekday()]
	return Between(d.At(s.Open), d.At(s.Close)), true
}

// InService reports whether t lies in service hours (S0-042, D30).
func (c *Calendar) InService(t time.Time) bool {
	s, ok := c.Shift(DayOf(t))
	return ok && s.Has(t)
}

// NextService is t when it lies in service hours, else the next time they begin. The error is a *Fault, when they
// do not begin within three years.
func (c *Calendar) NextService(t time.Time) (time.Time, error) {
	d := DayOf(t)
	for range maxSearch {
		s, ok := c.Shift(d)
		switch {
		case ok && s.Has(t):
			return t, nil
		case ok && s.Start >= t.Unix():
			return s.Begin(), nil
		}
		d = d.Add(1)
	}
	return time.Time{}, &Fault{Field: "closed", Problem: "there is no service within three years", Fix: "correct the closed days"}
}

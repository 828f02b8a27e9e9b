package ops

import (
	"fmt"
	"time"
)

// Day is a day of the civil calendar.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf is the day in Berlin at t.
func DayOf(t time.Time) Day {
	y, m, d := t.In(berlin).Date()
	return Day{y, m, d}
}

// ParseDay reads "2016-03-24".
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Day{}, &Fault{Field: "day", Value: s, Problem: "is not a day of the calendar", Fix: "write it like 2016-03-24"}
	}
	return Day{t.Year(), t.Month(), t.Day()}, nil
}

// utc is the day's noon in a zone without changes of the clock, for counting.
func (d Day) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// Add is the day n days later, earlier for negative n.
func (d Day) Add(n int) Day {
	t := d.utc().AddDate(0, 0, n)
	return Day{t.Year(), t.Month(), t.Day()}
}

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// Before reports whether d is earlier than e.
func (d Day) Before(e Day) bool { return d.utc().Before(e.utc()) }

// At is the instant of a time of day by the clock on the wall in Berlin; 24 h is the end of the day. Berlin's
// clock changes between 2 and 3 only; Local refuses such times, At takes the earlier instant.
func (d Day) At(clock time.Duration) time.Time {
	return time.Date(d.Year, d.Month, d.Day, int(clock/time.Hour), int(clock%time.Hour/time.Minute), int(clock%time.Minute/time.Second), 0, berlin)
}

// Span is the whole day in Berlin: 23, 24 or 25 hours.
func (d Day) Span() Span { return Between(d.At(0), d.Add(1).At(0)) }

// String writes "2016-03-24".
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

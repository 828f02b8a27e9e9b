package ops

import (
	"fmt"
	"time"
)

// Period is a stretch of the calendar for which a figure is given: a month, a year, an ISO week.
type Period struct {
	// Name is "2016-03", "2016" or "2016-W53".
	Name string
	Span
}

// Month is a calendar month in Berlin (D1). It is an hour shorter or longer when the clock changes.
func Month(year int, month time.Month) Period {
	first := Day{year, month, 1}
	return Period{fmt.Sprintf("%04d-%02d", year, month), Between(first.At(0), first.at(0, 1))}
}

// Year is a calendar year in Berlin (D1).
func Year(year int) Period {
	return Period{fmt.Sprintf("%04d", year), Between(Day{year, time.January, 1}.At(0), Day{year + 1, time.January, 1}.At(0))}
}

// Week is the ISO week (ISO 8601) with the day d, Monday to Sunday in Berlin (D2): 167, 168 or 169 hours.
func Week(d Day) Period {
	monday := d.Add(-(int(d.Weekday()) + 6) % 7)
	y, w := d.utc().ISOWeek()
	return Period{fmt.Sprintf("%04d-W%02d", y, w), Between(monday.At(0), monday.Add(7).At(0))}
}

// at is midnight so many years and months after d.
func (d Day) at(years, months int) time.Time {
	return time.Date(d.Year+years, d.Month+time.Month(months), d.Day, 0, 0, 0, 0, berlin)
}

// Months are the months that have a second inside s, whole, in order.
func Months(s Span) []Period {
	return periods(s, func(d Day) Period { return Month(d.Year, d.Month) })
}

// Weeks are the ISO weeks that have a second inside s, whole, in order (D2).
func Weeks(s Span) []Period { return periods(s, Week) }

func periods(s Span, of func(Day) Period) []Period {
	var out []Period
	for at := s.Start; at < s.End; {
		p := of(DayOf(time.Unix(at, 0)))
		out = append(out, p)
		at = p.End
	}
	return out
}

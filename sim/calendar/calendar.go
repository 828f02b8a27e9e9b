// Package calendar is the bench's own reading of the calendar, for judging a gateway: holidays of Saxony and
// Saxony-Anhalt from a table with the law beside each row, working days, service hours, notices, ISO weeks, Berlin's
// clock, and availability counted second by second.
//
// It is written for being checked by eye, not for speed, and takes nothing from libraries but arithmetic: days are
// numbered, Easter and the change of the clock are computed here. It is valid from 1996, when the clock's changes
// became what they are, to 2299. It leaves out what a verdict means for a requirement.
package calendar

import (
	"fmt"
	"time"
)

// Date is a day of the Gregorian calendar.
type Date struct{ Year, Month, Day int }

// On is the date of a day of the year.
func On(year, month, day int) Date { return Date{year, month, day} }

// monthDays are the days of the months of a common year.
var monthDays = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// leap is the Gregorian rule.
func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// lastDay is the last day of a month.
func lastDay(year, month int) int {
	if month == 2 && leap(year) {
		return 29
	}
	return monthDays[month]
}

// number counts days: Monday, 1 January 1900 is 0.
func (d Date) number() int {
	before := d.Year - 1
	n := 365*before + before/4 - before/100 + before/400 - 693595 // so many days had passed at the end of 1899
	for m := 1; m < d.Month; m++ {
		n += lastDay(d.Year, m)
	}
	return n + d.Day - 1
}

// Next is the day after.
func (d Date) Next() Date {
	switch {
	case d.Day < lastDay(d.Year, d.Month):
		return Date{d.Year, d.Month, d.Day + 1}
	case d.Month < 12:
		return Date{d.Year, d.Month + 1, 1}
	}
	return Date{d.Year + 1, 1, 1}
}

// Previous is the day before.
func (d Date) Previous() Date {
	switch {
	case d.Day > 1:
		return Date{d.Year, d.Month, d.Day - 1}
	case d.Month > 1:
		return Date{d.Year, d.Month - 1, lastDay(d.Year, d.Month-1)}
	}
	return Date{d.Year - 1, 12, 31}
}

// Later is the day n days after, n >= 0.
func (d Date) Later(n int) Date {
	for range n {
		d = d.Next()
	}
	return d
}

// Weekday counts from 1, Monday, to 7, Sunday, as ISO 8601 does.
func (d Date) Weekday() int { return d.number()%7 + 1 }

// String writes "2016-03-24".
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// ISOWeek is the week of ISO 8601: weeks begin on Monday and belong to the year of their Thursday.
func (d Date) ISOWeek() (year, week int) {
	thursday := d
	for thursday.Weekday() > 4 {
		thursday = thursday.Previous()
	}
	for thursday.Weekday() < 4 {
		thursday = thursday.Next()
	}
	return thursday.Year, (thursday.number()-Date{thursday.Year, 1, 1}.number())/7 + 1
}

// Monday is the first day of the week of d.
func (d Date) Monday() Date {
	for d.Weekday() != 1 {
		d = d.Previous()
	}
	return d
}

// lastSunday is when Berlin's clock changes: the last Sunday of March and of October (directive 2000/84/EC, article
// 2 and 3; in Germany by the Sommerzeitverordnung).
func lastSunday(year, month int) Date {
	d := Date{year, month, lastDay(year, month)}
	for d.Weekday() != 7 {
		d = d.Previous()
	}
	return d
}

// utc is the instant of a time of day of d at Greenwich.
func (d Date) utc(seconds int) time.Time {
	return time.Unix(int64(d.number()-Date{1970, 1, 1}.number())*86400+int64(seconds), 0).UTC()
}

// summer reports summer time: from 01:00 UTC of the last Sunday of March to 01:00 UTC of that of October.
func summer(t time.Time) bool {
	year := dateUTC(t).Year
	return !t.Before(lastSunday(year, 3).utc(3600)) && t.Before(lastSunday(year, 10).utc(3600))
}

// dateUTC is the day of t at Greenwich.
func dateUTC(t time.Time) Date {
	days := Date{1970, 1, 1}.number() + int(floorDiv(t.Unix(), 86400))
	d := Date{1900 + days/366, 1, 1} // never too late
	for d.number()+366 <= days {
		d.Year++
	}
	for d.number() < days {
		d = d.Next()
	}
	return d
}

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// Berlin is what calendar and clock on a wall in Berlin show at t: the day and the seconds since its first 0:00.
func Berlin(t time.Time) (Date, int) {
	shift := int64(3600)
	if summer(t) {
		shift = 7200
	}
	seconds := t.Unix() + shift
	return dateUTC(time.Unix(seconds, 0)), int(seconds - floorDiv(seconds, 86400)*86400)
}

// Instants are the instants at which a clock in Berlin shows that many seconds after 0:00 on d: one, none when the
// clock jumps over it, two when it is put back.
func Instants(d Date, seconds int) []time.Time {
	var out []time.Time
	for _, shift := range []int{7200, 3600} {
		t := d.utc(seconds - shift)
		if day, clock := Berlin(t); day == d && clock == seconds {
			out = append(out, t)
		}
	}
	return out
}

// Midnight is the beginning of d in Berlin.
func Midnight(d Date) time.Time { return Instants(d, 0)[0] }

// MonthBounds are the first instant of a month and of the next in Berlin.
func MonthBounds(year, month int) (from, to time.Time) {
	return Midnight(Date{year, month, 1}), Midnight(Date{year, month, lastDay(year, month)}.Next())
}

// YearBounds are the first instant of a year and of the next in Berlin.
func YearBounds(year int) (from, to time.Time) {
	return Midnight(Date{year, 1, 1}), Midnight(Date{year + 1, 1, 1})
}

// WeekBounds are the first instant of the week of d and of the next in Berlin.
func WeekBounds(d Date) (from, to time.Time) {
	return Midnight(d.Monday()), Midnight(d.Monday().Later(7))
}

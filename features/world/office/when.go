package office

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"demailbench/sim/calendar"
)

// sid is whose working days count (D5).
var sid = calendar.Office{State: calendar.Saxony}

// ahead is how many days at least lie between today and a holiday that a feature names, so that a notice can be in time.
const ahead = 14

var (
	clockTime  = regexp.MustCompile(`^(.+) at (\d\d):(\d\d)(?::(\d\d))?$`)
	workingDay = regexp.MustCompile(`^working day (\d+)$`)
)

// When finds an instant by words: a time as in RFC 3339, or a day with the time of the clock on the wall in Berlin:
// "working day 4 at 18:00", counted from today; "Ostermontag at 18:00", the next one that is two weeks away; "the
// Sunday on which the clock goes back at 02:30"; "the working day after Ostermontag at 18:00".
func (f *Office) When(words string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, words); err == nil {
		return t, nil
	}
	m := clockTime.FindStringSubmatch(words)
	if m == nil {
		return time.Time{}, fmt.Errorf("%q is no time; write one as in RFC 3339, or a day with its time: working day 4 at 18:00", words)
	}
	today, _ := calendar.Berlin(f.o.Clock.Now())
	d, err := day(m[1], today)
	if err != nil {
		return time.Time{}, err
	}
	seconds := 0
	for i, unit := range []int{3600, 60, 1} {
		n, _ := strconv.Atoi(m[i+2]) // digits, or nothing
		seconds += n * unit
	}
	if at := calendar.Instants(d, seconds); len(at) > 0 {
		return at[0], nil
	}
	return time.Time{}, fmt.Errorf("%q does not exist: the clock is put forward over it", words)
}

// Until is how long it is until an instant that words name.
func (f *Office) Until(words string) (time.Duration, error) {
	t, err := f.When(words)
	return t.Sub(f.o.Clock.Now()), err
}

func day(words string, today calendar.Date) (calendar.Date, error) {
	if m := workingDay.FindStringSubmatch(words); m != nil {
		n, err := strconv.Atoi(m[1])
		return workingAfter(today, n), err
	}
	if before, ok := strings.CutPrefix(words, "the working day after "); ok {
		d, err := day(before, today)
		return workingAfter(d, 1), err
	}
	if before, ok := strings.CutPrefix(words, "the day after "); ok {
		d, err := day(before, today)
		return d.Later(1), err
	}
	from := today.Later(ahead)
	if how, ok := strings.CutPrefix(words, "the Sunday on which the clock goes "); ok {
		return calendar.NextClockSunday(how == "forward", from), nil
	}
	return calendar.NextHoliday(calendar.Saxony, words, from)
}

// workingAfter is the n-th working day after d; for 0 d itself.
func workingAfter(d calendar.Date, n int) calendar.Date {
	for n > 0 {
		if d = d.Next(); sid.Works(d) {
			n--
		}
	}
	return d
}

package calendar

import "time"

// Office says whose working days count. The zero value with a State has the bench's defaults (D5, D30).
type Office struct {
	State State
	// CorpusChristi is true for an office in a region of the FronleichnamsVO.
	CorpusChristi bool
	// EvesWorked makes 24 and 31 December working days.
	EvesWorked bool
	// Closed are further days without work.
	Closed []Date
	// Ends are the ends of service hours in seconds after 0:00 by weekday, 1 to 7; all zero: D30, 16:00, on Fridays
	// 14:00.
	Ends [8]int
}

// Works reports a working day of the office.
func (o Office) Works(d Date) bool {
	if d.Weekday() > 5 {
		return false
	}
	for _, r := range table[o.State] {
		if r.on(d.Year) == d {
			return false
		}
	}
	if o.CorpusChristi && d == CorpusChristi(d.Year) {
		return false
	}
	for _, c := range o.Closed {
		if c == d {
			return false
		}
	}
	return o.EvesWorked || d.Month != 12 || d.Day != 24 && d.Day != 31
}

// DaysBefore is the n-th working day before d.
func (o Office) DaysBefore(d Date, n int) Date {
	for n > 0 {
		d = d.Previous()
		if o.Works(d) {
			n--
		}
	}
	return d
}

// ClearDaysBefore is the latest working day such that n whole working days lie between it and d.
func (o Office) ClearDaysBefore(d Date, n int) Date {
	notice := o.DaysBefore(d, 1)
	for o.between(notice, d) < n {
		notice = o.DaysBefore(notice, 1)
	}
	return notice
}

// between counts the working days after a and before b.
func (o Office) between(a, b Date) int {
	n := 0
	for d := a.Next(); d != b; d = d.Next() {
		if o.Works(d) {
			n++
		}
	}
	return n
}

// end is when service hours of a working day end.
func (o Office) end(d Date) time.Time {
	seconds := o.Ends[d.Weekday()]
	if o.Ends == [8]int{} {
		seconds = 16 * 3600
		if d.Weekday() == 5 {
			seconds = 14 * 3600
		}
	}
	return Instants(d, seconds)[0]
}

// Timeliness is the verdict on a notice.
type Timeliness string

const (
	// InTime is as promised (D5, D6).
	InTime Timeliness = "in time"
	// Warn is disputable.
	Warn Timeliness = "warn"
	// Late breaks the promise.
	Late Timeliness = "late"
)

// Notice is a notice of maintenance to be judged.
type Notice struct {
	// Start is the announced begin, Seconds the expected duration.
	Start   time.Time
	Seconds int64
	// Accepted is when the contact's mail server took it; the zero time: never.
	Accepted time.Time
	// ClearDays is the other way of counting (D5).
	ClearDays bool
}

// Limits are until when a notice is in time, inclusive, and from when on it is late; of short work, up to 240 minutes,
// the second is its begin, and nothing is late (D6).
func (o Office) Limits(n Notice) (inTime, late time.Time) {
	start, _ := Berlin(n.Start)
	days := 1
	if n.Seconds > 240*60 {
		days = 3
	}
	counted := o.DaysBefore(start, days)
	late = Midnight(counted.Next())
	if days == 1 {
		late = n.Start
	}
	if n.ClearDays {
		counted = o.ClearDaysBefore(start, days)
	}
	return o.end(counted), late
}

// Judge is the verdict on a notice: S0-044 with D5, S0-050 with D6.
func (o Office) Judge(n Notice) Timeliness {
	inTime, late := o.Limits(n)
	long := n.Seconds > 240*60
	switch at := n.Accepted.Unix(); {
	case n.Accepted.IsZero() && long:
		return Late
	case n.Accepted.IsZero():
		return Warn
	case at <= inTime.Unix():
		return InTime
	case at < late.Unix() || !long:
		return Warn
	}
	return Late
}

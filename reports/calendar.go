package reports

import "time"

// calendar is the day of the line before: a time of another day has its date with it.
type calendar string

// stamp writes the time of a line, with its date when that is not the one of the line before.
func (c *calendar) stamp(at time.Time) string {
	if day := calendar(at.Format("2006-01-02")); day != *c {
		*c = day
		return at.Format("2006-01-02 15:04:05.000")
	}
	return at.Format("15:04:05.000")
}

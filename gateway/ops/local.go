package ops

import (
	"strings"
	"sync"
	"time"
)

// Local reads a time by the clock on the wall, "2016-10-30 02:30" or with seconds, in a zone of the IANA
// database, and refuses what is not exactly one instant: 02:30 on the last Sunday of March does not exist in
// Berlin, on that of October it is twice. A time with its offset, "2016-10-30T02:30:00+02:00", is always one
// instant. Errors are *Fault.
func Local(text, zone string) (time.Time, error) {
	loc, err := Zone(zone)
	if err != nil {
		return time.Time{}, err
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.In(loc), nil
	}
	var wall time.Time
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if wall, err = time.Parse(layout, text); err == nil {
			break
		}
	}
	if err != nil {
		return time.Time{}, &Fault{Field: "time", Value: text, Problem: "is not a time", Fix: "write it like 2016-03-24 22:00 or 2016-03-24T22:00:00+01:00"}
	}
	return instant(wall, loc, text)
}

// instant finds the instants at which a clock in loc shows wall. The two candidates are those of the offsets a
// day before and a day after: no zone changes its clock twice within two days.
func instant(wall time.Time, loc *time.Location, text string) (time.Time, error) {
	var found []time.Time
	for _, day := range []int{-1, 1} {
		_, offset := wall.AddDate(0, 0, day).In(loc).Zone()
		t := wall.Add(-time.Duration(offset) * time.Second).In(loc)
		if t.Format(time.DateTime) == wall.Format(time.DateTime) && (len(found) == 0 || !found[0].Equal(t)) {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return time.Time{}, &Fault{Field: "time", Value: text, Problem: "does not exist in " + loc.String() + ": the clock is put forward over it", Fix: "choose a time before or after the change"}
	}
	both := found[0].Format(time.RFC3339) + " or " + found[1].Format(time.RFC3339)
	return time.Time{}, &Fault{Field: "time", Value: text, Problem: "is twice in " + loc.String() + ", when the clock is put back", Fix: "write it with its offset: " + both}
}

// zones are those that were read: reading one may touch the disk.
var zones sync.Map

// Zone is the zone of that name. The empty name and "Local" are refused, because they mean another zone on
// another machine. The error is a *Fault. The first call for a name may read the machine's database; ZoneName is
// there from the beginning.
func Zone(name string) (*time.Location, error) {
	if name == ZoneName {
		return berlin, nil
	}
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || strings.EqualFold(name, "local") {
		return nil, &Fault{Field: "zone", Value: name, Problem: "is not a known time zone", Fix: "write a name of the IANA database, like Europe/Berlin"}
	}
	zones.Store(name, loc)
	return loc, nil
}

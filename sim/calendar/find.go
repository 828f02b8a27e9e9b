package calendar

import "fmt"

// NextHoliday is the first day called so, by the law of the state, on or after a day. The error names those that there
// are.
func NextHoliday(s State, name string, from Date) (Date, error) {
	var names []string
	for _, r := range table[s] {
		if r.name != name {
			names = append(names, r.name)
			continue
		}
		for year := from.Year; ; year++ {
			if d := r.on(year); d.number() >= from.number() {
				return d, nil
			}
		}
	}
	return Date{}, fmt.Errorf("%s has no holiday %q; it has %q", s, name, names)
}

// NextClockSunday is the first Sunday on or after a day on which Berlin's clock goes forward, in March, or else back, in
// October (Directive 2000/84/EC).
func NextClockSunday(forward bool, from Date) Date {
	month := 10
	if forward {
		month = 3
	}
	for year := from.Year; ; year++ {
		d := Date{year, month, 31}
		for d.Weekday() != 7 {
			d = d.Previous()
		}
		if d.number() >= from.number() {
			return d
		}
	}
}

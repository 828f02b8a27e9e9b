package ops

import (
	"strings"
	"unicode/utf8"
)

// Closing is a day on which the operator's office is closed although the law has no holiday.
type Closing struct {
	Day    Day
	Reason string
}

// ParseClosings reads a file of closed days, one a line: "2016-05-06 Brückentag"; empty lines and lines that
// begin with # are left out. name is the file's name in errors, which are *Fault: a day that does not exist, a
// missing reason, a day given twice. A broken file gives no days at all, because a deadline computed from half
// of them would be wrong without a sign.
func ParseClosings(name, text string) ([]Closing, error) {
	var out []Closing
	seen := map[Day]bool{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fault := func(value, problem, fix string) error {
			return &Fault{Item: name, Line: i + 1, Value: value, Problem: problem, Fix: fix}
		}
		if !utf8.ValidString(line) {
			return nil, fault("", "is not UTF-8", "save the file as UTF-8")
		}
		day, reason, _ := strings.Cut(line, " ")
		d, err := ParseDay(day)
		switch reason = strings.TrimSpace(reason); {
		case err != nil:
			return nil, fault(day, "is not a day of the calendar", "write a line like 2016-05-06 Brückentag")
		case reason == "":
			return nil, fault(day, "has no reason", "write why the office is closed behind the day")
		case seen[d]:
			return nil, fault(day, "is there twice", "keep one line")
		}
		seen[d] = true
		out = append(out, Closing{d, reason})
	}
	return out, nil
}

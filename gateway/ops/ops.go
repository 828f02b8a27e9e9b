// Package ops holds the rules of operation, pure: working days and service hours of the operator, deadlines of
// maintenance notices, plans and their lives, availability accounts, probe logs, the term of the pilot.
//
// Every instant comes from the caller; nothing here waits, sends or stores. Spans of time are half-open and in
// whole seconds (D1), so that figures are exact over weeks, months, years and changes of the clock. Where the
// sources are silent a rule is a parameter whose default is the decision named beside it. It leaves out who sends
// a notice, how the service is probed, and what a verdict means for a gateway under test.
package ops

import (
	"fmt"
	"strings"
	"time"

	_ "time/tzdata" // a machine without a time zone database must count the same hours
)

// ZoneName is the legal time of Saxony and Saxony-Anhalt.
const ZoneName = "Europe/Berlin"

var berlin = mustZone(ZoneName)

func mustZone(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic("ops: " + err.Error()) // impossible: time/tzdata is part of the program
	}
	return l
}

// Berlin is the zone in which days, weeks, months and service hours are counted (D2, D5).
func Berlin() *time.Location { return berlin }

// Fault says what is wrong with one value that somebody gave, and what to do.
type Fault struct {
	// Item names the plan, interruption or file it is about; Line counts from 1 in a file, else 0.
	Item string
	Line int
	// Field and Value are what was given.
	Field, Value string
	// Problem says what is wrong, Fix what to do.
	Problem, Fix string
}

// Error returns "item:line: field: value: problem; what to do" without what is empty.
func (f *Fault) Error() string {
	var parts []string
	switch {
	case f.Line > 0:
		parts = append(parts, fmt.Sprintf("%s:%d", f.Item, f.Line))
	case f.Item != "":
		parts = append(parts, f.Item)
	}
	if f.Field != "" {
		parts = append(parts, f.Field)
	}
	if f.Value != "" {
		parts = append(parts, fmt.Sprintf("%.80q", f.Value))
	}
	text := strings.Join(append(parts, f.Problem), ": ")
	if f.Fix != "" {
		text += "; " + f.Fix
	}
	return text
}

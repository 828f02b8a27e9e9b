package ops

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Cause is why the service was interrupted.
type Cause string

const (
	// OwnFault is a disturbance in the operator's hands, and everything nobody explained.
	OwnFault Cause = "own-fault"
	// OwnMaintenance is work at the gateway, announced or not.
	OwnMaintenance Cause = "own-maintenance"
	// ByDMDA is, as all that follow, outside the operator's control (S0-055, D4): the provider's fault.
	ByDMDA Cause = "dmda"
	// ByTenant is the tenant's own mail server or line.
	ByTenant Cause = "tenant"
	// ByCarrier is the network between operator and tenant.
	ByCarrier Cause = "carrier"
	// ForceMajeure is nobody's fault.
	ForceMajeure Cause = "force-majeure"
)

// Outside reports whether the cause is outside the operator's control (S0-055, D4).
func (c Cause) Outside() bool {
	return slices.Contains([]Cause{ByDMDA, ByTenant, ByCarrier, ForceMajeure}, c)
}

// Interruption is a time in which the service was down for one cause. Several may overlap.
type Interruption struct {
	ID string
	Span
	Cause Cause
	// Evidence are references to what proves a cause outside the operator's control; without one it counts (D4).
	Evidence []string
}

// check refuses what no figure may be computed from.
func (i Interruption) check() error {
	f := &Fault{Item: i.ID, Field: "end", Value: i.Finish().Format(time.RFC3339)}
	switch {
	case i.End < i.Start:
		f.Problem, f.Fix = "is before the begin, "+i.Begin().Format(time.RFC3339), "correct the times; was a clock set back?"
	case i.End == i.Start:
		f.Problem, f.Fix = "is the begin: nothing was interrupted", "remove it or correct the times"
	case i.Cause != OwnFault && i.Cause != OwnMaintenance && !i.Cause.Outside():
		f.Field, f.Value = "cause", string(i.Cause)
		f.Problem, f.Fix = "is not known", "write own-fault, own-maintenance, dmda, tenant, carrier or force-majeure"
	default:
		return nil
	}
	return f
}

// proven reports whether the interruption is excluded where nothing else interrupts (D4).
func (i Interruption) proven() bool {
	return i.Cause.Outside() && slices.ContainsFunc(i.Evidence, func(e string) bool { return strings.TrimSpace(e) != "" })
}

// Announcement is a window that was told to the technical contacts.
type Announcement struct {
	Plan   string
	Window Span
	// Verdict is that of the latest of the notices that had to be accepted; Announced whether it was accepted before
	// the work at all (Deadline.Announces). Only then does D3 apply; on Warn with a finding.
	Verdict   Verdict
	Announced bool
}

// Classes are the seconds of interruption by how they count. They have no second in common: where causes overlap,
// what counts more wins, so that the operator's own fault is never hidden behind another's (D4).
type Classes struct {
	// Counted is down-time for every rule: own faults, work outside announced windows, foreign causes without
	// evidence.
	Counted Spans
	// Announced is own work in windows announced in time: D3 says for which rules it counts.
	Announced Spans
	// Excluded is foreign and proven (S0-055).
	Excluded Spans
}

// Classify sorts the seconds of interruptions; announced are the windows that count as announced (D3, D4).
func Classify(interruptions []Interruption, announced Spans) Classes {
	var own, work, foreign []Span
	for _, i := range interruptions {
		switch {
		case i.Cause == OwnMaintenance:
			work = append(work, i.Span)
		case i.proven():
			foreign = append(foreign, i.Span)
		default:
			own = append(own, i.Span)
		}
	}
	done := Union(work...)
	c := Classes{Counted: Union(append(own, done.Minus(announced)...)...)}
	c.Announced = done.And(announced).Minus(c.Counted)
	c.Excluded = Union(foreign...).Minus(c.Counted).Minus(c.Announced)
	return c
}

// checkAll joins the faults of all interruptions, and of ids that are there twice.
func checkAll(interruptions []Interruption) error {
	var faults []error
	seen := map[string]bool{}
	for _, i := range interruptions {
		if err := i.check(); err != nil {
			faults = append(faults, err)
		}
		if i.ID != "" && seen[i.ID] {
			faults = append(faults, &Fault{Item: i.ID, Field: "id", Value: i.ID, Problem: "is there twice", Fix: "keep one"})
		}
		seen[i.ID] = true
	}
	return errors.Join(faults...)
}

// flags are what a reader of the figures must know of the interruptions and announcements.
func flags(interruptions []Interruption, announcements []Announcement) []Finding {
	var out []Finding
	for _, i := range interruptions {
		if i.Cause.Outside() && !i.proven() {
			out = append(out, Finding{"S0-055", Warn, fmt.Sprintf("interruption %s is put down to %s without evidence: it counts (D4)", i.ID, i.Cause)})
		}
	}
	for _, a := range announcements {
		if !a.Announced {
			out = append(out, Finding{"S0-044", Late, fmt.Sprintf("the work of %s was not announced in time: it counts for every rule (D3)", a.Plan)})
		} else if a.Verdict == Warn {
			out = append(out, Finding{"S0-044", Warn, fmt.Sprintf("the work of %s counts as announced, but its notice was in time under one reading only (D5, D6)", a.Plan)})
		}
	}
	return out
}

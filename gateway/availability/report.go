// Package availability is the account of the service as the operator hands it to tenants: figures by month and week,
// every interruption with how it counts, and what must be said beside them (S0-054..056, D1 to D4).
//
// It computes with the rules of package ops and writes tables and pages. It leaves out where interruptions and
// windows come from (packages incident and maintenance).
package availability

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"demailbench/gateway/ops"
	"demailbench/gateway/ops/measure"
)

// Input is what is known of a time.
type Input struct {
	// From and Until bound the report, Now what can be known of it.
	From, Until, Now time.Time
	// Tenant is whose service it is; empty for all.
	Tenant        string
	Interruptions []ops.Interruption
	Announcements []ops.Announcement
	// Unmeasured are times of which nothing is known; Findings what others found.
	Unmeasured ops.Spans
	Findings   []ops.Finding
	// Probed, when there is any, is what probes from outside measured, ProbedWith their rule: a difference is a finding.
	Probed     *measure.Measured
	ProbedWith measure.Rule
	Policy     ops.Policy
}

// Line is a part of an interruption that counts in one way.
type Line struct {
	ops.Span
	// Source is the number of the incident or the maintenance, Cause why.
	Source string
	Cause  ops.Cause
	// Class is "own", "announced" or "excluded"; Counted whether it is down-time for 98.5 %.
	Class   string
	Counted bool
}

// Report is the account of a time.
type Report struct {
	Tenant string
	Policy ops.Policy
	// Whole is the figure of the whole time; Months and Weeks are those that have a second in it, cut to it at its ends.
	Whole         ops.Figure
	Months        []ops.Figure
	Weeks         []ops.WeekFigure
	Interruptions []Line
	Findings      []ops.Finding
	// Made is when.
	Made time.Time
}

// New computes a report. A time that has not passed yet is cut off; an empty one is refused, and so are interruptions
// from which no figure can be computed: *ops.Fault, joined.
func New(in Input) (Report, error) {
	r := Report{Tenant: in.Tenant, Policy: in.Policy, Made: in.Now}
	span := ops.Between(in.From, in.Until)
	if in.Now.Before(in.Until) {
		span.End = in.Now.Unix()
		r.Findings = append(r.Findings, ops.Finding{Statement: "S0-054", Verdict: ops.Warn, Text: "the time asked for has not passed yet: the figures end now, " + span.Finish().Format(time.RFC3339)})
	}
	if span.Seconds() == 0 {
		return r, &ops.Fault{Field: "until", Value: in.Until.Format(time.RFC3339), Problem: "leaves no time that has passed", Fix: "ask for a time that begins before now and ends after it begins"}
	}
	account, err := ops.NewAccount(in.Policy, in.Interruptions, in.Announcements, in.Unmeasured.And(ops.Union(span)))
	if err != nil {
		return r, err
	}
	r.Findings = append(append(r.Findings, account.Findings...), in.Findings...)
	r.Whole = account.Figure(ops.Period{Name: span.Begin().Format(time.DateOnly) + "/" + span.Finish().Format(time.DateOnly), Span: span})
	for _, m := range ops.Months(span) {
		r.Months = append(r.Months, account.Figure(cut(m, span)))
	}
	for _, w := range ops.Weeks(span) {
		r.Weeks = append(r.Weeks, account.Week(w))
	}
	r.Interruptions = lines(account, in.Interruptions, span, in.Policy)
	r.compare(account, in, span)
	return r, nil
}

// cut is the part of a period inside s; a part says so in its name.
func cut(p ops.Period, s ops.Span) ops.Period {
	whole := p.Span
	p.Start, p.End = max(p.Start, s.Start), min(p.End, s.End)
	if p.Span != whole {
		p.Name += part
	}
	return p
}

// lines are the interruptions of a time by how their parts count.
func lines(a *ops.Account, l []ops.Interruption, s ops.Span, p ops.Policy) (out []Line) {
	for _, i := range l {
		mine := ops.Union(i.Span).And(ops.Union(s))
		add := func(class string, part ops.Spans, counted bool) {
			for _, x := range mine.And(part) {
				out = append(out, Line{x, i.ID, i.Cause, class, counted})
			}
		}
		add("own", a.Counted, true)
		add("announced", a.Announced, p.AnnouncedForAvailability)
		add("excluded", a.Excluded, false)
	}
	slices.SortStableFunc(out, func(a, b Line) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	return out
}

// compare holds the account against what probes measured. Neither side is right by itself.
func (r *Report) compare(a *ops.Account, in Input, s ops.Span) {
	if in.Probed == nil {
		return
	}
	own := ops.Union(append(append(append([]ops.Span{}, a.Counted...), a.Announced...), a.Excluded...)...).And(ops.Union(s))
	// Where nothing was probed the two cannot differ.
	seen := ops.Union(s).Minus(in.Probed.Gaps)
	for _, d := range measure.Compare(own.And(seen), in.Probed.Down.And(seen), 2*in.ProbedWith.Interval) {
		text := fmt.Sprintf("probes found the service down from %v, and the gateway's log knows of no interruption", d.Span)
		if d.OnlyFirst {
			text = fmt.Sprintf("the gateway's log has an interruption from %v in which probes found the service up", d.Span)
		}
		r.Findings = append(r.Findings, ops.Finding{Statement: "S0-054", Verdict: ops.Warn, Text: text})
	}
	if n := ops.Union(in.Probed.Gaps...).And(ops.Union(s)).Seconds(); n > 0 {
		r.Findings = append(r.Findings, ops.Finding{Statement: "S0-054", Verdict: ops.Warn, Text: fmt.Sprintf("the probes have gaps of %v in all", time.Duration(n)*time.Second)})
	}
}

// part marks a period of which the time has not all.
const part = " (part)"

// Kept reports whether the promise was kept: every month that the time has in full, and every week. Of a part of a
// month nothing follows for the month.
func (r Report) Kept() bool {
	return !slices.ContainsFunc(r.Months, func(f ops.Figure) bool { return !f.Kept && !strings.HasSuffix(f.Name, part) }) && !slices.ContainsFunc(r.Weeks, func(w ops.WeekFigure) bool { return !w.Kept })
}

// Faults are the single faults in an error of New.
func Faults(err error) (l []*ops.Fault) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			l = append(l, Faults(e)...)
		}
		return l
	}
	if f, ok := errors.AsType[*ops.Fault](err); ok {
		l = append(l, f)
	}
	return l
}

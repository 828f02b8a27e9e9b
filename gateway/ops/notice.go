package ops

import (
	"fmt"
	"slices"
	"time"
)

// Verdict is how a notice stands to its deadline.
type Verdict int

const (
	// InTime is what was promised.
	InTime Verdict = iota
	// Warn is in time under one reading of the source only, or a miss of what rests on a decision alone.
	Warn
	// Late is too late under every reading.
	Late
)

// String returns "in time", "warn" or "late".
func (v Verdict) String() string { return [...]string{"in time", "warn", "late"}[v] }

// NoticeRule are the parameters of D5 and D6.
type NoticeRule struct {
	// Threshold is the expected duration above which the long notice is due; exactly so long is still short
	// (S0-044, S0-046).
	Threshold time.Duration
	// LongDays and ShortDays are working days of notice above the threshold (S0-044) and up to it (S0-050, D6).
	LongDays, ShortDays int
	// ClearDays asks for whole working days between notice and start (D5, notice.clear_days).
	ClearDays bool
}

// DefaultNoticeRule is 240 minutes, 3 and 1 working days, the start day alone not counted (D5, D6).
func DefaultNoticeRule() NoticeRule {
	return NoticeRule{Threshold: 240 * time.Minute, LongDays: 3, ShortDays: 1}
}

// Deadline says until when a notice of maintenance must have been accepted.
type Deadline struct {
	// Long is true above the threshold: S0-044 holds. Otherwise only S0-050 does, and a miss is Warn (D6).
	Long bool
	// Day is the last day in time by counting back from the start day, ClearDay by counting whole days between.
	Day, ClearDay Day
	// Until is the last instant in time, inclusive: the end of service hours of Day, or of ClearDay when the rule
	// asks for clear days.
	Until time.Time
	// WarnUntil is the first instant that is Late: 24:00 of Day, the start of the work for a short one.
	WarnUntil time.Time
	start     time.Time
}

// Deadline is the deadline for work that begins at start and is expected to take so long (S0-044, S0-046, S0-050).
// The time that passes counts, not the clock on the wall: 0 to 4 o'clock is 300 minutes when the clock is put
// back. Errors are *Fault: no such working day.
func (c *Calendar) Deadline(start time.Time, expected time.Duration, r NoticeRule) (Deadline, error) {
	d := Deadline{Long: expected > r.Threshold, start: start}
	days := r.ShortDays
	if d.Long {
		days = r.LongDays
	}
	var err error
	if d.Day, err = c.WorkingDaysBefore(DayOf(start), days); err != nil {
		return d, err
	}
	if d.ClearDay, err = c.ClearDaysBefore(DayOf(start), days); err != nil {
		return d, err
	}
	last := d.Day
	if r.ClearDays {
		last = d.ClearDay
	}
	d.Until, _ = c.Close(last)
	d.WarnUntil = d.Day.Add(1).At(0)
	if !d.Long {
		d.WarnUntil = start
	}
	return d, nil
}

// Judge is the verdict on a notice that the contact's mail server accepted at that time (D5: its 250, not the
// Date of the mail), in whole seconds (D1). The zero time means never. A short notice is never worse than Warn (D6).
func (d Deadline) Judge(accepted time.Time) Verdict {
	at := accepted.Truncate(time.Second)
	switch {
	case !accepted.IsZero() && !at.After(d.Until):
		return InTime
	case !accepted.IsZero() && at.Before(d.WarnUntil), !d.Long:
		return Warn
	}
	return Late
}

// Announces reports whether a notice accepted at that time makes the work announced for the account (D3): not
// Late, and before it began.
func (d Deadline) Announces(accepted time.Time) bool {
	return !accepted.IsZero() && d.Judge(accepted) != Late && accepted.Truncate(time.Second).Before(d.start)
}

// Role says why somebody is told of maintenance.
type Role string

const (
	// TechnicalContact is the tenant's technischer Ansprechpartner (S0-044).
	TechnicalContact Role = "technical-contact"
	// Responsible is a named responsible person of the users (S0-050).
	Responsible Role = "responsible"
)

// Recipient is somebody who must be told.
type Recipient struct {
	Tenant, Address string
	Role            Role
}

// Notice is what one recipient was told.
type Notice struct {
	Recipient
	// Accepted is when the recipient's mail server took it; the zero time: never.
	Accepted time.Time
	// Window is what the notice announces; Services and Effects whether it names them (S0-045).
	Window            Span
	Services, Effects bool
}

// Finding is one judgement, with the statement it rests on.
type Finding struct {
	// Statement is an id of the requirements, "S0-044".
	Statement string
	Verdict   Verdict
	Text      string
}

// JudgeNotices judges who was told of a plan, when and what: the technical contacts by S0-044 when the work is
// long, everybody else by S0-050 with the working day of D6, never told is Late; the content by S0-045 (Late stands
// for a breach there). Of several notices to one recipient the first
// that announces the plan's window counts; one of another window is none. Maintenance of the DMDA is not judged:
// its own conditions hold (S0-049). Nobody is asked for consent (S0-051).
func (c *Calendar) JudgeNotices(p Plan, r NoticeRule, expected []Recipient, notices []Notice) ([]Finding, error) {
	if p.Platform == DMDAPlatform {
		return nil, nil
	}
	long, err := c.Deadline(p.Window.Begin(), p.Window.Duration(), r)
	if err != nil {
		return nil, err
	}
	short, err := c.Deadline(p.Window.Begin(), min(p.Window.Duration(), r.Threshold), r)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, to := range expected {
		d := short
		if to.Role == TechnicalContact {
			d = long
		}
		out = append(out, d.judgeRecipient(p, to, notices)...)
	}
	for _, n := range notices {
		if !slices.Contains(expected, n.Recipient) {
			out = append(out, Finding{"S0-050", Warn, fmt.Sprintf("%s of %s was told of %s but is not a named %s", n.Address, n.Tenant, p.ID, n.Role)})
		}
	}
	return out, nil
}

func (d Deadline) judgeRecipient(p Plan, to Recipient, notices []Notice) []Finding {
	statement := "S0-050"
	if d.Long {
		statement = "S0-044"
	}
	var first *Notice
	for i, n := range notices {
		if n.Recipient == to && n.Window == p.Window && !n.Accepted.IsZero() && (first == nil || n.Accepted.Before(first.Accepted)) {
			first = &notices[i]
		}
	}
	if first == nil {
		return []Finding{{statement, Late, fmt.Sprintf("the %s of %s, %s, was not told of %s (%v)", to.Role, to.Tenant, to.Address, p.ID, p.Window)}}
	}
	out := []Finding{{statement, d.Judge(first.Accepted), fmt.Sprintf("%s of %s took the notice of %s at %s; in time was until %s", to.Address, to.Tenant, p.ID,
		first.Accepted.In(berlin).Format(time.RFC3339), d.Until.Format(time.RFC3339))}}
	if !first.Services || !first.Effects {
		out = append(out, Finding{"S0-045", Late, fmt.Sprintf("the notice of %s to %s does not name the services and the effects", p.ID, to.Address)})
	}
	return out
}

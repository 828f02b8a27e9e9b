package maintenance

import (
	"fmt"
	"slices"
	"time"

	"demailbench/gateway/notice"
	"demailbench/gateway/ops"
)

// overrunLimit is how many overruns of short windows in a year are a habit (D3).
const overrunLimit = 3

// Account is what the windows mean for the availability of a tenant, "" for any: the work as interruptions, the windows
// as announcements, and what the rules find about notices and overruns between from and until.
func (d *Desk) Account(tenant string, from, until, now time.Time) (work []ops.Interruption, told []ops.Announcement, findings []ops.Finding, err error) {
	windows, proofs := d.snapshot()
	var works []ops.Maintenance
	span := ops.Between(from, until)
	for _, w := range windows {
		if !w.affects(tenant) || w.Phase == ops.Cancelled || !w.interrupts() {
			continue
		}
		actual := w.Actual
		if w.Phase == ops.Running {
			actual.End = now.Unix()
		}
		if actual.Seconds() > 0 {
			work = append(work, ops.Interruption{ID: w.Plan.ID, Span: actual, Cause: ops.OwnMaintenance})
			works = append(works, w.Maintenance)
		}
		a, l, err := d.announcement(w, proofs, tenant)
		if err != nil {
			return nil, nil, nil, err
		}
		if actual.Seconds() > 0 { // what is only planned has not been late for anything yet
			told = append(told, a)
			if actual.Touches(span) {
				findings = append(findings, l...)
			}
		}
	}
	for y := from.In(ops.Berlin()).Year(); y <= until.In(ops.Berlin()).Year(); y++ {
		if n, v := ops.Overruns(works, ops.Year(y), d.o.Rule, overrunLimit); v == ops.Warn {
			findings = append(findings, ops.Finding{Statement: "S0-044", Verdict: v, Text: fmt.Sprintf("%d windows of %d were announced with %v or less and took longer (D3)", n, y, d.o.Rule.Threshold)})
		}
	}
	return work, told, findings, nil
}

// interrupts reports whether the work interrupts mail.
func (w Window) interrupts() bool {
	return slices.Contains(w.Plan.Services, string(Sending)) || slices.Contains(w.Plan.Services, string(Receiving))
}

// snapshot is windows and proofs of one moment.
func (d *Desk) snapshot() ([]Window, []Proof) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.windows), slices.Clone(d.proofs)
}

// announcement judges the notices of the window's present plan: everybody who had to be told in advance must have been.
func (d *Desk) announcement(w Window, proofs []Proof, tenant string) (ops.Announcement, []ops.Finding, error) {
	deadline, err := d.Deadline(w)
	if err != nil {
		return ops.Announcement{}, nil, err
	}
	var expected []ops.Recipient
	var notices []ops.Notice
	a := ops.Announcement{Plan: w.Plan.ID, Window: w.Plan.Window, Verdict: ops.InTime, Announced: true}
	for _, p := range proofs {
		if p.Window != w.Plan.ID || p.Revision != w.Revision || p.Occasion != notice.Planned && p.Occasion != notice.Changed {
			continue
		}
		for _, r := range p.For {
			if tenant != "" && r.Tenant != tenant {
				continue
			}
			expected = append(expected, r)
			notices = append(notices, ops.Notice{Recipient: r, Accepted: p.Accepted, Window: p.Announced, Services: len(w.Plan.Services) > 0, Effects: w.Plan.Effects != ""})
			if r.Role == ops.TechnicalContact || !deadline.Long {
				a.Verdict = max(a.Verdict, deadline.Judge(p.Accepted))
				a.Announced = a.Announced && deadline.Announces(p.Accepted)
			}
		}
	}
	findings, err := d.o.Calendar.JudgeNotices(w.Plan, d.o.Rule, expected, notices)
	return a, slices.DeleteFunc(findings, func(f ops.Finding) bool { return f.Verdict == ops.InTime }), err
}

// Told is how the notices of a window stand to its deadline, for all tenants.
func (d *Desk) Told(w Window) (ops.Announcement, error) {
	_, proofs := d.snapshot()
	a, _, err := d.announcement(w, proofs, "")
	return a, err
}

// AtWork reports whether work goes on that stops all mail.
func (d *Desk) AtWork() bool { return d.Closed(Sending, "") != nil && d.Closed(Receiving, "") != nil }

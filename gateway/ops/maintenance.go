package ops

import (
	"fmt"
	"time"
)

// Phase is where work stands.
type Phase string

const (
	// Planned work may be changed, cancelled or started.
	Planned Phase = "planned"
	// Running work may only end.
	Running Phase = "running"
	// Ended work was done and stays as it is.
	Ended Phase = "ended"
	// Cancelled work was not begun and stays as it is.
	Cancelled Phase = "cancelled"
)

// Maintenance is a plan and what became of it. There is no approval: users are told, not asked (S0-051). Its
// methods return the next state and leave the receiver alone; errors are *Fault.
type Maintenance struct {
	Plan  Plan
	Phase Phase
	// Actual is when the work was done; its end is unset while it runs.
	Actual Span
}

// NewMaintenance begins the life of a plan.
func NewMaintenance(p Plan) Maintenance { return Maintenance{Plan: p, Phase: Planned} }

func (m Maintenance) refuse(action string) error {
	return &Fault{Item: m.Plan.ID, Field: "phase", Value: string(m.Phase), Problem: "does not allow to " + action, Fix: "make a new plan"}
}

// Change replaces the plan of work that has not begun. Everybody must be told anew: a notice of another window is
// none (see JudgeNotices).
func (m Maintenance) Change(p Plan) (Maintenance, error) {
	if m.Phase != Planned {
		return m, m.refuse("change it")
	}
	if p.ID != m.Plan.ID {
		return m, &Fault{Item: m.Plan.ID, Field: "id", Value: p.ID, Problem: "is another plan's", Fix: "keep the id"}
	}
	m.Plan = p
	return m, nil
}

// Cancel calls the work off.
func (m Maintenance) Cancel() (Maintenance, error) {
	if m.Phase != Planned {
		return m, m.refuse("cancel it")
	}
	m.Phase = Cancelled
	return m, nil
}

// Start begins the work, at whatever time; what lies outside the announced window is unannounced (D3).
func (m Maintenance) Start(at time.Time) (Maintenance, error) {
	if m.Phase != Planned {
		return m, m.refuse("start it")
	}
	m.Phase, m.Actual = Running, Span{Start: at.Unix()}
	return m, nil
}

// End finishes the work. An end before the start means that the clock was set back, and no figure can be computed
// from it: it is refused.
func (m Maintenance) End(at time.Time) (Maintenance, error) {
	if m.Phase != Running {
		return m, m.refuse("end it")
	}
	if at.Unix() < m.Actual.Start {
		return m, &Fault{Item: m.Plan.ID, Field: "end", Value: at.In(berlin).Format(time.RFC3339),
			Problem: fmt.Sprintf("is before the start, %s: the clock was set back", m.Actual.Begin().Format(time.RFC3339)), Fix: "correct the clock and give the true end"}
	}
	m.Phase, m.Actual.End = Ended, at.Unix()
	return m, nil
}

// Overrun is how long running or ended work has gone beyond the planned end at that time (D3).
func (m Maintenance) Overrun(now time.Time) time.Duration {
	end := now.Unix()
	switch m.Phase {
	case Planned, Cancelled:
		return 0
	case Ended:
		end = m.Actual.End
	}
	return Span{m.Plan.Window.End, end}.Duration()
}

// Overruns judges how often work announced with at most the threshold took longer than it inside a year (D3):
// three times is Warn, because short notice then has become a habit. A year is that of the work's start; DMDA work
// is left out (S0-049).
func Overruns(works []Maintenance, year Period, r NoticeRule, limit int) (int, Verdict) {
	n := 0
	for _, m := range works {
		short := m.Plan.Window.Duration() <= r.Threshold
		if m.Phase == Ended && m.Plan.Platform == GatewayPlatform && short && year.Has(m.Actual.Begin()) && m.Actual.Duration() > r.Threshold {
			n++
		}
	}
	if n >= limit {
		return n, Warn
	}
	return n, InTime
}

package promise

import (
	"fmt"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"demailbench/features/check/body"
	"demailbench/features/check/deed"
	"demailbench/features/check/header"
	"demailbench/sim/calendar"
	"demailbench/sim/record"
)

// How a scenario expects people to have been told.
const (
	// InTime, Disputable and Late are how the notices of a plan stand to its deadline (S0-044, D5).
	InTime, Disputable, Late = "in time", "disputably late", "late"
	// AtAll leaves time out: cancellations, and work up to 240 minutes.
	AtAll = "at all"
	// Overrun is the notice that work goes on after its announced end.
	Overrun = "of the overrun"
)

// read decodes a message as a mail program does.
func (c *Case) read(m *record.Message) body.Texts {
	one := func(name string) string { return strings.Join(header.Values(m.Header, name), " ") }
	return body.Read(one("Content-Type"), one("Content-Transfer-Encoding"), c.Text(m))
}

// notices are the mails about a window that a mail server took from the gateway for an address between two events.
func (c *Case) notices(w window, address string, after time.Time) (l []record.Event) {
	for _, e := range c.Events {
		if e.Kind != record.Accepted || e.Msg == nil || !c.FromGateway(e) || e.At.Before(after) || !slices.ContainsFunc(e.To, func(to string) bool { return strings.EqualFold(to, address) }) {
			continue
		}
		if c.Speaks(e.Msg, w.Impact) {
			l = append(l, e)
		}
	}
	return l
}

// Speaks tells whether a message speaks of a maintenance with these effects.
func (c *Case) Speaks(m *record.Message, impact string) bool {
	return impact != "" && strings.Contains(c.read(m).Plain, impact)
}

// About tells whether a stored message is a notice of the window that the operation with this number was about, for
// somebody whom it concerns.
func (c *Case) About(number, mailbox string, m *record.Message) bool {
	a, err := c.operation(number)
	if err != nil {
		return false
	}
	w, err := c.of(a)
	return err == nil && slices.ContainsFunc(c.concerned(w, ""), func(x Contact) bool { return strings.EqualFold(x.Mail, mailbox) }) && c.Speaks(m, w.Impact)
}

// Told judges who was told because of an operation on a window, and how that stands to the deadline: everybody whom
// it concerns and nobody else, with the window and its effects.
func (c *Case) Told(number, how string) deed.Finding {
	f := deed.Finding{Expected: "everybody whom the maintenance concerns, and nobody else, is told " + how}
	a, err := c.operation(number)
	var w window
	if err == nil {
		w, err = c.of(a)
	}
	if err != nil {
		f.Broken, f.Observed = true, err.Error()
		return f
	}
	after := a.At.Add(-patience)
	if how == Overrun {
		after = w.End
	}
	f.Event = a.Seq
	worst := calendar.InTime
	for _, x := range c.concerned(w, "") {
		l := c.notices(w, x.Mail, after)
		if len(l) == 0 {
			f.Observed, f.Missing = fmt.Sprintf("the %s, was told nothing of %s", x, w.ID), true
			return f
		}
		n, fault := c.first(w, l, a.Name == "maintenance.cancel")
		if f.Event = n.Seq; fault != "" {
			f.Observed, f.Missing = fmt.Sprintf("the notice to the %s, %s", x, fault), a.Name != "maintenance.plan" // the right one may follow
			return f
		}
		if x.Technical || !w.long() {
			worst = worse(worst, office.Judge(calendar.Notice{Start: w.Start, Seconds: w.seconds(), Accepted: n.At, ClearDays: c.ClearDays}))
		}
	}
	if s := c.stranger(w, after); s != nil {
		f.Event, f.Observed = s.Seq, fmt.Sprintf("%s was told of %s, whom it does not concern", strings.Join(s.To, ", "), w.ID)
		return f
	}
	inTime, late := c.limits(w)
	f.Observed = fmt.Sprintf("the last notice was taken %s; in time was until %s, late is from %s", map[calendar.Timeliness]string{calendar.InTime: InTime, calendar.Warn: Disputable, calendar.Late: Late}[worst], stamp(inTime), stamp(late))
	f.OK = how == AtAll || how == Overrun || how == map[calendar.Timeliness]string{calendar.InTime: InTime, calendar.Warn: Disputable, calendar.Late: Late}[worst]
	return f
}

// first is the first of some notices that is of this window: one of another window is none. With none it is the last,
// and what it lacks.
func (c *Case) first(w window, l []record.Event, cancelled bool) (n record.Event, fault string) {
	for _, n = range l {
		if fault = c.content(w, n.Msg, cancelled); fault == "" {
			break
		}
	}
	return n, fault
}

// patience is how much earlier than its answer an operation may have had its effects.
const patience = time.Minute

func worse(a, b calendar.Timeliness) calendar.Timeliness {
	rank := []calendar.Timeliness{calendar.InTime, calendar.Warn, calendar.Late}
	return rank[max(slices.Index(rank, a), slices.Index(rank, b))]
}

// content is what a notice lacks (S0-045): the days and times of the window by the clock on the wall, in the order of
// German or ISO dates, in its text; and, when it has a calendar object, the very window there.
func (c *Case) content(w window, m *record.Message, cancelled bool) string {
	p := c.read(m)
	for name, t := range map[string]time.Time{"begin": w.Start, "end": w.End} {
		d, s := calendar.Berlin(t)
		day := []string{fmt.Sprintf("%02d.%02d.%04d", d.Day, d.Month, d.Year), fmt.Sprintf("%d.%d.%d", d.Day, d.Month, d.Year), d.String()}
		if !slices.ContainsFunc(day, func(x string) bool { return strings.Contains(p.Plain, x) }) || !strings.Contains(p.Plain, fmt.Sprintf("%02d:%02d", s/3600, s/60%60)) {
			return fmt.Sprintf("does not name the %s, %s (S0-045)", name, stamp(t))
		}
	}
	if p.Calendar == "" {
		return ""
	}
	cal, err := ics.ParseCalendar(strings.NewReader(p.Calendar))
	if err != nil || len(cal.Events()) != 1 {
		return "has a calendar object that cannot be read (RFC 5545)"
	}
	e := cal.Events()[0]
	start, errStart := e.GetStartAt()
	end, errEnd := e.GetEndAt()
	status := ""
	if s := e.GetProperty(ics.ComponentPropertyStatus); s != nil {
		status = s.Value
	}
	switch {
	case errStart != nil || errEnd != nil || !start.Equal(w.Start) || !end.Equal(w.End):
		return fmt.Sprintf("has another window in its calendar object than %s to %s", stamp(w.Start), stamp(w.End))
	case cancelled != (status == "CANCELLED"):
		return "has the wrong status in its calendar object: " + status
	}
	return ""
}

// stranger is a notice to somebody whom the window does not concern, nil for none.
func (c *Case) stranger(w window, after time.Time) *record.Event {
	concerned := c.concerned(w, "")
	for i, e := range c.Events {
		if e.Kind != record.Accepted || e.Msg == nil || !c.FromGateway(e) || e.At.Before(after) || !c.Speaks(e.Msg, w.Impact) {
			continue
		}
		for _, to := range e.To {
			if !slices.ContainsFunc(concerned, func(x Contact) bool { return strings.EqualFold(x.Mail, to) }) {
				return &c.Events[i]
			}
		}
	}
	return nil
}

// Due judges the deadline in the answer to an operation on a window.
func (c *Case) Due(number string) deed.Finding {
	f := deed.Finding{Expected: "the answer says until when people must be told"}
	a, err := c.operation(number)
	var w window
	if err == nil {
		w, err = c.of(a)
	}
	if err != nil {
		f.Broken, f.Observed = true, err.Error()
		return f
	}
	inTime, _ := c.limits(w)
	f.Event, f.Expected = a.Seq, fmt.Sprintf("for work of %d s from %s people must be told until %s", w.seconds(), stamp(w.Start), stamp(inTime))
	if w.NoticeDue.IsZero() {
		f.Doubt, f.Observed = true, "the answer does not say until when"
		return f
	}
	f.OK, f.Observed = w.NoticeDue.Equal(inTime), "the gateway says until "+stamp(w.NoticeDue)
	return f
}

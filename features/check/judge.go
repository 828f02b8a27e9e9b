package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"demailbench/sim/record"
)

// judges holds one pure function for each kind of expectation.
var judges = map[Kind]func(*Case, Expectation) Finding{
	Delivered:    (*Case).delivered,
	Unchanged:    (*Case).unchanged,
	Nowhere:      (*Case).nowhere,
	Rejected:     (*Case).rejected,
	Confirmation: (*Case).confirmation,
	Confirmed:    (*Case).confirmed,
	Titled:       (*Case).titled,
	Concealed:    (*Case).concealed,
	Proven:       (*Case).proven,
	Discreet:     (*Case).discreet,
	Report:       (*Case).report,
	Notice:       (*Case).notice,
	Answer:       (*Case).answer,
	Source:       (*Case).source,
	Dropped:      (*Case).dropped,
	Encrypted:    (*Case).encrypted,
	Hidden:       (*Case).hidden,
	Series:       (*Case).series,
	Tries:        (*Case).tries,
	Submitted:    (*Case).submitted,
	Happened:     (*Case).happened,
	Operated:     (*Case).deeds,
	Answered:     (*Case).deeds,
	Listed:       (*Case).deeds,
	Audited:      (*Case).deeds,
	Web:          (*Case).web,
	Told:         (*Case).told,
	Due:          (*Case).due,
	Accounted:    (*Case).accounted,
	Probed:       (*Case).probed,
}

// One judges a single expectation.
func (c *Case) One(x Expectation) Finding {
	f := judges[x.Kind](c, x)
	f.Rule, f.Step, f.Requirements = string(x.Kind), x.Step, x.Requirements
	switch {
	case f.OK:
		f.Verdict = Pass
	case x.Assume:
		f.Verdict = Inconclusive
	case f.Verdict == "":
		f.Verdict = c.weight(x.Requirements)
	}
	if own := c.decided(x.Requirements); own != "" && f.Verdict == Warn {
		f.Verdict, f.Observed = NotApplicable, f.Observed+"; sut.yaml decides otherwise: "+own
	}
	f.patient(x)
	if !f.OK && f.Event > 0 && f.Packet == nil && c.Wire != nil {
		f.Packet = c.packet(f.Event)
	}
	return f
}

// weight is what breaking these statements makes of a scenario: Fail when one of them is demanded by a
// source, the TR or the law, else Warn. A decision of ours ("D9") never fails a gateway.
func (c *Case) weight(statements []string) Verdict {
	for _, s := range statements {
		if !slices.Contains(c.Scene.Recommended, s) && !strings.HasPrefix(s, "D") {
			return Fail
		}
	}
	if len(statements) == 0 {
		return Fail
	}
	return Warn
}

// decided is the vendor's own answer to what an expectation rests on, when that is decisions of the bench alone.
func (c *Case) decided(statements []string) (own string) {
	for _, s := range statements {
		if c.Scene.Decided[s] == "" {
			return ""
		}
		own += s + " is " + c.Scene.Decided[s] + ". "
	}
	return strings.TrimSpace(own)
}

// packet finds the packet of an event in the capture.
func (c *Case) packet(event int) *Packet {
	e := c.Events[event-1]
	if e.Local == "" || e.Remote == "" {
		return nil
	}
	if p, ok := c.Wire.Near(e.Local, e.Remote, e.At); ok {
		return &p
	}
	return nil
}

func (c *Case) stored(mailbox string, keep func(*record.Message) bool) []record.Event {
	return c.find(func(e record.Event) bool {
		return e.Kind == record.Stored && strings.EqualFold(e.To[0], mailbox) && keep(e.Msg)
	})
}

// handed returns the first event in which the mail with this nonce was handed over by its sender.
func (c *Case) handed(nonce string) (record.Event, bool) {
	all := c.find(func(e record.Event) bool {
		return (e.Kind == record.Sent || e.Kind == record.Action) && e.Msg != nil && carries(e.Msg, nonce)
	})
	if len(all) == 0 {
		return record.Event{}, false
	}
	return all[0], true
}

func (c *Case) nowhere(x Expectation) Finding {
	where := x.Who
	switch {
	case x.Mailbox != "":
		where = "mailbox " + x.Mailbox
	case where == "":
		where = "zone " + x.Zone
	}
	f := Finding{Expected: fmt.Sprintf("no trace of the mail %s at %s", x.Nonce, where)}
	if !c.exists(x) { // of a place that is misspelt everything could be said
		f.Observed, f.Verdict = "the world has no "+where, Error
		return f
	}
	bad := c.find(func(e record.Event) bool {
		if x.Yet && x.noted > 0 && e.Seq > x.noted {
			return false
		}
		if x.Mailbox != "" {
			return e.Kind == record.Stored && strings.EqualFold(e.To[0], x.Mailbox) && carries(e.Msg, x.Nonce)
		}
		return (e.Kind == record.Accepted || e.Kind == record.Stored) && (e.Who == x.Who || x.Zone != "" && c.zoneOf(e.Who) == x.Zone) && c.about(e.Msg, x.Nonce)
	})
	if len(bad) > 0 {
		f.Event = bad[0].Seq
		f.Observed = fmt.Sprintf("%s took it at %s from %s for %s", bad[0].Who, stamp(bad[0].At), orDash(bad[0].Remote), strings.Join(bad[0].To, ", "))
		return f
	}
	f.OK, f.Observed = true, "nothing"
	return f
}

// exists tells whether the world has the host, zone or mailbox that x names.
func (c *Case) exists(x Expectation) bool {
	same := func(m string) bool { return strings.EqualFold(m, x.Mailbox) }
	if x.Mailbox != "" && len(c.Scene.Mailboxes) > 0 && !slices.ContainsFunc(c.Scene.Mailboxes, same) &&
		!slices.ContainsFunc(c.Events, func(e record.Event) bool { return e.Kind == record.Stored && same(e.To[0]) }) {
		return false
	}
	if _, ok := c.Scene.Zones[x.Who]; x.Who != "" && !ok {
		return false
	}
	return x.Zone == "" || slices.Contains(slices.Collect(maps.Values(c.Scene.Zones)), x.Zone)
}

func (c *Case) rejected(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("%s is refused the mail %s with %s", x.Who, x.Nonce, orDash(x.Code))}
	all := c.find(func(e record.Event) bool {
		return e.Kind == record.Rejected && e.Who == x.Who && c.about(e.Msg, x.Nonce) && (x.Mailbox == "" || slices.Contains(e.To, x.Mailbox))
	})
	if len(all) == 0 {
		f.Observed, f.Event, f.Missing = "it was not refused"+c.last(x.Nonce), c.lastEvent(x.Nonce), !c.accepted(x.Nonce)
		return f
	}
	e := all[0]
	f.Event, f.Observed = e.Seq, fmt.Sprintf("%s answered %d %s %s (%s) at %s", e.Verb, e.Code, e.Enhanced, e.Text, orDash(e.Error), stamp(e.At))
	f.OK = replies(e, x.Code)
	return f
}

// replies tells whether e's reply begins with want: "550", "5.7.1", "550 5.7.1", "5" or "4".
func replies(e record.Event, want string) bool {
	for _, w := range strings.Fields(want) {
		have := fmt.Sprint(e.Code)
		if strings.Contains(w, ".") {
			have = e.Enhanced
		}
		if !strings.HasPrefix(have, w) {
			return false
		}
	}
	return true
}

func (c *Case) submitted(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("%s hands the mail %s over", x.Who, x.Nonce)}
	all := c.find(func(e record.Event) bool {
		return e.Who == x.Who && (e.Kind == record.Sent || e.Kind == record.Action) && e.Msg != nil && carries(e.Msg, x.Nonce)
	})
	if len(all) == 0 {
		f.Observed = "it could not" + c.last(x.Nonce)
		return f
	}
	f.OK, f.Event, f.Observed = true, all[0].Seq, "at "+stamp(all[0].At)
	return f
}

func (c *Case) happened(x Expectation) Finding {
	f := Finding{Expected: strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s %s at %s", x.Event, x.Name, x.Verb, x.Code, x.Text, strings.Join(x.Contains, " "), orDash(x.Who))), " ")}
	all := c.find(func(e record.Event) bool {
		return string(e.Kind) == x.Event && (x.Name == "" || e.Name == x.Name) && (x.Text == "" || e.Text == x.Text) && (x.Verb == "" || e.Verb == x.Verb) && replies(e, x.Code) &&
			!slices.ContainsFunc(x.Contains, func(s string) bool { return !strings.Contains(e.Detail, s) }) && (x.Who == "" || e.Who == x.Who)
	})
	if len(all) == 0 {
		f.Observed = "it did not happen"
		return f
	}
	f.OK, f.Event, f.Observed = true, all[0].Seq, "at "+stamp(all[0].At)
	return f
}

// last says what became of a mail, for the person who has to find it.
func (c *Case) last(nonce string) string {
	n := c.lastEvent(nonce)
	if n == 0 {
		return "; no party saw it"
	}
	e := c.Events[n-1]
	switch e.Kind {
	case record.Rejected:
		return fmt.Sprintf("; last seen at %s: %s got %s %d %s %s", stamp(e.At), e.Who, e.Verb, e.Code, e.Text, e.Error)
	case record.Refused:
		return fmt.Sprintf("; last seen at %s: %s refused it with %d %s", stamp(e.At), e.Who, e.Code, e.Text)
	case record.Stored:
		return fmt.Sprintf("; last seen at %s: it lies in %s at %s", stamp(e.At), e.To[0], e.Who)
	}
	return fmt.Sprintf("; last seen at %s: %s at %s", stamp(e.At), e.Kind, e.Who)
}

func (c *Case) lastEvent(nonce string) int {
	for i := len(c.Events) - 1; i >= 0; i-- {
		if e := c.Events[i]; e.Msg != nil && e.Kind != record.Clause && carries(e.Msg, nonce) {
			return e.Seq
		}
	}
	return 0
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05.000 MST") }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func count(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

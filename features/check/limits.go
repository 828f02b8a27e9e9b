package check

import (
	"fmt"
	"slices"

	"demailbench/sim/record"
)

// Names of the actions by which the bench tells the judge where it came to its own limits.
const (
	// Impossible: the scenario cannot be run for the reason in Detail. Nothing else in the record counts.
	Impossible = "scenario impossible"
	// Inapplicable: the gateway's vendor has declared that it has not what the scenario is about, and it has it
	// not. Nothing else in the record counts.
	Inapplicable = "scenario not applicable"
	// Undeclared: what the vendor has declared absent in Detail answers all the same.
	Undeclared = "declared absent, but there"
	// Unjudged: what stands between bench and gateway failed as Detail says. Nothing else in the record counts.
	Unjudged = "driver failed"
	// GaveUp: a step on the wall clock waited as long as it may and not as long as the requirement allows.
	GaveUp = "step gave up"
)

// Texts of a record.Gateway event besides start, stop and kill.
const (
	// Ended: the gateway ended without being told to. Error is the cause; Detail is Outside when something
	// other than the gateway itself ended it.
	Ended = "ended"
	// Overdue: the gateway did not end when it was told to, and was killed. Error has the details.
	Overdue = "overdue"
)

// Outside is the Detail of an Ended event that the gateway is not to blame for.
const Outside = "outside"

// action returns the first action of that name.
func (c *Case) action(name string) (record.Event, bool) {
	i := slices.IndexFunc(c.Events, func(e record.Event) bool { return e.Kind == record.Action && e.Name == name })
	if i < 0 {
		return record.Event{}, false
	}
	return c.Events[i], true
}

// life judges how the gateway lived as a process: it goes on until it is told to end, and then ends.
func (c *Case) life() []Finding {
	var out []Finding
	for _, e := range c.Events {
		if e.Kind != record.Gateway || e.Text != Ended && e.Text != Overdue {
			continue
		}
		f := Finding{Verdict: Fail, Rule: "gateway ended", Event: e.Seq, Requirements: []string{"S0-053"},
			Expected: "the gateway runs until it is told to end", Observed: fmt.Sprintf("it ended by itself at %s: %s", stamp(e.At), e.Error)}
		switch {
		case e.Text == Overdue:
			f.Verdict, f.Rule, f.Expected, f.Observed = Inconclusive, "gateway overdue", "the gateway ends when it is told to", e.Error
		case e.Detail == Outside:
			f.Verdict, f.Observed = Inconclusive, fmt.Sprintf("something outside ended it at %s: %s; run again", stamp(e.At), e.Error)
		}
		out = append(out, f)
	}
	return out
}

// patient makes of a finding that more time could still turn what it is when the step could not wait: no
// verdict about the gateway.
func (f *Finding) patient(x Expectation) {
	if f.OK || !f.Missing || x.Waited == 0 || f.Verdict != Fail && f.Verdict != Warn {
		return
	}
	f.Verdict = Inconclusive
	f.Observed += fmt.Sprintf("; the step waited %v s on the wall clock, and the requirement may allow more", x.Waited)
}

// denied tells whether the gateway has said for good that it will not pass on the mail with this nonce: by a
// permanent refusal, or by a report to its sender.
func (c *Case) denied(nonce string) bool {
	return slices.ContainsFunc(c.Events, func(e record.Event) bool {
		switch e.Kind {
		case record.Rejected:
			return e.Code/100 == 5 && c.isGateway(e.Remote) && c.about(e.Msg, nonce)
		case record.Stored:
			return isReport(e.Msg) && c.fromGateway(e.Msg) && c.about(e.Msg, nonce)
		}
		return false
	})
}

// accepted tells whether the gateway has taken over the mail with this nonce.
func (c *Case) accepted(nonce string) bool {
	return slices.ContainsFunc(c.Events, func(e record.Event) bool {
		return e.Kind == record.Sent && c.isGateway(e.Remote) && c.about(e.Msg, nonce)
	})
}

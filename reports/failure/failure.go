// Package failure reads the findings of a scenario that did not pass, with its record, for the person who
// has to act: which finding decided, where the record shows it, which way the mail took, what that is in one
// plain sentence, and who usually fixes it. It changes no verdict; it leaves out pages and drawings.
package failure

import (
	"strings"

	"demailbench/features/check"
	"demailbench/reports/course"
	"demailbench/reports/messages"
	"demailbench/sim/record"
)

// Failure is a scenario that did not pass, as far as its findings and its record show.
type Failure struct {
	// Main is the finding that decided, nil when nothing was compared.
	Main *check.Finding
	// Expectation is what Main is about; its Kind is empty for rules that hold in every scenario.
	Expectation check.Expectation
	// Assumed tells that Main is a precondition of the scenario and not about the gateway.
	Assumed bool
	// Focus are the numbers of the events that show it, Nonce is the word of the mail that it is about.
	Focus []int
	Nonce string
	// Legs is the way of that mail up to there.
	Legs []course.Leg

	verdict check.Verdict
	reason  string
	course  *course.Course
	// clause is the event in which a step named the expectation.
	clause int
}

// Of reads the findings of a scenario with verdict v and the suite's reason for it. The course is nil when there is no record. It may be
// asked about a scenario that passed: then it has the way of the last mail only.
func Of(v check.Verdict, reason string, findings []check.Finding, c *course.Course) *Failure {
	f := &Failure{verdict: v, reason: reason, course: c}
	at := -1
	for i, x := range findings {
		if x.OK || v == check.Pass || at >= 0 && x.Verdict != v {
			continue
		}
		at = i
		if x.Verdict == v {
			break
		}
	}
	if at >= 0 {
		f.Main = &findings[at]
	}
	if c == nil {
		return f
	}
	order, clauses, nonces := inJudgesOrder(c.Events)
	f.Nonce = nonces[len(nonces)-1]
	if at >= 0 && at < len(order) && string(order[at].Kind) == f.Main.Rule {
		f.Expectation, f.clause, f.Nonce = order[at], clauses[at], nonces[at]
		f.Assumed = order[at].Assume
	}
	f.point()
	return f
}

// inJudgesOrder returns the expectations as the judge takes them, assumptions first, with the events that
// hold them and the mail that each is about: its own or the one before. The last nonce is that of the last
// mail of all.
func inJudgesOrder(events []record.Event) (xs []check.Expectation, clauses []int, nonces []string) {
	all, err := check.Expectations(events)
	last := ""
	if err != nil {
		return nil, nil, []string{last}
	}
	var seqs []int
	for _, e := range events {
		if e.Kind == record.Clause {
			seqs = append(seqs, e.Seq)
		}
	}
	about := make([]string, len(all))
	for i, x := range all {
		if x.Nonce != "" {
			last = x.Nonce
		}
		about[i] = last
	}
	for _, assumed := range []bool{true, false} {
		for i, x := range all {
			if x.Assume == assumed {
				xs, clauses, nonces = append(xs, x), append(clauses, seqs[i]), append(nonces, about[i])
			}
		}
	}
	return xs, clauses, append(nonces, last)
}

// point finds the events to mark and the way of the mail up to them. What is missing has no event of its
// own: then the mark is where it was expected.
func (f *Failure) point() {
	if f.Main == nil {
		f.Legs = f.course.Way(f.Nonce, 0, false)
		return
	}
	until := f.Main.Event
	if until == 0 || until > len(f.course.Events) || f.how() == "never" {
		until = f.clause
	}
	if until > 0 {
		f.Focus = []int{until}
	}
	until = f.delivery(until)
	related := f.Main.Rule != string(check.Delivered) && f.Main.Rule != string(check.Unchanged) && f.Main.Rule != string(check.Rejected)
	if f.Main.Rule == ruleUnclaimed && f.Main.Event > 0 {
		related = false
	}
	f.Legs = f.course.Way(f.Nonce, until, false)
	if related && len(f.Legs) == 0 {
		f.Legs = f.course.Way(f.Nonce, until, true)
	}
}

// delivery returns the event in which a server accepted what event n shows in a mailbox, or n itself:
// servers store first and answer then.
func (f *Failure) delivery(n int) int {
	if n == 0 || n > len(f.course.Events) {
		return n
	}
	at := f.course.Events[n-1]
	for _, e := range f.course.Events[n:] {
		if at.Kind != record.Stored || e.At.Sub(at.At).Seconds() > 1 {
			break
		}
		if e.Kind == record.Accepted && e.Who == at.Who && e.Msg.Body == at.Msg.Body {
			return e.Seq
		}
	}
	return n
}

// how tells in which way the expectation was broken: "never", "more" or "other".
func (f *Failure) how() string {
	o := f.Main.Observed
	switch {
	case strings.HasPrefix(o, "it is there never"), strings.HasPrefix(o, "it is not there"), strings.HasPrefix(o, "it was not refused"):
		return "never"
	case strings.HasPrefix(o, "it is there"):
		return "more"
	}
	return "other"
}

// without is the message for a scenario in which nothing was compared.
func (f *Failure) without(t messages.Text) string {
	switch key := "plain.verdict." + string(f.verdict); {
	case strings.HasPrefix(f.reason, "the gateway crashed"):
		return "plain.crashed"
	case strings.HasPrefix(f.reason, "the gateway hung"):
		return "plain.hung"
	case t.Has(key):
		return key
	}
	return "plain.any"
}

// Plain says what went wrong in one sentence without technical words.
func (f *Failure) Plain(t messages.Text) string {
	if f.Main == nil {
		return t.Say(f.without(t))
	}
	x := f.Expectation
	where := x.Who
	if where == "" {
		where = x.Zone
	}
	args := []any{"mailbox", x.Mailbox, "who", x.Who, "where", where}
	switch {
	case f.Assumed:
		return t.Say("plain.assumed")
	case f.Main.Rule == ruleUnclaimed:
		return t.Say("plain.unclaimed")
	case f.Main.Rule == ruleStray:
		return t.Say("plain.stray")
	case f.Main.Rule == ruleClear:
		return t.Say("plain.clear")
	case f.Main.Rule == "gateway ended":
		return t.Say("plain.ended")
	case f.Main.Rule == "gateway overdue":
		return t.Say("plain.overdue")
	case x.Kind == "":
		return t.Say("plain.any")
	}
	for _, how := range []string{f.how(), "other"} {
		if key := "plain." + f.Main.Rule + "." + how; t.Has(key) {
			return t.Say(key, args...)
		}
	}
	return t.Say("plain.any")
}

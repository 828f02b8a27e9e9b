package check

import (
	"fmt"
	"slices"
	"strings"

	"demailbench/features/check/balance"
	"demailbench/sim/record"
)

// Judgement is the verdict on one scenario with what it rests on.
type Judgement struct {
	Verdict Verdict `json:"verdict"`
	// Reason is one sentence for a person; empty for Pass.
	Reason   string    `json:"reason,omitempty"`
	Findings []Finding `json:"findings"`
}

// Judge judges the whole record: first the assumptions, then what was expected, then the rules that hold
// for every scenario. A record without a single expectation is Inconclusive: nothing was shown.
func (c *Case) Judge() Judgement {
	xs, err := Expectations(c.Events)
	if err != nil {
		return Judgement{Verdict: Error, Reason: err.Error()}
	}
	if e, ok := c.action(Impossible); ok {
		return Judgement{Verdict: Blocked, Reason: e.Detail}
	}
	if e, ok := c.action(Inapplicable); ok {
		return Judgement{Verdict: NotApplicable, Reason: e.Detail}
	}
	if e, ok := c.action(Unjudged); ok {
		return Judgement{Verdict: Inconclusive, Reason: e.Detail}
	}
	j := Judgement{Findings: c.life()}
	for _, assumed := range []bool{true, false} {
		for _, x := range xs {
			if x.Assume == assumed {
				j.Findings = append(j.Findings, c.One(x))
			}
		}
		if assumed && j.conclude() {
			return j
		}
	}
	if len(xs) == 0 {
		return Judgement{Verdict: Inconclusive, Reason: "the scenario expected nothing, so nothing was shown"}
	}
	if c.completed() {
		j.Findings = append(j.Findings, c.unclaimed(xs)...)
		j.Findings = append(j.Findings, c.lost()...)
		j.Findings = append(j.Findings, c.unjudged(xs)...)
	}
	j.Findings = append(j.Findings, c.strayConnections(xs)...)
	j.Findings = append(j.Findings, c.clearText()...)
	if e, ok := c.action(Undeclared); ok {
		j.Findings = append(j.Findings, Finding{Verdict: Warn, Rule: "declaration", Event: e.Seq, Expected: "what sut.yaml declares absent is absent", Observed: e.Detail})
	}
	if j.conclude() {
		return j
	}
	if e, ok := c.action(GaveUp); ok {
		return Judgement{Verdict: Inconclusive, Reason: e.Detail, Findings: j.Findings}
	}
	j.Verdict = Pass
	return j
}

// conclude sets verdict and reason from the worst finding that is not OK, and reports whether there is one.
func (j *Judgement) conclude() bool {
	for _, v := range Verdicts {
		for _, f := range j.Findings {
			if !f.OK && f.Verdict == v {
				j.Verdict = v
				j.Reason = fmt.Sprintf("expected: %s; observed: %s", f.Expected, f.Observed)
				return true
			}
		}
	}
	return false
}

// Completed is the name of the action that tells that all steps of the scenario ran. Without it some step
// failed, and what the steps after it would have claimed is nobody's fault.
const Completed = "scenario completed"

func (c *Case) completed() bool {
	return slices.ContainsFunc(c.Events, func(e record.Event) bool { return e.Kind == record.Action && e.Name == Completed })
}

// unclaimed fails for every message in a mailbox that no expectation speaks for.
func (c *Case) unclaimed(xs []Expectation) []Finding {
	var out []Finding
next:
	for _, e := range c.Events {
		if e.Kind != record.Stored {
			continue
		}
		for _, x := range xs {
			if c.claims(x, e) {
				continue next
			}
		}
		f := Finding{Verdict: Fail, Rule: "unclaimed message", Event: e.Seq, Requirements: []string{"S0-053"},
			Expected: "no message that no step named",
			Observed: fmt.Sprintf("%q from %s lies in %s at %s since %s", words(strings.Join(header(e.Msg.Header, "Subject"), " ")), orDash(e.From), e.To[0], e.Who, stamp(e.At))}
		if c.Wire != nil {
			f.Packet = c.arrival(e)
		}
		out = append(out, f)
	}
	return out
}

// arrival finds the packet that brought a stored message: that of its acceptance just before.
func (c *Case) arrival(stored record.Event) *Packet {
	for i := stored.Seq - 1; i > 0; i-- {
		if e := c.Events[i-1]; e.Kind == record.Accepted && e.Who == stored.Who && e.Msg.Body == stored.Msg.Body {
			return c.packet(e.Seq)
		}
	}
	return nil
}

// strayConnections fails when the gateway reached a host on the Internet side, or was stopped by the
// matrix, without a step that named it: one finding for each place it went to.
func (c *Case) strayConnections(xs []Expectation) []Finding {
	var out []Finding
	times := map[string]int{}
	for _, e := range c.Events {
		stray := e.Kind == record.ConnOpen && c.isGateway(e.Remote) && c.zoneOf(e.Who) == "internet" ||
			e.Kind == record.Drop && e.Detail == "rule" && c.isGateway(e.Local)
		if !stray || c.named(xs, e) {
			continue
		}
		to := c.target(e)
		if times[to]++; times[to] > 1 {
			continue
		}
		f := Finding{Verdict: Fail, Rule: "stray connection", Event: e.Seq, Requirements: []string{"S1-153"},
			Expected: "no connection of the gateway to the Internet side or against the communication matrix",
			Observed: fmt.Sprintf("%s to %s, first at %s (%s %s)", e.Kind, to, stamp(e.At), orDash(e.Detail), e.Rule)}
		if c.Wire != nil {
			f.Packet = c.packet(e.Seq)
		}
		out = append(out, f)
	}
	for i := range out {
		if n := times[c.target(c.Events[out[i].Event-1])]; n > 1 {
			out[i].Observed += fmt.Sprintf(", %d packets or connections in all", n)
		}
	}
	return out
}

func (c *Case) target(e record.Event) string {
	if e.Kind == record.ConnOpen {
		return e.Who + " " + e.Local
	}
	return e.Remote
}

// clearText fails when mail passed in clear between the gateway and a server to which it must speak TLS.
func (c *Case) clearText() []Finding {
	var out []Finding
	for _, e := range c.Events {
		if e.TLS != "" || e.Kind != record.Accepted && e.Kind != record.Sent || !slices.Contains(c.Scene.Secured, e.Who) || !c.isGateway(e.Remote) {
			continue
		}
		f := Finding{Verdict: Fail, Rule: "clear text", Event: e.Seq, Requirements: []string{"S0-038", "S0-040"},
			Expected: fmt.Sprintf("mail between the gateway and %s by TLS only", e.Who),
			Observed: fmt.Sprintf("%s in clear at %s, from %s for %s", e.Kind, stamp(e.At), orDash(e.From), strings.Join(e.To, ", "))}
		if c.Wire != nil {
			f.Packet = c.packet(e.Seq)
		}
		out = append(out, f)
	}
	return out
}

// named tells whether a step spoke of this drop or connection.
func (c *Case) named(xs []Expectation, e record.Event) bool {
	for _, x := range xs {
		if x.Kind == Dropped && e.Kind == record.Drop && x.Who == e.Who && x.Address == host(e.Local) && x.Port == port(e.Remote) {
			return true
		}
		if x.Kind == Source && e.Kind == record.ConnOpen && x.Who == e.Who && x.Address == host(e.Remote) {
			return true
		}
	}
	return false
}

// lost fails for every mail that the gateway has taken over with 250 and that never came out of it again.
func (c *Case) lost() (out []Finding) {
	for _, d := range (balance.Book{Gateway: c.isGateway, Provider: c.Scene.Provider, About: c.about}).Debts(c.Events) {
		f := Finding{Verdict: Fail, Rule: "lost mail", Event: d.Taken.Seq, Requirements: []string{"S0-053"},
			Expected: "every mail that the gateway answered with 250 to come out of it again, or a report about it",
			Observed: fmt.Sprintf("%q from %s for %s was taken at %s and never seen again", words(strings.Join(header(d.Taken.Msg.Header, "Subject"), " ")),
				orDash(d.Taken.From), d.To, stamp(d.Taken.At))}
		if c.Wire != nil {
			f.Packet = c.packet(d.Taken.Seq)
		}
		out = append(out, f)
	}
	return out
}

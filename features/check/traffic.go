package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"demailbench/sim/record"
)

func (c *Case) source(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("%s is reached on port %d from %s", x.Who, x.Port, x.Address)}
	var seen []string
	for _, e := range c.find(func(e record.Event) bool {
		return e.Kind == record.ConnOpen && e.Who == x.Who && port(e.Local) == x.Port
	}) {
		from := host(e.Remote)
		if !slices.Contains(seen, from) {
			seen = append(seen, from)
		}
		if f.Event == 0 || from == x.Address || slices.Contains(x.Not, from) {
			f.Event = e.Seq
		}
	}
	f.Observed = "from " + orDash(strings.Join(seen, ", "))
	f.Missing = len(seen) == 0
	f.OK = slices.Contains(seen, x.Address) && !slices.ContainsFunc(x.Not, func(a string) bool { return slices.Contains(seen, a) })
	return f
}

func (c *Case) dropped(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("router %s drops packets from %s to port %d by %s", x.Who, x.Address, x.Port, x.Rule)}
	all := c.find(func(e record.Event) bool {
		return e.Kind == record.Drop && e.Who == x.Who && host(e.Local) == x.Address && port(e.Remote) == x.Port
	})
	if len(all) == 0 {
		f.Observed, f.Missing = "it dropped none", true
		return f
	}
	f.Event, f.Observed = all[0].Seq, fmt.Sprintf("%s by %q to %s", all[0].Detail, all[0].Rule, all[0].Remote)
	f.OK = all[0].Rule == x.Rule
	return f
}

func (c *Case) encrypted(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("nothing in clear between the gateway and %s", x.Who)}
	if !c.exists(x) {
		f.Observed, f.Verdict = "the world has no "+x.Who, Error
		return f
	}
	clear := c.find(func(e record.Event) bool {
		if e.TLS != "" || e.Kind != record.Accepted && e.Kind != record.Sent && !(e.Kind == record.Refused && (e.Verb == "RCPT" || e.Verb == "DATA")) {
			return false
		}
		return e.Who == x.Who && c.isGateway(e.Remote)
	})
	if len(clear) > 0 {
		e := clear[0]
		f.Event, f.Observed = e.Seq, fmt.Sprintf("%s in clear at %s, from %s for %s", e.Kind, stamp(e.At), e.From, strings.Join(e.To, ", "))
		return f
	}
	if !c.spoke(x.Who) { // where nobody speaks nothing is in clear
		f.Observed, f.Verdict, f.Missing = "they did not speak with each other", Inconclusive, true
		return f
	}
	return c.onWire(x, f)
}

// spoke tells whether a host and the gateway had a connection that got as far as SMTP.
func (c *Case) spoke(host string) bool {
	return slices.ContainsFunc(c.Events, func(e record.Event) bool {
		return e.Who == host && c.isGateway(e.Remote) && e.Session != ""
	})
}

func (c *Case) hidden(x Expectation) Finding {
	return c.onWire(x, Finding{Expected: fmt.Sprintf("the mail %s is not readable on %s", x.Nonce, strings.Join(x.Links, ", "))})
}

// onWire completes f by looking for the nonce in the octets of the capture.
func (c *Case) onWire(x Expectation, f Finding) Finding {
	if c.Wire == nil {
		f.Observed, f.Verdict = "there is no capture to look at", Inconclusive
		return f
	}
	found, err := c.Wire.Find([]byte(x.Nonce), x.Links)
	switch {
	case errors.Is(err, ErrLink):
		f.Observed, f.Verdict = err.Error(), Error
	case err != nil:
		f.Observed, f.Verdict = "the capture is not readable: "+err.Error(), Inconclusive
	case len(found) > 0:
		f.Packet = &found[0]
		f.Observed = fmt.Sprintf("packet %d on link %s carries it in clear at %s", found[0].Number, found[0].Link, stamp(found[0].At))
	default:
		f.OK, f.Observed = true, "nothing in clear"
	}
	return f
}

func (c *Case) tries(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("the gateway tries %s again after at least %d temporary refusals until the mail %s is accepted", x.Who, x.Times, x.Nonce)}
	refused := 0
	for _, e := range c.Events {
		switch {
		case e.Who != x.Who || !c.isGateway(e.Remote):
		case e.Kind == record.Refused && e.Code/100 == 4:
			refused++
			f.Event = e.Seq
		case e.Kind == record.Accepted && c.about(e.Msg, x.Nonce):
			f.Event = e.Seq
			f.Observed = fmt.Sprintf("accepted at %s after %d temporary refusals", stamp(e.At), refused)
			f.OK = refused >= x.Times
			return f
		}
	}
	f.Observed, f.Missing = fmt.Sprintf("%d temporary refusals, then no more: it was never accepted", refused), !c.denied(x.Nonce)
	return f
}

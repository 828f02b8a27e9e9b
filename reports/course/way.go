package course

import (
	"slices"
	"strings"
	"time"

	"demailbench/sim/record"
)

// Leg is one leg of a mail's way: from a host over routers to a host.
type Leg struct {
	// Event is the number of the event that shows it.
	Event int
	At    time.Time
	// Hops are the host, the routers and the host in the order of travel; two at least.
	Hops []string
	// Stopped says that the mail did not get over this leg. Stop is then the hop that refused or dropped
	// it, or the one that did not answer; Key and Args are the message that says why.
	Stopped bool
	Stop    string
	Key     string
	Args    []any
}

// longestDial is how long a dial can take before it fails, retransmissions included.
const longestDial = 3 * time.Minute

// Way returns the way of the mail with this nonce, up to event until (0: the end): the legs that it got
// over, in order, and the one at which it stopped, when the record shows one. With related, messages about
// it (confirmations, reports) count too.
func (c *Course) Way(nonce string, until int, related bool) []Leg {
	if until == 0 || until > len(c.Events) {
		until = len(c.Events)
	}
	var legs []Leg
	for _, e := range c.Events {
		if e.Seq > until {
			break
		}
		if !itself(e.Msg, nonce) && !(related && About(e.Msg, nonce)) {
			continue
		}
		switch e.Kind {
		case record.Accepted:
			legs = append(legs, c.arrived(e))
		case record.Sent:
			if !c.echoed(e) {
				legs = append(legs, c.sent(e))
			}
		case record.Rejected:
			legs = append(legs, c.rejected(e))
		}
	}
	legs = tidy(legs)
	if stop, ok := c.stopped(legs, until); ok {
		legs = append(legs, stop)
	}
	return legs
}

// tidy drops a failed leg when the same leg succeeds later.
func tidy(legs []Leg) []Leg {
	var out []Leg
	for i, l := range legs {
		again := slices.ContainsFunc(legs[i+1:], func(m Leg) bool {
			return m.Hops[0] == l.Hops[0] && m.Hops[len(m.Hops)-1] == l.Hops[len(l.Hops)-1]
		})
		if !l.Stopped || !again {
			out = append(out, l)
		}
	}
	return out
}

// back follows a connection from source src and destination dst, as seen after the last router, to its
// begin: the routers in the order of travel, and source and destination as the client sees them.
func (c *Course) back(src, dst string, before int) (routers []string, local, remote string) {
	for i := before - 1; i > 0; i-- {
		e := c.Events[i-1]
		if e.Kind == record.Flow && e.NATLocal == src && e.NATRemote == dst && !slices.Contains(routers, e.Who) {
			routers = append([]string{e.Who}, routers...)
			src, dst = e.Local, e.Remote
		}
	}
	return routers, src, dst
}

// forth follows a connection from its begin: the routers, and source and destination after the last one.
func (c *Course) forth(src, dst string, before int) (routers []string, local, remote string) {
	for _, e := range c.Events[:before-1] {
		if e.Kind == record.Flow && e.Local == src && e.Remote == dst && !slices.Contains(routers, e.Who) {
			routers = append(routers, e.Who)
			src, dst = e.NATLocal, e.NATRemote
		}
	}
	return routers, src, dst
}

// arrived is the leg of a connection that server's event e saw; sent that of a client's event.
func (c *Course) arrived(e record.Event) Leg {
	routers, _, _ := c.back(e.Remote, e.Local, e.Seq)
	return Leg{Event: e.Seq, At: e.At, Hops: hops(c.Host(e.Who, e.Remote), routers, e.Who)}
}

func (c *Course) sent(e record.Event) Leg {
	routers, _, _ := c.forth(e.Local, e.Remote, e.Seq)
	return Leg{Event: e.Seq, At: e.At, Hops: hops(e.Who, routers, c.Host(e.Who, e.Remote))}
}

// halt marks a leg as the one at which the mail stopped.
func (l Leg) halt(stop, key string, args ...any) Leg {
	l.Stopped, l.Stop, l.Key, l.Args = true, stop, key, args
	return l
}

func hops(from string, routers []string, to string) []string {
	return append(append([]string{from}, routers...), to)
}

// rejected is the leg of a client's failed delivery.
func (c *Course) rejected(e record.Event) Leg {
	if e.Code == 0 && e.Local == "" {
		return c.unreached(e)
	}
	l := c.sent(e)
	return l.halt(l.Hops[len(l.Hops)-1], "stop.refused", "verb", e.Verb, "reply", strings.TrimSpace(reply(e)+" "+e.Error))
}

// unreached is the leg of a connection that did not come about: to the router that dropped it, or as far
// as the routers passed it on.
func (c *Course) unreached(e record.Event) Leg {
	for i := e.Seq - 1; i > 0 && e.At.Sub(c.Events[i-1].At) < longestDial; i-- {
		d := c.Events[i-1]
		if d.Remote != e.Remote || d.Proto != "tcp" || !c.has(e.Who, d.Local) {
			continue
		}
		switch d.Kind {
		case record.Drop:
			return c.dropped(d)
		case record.Flow:
			return c.lost(e, d)
		}
	}
	to := c.Host(e.Who, e.Remote)
	l := Leg{Event: e.Seq, At: e.At, Hops: []string{e.Who, to}}
	return l.halt(to, "stop.silent", "error", orDash(e.Error), "after", e.Who)
}

// lost is the leg of the failed dial e of which flow f is a trace: a router further on may have dropped it.
func (c *Course) lost(e, f record.Event) Leg {
	_, src, dst := c.back(f.NATLocal, f.NATRemote, e.Seq)
	routers, src, dst := c.forth(src, dst, e.Seq)
	for _, d := range c.Events[f.Seq-1 : e.Seq-1] {
		if d.Kind == record.Drop && d.Local == src && d.Remote == dst {
			return c.dropped(d)
		}
	}
	to := c.Host(e.Who, e.Remote)
	l := Leg{Event: e.Seq, At: e.At, Hops: hops(e.Who, routers, to)}
	return l.halt(to, "stop.silent", "error", orDash(e.Error), "after", routers[len(routers)-1])
}

// dropped is the leg that a router or a segment ended.
func (c *Course) dropped(d record.Event) Leg {
	routers, src, _ := c.back(d.Local, d.Remote, d.Seq)
	from := c.Host(d.Who, src)
	if len(routers) > 0 {
		from = c.Host(routers[0], src)
	}
	l := Leg{Event: d.Seq, At: d.At, Hops: hops(from, routers, d.Who)}
	if d.Detail == "rule" {
		return l.halt(d.Who, "stop.matrix", "rule", orDash(d.Rule), "target", d.Remote)
	}
	return l.halt(d.Who, "stop.dropped", "reason", d.Detail, "rule", orDash(d.Rule), "target", d.Remote)
}

// stopped looks for what the holder of the mail did in vain after the last leg: a host that writes no
// record of its own, like the gateway, shows by its connections where it got stuck.
func (c *Course) stopped(legs []Leg, until int) (Leg, bool) {
	if len(legs) == 0 || legs[len(legs)-1].Stopped {
		return Leg{}, false
	}
	last := legs[len(legs)-1]
	holder := last.Hops[len(last.Hops)-1]
	for i := until; i > last.Event; i-- {
		if l, ok := c.vain(holder, c.Events[i-1]); ok {
			return l, true
		}
	}
	return Leg{}, false
}

// vain makes a leg of an event that shows holder failing.
func (c *Course) vain(holder string, e record.Event) (Leg, bool) {
	switch e.Kind {
	case record.ConnDial:
		if e.Who == holder && e.Error != "" {
			return c.unreached(e), true
		}
	case record.Drop:
		if e.Proto == "tcp" && c.Host(e.Who, e.Local) == holder {
			return c.dropped(e), true
		}
	case record.Refused, record.Query, record.Session:
		if c.Host(e.Who, e.Remote) == holder {
			return c.turnedAway(e)
		}
	}
	return Leg{}, false
}

// turnedAway makes a leg of a server's event that shows its client getting nothing.
func (c *Course) turnedAway(e record.Event) (Leg, bool) {
	l := c.arrived(e)
	switch {
	case e.Kind == record.Refused:
		return l.halt(e.Who, "stop.refused", "verb", e.Verb, "reply", reply(e)), true
	case e.Kind == record.Query && e.Rcode != "NOERROR":
		return l.halt(e.Who, "stop.query", "question", e.Type+" "+e.Name, "rcode", e.Rcode), true
	case e.Kind == record.Session && e.Text == "close" && !c.talked(e.Session):
		return l.halt(e.Who, "stop.session", "client", l.Hops[0], "session", e.Session), true
	}
	return Leg{}, false
}

// talked tells whether a session came to a message or a refusal.
func (c *Course) talked(session string) bool {
	return slices.ContainsFunc(c.Events, func(e record.Event) bool {
		return e.Session == session && (e.Kind == record.Accepted || e.Kind == record.Refused)
	})
}

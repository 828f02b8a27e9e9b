package router

import (
	"net/netip"
	"time"

	"demailbench/sim/firewall"
	"demailbench/sim/nat"
	"demailbench/sim/record"
)

// Reasons of the record that Probe and packets share.
const (
	reasonRule  = "rule"
	reasonState = "no state"
	reasonLocal = "router's own address"
)

// verdict is what is decided about a flow's first packet before anything is changed.
type verdict struct {
	Decision
	out   *iface
	next  netip.Addr
	begin nat.Begin
	// judged is the destination that the matrix saw, when it is not the one of the packet.
	judged nat.Endpoint
}

// judge decides about the first packet of a flow that arrives at in. It changes nothing: Probe asks it too.
func (p *plane) judge(in *iface, t nat.Tuple, at time.Time) verdict {
	target := p.table.Destination(in.Name, t, at)
	dst := target.Tuple.Dst
	if p.owns(dst.Addr) {
		return stopped(reasonLocal)
	}
	if p.reversePath {
		if back, _ := p.lookup(t.Src.Addr); back != in {
			return stopped("reverse path")
		}
	}
	if p.broadcast(dst.Addr) {
		return stopped("not unicast")
	}
	out, next := p.lookup(dst.Addr)
	if out == nil {
		return stopped("no route")
	}
	d := p.matrix.Decide(firewall.Query{From: in.Zone, To: out.Zone, Source: t.Src.IP(), Destination: dst.IP(),
		Protocol: uint8(t.Protocol), Port: dst.Port}, at)
	v := verdict{Decision: Decision{Action: d.Action, Rule: d.Rule, Dormant: d.Dormant}, out: out, next: next}
	if !d.Allowed() {
		v.Reason = reasonRule
		if dst != t.Dst {
			v.judged = dst
		}
		return v
	}
	if !out.reaches(next) {
		return v.but("no neighbour")
	}
	outside := out.Name
	if target.Translated && target.Outside != in.Name {
		outside = target.Outside // a hairpin: both ends must see outside addresses (RFC 4787 REQ-9)
	}
	begin, err := p.table.Source(outside, t, target.Tuple, at)
	if err != nil {
		return v.but(err.Error())
	}
	v.begin, v.Interface, v.Left = begin, out.Name, begin.Leaves
	return v
}

func stopped(reason string) verdict {
	return verdict{Decision: Decision{Action: firewall.Drop, Reason: reason}}
}

func (v verdict) but(reason string) verdict {
	v.Action, v.Reason = firewall.Drop, reason
	return v
}

// begin handles a packet that belongs to no flow.
func (p *plane) begin(in *iface, pkt *packet, at time.Time) result {
	v := p.judge(in, pkt.tuple, at)
	if v.Reason == reasonLocal {
		return p.local(in, pkt, at)
	}
	if !pkt.opens() {
		return dropped(p.name, pkt, reasonState, "")
	}
	switch v.Reason {
	case "":
	case reasonRule:
		return p.reject(in, pkt, v, at)
	case "no route", "no neighbour":
		if pkt.raw[ipTTL] > 1 {
			return p.refuse(in, pkt, v.Reason, "", icmpUnreachable, codeHost, 0, at)
		}
	default:
		return dropped(p.name, pkt, v.Reason, "")
	}
	if reason, kind, code := p.obstacle(pkt, v.out, v.next); reason != "" {
		return p.refuse(in, pkt, reason, "", kind, code, mtuOf(v.out), at)
	}
	flow, err := p.table.Add(v.begin, v.Rule, pkt.flags(), at)
	if err != nil {
		return dropped(p.name, pkt, err.Error(), "")
	}
	// Sent back to the segment it came from, untranslated: the answers will go straight to the sender.
	flow.OneSided = v.out == in && !flow.Translated()
	event := began(p.name, flow)
	r := p.send(v.out, v.next, pkt, v.begin.Leaves, at)
	r.events = append([]record.Event{event}, r.events...)
	return r
}

func began(who string, f *nat.Flow) record.Event {
	leaves := f.Leaves(nat.Original)
	return record.Event{Who: who, Kind: record.Flow, Rule: f.Rule, Proto: f.Orig.Protocol.String(),
		Local: f.Orig.Src.String(), Remote: f.Orig.Dst.String(),
		NATLocal: leaves.Src.String(), NATRemote: leaves.Dst.String()}
}

// reject drops what the matrix does not allow, in the way it says.
func (p *plane) reject(in *iface, pkt *packet, v verdict, at time.Time) result {
	r := p.turnAway(in, pkt, v, at)
	r.events[0].Text = v.out.Name
	if v.judged != (nat.Endpoint{}) {
		r.events[0].NATRemote = v.judged.String()
	}
	return r
}

func (p *plane) turnAway(in *iface, pkt *packet, v verdict, at time.Time) result {
	switch {
	case v.Action == firewall.RejectReset && pkt.tuple.Protocol == nat.TCP:
		r := p.answer(in, resetAbout(pkt), at)
		r.events = append(dropped(p.name, pkt, v.Reason, v.Rule).events, r.events...)
		return r
	case v.Action == firewall.RejectReset, v.Action == firewall.RejectProhibited:
		return p.refuse(in, pkt, v.Reason, v.Rule, icmpUnreachable, codeProhibited, 0, at)
	}
	return dropped(p.name, pkt, v.Reason, v.Rule)
}

// local answers what is addressed to the router itself. It offers no service but echo.
func (p *plane) local(in *iface, pkt *packet, at time.Time) result {
	event := dropped(p.name, pkt, reasonLocal, "").events
	switch pkt.tuple.Protocol {
	case nat.ICMP:
		if pkt.payload[0] == icmpEcho && checksum(pkt.payload) == 0 {
			return p.answer(in, echoReply(pkt), at)
		}
		return result{events: event}
	case nat.TCP:
		r := p.answer(in, resetAbout(pkt), at)
		r.events = append(event, r.events...)
		return r
	case nat.UDP:
		return p.refuse(in, pkt, reasonLocal, "", icmpUnreachable, codePort, 0, at)
	case nat.ESP:
		return dropped(p.name, pkt, "esp without tunnel", "")
	}
	return p.refuse(in, pkt, reasonLocal, "", icmpUnreachable, codeProtocol, 0, at)
}

// probe is judge with what is known of the flow already.
func (p *plane) probe(in *iface, t nat.Tuple, at time.Time) Decision {
	if f, dir := p.table.Lookup(t, at); f != nil && !f.Reopens(nat.SYN) {
		leaves := f.Leaves(dir)
		if out, _ := p.lookup(leaves.Dst.Addr); out != nil {
			return Decision{Action: firewall.Allow, Rule: "established", Interface: out.Name, Left: leaves}
		}
		return stopped("no route").Decision
	}
	return p.judge(in, t, at).Decision
}

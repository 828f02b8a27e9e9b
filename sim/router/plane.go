package router

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"demailbench/sim/firewall"
	"demailbench/sim/ipnet"
	"demailbench/sim/nat"
	"demailbench/sim/record"
	"demailbench/sim/router/esp"
)

// plane is the forwarding plane: what a router does with a packet, without links, clock or lock. Given the
// same packets at the same times it does the same.
type plane struct {
	name        string
	ifaces      []*iface
	configured  []Route
	routes      []route
	table       *nat.Table
	matrix      *firewall.Matrix
	entries     []firewall.Entry
	policy      firewall.Policy
	reversePath bool
}

// iface is an interface at run time.
type iface struct {
	Interface
	addr [4]byte
	mtu  int
	// neighbour reports whether somebody on the segment answers for an address; nil: always.
	neighbour func(netip.Addr) bool
	over      *iface // a tunnel's carrier
	esp       *esp.Association

	link *ipnet.Link
	port ipnet.Port
}

// route is a Route with its interface found; out is nil for black holes.
type route struct {
	net, mask uint32
	bits      int
	via       netip.Addr
	out       *iface
}

// result is what comes of one packet: at most one packet that leaves, and what the record must know.
type result struct {
	out    *iface
	frame  ipnet.Frame
	events []record.Event
}

// add puts an interface into the plane. The tunnel's keys and carrier are set by the caller.
func (p *plane) add(i *iface) error {
	i.addr = i.Address.Addr().As4()
	p.ifaces = append(p.ifaces, i)
	p.table.Assign(i.Name, i.Address.Addr())
	p.route()
	return p.compile(p.entries)
}

// compile prepares the matrix; which addresses a row shows depends on the router's own translations.
func (p *plane) compile(entries []firewall.Entry) error {
	m, err := firewall.New(entries, p.policy, p.table.Rules().Translates)
	if err != nil {
		return err
	}
	p.entries, p.matrix = slices.Clone(entries), m
	return nil
}

// route rebuilds the routing table. Routes whose interface is not there yet are left out.
func (p *plane) route() {
	p.routes = p.routes[:0]
	for _, i := range p.ifaces {
		p.routes = append(p.routes, newRoute(i.Address, netip.Addr{}, i))
	}
	for _, r := range p.configured {
		if out := p.wayOut(r); out != nil || r.Unreachable {
			p.routes = append(p.routes, newRoute(r.To, r.Via, out))
		}
	}
	slices.SortStableFunc(p.routes, func(a, b route) int { return b.bits - a.bits })
}

func newRoute(to netip.Prefix, via netip.Addr, out *iface) route {
	net := to.Masked().Addr().As4()
	return route{binary.BigEndian.Uint32(net[:]), uint32(^uint64(0) << (32 - to.Bits())), to.Bits(), via, out}
}

// wayOut is the interface of a configured route.
func (p *plane) wayOut(r Route) *iface {
	for _, i := range p.ifaces {
		if r.Interface == i.Name || r.Interface == "" && r.Via.IsValid() && i.Address.Contains(r.Via) {
			return i
		}
	}
	return nil
}

func (p *plane) iface(name string) *iface {
	for _, i := range p.ifaces {
		if i.Name == name {
			return i
		}
	}
	return nil
}

// lookup finds the way to an address: the interface and the neighbour on it.
func (p *plane) lookup(dst [4]byte) (*iface, netip.Addr) {
	d := binary.BigEndian.Uint32(dst[:])
	for i := range p.routes {
		r := &p.routes[i]
		if d&r.mask != r.net {
			continue
		}
		if r.via.IsValid() {
			return r.out, r.via
		}
		return r.out, netip.AddrFrom4(dst)
	}
	return nil, netip.Addr{}
}

// owns reports whether the router itself stands behind an address.
func (p *plane) owns(a [4]byte) bool {
	for _, i := range p.ifaces {
		if i.addr == a {
			return true
		}
	}
	return p.table.Owns(netip.AddrFrom4(a))
}

// broadcast reports whether an address means all hosts of one of the router's networks (RFC 1812 4.2.3.1,
// 5.3.5).
func (p *plane) broadcast(a [4]byte) bool {
	v := binary.BigEndian.Uint32(a[:])
	for i := range p.routes {
		r := &p.routes[i]
		if !r.via.IsValid() && r.bits < 31 && v&r.mask == r.net && (v|r.mask == ^uint32(0) || v == r.net) && r.out != nil &&
			r.out.Address.Bits() == r.bits && r.out.Tunnel == nil {
			return true
		}
	}
	return false
}

// receive handles a packet that arrives at interface in.
func (p *plane) receive(in *iface, raw []byte, at time.Time) result {
	pkt, reason := parse(raw)
	switch {
	case reason != "":
		return dropped(p.name, &pkt, reason, "")
	case !unicast(pkt.tuple.Src.Addr), p.owns(pkt.tuple.Src.Addr):
		return dropped(p.name, &pkt, "martian source", "")
	case !unicast(pkt.tuple.Dst.Addr):
		return dropped(p.name, &pkt, "not unicast", "")
	}
	if pkt.tuple.Protocol == nat.ESP {
		if t := p.tunnelFrom(&pkt); t != nil {
			return p.decapsulate(t, &pkt, at)
		}
	}
	if pkt.icmpError() {
		return p.relayError(in, &pkt, at)
	}
	flow, dir := p.table.Lookup(pkt.tuple, at)
	if flow != nil && flow.Reopens(pkt.flags()) {
		p.table.Remove(flow)
		flow = nil
	}
	if flow == nil {
		return p.begin(in, &pkt, at)
	}
	leaves := flow.Leaves(dir)
	out, next := p.lookup(leaves.Dst.Addr)
	if reason, kind, code := p.obstacle(&pkt, out, next); reason != "" {
		return p.refuse(in, &pkt, reason, "", kind, code, mtuOf(out), at)
	}
	p.table.Advance(flow, dir, pkt.flags(), at)
	return p.send(out, next, &pkt, leaves, at)
}

// obstacle says why a packet cannot take a way, and with which ICMP error that is answered.
func (p *plane) obstacle(pkt *packet, out *iface, next netip.Addr) (reason string, kind, code byte) {
	switch {
	case pkt.raw[ipTTL] <= 1:
		return "ttl", icmpExceeded, 0
	case out == nil:
		return "no route", icmpUnreachable, codeHost
	case len(pkt.raw) > out.mtu && pkt.raw[ipFragment]&dontFragment != 0:
		return "too big", icmpUnreachable, codeTooBig
	case len(pkt.raw) > out.mtu:
		return "too big, would need fragments", 0, 0
	case !out.reaches(next):
		return "no neighbour", icmpUnreachable, codeHost
	}
	return "", 0, 0
}

func (i *iface) reaches(next netip.Addr) bool { return i.neighbour == nil || i.neighbour(next) }

func mtuOf(out *iface) uint32 {
	if out == nil {
		return 0
	}
	return uint32(out.mtu)
}

// send forwards a packet with a new tuple.
func (p *plane) send(out *iface, next netip.Addr, pkt *packet, leaves nat.Tuple, at time.Time) result {
	decrementTTL(pkt.raw)
	pkt.translate(leaves)
	return p.emit(out, next, pkt.raw, at)
}

// emit puts a finished packet on an interface, through the tunnel if it is one.
func (p *plane) emit(out *iface, next netip.Addr, raw []byte, at time.Time) result {
	if out.Tunnel != nil {
		return p.encapsulate(out, raw)
	}
	return result{out: out, frame: ipnet.Frame{Packet: raw, Next: next}}
}

// answer sends a packet of the router's own making; nil is none.
func (p *plane) answer(in *iface, raw []byte, at time.Time) result {
	if raw == nil {
		return result{}
	}
	out, next := p.lookup([4]byte(raw[ipDest:]))
	if out == nil { // the asker at least is where it came from
		out, next = in, netip.AddrFrom4([4]byte(raw[ipDest:]))
	}
	return p.emit(out, next, raw, at)
}

// refuse drops a packet and answers with an ICMP error; kind 0 is silence. The value accompanies
// codeTooBig only.
func (p *plane) refuse(in *iface, pkt *packet, reason, rule string, kind, code byte, value uint32, at time.Time) result {
	event := dropped(p.name, pkt, reason, rule).events
	if kind == 0 {
		return result{events: event}
	}
	if kind != icmpUnreachable || code != codeTooBig {
		value = 0
	}
	r := p.answer(in, icmpAbout(pkt, in.addr, kind, code, value), at)
	r.events = append(event, r.events...)
	return r
}

// dropped is the result for a packet that ends here.
func dropped(who string, pkt *packet, reason, rule string) result {
	t := pkt.tuple
	return result{events: []record.Event{{Who: who, Kind: record.Drop, Detail: reason, Rule: rule,
		Local: t.Src.String(), Remote: t.Dst.String(), Proto: t.Protocol.String()}}}
}

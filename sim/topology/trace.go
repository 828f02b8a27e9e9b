package topology

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
)

// Hop is one router on a packet's way.
type Hop struct {
	// Router is its name, In and Out are the interfaces by which the packet comes and leaves.
	Router, In, Out string
	// Source and Destination are what the matrix sees: the source as it arrives, the destination after
	// this router's translation.
	Source, Destination netip.Addr
}

// Path is the way of a conversation's first packet.
type Path struct {
	// Dial is the address that the sender uses, Source the one under which the receiver sees it.
	Dial, Source netip.Addr
	// To is the host at which the packet arrives.
	To string
	// Hops are the routers in their order.
	Hops []Hop
	// Shared is set when a masquerade is on the way: nobody can open a conversation the other way round.
	Shared bool
}

// maxHops ends a routing loop, as the TTL would.
const maxHops = 16

// Trace follows a packet of host from to the address dst by routes and translations; the matrix is not
// asked. The error says in one sentence where the way ends.
func (t *Topology) Trace(from string, dst netip.Addr) (Path, error) {
	h := t.Host(from)
	if h == nil {
		return Path{}, fmt.Errorf("there is no host %q", from)
	}
	p := Path{Dial: dst, Source: h.Address.Addr}
	segment, next := t.Segment(h.Segment), dst
	if !segment.Prefix.Contains(dst) {
		next = h.Router.Addr
	}
	for {
		if to := t.hostAt(segment.Name, next); to != nil && next == dst {
			p.To = to.Name
			return p, nil
		}
		r, in := t.routerAt(segment.Name, next)
		if r == nil {
			return p, fmt.Errorf("nobody on segment %s has the address %v", segment.Name, next)
		}
		var err error
		if segment, next, dst, err = t.forward(&p, r, in, dst); err != nil {
			return p, err
		}
	}
}

// forward passes a packet through a router, and through the tunnels behind it.
func (t *Topology) forward(p *Path, r *Router, in *Interface, dst netip.Addr) (*Segment, netip.Addr, netip.Addr, error) {
	for {
		if len(p.Hops) == maxHops {
			return nil, dst, dst, fmt.Errorf("the routes run in a circle at %s", r.Name)
		}
		dst = r.NAT.inward(in.Name, dst)
		if own(r, dst) {
			return nil, dst, dst, fmt.Errorf("%v is router %s itself", dst, r.Name)
		}
		out, next := r.route(dst)
		if out == nil {
			return nil, dst, dst, fmt.Errorf("router %s has no route to %v", r.Name, dst)
		}
		p.Hops = append(p.Hops, Hop{Router: r.Name, In: in.Name, Out: out.Name, Source: p.Source, Destination: dst})
		var shared bool
		p.Source, shared = r.NAT.outward(out.Name, p.Source)
		p.Shared = p.Shared || shared
		if out.Tunnel == nil {
			return t.Segment(out.Segment), next, dst, nil
		}
		far, end := t.farEnd(r, out)
		if far == nil {
			return nil, dst, dst, fmt.Errorf("the line %s of router %s has no other end", out.Name, r.Name)
		}
		r, in = far, end
	}
}

// Way finds the address under which host from reaches host to, and the way. It prefers a translation made
// for the sender's realm, then the receiver's own address, then any other translation.
func (t *Topology) Way(from, to string) (Path, error) {
	sender, receiver := t.Host(from), t.Host(to)
	if sender == nil || receiver == nil {
		return Path{}, fmt.Errorf("there is no host %q or no host %q", from, to)
	}
	here, elsewhere := t.translations(receiver.Address.Addr, t.Segment(sender.Segment).Realm)
	candidates := slices.Concat(here, []netip.Addr{receiver.Address.Addr}, elsewhere)
	var first error
	for _, dst := range candidates {
		p, err := t.Trace(from, dst)
		if err == nil && p.To == to {
			return p, nil
		}
		if err == nil {
			err = fmt.Errorf("%v leads to host %s", dst, p.To)
		}
		if first == nil {
			first = err
		}
	}
	return Path{}, fmt.Errorf("%s cannot reach %s: %w", from, to, first)
}

// translations lists the outside addresses of inside, those of one realm apart.
func (t *Topology) translations(inside netip.Addr, realm string) (here, elsewhere []netip.Addr) {
	for i := range t.Routers {
		r := &t.Routers[i]
		for _, s := range r.NAT.Static {
			if !s.Inside.Contains(inside) {
				continue
			}
			outside := shift(inside, s.Inside.Prefix, s.Outside.Prefix)
			if t.Realm(r.Interface(s.Interface)) == realm {
				here = append(here, outside)
			} else {
				elsewhere = append(elsewhere, outside)
			}
		}
	}
	return here, elsewhere
}

func (t *Topology) hostAt(segment string, a netip.Addr) *Host {
	return find(t.Hosts, func(h *Host) bool { return h.Segment == segment && h.Address.Addr == a })
}

func (t *Topology) routerAt(segment string, a netip.Addr) (*Router, *Interface) {
	for i := range t.Routers {
		in := find(t.Routers[i].Interfaces, func(in *Interface) bool {
			return in.Segment == segment && in.Tunnel == nil && in.Address.Addr() == a
		})
		if in != nil {
			return &t.Routers[i], in
		}
	}
	return nil, nil
}

// farEnd finds the other end of the tunnel interface i of router r.
func (t *Topology) farEnd(r *Router, i *Interface) (*Router, *Interface) {
	over := r.Interface(i.Tunnel.Over)
	if over == nil {
		return nil, nil
	}
	far, _ := t.routerAt(over.Segment, i.Tunnel.Peer.Addr)
	if far == nil {
		return nil, nil
	}
	end := find(far.Interfaces, func(e *Interface) bool {
		if e.Tunnel == nil || e.Tunnel.Peer.Addr != over.Address.Addr() {
			return false
		}
		carrier := far.Interface(e.Tunnel.Over)
		return carrier != nil && carrier.Address.Addr() == i.Tunnel.Peer.Addr
	})
	if end == nil {
		return nil, nil
	}
	return far, end
}

func own(r *Router, a netip.Addr) bool {
	return slices.ContainsFunc(r.Interfaces, func(i Interface) bool { return i.Address.Addr() == a })
}

// route finds the way to dst: the longest prefix, among equals the router's own networks, then the first.
func (r *Router) route(dst netip.Addr) (out *Interface, next netip.Addr) {
	bits := -1
	for i := range r.Interfaces {
		if p := r.Interfaces[i].Address; p.Contains(dst) && p.Bits() > bits {
			bits, out, next = p.Bits(), &r.Interfaces[i], dst
		}
	}
	for _, route := range r.Routes {
		if route.To.Contains(dst) && route.To.Bits() > bits {
			if i := r.toward(route.Via.Addr); i != nil {
				bits, out, next = route.To.Bits(), i, route.Via.Addr
			}
		}
	}
	return out, next
}

// toward is the interface on whose network a lies.
func (r *Router) toward(a netip.Addr) *Interface {
	return find(r.Interfaces, func(i *Interface) bool { return i.Address.Contains(a) })
}

// inward translates a destination that arrives at an outside interface.
func (n NAT) inward(iface string, dst netip.Addr) netip.Addr {
	for _, s := range n.Static {
		if s.Interface == iface && s.Outside.Contains(dst) {
			return shift(dst, s.Outside.Prefix, s.Inside.Prefix)
		}
	}
	return dst
}

// outward translates a source that leaves by an outside interface.
func (n NAT) outward(iface string, src netip.Addr) (seen netip.Addr, shared bool) {
	for _, s := range n.Static {
		if s.Interface == iface && s.Inside.Contains(src) {
			return shift(src, s.Inside.Prefix, s.Outside.Prefix), false
		}
	}
	for _, m := range n.Masquerade {
		if m.Interface == iface && m.From.Contains(src) {
			return m.To.Addr, true
		}
	}
	return src, false
}

// shift moves a from one prefix to the other and keeps its host bits.
func shift(a netip.Addr, from, to netip.Prefix) netip.Addr {
	x, f, t := a.As4(), from.Masked().Addr().As4(), to.Masked().Addr().As4()
	var out [4]byte
	host := binary.BigEndian.Uint32(x[:]) - binary.BigEndian.Uint32(f[:])
	binary.BigEndian.PutUint32(out[:], binary.BigEndian.Uint32(t[:])+host)
	return netip.AddrFrom4(out)
}

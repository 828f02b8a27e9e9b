package topology

import (
	"fmt"
	"net/netip"
)

// checkRouters judges the hosts' next hops, the IPSEC lines, and what routers do by default.
func (t *Topology) checkRouters() error {
	for i, h := range t.Hosts {
		if r, _ := t.routerAt(h.Segment, h.Router.Addr); r == nil {
			return t.fail(h.Router.String(), "no router has this address on segment "+h.Segment+": host "+h.Name+" has no route",
				"name a router's interface on that segment", "hosts[%d].router", i)
		}
	}
	for i := range t.Routers {
		r := &t.Routers[i]
		switch r.Default {
		case "", "drop", "reject":
		default:
			return t.fail(r.Default, "there is no such default", "use drop or reject", "routers[%d].default", i)
		}
		for j := range r.Interfaces {
			if err := t.checkTunnel(r, j, fmt.Sprintf("routers[%d].interfaces[%d].tunnel", i, j)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *Topology) checkTunnel(r *Router, j int, at string) error {
	in := &r.Interfaces[j]
	if in.Tunnel == nil {
		return nil
	}
	carrier := find(r.Interfaces[:j], func(o *Interface) bool { return o.Name == in.Tunnel.Over && o.Tunnel == nil })
	if carrier == nil {
		return t.source.Fail(at+".over", in.Tunnel.Over, "is no interface of "+r.Name+" that is listed before and joined to a segment",
			"list the carrier's interface first")
	}
	far, end := t.farEnd(r, in)
	if far == nil {
		return t.source.Fail(at+".peer", in.Tunnel.Peer.String(), "no router on segment "+carrier.Segment+" has a tunnel back from this address",
			"give the other router a tunnel with peer "+carrier.Address.Addr().String())
	}
	if end.Address.Masked() != in.Address.Masked() {
		return t.source.Fail(at[:len(at)-len("tunnel")]+"address", in.Address.String(), "the other end is in another network: "+end.Address.String(),
			"put both ends of a line into one network")
	}
	return nil
}

// checkRoutes judges each route's next hop.
func (t *Topology) checkRoutes() error {
	for i := range t.Routers {
		r := &t.Routers[i]
		for j, route := range r.Routes {
			if route.To.Prefix != route.To.Masked() {
				return t.fail(route.To.String(), "has host bits set", "the network is "+route.To.Masked().String(), "routers[%d].routes[%d].to", i, j)
			}
			if t.neighbour(r, route.Via.Addr) == nil {
				return t.fail(route.Via.String(), "no neighbour of router "+r.Name+" has this address",
					"name another router's interface on a segment or line of "+r.Name, "routers[%d].routes[%d].via", i, j)
			}
		}
	}
	return nil
}

// neighbour is the other router that answers to a on one of r's segments or lines.
func (t *Topology) neighbour(r *Router, a netip.Addr) *Router {
	in := r.toward(a)
	if in == nil || in.Address.Addr() == a {
		return nil
	}
	if in.Tunnel == nil {
		other, _ := t.routerAt(in.Segment, a)
		return other
	}
	if far, end := t.farEnd(r, in); far != nil && end.Address.Addr() == a {
		return far
	}
	return nil
}

// led reports whether somebody next to interface out of router r sends packets for a to it.
func (t *Topology) led(r *Router, out *Interface, a netip.Addr) bool {
	here := out.Address.Addr()
	if out.Tunnel != nil {
		far, _ := t.farEnd(r, out)
		_, next := far.route(a)
		return next == here
	}
	for i := range t.Routers {
		other := &t.Routers[i]
		if other == r || find(other.Interfaces, func(o *Interface) bool { return o.Segment == out.Segment }) == nil {
			continue
		}
		if by, next := other.route(a); by != nil && by.Segment == out.Segment && next == here {
			return true
		}
	}
	return find(t.Hosts, func(h *Host) bool { return h.Segment == out.Segment && h.Router.Addr == here }) != nil
}

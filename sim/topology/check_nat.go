package topology

import (
	"fmt"
	"net/netip"
)

// translated is a network under which one router makes another known.
type translated struct {
	router          string
	realm           string
	inside, outside netip.Prefix
}

// written is the outside as the file has it: one address, or a network.
func (n translated) written() string {
	if n.outside.IsSingleIP() && n.inside.Bits() != n.outside.Bits() {
		return n.outside.Addr().String()
	}
	return n.outside.String()
}

// checkTranslations judges NAT: inside addresses must be behind the router, outside ones must be its alone
// and must find their way to it.
func (t *Topology) checkTranslations() error {
	var taken []translated
	for i := range t.Routers {
		r := &t.Routers[i]
		for j, s := range r.NAT.Static {
			at := fmt.Sprintf("routers[%d].nat.static[%d].", i, j)
			if err := t.checkStatic(r, s, at); err != nil {
				return err
			}
			n := translated{r.Name, t.Realm(r.Interface(s.Interface)), s.Inside.Prefix, s.Outside.Prefix}
			if err := t.checkOutside(n, r.Interface(s.Interface), taken, at+"outside"); err != nil {
				return err
			}
			taken = append(taken, n)
		}
		for j, m := range r.NAT.Masquerade {
			at := fmt.Sprintf("routers[%d].nat.masquerade[%d].", i, j)
			if err := t.checkMasquerade(r, m, taken, at); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *Topology) checkStatic(r *Router, s Static, at string) error {
	switch {
	case r.Interface(s.Interface) == nil:
		return t.source.Fail(at+"interface", s.Interface, "router "+r.Name+" has no such interface", "name the one on the outside")
	case s.Inside.Prefix != s.Inside.Masked():
		return t.source.Fail(at+"inside", s.Inside.String(), "has host bits set", "the network is "+s.Inside.Masked().String())
	case s.Outside.Prefix != s.Outside.Masked():
		return t.source.Fail(at+"outside", s.Outside.String(), "has host bits set", "the network is "+s.Outside.Masked().String())
	case s.Inside.Bits() != s.Outside.Bits():
		return t.source.Fail(at+"outside", s.Outside.String(), fmt.Sprintf("is not as large as the inside %v", s.Inside),
			"1:1 needs as many addresses on both sides")
	case !r.behind(s.Interface, s.Inside.Prefix):
		return t.source.Fail(at+"inside", s.Inside.String(), "no network behind router "+r.Name+" holds these addresses",
			"use a network of an interface other than "+s.Interface+", or of a route by one")
	}
	return nil
}

// checkOutside judges the network under which a router makes another known.
func (t *Topology) checkOutside(n translated, out *Interface, taken []translated, field string) error {
	for _, o := range taken {
		// One router may make one network known by several interfaces.
		again := o.router == n.router && o.inside == n.inside && o.outside == n.outside
		if o.realm == n.realm && o.outside.Overlaps(n.outside) && !again {
			return t.source.Fail(field, n.written(), fmt.Sprintf("overlaps %v, under which router %s makes %v known", o.outside, o.router, o.inside),
				"every translated network must be unique in its realm")
		}
	}
	for _, s := range t.Segments {
		if s.Realm == n.realm && s.Prefix.Overlaps(n.outside) {
			return t.source.Fail(field, n.written(), "lies in segment "+s.Name+" itself, whose hosts own these addresses",
				"use a network of its own and lead a route to it")
		}
	}
	if !t.led(t.Router(n.router), out, n.outside.Addr()) {
		return t.source.Fail(field, n.written(), "no neighbour of router "+n.router+" sends these addresses to "+out.Address.Addr().String(),
			"use a network that is led there, or add a route")
	}
	return nil
}

func (t *Topology) checkMasquerade(r *Router, m Masquerade, taken []translated, at string) error {
	out := r.Interface(m.Interface)
	switch {
	case out == nil:
		return t.source.Fail(at+"interface", m.Interface, "router "+r.Name+" has no such interface", "name the one on the outside")
	case !r.behind(m.Interface, m.From.Prefix):
		return t.source.Fail(at+"from", m.From.String(), "no network behind router "+r.Name+" holds these addresses",
			"use a network of an interface other than "+m.Interface+", or of a route by one")
	case out.Address.Addr() == m.To.Addr:
		return nil
	}
	n := translated{r.Name, t.Realm(out), m.From.Prefix, netip.PrefixFrom(m.To.Addr, 32)}
	return t.checkOutside(n, out, taken, at+"to")
}

// behind reports whether the network p is behind the router, seen from its outside interface.
func (r *Router) behind(outside string, p netip.Prefix) bool {
	holds := func(n netip.Prefix) bool { return n.Bits() <= p.Bits() && n.Contains(p.Addr()) }
	for _, in := range r.Interfaces {
		if in.Name != outside && holds(in.Address.Prefix) {
			return true
		}
	}
	for _, route := range r.Routes {
		if in := r.toward(route.Via.Addr); in != nil && in.Name != outside && holds(route.To.Prefix) {
			return true
		}
	}
	return false
}

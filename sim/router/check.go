package router

import (
	"fmt"
	"net/netip"

	"demailbench/sim/nat"
)

// conflict reports an interface that cannot stand beside those that are there.
func (p *plane) conflict(cfg Interface) error {
	for _, i := range p.ifaces {
		switch {
		case i.Name == cfg.Name:
			return fmt.Errorf("name is taken")
		case i.Address.Masked() == cfg.Address.Masked():
			return fmt.Errorf("address %v is in the network of interface %q", cfg.Address, i.Name)
		case i.Tunnel != nil && cfg.Tunnel != nil && i.Tunnel.Over == cfg.Tunnel.Over && i.Tunnel.Peer == cfg.Tunnel.Peer:
			return fmt.Errorf("tunnel to %v over %q exists already: interface %q", cfg.Tunnel.Peer, cfg.Tunnel.Over, i.Name)
		}
	}
	return nil
}

// maxAliases bounds how many outside addresses of one rule an interface answers for.
const maxAliases = 4096

// answersFor lists the addresses for which the interface answers on its segment: its own, and outside
// addresses of its translations that lie in the segment's own network (proxy ARP, RFC 1027).
func (p *plane) answersFor(cfg Interface) []netip.Addr {
	addrs := []netip.Addr{cfg.Address.Addr()}
	have := map[netip.Addr]bool{cfg.Address.Addr(): true}
	add := func(a netip.Addr) {
		if a.IsValid() && cfg.Address.Contains(a) && !have[a] {
			have[a] = true
			addrs = append(addrs, a)
		}
	}
	rules := p.table.Rules()
	for _, s := range rules.Static {
		if s.Interface != cfg.Name {
			continue
		}
		a := s.Outside.Masked().Addr()
		for n := 0; n < maxAliases && s.Outside.Contains(a); n++ {
			add(a)
			a = a.Next()
		}
	}
	for _, m := range rules.Masquerade {
		if m.Interface == cfg.Name {
			add(m.To)
		}
	}
	for _, f := range rules.Forward {
		if f.Interface == cfg.Name {
			add(f.Outside.Addr())
		}
	}
	return addrs
}

// check reports the first route or rule that names what does not exist.
func (p *plane) check() error {
	for n, r := range p.configured {
		switch out := p.wayOut(r); {
		case r.Unreachable:
		case out == nil && r.Interface != "":
			return fmt.Errorf("routes[%d]: interface %q does not exist", n, r.Interface)
		case out == nil:
			return fmt.Errorf("routes[%d]: via %v is in no interface's network", n, r.Via)
		case r.Via.IsValid() && !out.Address.Contains(r.Via):
			return fmt.Errorf("routes[%d]: via %v is not in the network %v of interface %q", n, r.Via, out.Address.Masked(), out.Name)
		case r.Via.IsValid() && !out.reaches(r.Via):
			return fmt.Errorf("routes[%d]: via %v: nobody on the segment of interface %q has that address", n, r.Via, out.Name)
		}
	}
	return p.checkNAT(p.table.Rules())
}

func (p *plane) checkNAT(rules nat.Rules) error {
	for n, s := range rules.Static {
		if p.iface(s.Interface) == nil {
			return fmt.Errorf("nat: static[%d]: interface %q does not exist", n, s.Interface)
		}
		if out, _ := p.lookup(s.Inside.Addr().As4()); out == nil {
			return fmt.Errorf("nat: static[%d]: inside %v: there is no route to it", n, s.Inside)
		}
	}
	for n, m := range rules.Masquerade {
		if p.iface(m.Interface) == nil {
			return fmt.Errorf("nat: masquerade[%d]: interface %q does not exist", n, m.Interface)
		}
	}
	for n, f := range rules.Forward {
		if p.iface(f.Interface) == nil {
			return fmt.Errorf("nat: forward[%d]: interface %q does not exist", n, f.Interface)
		}
		if out, _ := p.lookup(f.Inside.Addr().As4()); out == nil {
			return fmt.Errorf("nat: forward[%d]: inside %v: there is no route to it", n, f.Inside)
		}
	}
	return nil
}

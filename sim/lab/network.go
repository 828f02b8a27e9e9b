package lab

import (
	"fmt"
	"net/netip"

	"demailbench/sim/firewall"
	"demailbench/sim/ipnet"
	"demailbench/sim/nat"
	"demailbench/sim/pki"
	"demailbench/sim/router"
	"demailbench/sim/topology"
)

// certify issues the profile's certificates and puts the operator's on its card.
func (l *Lab) certify() (err error) {
	if l.pki, err = pki.New(l.profile.Keys, l.o.Clock.Now); err != nil {
		return err
	}
	for _, c := range l.profile.Certificates {
		spec := pki.Spec{Name: c.Name, Key: c.Key, DNSNames: c.DNS, From: c.From.Time, Until: c.Until.Time, Client: true, Server: !c.Card}
		for _, ip := range c.IPs {
			spec.IPs = append(spec.IPs, ip.Addr)
		}
		cert, err := l.pki.Issue(spec)
		if err != nil {
			return err
		}
		l.certs[c.Name] = cert
		if c.Card {
			l.pin = l.pinOf()
			l.card = pki.NewCard(cert, l.pin)
		}
	}
	return nil
}

// wire makes segments, hosts and routers.
func (l *Lab) wire() error {
	t := l.profile.Topology
	segments := map[string]*ipnet.Segment{}
	for _, s := range t.Segments {
		segments[s.Name] = l.net.AddSegment(s.Name)
	}
	for i := range t.Hosts {
		h := &t.Hosts[i]
		cfg := ipnet.HostConfig{Segment: segments[h.Segment], Address: t.OnLink(h), Gateway: h.Router.Addr}
		if _, err := l.net.AddHost(h.Name, cfg); err != nil {
			return err
		}
	}
	for i := range t.Routers {
		if err := l.addRouter(&t.Routers[i], segments); err != nil {
			return err
		}
	}
	for _, r := range t.Routers { // neighbours are there only now
		if err := l.routers[r.Name].Check(); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lab) addRouter(r *topology.Router, segments map[string]*ipnet.Segment) error {
	t := l.profile.Topology
	cfg := router.Config{Matrix: t.Entries(r.Name), Policy: firewall.Policy{Default: firewall.Drop}, Seed: l.o.Seed}
	if r.Default == "reject" {
		cfg.Policy.Default = firewall.RejectProhibited
	}
	for _, s := range r.NAT.Static {
		cfg.NAT.Static = append(cfg.NAT.Static, nat.Static{Interface: s.Interface, Inside: s.Inside.Prefix, Outside: s.Outside.Prefix})
	}
	for _, m := range r.NAT.Masquerade {
		cfg.NAT.Masquerade = append(cfg.NAT.Masquerade, nat.Masquerade{Interface: m.Interface, From: m.From.Prefix, To: m.To.Addr})
	}
	for _, route := range r.Routes {
		cfg.Routes = append(cfg.Routes, router.Route{To: route.To.Prefix, Via: route.Via.Addr})
	}
	made, err := router.New(r.Name, l.net, l.o.Clock, l.o.Record, cfg)
	if err != nil {
		return err
	}
	l.routers[r.Name] = made
	for i := range r.Interfaces {
		in := &r.Interfaces[i]
		cfg := router.Interface{Name: in.Name, Zone: t.Zone(in), Address: in.Address.Prefix, Segment: segments[in.Segment]}
		if in.Tunnel != nil {
			cfg.Tunnel = &router.Tunnel{Over: in.Tunnel.Over, Peer: in.Tunnel.Peer.Addr, Secret: l.secret(r.Interface(in.Tunnel.Over).Address.Addr(), in.Tunnel.Peer.Addr)}
		}
		if err := made.AddInterface(cfg); err != nil {
			return err
		}
	}
	return nil
}

// secret is what both ends of an IPSEC line share, whichever asks.
func (l *Lab) secret(a, b netip.Addr) []byte {
	if b.Less(a) {
		a, b = b, a
	}
	secret := make([]byte, 32)
	l.stream(fmt.Sprintf("line %v %v", a, b)).Read(secret) // ChaCha8 never fails
	return secret
}

package world

import (
	"fmt"
	"slices"

	"demailbench/features/check"
	"demailbench/sim/topology"
)

// describe tells the judge who is who, from the plan.
func (w *World) describe() check.Scene {
	p := w.o.Profile
	s := check.Scene{Zones: map[string]string{}, Addresses: map[string][]string{}, Mapping: map[string][]string{}, Recommended: w.o.Recommended, Authority: w.authority()}
	for _, h := range p.Topology.Hosts {
		s.Zones[h.Name] = p.Topology.Segment(h.Segment).Zone
		s.Addresses[h.Name] = w.addresses(&h)
		switch h.Role {
		case topology.Gateway:
			s.Gateway, s.GatewayAddresses = h.Name, s.Addresses[h.Name]
		case topology.DMDA:
			s.Provider = h.Name
		}
	}
	for _, t := range p.Tenants {
		if t.Transport != "ipsec" {
			s.Secured = append(s.Secured, t.MailServer)
		}
		for _, m := range t.Mapping {
			s.Mapping[m.DeMail] = append(s.Mapping[m.DeMail], m.Mail)
		}
	}
	return s
}

// addresses returns a host's own address and those under which others see it, outermost last.
func (w *World) addresses(h *topology.Host) []string {
	out := []string{h.Address.Addr.String()}
	for _, o := range w.o.Profile.Topology.Hosts {
		path, err := w.o.Profile.Topology.Way(h.Name, o.Name)
		if err != nil {
			continue
		}
		if a := path.Source.String(); !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// GatewayLinks are the links by which the gateway is connected.
func (w *World) GatewayLinks() []string { return []string{w.lab.Host(w.scene.Gateway).Link().Name()} }

// LinksOf returns the names of the links of a segment.
func (w *World) LinksOf(segment string) ([]string, error) {
	if w.o.Profile.Topology.Segment(segment) == nil {
		return nil, fmt.Errorf("no segment %q in topology %s", segment, w.o.Profile.Topology.Name)
	}
	return w.lab.LinksOf(segment), nil
}

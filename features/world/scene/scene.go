// Package scene tells the judge who is who in a world: hosts, zones, addresses and mapping, from the plan of the
// world. It leaves out what happens in it.
package scene

import (
	"fmt"
	"slices"

	"demailbench/features/check"
	"demailbench/features/check/promise"
	"demailbench/sim/lab"
	"demailbench/sim/topology"
)

// Describe tells the judge who is who. The statements in recommended do not fail a gateway; authority is the
// certificate, in PEM, of who signs providers' certificates.
func Describe(p *lab.Profile, recommended []string, authority string) check.Scene {
	s := check.Scene{Zones: map[string]string{}, Addresses: map[string][]string{}, Mapping: map[string][]string{}, Recommended: recommended, Authority: authority}
	for _, h := range p.Topology.Hosts {
		s.Zones[h.Name] = p.Topology.Segment(h.Segment).Zone
		s.Addresses[h.Name] = addresses(p, &h)
		s.Mailboxes = append(s.Mailboxes, h.Mailboxes...)
		switch h.Role {
		case topology.Gateway:
			s.Gateway, s.GatewayAddresses = h.Name, s.Addresses[h.Name]
		case topology.DMDA:
			s.Provider = h.Name
		}
	}
	for _, a := range p.Accounts.Accounts {
		s.Mailboxes = append(s.Mailboxes, a.Mailboxes...)
	}
	for _, t := range p.Enrolled() {
		s.Contacts = append(s.Contacts, promise.Contact{Tenant: t.ID, Mail: t.TechnicalContact, Technical: true})
		if t.ProcessOwner != "" {
			s.Contacts = append(s.Contacts, promise.Contact{Tenant: t.ID, Mail: t.ProcessOwner})
		}
	}
	for _, t := range p.Tenants {
		s.Mailboxes = append(s.Mailboxes, t.Mailboxes()...)
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
func addresses(p *lab.Profile, h *topology.Host) []string {
	out := []string{h.Address.Addr.String()}
	for _, o := range p.Topology.Hosts {
		path, err := p.Topology.Way(h.Name, o.Name)
		if err != nil {
			continue
		}
		if a := path.Source.String(); !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// Line names the link by which the router of a host's segment is joined to the network behind it.
func Line(t *topology.Topology, host string) (string, error) {
	lan := t.Host(host).Segment
	for _, r := range t.Routers {
		if !slices.ContainsFunc(r.Interfaces, func(i topology.Interface) bool { return i.Segment == lan }) {
			continue
		}
		for _, i := range r.Interfaces {
			if i.Segment != "" && i.Segment != lan {
				return r.Name + "." + i.Name, nil
			}
		}
	}
	return "", fmt.Errorf("host %s has no router on segment %s", host, lan)
}

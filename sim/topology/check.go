package topology

import (
	"fmt"
	"net/netip"
	"strings"

	"demailbench/sim/config"
)

// check finds the first fault of the plan. The order matters: later checks rely on earlier ones.
func (t *Topology) check() error {
	for _, f := range []func() error{
		t.checkNames, t.checkRoles, t.checkHostFields, t.checkInterfaces, t.checkAddresses, t.checkRouters, t.checkRoutes,
		t.checkTranslations, t.checkMatrix,
	} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// fail is a fault at a field that is given as a format.
func (t *Topology) fail(value, problem, fix, field string, args ...any) error {
	return t.source.Fail(fmt.Sprintf(field, args...), value, problem, fix)
}

func (t *Topology) checkNames() error {
	taken := map[string]string{}
	name := func(name, kind, field string, i int) error {
		at := fmt.Sprintf("%s[%d].name", field, i)
		if !config.IsName(name) {
			return t.source.Fail(at, name, "is not a name", "use lower case letters, digits and hyphens")
		}
		if taken[name] != "" {
			return t.source.Fail(at, name, "a "+taken[name]+" has this name already", "records tell parties by name: give each its own")
		}
		taken[name] = kind
		return nil
	}
	for i, s := range t.Segments {
		if err := name(s.Name, "segment", "segments", i); err != nil {
			return err
		}
		if s.Prefix.Prefix != s.Prefix.Masked() {
			return t.fail(s.Prefix.String(), "has host bits set", "the network is "+s.Prefix.Masked().String(), "segments[%d].prefix", i)
		}
	}
	for i, h := range t.Hosts {
		if err := name(h.Name, "host", "hosts", i); err != nil {
			return err
		}
		if t.Segment(h.Segment) == nil {
			return t.fail(h.Segment, "there is no such segment", "segments: "+t.segmentNames(), "hosts[%d].segment", i)
		}
	}
	for i, r := range t.Routers {
		if err := name(r.Name, "router", "routers", i); err != nil {
			return err
		}
	}
	return nil
}

func (t *Topology) segmentNames() string {
	var names []string
	for _, s := range t.Segments {
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}

func (t *Topology) checkRoles() error {
	count := map[Role]int{}
	for i, h := range t.Hosts {
		switch h.Role {
		case Gateway, DMDA, DNS, Mail, Client:
			count[h.Role]++
		default:
			return t.fail(string(h.Role), "there is no such role", "use gateway, dmda, dns, mail or client", "hosts[%d].role", i)
		}
		if count[h.Role] > 1 && (h.Role == Gateway || h.Role == DMDA) {
			return t.fail(string(h.Role), "a second host with this role", "a world has one of it", "hosts[%d].role", i)
		}
	}
	for _, r := range []Role{Gateway, DMDA, DNS} {
		if count[r] == 0 {
			return t.fail("", "no host has the role "+string(r), "add one", "hosts")
		}
	}
	return nil
}

// checkHostFields judges what depends on a host's role.
func (t *Topology) checkHostFields() error {
	for i, h := range t.Hosts {
		at := func(field string) string { return fmt.Sprintf("hosts[%d].%s", i, field) }
		switch {
		case h.Hostname == "" && (h.Role == Mail || h.Role == Gateway):
			return t.source.Fail(at("hostname"), "", "is missing", "give the name by which the others know "+h.Name)
		case h.View == "" && h.Role == DNS:
			return t.source.Fail(at("view"), "", "is missing", "name the view of a zone file")
		case h.View != "" && h.Role != DNS:
			return t.source.Fail(at("view"), h.View, "only name servers have a view", "remove it")
		case h.Role != Mail && len(h.Domains)+len(h.Mailboxes)+len(h.RelaysFor)+len(h.Smarthosts) > 0:
			return t.source.Fail(at("role"), string(h.Role), "only mail servers have domains, mailboxes, relays_for and smarthosts", "make it mail, or remove them")
		}
		for j, s := range h.Smarthosts {
			if to := t.Host(s.Host); to == nil || (to.Role != Mail && to.Role != Gateway) || to.Name == h.Name {
				return t.source.Fail(at(fmt.Sprintf("smarthosts[%d].host", j)), s.Host, "is no other mail server", "name a host with role mail or gateway")
			}
		}
	}
	return nil
}

func (t *Topology) checkInterfaces() error {
	for i := range t.Routers {
		r := &t.Routers[i]
		for j := range r.Interfaces {
			in := &r.Interfaces[j]
			at := func(field string) string { return fmt.Sprintf("routers[%d].interfaces[%d].%s", i, j, field) }
			segment := t.Segment(in.Segment)
			switch {
			case !config.IsName(in.Name):
				return t.source.Fail(at("name"), in.Name, "is not a name", "use lower case letters, digits and hyphens")
			case r.Interface(in.Name) != in:
				return t.source.Fail(at("name"), in.Name, "router "+r.Name+" has an interface of this name already", "give each its own")
			case (in.Tunnel == nil) == (in.Segment == ""):
				return t.source.Fail(at("segment"), in.Segment, "an interface is joined either to a segment or to a tunnel", "give one of the two")
			case in.Tunnel == nil && segment == nil:
				return t.source.Fail(at("segment"), in.Segment, "there is no such segment", "segments: "+t.segmentNames())
			case in.Tunnel == nil && in.Zone != "":
				return t.source.Fail(at("zone"), in.Zone, "the interface is in the zone of its segment, "+segment.Zone, "remove it")
			case in.Tunnel != nil && in.Zone == "":
				return t.source.Fail(at("zone"), "", "is missing", "a tunnel has no segment to take the zone from: give it")
			case in.Tunnel == nil && (segment.Prefix.Bits() != in.Address.Bits() || !segment.Prefix.Contains(in.Address.Addr())):
				return t.source.Fail(at("address"), in.Address.String(), "is not in segment "+in.Segment,
					"use an address of "+segment.Prefix.String()+" with the same length")
			}
		}
	}
	return nil
}

// owned is who has an address in a realm.
type owned struct {
	realm string
	addr  netip.Addr
}

func (t *Topology) checkAddresses() error {
	owner := map[owned]string{}
	take := func(realm string, a netip.Addr, on netip.Prefix, who, field string) error {
		if on.Bits() < 31 && (a == on.Masked().Addr() || a == last(on)) {
			return t.source.Fail(field, a.String(), "is the network's own or its broadcast address",
				fmt.Sprintf("use an address from %v to %v", on.Masked().Addr().Next(), last(on).Prev()))
		}
		if other := owner[owned{realm, a}]; other != "" {
			return t.source.Fail(field, a.String(), other+" has this address already in the same realm", "give one of the two another address")
		}
		owner[owned{realm, a}] = who
		return nil
	}
	for i, h := range t.Hosts {
		s := t.Segment(h.Segment)
		field := fmt.Sprintf("hosts[%d].address", i)
		if !s.Prefix.Contains(h.Address.Addr) {
			return t.source.Fail(field, h.Address.String(), "is not in segment "+s.Name, "use an address of "+s.Prefix.String())
		}
		if err := take(s.Realm, h.Address.Addr, s.Prefix.Prefix, "host "+h.Name, field); err != nil {
			return err
		}
	}
	for i := range t.Routers {
		for j := range t.Routers[i].Interfaces {
			in := &t.Routers[i].Interfaces[j]
			field := fmt.Sprintf("routers[%d].interfaces[%d].address", i, j)
			if err := take(t.Realm(in), in.Address.Addr(), in.Address.Prefix, "router "+t.Routers[i].Name, field); err != nil {
				return err
			}
		}
	}
	return nil
}

// last is a network's highest address.
func last(p netip.Prefix) netip.Addr {
	a := p.Masked().Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		a[bit/8] |= 0x80 >> (bit % 8)
	}
	return netip.AddrFrom4(a)
}

//go:build linux

package docker

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"demailbench/sim/docker/control"
	"demailbench/sim/docker/ruleset"
	"demailbench/sim/firewall"
	"demailbench/sim/record"
	"demailbench/sim/topology"
)

// maxAliases bounds how many outside addresses of one rule an interface answers for, as in package router.
const maxAliases = 4096

// answersFor lists the addresses for which a router answers on an interface's segment: its own, and those outside
// addresses of its translations that lie in the segment's own network (proxy ARP, RFC 1027).
func answersFor(r *topology.Router, in *topology.Interface) []netip.Addr {
	out := []netip.Addr{in.Address.Addr()}
	add := func(a netip.Addr) {
		if a.IsValid() && in.Address.Contains(a) && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	for _, s := range r.NAT.Static {
		if s.Interface == in.Name {
			a := s.Outside.Masked().Addr()
			for n := 0; n < maxAliases && s.Outside.Contains(a); n++ {
				add(a)
				a = a.Next()
			}
		}
	}
	for _, m := range r.NAT.Masquerade {
		if m.Interface == in.Name {
			add(m.To.Addr)
		}
	}
	return out
}

// shared are the addresses behind which a router hides others and which none of its interfaces has: it answers for
// them itself.
func shared(r *topology.Router) []string {
	var out []string
	for _, m := range r.NAT.Masquerade {
		own := slices.ContainsFunc(r.Interfaces, func(i topology.Interface) bool { return i.Address.Addr() == m.To.Addr })
		if m.To.IsValid() && !own && !slices.Contains(out, m.To.String()) {
			out = append(out, m.To.String())
		}
	}
	return out
}

// SetMatrix puts the plan's communication matrix in force on all routers and forgets the flows that the old one let
// pass.
func (f *Fabric) SetMatrix(plan *topology.Topology) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return each(len(plan.Routers), func(i int) error {
		r := &plan.Routers[i]
		rules := rulesOf(plan, r, time.Now())
		if _, err := f.nodes[r.Name].peer.Call(ctx, control.OpRules, rules, nil); err != nil {
			return fmt.Errorf("router %s: %w", r.Name, err)
		}
		return nil
	})
}

// rulesOf is what a router does at an instant: rows that are not in force then are left out.
func rulesOf(plan *topology.Topology, r *topology.Router, at time.Time) ruleset.Rules {
	out := ruleset.Rules{Default: ruleset.Drop, DefaultID: "default:" + string(firewall.Drop), Flush: true}
	if r.Default == "reject" {
		out.Default, out.DefaultID = ruleset.Prohibit, "default:"+string(firewall.RejectProhibited)
	}
	names := map[string]string{}
	zones := map[string][]string{}
	for i := range r.Interfaces {
		in := &r.Interfaces[i]
		names[in.Name] = device(i)
		zones[plan.Zone(in)] = append(zones[plan.Zone(in)], device(i))
	}
	for _, s := range r.NAT.Static {
		out.Static = append(out.Static, ruleset.Static{Interface: names[s.Interface], Inside: s.Inside.String(), Outside: s.Outside.String()})
	}
	for _, m := range r.NAT.Masquerade {
		to := m.To.Addr
		if !to.IsValid() {
			to = r.Interface(m.Interface).Address.Addr()
		}
		out.Masquerade = append(out.Masquerade, ruleset.Masquerade{Interface: names[m.Interface], From: text(m.From.Prefix), To: to.String()})
	}
	for _, e := range plan.Entries(r.Name) {
		if e.InForce(at) {
			out.Matrix = append(out.Matrix, rowsOf(e, zones)...)
		}
	}
	return out
}

// rowsOf is one entry for each pair of interfaces in its zones, and each range of ports.
func rowsOf(e firewall.Entry, zones map[string][]string) []ruleset.Rule {
	of := func(zone string) []string {
		if zone == "" {
			return []string{""}
		}
		return zones[zone]
	}
	ports := e.Ports
	if len(ports) == 0 {
		ports = []firewall.Ports{{}}
	}
	verdict := map[firewall.Action]string{"": ruleset.Accept, firewall.Allow: ruleset.Accept, firewall.Drop: ruleset.Drop,
		firewall.RejectReset: ruleset.Reset, firewall.RejectProhibited: ruleset.Prohibit}[e.Action]
	var out []ruleset.Rule
	for _, in := range of(e.From.Zone) {
		for _, way := range of(e.To.Zone) {
			for _, p := range ports {
				out = append(out, ruleset.Rule{ID: e.ID, In: in, Out: way, From: text(e.From.Local), To: text(e.To.Local), Protocol: e.Protocol,
					Low: p.Low, High: p.High, Verdict: verdict})
			}
		}
	}
	return out
}

func text(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}

// decided puts a router's decision into the record, with the addresses as they arrived and as they leave.
func (f *Fabric) decided(who string, body json.RawMessage) {
	var d ruleset.Decision
	r := f.plan.Router(who)
	if json.Unmarshal(body, &d) != nil || r == nil {
		return
	}
	arrived, left := d.Destination, d.Source
	for i := range r.Interfaces {
		if device(i) == d.In {
			arrived = outward(r, r.Interfaces[i].Name, d.Destination)
		}
	}
	e := record.Event{Who: who, Kind: record.Drop, Detail: "rule", Rule: d.Rule, Local: d.Source, Remote: arrived, Proto: d.Protocol}
	switch d.Verdict {
	case ruleset.Accept:
		if out := r.Toward(hostOf(d.Destination)); out != nil {
			left = outward(r, out.Name, d.Source)
		}
		e.Kind, e.Detail, e.NATLocal, e.NATRemote = record.Flow, "", left, d.Destination
	case ruleset.Stateless:
		e.Detail, e.Rule = "no state", ""
	}
	f.o.Record.Add(e)
}

// outward is an inside "address:port" as it is known behind an interface.
func outward(r *topology.Router, iface, inside string) string {
	a := hostOf(inside)
	to := a
	for _, s := range r.NAT.Static {
		if s.Interface == iface && s.Inside.Contains(a) {
			to = shift(a, s.Inside.Prefix, s.Outside.Prefix)
			break
		}
	}
	for _, m := range r.NAT.Masquerade {
		if to == a && m.Interface == iface && m.From.Contains(a) && m.To.IsValid() {
			to = m.To.Addr
		}
	}
	if p, err := netip.ParseAddrPort(inside); err == nil {
		return netip.AddrPortFrom(to, p.Port()).String()
	}
	return to.String()
}

func hostOf(s string) netip.Addr {
	if p, err := netip.ParseAddrPort(s); err == nil {
		return p.Addr()
	}
	a, _ := netip.ParseAddr(s)
	return a
}

// shift moves a from one prefix to the other and keeps its host bits.
func shift(a netip.Addr, from, to netip.Prefix) netip.Addr {
	x, y, z := a.As4(), from.Masked().Addr().As4(), to.Masked().Addr().As4()
	host := binary.BigEndian.Uint32(x[:]) - binary.BigEndian.Uint32(y[:])
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, binary.BigEndian.Uint32(z[:])+host)))
}

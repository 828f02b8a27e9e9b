package topology

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"demailbench/sim/firewall"
)

// Entries is the communication matrix of one router: for each row whose flow crosses it, the entry that
// lets the flow begin there, under the addresses and zones that this router sees. A row with several ways
// through a router (a zone that is translated in parts) has several entries: "M-103", "M-103.2".
func (t *Topology) Entries(router string) []firewall.Entry { return slices.Clone(t.entries[router]) }

// WithMatrix returns the same network under another communication matrix, checked like that of a file. An
// error's place is that of the nearest row in the file.
func (t *Topology) WithMatrix(rows []Row) (*Topology, error) {
	other := *t
	other.Matrix = slices.Clone(rows)
	if err := other.checkMatrix(); err != nil {
		return nil, err
	}
	return &other, nil
}

// compile works the entries of all routers out.
func (t *Topology) compile() map[string][]firewall.Entry {
	all := map[string][]firewall.Entry{}
	for i := range t.Matrix {
		for router, entries := range t.compileRow(&t.Matrix[i]) {
			all[router] = append(all[router], entries...)
		}
	}
	return all
}

func (t *Topology) compileRow(row *Row) map[string][]firewall.Entry {
	at := map[string][]firewall.Entry{}
	for _, from := range t.members(row.From) {
		for _, to := range t.members(row.To) {
			path, err := t.Way(from.Name, to.Name)
			if err != nil {
				continue // checkWay has refused rows without a way
			}
			for _, hop := range path.Hops {
				e := t.entry(row, hop, from, to)
				same := func(o firewall.Entry) bool { return o.From == e.From && o.To == e.To }
				if slices.ContainsFunc(at[hop.Router], same) {
					continue
				}
				if n := len(at[hop.Router]); n > 0 {
					e.ID = fmt.Sprintf("%s.%d", row.ID, n+1)
				}
				at[hop.Router] = append(at[hop.Router], e)
			}
		}
	}
	return at
}

// entry is the row as one router on the way from one host to another must have it.
func (t *Topology) entry(row *Row, hop Hop, from, to *Host) firewall.Entry {
	r := t.Router(hop.Router)
	e := firewall.Entry{
		ID: row.ID, Purpose: row.Purpose, Protocol: row.Protocol,
		From:      firewall.Party{Zone: t.Zone(r.Interface(hop.In)), Host: row.From.Host},
		To:        firewall.Party{Zone: t.Zone(r.Interface(hop.Out)), Host: row.To.Host},
		ValidFrom: row.ValidFrom.Time, ValidTo: row.ValidTo.Time,
		RequestedBy: row.RequestedBy, ApprovedBy: row.ApprovedBy, ImplementedBy: row.ImplementedBy,
		Status: firewall.Status(row.Status),
	}
	e.From.Local = t.seen(row.From, from, hop.Source)
	e.To.Local = t.seen(row.To, to, hop.Destination)
	if row.Port != 0 {
		e.Ports = firewall.Port(row.Port)
	}
	return e
}

// seen is the prefix under which a router sees a party, of which host h appears as a: the address itself
// for a host, for a zone the whole segment where it is translated as a whole.
func (t *Topology) seen(p Party, h *Host, a netip.Addr) netip.Prefix {
	segment := t.Segment(h.Segment).Prefix.Prefix
	switch {
	case p.Host != "":
		return netip.PrefixFrom(a, 32)
	case a == h.Address.Addr:
		return segment.Masked()
	}
	for _, r := range t.Routers {
		for _, s := range r.NAT.Static {
			whole := s.Inside.Bits() <= segment.Bits() && s.Inside.Overlaps(segment)
			if whole && shift(h.Address.Addr, s.Inside.Prefix, s.Outside.Prefix) == a {
				first := shift(segment.Masked().Addr(), s.Inside.Prefix, s.Outside.Prefix)
				return netip.PrefixFrom(first, segment.Bits())
			}
		}
	}
	return netip.PrefixFrom(a, 32)
}

// members are the hosts of a party in the order of the file.
func (t *Topology) members(p Party) []*Host {
	var hosts []*Host
	for i := range t.Hosts {
		h := &t.Hosts[i]
		if h.Name == p.Host || (p.Host == "" && t.Segment(h.Segment).Zone == p.Zone) {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// rowOf cuts the counter off an entry's id. Ids of rows have no dot.
func rowOf(entry string) string {
	row, _, _ := strings.Cut(entry, ".")
	return row
}

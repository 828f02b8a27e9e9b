package bridge

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
)

// Table maps simulated IPv4 addresses to loopback addresses of the machine, one to one: 127 takes the place
// of the first octet, so 10.2.12.25 stands at 127.2.12.25 and a network of /8 or longer keeps its length.
// 127.0.0.0/24 is the machine's own; addresses x.0.0.y stand in 127.255.0.0/24 instead. Two addresses that
// would stand at the same place are a ConflictError, as are two networks. Its methods may be called by any
// goroutine.
type Table struct {
	mu     sync.Mutex
	inside map[netip.Addr]netip.Addr // by the machine's address
	nets   []pair
}

// pair is a network and where it stands.
type pair struct{ inside, machine netip.Prefix }

// NewTable returns an empty table.
func NewTable() *Table { return &Table{inside: map[netip.Addr]netip.Addr{}} }

// ConflictError says that two simulated addresses or networks would stand at the same place.
type ConflictError struct{ First, Second, At string }

// Error says which, and what to do.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s and %s would both stand at %s, and a gateway outside the simulation could not tell them apart: "+
		"give one of them, in the topology, an address that differs after the first octet", e.First, e.Second, e.At)
}

const loopback = 127

// Addr returns the address that stands for a.
func (t *Table) Addr(a netip.Addr) (netip.Addr, error) {
	if !a.Is4() {
		return netip.Addr{}, fmt.Errorf("%v is not an IPv4 address: nothing can stand for it", a)
	}
	o := a.As4()
	o[0] = loopback
	if o[1] == 0 && o[2] == 0 {
		o[1] = 255
	}
	at := netip.AddrFrom4(o)
	t.mu.Lock()
	defer t.mu.Unlock()
	if other, ok := t.inside[at]; ok && other != a {
		return netip.Addr{}, &ConflictError{other.String(), a.String(), at.String()}
	}
	for _, n := range t.nets {
		if n.machine.Contains(at) && !n.inside.Contains(a) {
			return netip.Addr{}, &ConflictError{n.inside.String(), a.String(), at.String()}
		}
	}
	t.inside[at] = a
	return at, nil
}

// Inside returns the simulated address for which an address of the machine stands.
func (t *Table) Inside(at netip.Addr) (netip.Addr, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.inside[at]
	return a, ok
}

// Prefix returns the networks that stand for p, a masked IPv4 network of /8 or longer: one, or two when p
// holds a network x.0.0.0/24 among others.
func (t *Table) Prefix(p netip.Prefix) ([]netip.Prefix, error) {
	if !p.Addr().Is4() || p.Bits() < 8 || p != p.Masked() {
		return nil, fmt.Errorf("no loopback network can stand for %v: write a masked IPv4 network of /8 to /32", p)
	}
	pairs := place(p)
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range pairs {
		for _, o := range t.nets {
			if o.machine.Overlaps(n.machine) && !o.inside.Overlaps(n.inside) {
				return nil, &ConflictError{o.inside.String(), n.inside.String(), n.machine.String()}
			}
		}
		for at, a := range t.inside {
			if n.machine.Contains(at) && !n.inside.Contains(a) {
				return nil, &ConflictError{a.String(), n.inside.String(), at.String()}
			}
		}
	}
	var out []netip.Prefix
	for _, n := range pairs {
		if !slices.Contains(t.nets, n) {
			t.nets = append(t.nets, n)
		}
		out = append(out, n.machine)
	}
	return out, nil
}

// place says where a network stands, with the part in x.0.0.0/24 apart.
func place(p netip.Prefix) []pair {
	o := p.Addr().As4()
	own := netip.PrefixFrom(netip.AddrFrom4([4]byte{o[0]}), 24)
	o[0] = loopback
	all := []pair{{p, netip.PrefixFrom(netip.AddrFrom4(o), p.Bits())}}
	if !p.Overlaps(own) {
		return all
	}
	in := own
	if p.Bits() > 24 {
		in = p
	}
	moved := in.Addr().As4()
	moved[0], moved[1] = loopback, 255
	apart := pair{in, netip.PrefixFrom(netip.AddrFrom4(moved), in.Bits())}
	if p.Bits() >= 24 {
		return []pair{apart}
	}
	return append(all, apart)
}

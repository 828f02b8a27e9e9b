package nat

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
)

// Behaviour is one of the three classes of RFC 4787, 4.1 (mapping) and 5 (filtering).
type Behaviour uint8

// The classes, from the strictest. The zero value is what Linux masquerade does.
const (
	// AddressAndPortDependent: every remote endpoint gets its own mapping, and only it may answer.
	AddressAndPortDependent Behaviour = iota
	// AddressDependent: every remote address gets its own mapping, and any of its ports may send.
	AddressDependent
	// EndpointIndependent: one mapping for all remote endpoints, anybody may send to it. As a mapping it is
	// what RFC 4787 REQ-1 demands.
	EndpointIndependent
)

// String is the class in the words of RFC 4787.
func (b Behaviour) String() string {
	switch b {
	case AddressAndPortDependent:
		return "address and port-dependent"
	case AddressDependent:
		return "address-dependent"
	case EndpointIndependent:
		return "endpoint-independent"
	}
	return fmt.Sprintf("behaviour %d", uint8(b))
}

// ParseBehaviour reads the words of String; blanks and hyphens are the same, "" is the default.
func ParseBehaviour(s string) (Behaviour, error) {
	words := strings.NewReplacer(" ", "-").Replace(strings.ToLower(s))
	for _, b := range []Behaviour{AddressAndPortDependent, AddressDependent, EndpointIndependent} {
		if words == strings.ReplaceAll(b.String(), " ", "-") || words == "" {
			return b, nil
		}
	}
	return 0, fmt.Errorf("nat: behaviour %q: use endpoint-independent, address-dependent or address-and-port-dependent (RFC 4787)", s)
}

// peer zeroes what the class does not distinguish in a remote endpoint: the whole difference between the
// classes is this key.
func (b Behaviour) peer(e Endpoint) Endpoint {
	switch b {
	case EndpointIndependent:
		return Endpoint{}
	case AddressDependent:
		return Endpoint{Addr: e.Addr}
	}
	return e
}

// Static is basic NAT (RFC 3022 2.1): whole prefixes of equal length, address by address, both ways.
type Static struct {
	// Interface is the router's interface on the outside: what leaves it from Inside takes the address in
	// Outside, what arrives for Outside goes to Inside.
	Interface string
	// Inside are the addresses behind the router, Outside those under which they are known.
	Inside, Outside netip.Prefix
}

// Masquerade is NAPT (RFC 3022 2.2): many inside addresses share one outside address and its ports.
type Masquerade struct {
	// Interface is the router's interface on the outside.
	Interface string
	// From are the inside addresses; the zero prefix means all.
	From netip.Prefix
	// To is the outside address; the router fills in the interface's own when it is zero.
	To netip.Addr
	// Low and High bound the outside ports; 0 and 0 mean 1024 to 65535.
	Low, High uint16
	// Mapping says when two flows of one inside endpoint share an outside port.
	Mapping Behaviour
	// Filtering says who may send to a mapping without having been spoken to. The firewall decides too.
	Filtering Behaviour
}

// Forward sends one outside port to an inside endpoint (DNAT, port forwarding).
type Forward struct {
	// Interface is the router's interface on the outside.
	Interface string
	// Protocol is TCP or UDP.
	Protocol Protocol
	// Outside is what the world dials, Inside who answers.
	Outside, Inside netip.AddrPort
}

// Rules are a router's translations. Forward goes before Static, Static before Masquerade; within a kind
// the first that fits wins.
type Rules struct {
	Static     []Static
	Masquerade []Masquerade
	Forward    []Forward
}

// Validate reports the first rule that cannot work, naming the rule, the field and what to do.
func (r Rules) Validate() error {
	for i, s := range r.Static {
		if err := s.validate(r.Static[:i]); err != nil {
			return fmt.Errorf("nat: static[%d]: %w", i, err)
		}
	}
	for i, m := range r.Masquerade {
		if err := m.validate(r.Masquerade[:i]); err != nil {
			return fmt.Errorf("nat: masquerade[%d]: %w", i, err)
		}
	}
	for i, f := range r.Forward {
		if err := f.validate(r.Forward[:i]); err != nil {
			return fmt.Errorf("nat: forward[%d]: %w", i, err)
		}
	}
	return nil
}

func (s Static) validate(before []Static) error {
	switch {
	case s.Interface == "":
		return fmt.Errorf("interface is empty: name the outside interface")
	case !s.Inside.IsValid() || !s.Inside.Addr().Is4():
		return fmt.Errorf("inside %v is not an IPv4 prefix", s.Inside)
	case !s.Outside.IsValid() || !s.Outside.Addr().Is4():
		return fmt.Errorf("outside %v is not an IPv4 prefix", s.Outside)
	case s.Inside.Bits() != s.Outside.Bits():
		return fmt.Errorf("inside %v and outside %v differ in length: 1:1 needs as many addresses on both sides", s.Inside, s.Outside)
	}
	for i, b := range before {
		if b.Interface != s.Interface {
			continue
		}
		if b.Outside.Overlaps(s.Outside) {
			return fmt.Errorf("outside %v overlaps static[%d] outside %v on interface %q", s.Outside, i, b.Outside, s.Interface)
		}
		if b.Inside.Overlaps(s.Inside) {
			return fmt.Errorf("inside %v overlaps static[%d] inside %v on interface %q", s.Inside, i, b.Inside, s.Interface)
		}
	}
	return nil
}

func (m Masquerade) validate(before []Masquerade) error {
	switch {
	case m.Interface == "":
		return fmt.Errorf("interface is empty: name the outside interface")
	case m.From.IsValid() && !m.From.Addr().Is4():
		return fmt.Errorf("from %v is not an IPv4 prefix", m.From)
	case m.To.IsValid() && !m.To.Is4():
		return fmt.Errorf("to %v is not an IPv4 address", m.To)
	case m.Low == 0 && m.High != 0:
		return fmt.Errorf("ports 0-%d: port 0 is no port, begin at 1 or above", m.High)
	case m.Low > m.High:
		return fmt.Errorf("ports %d-%d: the lower bound is above the upper one", m.Low, m.High)
	case m.Mapping > EndpointIndependent:
		return fmt.Errorf("mapping %v is unknown", m.Mapping)
	case m.Filtering > EndpointIndependent:
		return fmt.Errorf("filtering %v is unknown", m.Filtering)
	}
	for i, b := range before {
		if b.To.IsValid() && b.To == m.To && (b.Mapping != m.Mapping || b.Filtering != m.Filtering) {
			return fmt.Errorf("to %v is shared with masquerade[%d], which has another behaviour: use a second address", m.To, i)
		}
	}
	return nil
}

func (f Forward) validate(before []Forward) error {
	switch {
	case f.Interface == "":
		return fmt.Errorf("interface is empty: name the outside interface")
	case f.Protocol != TCP && f.Protocol != UDP:
		return fmt.Errorf("protocol %v has no ports to forward: use tcp or udp", f.Protocol)
	case !f.Outside.Addr().Is4() || f.Outside.Port() == 0:
		return fmt.Errorf("outside %v is not an IPv4 address with a port", f.Outside)
	case !f.Inside.Addr().Is4() || f.Inside.Port() == 0:
		return fmt.Errorf("inside %v is not an IPv4 address with a port", f.Inside)
	}
	for i, b := range before {
		if b.Interface == f.Interface && b.Protocol == f.Protocol && b.Outside == f.Outside {
			return fmt.Errorf("outside %v %v is forwarded by forward[%d] already", f.Protocol, f.Outside, i)
		}
	}
	return nil
}

// Translates reports whether a rule turns the inside addresses local into translated, so that a router with
// these rules meets local where others meet translated.
func (r Rules) Translates(local, translated netip.Prefix) bool {
	local, translated = local.Masked(), translated.Masked()
	for _, s := range r.Static {
		if local.Bits() >= s.Inside.Bits() && s.Inside.Contains(local.Addr()) && local.Bits() == translated.Bits() &&
			netip.AddrFrom4(shift(local.Addr().As4(), s.Inside, s.Outside)) == translated.Addr() {
			return true
		}
	}
	for _, m := range r.Masquerade {
		inside := !m.From.IsValid() || local.Bits() >= m.From.Bits() && m.From.Contains(local.Addr())
		if inside && m.To.IsValid() && translated.Contains(m.To) {
			return true
		}
	}
	for _, f := range r.Forward {
		if local.IsSingleIP() && local.Addr() == f.Inside.Addr() && translated.Contains(f.Outside.Addr()) {
			return true
		}
	}
	return false
}

// fits reports whether the rule translates what leaves interface out from an address.
func (m Masquerade) fits(out string, from netip.Addr) bool {
	return m.Interface == out && m.To.IsValid() && (!m.From.IsValid() || m.From.Contains(from))
}

// ports is the range of outside ports.
func (m Masquerade) ports() (low, high uint16) {
	if m.Low == 0 && m.High == 0 {
		return 1024, 65535
	}
	return m.Low, m.High
}

// unique is the class that outside ports must tell apart: a port that strangers may send to cannot be
// shared by two inside endpoints, whatever the mapping allows (RFC 4787 REQ-3).
func (m Masquerade) unique() Behaviour { return max(m.Mapping, m.Filtering) }

// shift moves a from one prefix to the other and keeps the host bits.
func shift(a [4]byte, from, to netip.Prefix) [4]byte {
	f, t := from.Masked().Addr().As4(), to.Masked().Addr().As4()
	host := binary.BigEndian.Uint32(a[:]) - binary.BigEndian.Uint32(f[:])
	var out [4]byte
	binary.BigEndian.PutUint32(out[:], binary.BigEndian.Uint32(t[:])+host)
	return out
}

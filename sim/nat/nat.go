// Package nat is network address translation as routers do it between networks that cannot see each
// other's addresses: basic NAT (static 1:1) and NAPT (masquerade) after RFC 3022, port forwarding, and the
// table of flows (what Linux calls conntrack) that makes answers find their way back. Behaviour is named in
// the words of RFC 4787 (UDP), RFC 5382 (TCP) and RFC 5508 (ICMP).
//
// The tables are pure: they know tuples and the time that each call gives them, neither packets nor a clock
// nor a lock; whoever owns a Table serialises the calls. Rewriting packets is package router's, deciding
// whether a flow may begin is package firewall's. Left out: IPv6, fragments, TCP window checks, port parity
// (RFC 4787 REQ-4), helpers for protocols that carry addresses in their payload (mail does not).
package nat

import (
	"fmt"
	"net/netip"
	"strconv"
)

// Protocol is an IP protocol number.
type Protocol uint8

// The protocols that the tables treat specially; all others pass without ports.
const (
	// ICMP flows are echo conversations; the identifier stands in for the asking side's port.
	ICMP Protocol = 1
	// TCP flows follow the connection's state.
	TCP Protocol = 6
	// UDP flows live by time alone.
	UDP Protocol = 17
	// ESP has no ports: two peers share at most one masqueraded flow.
	ESP Protocol = 50
)

// String is the protocol's name in lower case, or its number.
func (p Protocol) String() string {
	switch p {
	case ICMP:
		return "icmp"
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case ESP:
		return "esp"
	}
	return strconv.Itoa(int(p))
}

// Ports reports whether the protocol has something that NAPT can translate: ports or an ICMP identifier.
func (p Protocol) Ports() bool { return p == TCP || p == UDP || p == ICMP }

// Endpoint is an IPv4 address and a port, small enough to be a map key for every packet.
type Endpoint struct {
	// Addr is the address in network order.
	Addr [4]byte
	// Port is the port, the ICMP identifier on the asking side, or 0.
	Port uint16
}

// EndpointFrom converts ap, which must be IPv4.
func EndpointFrom(ap netip.AddrPort) Endpoint { return Endpoint{ap.Addr().Unmap().As4(), ap.Port()} }

// AddrPort converts the endpoint for the outside world.
func (e Endpoint) AddrPort() netip.AddrPort { return netip.AddrPortFrom(e.IP(), e.Port) }

// IP is the endpoint's address.
func (e Endpoint) IP() netip.Addr { return netip.AddrFrom4(e.Addr) }

// String is "address:port".
func (e Endpoint) String() string { return e.AddrPort().String() }

// Tuple says where a packet comes from and goes to, as it looks at one place of its way.
type Tuple struct {
	Src, Dst Endpoint
	Protocol Protocol
}

// TupleOf builds a tuple from text such as "tcp", "10.0.0.1:1024", "10.0.0.2:25". It is for tests and
// tools: it panics on what is not IPv4 "address:port".
func TupleOf(p Protocol, src, dst string) Tuple {
	return Tuple{EndpointFrom(netip.MustParseAddrPort(src)), EndpointFrom(netip.MustParseAddrPort(dst)), p}
}

// Reverse is the tuple of the answer.
func (t Tuple) Reverse() Tuple { return Tuple{t.Dst, t.Src, t.Protocol} }

// String is "protocol source > destination".
func (t Tuple) String() string { return fmt.Sprintf("%v %v > %v", t.Protocol, t.Src, t.Dst) }

package router

import (
	"fmt"
	"net/netip"

	"demailbench/sim/firewall"
	"demailbench/sim/ipnet"
	"demailbench/sim/nat"
)

// Route is one line of the routing table. The longest prefix wins, among equals the first.
type Route struct {
	// To is the destination.
	To netip.Prefix
	// Via is the next router; it must be on one of the interfaces' networks. Not valid: the destination is
	// on Interface itself.
	Via netip.Addr
	// Interface names the way out; it may be left out with Via, and is required for tunnels.
	Interface string
	// Unreachable makes the route a black hole that answers with ICMP host unreachable.
	Unreachable bool
}

// Config is what a router does with packets; its interfaces come by AddInterface.
type Config struct {
	// Routes besides those to the interfaces' own networks.
	Routes []Route
	// NAT are the translations. Interfaces are named as in AddInterface.
	NAT nat.Rules
	// Matrix says which flows may begin, Policy what happens to the rest (drop, when empty).
	Matrix []firewall.Entry
	Policy firewall.Policy
	// Timeouts of flows; zero fields take the defaults of package nat.
	Timeouts nat.Timeouts
	// FlowLimit is the most flows at a time; 0 means 65536.
	FlowLimit int
	// Seed decides, with the router's name, at which outside ports masquerade begins its search.
	Seed uint64
	// ReversePath drops packets that come in by another interface than the one that leads back to their
	// source (RFC 3704 2.2, strict reverse path forwarding).
	ReversePath bool
}

// Interface is one of a router's connections: to a segment, or through a tunnel.
type Interface struct {
	// Name is unique in the router; links are called "<router>.<name>".
	Name string
	// Zone is the security zone for the matrix.
	Zone string
	// Address is the router's own address with the length of the network's prefix.
	Address netip.Prefix
	// MTU in octets; 0 means 1500, or what fits for a tunnel.
	MTU int
	// Segment is where the interface is linked to; nil for tunnels.
	Segment *ipnet.Segment
	// Link are the properties of the link to the segment.
	Link ipnet.Params
	// Tunnel makes the interface one end of an IPSEC line.
	Tunnel *Tunnel
}

// Tunnel is an IPSEC line (S0-039): ESP in tunnel mode (RFC 4303) with AES-256-GCM (RFC 4106) between two
// routers. Keys and SPIs of both directions follow from Secret and the two addresses, as IKE would have
// agreed them.
type Tunnel struct {
	// Over names the interface, added before, whose segment is the carrier.
	Over string
	// Peer is the other router's address on the carrier.
	Peer netip.Addr
	// Secret is shared by both ends; at least 16 octets.
	Secret []byte
}

func (i Interface) validate() error {
	switch {
	case i.Name == "":
		return fmt.Errorf("name is empty")
	case !i.Address.IsValid() || !i.Address.Addr().Is4():
		return fmt.Errorf("address %v is not an IPv4 address with a prefix length", i.Address)
	case i.MTU != 0 && (i.MTU < 68 || i.MTU > 65535):
		return fmt.Errorf("mtu %d: use 68 to 65535 (RFC 791 3.2)", i.MTU)
	case (i.Segment == nil) == (i.Tunnel == nil):
		return fmt.Errorf("needs either a segment or a tunnel")
	case i.Tunnel != nil && !i.Tunnel.Peer.Is4():
		return fmt.Errorf("tunnel peer %v is not an IPv4 address", i.Tunnel.Peer)
	case i.Tunnel != nil && len(i.Tunnel.Secret) < 16:
		return fmt.Errorf("tunnel secret has %d octets: use at least 16", len(i.Tunnel.Secret))
	}
	return nil
}

func (r Route) validate() error {
	switch {
	case !r.To.IsValid() || !r.To.Addr().Is4():
		return fmt.Errorf("to %v is not an IPv4 prefix", r.To)
	case r.Unreachable && (r.Via.IsValid() || r.Interface != ""):
		return fmt.Errorf("to %v is unreachable and has a way at the same time", r.To)
	case !r.Unreachable && !r.Via.IsValid() && r.Interface == "":
		return fmt.Errorf("to %v has neither via nor interface", r.To)
	case r.Via.IsValid() && !r.Via.Is4():
		return fmt.Errorf("via %v is not an IPv4 address", r.Via)
	}
	return nil
}

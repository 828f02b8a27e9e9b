//go:build linux

// Package ruleset is what a router in a container has to do, and how the kernel is told: translations and matrix as
// plain data (Rules), the same as nftables expressions (Program), and what the kernel decided about each packet that
// begins a flow or ends there (Follow). It runs without the nft program.
//
// It leaves out where the rules come from (package docker) and the routes.
package ruleset

// Rules are a router's translations and its matrix. The order of Matrix counts: the first that fits decides.
type Rules struct {
	Static     []Static
	Masquerade []Masquerade
	Matrix     []Rule
	// Default is what happens to the rest, DefaultID its name.
	Default   string
	DefaultID string
	// Flush forgets all known flows: they must pass the new matrix, and open connections break.
	Flush bool
}

// Static is basic NAT (RFC 3022 2.1) at an outside interface: prefixes of one length.
type Static struct{ Interface, Inside, Outside string }

// Masquerade is NAPT (RFC 3022 2.2) at an outside interface: sources in From appear as To.
type Masquerade struct{ Interface, From, To string }

// Rule lets a flow begin, or refuses it. Empty fields mean any.
type Rule struct {
	ID string
	// In and Out are interfaces; From is the source as it arrives, To the destination after translation, both prefixes.
	In, Out, From, To string
	// Protocol is tcp, udp, icmp or esp; Low and High bound the destination port, 0 and 0 mean all.
	Protocol  string
	Low, High uint16
	// Verdict is one of the constants.
	Verdict string
}

// Verdicts.
const (
	Accept   = "accept"
	Drop     = "drop"
	Reset    = "reset"
	Prohibit = "prohibit"
	// Stateless is the verdict on a TCP packet in the middle of a connection that nobody began.
	Stateless = "stateless"
)

// Decision is what the rules decided about a packet, with source and destination as the matrix sees them.
type Decision struct {
	Verdict, Rule string
	// In is the interface by which it came.
	In string
	// Protocol is tcp, udp, icmp or a number; Source and Destination are "address:port", or an address.
	Protocol, Source, Destination string
}

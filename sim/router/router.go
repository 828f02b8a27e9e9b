// Package router is a router of the simulated network: it joins segments, translates addresses (package
// nat), lets flows begin only when the communication matrix allows it (package firewall), and ends IPSEC
// lines. Every new flow and every packet that it does not forward is an event of the record, with the rule
// that decided.
//
// A packet passes as in Linux: parse, flow table, DNAT, route, matrix, SNAT, rewrite. Stricter than Linux:
// fragments are dropped, and a TCP flow begins with a SYN only. Left out: IPv6, fragmentation, routing
// protocols, ICMP redirects and rate limits, key exchange for the IPSEC lines.
package router

import (
	"demailbench/sim/clock"
	"demailbench/sim/firewall"
	"demailbench/sim/ipnet"
	"demailbench/sim/nat"
	"demailbench/sim/record"
)

// Router is a running router. It has no goroutine of its own: packets pass in the goroutine that delivers
// them. Its methods may be called at any time, also under traffic.
type Router struct{}

// New makes a router without interfaces. The error names the field of cfg that cannot work; names of
// interfaces are checked by Check, when they are all there.
func New(name string, net *ipnet.Net, clk clock.Clock, rec *record.Record, cfg Config) (*Router, error) {
	panic("not yet")
}

// Name is the name given to New; it is Who in the router's events.
func (r *Router) Name() string { panic("not yet") }

// AddInterface connects the router. Add the interface that carries a tunnel before the tunnel.
func (r *Router) AddInterface(i Interface) error { panic("not yet") }

// Check reports rules and routes that name interfaces or neighbours that do not exist. Call it when all
// interfaces are there.
func (r *Router) Check() error { panic("not yet") }

// Link is the link of the named interface to its segment, nil for tunnels and unknown names.
func (r *Router) Link(name string) *ipnet.Link { panic("not yet") }

// SetMatrix replaces the communication matrix under traffic; the policy stays. With flush, known flows are
// forgotten too: they must pass the new matrix, and open TCP connections break ("no state").
func (r *Router) SetMatrix(entries []firewall.Entry, flush bool) error { panic("not yet") }

// Matrix returns the rows in force and otherwise, in their order.
func (r *Router) Matrix() []firewall.Entry { panic("not yet") }

// Flows returns the live flows in the order in which they began.
func (r *Router) Flows() []nat.Flow { panic("not yet") }

// FlushFlows forgets all flows and says how many there were.
func (r *Router) FlushFlows() int { panic("not yet") }

// Probe says what would happen to the first packet of a flow that arrives at interface in: no traffic, no
// state, no event. It is the same function that packets go through.
func (r *Router) Probe(in string, t nat.Tuple) Decision { panic("not yet") }

// Decision is the fate of a flow's first packet.
type Decision struct {
	// Action is Allow when the packet is forwarded; a reject says how it is answered.
	Action firewall.Action
	// Reason is empty when it is forwarded, else as in record.Drop: "rule", "no route", "ttl" ...
	Reason string
	// Rule is the id of the entry or policy that decided, "established" for known flows, "" when the matrix
	// was not reached.
	Rule string
	// Dormant is the id of an entry that fits but is not in force.
	Dormant string
	// Interface is the way out, and Left the tuple as it leaves, when Action is Allow.
	Interface string
	Left      nat.Tuple
}

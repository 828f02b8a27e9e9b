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
	"fmt"
	"hash/fnv"
	"sync"

	"demailbench/sim/clock"
	"demailbench/sim/firewall"
	"demailbench/sim/ipnet"
	"demailbench/sim/nat"
	"demailbench/sim/record"
	"demailbench/sim/router/esp"
)

// Router is a running router. It has no goroutine of its own: packets pass in the goroutine that delivers
// them. Its methods may be called at any time, also under traffic.
type Router struct {
	net    *ipnet.Net
	clock  clock.Clock
	record *record.Record

	mu    sync.Mutex // guards plane; never held while a packet is sent or an event added
	plane plane
}

// New makes a router without interfaces. The error names the field of cfg that cannot work; names of
// interfaces are checked by Check, when they are all there.
func New(name string, net *ipnet.Net, clk clock.Clock, rec *record.Record, cfg Config) (*Router, error) {
	for i, r := range cfg.Routes {
		if err := r.validate(); err != nil {
			return nil, fmt.Errorf("router %q: routes[%d]: %w", name, i, err)
		}
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	table, err := nat.NewTable(cfg.NAT, cfg.Timeouts, cfg.FlowLimit, cfg.Seed^h.Sum64())
	if err != nil {
		return nil, fmt.Errorf("router %q: %w", name, err)
	}
	r := &Router{net: net, clock: clk, record: rec}
	r.plane = plane{name: name, configured: cfg.Routes, table: table, policy: cfg.Policy, reversePath: cfg.ReversePath}
	if err := r.plane.compile(cfg.Matrix); err != nil {
		return nil, fmt.Errorf("router %q: %w", name, err)
	}
	return r, nil
}

// Name is the name given to New; it is Who in the router's events.
func (r *Router) Name() string { return r.plane.name }

// AddInterface connects the router. Add the interface that carries a tunnel before the tunnel.
func (r *Router) AddInterface(cfg Interface) error {
	i, err := r.connect(cfg)
	if err != nil {
		return fmt.Errorf("router %q: interface %q: %w", r.Name(), cfg.Name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.plane.add(i)
}

func (r *Router) connect(cfg Interface) (*iface, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	err := r.plane.conflict(cfg)
	r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	i := &iface{Interface: cfg, mtu: cfg.MTU}
	if cfg.Tunnel != nil {
		return i, r.tunnel(i)
	}
	if i.mtu == 0 {
		i.mtu = 1500
	}
	i.neighbour = cfg.Segment.Has
	addrs := r.plane.answersFor(cfg)
	for _, a := range addrs {
		if cfg.Segment.Has(a) {
			return nil, fmt.Errorf("address %v is taken on segment %q", a, cfg.Segment.Name())
		}
	}
	i.link, i.port = r.net.Attach(r.Name()+"."+cfg.Name, inlet{r, i}, cfg.Segment, addrs, cfg.Link)
	return i, nil
}

// tunnel completes the interface of an IPSEC line.
func (r *Router) tunnel(i *iface) (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i.over = r.plane.iface(i.Tunnel.Over); i.over == nil || i.over.Tunnel != nil {
		return fmt.Errorf("tunnel over %q: there is no such interface with a segment; add it before the tunnel", i.Tunnel.Over)
	}
	if most := esp.InnerMTU(i.over.mtu); i.mtu == 0 || i.mtu > most {
		i.mtu = most
	}
	i.esp, err = esp.New(i.Tunnel.Secret, i.over.Address.Addr(), i.Tunnel.Peer)
	return err
}

// inlet is the router's end of an interface's link.
type inlet struct {
	router *Router
	iface  *iface
}

// Name implements what ipnet calls an end of a link.
func (in inlet) Name() string { return in.router.Name() }

// Receive implements ipnet.Receiver.
func (in inlet) Receive(f ipnet.Frame) {
	r := in.router
	at := r.clock.Now()
	r.mu.Lock()
	result := r.plane.receive(in.iface, f.Packet, at)
	r.mu.Unlock()
	for _, e := range result.events {
		r.record.Add(e)
	}
	if result.out != nil {
		result.out.port.Send(result.frame)
	}
}

// Check reports rules and routes that name interfaces or neighbours that do not exist. Call it when all
// interfaces and all neighbours are there.
func (r *Router) Check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.plane.check(); err != nil {
		return fmt.Errorf("router %q: %w", r.Name(), err)
	}
	return nil
}

// Link is the link of the named interface to its segment, nil for tunnels and unknown names.
func (r *Router) Link(name string) *ipnet.Link {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := r.plane.iface(name); i != nil {
		return i.link
	}
	return nil
}

// SetMatrix replaces the communication matrix under traffic; the policy stays. With flush, known flows are
// forgotten too: they must pass the new matrix, and open TCP connections break ("no state"). On an error,
// which names the row, the old matrix stays.
func (r *Router) SetMatrix(entries []firewall.Entry, flush bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.plane.compile(entries); err != nil {
		return fmt.Errorf("router %q: %w", r.Name(), err)
	}
	if flush {
		r.plane.table.Flush()
	}
	return nil
}

// Matrix returns the matrix as the router uses it, to read: its rows, and those that are shadowed.
func (r *Router) Matrix() *firewall.Matrix {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.plane.matrix
}

// Flows returns the live flows in the order in which they began.
func (r *Router) Flows() []nat.Flow {
	at := r.clock.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.plane.table.Flows(at)
}

// FlushFlows forgets all flows and says how many there were.
func (r *Router) FlushFlows() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.plane.table.Flush()
}

// Probe says what would happen to the first packet of a flow that arrives at interface in: no traffic, no
// state, no event. It is the same function that packets go through.
func (r *Router) Probe(in string, t nat.Tuple) (Decision, error) {
	at := r.clock.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	i := r.plane.iface(in)
	if i == nil {
		return Decision{}, fmt.Errorf("router %q: probe: there is no interface %q", r.Name(), in)
	}
	return r.plane.probe(i, t, at), nil
}

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

// Allowed reports whether the packet is forwarded.
func (d Decision) Allowed() bool { return d.Action == firewall.Allow && d.Reason == "" }

package lab

import (
	"context"
	"net"
	"net/netip"

	"demailbench/sim/firewall"
	"demailbench/sim/ipnet"
	"demailbench/sim/nat"
	"demailbench/sim/router"
	"demailbench/sim/topology"
)

// Fabric carries a plan's hosts and routers. The links between them are those of an ipnet.Net on every fabric: what
// befalls packets on the way, and what captures keep, is the same. A Fabric belongs to one world.
type Fabric interface {
	// Wire makes hosts and routers and joins them to segments of n, with links called like the host, or
	// "<router>.<interface>". secret is what both ends of an IPSEC line share. Nothing is left when it fails.
	Wire(n *ipnet.Net, plan *topology.Topology, secret func(a, b netip.Addr) []byte) error
	// Dial, Listen and ListenPacket are a host's sockets, with the meaning of package net's; connections go to the record.
	Dial(ctx context.Context, host, network, address string) (net.Conn, error)
	Listen(host, network, address string) (net.Listener, error)
	ListenPacket(host, network, address string) (net.PacketConn, error)
	// SetMatrix puts the plan's matrix in force on all routers and forgets the flows that the old one let pass.
	SetMatrix(plan *topology.Topology) error
	// Close ends everything. It may be called again.
	Close() error
}

// Host is the doors of one host.
type Host struct {
	fabric Fabric
	name   string
}

// Dial opens a connection to "IP:port".
func (h Host) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return h.fabric.Dial(ctx, h.name, network, address)
}

// Listen opens a TCP listener on "IP:port" or ":port".
func (h Host) Listen(network, address string) (net.Listener, error) {
	return h.fabric.Listen(h.name, network, address)
}

// ListenPacket opens a UDP socket on "IP:port" or ":port".
func (h Host) ListenPacket(network, address string) (net.PacketConn, error) {
	return h.fabric.ListenPacket(h.name, network, address)
}

// embedded is the fabric inside the process: a stack for each host, routers of our own.
type embedded struct {
	o       *Options
	net     *ipnet.Net
	routers map[string]*router.Router
}

// Dial implements Fabric.
func (e *embedded) Dial(ctx context.Context, host, network, address string) (net.Conn, error) {
	return e.net.Host(host).Dial(ctx, network, address)
}

// Listen implements Fabric.
func (e *embedded) Listen(host, network, address string) (net.Listener, error) {
	return e.net.Host(host).Listen(network, address)
}

// ListenPacket implements Fabric.
func (e *embedded) ListenPacket(host, network, address string) (net.PacketConn, error) {
	return e.net.Host(host).ListenPacket(network, address)
}

// SetMatrix implements Fabric.
func (e *embedded) SetMatrix(plan *topology.Topology) error {
	for _, r := range plan.Routers {
		if err := e.routers[r.Name].SetMatrix(plan.Entries(r.Name), true); err != nil {
			return err
		}
	}
	return nil
}

// Close implements Fabric: closing the network is all.
func (e *embedded) Close() error {
	e.net.Close()
	return nil
}

// Wire implements Fabric.
func (e *embedded) Wire(n *ipnet.Net, t *topology.Topology, secret func(a, b netip.Addr) []byte) error {
	segments := map[string]*ipnet.Segment{}
	for _, s := range t.Segments {
		segments[s.Name] = n.AddSegment(s.Name)
	}
	for i := range t.Hosts {
		h := &t.Hosts[i]
		cfg := ipnet.HostConfig{Segment: segments[h.Segment], Address: t.OnLink(h), Gateway: h.Router.Addr}
		if _, err := n.AddHost(h.Name, cfg); err != nil {
			return err
		}
	}
	for i := range t.Routers {
		if err := e.addRouter(t, &t.Routers[i], segments, secret); err != nil {
			return err
		}
	}
	for _, r := range t.Routers { // neighbours are there only now
		if err := e.routers[r.Name].Check(); err != nil {
			return err
		}
	}
	return nil
}

func (e *embedded) addRouter(t *topology.Topology, r *topology.Router, segments map[string]*ipnet.Segment, secret func(a, b netip.Addr) []byte) error {
	cfg := router.Config{Matrix: t.Entries(r.Name), Policy: firewall.Policy{Default: firewall.Drop}, Seed: e.o.Seed}
	if r.Default == "reject" {
		cfg.Policy.Default = firewall.RejectProhibited
	}
	for _, s := range r.NAT.Static {
		cfg.NAT.Static = append(cfg.NAT.Static, nat.Static{Interface: s.Interface, Inside: s.Inside.Prefix, Outside: s.Outside.Prefix})
	}
	for _, m := range r.NAT.Masquerade {
		cfg.NAT.Masquerade = append(cfg.NAT.Masquerade, nat.Masquerade{Interface: m.Interface, From: m.From.Prefix, To: m.To.Addr})
	}
	for _, route := range r.Routes {
		cfg.Routes = append(cfg.Routes, router.Route{To: route.To.Prefix, Via: route.Via.Addr})
	}
	made, err := router.New(r.Name, e.net, e.o.Clock, e.o.Record, cfg)
	if err != nil {
		return err
	}
	e.routers[r.Name] = made
	for i := range r.Interfaces {
		in := &r.Interfaces[i]
		cfg := router.Interface{Name: in.Name, Zone: t.Zone(in), Address: in.Address.Prefix, Segment: segments[in.Segment]}
		if in.Tunnel != nil {
			cfg.Tunnel = &router.Tunnel{Over: in.Tunnel.Over, Peer: in.Tunnel.Peer.Addr, Secret: secret(r.Interface(in.Tunnel.Over).Address.Addr(), in.Tunnel.Peer.Addr)}
		}
		if err := made.AddInterface(cfg); err != nil {
			return err
		}
	}
	return nil
}

package attach

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"demailbench/features/sut"
	"demailbench/sim/bridge"
	"demailbench/sim/lab"
	"demailbench/sim/postfix"
)

// Fabric carries a world's hosts and routers as containers, and runs others beside them.
type Fabric interface {
	lab.Fabric
	// Run starts a container in the network of a host.
	Run(ctx context.Context, host string, i sut.Image) (sut.Guest, error)
	// Mail runs real mail servers at the tenants; nil: they are simulated.
	Mail() postfix.Run
}

// Way leads between a gateway outside the bench and the world.
type Way interface {
	// Connect lets the gateway's own connections pass, Listen those of its peers; Down ends both in this instant.
	Connect()
	Listen() error
	Down()
	Close()
	// Listener is where the gateway listens for what is a port inside, Port which port stands for one inside, Address
	// which address, Prefix which networks; Names is the gateway's name server.
	Listener(port uint16) netip.AddrPort
	Port(inside uint16) uint16
	Address(a netip.AddrPort) (netip.AddrPort, error)
	Prefix(p netip.Prefix) ([]netip.Prefix, error)
	Names() netip.AddrPort
	// Dial opens a connection to the gateway as the peer that it sees under source.
	Dial(ctx context.Context, source netip.Addr, port uint16) (net.Conn, error)
}

// bridged is the way of a gateway on the machine.
type bridged struct{ *bridge.Bridge }

// Prefix implements Way.
func (b bridged) Prefix(p netip.Prefix) ([]netip.Prefix, error) { return b.Table().Prefix(p) }

// inside is the way of a gateway that lives in the world: everything is what it is.
type inside struct{ w *Attachment }

// Connect plugs the gateway in.
func (i inside) Connect() { i.w.o.Lab.Link(i.w.o.Scene.Gateway).Heal() }

// Listen has nothing to do: the peers reach the gateway by the network.
func (inside) Listen() error { return nil }

// Down pulls the gateway's plug.
func (i inside) Down() { i.w.o.Lab.Link(i.w.o.Scene.Gateway).Cut() }

// Close has nothing to do.
func (inside) Close() {}

// Listener implements Way.
func (i inside) Listener(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(i.w.o.Profile.Topology.Host(i.w.o.Scene.Gateway).Address.Addr, port)
}

// Port implements Way.
func (inside) Port(p uint16) uint16 { return p }

// Address implements Way.
func (inside) Address(a netip.AddrPort) (netip.AddrPort, error) { return a, nil }

// Prefix implements Way.
func (inside) Prefix(p netip.Prefix) ([]netip.Prefix, error) { return []netip.Prefix{p}, nil }

// Names implements Way.
func (i inside) Names() netip.AddrPort { return i.w.o.Lab.NameServer(i.w.o.Scene.Gateway) }

// Dial lets the peer itself dial, over routers and matrix.
func (i inside) Dial(ctx context.Context, source netip.Addr, port uint16) (net.Conn, error) {
	for _, h := range i.w.o.Profile.Topology.Hosts {
		if way, err := i.w.o.Profile.Topology.Way(h.Name, i.w.o.Scene.Gateway); err == nil && way.Source == source {
			return i.w.o.Lab.Host(h.Name).Dial(ctx, "tcp", netip.AddrPortFrom(way.Dial, port).String())
		}
	}
	return nil, fmt.Errorf("nobody appears to the gateway as %v", source)
}

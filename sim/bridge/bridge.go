// Package bridge joins a gateway that runs outside the simulation, as a program on the machine's loopback
// network, to its host inside. Loopback addresses stand for simulated ones (Table): the gateway sees each
// peer under an address of its own, as the peer's translated address tells it apart inside, and reaches
// each peer under one. On the simulated side the gateway's host does all that the gateway does, so
// translation, communication matrix, capture and record are exact.
//
// Toward the gateway a connection request inside is answered only when the gateway has answered: refused
// there is refused here. The other way round that is impossible with ordinary sockets: the machine accepts
// what the gateway dials before anybody can ask the world. So a peer that refuses inside is, to the gateway,
// a connection that is reset at once, and one that is silent a connection on which nothing comes; both are
// in the record. A datagram to a name server that is not there is silence.
//
// It leaves out starting the gateway, and ports other than those it was told: what the gateway dials
// elsewhere the machine refuses, and nobody sees it.
package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"

	"demailbench/sim/clock"
	"demailbench/sim/ipnet"
	"demailbench/sim/record"
)

// Inside is the gateway's host in the simulated network; *ipnet.Host is one. Its TCP connections must have
// CloseWrite() error and Abort().
type Inside interface {
	Dial(ctx context.Context, network, address string) (net.Conn, error)
	Relay(port uint16, r ipnet.Relay) (stop func(), err error)
}

// Doors open sockets of the machine. TCP connections must have CloseWrite() error and SetLinger(int) error,
// as *net.TCPConn has.
type Doors struct {
	// Dial connects from an address, whose port may be 0, to an address.
	Dial func(ctx context.Context, from, to netip.AddrPort) (net.Conn, error)
	// Listen opens a TCP listener, ListenPacket a UDP socket.
	Listen       func(at netip.AddrPort) (net.Listener, error)
	ListenPacket func(at netip.AddrPort) (net.PacketConn, error)
}

// Options describe the gateway's place. All but Tenants, Provider and TruePorts are required.
type Options struct {
	// Who is the gateway's host in the record, Inside the host itself.
	Who    string
	Inside Inside
	Doors  Doors
	// Clock is the world's; it must be the wall clock, as real sockets wait on nothing else.
	Clock  clock.Clock
	Record *record.Record
	// Gateway is the gateway's own address inside, Names "IP:port" of its name server.
	Gateway netip.Addr
	Names   netip.AddrPort
	// Peers are the addresses under which the gateway reaches others, Outward the ports of these that are
	// bridged. Peers that the name server names later are added by themselves.
	Peers   []netip.Addr
	Outward []uint16
	// Inward are the ports on which the gateway listens inside, and where its listener is on the machine.
	// A listener without an address is at Address(Gateway:port).
	Inward map[uint16]netip.AddrPort
	// TruePorts uses the ports as they are. Below 1024 that needs a privilege on most systems, and only
	// one world can run at a time. Otherwise each port is moved by an offset that is free.
	TruePorts bool
}

// Bridge is a gateway's place on the machine. Its methods may be called by any goroutine.
type Bridge struct {
	o      Options
	table  *Table
	offset uint16

	ctx     context.Context
	cancel  context.CancelFunc
	serving sync.WaitGroup

	mu        sync.Mutex
	connected bool
	closed    bool
	stops     []func() // of the relays
	reached   map[netip.Addr]bool
	listeners []interface{ Close() error }
	open      map[*joint]bool
}

// New opens the listeners that stand for the gateway's peers and for its name server. Nothing reaches the
// gateway and nothing of it reaches the world before Connect and Listen; names are answered at once. The
// error says which
// address or port is the cause and what to do. Nothing stays open on an error.
func New(o Options) (*Bridge, error) {
	if !clock.IsReal(o.Clock) {
		return nil, errors.New("bridge: the world's clock is virtual, and a program outside cannot take it: build the world on the wall clock")
	}
	b := &Bridge{o: o, table: NewTable(), open: map[*joint]bool{}}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	addrs := append(slices.Clone(o.Peers), o.Gateway, o.Names.Addr())
	for _, a := range addrs {
		if _, err := b.table.Addr(a); err != nil {
			return nil, fmt.Errorf("bridge: %w", err)
		}
	}
	if err := b.listen(); err != nil {
		return nil, fmt.Errorf("bridge: %w", err)
	}
	return b, nil
}

// Table is the mapping of addresses in force.
func (b *Bridge) Table() *Table { return b.table }

// Port returns the machine's port that stands for a port inside.
func (b *Bridge) Port(inside uint16) uint16 { return inside + b.offset }

// Address returns the machine's address and port that stand for those inside. The error is a conflict of
// addresses.
func (b *Bridge) Address(inside netip.AddrPort) (netip.AddrPort, error) {
	a, err := b.table.Addr(inside.Addr())
	return netip.AddrPortFrom(a, b.Port(inside.Port())), err
}

// Names is where the name server answers the gateway, by UDP and TCP.
func (b *Bridge) Names() netip.AddrPort {
	a, _ := b.Address(b.o.Names) // New has registered it
	return a
}

// Listener is where the gateway must listen on the machine for its port inside.
func (b *Bridge) Listener(inside uint16) netip.AddrPort {
	if at, ok := b.o.Inward[inside]; ok && at.IsValid() {
		return at
	}
	a, _ := b.Address(netip.AddrPortFrom(b.o.Gateway, inside)) // New has registered it
	return a
}

// Dial opens a connection to the gateway's listener for a port inside, from the address that stands for
// source: what a peer's connection becomes, without a peer. The pre-flight uses it.
func (b *Bridge) Dial(ctx context.Context, source netip.Addr, inside uint16) (net.Conn, error) {
	from, err := b.table.Addr(source)
	if err != nil {
		return nil, fmt.Errorf("bridge: %w", err)
	}
	return b.o.Doors.Dial(ctx, netip.AddrPortFrom(from, 0), b.Listener(inside))
}

// Connect lets the gateway's own connections through from now on. Call it before the gateway starts: one that
// finds its peers away would try again only much later.
func (b *Bridge) Connect() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.connected = !b.closed
}

// Listen lets the gateway's listeners appear inside. Connect must have been called.
func (b *Bridge) Listen() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.stops) > 0 || b.closed {
		return nil
	}
	for port := range b.o.Inward {
		stop, err := b.o.Inside.Relay(port, ipnet.Relay{
			Open: func(ctx context.Context, remote netip.AddrPort) (net.Conn, error) {
				return b.toGateway(ctx, remote, port)
			},
			Join: b.join,
		})
		if err != nil {
			b.stopRelays()
			return fmt.Errorf("bridge: port %d of host %s: %w", port, b.o.Who, err)
		}
		b.stops = append(b.stops, stop)
	}
	return nil
}

// Down is the end of the gateway as its peers see it when it dies: all connections are reset on both
// sides, new ones are refused. It does not wait, so that it may be called in the instant in which
// something is seen. Connect and Listen undo it.
func (b *Bridge) Down() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.connected = false
	b.stopRelays()
	for j := range b.open {
		j.reset()
	}
}

// stopRelays wants b.mu held.
func (b *Bridge) stopRelays() {
	for _, stop := range b.stops {
		stop()
	}
	b.stops = nil
}

// Close takes the bridge down, closes all sockets of the machine and returns when nothing of it runs. The
// network inside must still run, or be closed already.
func (b *Bridge) Close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.Down()
	b.mu.Lock()
	for _, l := range b.listeners {
		_ = l.Close() // nothing else can be done with it
	}
	b.mu.Unlock()
	b.cancel()
	b.serving.Wait()
}

// isConnected tells whether the gateway's traffic passes.
func (b *Bridge) isConnected() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.connected
}

// note puts what the gateway cannot be shown as it was into the record.
func (b *Bridge) note(format string, a ...any) {
	b.o.Record.Add(record.Event{Who: b.o.Who, Kind: record.Action, Name: "bridge", Detail: fmt.Sprintf(format, a...)})
}

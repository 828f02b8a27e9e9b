package ipnet

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	mathrand "math/rand"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"syscall"
	"time"

	"gvisor.dev/gvisor/pkg/log"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"demailbench/sim/ipnet/internal/socket"
	"demailbench/sim/record"
)

const (
	nicID = 1

	defaultMTU = 1500
	// firstLatency and stepLatency make each host's default latency its own: which of several hosts that
	// act in the same instant comes first is then a matter of the plan, not of the scheduler.
	firstLatency = 200 * time.Microsecond
	stepLatency  = 7 * time.Microsecond
)

// HostConfig describes a host's place in the network.
type HostConfig struct {
	// Segment is where the host is linked to. Required.
	Segment *Segment
	// Address is the host's address with the length of its on-link prefix. Required.
	Address netip.Prefix
	// Gateway is the router to everything else; none if not valid.
	Gateway netip.Addr
	// MTU of the host's network card in octets; 0 means 1500.
	MTU int
	// Link are the properties of the host's link. Latency 0 means 200 us + 7 us x the host's index.
	Link Params
	// LinkName names the link; empty means the host's name.
	LinkName string
}

// Host is one IP host with a TCP/IP stack of its own. It fulfils the doors: Dial, Listen and ListenPacket
// have the meaning of package net's.
type Host struct {
	net   *Net
	name  string
	cfg   HostConfig
	stack *stack.Stack
	nic   *nic
	link  *Link

	once   sync.Once
	closed chan struct{}
	layer  socket.Layer
}

// AddHost adds a host and its link to cfg.Segment. It refuses an incomplete configuration and names and
// addresses that are taken, saying which.
func (n *Net) AddHost(name string, cfg HostConfig) (*Host, error) {
	if cfg.LinkName == "" {
		cfg.LinkName = name
	}
	if cfg.MTU == 0 {
		cfg.MTU = defaultMTU
	}
	n.mu.Lock()
	index := len(n.hosts)
	err := n.check(name, cfg)
	n.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if cfg.Link.Latency == 0 {
		cfg.Link.Latency = firstLatency + time.Duration(index)*stepLatency
	}
	h := &Host{net: n, name: name, cfg: cfg, closed: make(chan struct{})}
	h.nic = newNIC(cfg)
	if h.stack, err = n.newStack(name, cfg, h.nic); err != nil {
		return nil, fmt.Errorf("ipnet: host %q: %w", name, err)
	}
	h.layer = socket.Layer{
		Stack: h.stack, NIC: nicID, Addr: h.Addr(), Clock: n.clk, Closed: h.closed,
		Accepted: h.accepted, Dialled: h.dialled,
	}
	h.layer.AllowRelays()
	var port Port
	h.link, port = n.Attach(cfg.LinkName, h, cfg.Segment, []netip.Addr{cfg.Address.Addr()}, cfg.Link)
	h.nic.port.Store(&port)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts = append(n.hosts, h)
	n.byHost[name] = h
	return h, nil
}

// check wants n.mu held.
func (n *Net) check(name string, cfg HostConfig) error {
	fail := func(format string, a ...any) error {
		return fmt.Errorf("ipnet: host %q: %s", name, fmt.Sprintf(format, a...))
	}
	addr := cfg.Address.Addr()
	switch {
	case n.byHost[name] != nil:
		return fail("the name is taken; give each host its own")
	case n.byName[cfg.LinkName] != nil:
		return fail("a link %q exists already; set LinkName", cfg.LinkName)
	case cfg.Segment == nil:
		return fail("it has no segment")
	case !cfg.Address.IsValid() || !addr.Is4():
		return fail("address %v is not an IPv4 address with a prefix length", cfg.Address)
	case cfg.Segment.taken(addr):
		return fail("address %v is taken on segment %q", addr, cfg.Segment.name)
	case cfg.Gateway.IsValid() && !cfg.Address.Contains(cfg.Gateway):
		return fail("router %v is not within %v", cfg.Gateway, cfg.Address.Masked())
	}
	return nil
}

// newStack builds a host's TCP/IP stack, with all its chance drawn from the seed and the host's name.
func (n *Net) newStack(name string, cfg HostConfig, card *nic) (*stack.Stack, error) {
	// The stack starts one goroutine per P and keeps it for good.
	if runtime.GOMAXPROCS(0) > 1 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	}
	seed := n.derive("host " + name)
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol, icmp.NewProtocol4},
		Clock:              stackClock{n},
		RandSource:         &lockedSource{source: mathrand.NewSource(int64(seed))},
		SecureRNG:          &lockedReader{source: rand.NewChaCha8(key)},
		HandleLocal:        true,
	})
	sack := tcpip.TCPSACKEnabled(true)
	// RACK takes reordering by the scheduler for loss when round trips are tiny.
	rack := tcpip.TCPRecovery(0)
	address := tcpip.ProtocolAddress{
		Protocol: ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{
			Address: stackAddr(cfg.Address.Addr()), PrefixLen: cfg.Address.Bits(),
		},
	}
	for _, err := range []tcpip.Error{
		s.SetTransportProtocolOption(tcp.ProtocolNumber, &sack),
		s.SetTransportProtocolOption(tcp.ProtocolNumber, &rack),
		s.CreateNICWithOptions(nicID, card, stack.NICOptions{Name: "eth0"}),
		s.AddProtocolAddress(nicID, address, stack.AddressProperties{}),
	} {
		if err != nil {
			s.Destroy()
			return nil, errors.New(err.String())
		}
	}
	routes := []tcpip.Route{{Destination: address.AddressWithPrefix.Subnet(), NIC: nicID}}
	if cfg.Gateway.IsValid() {
		routes = append(routes, tcpip.Route{
			Destination: header.IPv4EmptySubnet, Gateway: stackAddr(cfg.Gateway), NIC: nicID,
		})
	}
	s.SetRouteTable(routes)
	return s, nil
}

// Name is the name given to AddHost.
func (h *Host) Name() string { return h.name }

// Addr is the host's own address.
func (h *Host) Addr() netip.Addr { return h.cfg.Address.Addr() }

// Link is the host's link to its segment. Forward is away from the host.
func (h *Host) Link() *Link { return h.link }

// Receive implements Receiver: it takes what the link brings. Nobody but the link calls it.
func (h *Host) Receive(f Frame) { h.nic.receive(f.Packet) }

// Dial opens a connection, with the meaning of net.Dialer.DialContext. The network is "tcp" or "udp" (or
// with a 4), the address "IP:port": who has names resolves them first. A dial that nobody answers lasts
// until ctx ends, for TCP 127 s at most. Errors are *net.OpError around a syscall.Errno, net.ErrClosed, or
// ctx's end, which is a time-out as net.Dialer reports it. TCP dials go to the record.
//
// A TCP connection also has CloseWrite() error, and Abort(), which resets it. A UDP connection is a
// net.PacketConn too; ICMP port unreachable wakes its reader with ECONNREFUSED, and where no such answer
// comes the reader waits for its deadline.
func (h *Host) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return h.layer.Dial(ctx, network, address)
}

// Listen opens a TCP listener on "IP:port" or ":port"; port 0 picks a free one. Accepted connections go to
// the record.
func (h *Host) Listen(network, address string) (net.Listener, error) {
	return h.layer.Listen(network, address)
}

// ListenPacket opens a UDP socket on "IP:port" or ":port"; port 0 picks a free one.
func (h *Host) ListenPacket(network, address string) (net.PacketConn, error) {
	return h.layer.ListenPacket(network, address)
}

// Relay is what a host does with connection requests to a port instead of listening there.
type Relay = socket.Relay

// Relay answers TCP connection requests to port by r until stop: each is answered only after r.Open has opened
// a connection somewhere else, and as that went. It is how a program outside the simulation listens inside
// it without a connection that is accepted first and closed afterwards. Accepted connections go to the
// record. A port on which somebody listens or relays already is an error.
func (h *Host) Relay(port uint16, r Relay) (stop func(), err error) {
	taken, err := h.Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		return nil, err
	}
	if err := taken.Close(); err != nil {
		return nil, err
	}
	stop, ok := h.layer.Relay(port, r)
	if !ok {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Err: syscall.EADDRINUSE}
	}
	return stop, nil
}

func (h *Host) accepted(local, remote string) {
	h.net.add(record.Event{Kind: record.ConnOpen, Who: h.name, Local: local, Remote: remote})
}

func (h *Host) dialled(local, remote string, err error) {
	event := record.Event{Kind: record.ConnDial, Who: h.name, Local: local, Remote: remote}
	if err != nil {
		event.Error = err.Error()
	}
	h.net.add(event)
}

// Close shuts the host down for good: open connections are reset (unless the link is cut or the network
// closes), waiting calls return net.ErrClosed. Do not call it from a timer.
func (h *Host) Close() {
	h.once.Do(func() {
		close(h.closed)
		h.nic.close()
		h.stack.Destroy()
	})
}

func stackAddr(a netip.Addr) tcpip.Address { return tcpip.AddrFrom4(a.As4()) }

// lockedSource makes a seeded source safe for the stack's goroutines.
type lockedSource struct {
	mu     sync.Mutex
	source mathrand.Source
}

func (l *lockedSource) Int63() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.source.Int63()
}

func (l *lockedSource) Seed(seed int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.source.Seed(seed)
}

// lockedReader stands in for the stack's secure randomness (initial sequence numbers, ports).
type lockedReader struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.source.Read(p)
}

// The stack logs to standard error with the wall clock's time; what matters is in the record.
func init() { log.SetTarget(discard{}) }

type discard struct{}

// Emit implements log.Emitter.
func (discard) Emit(int, log.Level, time.Time, string, ...any) {}

package dns_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/record"
)

var epoch = time.Date(2015, 11, 2, 7, 0, 0, 0, time.UTC)

// oneWay is how long a datagram or a TCP segment of the handshake travels in the test's network.
const oneWay = time.Millisecond

// network joins hosts in memory on a virtual clock: datagrams and streams between "IP:port" addresses.
type network struct {
	clk *clock.Virtual
	rec *record.Record

	mu      sync.Mutex
	packets map[string]*socket
	streams map[string]*listener
	port    int
}

func newNetwork() *network {
	clk := clock.NewVirtual(epoch, clock.Options{})
	return &network{
		clk: clk, rec: record.New(clk.Now), port: 40000,
		packets: map[string]*socket{}, streams: map[string]*listener{},
	}
}

// run runs f while the clock drives, with the panics and failures of f in the test.
func (n *network) run(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	if err := n.clk.Run(done); err != nil {
		t.Fatal(err)
	}
}

// socket is a UDP socket, connected when remote is set.
type socket struct {
	n             *network
	local, remote netip.AddrPort
	inbox         chan datagram
	interrupt     chan struct{}
	once          sync.Once
}

type datagram struct {
	data []byte
	from netip.AddrPort
	err  error
}

func (n *network) listenPacket(addr string) *socket {
	s := &socket{n: n, local: netip.MustParseAddrPort(addr), inbox: make(chan datagram, 100), interrupt: make(chan struct{})}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.packets[addr] = s
	return s
}

// dialer returns a Dial function of the host with address ip.
func (n *network) dialer(ip string) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		n.mu.Lock()
		n.port++
		local := fmt.Sprintf("%s:%d", ip, n.port)
		l := n.streams[address]
		n.mu.Unlock()
		if network == "udp" {
			s := n.listenPacket(local)
			s.remote = netip.MustParseAddrPort(address)
			return s, nil
		}
		if err := n.clk.Sleep(ctx, 2*oneWay); err != nil {
			return nil, err
		}
		if l == nil {
			return nil, syscall.ECONNREFUSED
		}
		a, b := net.Pipe()
		la, ra := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(local)), net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))
		l.accept <- stream{b, ra, la}
		return stream{a, la, ra}, nil
	}
}

func (s *socket) WriteTo(p []byte, to net.Addr) (int, error) {
	return s.send(p, netip.MustParseAddrPort(to.String()))
}

func (s *socket) Write(p []byte) (int, error) { return s.send(p, s.remote) }

func (s *socket) send(p []byte, to netip.AddrPort) (int, error) {
	d := datagram{data: append([]byte(nil), p...), from: s.local}
	s.n.clk.AfterFunc(oneWay, func() {
		s.n.mu.Lock()
		peer := s.n.packets[to.String()]
		s.n.mu.Unlock()
		if peer != nil {
			peer.inbox <- d
			return
		}
		s.n.clk.AfterFunc(oneWay, func() { s.inbox <- datagram{err: syscall.ECONNREFUSED} }) // ICMP port unreachable
	})
	return len(p), nil
}

func (s *socket) ReadFrom(p []byte) (int, net.Addr, error) {
	select {
	case d := <-s.inbox:
		if d.err != nil {
			return 0, nil, d.err
		}
		return copy(p, d.data), net.UDPAddrFromAddrPort(d.from), nil
	case <-s.interrupt:
		return 0, nil, os.ErrDeadlineExceeded
	}
}

func (s *socket) Read(p []byte) (int, error) {
	n, _, err := s.ReadFrom(p)
	return n, err
}

func (s *socket) Close() error {
	s.once.Do(func() { close(s.interrupt) })
	return nil
}

// SetReadDeadline knows only the deadline in the past by which a server is stopped.
func (s *socket) SetReadDeadline(t time.Time) error {
	if t.Before(epoch) {
		s.Close()
	}
	return nil
}

func (s *socket) SetDeadline(t time.Time) error    { return s.SetReadDeadline(t) }
func (s *socket) SetWriteDeadline(time.Time) error { return nil }
func (s *socket) LocalAddr() net.Addr              { return net.UDPAddrFromAddrPort(s.local) }
func (s *socket) RemoteAddr() net.Addr             { return net.UDPAddrFromAddrPort(s.remote) }

// listener is a TCP listener.
type listener struct {
	addr   net.Addr
	accept chan stream
	closed chan struct{}
	once   sync.Once
}

type stream struct {
	net.Conn
	local, remote net.Addr
}

func (s stream) LocalAddr() net.Addr  { return s.local }
func (s stream) RemoteAddr() net.Addr { return s.remote }

// SetReadDeadline keeps wall clock deadlines out of the test, except those in the past.
func (s stream) SetReadDeadline(t time.Time) error {
	if t.Before(epoch) {
		return s.Conn.SetReadDeadline(t)
	}
	return nil
}

func (n *network) listen(addr string) *listener {
	l := &listener{
		addr: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(addr)), accept: make(chan stream, 10), closed: make(chan struct{}),
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.streams[addr] = l
	return l
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case s := <-l.accept:
		return s, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *listener) Addr() net.Addr { return l.addr }

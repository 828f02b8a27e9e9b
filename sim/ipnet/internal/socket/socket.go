// Package socket makes connections, listeners and UDP sockets of package net's kind out of the endpoints of
// a host's TCP/IP stack: with the errors an operating system gives, and deadlines on the simulation's
// clock. What comes with the stack itself has neither. Names, hosts and links are package ipnet's.
package socket

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/waiter"

	"demailbench/sim/clock"
)

// Layer is a host's socket layer: where programs get their sockets from.
type Layer struct {
	// Stack is the host's TCP/IP stack, NIC its only card.
	Stack *stack.Stack
	NIC   tcpip.NICID
	// Addr is the host's address.
	Addr  netip.Addr
	Clock clock.Clock
	// Closed is closed when the host shuts down.
	Closed <-chan struct{}
	// Accepted is told of every accepted TCP connection, Dialled of every attempt at one; local is empty
	// when err is not nil.
	Accepted func(local, remote string)
	Dialled  func(local, remote string, err error)

	relays relays
}

// full is the stack's form of an address. An address of all zeros stands for any.
func (l *Layer) full(ap netip.AddrPort) tcpip.FullAddress {
	full := tcpip.FullAddress{NIC: l.NIC, Port: ap.Port()}
	if a := ap.Addr().Unmap(); a.Is4() && !a.IsUnspecified() {
		full.Addr = tcpip.AddrFrom4(a.As4())
	}
	return full
}

// socket is what TCP connections, listeners and UDP sockets have in common: an endpoint of the host's
// stack, and waiting for it with deadlines.
type socket struct {
	layer   *Layer
	network string // "tcp" or "udp", for errors
	ep      tcpip.Endpoint
	wq      *waiter.Queue
	rd, wd  *deadline

	once   sync.Once
	closed chan struct{}
}

func newSocket(l *Layer, network string, ep tcpip.Endpoint, wq *waiter.Queue) *socket {
	return &socket{
		layer: l, network: network, ep: ep, wq: wq,
		rd: newDeadline(), wd: newDeadline(), closed: make(chan struct{}),
	}
}

func (s *socket) isClosed() bool { return isClosed(s.closed) || isClosed(s.layer.Closed) }

// retry calls f until it would no longer block, the deadline passes or the socket is closed. It returns
// io.EOF bare and every other error without the operation around it.
func (s *socket) retry(d *deadline, events waiter.EventMask, f func() tcpip.Error) error {
	var ready chan struct{}
	for {
		passed := d.wait()
		switch {
		case s.isClosed():
			return net.ErrClosed
		case isClosed(passed):
			return os.ErrDeadlineExceeded
		}
		switch err := f().(type) {
		case nil:
			return nil
		case *tcpip.ErrWouldBlock:
		case *tcpip.ErrClosedForReceive:
			return io.EOF
		default:
			if s.isClosed() {
				return net.ErrClosed
			}
			return errno(err)
		}
		if ready == nil {
			var entry waiter.Entry
			entry, ready = waiter.NewChannelEntry(events | waiter.EventErr | waiter.EventHUp)
			s.wq.EventRegister(&entry)
			defer s.wq.EventUnregister(&entry)
			continue // what came before the registration woke nobody
		}
		select {
		case <-ready:
		case <-passed:
		case <-s.closed:
		case <-s.layer.Closed:
		}
	}
}

// opError wraps err as package net does. The error of an ended stream stays bare.
func (s *socket) opError(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: s.network, Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: err}
}

// Close implements net.Conn.
func (s *socket) Close() error {
	err := net.ErrClosed
	s.once.Do(func() {
		err = nil
		close(s.closed)
		s.rd.end()
		s.wd.end()
		s.ep.Close()
	})
	return s.opError("close", err)
}

// LocalAddr implements net.Conn.
func (s *socket) LocalAddr() net.Addr {
	a, err := s.ep.GetLocalAddress()
	if err != nil || a.Addr.Len() == 0 {
		a.Addr = tcpip.AddrFrom4(s.layer.Addr.As4())
	}
	return s.netAddr(a)
}

// RemoteAddr implements net.Conn. It is nil for a socket without a peer.
func (s *socket) RemoteAddr() net.Addr {
	a, err := s.ep.GetRemoteAddress()
	if err != nil {
		return nil
	}
	return s.netAddr(a)
}

func (s *socket) netAddr(a tcpip.FullAddress) net.Addr {
	ip := net.IP(a.Addr.AsSlice())
	if s.network == "udp" {
		return &net.UDPAddr{IP: ip, Port: int(a.Port)}
	}
	return &net.TCPAddr{IP: ip, Port: int(a.Port)}
}

// SetDeadline implements net.Conn.
func (s *socket) SetDeadline(t time.Time) error {
	s.rd.set(s.layer.Clock, t)
	s.wd.set(s.layer.Clock, t)
	return nil
}

// SetReadDeadline implements net.Conn.
func (s *socket) SetReadDeadline(t time.Time) error {
	s.rd.set(s.layer.Clock, t)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (s *socket) SetWriteDeadline(t time.Time) error {
	s.wd.set(s.layer.Clock, t)
	return nil
}

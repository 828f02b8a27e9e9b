//go:build linux

package docker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"demailbench/sim/docker/control"
	"demailbench/sim/record"
)

// dialLimit is how long a dial lasts that nobody bounds: as long as the kernel tries.
const dialLimit = 150 * time.Second

// Dial opens a connection of a host, with the meaning of net.Dialer.DialContext. TCP dials go to the record.
func (f *Fabric) Dial(ctx context.Context, host, network, address string) (net.Conn, error) {
	r := control.SocketRequest{Network: network, Address: address, Timeout: dialLimit}
	if end, ok := ctx.Deadline(); ok {
		r.Timeout = max(time.Until(end), time.Millisecond)
	}
	c, err := f.connect(ctx, host, r)
	if network == "tcp" || network == "tcp4" {
		e := record.Event{Kind: record.ConnDial, Who: host, Remote: address}
		if err != nil {
			e.Error = err.Error()
		} else {
			e.Local = c.LocalAddr().String()
		}
		f.o.Record.Add(e)
	}
	return c, err
}

func (f *Fabric) connect(ctx context.Context, host string, r control.SocketRequest) (net.Conn, error) {
	file, err := f.socket(ctx, host, control.OpDial, r)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: r.Network, Addr: addrOf(r.Network, r.Address), Err: err}
	}
	defer file.Close()
	c, err := net.FileConn(file)
	if t, ok := c.(*net.TCPConn); ok {
		return conn{t}, nil
	}
	return c, err
}

// conn is a TCP connection with what ipnet's have.
type conn struct{ *net.TCPConn }

// Abort resets the connection.
func (c conn) Abort() {
	_ = c.SetLinger(0) // it is closed in any case
	c.Close()
}

// socket asks a host's node for a socket.
func (f *Fabric) socket(ctx context.Context, host, op string, r control.SocketRequest) (*os.File, error) {
	f.mu.Lock()
	n, closing := f.nodes[host], f.closing
	f.mu.Unlock()
	switch {
	case closing:
		return nil, net.ErrClosed
	case n == nil:
		return nil, fmt.Errorf("there is no host %q", host)
	}
	file, err := n.peer.Call(ctx, op, r, nil)
	var failure *control.Failure
	switch {
	case errors.As(err, &failure) && failure.Errno != 0:
		return nil, failure.Errno
	case errors.As(err, &failure) && failure.Expired, errors.Is(err, context.DeadlineExceeded):
		return nil, os.ErrDeadlineExceeded
	case err == nil && file == nil:
		return nil, fmt.Errorf("%s: the node sent no socket", op)
	}
	return file, err
}

func addrOf(network, address string) net.Addr {
	if p, err := netip.ParseAddrPort(address); err == nil {
		if network == "udp" || network == "udp4" {
			return net.UDPAddrFromAddrPort(p)
		}
		return net.TCPAddrFromAddrPort(p)
	}
	return nil
}

// Listen opens a TCP listener on a host. Accepted connections go to the record.
func (f *Fabric) Listen(host, network, address string) (net.Listener, error) {
	file, err := f.socket(context.Background(), host, control.OpListen, control.SocketRequest{Network: four(network), Address: address})
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: addrOf(network, address), Err: err}
	}
	defer file.Close()
	l, err := net.FileListener(file)
	if err != nil {
		return nil, err
	}
	return &listener{Listener: l, f: f, host: host}, nil
}

// four restricts a network to IPv4.
func four(network string) string {
	if network == "tcp" || network == "udp" {
		return network + "4"
	}
	return network
}

type listener struct {
	net.Listener
	f    *Fabric
	host string
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.f.o.Record.Add(record.Event{Kind: record.ConnOpen, Who: l.host, Local: c.LocalAddr().String(), Remote: c.RemoteAddr().String()})
	if t, ok := c.(*net.TCPConn); ok {
		return conn{t}, nil
	}
	return c, nil
}

// ListenPacket opens a UDP socket on a host.
func (f *Fabric) ListenPacket(host, network, address string) (net.PacketConn, error) {
	file, err := f.socket(context.Background(), host, control.OpPacket, control.SocketRequest{Network: four(network), Address: address})
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: addrOf(network, address), Err: err}
	}
	defer file.Close()
	return net.FilePacketConn(file)
}

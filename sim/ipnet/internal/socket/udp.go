package socket

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// ListenPacket is ipnet.Host's ListenPacket.
func (l *Layer) ListenPacket(network, address string) (net.PacketConn, error) {
	if network != "udp" && network != "udp4" {
		return nil, &net.OpError{Op: "listen", Net: network, Err: net.UnknownNetworkError(network)}
	}
	wq := &waiter.Queue{}
	ep, err := l.bind(udp.ProtocolNumber, "udp", address, wq)
	if err != nil {
		return nil, err
	}
	return &udpConn{socket: newSocket(l, "udp", ep, wq)}, nil
}

// dialUDP opens a socket with a peer. Nothing is sent yet.
func (l *Layer) dialUDP(ctx context.Context, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "udp", Err: &net.AddrError{Err: "not IP:port", Addr: address}}
	}
	fail := func(err error) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "udp", Addr: net.UDPAddrFromAddrPort(to), Err: err}
	}
	if ctx.Err() != nil {
		return fail(dialEnded(ctx))
	}
	wq := &waiter.Queue{}
	ep, err := l.bind(udp.ProtocolNumber, "udp", ":0", wq)
	if err != nil {
		return fail(err.(*net.OpError).Err)
	}
	if err := ep.Connect(l.full(to)); err != nil {
		ep.Close()
		return fail(errno(err))
	}
	return &udpConn{socket: newSocket(l, "udp", ep, wq)}, nil
}

// udpConn is a net.PacketConn and, when dialled, a net.Conn. ICMP port unreachable wakes a reader of a
// dialled socket with ECONNREFUSED; without such an answer it waits for its deadline.
type udpConn struct{ *socket }

// ReadFrom implements net.PacketConn. What does not fit into b is lost.
func (u *udpConn) ReadFrom(b []byte) (n int, from net.Addr, err error) {
	err = u.retry(u.rd, waiter.ReadableEvents, func() tcpip.Error {
		w := tcpip.SliceWriter(b)
		result, err := u.ep.Read(&w, tcpip.ReadOptions{NeedRemoteAddr: true})
		if err == nil {
			n, from = result.Count, u.netAddr(result.RemoteAddr)
		}
		return err
	})
	return n, from, u.opError("read", err)
}

// WriteTo implements net.PacketConn. The address must be a *net.UDPAddr.
func (u *udpConn) WriteTo(b []byte, to net.Addr) (int, error) {
	a, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, u.opError("write", syscall.EINVAL)
	}
	full := u.layer.full(a.AddrPort())
	return u.write(b, tcpip.WriteOptions{To: &full})
}

func (u *udpConn) write(b []byte, o tcpip.WriteOptions) (n int, err error) {
	err = u.retry(u.wd, waiter.WritableEvents, func() tcpip.Error {
		k, err := u.ep.Write(bytes.NewReader(b), o)
		n = int(k)
		return err
	})
	return n, u.opError("write", err)
}

// Read implements net.Conn.
func (u *udpConn) Read(b []byte) (int, error) {
	n, _, err := u.ReadFrom(b)
	return n, err
}

// Write implements net.Conn.
func (u *udpConn) Write(b []byte) (int, error) { return u.write(b, tcpip.WriteOptions{}) }

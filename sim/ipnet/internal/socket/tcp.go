package socket

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// backlog is how many completed connections wait for Accept.
const backlog = 512

// Dial is ipnet.Host's Dial.
func (l *Layer) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	switch network {
	case "tcp", "tcp4":
		c, err := l.dialTCP(ctx, address)
		if err != nil {
			l.Dialled("", address, cause(err))
			return nil, err
		}
		l.Dialled(c.LocalAddr().String(), address, nil)
		return c, nil
	case "udp", "udp4":
		return l.dialUDP(ctx, address)
	}
	return nil, &net.OpError{Op: "dial", Net: network, Err: net.UnknownNetworkError(network)}
}

// cause is an error without the addresses that package net wraps around it.
func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

func (l *Layer) dialTCP(ctx context.Context, address string) (*tcpConn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.AddrError{Err: "not IP:port", Addr: address}}
	}
	fail := func(err error) (*tcpConn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(to), Err: err}
	}
	switch {
	case isClosed(l.Closed):
		return fail(net.ErrClosed)
	case ctx.Err() != nil:
		return fail(dialEnded(ctx))
	}
	wq := &waiter.Queue{}
	ep, terr := l.Stack.NewEndpoint(tcp.ProtocolNumber, ipv4.ProtocolNumber, wq)
	if terr != nil {
		return fail(errno(terr))
	}
	if err := l.connect(ctx, ep, wq, to); err != nil {
		ep.Close()
		return fail(err)
	}
	return &tcpConn{socket: newSocket(l, "tcp", ep, wq)}, nil
}

// connect waits for the handshake.
func (l *Layer) connect(ctx context.Context, ep tcpip.Endpoint, wq *waiter.Queue, to netip.AddrPort) error {
	entry, ready := waiter.NewChannelEntry(waiter.WritableEvents | waiter.EventErr | waiter.EventHUp)
	wq.EventRegister(&entry)
	defer wq.EventUnregister(&entry)
	err := ep.Connect(l.full(to))
	if _, started := err.(*tcpip.ErrConnectStarted); !started {
		return errno(err)
	}
	select {
	case <-ready:
		return errno(ep.LastError())
	case <-ctx.Done():
		return dialEnded(ctx)
	case <-l.Closed:
		return net.ErrClosed
	}
}

// Listen is ipnet.Host's Listen.
func (l *Layer) Listen(network, address string) (net.Listener, error) {
	if network != "tcp" && network != "tcp4" {
		return nil, &net.OpError{Op: "listen", Net: network, Err: net.UnknownNetworkError(network)}
	}
	wq := &waiter.Queue{}
	ep, err := l.bind(tcp.ProtocolNumber, "tcp", address, wq)
	if err != nil {
		return nil, err
	}
	if err := ep.Listen(backlog); err != nil {
		ep.Close()
		return nil, &net.OpError{Op: "listen", Net: "tcp", Err: errno(err)}
	}
	return &listener{socket: newSocket(l, "tcp", ep, wq)}, nil
}

// bind opens an endpoint on a local address.
func (l *Layer) bind(proto tcpip.TransportProtocolNumber, network, address string, wq *waiter.Queue) (tcpip.Endpoint, error) {
	fail := func(err error) (tcpip.Endpoint, error) {
		return nil, &net.OpError{Op: "listen", Net: network, Err: err}
	}
	if len(address) > 0 && address[0] == ':' {
		address = "0.0.0.0" + address
	}
	local, err := netip.ParseAddrPort(address)
	if err != nil {
		return fail(&net.AddrError{Err: "not IP:port", Addr: address})
	}
	if a := local.Addr().Unmap(); !a.IsUnspecified() && a != l.Addr {
		return fail(syscall.EADDRNOTAVAIL) // the stack would take any address of its subnet
	}
	if isClosed(l.Closed) {
		return fail(net.ErrClosed)
	}
	ep, terr := l.Stack.NewEndpoint(proto, ipv4.ProtocolNumber, wq)
	if terr != nil {
		return fail(errno(terr))
	}
	if terr := ep.Bind(l.full(local)); terr != nil {
		ep.Close()
		return fail(errno(terr))
	}
	return ep, nil
}

// listener is a net.Listener.
type listener struct{ *socket }

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	var c *tcpConn
	err := l.retry(l.rd, waiter.ReadableEvents, func() tcpip.Error {
		ep, wq, err := l.ep.Accept(nil)
		if err == nil {
			c = &tcpConn{socket: newSocket(l.layer, "tcp", ep, wq)}
		}
		return err
	})
	if err != nil {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: err}
	}
	l.layer.Accepted(c.LocalAddr().String(), c.remote())
	return c, nil
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return l.LocalAddr() }

// tcpConn is a net.Conn.
type tcpConn struct {
	*socket
	reading, writing sync.Mutex
}

// remote is the peer as text, also when it is gone already.
func (c *tcpConn) remote() string {
	if a := c.RemoteAddr(); a != nil {
		return a.String()
	}
	return "gone"
}

// Read implements net.Conn.
func (c *tcpConn) Read(b []byte) (n int, err error) {
	if len(b) == 0 {
		return 0, nil
	}
	c.reading.Lock()
	defer c.reading.Unlock()
	err = c.retry(c.rd, waiter.ReadableEvents, func() tcpip.Error {
		w := tcpip.SliceWriter(b)
		result, err := c.ep.Read(&w, tcpip.ReadOptions{})
		n = result.Count
		return err
	})
	if n > 0 {
		c.ep.ModerateRecvBuf(n)
	}
	return n, c.opError("read", err)
}

// Write implements net.Conn.
func (c *tcpConn) Write(b []byte) (n int, err error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	for n < len(b) && err == nil {
		err = c.retry(c.wd, waiter.WritableEvents, func() tcpip.Error {
			k, err := c.ep.Write(bytes.NewReader(b[n:]), tcpip.WriteOptions{})
			n += int(k)
			return err
		})
	}
	return n, c.opError("write", err)
}

// CloseWrite tells the peer that nothing more follows.
func (c *tcpConn) CloseWrite() error {
	return c.opError("close", errno(c.ep.Shutdown(tcpip.ShutdownWrite)))
}

// Abort resets the connection: the peer's calls fail with ECONNRESET.
func (c *tcpConn) Abort() {
	c.ep.SocketOptions().SetLinger(tcpip.LingerOption{Enabled: true})
	c.Close()
}

package doortest

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"

	"demailbench/gateway/door"
)

// Net is a network of invented addresses over loopback sockets. Its connections ignore deadlines, because these
// are times of a Clock that the kernel does not know; but a read deadline in 1970, by which net/http breaks off a
// read, is past on every clock.
type Net struct {
	mu sync.Mutex
	// at maps "IP:port" to the loopback address; from maps a client's loopback address to its invented one.
	at, from map[string]string
}

// NewNet returns a network without hosts.
func NewNet() *Net { return &Net{at: map[string]string{}, from: map[string]string{}} }

// On is the Listen door of the host with the address host.
func (n *Net) On(host string) door.Listen {
	return func(network, address string) (net.Listener, error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		n.mu.Lock()
		defer n.mu.Unlock()
		n.at[net.JoinHostPort(host, port)] = l.Addr().String()
		return &listener{l, n}, nil
	}
}

// From is the Dial door of the host with the address host.
func (n *Net) From(host string) door.Dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		to, ok := n.at[address]
		if !ok {
			return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
		}
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", to)
		if err != nil {
			return nil, err
		}
		n.from[c.LocalAddr().String()] = net.JoinHostPort(host, "40000")
		return &conn{Conn: c, net: n}, nil
	}
}

// Remove takes the host's port off the network: dialling it is refused.
func (n *Net) Remove(address string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.at, address)
}

type listener struct {
	net.Listener
	net *Net
}

// Accept waits for a connection.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, net: l.net}, nil
}

// conn is a connection without deadlines.
type conn struct {
	net.Conn
	net *Net
}

// RemoteAddr is the invented address of a client.
func (c *conn) RemoteAddr() net.Addr {
	c.net.mu.Lock()
	defer c.net.mu.Unlock()
	real := c.Conn.RemoteAddr()
	if a, ok := c.net.from[real.String()]; ok {
		return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(a))
	}
	return real
}

// SetDeadline, SetReadDeadline and SetWriteDeadline do nothing.
func (*conn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline breaks off reading by a time in 1970, and lets it go on by none.
func (c *conn) SetReadDeadline(t time.Time) error {
	if t.IsZero() || t.Year() == 1970 {
		return c.Conn.SetReadDeadline(t)
	}
	return nil
}

// SetWriteDeadline does nothing.
func (*conn) SetWriteDeadline(time.Time) error { return nil }

// SetLinger passes to the socket.
func (c *conn) SetLinger(sec int) error { return c.Conn.(*net.TCPConn).SetLinger(sec) }

// Names is a resolver of tables; it implements door.Resolver. A name that stands in none does not exist.
type Names struct {
	mu sync.Mutex
	// MX and IP are the records; Fail the errors of names that cannot be asked for.
	MX   map[string][]*net.MX
	IP   map[string][]netip.Addr
	Fail map[string]error
}

// Set changes the records while the resolver is in use.
func (r *Names) Set(f func(*Names)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r)
}

// LookupMX answers from MX.
func (r *Names) LookupMX(_ context.Context, domain string) ([]*net.MX, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	domain = strings.TrimSuffix(domain, ".")
	if mx := r.MX[domain]; mx != nil {
		return mx, r.Fail[domain]
	}
	return nil, r.missing(domain)
}

// LookupNetIP answers from IP.
func (r *Names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	host = strings.TrimSuffix(host, ".")
	if a := r.IP[host]; a != nil {
		return a, r.Fail[host]
	}
	return nil, r.missing(host)
}

func (r *Names) missing(name string) error {
	if err := r.Fail[name]; err != nil {
		return err
	}
	return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// Package memory is a network of one server for tests of SMTP: connections are buffers in memory, with
// deadlines on the world's clock and a window that fills when nobody reads. It leaves out addresses,
// routes and loss (sim/ipnet).
package memory

import (
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"demailbench/sim/clock"
)

// Net is the network; it is its server's listener.
type Net struct {
	clock clock.Clock
	calls chan net.Conn
	once  sync.Once
	done  chan struct{}

	mu    sync.Mutex
	ports uint16
}

// New makes a network on clk.
func New(clk clock.Clock) *Net {
	return &Net{clock: clk, calls: make(chan net.Conn), done: make(chan struct{}), ports: 1024}
}

// Accept implements net.Listener.
func (m *Net) Accept() (net.Conn, error) {
	select {
	case c := <-m.calls:
		return c, nil
	case <-m.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (m *Net) Close() error {
	m.once.Do(func() { close(m.done) })
	return nil
}

// Addr is 192.168.10.25:25.
func (m *Net) Addr() net.Addr { return tcp("192.168.10.25:25") }

func tcp(s string) net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(s)) }

// Dial connects to the server, whatever the address, as 192.168.10.7.
func (m *Net) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	m.mu.Lock()
	m.ports++
	local := net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr("192.168.10.7"), m.ports))
	m.mu.Unlock()
	up, down := newBuffer(m.clock), newBuffer(m.clock)
	client := &Conn{r: down, w: up, local: local, remote: m.Addr()}
	server := &Conn{r: up, w: down, local: m.Addr(), remote: local}
	select {
	case m.calls <- server:
		return client, nil
	case <-m.done:
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", net.ErrClosed)}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// buffer is one direction of a connection.
type buffer struct {
	clock  clock.Clock
	mu     sync.Mutex
	change *sync.Cond
	data   []byte
	closed bool // by the writer
	gone   bool // by the reader
}

const window = 64 << 10

func newBuffer(clk clock.Clock) *buffer {
	b := &buffer{clock: clk}
	b.change = sync.NewCond(&b.mu)
	return b
}

// until waits for ready, with mu held, and reports whether the deadline came first.
func (b *buffer) until(deadline time.Time, ready func() bool) (late bool) {
	if !deadline.IsZero() {
		stop := b.clock.AfterFunc(clock.Until(b.clock, deadline), func() {
			b.mu.Lock()
			late = true
			b.mu.Unlock()
			b.change.Broadcast()
		})
		defer stop()
	}
	for !ready() && !late {
		b.change.Wait()
	}
	return late
}

// Conn is one end of a connection.
type Conn struct {
	r, w          *buffer
	local, remote net.Addr

	mu     sync.Mutex
	rd, wd time.Time
}

// Read implements net.Conn.
func (e *Conn) Read(p []byte) (int, error) {
	e.mu.Lock()
	deadline := e.rd
	e.mu.Unlock()
	b := e.r
	b.mu.Lock()
	defer b.mu.Unlock()
	late := b.until(deadline, func() bool { return len(b.data) > 0 || b.closed || b.gone })
	switch {
	case b.gone:
		return 0, net.ErrClosed
	case len(b.data) > 0:
		n := copy(p, b.data)
		b.data = b.data[n:]
		b.change.Broadcast()
		return n, nil
	case late:
		return 0, os.ErrDeadlineExceeded
	}
	return 0, io.EOF
}

// Write implements net.Conn.
func (e *Conn) Write(p []byte) (n int, err error) {
	e.mu.Lock()
	deadline := e.wd
	e.mu.Unlock()
	b := e.w
	b.mu.Lock()
	defer b.mu.Unlock()
	for n < len(p) {
		late := b.until(deadline, func() bool { return len(b.data) < window || b.closed || b.gone })
		switch {
		case b.closed || b.gone:
			return n, net.ErrClosed
		case late:
			return n, os.ErrDeadlineExceeded
		}
		part := p[n:min(len(p), n+window-len(b.data))]
		b.data = append(b.data, part...)
		n += len(part)
		b.change.Broadcast()
	}
	return n, nil
}

// Close implements net.Conn.
func (e *Conn) Close() error {
	for _, b := range []*buffer{e.r, e.w} {
		b.mu.Lock()
		b.gone = b.gone || b == e.r
		b.closed = b.closed || b == e.w
		b.mu.Unlock()
		b.change.Broadcast()
	}
	return nil
}

// LocalAddr implements net.Conn.
func (e *Conn) LocalAddr() net.Addr { return e.local }

// RemoteAddr implements net.Conn.
func (e *Conn) RemoteAddr() net.Addr { return e.remote }

// SetReadDeadline implements net.Conn.
func (e *Conn) SetReadDeadline(t time.Time) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rd = t
	return nil
}

// SetWriteDeadline implements net.Conn.
func (e *Conn) SetWriteDeadline(t time.Time) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wd = t
	return nil
}

// SetDeadline implements net.Conn.
func (e *Conn) SetDeadline(t time.Time) error {
	e.SetReadDeadline(t)
	return e.SetWriteDeadline(t)
}

// CloseWrite ends the octets to the other side and goes on reading.
func (e *Conn) CloseWrite() {
	e.w.mu.Lock()
	e.w.closed = true
	e.w.mu.Unlock()
	e.w.change.Broadcast()
}

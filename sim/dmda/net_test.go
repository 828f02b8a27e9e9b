package dmda_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"demailbench/sim/clock"
)

// memNet is a network in memory on the world's clock: connections without latency, with deadlines.
type memNet struct {
	clock clock.Clock
	mu    sync.Mutex
	doors map[string]*memListener
	port  uint16
}

func newMemNet(c clock.Clock) *memNet {
	return &memNet{clock: c, doors: map[string]*memListener{}, port: 40000}
}

// dialer connects from the host with that address.
func (n *memNet) dialer(from string) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, _, address string) (net.Conn, error) {
		n.mu.Lock()
		l := n.doors[address]
		n.port++
		local := fmt.Sprintf("%s:%d", from, n.port)
		n.mu.Unlock()
		if l == nil {
			return nil, fmt.Errorf("dial %s: connection refused", address)
		}
		up, down := newHalf(), newHalf()
		client := &memConn{net: n, in: down, out: up, local: local, remote: address}
		server := &memConn{net: n, in: up, out: down, local: address, remote: local}
		select {
		case l.queue <- server:
			return client, nil
		case <-l.done:
			return nil, errors.New("connection refused")
		}
	}
}

func (n *memNet) listen(address string) net.Listener {
	l := &memListener{net: n, address: address, queue: make(chan net.Conn, 64), done: make(chan struct{})}
	n.mu.Lock()
	n.doors[address] = l
	n.mu.Unlock()
	return l
}

type memListener struct {
	net     *memNet
	address string
	queue   chan net.Conn
	done    chan struct{}
	once    sync.Once
}

func (l *memListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.queue:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *memListener) Close() error {
	l.once.Do(func() {
		l.net.mu.Lock()
		delete(l.net.doors, l.address)
		l.net.mu.Unlock()
		close(l.done)
	})
	return nil
}

func (l *memListener) Addr() net.Addr { return addrOf(l.address) }

func addrOf(s string) net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(s)) }

// half is one direction of a connection.
type half struct {
	mu     sync.Mutex
	buf    []byte
	closed bool
	wake   chan struct{}
}

func newHalf() *half { return &half{wake: make(chan struct{})} }

func (h *half) change(f func()) {
	h.mu.Lock()
	f()
	close(h.wake)
	h.wake = make(chan struct{})
	h.mu.Unlock()
}

type memConn struct {
	net           *memNet
	in, out       *half
	local, remote string

	mu      sync.Mutex
	expired bool
	stop    func() bool
}

func (c *memConn) Read(p []byte) (int, error) {
	for {
		c.mu.Lock()
		expired := c.expired
		c.mu.Unlock()
		c.in.mu.Lock()
		n, closed, wake := copy(p, c.in.buf), c.in.closed, c.in.wake
		c.in.buf = c.in.buf[n:]
		c.in.mu.Unlock()
		switch {
		case n > 0 || len(p) == 0:
			return n, nil
		case closed:
			return 0, io.EOF
		case expired:
			return 0, os.ErrDeadlineExceeded
		}
		<-wake
	}
}

func (c *memConn) Write(p []byte) (n int, err error) {
	c.out.change(func() {
		if c.out.closed {
			err = net.ErrClosed
			return
		}
		c.out.buf = append(c.out.buf, p...)
		n = len(p)
	})
	return n, err
}

func (c *memConn) Close() error {
	c.SetReadDeadline(time.Time{})
	c.in.change(func() { c.in.closed = true })
	c.out.change(func() { c.out.closed = true })
	return nil
}

func (c *memConn) LocalAddr() net.Addr  { return addrOf(c.local) }
func (c *memConn) RemoteAddr() net.Addr { return addrOf(c.remote) }

func (c *memConn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop != nil {
		c.stop()
		c.stop = nil
	}
	c.expired = false
	if t.IsZero() {
		return nil
	}
	c.stop = c.net.clock.AfterFunc(clock.Until(c.net.clock, t), func() {
		c.mu.Lock()
		c.expired = true
		c.mu.Unlock()
		c.in.change(func() {})
	})
	return nil
}

func (c *memConn) SetDeadline(t time.Time) error    { return c.SetReadDeadline(t) }
func (c *memConn) SetWriteDeadline(time.Time) error { return nil }

package gateway

import (
	"context"
	"net"
	"sync"

	"demailbench/gateway/door"
)

// connections knows every open connection of the gateway, so that Kill can reset them all.
type connections struct {
	mu   sync.Mutex
	open map[*connection]bool
	dead bool
}

// connection is one of them.
type connection struct {
	net.Conn
	all *connections
}

// Close closes the connection and forgets it.
func (c *connection) Close() error {
	c.all.mu.Lock()
	delete(c.all.open, c)
	c.all.mu.Unlock()
	return c.Conn.Close()
}

// add takes c into account; a connection that comes after reset is reset at once.
func (cs *connections) add(c net.Conn) net.Conn {
	k := &connection{c, cs}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.dead {
		abort(c)
		return k
	}
	if cs.open == nil {
		cs.open = map[*connection]bool{}
	}
	cs.open[k] = true
	return k
}

// reset cuts all connections, now and later.
func (cs *connections) reset() {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.dead = true
	for c := range cs.open {
		abort(c.Conn)
	}
	clear(cs.open)
}

// abort closes c with a reset where the network can do that: what was not sent is lost, as at a power cut.
func abort(c net.Conn) {
	if l, ok := c.(interface{ SetLinger(sec int) error }); ok {
		_ = l.SetLinger(0) // a connection that is gone already needs no reset
	}
	_ = c.Close()
}

// dial wraps a door so that its connections are known.
func (cs *connections) dial(d door.Dial) door.Dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := d(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return cs.add(c), nil
	}
}

// listener wraps a listener likewise.
type listener struct {
	net.Listener
	all *connections
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.all.add(c), nil
}

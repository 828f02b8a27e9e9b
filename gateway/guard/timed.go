package guard

import (
	"errors"
	"net"
	"sync"
	"time"

	"demailbench/gateway/door"
)

// errDraining is a read's error when the server drains and the peer is between commands.
var errDraining = errors.New("guard: draining")

// timedConn sets a deadline before each read and write: a peer is given up after silence, not after a slow
// but live message. It ignores deadlines set from above, which libraries count from the wall clock.
type timedConn struct {
	net.Conn
	clock       door.Clock
	idle, write time.Duration

	mu    sync.Mutex
	limit time.Time // hard end of this phase of the session
	// between is set while the peer may begin a command: draining may interrupt this read and no other.
	between, draining bool
}

// until moves the hard end of the session.
func (c *timedConn) until(limit time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.limit = limit
}

// between marks whether the peer owes nothing and is owed nothing.
func (c *timedConn) setBetween(b bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.between = b
}

// drain ends a read between commands, now or when it comes.
func (c *timedConn) drain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draining = true
	if c.between {
		_ = c.Conn.SetReadDeadline(c.clock.Now().Add(-time.Second))
	}
}

func (c *timedConn) isDraining() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.draining
}

// arm sets the deadline of the next read.
func (c *timedConn) arm() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.draining && c.between {
		return errDraining
	}
	d := c.clock.Now().Add(c.idle)
	if d.After(c.limit) {
		d = c.limit
	}
	return c.Conn.SetReadDeadline(d)
}

func (c *timedConn) Read(b []byte) (int, error) {
	if err := c.arm(); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *timedConn) Write(b []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(c.clock.Now().Add(c.write)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

func (c *timedConn) SetDeadline(time.Time) error      { return nil }
func (c *timedConn) SetReadDeadline(time.Time) error  { return nil }
func (c *timedConn) SetWriteDeadline(time.Time) error { return nil }

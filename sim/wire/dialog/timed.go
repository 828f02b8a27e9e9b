package dialog

import (
	"net"
	"sync/atomic"
	"time"

	"demailbench/sim/clock"
)

// Timed gives every read and write of a connection its own deadline on the world's clock. go-smtp sets one
// deadline for a whole command or message, on the wall clock, and none while a body is written: those
// are ignored here, so that slow but live peers pass and silent ones never block a party for good.
type Timed struct {
	net.Conn
	clock clock.Clock
	idle  atomic.Int64 // time.Duration
	end   time.Time    // of the whole connection; zero for none
}

// NewTimed guards c: each read and write may take idle, the connection as a whole session (0: no limit).
func NewTimed(c net.Conn, clk clock.Clock, idle, session time.Duration) *Timed {
	t := &Timed{Conn: c, clock: clk}
	t.idle.Store(int64(idle))
	if session > 0 {
		t.end = clk.Now().Add(session)
	}
	return t
}

// SetIdle changes how long each later read and write may take.
func (t *Timed) SetIdle(d time.Duration) { t.idle.Store(int64(d)) }

func (t *Timed) deadline() time.Time {
	at := t.clock.Now().Add(time.Duration(t.idle.Load()))
	if !t.end.IsZero() && t.end.Before(at) {
		return t.end
	}
	return at
}

// Read implements net.Conn.
func (t *Timed) Read(p []byte) (int, error) {
	if err := t.Conn.SetReadDeadline(t.deadline()); err != nil {
		return 0, err
	}
	return t.Conn.Read(p)
}

// Write implements net.Conn.
func (t *Timed) Write(p []byte) (int, error) {
	if err := t.Conn.SetWriteDeadline(t.deadline()); err != nil {
		return 0, err
	}
	return t.Conn.Write(p)
}

// SetDeadline is ignored, as are the other two.
func (t *Timed) SetDeadline(time.Time) error { return nil }

// SetReadDeadline is ignored.
func (t *Timed) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline is ignored.
func (t *Timed) SetWriteDeadline(time.Time) error { return nil }

package wire

import (
	"net"
	"sync/atomic"
	"time"

	"demailbench/sim/clock"
)

// timed gives every read and write of a connection its own deadline on the world's clock. go-smtp sets one
// deadline for a whole command or message, on the wall clock, and none while a body is written: those
// are ignored here, so that slow but live peers pass and silent ones never block a party for good.
type timed struct {
	net.Conn
	clock clock.Clock
	idle  atomic.Int64 // time.Duration
	end   time.Time    // of the whole connection; zero for none
}

func newTimed(c net.Conn, clk clock.Clock, idle, session time.Duration) *timed {
	t := &timed{Conn: c, clock: clk}
	t.idle.Store(int64(idle))
	if session > 0 {
		t.end = clk.Now().Add(session)
	}
	return t
}

func (t *timed) deadline() time.Time {
	at := t.clock.Now().Add(time.Duration(t.idle.Load()))
	if !t.end.IsZero() && t.end.Before(at) {
		return t.end
	}
	return at
}

func (t *timed) Read(p []byte) (int, error) {
	if err := t.Conn.SetReadDeadline(t.deadline()); err != nil {
		return 0, err
	}
	return t.Conn.Read(p)
}

func (t *timed) Write(p []byte) (int, error) {
	if err := t.Conn.SetWriteDeadline(t.deadline()); err != nil {
		return 0, err
	}
	return t.Conn.Write(p)
}

func (t *timed) SetDeadline(time.Time) error      { return nil }
func (t *timed) SetReadDeadline(time.Time) error  { return nil }
func (t *timed) SetWriteDeadline(time.Time) error { return nil }

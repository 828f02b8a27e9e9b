package inpath

import (
	"io"
	"net"
	"sync"
	"time"
)

// pipe is a connection inside the process with room for everything that is written, so that neither side waits
// for the other's reads. Deadlines are handed to the real connection on the other side of the peer, which has
// the clock for them.
//
// closed runs when the gateway closes its end.
func pipe(real net.Conn, closed func() error) (gateway, peer net.Conn) {
	a, b := newLane(), newLane()
	return &end{in: a, out: b, real: real, closed: closed}, &end{in: b, out: a}
}

// lane is one direction.
type lane struct {
	mu     sync.Mutex
	more   sync.Cond
	octets []byte
	closed bool
}

func newLane() *lane {
	l := &lane{}
	l.more.L = &l.mu
	return l
}

func (l *lane) read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.octets) == 0 && !l.closed {
		l.more.Wait()
	}
	if len(l.octets) == 0 {
		return 0, io.EOF
	}
	n := copy(p, l.octets)
	l.octets = l.octets[n:]
	return n, nil
}

func (l *lane) write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, net.ErrClosed
	}
	l.octets = append(l.octets, p...)
	l.more.Broadcast()
	return len(p), nil
}

func (l *lane) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.more.Broadcast()
}

// end is one end of a pipe; real and closed are set at the gateway's.
type end struct {
	in, out *lane
	real    net.Conn
	closed  func() error
}

// Read waits until the other side has written or closed.
func (e *end) Read(p []byte) (int, error) { return e.in.read(p) }

// Write never waits.
func (e *end) Write(p []byte) (int, error) { return e.out.write(p) }

// Close ends both directions; what the other side has not read yet it still reads.
func (e *end) Close() error {
	e.in.close()
	e.out.close()
	if e.closed != nil {
		return e.closed()
	}
	return nil
}

// LocalAddr and RemoteAddr are those of the real connection.
func (e *end) LocalAddr() net.Addr {
	if e.real == nil {
		return nil
	}
	return e.real.LocalAddr()
}

// RemoteAddr is the real peer's.
func (e *end) RemoteAddr() net.Addr {
	if e.real == nil {
		return nil
	}
	return e.real.RemoteAddr()
}

// SetDeadline is for reading: the gateway then reads the end of the connection.
func (e *end) SetDeadline(t time.Time) error {
	if e.real == nil {
		return nil
	}
	return e.real.SetDeadline(t)
}

// SetReadDeadline is the real connection's.
func (e *end) SetReadDeadline(t time.Time) error {
	if e.real == nil {
		return nil
	}
	return e.real.SetReadDeadline(t)
}

// SetWriteDeadline does nothing: what the gateway writes is always taken.
func (e *end) SetWriteDeadline(time.Time) error { return nil }

// SetLinger is how a gateway that is killed resets its connections: the real one goes at once, with whatever the peer
// still had in hand.
func (e *end) SetLinger(sec int) error {
	if e.real == nil {
		return nil
	}
	if l, ok := e.real.(interface{ SetLinger(sec int) error }); ok {
		_ = l.SetLinger(sec) // a connection that is gone already needs no reset
	}
	return e.real.Close()
}

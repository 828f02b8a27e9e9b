package bridge

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// servePeer accepts what the gateway dials to the address that stands for inside.
func (b *Bridge) servePeer(l net.Listener, inside netip.AddrPort) {
	for {
		c, err := l.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			b.note("listener for %v: %v", inside, err)
			if b.o.Clock.Sleep(b.ctx, 10*time.Millisecond) != nil { // out of file descriptors, for instance
				return
			}
			continue
		}
		b.serving.Go(func() { b.fromGateway(c, inside) })
	}
}

// fromGateway dials to inside for a connection that the machine has accepted already.
func (b *Bridge) fromGateway(machine net.Conn, inside netip.AddrPort) {
	j, ok := b.newJoint(nil, machine)
	if !ok {
		reset(machine)
		return
	}
	defer b.serving.Done()
	defer b.forget(j)
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	j.cancel(cancel)
	e := listenEarly(machine, cancel)
	c, err := b.o.Inside.Dial(ctx, "tcp", inside.String())
	first, ended := e.stop()
	if err != nil {
		if ended == nil && !j.isReset() {
			b.note("the gateway's connection to %v, which the machine had accepted for it, is reset: inside, %v", inside, err)
		}
		reset(machine)
		return
	}
	if !j.setInside(c) {
		reset(c)
		return
	}
	j.carry(first, ended)
}

// early reads what a client says, and notices when it goes, before there is somebody to tell.
type early struct {
	conn net.Conn
	done chan struct{}
	once sync.Once
	text []byte
	err  error
}

// maxEarly bounds what is read before the world has answered; TLS clients say some hundred octets.
const maxEarly = 64 << 10

// listenEarly begins to read. It calls gone when the client has closed without a word, or broke off: nobody
// waits for the world's answer any more.
func listenEarly(c net.Conn, gone func()) *early {
	e := &early{conn: c, done: make(chan struct{})}
	go func() {
		defer close(e.done)
		buf := make([]byte, 4<<10)
		for e.err == nil && len(e.text) < maxEarly {
			var n int
			n, e.err = c.Read(buf)
			e.text = append(e.text, buf[:n]...)
		}
		if e.err != nil && !isEnd(e.err) && !isTimeout(e.err) || isEnd(e.err) && len(e.text) == 0 {
			gone()
		}
	}()
	return e
}

// stop returns what was read so far, and with which error reading ended, nil when it did not.
func (e *early) stop() ([]byte, error) {
	_ = e.conn.SetReadDeadline(time.Unix(1, 0)) // fails on a dead connection, whose reader has ended
	<-e.done
	_ = e.conn.SetReadDeadline(time.Time{})
	if isTimeout(e.err) {
		e.err = nil
	}
	return e.text, e.err
}

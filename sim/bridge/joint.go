package bridge

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
)

// joint is one connection of the world and one of the machine that are one to the parties at both ends.
type joint struct {
	mu              sync.Mutex
	inside, machine net.Conn
	stop            context.CancelFunc
	broken          bool
}

// cancel is called when the joint is reset before it has an inside.
func (j *joint) cancel(f context.CancelFunc) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stop = f
	if j.broken {
		f()
	}
}

// setInside completes the joint; false when it was reset meanwhile.
func (j *joint) setInside(c net.Conn) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.broken {
		j.inside = c
	}
	return !j.broken
}

func (j *joint) isReset() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.broken
}

// reset breaks both connections off.
func (j *joint) reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken {
		return
	}
	j.broken = true
	if j.stop != nil {
		j.stop()
	}
	if j.inside != nil {
		reset(j.inside)
	}
	reset(j.machine)
}

// carry passes octets, ends and resets on in both directions until both have ended. first is what the
// machine's side said already, ended the error with which it ended.
func (j *joint) carry(first []byte, ended error) {
	var both sync.WaitGroup
	both.Go(func() { j.pass(j.machine, j.inside) })
	both.Go(func() {
		if len(first) > 0 {
			if _, err := j.inside.Write(first); err != nil {
				j.reset()
				return
			}
		}
		switch {
		case ended == nil:
			j.pass(j.inside, j.machine)
		case isEnd(ended):
			j.end(j.inside)
		default:
			j.reset()
		}
	})
	both.Wait()
	_ = j.inside.Close() // both have said all, or are reset
	_ = j.machine.Close()
}

// pass copies from one to the other. The end of one is the end of sending to the other, which may go on
// answering; a failure of one is a reset of both.
func (j *joint) pass(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if _, werr := to.Write(buf[:n]); werr != nil {
				j.reset()
				return
			}
		}
		switch {
		case err == nil:
		case isEnd(err):
			j.end(to)
			return
		default:
			j.reset()
			return
		}
	}
}

// end says on a connection that nothing more follows.
func (j *joint) end(c net.Conn) {
	half, ok := c.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		j.reset()
	}
}

// reset closes a connection so that its peer's calls fail with ECONNRESET.
func reset(c net.Conn) {
	switch r := c.(type) {
	case interface{ Abort() }:
		r.Abort()
		return
	case interface{ SetLinger(int) error }:
		_ = r.SetLinger(0) // fails on a dead connection only
	}
	_ = c.Close()
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) }

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

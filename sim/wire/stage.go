package wire

import (
	"bytes"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"demailbench/sim/wire/dialog"
)

// stage is a guarded connection as go-smtp sees it, up to STARTTLS or the end. Its methods run in
// go-smtp's goroutine.
type stage struct {
	conn  *conn
	ended chan struct{}
	over  bool
}

// Read hands over one checked command, or octets of a message. go-smtp asks only when it has replied to
// everything before, so the guard may reply itself.
func (s *stage) Read(p []byte) (int, error) {
	c := s.conn
	if s.over {
		return 0, net.ErrClosed
	}
	for len(c.pending) == 0 {
		if c.dead || c.secured {
			return 0, net.ErrClosed
		}
		var err error
		switch c.phase {
		case message, surplus:
			err = c.readMessage()
		default:
			err = c.readCommand()
		}
		if err != nil {
			return 0, c.lost(err)
		}
	}
	n := copy(p, c.pending)
	c.pending = c.pending[n:]
	return n, nil
}

// Write takes the reply that go-smtp writes line by line, and sends it as a whole.
func (s *stage) Write(p []byte) (int, error) {
	c := s.conn
	if s.over || c.dead {
		return 0, net.ErrClosed
	}
	c.out = append(c.out, p...)
	last := bytes.TrimSuffix(c.out, []byte("\r\n"))
	last = last[bytes.LastIndexByte(last, '\n')+1:]
	if len(last) == len(c.out) || len(last) > 3 && last[3] == '-' {
		return len(p), nil
	}
	reply := c.out
	c.out = nil
	c.relay(reply, string(last[:min(3, len(last))]))
	return len(p), nil
}

// relay passes a reply of go-smtp's on, or the guard's own instead.
func (c *conn) relay(reply []byte, code string) {
	switch {
	case c.mute:
		c.mute = false
		return
	case code == "354":
		c.phase, c.verb = message, "END"
		c.lines, c.bare = dialog.NewLines(), false
	case code == "334":
		c.phase = saslLine
	case code == "250" && (c.verb == "EHLO" || c.verb == "HELO"):
		c.note("ehlo", nil)
		if c.verb == "EHLO" {
			reply = c.extensions()
		}
	case code == "235":
		c.note("auth", nil)
	}
	c.send(reply)
}

// extensions is the reply to EHLO. go-smtp's own offers CHUNKING, whose chunks it takes for whole when the
// connection breaks, and knows nothing of TLS here.
func (c *conn) extensions() []byte {
	lines := []string{c.srv.cfg.Hostname + " greets " + c.facts.Helo, "PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"}
	if c.offer && c.facts.TLS == "" {
		lines = append(lines, "STARTTLS")
	}
	if c.srv.cfg.External != nil && c.facts.Cert != nil {
		lines = append(lines, "AUTH EXTERNAL")
	}
	lines = append(lines, "SIZE "+strconv.FormatInt(c.srv.cfg.MaxBytes, 10))
	var b strings.Builder
	for i, line := range lines {
		mark := "-"
		if i == len(lines)-1 {
			mark = " "
		}
		fmt.Fprintf(&b, "250%s%s\r\n", mark, line)
	}
	return []byte(b.String())
}

// Close ends the stage; the connection itself is closed by its owner.
func (s *stage) Close() error {
	if !s.over {
		s.over = true
		close(s.ended)
	}
	return nil
}

// LocalAddr and the other methods complete net.Conn. Deadlines are the guard's business.
func (s *stage) LocalAddr() net.Addr              { return s.conn.raw.LocalAddr() }
func (s *stage) RemoteAddr() net.Addr             { return s.conn.raw.RemoteAddr() }
func (s *stage) SetDeadline(time.Time) error      { return nil }
func (s *stage) SetReadDeadline(time.Time) error  { return nil }
func (s *stage) SetWriteDeadline(time.Time) error { return nil }

package guard

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"demailbench/gateway/tenant"
)

// maxErrors is how many malformed or unknown commands a peer may send.
const maxErrors = 10

// wireReader reads what the wire is at the time: clear or TLS.
type wireReader struct{ g *Conn }

func (r wireReader) Read(b []byte) (int, error) { return r.g.wire.Read(b) }

// Read gives go-smtp the next command line or the next octets of a message.
func (g *Conn) Read(b []byte) (int, error) {
	for g.out == "" {
		if g.end != nil {
			return 0, g.end
		}
		if g.data {
			n, err := g.readData(b)
			if n > 0 || err != nil {
				return n, err
			}
			continue
		}
		g.readCommand()
	}
	n := copy(b, g.out)
	g.out = g.out[n:]
	return n, nil
}

// readCommand reads one line and either puts it before go-smtp or answers it here.
func (g *Conn) readCommand() {
	if g.errors > maxErrors {
		g.say("421 4.7.0 too many errors\r\n")
		g.hangUp(io.EOF)
		return
	}
	g.timed.setBetween(true)
	text, r, err := g.readLine()
	g.timed.setBetween(false)
	if err != nil {
		g.hangUp(err)
		return
	}
	var c command
	switch {
	case r == nil && g.sasl:
		c.line, r = text, checkOctets("AUTH", text)
	case r == nil:
		c, r = parseCommand(text, g.policy.MaxMessage)
	}
	g.sasl = false
	if r == nil {
		r = g.inOrder(c)
	}
	switch {
	case r != nil:
		g.refuseCommand(c.verb, r)
	case c.verb == "STARTTLS":
		g.startTLS()
	default:
		g.last, g.out = c, c.line+"\r\n"
	}
}

// readLine reads up to an LF. A line that ends in LF alone, or has a CR inside, is one bad command and never
// two. Longer lines than any command are read to their end and dropped.
func (g *Conn) readLine() (string, *tenant.Refusal, error) {
	var b []byte
	long := false
	for {
		chunk, err := g.in.ReadSlice('\n')
		if long = long || len(b)+len(chunk) > maxAuth+2; !long {
			b = append(b, chunk...)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", nil, err // an unterminated command is never executed
		}
	}
	text, crlf := strings.CutSuffix(string(b), "\r\n")
	switch {
	case long:
		return "", tenant.Refuse(500, [3]int{5, 5, 2}, "line too long", "RFC 5321 4.5.3.1.4"), nil
	case !crlf || strings.ContainsRune(text, '\r'):
		return "", tenant.Refuse(500, [3]int{5, 5, 2}, "commands end in CR LF", "RFC 5321 2.3.8"), nil
	}
	return text, nil, nil
}

// inOrder refuses what the state does not allow and go-smtp would.
func (g *Conn) inOrder(c command) *tenant.Refusal {
	secure := g.Secure()
	switch {
	case c.verb == "STARTTLS" && secure:
		return tenant.Refuse(503, [3]int{5, 5, 1}, "TLS is active already", "RFC 3207 4")
	case c.verb == "STARTTLS" && !g.policy.offersTLS():
		return tenant.Refuse(502, [3]int{5, 5, 1}, "STARTTLS is not offered", "RFC 3207 4")
	case c.verb == "STARTTLS" && !g.hello, c.verb == "MAIL" && !g.hello, c.verb == "AUTH" && !g.hello:
		return tenant.Refuse(503, [3]int{5, 5, 1}, "EHLO first", "RFC 5321 4.1.4")
	case c.verb == "STARTTLS" && g.in.Buffered() > 0:
		return tenant.Refuse(503, [3]int{5, 5, 1}, "STARTTLS must be the last command of its group", "RFC 3207 4")
	}
	return nil
}

// refuseCommand answers a command that go-smtp does not see, and ends the session when they are too many or
// when the octets that follow could be taken for commands.
func (g *Conn) refuseCommand(verb string, r *tenant.Refusal) {
	g.errors++
	switch {
	case verb == "BDAT", verb == "STARTTLS" && g.in.Buffered() > 0:
		// A chunk, or what somebody put between the command and the handshake.
		g.say(replyLine(r))
		g.hangUp(io.EOF)
	default:
		g.say(replyLine(r))
	}
}

// startTLS upgrades the connection. go-smtp is put back to its beginning; the peer must say EHLO again.
func (g *Conn) startTLS() {
	g.say("220 2.0.0 ready to start TLS\r\n")
	g.timed.until(g.policy.Clock.Now().Add(g.policy.Greeting))
	if err := g.handshake(); err != nil {
		g.hangUp(io.EOF)
		return
	}
	g.hello, g.mute, g.out = false, true, "RSET\r\n"
}

// handshake puts TLS over the wire. A failed one leaves nothing that could be read as a command.
func (g *Conn) handshake() error {
	c := tls.Server(g.timed, g.policy.TLS)
	if err := c.HandshakeContext(g.ctx); err != nil {
		g.policy.Failed(g, err)
		return err
	}
	state := c.ConnectionState()
	g.wire = c
	g.peer.TLS = strings.TrimPrefix(tls.VersionName(state.Version), "TLS ")
	if len(state.PeerCertificates) > 0 {
		g.peer.Certificate = state.PeerCertificates[0].Subject.CommonName
	}
	return nil
}

// readData passes the octets of a message on. Of a spoiled message go-smtp sees the end only.
func (g *Conn) readData(b []byte) (int, error) {
	if _, err := g.in.Peek(1); err != nil {
		g.hangUp(err)
		return 0, io.ErrUnexpectedEOF
	}
	chunk, _ := g.in.Peek(min(g.in.Buffered(), len(b)))
	n, end := g.octets.scan(chunk)
	if g.octets.fault == "" {
		copy(b, chunk[:n])
	} else {
		g.spoiled = true
	}
	g.in.Discard(n)
	if end {
		g.data = false
	}
	if !g.spoiled {
		return n, nil
	}
	if end {
		// Whatever go-smtp has read so far, a letter leads back into the middle of a line.
		g.out = "x\r\n.\r\n"
	}
	return 0, nil
}

// hangUp ends the session and tells the peer why, if it is still to be told.
func (g *Conn) hangUp(err error) {
	if g.end != nil {
		return
	}
	var timeout net.Error
	switch {
	case errors.Is(err, errDraining), g.timed.isDraining() && !g.data:
		g.say("421 4.3.2 service is shutting down\r\n")
	case errors.As(err, &timeout) && timeout.Timeout():
		g.say("421 4.4.2 idle for too long\r\n")
	}
	g.end = io.EOF
}

// say writes to the peer; a peer that cannot be written to is gone.
func (g *Conn) say(s string) {
	if g.end != nil {
		return
	}
	if _, err := io.WriteString(g.wire, s); err != nil {
		g.end = io.EOF
	}
}

// begun lifts the limit that held until EHLO.
func (g *Conn) begun() {
	g.hello, g.peer.Hello = true, g.last.arg
	g.timed.until(g.latest)
}

// Close is called by go-smtp at the end of the session.
func (g *Conn) Close() error {
	g.end = io.EOF
	defer g.policy.Left(g)
	return g.wire.Close()
}

// SetDeadline does nothing: deadlines are the timedConn's business.
func (g *Conn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing, as SetDeadline.
func (g *Conn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing, as SetDeadline.
func (g *Conn) SetWriteDeadline(time.Time) error { return nil }

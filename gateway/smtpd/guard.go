package smtpd

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

// guard stands between the wire and go-smtp. It hands go-smtp one checked command at a time and waits for the
// reply before it reads on, so it always knows whether octets are commands or a message. TLS ends here, which
// is why the library's own STARTTLS, with its plain text after a failed handshake, is never used.
//
// Read, Write and Close are called by go-smtp from the session's one goroutine.
type guard struct {
	net.Conn // the connection as accepted, for addresses
	srv      *Server
	peer     Peer
	timed    *timedConn
	latest   time.Time // when the session ends whatever the peer does
	wire     net.Conn  // timed, or TLS over it
	tls      *tls.ConnectionState
	in       *bufio.Reader

	tenant  tenant.Tenant // tenants' side: whose host this is
	greeted bool
	hello   bool // EHLO has been answered since the last TLS handshake
	last    command
	sasl    bool // the next line answers a challenge (RFC 4954 4)
	data    bool
	octets  octetScanner
	spoiled bool   // the message under way will be refused: go-smtp does not see the rest
	mute    bool   // the next reply answers a command of the guard's own
	out     string // what go-smtp reads next
	errors  int
	end     error // once set, nothing is read or written any more
}

func newGuard(s *Server, c net.Conn, n uint64) *guard {
	now := s.config.Clock.Now()
	t := &timedConn{Conn: c, clock: s.config.Clock, idle: s.config.Limits.Idle, write: s.config.Limits.Write,
		limit: now.Add(s.config.Limits.Greeting)}
	g := &guard{Conn: c, srv: s, timed: t, wire: t, latest: now.Add(s.config.Limits.Session)}
	g.peer.Session, g.peer.Addr = n, addrPort(c.RemoteAddr())
	g.in = bufio.NewReaderSize(wireReader{g}, 8192)
	return g
}

// wireReader reads what the wire is at the time: clear or TLS.
type wireReader struct{ g *guard }

func (r wireReader) Read(b []byte) (int, error) { return r.g.wire.Read(b) }

// Read gives go-smtp the next command line or the next octets of a message.
func (g *guard) Read(b []byte) (int, error) {
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
func (g *guard) readCommand() {
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
		c, r = parseCommand(text, g.srv.config.Limits.Message)
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
func (g *guard) readLine() (string, *tenant.Refusal, error) {
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
		return "", refuse(500, [3]int{5, 5, 2}, "line too long", "RFC 5321 4.5.3.1.4"), nil
	case !crlf || strings.ContainsRune(text, '\r'):
		return "", refuse(500, [3]int{5, 5, 2}, "commands end in CR LF", "RFC 5321 2.3.8"), nil
	}
	return text, nil, nil
}

// inOrder refuses what the state does not allow and go-smtp would.
func (g *guard) inOrder(c command) *tenant.Refusal {
	secure := g.tls != nil
	switch {
	case c.verb == "STARTTLS" && secure:
		return refuse(503, [3]int{5, 5, 1}, "TLS is active already", "RFC 3207 4")
	case c.verb == "STARTTLS" && !g.srv.starttls:
		return refuse(502, [3]int{5, 5, 1}, "STARTTLS is not offered", "RFC 3207 4")
	case c.verb == "STARTTLS" && !g.hello, c.verb == "MAIL" && !g.hello, c.verb == "AUTH" && !g.hello:
		return refuse(503, [3]int{5, 5, 1}, "EHLO first", "RFC 5321 4.1.4")
	case c.verb == "STARTTLS" && g.in.Buffered() > 0:
		return refuse(503, [3]int{5, 5, 1}, "STARTTLS must be the last command of its group", "RFC 3207 4")
	}
	return nil
}

// refuseCommand answers a command that go-smtp does not see, and ends the session when they are too many or
// when the octets that follow could be taken for commands.
func (g *guard) refuseCommand(verb string, r *tenant.Refusal) {
	g.errors++
	switch {
	case verb == "BDAT", verb == "STARTTLS" && g.in.Buffered() > 0:
		// A chunk, or what somebody put between the command and the handshake.
		g.say(line(r))
		g.hangUp(io.EOF)
	default:
		g.say(line(r))
	}
}

// startTLS upgrades the connection. go-smtp is put back to its beginning; the peer must say EHLO again.
func (g *guard) startTLS() {
	g.say("220 2.0.0 ready to start TLS\r\n")
	g.timed.until(g.srv.config.Clock.Now().Add(g.srv.config.Limits.Greeting))
	if err := g.handshake(); err != nil {
		g.hangUp(io.EOF)
		return
	}
	g.hello, g.mute, g.out = false, true, "RSET\r\n"
}

// handshake puts TLS over the wire. A failed one leaves nothing that could be read as a command.
func (g *guard) handshake() error {
	c := tls.Server(g.timed, g.srv.tls)
	if err := c.HandshakeContext(g.srv.ctx); err != nil {
		g.srv.refused(g, Rejection{Verb: "TLS", Refusal: &tenant.Refusal{Code: 554, Enhanced: [3]int{5, 7, 0},
			Text: "TLS handshake failed", Detail: err.Error(), Requirements: []string{"S0-038", "D16"}}})
		return err
	}
	state := c.ConnectionState()
	g.tls, g.wire = &state, c
	g.peer.TLS = strings.TrimPrefix(tls.VersionName(state.Version), "TLS ")
	if len(state.PeerCertificates) > 0 {
		g.peer.Certificate = state.PeerCertificates[0].Subject.CommonName
	}
	return nil
}

// readData passes the octets of a message on. Of a spoiled message go-smtp sees the end only.
func (g *guard) readData(b []byte) (int, error) {
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
func (g *guard) hangUp(err error) {
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
func (g *guard) say(s string) {
	if g.end != nil {
		return
	}
	if _, err := io.WriteString(g.wire, s); err != nil {
		g.end = io.EOF
	}
}

// begun lifts the limit that held until EHLO.
func (g *guard) begun() {
	g.hello, g.peer.Hello = true, g.last.arg
	g.timed.until(g.latest)
}

// Close is called by go-smtp at the end of the session.
func (g *guard) Close() error {
	g.end = io.EOF
	defer g.srv.leave(g)
	return g.wire.Close()
}

// SetDeadline and its kin are the timedConn's business.
func (g *guard) SetDeadline(time.Time) error      { return nil }
func (g *guard) SetReadDeadline(time.Time) error  { return nil }
func (g *guard) SetWriteDeadline(time.Time) error { return nil }

package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"demailbench/sim/record"
	"demailbench/sim/wire/dialog"
)

// phase is what the next octets of the client are.
type phase int

const (
	commands phase = iota
	saslLine       // one line of a SASL exchange
	message        // octets of a message
	surplus        // octets of a message that is refused already
)

// conn guards one connection. It sits above TLS and below go-smtp, which reads the client's octets from it
// one checked command at a time and writes its replies to it. All of it runs in go-smtp's goroutine
// between the start and the end of a stage, and in serve's outside of them.
type conn struct {
	srv    *Server
	raw    *dialog.Timed
	net    net.Conn // raw, or TLS over it
	in     *bufio.Reader
	ctx    context.Context
	cancel context.CancelFunc

	facts   Session
	offer   bool // STARTTLS
	secured bool // the stage ended by STARTTLS
	mute    bool // go-smtp will greet once more, which the client must not see
	dead    bool // nothing is read or written any more
	lose    bool // the next reply is lost, with the connection
	errors  int

	phase   phase
	verb    string // of the command go-smtp works on
	pending []byte // checked, not yet read by go-smtp
	out     []byte // a reply that go-smtp has not finished
	lines   dialog.Lines
	bare    bool // the message has a bare CR or LF

	tx      Envelope
	mailed  bool   // MAIL was accepted
	attempt string // address of the command at hand
}

const (
	maxErrors  = 10
	bufferSize = 32 << 10
)

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{srv: s, raw: dialog.NewTimed(nc, s.cfg.Clock, s.cfg.Idle, s.cfg.Session), offer: s.starttls.Load()}
	c.net = c.raw
	c.in = bufio.NewReaderSize(c.net, bufferSize)
	c.ctx, c.cancel = context.WithCancel(s.ctx)
	c.facts = Session{ID: s.cfg.Record.SessionID(s.cfg.Who), Local: nc.LocalAddr().String(), Remote: nc.RemoteAddr().String()}
	if ap, err := netip.ParseAddrPort(c.facts.Remote); err == nil {
		c.facts.Addr = ap.Addr().Unmap()
	}
	return c
}

// open runs what comes before the greeting.
func (c *conn) open() bool {
	var err error
	if c.srv.cfg.ImplicitTLS {
		err = c.handshake()
	}
	c.note("open", err)
	switch {
	case err != nil:
		return false
	case c.srv.crowded():
		return c.turnAway(Refuse(421, "4.3.2", "too many connections, try again later"))
	case c.early():
		return c.turnAway(Refuse(554, "5.5.1", "wait for the greeting"))
	}
	return c.strike("CONNECT", nil)
}

// turnAway answers instead of a greeting and ends the connection.
func (c *conn) turnAway(r *Reply) bool {
	c.answer(r)
	c.kill()
	return false
}

// early waits a moment for a client that speaks before the greeting, and tells whether it did (RFC 5321 4.3.1).
func (c *conn) early() bool {
	if c.srv.cfg.Greeting == 0 {
		return false
	}
	c.raw.SetIdle(c.srv.cfg.Greeting)
	defer c.raw.SetIdle(c.srv.cfg.Idle)
	_, err := c.in.Peek(1)
	return err == nil
}

// handshake puts TLS on the connection.
func (c *conn) handshake() error {
	tc := tls.Server(c.raw, c.srv.tls())
	if err := tc.HandshakeContext(c.ctx); err != nil {
		c.dead = true
		return fmt.Errorf("TLS handshake: %w", err)
	}
	state := tc.ConnectionState()
	c.net = tc
	c.in.Reset(tc)
	c.facts.TLS = strings.TrimPrefix(tls.VersionName(state.Version), "TLS ")
	if len(state.VerifiedChains) > 0 {
		c.facts.Cert = state.PeerCertificates[0]
	}
	return nil
}

// shut ends the connection. close_notify goes out first unless the connection is to break.
func (c *conn) shut() {
	c.cancel()
	if c.dead {
		c.raw.Close()
	} else {
		c.net.Close()
	}
	c.note("close", nil)
}

// kill breaks the connection: neither side hears anything more.
func (c *conn) kill() {
	c.dead = true
	c.raw.Close()
}

// note records that the session reached a state.
func (c *conn) note(state string, err error) {
	e := record.Event{
		Who: c.srv.cfg.Who, Kind: record.Session, Text: state, Session: c.facts.ID, Local: c.facts.Local,
		Remote: c.facts.Remote, TLS: c.facts.TLS, Identity: c.facts.Identity, Cert: c.subject(),
	}
	if state == "ehlo" {
		e.Detail = c.facts.Helo
	}
	if err != nil {
		e.Error = err.Error()
	}
	c.srv.cfg.Record.Add(e)
}

func (c *conn) subject() string {
	if c.facts.Cert == nil {
		return ""
	}
	return c.facts.Cert.Subject.CommonName
}

// strike runs the fault for verb, if there is one, and reports whether to go on.
func (c *conn) strike(verb string, to []string) bool {
	reply, ok := c.fault(verb, to)
	if reply != nil {
		c.verb = verb
		c.answer(reply)
		if verb == "CONNECT" {
			c.kill()
		}
	}
	return ok && reply == nil
}

// fault finds and runs the fault for verb: a reply to send instead, or !ok when the connection is gone.
func (c *conn) fault(verb string, to []string) (reply *Reply, ok bool) {
	from := c.tx.From
	if verb == "MAIL" {
		from = c.attempt
	}
	f, hit := c.srv.cfg.Faults.take(verb, from, to, c.srv.cfg.Clock.Now())
	if !hit {
		return nil, true
	}
	switch f.Do {
	case Answer:
		if f.Reply.Code == 0 {
			f.Reply = Reply{Code: 451, Enhanced: "4.3.0", Text: "try again later"}
		}
		return &f.Reply, true
	case DropReply:
		c.lose = true
	case Delay:
		if c.srv.cfg.Clock.Sleep(c.ctx, f.Delay) != nil {
			c.kill()
		}
	default:
		c.kill()
	}
	return nil, !c.dead
}

// answer sends a reply of the guard's own.
func (c *conn) answer(r *Reply) {
	enhanced := r.Enhanced
	if enhanced == "" && r.Code >= 200 {
		enhanced = fmt.Sprintf("%d.0.0", r.Code/100)
	}
	c.send([]byte(fmt.Sprintf("%d %s %s\r\n", r.Code, enhanced, dialog.OneLine(r.Text))))
	if r.Code < 500 || c.dead {
		return
	}
	if c.errors++; c.errors > maxErrors {
		c.send([]byte("421 4.7.0 too many errors\r\n"))
		c.kill()
	}
}

// send records a refusal and puts a whole reply on the wire.
func (c *conn) send(reply []byte) {
	if c.dead {
		return
	}
	if c.lose {
		c.kill()
		return
	}
	c.refused(reply)
	if _, err := c.net.Write(reply); err != nil {
		c.kill()
	}
}

func (c *conn) refused(reply []byte) {
	lines := strings.Split(strings.TrimRight(string(reply), "\r\n"), "\r\n")
	last := lines[len(lines)-1]
	code, err := strconv.Atoi(last[:min(3, len(last))])
	if err != nil || code < 400 {
		return
	}
	e := record.Event{
		Who: c.srv.cfg.Who, Kind: record.Refused, Session: c.facts.ID, Local: c.facts.Local, Remote: c.facts.Remote,
		TLS: c.facts.TLS, Verb: c.verb, Code: code, From: c.tx.From, To: c.tx.To,
	}
	e.Enhanced, e.Text = dialog.SplitEnhanced(code, strings.TrimSpace(last[3:]))
	switch c.verb {
	case "MAIL":
		e.From, e.To = c.attempt, nil
	case "RCPT":
		e.To = []string{c.attempt}
	case "":
		e.Verb = "CONNECT"
	}
	c.srv.cfg.Record.Add(e)
}

// lost ends the connection after a failed read. What the client had not finished is never run.
func (c *conn) lost(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.send([]byte("421 4.4.2 no octets for too long\r\n"))
		c.kill()
	}
	c.dead = true
	return net.ErrClosed
}

// Package guard stands between an SMTP connection and go-smtp and decides what that library takes too kindly:
// bare CR and LF, NUL, cut, stacked and malformed commands, body lines read as commands after a time-out,
// plain text after a failed handshake. It keeps time limits on the gateway's clock and ends TLS.
//
// It leaves out envelopes, header fields and rules (package smtpd).
package guard

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"time"

	"demailbench/gateway/door"
	"demailbench/gateway/tenant"
)

// Policy is what the guards of one server have in common. All fields but TLS and Implicit are required.
type Policy struct {
	Hostname string
	Clock    door.Clock
	// TLS is offered by STARTTLS, or begun with at once when Implicit; nil offers nothing.
	TLS      *tls.Config
	Implicit bool
	// Admit judges a new connection, after the handshake of implicit TLS and before the greeting.
	Admit func(*Conn) *tenant.Refusal
	// Failed is told about a failed handshake, Left about the end of a connection, once or twice.
	Failed func(*Conn, error)
	Left   func(*Conn)
	// MaxMessage is what SIZE announces, MaxLine the longest line of a message without CRLF, in octets.
	MaxMessage int64
	MaxLine    int
	// Idle is the longest silence of the peer, Write the longest wait for it to read, Greeting the time
	// until its EHLO with the handshake included, Session the longest session.
	Idle, Write, Greeting, Session time.Duration
}

func (p *Policy) offersTLS() bool { return p.TLS != nil && !p.Implicit }

// Peer is the other end of a session.
type Peer struct {
	// Session numbers the sessions of a server from 1.
	Session uint64
	Addr    netip.AddrPort
	// Hello is the name after EHLO or HELO, which anybody may claim.
	Hello string
	// TLS is empty in clear, else "1.2" or "1.3".
	TLS string
	// Certificate is the subject's common name of the peer's verified certificate.
	Certificate string
}

// Conn is a guarded connection. It hands go-smtp one checked command at a time and waits for the reply before
// it reads on, so it always knows whether octets are commands or a message. TLS ends here, which is why the
// library's own STARTTLS, with its plain text after a failed handshake, is never used.
//
// Read, Write and Close are called by go-smtp from the session's one goroutine; Drain and Cut by any.
type Conn struct {
	net.Conn // the connection as accepted, for addresses
	ctx      context.Context
	policy   *Policy
	peer     Peer
	timed    *timedConn
	latest   time.Time // when the session ends whatever the peer does
	wire     net.Conn  // timed, or TLS over it
	in       *bufio.Reader

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

// New guards an accepted connection, the server's n-th. ctx ends handshakes under way.
func New(ctx context.Context, c net.Conn, n uint64, p *Policy) *Conn {
	now := p.Clock.Now()
	t := &timedConn{Conn: c, clock: p.Clock, idle: p.Idle, write: p.Write, limit: now.Add(p.Greeting)}
	g := &Conn{Conn: c, ctx: ctx, policy: p, timed: t, wire: t, latest: now.Add(p.Session)}
	g.peer.Session, g.peer.Addr = n, addrPort(c.RemoteAddr())
	g.in = bufio.NewReaderSize(wireReader{g}, 8192)
	return g
}

// Peer says who is at the other end, as far as it is known by now.
func (g *Conn) Peer() Peer { return g.peer }

// Secure reports whether the session runs in TLS.
func (g *Conn) Secure() bool { return g.peer.TLS != "" }

// Fault is what is wrong with the octets of the message that has just been read, or "". Such a message must
// be refused; its reader has not seen all of it.
func (g *Conn) Fault() string {
	if !g.spoiled {
		return ""
	}
	return g.octets.fault
}

// Drain ends the session with 421 as soon as the peer is between commands.
func (g *Conn) Drain() { g.timed.drain() }

// Cut closes the connection at once.
func (g *Conn) Cut() error { return g.Conn.Close() }

// addrPort is the peer's address, or none where the network has no such thing.
func addrPort(a net.Addr) netip.AddrPort {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// Package inpath stands between a gateway and its world on SMTP sessions, reads them in clear though both sides
// speak TLS, and changes what a mutant wants changed: commands, replies, messages. It gets in by the gateway's own
// doors: the gateway trusts an authority of ours, and what it would show the world (its certificate, its card) is
// shown by us.
//
// It leaves out what is worth changing (the catalogue of mutants) and everything that is not SMTP.
package inpath

import (
	"context"
	"crypto/tls"
	"net"
	"strings"

	"demailbench/features/sut"
)

// Side is which of the gateway's four ways a session is on.
type Side string

const (
	// Submission: a tenant's mail server hands e-mail to the gateway.
	Submission Side = "submission"
	// ToProvider: the gateway hands De-Mail to the DMDA.
	ToProvider Side = "to provider"
	// FromProvider: the DMDA hands De-Mail to the gateway.
	FromProvider Side = "from provider"
	// ToTenant: the gateway hands De-Mail to a tenant's mail server, or an alert to a contact's.
	ToTenant Side = "to tenant"
)

// Peer says what is changed. A nil function changes nothing.
type Peer struct {
	// On are the ways on which the peer stands; the others are left alone.
	On []Side
	// Command gets a command line without its CRLF and returns what the server gets. With a reply (with CRLF) the
	// server gets nothing and the client the reply.
	Command func(s *Session, line string) (pass, reply string)
	// Reply gets what the server answered to a verb: "" is the greeting, "." the end of data; lines end in CRLF.
	Reply func(s *Session, verb, reply string) string
	// Message gets a message without dot-stuffing and returns what the server gets.
	Message func(s *Session, message []byte) []byte
	// Taken runs after the server has answered the end of data with 2xx, before the client reads that.
	Taken func(s *Session, message []byte)
	// Swallow tells of a message that the client is told was taken, and that the server never gets.
	Swallow func(s *Session, message []byte) bool
	// Early answers the end of data itself, at once, and hands the message over afterwards.
	Early bool
	// LooseEnd takes a line with nothing but a dot for the end of data whatever ends it and the line before.
	LooseEnd bool
	// Gullible takes any certificate for the right one: a server's on the gateway's ways out, the DMDA's client on
	// the way in.
	Gullible bool
	// Injected answers after the handshake of STARTTLS what the client sent in clear before it.
	Injected bool
	// Lost is the reply that the client gets to the end of data when the server's did not come; empty: none.
	Lost string
	// Downgrade offers STARTTLS to the client although the server does not, and goes on in clear there.
	Downgrade bool
}

// Doors returns d with the peer in its way, and what must be told when the gateway gets another card. Provider is
// the name in the DMDA's client certificate.
func (p Peer) Doors(d sut.Doors, provider string) (sut.Doors, *Identity) {
	id := &Identity{clock: d.Clock.Now, authority: newAuthority(), roots: d.Roots, certificate: d.Certificate, card: d.Card, provider: provider}
	dial, listen := d.Dial, d.Listen
	d.Roots = id.authority.added(d.Roots)
	d.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		real, err := dial(ctx, network, address)
		side := ToTenant
		if strings.HasSuffix(address, ":465") {
			side = ToProvider
		}
		if err != nil || !p.stands(side) {
			return real, err
		}
		gateway, peer := pipe(real, real.Close)
		s := &Session{Side: side, Remote: real.RemoteAddr(), Doors: d, p: p, id: id, client: newLeg(peer), server: newLeg(real)}
		go s.run()
		return gateway, nil
	}
	d.Listen = func(network, address string) (net.Listener, error) {
		l, err := listen(network, address)
		side := Submission
		switch {
		case strings.HasSuffix(address, ":465"):
			side = FromProvider
		case !strings.HasSuffix(address, ":25"):
			return l, err
		}
		if err != nil || !p.stands(side) {
			return l, err
		}
		return &listener{Listener: l, accepted: func(real net.Conn) net.Conn {
			gateway, peer := pipe(real, func() error { return real.SetReadDeadline(d.Clock.Now().Add(-1)) })
			s := &Session{Side: side, Remote: real.RemoteAddr(), Doors: d, p: p, id: id, client: newLeg(real), server: newLeg(peer)}
			go s.run()
			return gateway
		}}, nil
	}
	return d, id
}

func (p Peer) stands(side Side) bool {
	for _, s := range p.On {
		if s == side {
			return true
		}
	}
	return false
}

// listener puts the peer before every connection.
type listener struct {
	net.Listener
	accepted func(net.Conn) net.Conn
}

// Accept returns the gateway's end of the pipe to the peer.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.accepted(c), nil
}

// Identity is what the peer shows the world in the gateway's place.
type Identity struct {
	clock       clockNow
	authority   *authority
	roots       rootPool
	certificate tls.Certificate
	card        cardOf
	// provider is the name in the DMDA's client certificate.
	provider string
}

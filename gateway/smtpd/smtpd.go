// Package smtpd receives messages by SMTP: from the tenants' mail servers (submission to De-Mail) and from
// the DMDA (push of De-Mails).
//
// It is go-smtp behind guards: what that library takes too kindly (bare CR and LF, NUL, cut or stacked
// commands, body lines read as commands after a time-out, plain text after a failed handshake) is decided in
// front of it. The package polices and rewrites headers, streams the message into an Intake and says 250
// only when that has committed. It leaves out the rules themselves (package tenant), MIME structure, storage
// and delivery.
package smtpd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net/netip"
	"time"

	"demailbench/gateway/door"
	"demailbench/gateway/tenant"
)

// Direction is the way of a message through the gateway.
type Direction string

const (
	// Outbound is from a tenant to the DMDA.
	Outbound Direction = "outbound"
	// Inbound is from the DMDA to a tenant.
	Inbound Direction = "inbound"
)

// Envelope is what the far side's server will be told about a message.
type Envelope struct {
	Direction Direction
	// Tenant is the id of the one tenant whose message it is.
	Tenant string
	// From is the sender's address on the far side: outbound the mapped De-Mail address, inbound the
	// De-Mail sender as the DMDA gave it; "" is the null sender.
	From string
	// To has at least one recipient, none twice.
	To []Recipient
}

// Recipient is one address to deliver to.
type Recipient struct {
	// Address is on the far side: outbound a De-Mail address, inbound a mailbox of the tenant.
	Address string
	// Original is the address that the RCPT command named, in canonical form.
	Original string
}

// Intake takes messages over durably. Implementations are called from many sessions at once.
type Intake interface {
	// Begin opens a spool for one message. An error is temporary for the peer (451 4.3.0).
	Begin(ctx context.Context, e Envelope) (Spool, error)
}

// Spool is one message on its way into the store: written in pieces, then committed or aborted, once.
type Spool interface {
	// Writer takes the header and the body as they will be sent on.
	io.Writer
	// Commit returns nil when message and envelope are durable; only then does the peer read 250. id is
	// shown in the reply. After an error nothing of the message may be delivered.
	Commit() (id string, err error)
	// Abort forgets what was written.
	Abort()
}

// Audit is told what the servers decided. Its methods are called from the session's goroutine and must not
// wait for the session.
type Audit interface {
	// Accepted: a message is durable and the peer is about to read 250.
	Accepted(ctx context.Context, a Acceptance)
	// Refused: a connection, command or message was refused.
	Refused(ctx context.Context, r Rejection)
}

// Acceptance describes an accepted message.
type Acceptance struct {
	Peer     Peer
	Envelope Envelope
	// ID is the intake's id, Size the octets written to the spool.
	ID   string
	Size int64
}

// Rejection describes a refusal.
type Rejection struct {
	Peer      Peer
	Direction Direction
	// Tenant is empty when the peer is none's.
	Tenant string
	// Verb is what was refused: "CONNECT", "TLS", "MAIL", "RCPT", "DATA".
	Verb string
	// From and To are the addresses as given, as far as they were known.
	From, To string
	Refusal  *tenant.Refusal
}

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

// Config is what both servers need.
type Config struct {
	// Hostname is the gateway's name in greeting and trace line.
	Hostname string
	Rules    tenant.Rules
	Intake   Intake
	// Audit may be nil.
	Audit Audit
	Clock door.Clock
	// Rand makes the ids in trace lines.
	Rand door.Rand
	Log  *slog.Logger
	// Certificate is the server's.
	Certificate tls.Certificate
	// Roots are the authorities that the DMDA's client certificate must come from; provider side only.
	Roots *x509.CertPool
	// Peers are the names of which the DMDA's certificate must have one, as DNS name or common name;
	// provider side only.
	Peers  []string
	Limits Limits
}

// Limits bound what a peer may ask for; a zero field takes the default.
type Limits struct {
	// Message is the largest message in octets: 47,185,920 (45 MiB gross, D20).
	Message int64
	// Header is the largest header in octets: 1,048,576.
	Header int
	// Line is the longest line in octets without its CRLF: 998 (RFC 5322 2.1.1); a header's lines are never
	// longer.
	Line int
	// Recipients per message: 1000 (RFC 5321 4.5.3.1.8 asks for 100).
	Recipients int
	// Received is the number of trace fields above which a message is a loop: 50 (RFC 5321 6.3).
	Received int
	// Connections at a time: 500.
	Connections int
	// Idle is the longest silence of the peer: 5 min (RFC 5321 4.5.3.2.7).
	Idle time.Duration
	// Greeting is how long a peer may take until its EHLO, TLS handshake included: 1 min.
	Greeting time.Duration
	// Write is the longest time that the peer may leave a reply unread: 1 min.
	Write time.Duration
	// Session is the longest session: 2 h.
	Session time.Duration
}

// Package smtpd receives messages by SMTP: from the tenants' mail servers (submission to De-Mail) and from
// the DMDA (push of De-Mails).
//
// It is go-smtp behind the guards of package guard. The package polices and rewrites headers, streams the message into an Intake and says 250
// only when that has committed. It leaves out the rules themselves (package tenant), MIME structure, storage
// and delivery.
package smtpd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"

	"demailbench/gateway/door"
	"demailbench/gateway/guard"
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
	// Origin is the sender's address on the near side, as MAIL gave it: outbound the canonical e-mail
	// address to which failures are reported, inbound the same as From.
	Origin string
	// To has at least one recipient, none twice.
	To []Recipient
	// CatchAll: the De-Mail is for an address that is mapped to nothing; inbound only.
	CatchAll bool
	// Answer, when its From is set: the De-Mail is not delivered but answered, to its only recipient, who is its
	// sender; Original is for whom it was. Inbound only (S1-156, D11).
	Answer Answer
}

// Answer says how a De-Mail is returned to its sender.
type Answer struct {
	// From is the De-Mail address of the tenant that answers.
	From string
	// Receipt is when the DMDA has confirmed the receipt.
	Receipt tenant.ReceiptMode
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
type Peer = guard.Peer

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
	// Certificate returns the server's; it is asked at every handshake, so that a renewal needs no outage
	// (S1-033). On the tenants' side nil means that STARTTLS is not offered.
	Certificate func() *tls.Certificate
	// Roots are the authorities that the DMDA's client certificate must come from; provider side only.
	Roots *x509.CertPool
	// Peers are the names of which the DMDA's certificate must have one, as DNS name or common name;
	// provider side only.
	Peers  []string
	Limits Limits
	// Closed, when set, is why the server takes nothing of a tenant's mail now, or nil: maintenance (S0-053). The empty
	// tenant stands for a connection that may bring mail for any.
	Closed func(d Direction, tenant string) *tenant.Refusal
}

// Package mta is an ordinary mail server of the simulated world: a tenant's, a state network's or one on
// the Internet. It takes mail for its own domains into mailboxes, relays what its own networks submit (by
// smarthost or MX, with a queue and retries on the clock), and tells its users by a delivery status
// notification what it could not deliver (RFC 5321, 3464).
//
// It is a peer for the gateway under test, so it is correct and strict, and wrong only where a fault says
// so. It leaves out reading mail by IMAP or POP (Mailbox is the user's eye), aliases, spam filters, and
// durability: its queue lives in memory.
package mta

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// Resolver asks the domain name system with the methods and errors of net.Resolver: a *net.DNSError with
// IsNotFound is an authoritative denial, any other error is temporary (RFC 5321 5.1).
type Resolver interface {
	LookupMX(ctx context.Context, domain string) ([]*net.MX, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Config describes a mail server. Who, Hostname, Domains, Clock, Record, Bodies and Rand are required;
// Dial when it relays, Resolver when it relays by name.
type Config struct {
	// Who is the host's name in the record, Hostname its name in the domain name system.
	Who, Hostname string
	// Domains are the mail domains whose mailboxes are here.
	Domains []string
	// Mailboxes are the addresses that exist; others in Domains get 550 5.1.1. Empty means every address.
	Mailboxes []string
	// Relay are the networks whose hosts may send to any domain; others get 550 5.7.1.
	Relay []netip.Prefix
	// Smarthosts maps a domain suffix to the "host:port" that takes all mail for it, instead of MX; host
	// is a name or an address. The longest suffix wins; "." takes everything.
	Smarthosts map[string]string
	// Dial opens connections to "IP:port".
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Resolver finds MX and addresses.
	Resolver Resolver
	// TLS is the server's side of TLS, ClientTLS the client's; nil for a server that cannot.
	TLS, ClientTLS *tls.Config
	// STARTTLS says whether the server offers it at first; see SetSTARTTLS.
	STARTTLS bool
	// Outward is how the client treats STARTTLS.
	Outward wire.STARTTLS
	// MaxBytes is the largest message in octets; 0 as wire.Config.
	MaxBytes int64
	// Clock is the world's clock.
	Clock clock.Clock
	// Record receives the SMTP events and Stored.
	Record *record.Record
	// Bodies keeps the bodies of the messages.
	Bodies *record.Bodies
	// Rand is the source of queue and message ids.
	Rand io.Reader
	// Retry are the waits after each failed try; the last one repeats. Empty means 1, 5, 15, 30 min, then
	// hourly (D27).
	Retry []time.Duration
	// Notice is when a sender is told of a delay, once for each message; 0 means 4 h (D27).
	Notice time.Duration
	// GiveUp is when a message becomes undeliverable; 0 means 5 days (RFC 5321 4.5.4.1, D27).
	GiveUp time.Duration
}

// Mail is a message in a mailbox.
type Mail struct {
	// At is when it was stored.
	At time.Time
	// From is the envelope sender, To the mailbox.
	From, To string
	// Msg is the message with this server's trace fields on top (RFC 5321 4.4).
	Msg record.Message
}

// Server is a running mail server.
type Server struct {
	cfg  Config
	smtp *wire.Server
}

// New checks cfg and makes a server with empty mailboxes; the error names the field that is missing.
func New(cfg Config) (*Server, error) { return &Server{cfg: cfg}, nil }

// Serve accepts connections on l until l or the server is closed; then it returns nil.
func (s *Server) Serve(l net.Listener) error { return s.smtp.Serve(l) }

// Close stops serving and relaying; what is queued is lost. It returns when no goroutine is left.
func (s *Server) Close() error { return nil }

// Mailbox lists the mail of one address, oldest first.
func (s *Server) Mailbox(addr string) []Mail { return nil }

// Queued is the number of messages that wait for another try, one for each next hop.
func (s *Server) Queued() int { return 0 }

// SetSTARTTLS switches the offer of STARTTLS for connections to come.
func (s *Server) SetSTARTTLS(on bool) { s.smtp.SetSTARTTLS(on) }

// Faults is the list of impairments of the receiving side.
func (s *Server) Faults() *wire.Faults { return s.smtp.Faults() }

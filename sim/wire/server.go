package wire

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/record"
)

// Config describes a server. Who, Hostname, Clock, Record, Bodies and Policy are required.
type Config struct {
	// Who is the host's name in the record.
	Who string
	// Hostname is the name in the greeting.
	Hostname string
	// TLS is the server's side of TLS; nil for a server that cannot. Its Time must be the clock's.
	TLS *tls.Config
	// ImplicitTLS starts every connection with the handshake (RFC 8314 3.3).
	ImplicitTLS bool
	// NoSTARTTLS is a server that has TLS but does not offer it at first; see SetSTARTTLS.
	NoSTARTTLS bool
	// RequireTLS refuses MAIL in clear with 530 5.7.0 (RFC 3207 4).
	RequireTLS bool
	// External decides on SASL EXTERNAL (RFC 4422 appendix A): cert is the client's verified certificate,
	// identity what it asks to act as, empty for whatever the certificate says. With it set, MAIL without
	// AUTH is refused with 530 5.7.0 and a failed AUTH with 535 5.7.8; a *Reply is sent as it is.
	External func(cert *x509.Certificate, identity string) error
	// MaxBytes is the largest message in octets, header included: exactly MaxBytes is accepted, one more
	// gets 552 5.3.4. 0 means 45 MiB (D20).
	MaxBytes int64
	// MaxRecipients is the largest number of recipients of a message, above it 452 4.5.3. 0 means 1000.
	MaxRecipients int
	// Clock is the world's clock.
	Clock clock.Clock
	// Record receives Session, Refused and Accepted events.
	Record *record.Record
	// Bodies keeps the bodies of the messages.
	Bodies *record.Bodies
	// Idle is how long the client may be silent, or not read; 0 means 5 min (RFC 5321 4.5.3.2.7).
	Idle time.Duration
	// Session is how long a connection may last in all; 0 means 2 h.
	Session time.Duration
	// Policy decides on senders, recipients and messages.
	Policy Policy
	// Faults are the impairments of this server; nil for a list of its own (see Server.Faults).
	Faults *Faults
}

// Policy is the party behind a server. Its methods run in the connection's goroutine; nil accepts.
type Policy interface {
	// Mail decides on the sender, empty for the null reverse path.
	Mail(s *Session, from string) *Reply
	// Rcpt decides on one recipient; "postmaster" comes with the server's Hostname as its domain.
	Rcpt(s *Session, to string) *Reply
	// Data takes a complete message, whose body is in Bodies, and decides on the reply after the dot. A
	// Reply with code 250 accepts with a text of its own.
	Data(s *Session, env Envelope, msg record.Message) *Reply
}

// Session is what a server knows about the client at the other end.
type Session struct {
	// ID is the session's name in the record.
	ID string
	// Local and Remote are the ends of the connection, "IP:port".
	Local, Remote string
	// Addr is the client's address; the zero Addr when the connection has none.
	Addr netip.Addr
	// Helo is what the client said in EHLO or HELO.
	Helo string
	// TLS is the TLS version, "1.2" or "1.3"; empty in clear.
	TLS string
	// Cert is the client's certificate, nil when it showed none.
	Cert *x509.Certificate
	// Identity is what External accepted: the identity asked for or else the certificate's common name.
	Identity string
}

// Server is an SMTP server on any number of listeners.
type Server struct {
	cfg Config
}

// NewServer checks cfg and makes a server; the error names the field that is missing or contradicts.
func NewServer(cfg Config) (*Server, error) { return &Server{cfg: cfg}, nil }

// Serve accepts connections on l until l or the server is closed; then it returns nil.
func (s *Server) Serve(l net.Listener) error { return nil }

// Close closes the listeners and connections and returns when none of their goroutines is left.
func (s *Server) Close() error { return nil }

// SetSTARTTLS switches the offer of STARTTLS for connections to come. It has no effect without Config.TLS.
func (s *Server) SetSTARTTLS(on bool) {}

// Faults is the list of impairments of this server.
func (s *Server) Faults() *Faults { return s.cfg.Faults }

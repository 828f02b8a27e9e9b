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
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
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

// Defaults of Config (D27).
const (
	defaultNotice = 4 * time.Hour
	defaultGiveUp = 5 * 24 * time.Hour
)

var defaultRetry = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

// Server is a running mail server.
type Server struct {
	cfg    Config
	smtp   *wire.Server
	ctx    context.Context
	cancel context.CancelFunc

	mu     sync.Mutex
	closed bool
	boxes  map[string][]Mail // by canonical address
	queued int
	wg     sync.WaitGroup // one for each queued item
}

// New checks cfg and makes a server with empty mailboxes; the error names the field that is missing.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("mta: server of %q: %w", cfg.Who, err)
	}
	if len(cfg.Retry) == 0 {
		cfg.Retry = defaultRetry
	}
	if cfg.Notice == 0 {
		cfg.Notice = defaultNotice
	}
	if cfg.GiveUp == 0 {
		cfg.GiveUp = defaultGiveUp
	}
	s := &Server{cfg: cfg, boxes: map[string][]Mail{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	var err error
	s.smtp, err = wire.NewServer(wire.Config{
		Who: cfg.Who, Hostname: cfg.Hostname, TLS: cfg.TLS, NoSTARTTLS: !cfg.STARTTLS, MaxBytes: cfg.MaxBytes,
		Clock: cfg.Clock, Record: cfg.Record, Bodies: cfg.Bodies, Policy: policy{s},
	})
	return s, err
}

func (c *Config) check() error {
	switch {
	case len(c.Domains) == 0:
		return errors.New("Config.Domains is empty: name the domains whose mailboxes are here")
	case c.Rand == nil:
		return errors.New("Config.Rand is nil: take a seeded source")
	case len(c.Relay) > 0 && c.Dial == nil:
		return errors.New("Config.Relay needs Config.Dial")
	case len(c.Relay) > 0 && c.Resolver == nil && len(c.Smarthosts) == 0:
		return errors.New("Config.Relay needs Config.Resolver or Config.Smarthosts")
	case c.STARTTLS && c.TLS == nil:
		return errors.New("Config.STARTTLS needs Config.TLS")
	}
	for suffix, host := range c.Smarthosts {
		if _, _, err := net.SplitHostPort(host); err != nil {
			return fmt.Errorf("Config.Smarthosts[%q] is %q: write \"host:port\"", suffix, host)
		}
	}
	return nil
}

// Serve accepts connections on l until l or the server is closed; then it returns nil.
func (s *Server) Serve(l net.Listener) error { return s.smtp.Serve(l) }

// Close stops serving and relaying; what is queued is lost. It returns when no goroutine is left.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	err := s.smtp.Close()
	s.wg.Wait()
	return err
}

// Mailbox lists the mail of one address, oldest first.
func (s *Server) Mailbox(addr string) []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.boxes[strings.ToLower(addr)])
}

// Queued is the number of messages that are on their way or wait for another try, one for each next hop.
func (s *Server) Queued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queued
}

// SetSTARTTLS switches the offer of STARTTLS for connections to come.
func (s *Server) SetSTARTTLS(on bool) { s.smtp.SetSTARTTLS(on) }

// ShowCertificate shows another certificate from the next handshake on, or with nil its own again.
func (s *Server) ShowCertificate(cert *tls.Certificate) { s.smtp.ShowCertificate(cert) }

// Faults is the list of impairments of the receiving side.
func (s *Server) Faults() *wire.Faults { return s.smtp.Faults() }

// Package dmda is one simulated De-Mail provider (DMDA): mailboxes, the link to the gateway's operator (ITSP)
// in both directions, dispatch with metadata, integrity header and signature of TR-01201-3.4, the three
// confirmations, notifications, malware, forwarding, and the account holder's own access as a Go API.
//
// It is honest: it never breaks a rule of TR-01201 that it implements, and says in DIVERGENCES.md which it
// does not yet. Where the guideline is silent, CHOICES.md has the choice and its clause; UNKINDNESS.md lists
// what it can be made to do otherwise within the rules. Accounts, drafts, documents and bodies are packages
// below it; it leaves out the public directory, other providers, and the portal's HTTP (package portal).
package dmda

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/demail"
	"demailbench/sim/demail/sign"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/confirm"
	"demailbench/sim/dmda/draft"
	"demailbench/sim/dmda/message"
	"demailbench/sim/dmda/push"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// MaxGross is the largest message that the link takes, in octets: 45 MiB (TR-01201-3.1 4.1, D20).
const MaxGross = 45 << 20

// Connections is how many connections the link has at once; a gateway that opens more waits (CHOICES.md). greeting is how
// long it looks for a gateway that speaks too early.
const (
	Connections = 50
	greeting    = 20 * time.Millisecond
)

// Provider names the DMDA itself.
type Provider struct {
	// Name is the company, as confirmations name it.
	Name string
	// Domain is the De-Mail domain of the provider: of its system addresses and its natural persons.
	Domain string
	// Hostname is the server's name on the wire and in X-de-mail-originator-provider.
	Hostname string
}

// Config describes a provider. Who, Provider, Signature, TLS, Clock, Record, Bodies and Rand are required; Dial and
// ClientTLS when an ITSP has a Push address.
type Config struct {
	// Who is the host's name in the record.
	Who      string
	Provider Provider
	// Suffixes are the domains below which an address is a De-Mail address; empty means "de-mail.de".
	Suffixes []string
	ITSPs    []ITSP
	Accounts []Account
	// Signature is the provider's signature on authoritative messages and confirmations.
	Signature *sign.Signer
	// Unkindness says how the provider behaves where the guideline leaves it open; the zero value is kind.
	Unkindness Unkindness
	// TLS is the server's side of the link; it must demand and verify client certificates.
	TLS *tls.Config
	// ClientTLS is the client's side of the push, with the provider's certificate.
	ClientTLS *tls.Config
	// Dial opens the connection of a push.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Clock is the world's clock.
	Clock clock.Clock
	// Record receives the SMTP events, Stored for every message that reaches a mailbox, and Action for what
	// account holders send and for settings that change.
	Record *record.Record
	// Bodies keeps the bodies of the messages.
	Bodies *record.Bodies
	// Rand is the source of message ids.
	Rand io.Reader
	// Location is the legal time in which dates are written; nil means the zone of the clock's present.
	Location *time.Location
	// Retry are the waits after each failed push; the last one repeats. Empty means 10 s, 1, 5, 15, 30 min,
	// then hourly, without end.
	Retry []time.Duration
	// Timeout limits each wait for the gateway during a push; 0 as wire.Client.
	Timeout time.Duration
	// Faults are the impairments of the link; nil for a list of its own (see Server.Faults).
	Faults *wire.Faults
}

// Server is a running provider. Its methods may be called by any goroutine.
type Server struct {
	cfg      Config
	link     *wire.Server
	accounts *account.Directory
	rules    draft.Rules
	counter  draft.Counter // what was sent at level normal
	writer   message.Writer
	issuer   confirm.Issuer

	linkTLS *tls.Config

	// ctx ends what was put off; work waits for it.
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	randMu sync.Mutex

	mu      sync.Mutex
	closed  bool
	boxes   map[demail.Address][]*Mail
	used    map[string]int64              // octets kept, by account
	warned  map[string]bool               // accounts that were told that they are nearly full
	queues  map[string]*push.Queue[*Mail] // by account
	drafts  map[string]bool               // sessions whose draft names a recipient outside De-Mail
	blocked map[string]string             // certificates, operators and accounts kept from the link, and why
	renewed *tls.Certificate
	scan    Scan
	tamper  func(record.Message) record.Message
}

// New checks cfg and makes a provider. The error names the account, field and value that is wrong.
func New(cfg Config) (*Server, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, boxes: map[demail.Address][]*Mail{}, used: map[string]int64{}, warned: map[string]bool{},
		queues: map[string]*push.Queue[*Mail]{}, drafts: map[string]bool{}, blocked: map[string]string{}, scan: Scan{Sender: true, Recipient: true},
	}
	for i, a := range cfg.Accounts {
		if len(a.Persons) == 0 && len(a.Mailboxes) > 0 {
			cfg.Accounts[i].Persons = account.Sample(a)
		}
	}
	var err error
	if s.accounts, err = account.NewDirectory(cfg.Provider.Domain, cfg.Suffixes, cfg.ITSPs, cfg.Accounts); err != nil {
		return nil, fmt.Errorf("dmda: %w", err)
	}
	s.rules = draft.Rules{Accounts: s.accounts, Suffixes: cfg.Suffixes, Used: s.Used, Today: s.today, Examine: s.examine, Scan: s.scansDrafts}
	style := cfg.Unkindness.Style
	style.Random = s.random()
	s.writer = message.Writer{
		Domain: cfg.Provider.Domain, Hostname: cfg.Provider.Hostname, Signature: cfg.Signature, Style: style,
		NewID: s.newID, Now: s.now, Open: s.open,
	}
	s.issuer = confirm.Issuer{Name: cfg.Provider.Name, Hostname: cfg.Provider.Hostname, Signature: cfg.Signature}
	s.ctx, s.cancel = background()
	s.renewable()
	s.link, err = wire.NewServer(wire.Config{
		Who: cfg.Who, Hostname: cfg.Provider.Hostname, TLS: s.linkTLS, Idle: cfg.Unkindness.Idle, ImplicitTLS: true, External: s.external,
		MaxBytes: MaxGross, Greeting: greeting, Connections: Connections, Clock: cfg.Clock, Record: cfg.Record, Bodies: cfg.Bodies, Policy: (*policy)(s), Faults: cfg.Faults,
	})
	if err != nil {
		return nil, fmt.Errorf("dmda: link: %w", err)
	}
	return s, nil
}

// complete fills defaults and reports what is missing.
func (c *Config) complete() error {
	for _, need := range []struct {
		name    string
		missing bool
	}{
		{"Who", c.Who == ""}, {"Provider.Name", c.Provider.Name == ""}, {"Provider.Domain", c.Provider.Domain == ""},
		{"Provider.Hostname", c.Provider.Hostname == ""}, {"Signature", c.Signature == nil}, {"TLS", c.TLS == nil}, {"Clock", c.Clock == nil},
		{"Record", c.Record == nil}, {"Bodies", c.Bodies == nil}, {"Rand", c.Rand == nil},
	} {
		if need.missing {
			return fmt.Errorf("dmda: config: %s is missing", need.name)
		}
	}
	if c.TLS.ClientAuth != tls.RequireAndVerifyClientCert {
		return errors.New("dmda: config: TLS must demand and verify client certificates (D16)")
	}
	for _, i := range c.ITSPs {
		if i.Push != "" && (c.Dial == nil || c.ClientTLS == nil) {
			return fmt.Errorf("dmda: config: ITSP %q takes pushes, so Dial and ClientTLS must be there", i.Number)
		}
	}
	c.Accounts = slices.Clone(c.Accounts)
	if len(c.Suffixes) == 0 {
		c.Suffixes = []string{"de-mail.de"}
	}
	if c.Location == nil {
		c.Location = c.Clock.Now().Location()
	}
	if len(c.Retry) == 0 {
		c.Retry = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}
	}
	return nil
}

// Serve runs the ITSP link on l, with implicit TLS, until l or the provider is closed; then it returns nil.
func (s *Server) Serve(l net.Listener) error { return s.link.Serve(l) }

// Close ends the link and the pushes and returns when none of their goroutines is left.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	err := s.link.Close()
	s.stop()
	for _, q := range s.queues { // none is added any more
		q.Close()
	}
	return err
}

// Faults is the list of impairments of the link.
func (s *Server) Faults() *wire.Faults { return s.link.Faults() }

// now is the legal time to the second (TR-01201-3.4 table 1 nr 13).
func (s *Server) now() time.Time { return s.cfg.Clock.Now().In(s.cfg.Location).Truncate(time.Second) }

// newID is a message id without angle brackets, unique by 128 random bits.
func (s *Server) newID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(s.random(), b[:]); err != nil {
		return "", fmt.Errorf("dmda: message id: %w", err)
	}
	return fmt.Sprintf("%x@%s", b, s.cfg.Provider.Hostname), nil
}

// random is Config.Rand for any goroutine.
func (s *Server) random() io.Reader { return (*random)(s) }

type random Server

// Read draws from Config.Rand, one goroutine at a time.
func (r *random) Read(p []byte) (int, error) {
	r.randMu.Lock()
	defer r.randMu.Unlock()
	return r.cfg.Rand.Read(p)
}

package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"

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
	// Greeting is how long the server waits with its greeting for a client that speaks before it, which gets 554 5.5.1
	// (RFC 5321 4.3.1); 0: it does not look.
	Greeting time.Duration
	// Connections is how many may be open at once; one more gets 421 4.3.2 (RFC 5321 3.8). 0 means any number.
	Connections int
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

// Defaults of Config.
const (
	defaultMaxBytes      = 45 << 20
	defaultMaxRecipients = 1000
	defaultIdle          = 5 * time.Minute
	defaultSession       = 2 * time.Hour
)

// Server is an SMTP server on any number of listeners.
type Server struct {
	cfg      Config
	smtp     *smtp.Server
	stages   chan net.Conn // what go-smtp's listener accepts
	starttls atomic.Bool
	shown    atomic.Pointer[tls.Certificate] // nil: as configured
	ctx      context.Context
	stop     context.CancelFunc

	mu        sync.Mutex
	closed    bool
	listeners map[net.Listener]bool
	conns     map[net.Conn]bool
	wg        sync.WaitGroup
}

// NewServer checks cfg and makes a server; the error names the field that is missing or contradicts.
func NewServer(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("wire: server of %q: %w", cfg.Who, err)
	}
	setDefault(&cfg.MaxBytes, defaultMaxBytes)
	setDefault(&cfg.MaxRecipients, defaultMaxRecipients)
	setDefault(&cfg.Idle, defaultIdle)
	setDefault(&cfg.Session, defaultSession)
	if cfg.Faults == nil {
		cfg.Faults = &Faults{}
	}
	s := &Server{cfg: cfg, stages: make(chan net.Conn), listeners: map[net.Listener]bool{}, conns: map[net.Conn]bool{}}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.starttls.Store(cfg.TLS != nil && !cfg.ImplicitTLS && !cfg.NoSTARTTLS)
	s.smtp = smtp.NewServer(smtp.BackendFunc(newSession))
	s.smtp.Domain = cfg.Hostname
	s.smtp.MaxMessageBytes = cfg.MaxBytes + 1 // go-smtp refuses a message of exactly its limit
	s.smtp.MaxLineLength = 0                  // the guard's business
	s.smtp.AllowInsecureAuth = true           // the guard refuses AUTH in clear
	s.smtp.ErrorLog = defects{}
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		s.smtp.Serve(stageListener{s})
	}()
	return s, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (c *Config) check() error {
	switch {
	case c.Who == "":
		return errors.New("Config.Who is empty: name the host as in the record")
	case c.Hostname == "":
		return errors.New("Config.Hostname is empty: name the server for its greeting")
	case c.Clock == nil || c.Record == nil || c.Bodies == nil:
		return errors.New("Config.Clock, Record and Bodies are required: take the world's")
	case c.Policy == nil:
		return errors.New("Config.Policy is nil: say who decides on messages")
	case c.TLS == nil && (c.ImplicitTLS || c.RequireTLS || c.External != nil):
		return errors.New("Config.ImplicitTLS, RequireTLS and External need Config.TLS")
	}
	return nil
}

// Serve accepts connections on l until l or the server is closed; then it returns nil.
func (s *Server) Serve(l net.Listener) error {
	if !s.track(func() { s.listeners[l] = true }) {
		return l.Close()
	}
	defer s.track(func() { delete(s.listeners, l) })
	for {
		c, err := l.Accept()
		if err != nil {
			if s.ctx.Err() != nil || errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("wire: %s: accept: %w", s.cfg.Who, err)
		}
		if !s.track(func() { s.conns[c] = true; s.wg.Add(1) }) {
			c.Close()
			return nil
		}
		go func() {
			defer s.wg.Done()
			defer s.track(func() { delete(s.conns, c) })
			s.serve(c)
		}()
	}
}

// crowded tells whether more connections are open than may be.
func (s *Server) crowded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg.Connections > 0 && len(s.conns) > s.cfg.Connections
}

// track changes the server's books unless it is closed.
func (s *Server) track(change func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		change()
	}
	return !s.closed
}

// Close closes the listeners and connections and returns when none of their goroutines is left.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		s.wg.Wait()
		return nil
	}
	s.closed = true
	s.stop()
	var err error
	for l := range s.listeners {
		err = errors.Join(err, l.Close())
	}
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
	s.smtp.Shutdown(context.Background()) // waits for the library's own goroutines
	return err
}

// SetSTARTTLS switches the offer of STARTTLS for connections to come. It has no effect without Config.TLS
// or with ImplicitTLS.
func (s *Server) SetSTARTTLS(on bool) {
	s.starttls.Store(on && s.cfg.TLS != nil && !s.cfg.ImplicitTLS)
}

// ShowCertificate shows another certificate from the next handshake on, or with nil that of Config.TLS again. It has no
// effect without Config.TLS.
func (s *Server) ShowCertificate(cert *tls.Certificate) { s.shown.Store(cert) }

// tls is the configuration with the certificate that is shown.
func (s *Server) tls() *tls.Config {
	cert := s.shown.Load()
	if cert == nil {
		return s.cfg.TLS
	}
	c := s.cfg.TLS.Clone()
	c.Certificates = []tls.Certificate{*cert}
	return c
}

// Faults is the list of impairments of this server.
func (s *Server) Faults() *Faults { return s.cfg.Faults }

// serve runs one connection from its opening to its end. STARTTLS throws away all that go-smtp knows of
// the client (RFC 3207 4.2), so each side of it is a connection of its own to the library.
func (s *Server) serve(nc net.Conn) {
	c := newConn(s, nc)
	defer c.shut()
	if !c.open() {
		return
	}
	for again := true; again; again = c.secured {
		c.secured = false
		st := &stage{conn: c, ended: make(chan struct{})}
		select {
		case s.stages <- st:
			<-st.ended
		case <-s.ctx.Done():
			return
		}
	}
}

// stageListener hands guarded connections to go-smtp.
type stageListener struct{ s *Server }

func (l stageListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.s.stages:
		return c, nil
	case <-l.s.ctx.Done():
		return nil, net.ErrClosed
	}
}

func (l stageListener) Close() error   { return nil }
func (l stageListener) Addr() net.Addr { return &net.TCPAddr{} }

// defects is go-smtp's log. The library reports broken connections there, which the record has, and
// swallows panics of the party behind the server, which must not be swallowed.
type defects struct{}

func (defects) Printf(format string, v ...any) {
	if len(format) >= 5 && format[:5] == "panic" {
		panic(fmt.Sprintf("wire: "+format, v...))
	}
}

func (defects) Println(...any) {}

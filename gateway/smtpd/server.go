package smtpd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"demailbench/gateway/tenant"
)

// Server is one SMTP server, of the tenants' side or of the provider's. Its methods may be called by any
// goroutine.
type Server struct {
	config   Config
	tls      *tls.Config
	starttls bool // STARTTLS is offered
	implicit bool // TLS begins with the connection
	// admit judges a new connection before the greeting.
	admit func(*guard) *tenant.Refusal
	smtp  *smtp.Server
	ctx   context.Context
	cut   context.CancelFunc

	mu       sync.Mutex
	draining bool
	sessions map[*guard]bool
	count    uint64
	empty    chan struct{} // closed when draining and no session is left
}

// NewTenants returns the server of the tenants' side (port 25): STARTTLS is mandatory but for hosts behind an
// IPSEC line (D18), the peer's address decides whose host it is. Without a certificate STARTTLS is not
// offered, so that only IPSEC lines can submit. It fails when a part of c is missing.
func NewTenants(c Config) (*Server, error) {
	s, err := newServer(c)
	if err != nil {
		return nil, err
	}
	s.starttls = len(c.Certificate.Certificate) > 0
	s.tls = s.tlsConfig()
	s.admit = s.admitTenant
	s.smtp.Backend = smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &submission{transaction{g: conn.Conn().(*guard)}, nil}, nil
	})
	return s, nil
}

// NewProvider returns the server of the DMDA's side (port 465): implicit TLS, a client certificate from Roots
// with one of the names Peers, SASL EXTERNAL offered (D16). It fails when a part of c is missing.
func NewProvider(c Config) (*Server, error) {
	s, err := newServer(c)
	if err != nil {
		return nil, err
	}
	switch {
	case len(c.Certificate.Certificate) == 0:
		return nil, errors.New("smtpd: provider side: no certificate: give the gateway one")
	case c.Roots == nil:
		return nil, errors.New("smtpd: provider side: no roots: name the authority of the DMDA's certificate")
	case len(c.Peers) == 0:
		return nil, errors.New("smtpd: provider side: no peers: name the DMDA's certificate")
	}
	s.implicit = true
	s.tls = s.tlsConfig()
	s.tls.ClientAuth, s.tls.ClientCAs = tls.RequireAndVerifyClientCert, c.Roots
	s.tls.VerifyConnection = s.verifyPeer
	s.admit = s.admitAny
	s.smtp.AllowInsecureAuth = true // the guard ends TLS: go-smtp cannot see it
	s.smtp.Backend = smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &push{transaction{g: conn.Conn().(*guard)}}, nil
	})
	return s, nil
}

func newServer(c Config) (*Server, error) {
	for name, missing := range map[string]bool{"Hostname": c.Hostname == "", "Rules": c.Rules == nil,
		"Intake": c.Intake == nil, "Clock": c.Clock == nil, "Rand": c.Rand == nil} {
		if missing {
			return nil, fmt.Errorf("smtpd: Config.%s is missing", name)
		}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Limits = c.Limits.withDefaults()
	s := &Server{config: c, sessions: map[*guard]bool{}, empty: make(chan struct{})}
	s.ctx, s.cut = context.WithCancel(context.Background())
	s.smtp = smtp.NewServer(nil)
	s.smtp.Domain = c.Hostname
	s.smtp.MaxRecipients = c.Limits.Recipients
	s.smtp.MaxMessageBytes = c.Limits.Message + 1 // go-smtp refuses at exactly its limit
	s.smtp.MaxLineLength = 0                      // the guard counts
	s.smtp.ErrorLog = log.New(logWriter{c.Log}, "", 0)
	return s, nil
}

// withDefaults fills in the zero fields.
func (l Limits) withDefaults() Limits {
	d := Limits{Message: 45 << 20, Header: 1 << 20, Line: 998, Recipients: 1000, Received: 50, Connections: 500,
		Idle: 5 * time.Minute, Greeting: time.Minute, Write: time.Minute, Session: 2 * time.Hour}
	keep(&d.Message, l.Message)
	keep(&d.Header, l.Header)
	keep(&d.Line, l.Line)
	keep(&d.Recipients, l.Recipients)
	keep(&d.Received, l.Received)
	keep(&d.Connections, l.Connections)
	keep(&d.Idle, l.Idle)
	keep(&d.Greeting, l.Greeting)
	keep(&d.Write, l.Write)
	keep(&d.Session, l.Session)
	return d
}

func keep[T int | int64 | time.Duration](to *T, given T) {
	if given != 0 {
		*to = given
	}
}

// logWriter turns go-smtp's rare complaints (panics in a session) into log lines.
type logWriter struct{ log *slog.Logger }

func (w logWriter) Write(b []byte) (int, error) {
	w.log.Error("smtp library", "text", string(b))
	return len(b), nil
}

// tlsConfig is TR-03116-4 2 as far as crypto/tls lets it be chosen; time is the gateway's.
func (s *Server) tlsConfig() *tls.Config {
	return &tls.Config{
		Certificates:           []tls.Certificate{s.config.Certificate},
		MinVersion:             tls.VersionTLS12,
		CurvePreferences:       []tls.CurveID{tls.X25519},
		SessionTicketsDisabled: true,
		Time:                   s.config.Clock.Now,
		CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384},
	}
}

// verifyPeer accepts a verified certificate that carries one of the DMDA's names.
func (s *Server) verifyPeer(state tls.ConnectionState) error {
	cert := state.PeerCertificates[0]
	for _, name := range s.config.Peers {
		if cert.Subject.CommonName == name || cert.VerifyHostname(name) == nil {
			return nil
		}
	}
	return fmt.Errorf("certificate of %q is not the DMDA's", cert.Subject.CommonName)
}

// admitTenant finds whose host the peer is (S0-003).
func (s *Server) admitTenant(g *guard) (r *tenant.Refusal) {
	if r = s.admitAny(g); r == nil {
		g.tenant, r = s.config.Rules.Connect(g.peer.Addr.Addr())
	}
	return r
}

func (s *Server) admitAny(*guard) *tenant.Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sessions) > s.config.Limits.Connections {
		return refuse(421, [3]int{4, 3, 2}, "too many connections", "RFC 5321 4.2")
	}
	return nil
}

// Serve accepts on l until Shutdown or Close, then returns nil. It closes l.
func (s *Server) Serve(l net.Listener) error {
	if err := s.smtp.Serve(&listener{l, s}); err != nil && s.ctx.Err() == nil && !s.isDraining() {
		return fmt.Errorf("smtpd: accept on %v: %w", l.Addr(), err)
	}
	return nil
}

// listener wraps what it accepts in guards.
type listener struct {
	net.Listener
	srv *Server
}

// Accept waits out temporary failures on the gateway's clock; go-smtp would sleep on the wall clock.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err == nil {
			return l.srv.enter(c), nil
		}
		var temporary interface{ Temporary() bool }
		if !errors.As(err, &temporary) || !temporary.Temporary() {
			return nil, errors.New(err.Error())
		}
		l.srv.config.Log.Warn("accept failed, trying again", "error", err)
		if l.srv.config.Clock.Sleep(l.srv.ctx, time.Second) != nil {
			return nil, net.ErrClosed
		}
	}
}

func (s *Server) enter(c net.Conn) *guard {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	g := newGuard(s, c, s.count)
	s.sessions[g] = true
	if s.draining {
		g.timed.drain()
	}
	return g
}

func (s *Server) leave(g *guard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, g)
	s.signalEmpty()
}

func (s *Server) signalEmpty() {
	if !s.draining || len(s.sessions) > 0 {
		return
	}
	select {
	case <-s.empty:
	default:
		close(s.empty)
	}
}

func (s *Server) isDraining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining
}

// Shutdown drains: no new connection, 421 to whoever is between commands, messages under way are finished.
// It returns nil when all sessions have ended, or ctx's error after it has cut the rest.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stop()
	s.mu.Lock()
	for g := range s.sessions {
		g.timed.drain()
	}
	s.mu.Unlock()
	select {
	case <-s.empty:
		s.cut()
		return nil
	case <-ctx.Done():
		s.Close()
		return context.Cause(ctx)
	}
}

// stop closes the listeners.
func (s *Server) stop() {
	s.mu.Lock()
	s.draining = true
	s.signalEmpty()
	s.mu.Unlock()
	// With a context that has ended Shutdown closes the listeners and waits for nobody. Close would end the
	// sessions from outside while they work.
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_ = s.smtp.Shutdown(ended)
}

// Close cuts everything at once and does not wait for sessions that are in the intake.
func (s *Server) Close() error {
	s.stop()
	s.cut()
	s.mu.Lock()
	defer s.mu.Unlock()
	for g := range s.sessions {
		_ = g.Conn.Close()
	}
	return nil
}

// refused tells log and audit.
func (s *Server) refused(g *guard, r Rejection) {
	r.Peer, r.Tenant, r.Direction = g.peer, g.tenant.ID, Outbound
	if s.implicit {
		r.Direction = Inbound
	}
	s.config.Log.Info("refused", "session", g.peer.Session, "peer", g.peer.Addr.Addr().String(), "tenant", r.Tenant,
		"verb", r.Verb, "code", r.Refusal.Code, "text", r.Refusal.Text, "detail", r.Refusal.Detail)
	if s.config.Audit != nil {
		s.config.Audit.Refused(s.ctx, r)
	}
}

// addrPort is the peer's address, or none where the network has no such thing.
func addrPort(a net.Addr) netip.AddrPort {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

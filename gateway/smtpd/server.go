package smtpd

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"demailbench/gateway/guard"
	"demailbench/gateway/tenant"
)

// Server is one SMTP server, of the tenants' side or of the provider's. Its methods may be called by any
// goroutine.
type Server struct {
	config    Config
	direction Direction
	policy    guard.Policy
	smtp      *smtp.Server
	ctx       context.Context
	cut       context.CancelFunc

	mu       sync.Mutex
	draining bool
	sessions map[*guard.Conn]tenant.Tenant
	count    uint64
	empty    chan struct{} // closed when draining and no session is left
}

// NewTenants returns the server of the tenants' side (port 25): STARTTLS is mandatory but for hosts behind an
// IPSEC line (D18), the peer's address decides whose host it is. Without a certificate STARTTLS is not
// offered, so that only IPSEC lines can submit. It fails when a part of c is missing.
func NewTenants(c Config) (*Server, error) {
	s, err := newServer(c, Outbound)
	if err != nil {
		return nil, err
	}
	if c.Certificate != nil {
		s.policy.TLS = s.tlsConfig()
	}
	s.smtp.Backend = smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &submission{transaction: s.transaction(conn)}, nil
	})
	return s, nil
}

// NewProvider returns the server of the DMDA's side (port 465): implicit TLS, a client certificate from Roots
// with one of the names Peers, SASL EXTERNAL offered (D16). It fails when a part of c is missing.
func NewProvider(c Config) (*Server, error) {
	s, err := newServer(c, Inbound)
	if err != nil {
		return nil, err
	}
	if s.policy.TLS, err = s.mutualTLS(); err != nil {
		return nil, err
	}
	s.policy.Implicit = true
	s.smtp.AllowInsecureAuth = true // the guard ends TLS: go-smtp cannot see it
	s.smtp.Backend = smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &push{transaction: s.transaction(conn)}, nil
	})
	return s, nil
}

func newServer(c Config, d Direction) (*Server, error) {
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
	s := &Server{config: c, direction: d, sessions: map[*guard.Conn]tenant.Tenant{}, empty: make(chan struct{})}
	s.ctx, s.cut = context.WithCancel(context.Background())
	s.policy = guard.Policy{Hostname: c.Hostname, Clock: c.Clock, Admit: s.admit, Failed: s.handshakeFailed, Left: s.leave,
		MaxMessage: c.Limits.Message, MaxLine: c.Limits.Line, Idle: c.Limits.Idle, Write: c.Limits.Write,
		Greeting: c.Limits.Greeting, Session: c.Limits.Session}
	s.smtp = smtp.NewServer(nil)
	s.smtp.Domain = c.Hostname
	s.smtp.MaxRecipients = c.Limits.Recipients
	s.smtp.MaxMessageBytes = c.Limits.Message + 1 // go-smtp refuses at exactly its limit
	s.smtp.MaxLineLength = 0                      // the guard counts
	s.smtp.ErrorLog = log.New(logWriter{c.Log}, "", 0)
	return s, nil
}

// logWriter turns go-smtp's rare complaints (panics in a session) into log lines.
type logWriter struct{ log *slog.Logger }

func (w logWriter) Write(b []byte) (int, error) {
	w.log.Error("smtp library", "text", string(b))
	return len(b), nil
}

// transaction begins a session's state.
func (s *Server) transaction(c *smtp.Conn) transaction {
	g := c.Conn().(*guard.Conn)
	s.mu.Lock()
	defer s.mu.Unlock()
	return transaction{srv: s, conn: g, tenant: s.sessions[g]}
}

// admit judges a new connection; on the tenants' side the peer's address says whose it is (S0-003).
func (s *Server) admit(g *guard.Conn) *tenant.Refusal {
	r := s.findTenant(g)
	if r != nil {
		s.refused(g, Rejection{Verb: "CONNECT", Refusal: r})
	}
	return r
}

func (s *Server) findTenant(g *guard.Conn) *tenant.Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sessions) > s.config.Limits.Connections {
		return tenant.Refuse(421, [3]int{4, 3, 2}, "too many connections", "RFC 5321 4.2")
	}
	if s.direction == Inbound {
		return s.closed("")
	}
	t, r := s.config.Rules.Connect(g.Peer().Addr.Addr())
	s.sessions[g] = t
	if r == nil {
		r = s.closed(t.ID)
	}
	return r
}

// closed is why nothing of a tenant's mail is taken now, nil when it is.
func (s *Server) closed(id string) *tenant.Refusal {
	if s.config.Closed == nil {
		return nil
	}
	return s.config.Closed(s.direction, id)
}

func (s *Server) handshakeFailed(g *guard.Conn, err error) {
	r := tenant.Refuse(554, [3]int{5, 7, 0}, "TLS handshake failed", "S0-038", "D16").With(err.Error())
	s.refused(g, Rejection{Verb: "TLS", Refusal: r})
}

// refused tells log and audit.
func (s *Server) refused(g *guard.Conn, r Rejection) {
	r.Peer, r.Direction = g.Peer(), s.direction
	s.config.Log.Info("refused", "session", r.Peer.Session, "peer", r.Peer.Addr.Addr().String(), "tenant", r.Tenant,
		"verb", r.Verb, "code", r.Refusal.Code, "text", r.Refusal.Text, "detail", r.Refusal.Detail)
	if s.config.Audit != nil {
		s.config.Audit.Refused(s.ctx, r)
	}
}

// Serve accepts on l until Shutdown or Close, then returns nil. It closes l.
func (s *Server) Serve(l net.Listener) error {
	if err := s.smtp.Serve(&listener{l, s}); err != nil && !s.isDraining() {
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

func (s *Server) enter(c net.Conn) *guard.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	g := guard.New(s.ctx, c, s.count, &s.policy)
	s.sessions[g] = tenant.Tenant{}
	if s.draining {
		g.Drain()
	}
	return g
}

func (s *Server) leave(g *guard.Conn) {
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
		g.Drain()
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
		_ = g.Cut()
	}
	return nil
}

// Package httpd serves HTTP/1.1 over TLS with every limit of time on the gateway's clock, and drains. net/http's own
// limits count from the wall clock, so none of them is set; what remains of them is that net/http breaks off a read
// by a deadline in 1970, which is past on every clock.
//
// It leaves out what is served (package admin).
package httpd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"demailbench/gateway/door"
)

// Server serves one handler. Its methods may be called by any goroutine.
type Server struct {
	clock door.Clock
	http  *http.Server
	tls   *tls.Config

	mu       sync.Mutex
	open     map[*watched]bool
	working  int
	draining bool
	idle     chan struct{} // closed when draining and no request is under way
}

// Limits of a connection.
const (
	// greetTime is the longest wait for the first request, TLS handshake included, workTime the longest request
	// with its answer, idleTime the longest silence between two.
	greetTime = 30 * time.Second
	workTime  = 2 * time.Minute
	idleTime  = 2 * time.Minute
	// maxConnections bounds those open at once.
	maxConnections = 256
	maxHeader      = 16 << 10
)

// New returns a server of handler with the gateway's certificate.
// certificate is asked at every handshake, so that a renewal needs no outage.
func New(handler http.Handler, certificate func() *tls.Certificate, clock door.Clock, complaints *slog.Logger) (*Server, error) {
	if certificate == nil {
		return nil, errors.New("httpd: the gateway has no certificate, and nothing is served without TLS: give it one")
	}
	s := &Server{clock: clock, open: map[*watched]bool{}, idle: make(chan struct{})}
	s.tls = &tls.Config{Time: clock.Now, SessionTicketsDisabled: true,
		GetCertificate:   func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return certificate(), nil },
		CurvePreferences: []tls.CurveID{tls.X25519}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	s.http = &http.Server{Handler: s.unlessDraining(handler), MaxHeaderBytes: maxHeader, ConnState: s.moved,
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}, ErrorLog: log.New(complaint{complaints}, "", 0)}
	return s, nil
}

// complaint turns net/http's complaints into log lines.
type complaint struct{ log *slog.Logger }

func (c complaint) Write(b []byte) (int, error) {
	c.log.Warn("http library", "text", string(b))
	return len(b), nil
}

// unlessDraining takes no request while draining.
func (s *Server) unlessDraining(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		draining := s.draining
		s.mu.Unlock()
		if draining {
			w.Header().Set("Connection", "close")
			http.Error(w, "the gateway is stopping", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) signalIdle() {
	if !s.draining || s.working > 0 {
		return
	}
	select {
	case <-s.idle:
	default:
		close(s.idle)
	}
}

// Serve accepts on l until Shutdown or Close, then returns nil. It closes l.
func (s *Server) Serve(l net.Listener) error {
	err := s.http.Serve(tls.NewListener(&listener{l, s}, s.tls))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("httpd: accept on %v: %w", l.Addr(), err)
}

// Shutdown takes no further request and waits for those under way until ctx ends; then everything is closed.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.draining = true
	s.signalIdle()
	s.mu.Unlock()
	var err error
	select {
	case <-s.idle:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	return errors.Join(err, s.Close())
}

// Close closes listener and connections at once.
func (s *Server) Close() error {
	s.mu.Lock()
	s.draining = true
	open := make([]*watched, 0, len(s.open))
	for c := range s.open {
		open = append(open, c)
	}
	s.mu.Unlock()
	err := s.http.Close()
	for _, c := range open {
		_ = c.Close() // closing twice is harmless
	}
	return err
}

// moved sets a connection's limit by what it does.
func (s *Server) moved(c net.Conn, state http.ConnState) {
	t, ok := c.(*tls.Conn)
	if !ok {
		return
	}
	w, ok := t.NetConn().(*watched)
	if !ok {
		return
	}
	switch state {
	case http.StateActive:
		w.allow(workTime)
		s.count(w, true)
	case http.StateIdle:
		w.allow(idleTime)
		s.count(w, false)
	case http.StateClosed:
		s.count(w, false)
	}
}

// count notes whether a connection has a request under way, until its answer is sent.
func (s *Server) count(w *watched, working bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case working && !w.working:
		s.working++
	case !working && w.working:
		s.working--
	}
	w.working = working
	s.signalIdle()
}

// listener watches what it accepts.
type listener struct {
	net.Listener
	s *Server
}

// Accept waits out temporary failures on the gateway's clock; net/http would sleep on the wall clock.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err == nil {
			return l.s.watch(c), nil
		}
		var temporary interface{ Temporary() bool }
		if !errors.As(err, &temporary) || !temporary.Temporary() {
			return nil, errors.New(err.Error())
		}
		if l.s.clock.Sleep(context.Background(), time.Second) != nil {
			return nil, net.ErrClosed
		}
	}
}

// watched is a connection that closes itself when its time is over.
type watched struct {
	net.Conn
	s *Server
	// working is guarded by the server's mutex, the rest by mu.
	working bool

	mu   sync.Mutex
	stop func() bool
	shut bool
}

func (s *Server) watch(c net.Conn) net.Conn {
	w := &watched{Conn: c, s: s}
	s.mu.Lock()
	full := len(s.open) >= maxConnections || s.draining
	s.open[w] = true
	s.mu.Unlock()
	w.allow(greetTime)
	if full {
		_ = w.Close() // the next read fails
	}
	return w
}

// allow gives the connection d from now.
func (w *watched) allow(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stop != nil {
		w.stop()
	}
	if w.shut {
		return
	}
	// A timer's callback must not block, and closing may.
	w.stop = w.s.clock.AfterFunc(d, func() { go w.Close() })
}

// Close closes the connection and forgets it.
func (w *watched) Close() error {
	w.mu.Lock()
	w.shut = true
	if w.stop != nil {
		w.stop()
	}
	w.mu.Unlock()
	w.s.mu.Lock()
	delete(w.s.open, w)
	w.s.mu.Unlock()
	return w.Conn.Close()
}

package smtpd

import (
	"context"
	"net"
)

// Server is one SMTP server.
type Server struct{}

// Serve accepts on l until Shutdown or Close, then returns nil. It closes l.
func (s *Server) Serve(l net.Listener) error { panic("not yet") }

// Shutdown drains: no new connection, 421 to whoever is between commands, messages under way are finished.
// It returns when all sessions have ended, or with ctx's error after it has cut the rest.
func (s *Server) Shutdown(ctx context.Context) error { panic("not yet") }

// Close cuts everything at once and does not wait.
func (s *Server) Close() error { panic("not yet") }

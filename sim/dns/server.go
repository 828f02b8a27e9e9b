// Package dns is the domain name system of the simulated world: authoritative servers that answer each
// client by the view its address belongs to, remember every question in the record and can be made to
// fail, and the stub resolver that the world's parties ask them with.
//
// It leaves out recursion, zone transfer (refused), caching and DNSSEC. Sockets come from the caller. The
// wire format is github.com/miekg/dns.
package dns

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"

	"demailbench/sim/record"
)

// Config describes one name server.
type Config struct {
	// Who is the server's name in the record.
	Who string
	// Views are searched in order; the first that lists the client's address answers. A client of no view
	// is refused.
	Views []View
}

// View is what one group of clients is told: split DNS.
type View struct {
	// Name is the view's name in the record and in faults, such as "internal".
	Name string
	// Clients are the source addresses that see this view, as they arrive at the server.
	Clients []netip.Prefix
	// Zones are those for which the server is authoritative; it refuses questions about all others. A
	// zone "." makes it answer for every name.
	Zones []Zone
}

// Zone is one zone of authority.
type Zone struct {
	// Origin is the zone's name, with or without the final dot.
	Origin string
	// Records are lines after RFC 1035 5.1, each complete: names relative to Origin or with a final dot,
	// "@" for Origin, "*" for a wildcard (RFC 4592), and a TTL. A SOA and an NS at Origin are required.
	Records []string
}

// tcpFirst is how long a TCP client may take for its first question, and between two.
const tcpFirst = 10 * time.Second

// udpIdle is how long the server waits for a datagram before it looks again: long, because on a virtual
// clock every wake-up is a jump.
const udpIdle = 24 * time.Hour

// Server is one name server on any number of sockets. Its methods may be called by any goroutine.
type Server struct {
	who   string
	views []*view
	rec   *record.Record

	mu      sync.Mutex
	faults  []*activeFault
	serving []*dns.Server
	closed  bool
	done    sync.WaitGroup
}

// NewServer checks cfg and builds the server's views; the error is a *ZoneError when a zone is wrong.
func NewServer(cfg Config, rec *record.Record) (*Server, error) {
	s := &Server{who: cfg.Who, rec: rec}
	for _, v := range cfg.Views {
		for _, earlier := range s.views {
			for _, p := range v.Clients {
				if q, ok := earlier.covers(p); ok {
					return nil, fmt.Errorf("dns: server %q: view %q: clients %v already see view %q by %v; list the narrower view first", cfg.Who, v.Name, p, earlier.name, q)
				}
			}
		}
		built, err := newView(v)
		if err != nil {
			return nil, fmt.Errorf("dns: server %q: view %q: %w", cfg.Who, v.Name, err)
		}
		s.views = append(s.views, built)
	}
	return s, nil
}

// Serve answers on pc and l and returns when both run; either may be nil. It may be called again for
// further addresses. The server closes the sockets in Close.
func (s *Server) Serve(pc net.PacketConn, l net.Listener) error {
	if pc != nil {
		if err := s.start(&dns.Server{PacketConn: pc, ReadTimeout: udpIdle}); err != nil {
			return fmt.Errorf("dns: server %q: serve UDP: %w", s.who, err)
		}
	}
	if l != nil {
		if err := s.start(&dns.Server{Listener: l, ReadTimeout: tcpFirst, MaxTCPQueries: -1}); err != nil {
			return fmt.Errorf("dns: server %q: serve TCP: %w", s.who, err)
		}
	}
	return nil
}

func (s *Server) start(d *dns.Server) error {
	running, failed := make(chan struct{}), make(chan error, 1)
	d.NotifyStartedFunc = func() { close(running) } // Shutdown before this would be lost
	d.Handler, d.MsgAcceptFunc = s, accept
	d.UDPSize = dns.MaxMsgSize
	d.IdleTimeout = func() time.Duration { return tcpFirst }
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errors.New("server is closed")
	}
	s.done.Add(1)
	go func() {
		defer s.done.Done()
		failed <- d.ActivateAndServe()
	}()
	select {
	case <-running:
		s.serving = append(s.serving, d)
		return nil
	case err := <-failed:
		return err
	}
}

// Close stops answering and returns when every question under way is answered. It closes the sockets.
// On a virtual clock it needs the clock to run.
func (s *Server) Close() {
	s.mu.Lock()
	serving := s.serving
	s.serving, s.closed = nil, true
	s.mu.Unlock()
	for _, d := range serving {
		d.Shutdown() // its only error: not running
	}
	s.done.Wait()
}

// accept lets every query reach the handler, which refuses and records it, and ignores what is an answer.
func accept(h dns.Header) dns.MsgAcceptAction {
	const response = 1 << 15
	if h.Bits&response != 0 {
		return dns.MsgIgnore
	}
	return dns.MsgAccept
}

// view finds the view of a client, nil when no view lists it.
func (s *Server) view(client netip.Addr) *view {
	for _, v := range s.views {
		if v.contains(client) {
			return v
		}
	}
	return nil
}

// Package preflight looks whether a gateway outside the bench is there as declared, before anything is sent: it
// asks the bench's name server, listens where it should, and shows its certificate there. What it finds is
// never a verdict about the gateway.
//
// It talks to the gateway on the machine and not through the world, so that nothing of it is in the record
// but the gateway's own question. It leaves out starting the gateway.
package preflight

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"demailbench/reports/wiring"
	"demailbench/sim/clock"
	"demailbench/sim/record"
)

// Miswired says why a gateway cannot be judged: it is not there as declared.
type Miswired struct {
	// Hop is the part of the wiring that is not as it should be.
	Hop string
	// Err is the cause, Fix what to do; empty when the cause says it.
	Err error
	Fix string
	// Part is the kind of wiring, in the words of reports/wiring; empty: starting the gateway.
	Part wiring.Hop
}

// Error names hop, cause and what to do.
func (m *Miswired) Error() string {
	if m.Fix == "" {
		return fmt.Sprintf("pre-flight: %s: %v", m.Hop, m.Err)
	}
	return fmt.Sprintf("pre-flight: %s: %v; next: %s", m.Hop, m.Err, m.Fix)
}

// Unwrap returns the cause.
func (m *Miswired) Unwrap() error { return m.Err }

// Subject is the gateway that is looked for. All fields are required.
type Subject struct {
	// Hostname is the name in its certificate.
	Hostname string
	// Probe is the name that it must have asked Names for; the question is in Record.
	Probe  string
	Names  netip.AddrPort
	Record *record.Record
	// Dial connects to one of its listeners from the address that stands for source.
	Dial func(ctx context.Context, source netip.Addr, port uint16) (net.Conn, error)
	// Ended returns a channel that is closed when it has ended; nil when that cannot be seen.
	Ended func() <-chan struct{}
	Clock clock.Clock
	// Ready is how long a listener may be late.
	Ready time.Duration

	Tenants  TenantsSide
	Provider ProviderSide
}

// Side is one of its listeners, and a peer that may use it.
type Side struct {
	// Port is that inside, At where the listener is on the machine, Inside whom it stands for.
	Port   uint16
	At     netip.AddrPort
	Inside string
	// Peer is the peer's host, Source its address as the gateway sees it.
	Peer   string
	Source netip.Addr
	// TLS is the peer's side of TLS.
	TLS *tls.Config
}

// TenantsSide is where tenants submit.
type TenantsSide struct {
	Side
	// Hello is the peer's name in EHLO. Secure is set when the peer needs STARTTLS.
	Hello  string
	Secure bool
}

// ProviderSide is where the DMDA pushes; TLS has its certificate.
type ProviderSide struct {
	Side
	// Certificate is the name of the peer's certificate.
	Certificate string
}

const (
	// longestReply is how long a listener may take for an answer.
	longestReply = 5 * time.Second
	// again is how soon a listener that is late is looked for again.
	again = 20 * time.Millisecond
)

// Check returns the first thing that is not as it should be, or nil.
func (s *Subject) Check() *Miswired {
	for _, part := range []func() *Miswired{s.checkNames, s.checkTenants, s.checkProvider} {
		if m := part(); m != nil {
			return m
		}
	}
	return nil
}

func (s *Subject) reply() time.Duration { return min(longestReply, s.Ready) }

// checkNames proves by a name that nobody else can know that the gateway resolves through the bench.
func (s *Subject) checkNames() *Miswired {
	ctx, cancel := s.Clock.WithTimeout(context.Background(), s.reply())
	defer cancel()
	for {
		changed := s.Record.Changed()
		if s.asked() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			if m := s.away(); m != nil {
				return m
			}
			return &Miswired{Hop: "names", Err: fmt.Errorf("the gateway has not asked the bench's name server for %s, though it says that it is ready", s.Probe),
				Fix: fmt.Sprintf("let it resolve through %s (UDP and TCP) and nothing else, and ask for that name before it is ready; no mail was sent, as real addresses may be behind real names", s.Names), Part: wiring.DNS}
		}
	}
}

// away says which listener nobody is behind, or nil: a gateway that does not run cannot ask for names either. It
// connects once and sends nothing.
func (s *Subject) away() *Miswired {
	for _, one := range []struct {
		hop  string
		side Side
	}{{"tenants' listener", s.Tenants.Side}, {"provider's listener", s.Provider.Side}} {
		ctx, cancel := s.Clock.WithTimeout(context.Background(), s.reply())
		c, err := s.Dial(ctx, one.side.Source, one.side.Port)
		cancel()
		if err == nil {
			_ = c.Close() // it was only looked for
		} else if errors.Is(err, syscall.ECONNREFUSED) {
			return &Miswired{one.hop, fmt.Errorf("nobody listens at %v: is it running? (it was said to be ready)", one.side.At),
				"let the driver answer reset with done only when the gateway listens there; no mail was sent", wiring.Port}
		}
	}
	return nil
}

func (s *Subject) asked() bool {
	for _, e := range s.Record.Events() {
		if e.Kind == record.Query && strings.EqualFold(strings.TrimSuffix(e.Name, "."), s.Probe) {
			return true
		}
	}
	return false
}

// knock connects to a listener of the gateway, waiting for one that is late.
func (s *Subject) knock(hop string, side Side) (net.Conn, *Miswired) {
	ctx, cancel := s.Clock.WithTimeout(context.Background(), s.Ready)
	defer cancel()
	for {
		c, err := s.Dial(ctx, side.Source, side.Port)
		if err == nil {
			_ = c.SetDeadline(s.Clock.Now().Add(s.reply())) // a dead connection shows at the first read
			return c, nil
		}
		select {
		case <-s.Ended():
			return nil, &Miswired{hop, errors.New("the gateway has ended"), "read sut.log for the cause", wiring.Driver}
		default:
		}
		if !errors.Is(err, syscall.ECONNREFUSED) || s.Clock.Sleep(ctx, again) != nil {
			return nil, &Miswired{hop, fmt.Errorf("nobody listens there, though the gateway says that it is ready (waited %v): %w", s.Ready, err),
				"let it listen there, or declare where it listens; a gateway that is late must not say that it is ready", wiring.Port}
		}
	}
}

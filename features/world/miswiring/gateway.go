package miswiring

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"demailbench/features/sut"
	"demailbench/fixtures"
	"demailbench/sim/pki"
)

// Adapter starts the gateways of another adapter with what the case makes of their set-up.
type Adapter struct {
	sut.Adapter
	Case *Gateway
}

// Start starts one.
func (a Adapter) Start(s sut.Setup, d sut.Doors) (sut.Gateway, error) {
	g := a.Case
	if g.Start != "" {
		return nil, errors.New(g.Start)
	}
	if err := g.setup(&s); err != nil {
		return nil, err
	}
	if err := g.doors(&d); err != nil {
		return nil, err
	}
	return a.Adapter.Start(s, d)
}

// setup alters what the gateway is to serve.
func (g *Gateway) setup(s *sut.Setup) error {
	for _, f := range []struct {
		to   *string
		with string
	}{{&s.Provider, g.Provider}, {&s.ProviderName, g.ProviderName}, {&s.ProviderClient, g.ProviderClient}} {
		if f.with != "" {
			*f.to = f.with
		}
	}
	if g.Tenant == "" {
		return nil
	}
	i := slices.IndexFunc(s.Tenants, func(t sut.Tenant) bool { return t.ID == g.Tenant })
	if i < 0 {
		return missing("tenant", g.Tenant)
	}
	t := &s.Tenants[i]
	if len(g.Networks) > 0 {
		t.Networks = nil
		for _, n := range g.Networks {
			t.Networks = append(t.Networks, n.Prefix)
		}
	}
	t.Mapping = slices.Clone(t.Mapping)
	t.Mapping = slices.DeleteFunc(t.Mapping, func(p sut.Pair) bool { return p.DeMail == g.Unmap })
	for i := range t.Mapping {
		if t.Mapping[i].DeMail == g.Remap {
			t.Mapping[i].Mail = g.To
		}
	}
	return nil
}

// doors alters what the operator has put into its hands, and its ways to the world.
func (g *Gateway) doors(d *sut.Doors) error {
	honest := d.Clock.Now
	if g.Clock.Duration < 0 { // deadlines by a clock that is behind are over before they begin
		d.Dial, d.Listen = late(d.Dial, d.Listen, g.Clock.Duration)
	}
	if g.Clock.Duration != 0 {
		d.Clock = ahead{d.Clock, g.Clock.Duration}
	}
	if g.Roots == "none" {
		d.Roots = x509.NewCertPool()
	}
	if g.Names == "none" {
		d.Resolver = deaf{}
	}
	if g.Closed != 0 {
		d.Listen = closed(d.Listen, g.Closed)
	}
	if g.Certificate == "none" {
		d.Certificate = tls.Certificate{}
	} else if g.Certificate != "" {
		c, err := issue(honest, g.Certificate, d.Certificate.Leaf, "gateway", true)
		if err != nil {
			return err
		}
		d.Certificate = c
	}
	if g.Card != "" {
		c, err := issue(honest, g.Card, nil, "itsp-card", false)
		if err != nil {
			return err
		}
		d.Card = pki.NewCard(c, d.PIN)
	}
	return nil
}

// issue makes a certificate that is wrong in one way.
func issue(now func() time.Time, how string, like *x509.Certificate, key string, server bool) (tls.Certificate, error) {
	keys, err := fs.Sub(fixtures.FS, "pki")
	if err != nil {
		return tls.Certificate{}, err
	}
	a, err := pki.New(keys, now)
	if err != nil {
		return tls.Certificate{}, err
	}
	spec := pki.Spec{Name: key, Key: key, Client: true, Server: server}
	if like != nil {
		spec.DNSNames = like.DNSNames
	}
	switch how {
	case "expired":
		spec.From, spec.Until = now().AddDate(-2, 0, 0), now().AddDate(0, -1, 0)
	case "other-name":
		spec.DNSNames = []string{"gateway.elsewhere.example"}
	case "untrusted":
		if a, err = a.Other(); err != nil {
			return tls.Certificate{}, err
		}
	default:
		return tls.Certificate{}, fmt.Errorf("a certificate cannot be %q", how)
	}
	return a.Issue(spec)
}

// clock is the gateway's door to time.
type clock = interface {
	Now() time.Time
	AfterFunc(d time.Duration, f func()) (stop func() bool)
	Sleep(ctx context.Context, d time.Duration) error
	WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
	IO(f func())
}

// ahead is a clock that is wrong by a constant time.
type ahead struct {
	clock
	by time.Duration
}

// Now is the wrong time.
func (c ahead) Now() time.Time { return c.clock.Now().Add(c.by) }

// late moves the deadlines that a gateway sets by its wrong clock to where the sockets' clock has them: on a machine
// both are the machine's.
func late(dial func(ctx context.Context, network, address string) (net.Conn, error), listen func(network, address string) (net.Listener, error), by time.Duration) (
	func(ctx context.Context, network, address string) (net.Conn, error), func(network, address string) (net.Listener, error)) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return lateConn{c, by}, nil
		}, func(network, address string) (net.Listener, error) {
			l, err := listen(network, address)
			if err != nil {
				return nil, err
			}
			return lateListener{l, by}, nil
		}
}

type lateListener struct {
	net.Listener
	by time.Duration
}

// Accept is the listener's.
func (l lateListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return lateConn{c, l.by}, nil
}

type lateConn struct {
	net.Conn
	by time.Duration
}

func (c lateConn) at(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(-c.by)
}

// SetDeadline, SetReadDeadline and SetWriteDeadline are the connection's.
func (c lateConn) SetDeadline(t time.Time) error { return c.Conn.SetDeadline(c.at(t)) }

// SetReadDeadline is the connection's.
func (c lateConn) SetReadDeadline(t time.Time) error { return c.Conn.SetReadDeadline(c.at(t)) }

// SetWriteDeadline is the connection's.
func (c lateConn) SetWriteDeadline(t time.Time) error { return c.Conn.SetWriteDeadline(c.at(t)) }

// deaf is a name server that nobody reaches.
type deaf struct{}

// LookupMX never knows anything.
func (deaf) LookupMX(_ context.Context, domain string) ([]*net.MX, error) {
	return nil, &net.DNSError{Err: "no name server answers", Name: domain, IsTemporary: true}
}

// LookupNetIP never knows anything.
func (deaf) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no name server answers", Name: host, IsTemporary: true}
}

// closed lets a gateway believe that it listens at a port where it does not.
func closed(listen func(network, address string) (net.Listener, error), port uint16) func(network, address string) (net.Listener, error) {
	return func(network, address string) (net.Listener, error) {
		if strings.HasSuffix(address, fmt.Sprintf(":%d", port)) {
			address = fmt.Sprintf("%s%d", address[:strings.LastIndex(address, ":")+1], 20000+int(port))
		}
		return listen(network, address)
	}
}

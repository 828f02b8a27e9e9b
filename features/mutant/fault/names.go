package fault

import (
	"context"
	"net"
	"net/netip"
	"sync"

	"demailbench/features/sut"
	"demailbench/gateway"
	"demailbench/gateway/door"
)

// Hasty is a resolver that takes every failure for an authoritative denial.
func Hasty(r door.Resolver) door.Resolver { return hasty{sut.Doors{Resolver: r}} }

// WithoutMX is a resolver that finds no mail server of a domain but the domain itself.
func WithoutMX(r door.Resolver) door.Resolver { return withoutMX{sut.Doors{Resolver: r}} }

// Remembering is a resolver that asks once and keeps the answer, also a failure.
func Remembering(r door.Resolver) door.Resolver {
	return &remembering{Doors: sut.Doors{Resolver: r}, mx: map[string]mxAnswer{}, ip: map[string]ipAnswer{}}
}

// hasty is a resolver that takes every failure for an authoritative denial.
type hasty struct {
	sut.Doors
}

// LookupMX looks up a domain's mail servers.
func (h hasty) LookupMX(ctx context.Context, domain string) ([]*net.MX, error) {
	l, err := h.Resolver.LookupMX(ctx, domain)
	return l, denied(domain, err)
}

// LookupNetIP looks up a host's addresses.
func (h hasty) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	l, err := h.Resolver.LookupNetIP(ctx, network, host)
	return l, denied(host, err)
}

func denied(name string, err error) error {
	if err == nil {
		return nil
	}
	return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// Unreachable is a resolver that denies a name whose host was not reached.
func Unreachable(d *gateway.Deps) door.Resolver {
	dial := d.Dial
	down := &Once{}
	d.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			down.First()
		}
		return c, err
	}
	return hasty{sut.Doors{Resolver: deniesWhen{sut.Doors{Resolver: d.Resolver}, down}}}
}

// deniesWhen fails once something has happened.
type deniesWhen struct {
	sut.Doors
	down *Once
}

// LookupMX looks up a domain's mail servers.
func (r deniesWhen) LookupMX(ctx context.Context, domain string) ([]*net.MX, error) {
	if r.down.Happened() {
		return nil, net.ErrClosed
	}
	return r.Resolver.LookupMX(ctx, domain)
}

// LookupNetIP looks up a host's addresses.
func (r deniesWhen) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if r.down.Happened() {
		return nil, net.ErrClosed
	}
	return r.Resolver.LookupNetIP(ctx, network, host)
}

// withoutMX finds no mail server of a domain but the domain itself, which the gateway then takes.
type withoutMX struct{ sut.Doors }

// LookupMX denies.
func (r withoutMX) LookupMX(_ context.Context, domain string) ([]*net.MX, error) {
	return nil, denied(domain, net.ErrClosed)
}

// LookupNetIP looks up a host's addresses.
func (r withoutMX) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	return r.Resolver.LookupNetIP(ctx, network, host)
}

type (
	mxAnswer struct {
		l   []*net.MX
		err error
	}
	ipAnswer struct {
		l   []netip.Addr
		err error
	}
)

// remembering asks once.
type remembering struct {
	sut.Doors
	mu sync.Mutex
	mx map[string]mxAnswer
	ip map[string]ipAnswer
}

// LookupMX looks up a domain's mail servers.
func (r *remembering) LookupMX(ctx context.Context, domain string) ([]*net.MX, error) {
	r.mu.Lock()
	a, ok := r.mx[domain]
	r.mu.Unlock()
	if !ok {
		a.l, a.err = r.Resolver.LookupMX(ctx, domain)
		r.mu.Lock()
		r.mx[domain] = a
		r.mu.Unlock()
	}
	return a.l, a.err
}

// LookupNetIP looks up a host's addresses.
func (r *remembering) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	r.mu.Lock()
	a, ok := r.ip[host]
	r.mu.Unlock()
	if !ok {
		a.l, a.err = r.Resolver.LookupNetIP(ctx, network, host)
		r.mu.Lock()
		r.ip[host] = a
		r.mu.Unlock()
	}
	return a.l, a.err
}

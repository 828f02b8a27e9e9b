package dns

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"

	"demailbench/sim/clock"
)

// How patient a Stub is, as resolv.conf(5) has it by default.
const (
	// TryTimeout is how long one server may take for one try, TCP included.
	TryTimeout = 5 * time.Second
	// Rounds is how often each server is asked.
	Rounds = 2
)

// Stub is a stub resolver: it asks name servers in turn and believes only what answers its question. It
// has the methods and errors of net.Resolver (*net.DNSError), with one rule made strict: IsNotFound is
// true only when an authoritative answer denies the name or the records (RFC 5321 5.1, RFC 7505);
// SERVFAIL, REFUSED, silence, lame and foreign answers, alias loops and the end of ctx are temporary. It
// has no cache and no search list. Its methods may be called by any goroutine.
type Stub struct {
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	clk     clock.Clock
	servers []string

	mu sync.Mutex
	id uint16
}

// NewStub asks servers ("IP:port") in the given order over connections made by dial, network "udp" first,
// "tcp" after a truncated answer. A UDP connection must read one datagram per Read.
func NewStub(dial func(ctx context.Context, network, address string) (net.Conn, error), clk clock.Clock, servers ...string) *Stub {
	return &Stub{dial: dial, clk: clk, servers: servers}
}

// LookupMX returns the mail exchangers of domain by preference, equal ones in the server's order; host
// names end in a dot. A domain that accepts no mail (null MX, RFC 7505) yields its one record "." and an
// error with IsNotFound: whoever falls back to addresses when there is no MX must not do so then.
func (s *Stub) LookupMX(ctx context.Context, domain string) ([]*net.MX, error) {
	name, err := queryName(domain)
	if err != nil {
		return nil, err
	}
	records, err := s.resolve(ctx, name, dns.TypeMX)
	if err != nil {
		return nil, named(err, domain)
	}
	var out []*net.MX
	for _, rr := range records {
		if mx := rr.(*dns.MX); mx.Mx != "." {
			out = append(out, &net.MX{Host: mx.Mx, Pref: mx.Preference})
		}
	}
	if len(out) == 0 {
		null := []*net.MX{{Host: ".", Pref: records[0].(*dns.MX).Preference}}
		return null, &net.DNSError{Err: "domain accepts no mail (null MX)", Name: domain, IsNotFound: true}
	}
	slices.SortStableFunc(out, func(a, b *net.MX) int { return int(a.Pref) - int(b.Pref) })
	return out, nil
}

// LookupNetIP returns the addresses of host: network "ip4" and "ip6" choose a kind, "ip" gives IPv4 before
// IPv6. An address in digits is returned as it is, without a question.
func (s *Stub) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	types := map[string][]uint16{"ip": {dns.TypeA, dns.TypeAAAA}, "ip4": {dns.TypeA}, "ip6": {dns.TypeAAAA}}[network]
	if types == nil {
		return nil, &net.DNSError{Err: "unknown network " + network, Name: host}
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		if network == "ip" || addr.Unmap().Is4() == (network == "ip4") {
			return []netip.Addr{addr.Unmap()}, nil
		}
		return nil, &net.DNSError{Err: "no address of this kind", Name: host, IsNotFound: true}
	}
	name, err := queryName(host)
	if err != nil {
		return nil, err
	}
	var out []netip.Addr
	var failure error
	for _, typ := range types {
		records, err := s.resolve(ctx, name, typ)
		// A temporary failure of one kind outweighs the other kind's "no data": there may be addresses.
		if err != nil && (failure == nil || notFound(failure)) {
			failure = err
		}
		out = append(out, addresses(records)...)
		if errors.Is(err, errNoName) {
			break // it has no records of any kind
		}
	}
	if len(out) == 0 {
		return nil, named(failure, host)
	}
	return out, nil
}

func addresses(records []dns.RR) []netip.Addr {
	var out []netip.Addr
	for _, rr := range records {
		var ip net.IP
		switch rr := rr.(type) {
		case *dns.A:
			ip = rr.A
		case *dns.AAAA:
			ip = rr.AAAA
		}
		if addr, ok := netip.AddrFromSlice(ip); ok {
			out = append(out, addr.Unmap())
		}
	}
	return out
}

// resolve returns the records of name, at least one, following aliases over further questions.
func (s *Stub) resolve(ctx context.Context, name string, typ uint16) ([]dns.RR, error) {
	for range maxChain {
		f, server, err := s.ask(ctx, name, typ)
		switch {
		case err != nil:
			return nil, err
		case f.denied != nil:
			return nil, &net.DNSError{UnwrapErr: f.denied, Err: f.denied.Error(), Name: name, Server: server, IsNotFound: true}
		case len(f.records) > 0:
			return f.records, nil
		}
		name = f.alias
	}
	return nil, temporary("", errAliases)
}

// ask asks every server until one gives a finding to believe.
func (s *Stub) ask(ctx context.Context, name string, typ uint16) (finding, string, error) {
	failure := temporary("", errors.New("no name servers are configured"))
	for range Rounds {
		for _, server := range s.servers {
			m, err := s.exchange(ctx, server, name, typ)
			if err == nil {
				var f finding
				if f, err = find(m, name, typ); err == nil {
					return f, server, nil
				}
			}
			failure = temporary(server, err)
			if ctx.Err() != nil {
				return finding{}, "", failure
			}
		}
	}
	return finding{}, "", failure
}

// temporary is a failure that says nothing about the name.
func temporary(server string, err error) *net.DNSError {
	return &net.DNSError{
		UnwrapErr: err, Err: err.Error(), Server: server,
		IsTimeout: errors.Is(err, context.DeadlineExceeded), IsTemporary: true,
	}
}

// named puts the name that the caller asked for into err, in place of an alias's.
func named(err error, name string) error {
	var e *net.DNSError
	if errors.As(err, &e) {
		e.Name = name
	}
	return err
}

func notFound(err error) bool {
	var e *net.DNSError
	return errors.As(err, &e) && e.IsNotFound
}

// queryName makes name complete. A name that cannot exist is not found, without a question.
func queryName(name string) (string, error) {
	_, ok := dns.IsDomainName(name)
	if !ok || name == "" || name == "." {
		return "", &net.DNSError{Err: "not a domain name", Name: name, IsNotFound: true}
	}
	return dns.Fqdn(name), nil
}

// nextID numbers the questions: unlike random numbers they are the same in every run.
func (s *Stub) nextID() uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.id++
	return s.id
}

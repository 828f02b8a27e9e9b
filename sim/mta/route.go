package mta

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"

	"demailbench/sim/wire"
)

// target is one server to try: its address, and the name that its certificate must have.
type target struct {
	addr string // "IP:port"
	name string
}

// hop names the next hop of a recipient: the smarthost's "host:port", or the bare domain for MX.
func (s *Server) hop(addr string) string {
	domain := strings.ToLower(domainOf(addr))
	best, hop := -1, domain
	for suffix, host := range s.cfg.Smarthosts {
		suffix = strings.ToLower(strings.Trim(suffix, "."))
		if len(suffix) > best && under(domain, suffix) {
			best, hop = len(suffix), host
		}
	}
	return hop
}

func under(domain, suffix string) bool {
	return suffix == "" || domain == suffix || strings.HasSuffix(domain, "."+suffix)
}

// route finds the servers of a next hop, best first. Only an authoritative denial is permanent.
func (s *Server) route(ctx context.Context, hop string) ([]target, error) {
	if host, port, err := net.SplitHostPort(hop); err == nil {
		return s.addresses(ctx, host, port)
	}
	if s.cfg.Resolver == nil {
		return nil, wire.Refuse(550, "5.4.4", "no route to "+hop)
	}
	mxs, err := s.cfg.Resolver.LookupMX(ctx, hop)
	switch {
	case len(mxs) == 1 && strings.Trim(mxs[0].Host, ".") == "":
		// Also when the resolver calls it an error: the domain's own address must not be tried (RFC 7505).
		return nil, wire.Refuse(556, "5.1.10", hop+" takes no mail")
	case notFound(err):
		return s.implicit(ctx, hop)
	case err != nil:
		return nil, dnsError(hop, err)
	}
	return s.servers(ctx, hop, mxs)
}

// implicit is the rule that a domain without MX is its own (RFC 5321 5.1).
func (s *Server) implicit(ctx context.Context, domain string) ([]target, error) {
	targets, err := s.addresses(ctx, domain, "25")
	if notFound(err) {
		return nil, &wire.Reply{Code: 550, Enhanced: "5.1.2", Text: "no such domain: " + domain, Cause: err}
	}
	return targets, err
}

func (s *Server) servers(ctx context.Context, domain string, mxs []*net.MX) ([]target, error) {
	mxs = slices.Clone(mxs)
	slices.SortStableFunc(mxs, func(a, b *net.MX) int { return int(a.Pref) - int(b.Pref) })
	var targets []target
	var last error
	for _, mx := range mxs {
		host := strings.TrimSuffix(mx.Host, ".")
		if strings.EqualFold(host, s.cfg.Hostname) {
			// This server and all behind it in preference would send the message in a circle.
			last = wire.Refuse(554, "5.4.6", "MX of "+domain+" leads back here")
			break
		}
		found, err := s.addresses(ctx, host, "25")
		if err != nil && (last == nil || !notFound(err)) {
			last = err
		}
		targets = append(targets, found...)
	}
	switch {
	case len(targets) > 0:
		return targets, nil
	case notFound(last):
		return nil, &wire.Reply{Code: 550, Enhanced: "5.4.4", Text: "no address for the MX of " + domain, Cause: last}
	}
	return nil, last
}

func (s *Server) addresses(ctx context.Context, host, port string) ([]target, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []target{{addr: net.JoinHostPort(ip.String(), port), name: host}}, nil
	}
	if s.cfg.Resolver == nil {
		return nil, wire.Refuse(451, "4.4.3", "no resolver to find "+host)
	}
	ips, err := s.cfg.Resolver.LookupNetIP(ctx, "ip4", host)
	if err != nil {
		return nil, dnsError(host, err)
	}
	targets := make([]target, 0, len(ips))
	for _, ip := range ips {
		targets = append(targets, target{addr: net.JoinHostPort(ip.Unmap().String(), port), name: host})
	}
	return targets, nil
}

// dnsError keeps what notFound asks for as its cause; without that it is temporary.
func dnsError(name string, err error) error {
	return &wire.Reply{Code: 451, Enhanced: "4.4.3", Text: "cannot resolve " + name, Cause: err}
}

func notFound(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

func asReply(err error) *wire.Reply {
	var r *wire.Reply
	if errors.As(err, &r) {
		return r
	}
	return &wire.Reply{Code: 451, Enhanced: "4.4.0", Text: "no route", Cause: err}
}

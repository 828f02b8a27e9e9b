// Package wiring looks whether the ways between a gateway and its world are as the plan of the world says: names,
// routes, translations, ports, TLS, certificates, who may send, and mapping. It walks each way as its ends would,
// and tells from what comes back, and from the record, at which hop it ends. Nothing that it finds is a verdict.
//
// It asks what a mail server asks before it hands a mail over; then, when all ways are free, one mail goes each way. It
// leaves out starting the gateway, and how findings are told (reports/wiring).
package wiring

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"demailbench/reports/failure"
	report "demailbench/reports/wiring"
	"demailbench/sim/clock"
	"demailbench/sim/lab"
	"demailbench/sim/record"
)

// Ports of the ways.
const (
	mailPort     = 25
	providerPort = 465
)

// Subject is what is looked at. All fields are required.
type Subject struct {
	// Plan is the world as it should be; Lab is the world as it is.
	Plan   *lab.Profile
	Lab    *lab.Lab
	Record *record.Record
	Clock  clock.Clock
	// Gateway and Provider are the hosts of the gateway and the DMDA; Outside is where the gateway is reached from
	// outside.
	Gateway, Provider string
	Outside           netip.Addr
	// Citizen is a De-Mail address outside that exists.
	Citizen string
	// Healthy asks the gateway why it cannot work; nil when it can.
	Healthy func() error
	// Patience is how long one answer may take.
	Patience time.Duration

	found report.Report
}

// Examine walks all ways.
func (s *Subject) Examine() *report.Report {
	s.names()
	s.toProvider()
	for _, t := range s.Plan.Enrolled() {
		s.toTenant(&t)
		s.fromTenant(&t)
	}
	s.fromProvider()
	return &s.found
}

// try notes how one way went, and that it did not get through. It reports whether it did.
func (s *Subject) try(from, to, what string, f *report.Finding) bool {
	s.found.Tries = append(s.found.Tries, report.Try{From: from, To: to, What: what, OK: f == nil})
	if f == nil {
		return true
	}
	if f.From, f.To = from, to; f.When.IsZero() {
		f.When = s.Clock.Now()
	}
	if !slices.ContainsFunc(s.found.Findings, func(o report.Finding) bool {
		return o.Key == f.Key && o.At == f.At && o.To == f.To && o.Observed == f.Observed
	}) {
		s.found.Findings = append(s.found.Findings, *f)
	}
	return false
}

// names asks on the gateway's host for every name that a gateway needs, and on the tenants' for the gateway's.
func (s *Subject) names() {
	provider := s.Plan.Accounts.Provider.Hostname
	if way, err := s.Plan.Topology.Way(s.Gateway, s.Provider); err == nil {
		s.try(s.Gateway, provider, "names", s.address(s.Gateway, provider, way.Dial))
	}
	for _, t := range s.Plan.Enrolled() {
		way, err := s.Plan.Topology.Way(s.Gateway, t.MailServer)
		if err != nil {
			continue // the plan was checked: this cannot be
		}
		for _, d := range t.MailDomains {
			s.try(s.Gateway, d, "names", s.exchanger(d, way.Dial))
		}
	}
}

// address looks whether name means the address want for a host.
func (s *Subject) address(host, name string, want netip.Addr) *report.Finding {
	ctx, cancel := s.Clock.WithTimeout(context.Background(), s.Patience)
	defer cancel()
	since := s.mark()
	got, err := s.Lab.Resolver(host).LookupNetIP(ctx, "ip4", name)
	if err != nil {
		return s.unresolved(host, name, since, err)
	}
	if !slices.Contains(got, want) {
		return &report.Finding{Hop: report.DNS, Key: "dns.other", At: name, Fixer: failure.Network, Expected: want.String(), Observed: join(got), Event: s.query(since, name)}
	}
	return nil
}

// exchanger looks whether the MX of a tenant's domain leads to its mail server.
func (s *Subject) exchanger(domain string, want netip.Addr) *report.Finding {
	ctx, cancel := s.Clock.WithTimeout(context.Background(), s.Patience)
	defer cancel()
	since := s.mark()
	mx, err := s.Lab.Resolver(s.Gateway).LookupMX(ctx, domain)
	if err != nil || len(mx) == 0 {
		return s.unresolved(s.Gateway, domain, since, err)
	}
	var first *report.Finding
	for _, m := range mx {
		f := s.address(s.Gateway, strings.TrimSuffix(m.Host, "."), want)
		if f == nil {
			return nil
		}
		if first == nil {
			first = f
		}
	}
	return first
}

// unresolved is a name without an answer: the name server denies it, refuses to answer, or cannot be reached.
func (s *Subject) unresolved(host, name string, since int, err error) *report.Finding {
	server := s.Lab.NameServer(host)
	for _, e := range s.events(since) {
		if e.Kind == record.Query && e.Rcode == "REFUSED" {
			return &report.Finding{Hop: report.DNS, Key: "dns.refused", At: e.Who, Fixer: failure.Network, Expected: name, Observed: e.Rcode, Event: e.Seq}
		}
		if e.Kind == record.Query && (e.Rcode != "NOERROR" || denied(err)) { // otherwise the answer did not come back
			return &report.Finding{Hop: report.DNS, Key: "dns.none", At: name, Fixer: failure.Network, Observed: e.Rcode + " " + e.Type, Event: e.Seq}
		}
	}
	for _, h := range s.Plan.Topology.Hosts {
		way, err := s.Plan.Topology.Way(host, h.Name)
		if err != nil || way.Dial != server.Addr() {
			continue
		}
		if f := s.stopped(since, host, h.Name, server.Port(), way.Hops); f != nil {
			return f
		}
	}
	return &report.Finding{Hop: report.DNS, Key: "dns.silent", At: server.String(), Fixer: failure.Network, Expected: name, Observed: text(err)}
}

// denied tells whether a name server has said that there is no such name or record.
func denied(err error) bool {
	var d *net.DNSError
	return errors.As(err, &d) && d.IsNotFound
}

func (s *Subject) query(since int, name string) int {
	for _, e := range s.events(since) {
		if e.Kind == record.Query && strings.EqualFold(strings.TrimSuffix(e.Name, "."), name) {
			return e.Seq
		}
	}
	return 0
}

// mark is the number of events so far.
func (s *Subject) mark() int { return len(s.Record.Events()) }

func (s *Subject) events(since int) []record.Event { return s.Record.Events()[since:] }

// owner is who usually mends what is wrong with a host.
func (s *Subject) owner(host string) string {
	h := s.Plan.Topology.Host(host)
	if h == nil {
		return failure.Network
	}
	switch zone := s.Plan.Topology.Segment(h.Segment).Zone; {
	case host == s.Gateway:
		return failure.Gateway
	case host == s.Provider:
		return failure.Provider
	case strings.HasPrefix(zone, "tenant-"):
		return failure.Municipality
	}
	return failure.Network
}

func join(list []netip.Addr) string {
	var words []string
	for _, a := range list {
		words = append(words, a.String())
	}
	return strings.Join(words, ", ")
}

func text(err error) string {
	if err == nil {
		return "no answer"
	}
	return err.Error()
}

// split is the address and the port of "IP:port".
func split(s string) (netip.Addr, uint16) {
	ap, err := netip.ParseAddrPort(s)
	if err != nil {
		return netip.Addr{}, 0
	}
	return ap.Addr().Unmap(), ap.Port()
}

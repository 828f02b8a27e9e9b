// Package lab turns a profile into a running world: networks, name servers, mail servers, the provider, the
// certificates and the operator's card (Build), and takes everything down again (Close).
//
// A world belongs to one scenario: its clock, seed and record are given to it. It leaves out the files that
// describe a world (package profile), the gateway under test, whose host exists but is empty, and
// everything that scenarios do.
package lab

import (
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"

	"demailbench/sim/clock"
	"demailbench/sim/config"
	"demailbench/sim/dmda"
	"demailbench/sim/dmda/portal"
	"demailbench/sim/dns"
	"demailbench/sim/ipnet"
	"demailbench/sim/lab/profile"
	"demailbench/sim/mta"
	"demailbench/sim/pki"
	"demailbench/sim/postfix"
	"demailbench/sim/record"
	"demailbench/sim/router"
	"demailbench/sim/topology"
	"demailbench/sim/wire"
)

// The names under which builders of worlds know what they build from; see package profile.
type (
	// Profile is a checked description of a world.
	Profile = profile.Profile
	// Tenant is an authority that uses the gateway.
	Tenant = profile.Tenant
	// ConfigError is a fault of a profile's files.
	ConfigError = config.Error
)

// Load reads and checks the profile called name; see profile.Load.
func Load(fsys fs.FS, name string) (*Profile, error) { return profile.Load(fsys, name) }

// Options are what a scenario gives its world. All but AnyDate are required.
type Options struct {
	// Clock is the world's time; its present is the scenario's date.
	Clock clock.Clock
	// Seed decides everything that is random, party by party.
	Seed uint64
	// Record is what the parties write to, Bodies where they keep message bodies.
	Record *record.Record
	Bodies *record.Bodies
	// AnyDate builds also when a certificate of the profile is out of date, for scenarios about that.
	AnyDate bool
	// Unkind draws from the seed how the provider behaves where the guideline leaves it open
	// (sim/dmda/UNKINDNESS.md); otherwise it is kind, and the same for every seed.
	Unkind bool
	// Postfix runs a real mail server at each tenant, with the mailboxes behind it; nil means simulated ones.
	Postfix postfix.Run
	// Fabric carries hosts and routers; nil means stacks and routers of our own inside the process.
	Fabric Fabric
}

// Lab is a running world. Its methods may be called by any goroutine.
type Lab struct {
	profile *Profile
	o       Options
	net     *ipnet.Net
	fabric  Fabric
	pki     *pki.Authority
	certs   map[string]tls.Certificate // by name
	card    *pki.Card
	pin     string
	names   map[string]*dns.Server // by view
	mail    map[string]*mta.Server
	postfix map[string]*postfix.Server // in front of some
	dmda    *dmda.Server
	portal  *portal.Portal
	serving sync.WaitGroup

	mu     sync.Mutex
	plan   *topology.Topology // with the matrix in force
	failed []error            // of listeners
}

// Build makes the world that p describes and starts everybody in it but the gateway. Nothing is left
// behind when it fails.
func Build(p *Profile, o Options) (*Lab, error) {
	if !o.AnyDate {
		if err := p.CheckDates(o.Clock.Now()); err != nil {
			return nil, err
		}
	}
	l := &Lab{profile: p, o: o, plan: p.Topology, certs: map[string]tls.Certificate{},
		names: map[string]*dns.Server{}, mail: map[string]*mta.Server{}, postfix: map[string]*postfix.Server{}}
	l.net = ipnet.New(o.Clock, o.Seed, o.Record)
	if l.fabric = o.Fabric; l.fabric == nil {
		l.fabric = &embedded{o: &l.o, net: l.net, routers: map[string]*router.Router{}}
	}
	for _, step := range []func() error{l.certify, l.wire, l.makeServers, l.serve} {
		if err := step(); err != nil {
			l.net.Close() // first, so that nobody waits for a packet: the clock may not be driven
			l.closeServers()
			return nil, errors.Join(fmt.Errorf("lab: build %s: %w", p.Name, err), l.fabric.Close())
		}
	}
	return l, nil
}

// Close ends all servers, then the network, and returns when no goroutine of the world is left. The
// gateway must have been stopped before. A virtual clock must be driven meanwhile. The error is that of a
// server that stopped serving too early.
func (l *Lab) Close() error {
	errs := l.closeServers()
	l.net.Close()
	errs = append(errs, l.fabric.Close())
	l.serving.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(append(errs, l.failed...)...)
}

func (l *Lab) closeServers() (errs []error) {
	for i := range l.profile.Topology.Hosts {
		if s := l.postfix[l.profile.Topology.Hosts[i].Name]; s != nil {
			errs = append(errs, s.Close())
		}
		if s := l.mail[l.profile.Topology.Hosts[i].Name]; s != nil {
			errs = append(errs, s.Close())
		}
	}
	if l.portal != nil {
		errs = append(errs, l.portal.Close())
	}
	if l.dmda != nil {
		errs = append(errs, l.dmda.Close())
	}
	for _, v := range l.profile.Views {
		if s := l.names[v.Name]; s != nil {
			s.Close()
		}
	}
	return errs
}

// OfferSTARTTLS switches STARTTLS at the mail server on a host.
func (l *Lab) OfferSTARTTLS(host string, on bool) error {
	if p := l.postfix[host]; p != nil {
		return p.SetSTARTTLS(on)
	}
	l.mail[host].SetSTARTTLS(on)
	return nil
}

// Net is the network.
func (l *Lab) Net() *ipnet.Net { return l.net }

// Host is the host of that name; the plan must have it.
func (l *Lab) Host(name string) Host { return Host{l.fabric, name} }

// Embedded is the host of that name as a stack inside the process, or nil on another fabric.
func (l *Lab) Embedded(name string) *ipnet.Host { return l.net.Host(name) }

// Link is the link of that name, or nil. A host's link is called like the host, a router's
// "<router>.<interface>".
func (l *Lab) Link(name string) *ipnet.Link { return l.net.Link(name) }

// LinksOf are the names of the links that join hosts and routers to a segment, in the order of the plan.
func (l *Lab) LinksOf(segment string) []string {
	var links []string
	for _, h := range l.profile.Topology.Hosts {
		if h.Segment == segment {
			links = append(links, h.Name)
		}
	}
	for _, r := range l.profile.Topology.Routers {
		for _, i := range r.Interfaces {
			if i.Segment == segment {
				links = append(links, r.Name+"."+i.Name)
			}
		}
	}
	return links
}

// DNS is the name server that answers with a view, or nil.
func (l *Lab) DNS(view string) *dns.Server { return l.names[view] }

// Mail is the mail server on a host, or nil.
func (l *Lab) Mail(host string) *mta.Server { return l.mail[host] }

// DMDA is the provider.
func (l *Lab) DMDA() *dmda.Server { return l.dmda }

// PKI is the authority that everybody in the world trusts.
func (l *Lab) PKI() *pki.Authority { return l.pki }

// Card is the operator's card and its PIN.
func (l *Lab) Card() (*pki.Card, string) { return l.card, l.pin }

// Certificate is a host's certificate for its own connections; the zero value when it has none.
func (l *Lab) Certificate(host string) tls.Certificate {
	if c := l.profile.Certificate(host, false); c != nil {
		return l.certs[c.Name]
	}
	return tls.Certificate{}
}

// CardCertificate is what is on the operator's card, with its key, for a gateway that reads its card from
// files; the zero value when there is no card.
func (l *Lab) CardCertificate() tls.Certificate {
	for _, c := range l.profile.Certificates {
		if c.Card {
			return l.certs[c.Name]
		}
	}
	return tls.Certificate{}
}

// ProviderClient is the common name of the certificate that the provider shows when it pushes.
func (l *Lab) ProviderClient() string {
	return l.profile.Certificate(l.profile.Role(topology.DMDA).Name, false).Name
}

// NameServer is where a host reaches the name server that the profile gives it.
func (l *Lab) NameServer(host string) netip.AddrPort {
	server := l.profile.NameServer(l.profile.Topology.Host(host))
	address := server.Address.Addr
	if way, err := l.profile.Topology.Way(host, server.Name); err == nil {
		address = way.Dial
	}
	return netip.AddrPortFrom(address, 53)
}

// Resolver is a new stub resolver of a host, which asks its name server.
func (l *Lab) Resolver(host string) *dns.Stub {
	return dns.NewStub(l.Host(host).Dial, l.o.Clock, l.NameServer(host).String())
}

// Client is a new mail client on a host: it trusts the world's authority and uses STARTTLS where the server
// offers it. Change the copy that you get as you like.
func (l *Lab) Client(host string) *wire.Client {
	h := l.profile.Topology.Host(host)
	name := h.Hostname
	if name == "" {
		name = h.Name + ".example"
	}
	return &wire.Client{Who: host, Hostname: name, Dial: l.Host(host).Dial, Clock: l.o.Clock, Record: l.o.Record, Bodies: l.o.Bodies,
		TLS: l.pki.ClientConfig("")}
}

// Matrix is the communication matrix in force.
func (l *Lab) Matrix() []topology.Row {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.plan.Matrix)
}

// SetMatrix puts another communication matrix in force on all routers, and forgets the flows that the old
// one let pass: they must pass the new one, and open connections that it denies break.
func (l *Lab) SetMatrix(rows []topology.Row) error {
	plan, err := l.profile.Topology.WithMatrix(rows)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.fabric.SetMatrix(plan); err != nil {
		return fmt.Errorf("lab: matrix: %w", err)
	}
	l.plan = plan
	return nil
}

// stream is a party's own source of chance, so that one party's use of it does not change another's.
func (l *Lab) stream(purpose string) io.Reader {
	return &stream{r: rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "%d|%s|%s", l.o.Seed, l.profile.Name, purpose)))}
}

// stream may be read by several goroutines.
type stream struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

// Read implements io.Reader.
func (s *stream) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}

// pinOf derives the card's PIN, six digits.
func (l *Lab) pinOf() string {
	var b [4]byte
	l.stream("card").Read(b[:])
	n := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	return fmt.Sprintf("%06d", n%1_000_000)
}

package lab

import (
	"crypto"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"demailbench/sim/config"
	"demailbench/sim/demail/sign"
	"demailbench/sim/dmda"
	"demailbench/sim/dmda/portal"
	"demailbench/sim/dns"
	"demailbench/sim/lab/profile"
	"demailbench/sim/mta"
	"demailbench/sim/pki"
	"demailbench/sim/topology"
)

// makeServers makes name servers, mail servers and the provider; none of them listens yet.
func (l *Lab) makeServers() error {
	for i := range l.profile.Topology.Hosts {
		h := &l.profile.Topology.Hosts[i]
		var err error
		switch h.Role {
		case topology.DNS:
			l.names[h.View], err = dns.NewServer(l.nameConfig(h), l.o.Record)
		case topology.Mail:
			c := l.mailConfig(h)
			if l.real(h.Name) {
				c = l.behind(c)
			}
			l.mail[h.Name], err = mta.New(c)
		case topology.DMDA:
			if l.dmda, err = l.makeProvider(h); err == nil {
				l.portal, err = portal.New(portal.Config{Provider: l.dmda, Clock: l.o.Clock, Rand: l.stream("portal"), StaffKey: l.StaffKey()})
			}
		}
		if err != nil {
			return fmt.Errorf("host %s: %w", h.Name, err)
		}
	}
	return nil
}

func (l *Lab) nameConfig(h *topology.Host) dns.Config {
	v := l.profile.View(h.View)
	view := dns.View{Name: v.Name, Clients: prefixes(v.Clients)}
	for _, z := range v.Zones {
		view.Zones = append(view.Zones, dns.Zone{Origin: z.Origin, Records: z.Records})
	}
	return dns.Config{Who: h.Name, Views: []dns.View{view}}
}

func (l *Lab) mailConfig(h *topology.Host) mta.Config {
	c := mta.Config{Who: h.Name, Hostname: h.Hostname, Domains: h.Domains, Mailboxes: h.Mailboxes, Relay: prefixes(h.RelaysFor),
		Smarthosts: map[string]string{}, Dial: l.Host(h.Name).Dial, Resolver: l.Resolver(h.Name), ClientTLS: l.pki.ClientConfig(""),
		Clock: l.o.Clock, Record: l.o.Record, Bodies: l.o.Bodies, Rand: l.stream("mail " + h.Name)}
	for _, s := range h.Smarthosts {
		c.Smarthosts[s.Domain] = l.profile.Topology.Host(s.Host).Hostname + ":25"
	}
	for i := range l.profile.Tenants {
		if t := &l.profile.Tenants[i]; t.MailServer == h.Name {
			c.Domains, c.Mailboxes = t.MailDomains, t.Mailboxes()
		}
	}
	if cert := l.Certificate(h.Name); cert.Leaf != nil {
		c.TLS, c.STARTTLS = l.pki.ServerConfig(cert), true
	}
	return c
}

// makeProvider gives the provider the signature of its confirmations: the key of its server under a
// certificate of its own, named after its De-Mail domain (TR-01201-1.4 4).
func (l *Lab) makeProvider(h *topology.Host) (*dmda.Server, error) {
	c := l.providerConfig(h)
	cert, err := l.pki.Issue(pki.Spec{Name: c.Provider.Domain, Key: providerKey, Signature: true})
	if err != nil {
		return nil, err
	}
	key, ok := cert.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("key %q cannot sign", providerKey)
	}
	if l.o.Unkind {
		if c.Unkindness, err = dmda.Draw(l.stream("dmda unkindness")); err != nil {
			return nil, err
		}
	}
	if c.Signature, err = sign.New(key, cert.Certificate[0], sign.ECDSA, nil); err != nil {
		return nil, err
	}
	server, err := dmda.New(c)
	if err != nil {
		return nil, err
	}
	if after := c.Unkindness.Renew; after > 0 {
		next, err := l.NewCertificate(h.Name, time.Time{})
		if err != nil {
			return nil, err
		}
		l.o.Clock.AfterFunc(after, func() { server.RenewCertificate(next) })
	}
	return server, nil
}

// providerKey is the key of fixtures/pki that signs for the provider.
const providerKey = "provider"

func (l *Lab) providerConfig(h *topology.Host) dmda.Config {
	a, cert := l.profile.Accounts, l.Certificate(h.Name)
	gateway := l.profile.Role(topology.Gateway).Hostname
	c := dmda.Config{Who: h.Name, Provider: dmda.Provider{Name: a.Provider.Name, Domain: a.Provider.Domain, Hostname: a.Provider.Hostname},
		Suffixes: []string{profile.Suffix}, TLS: l.pki.MutualConfig(cert), ClientTLS: l.pki.ClientConfig(gateway, cert), Dial: l.Host(h.Name).Dial,
		Clock: l.o.Clock, Record: l.o.Record, Bodies: l.o.Bodies, Rand: l.stream("dmda")}
	for _, i := range a.ITSPs {
		c.ITSPs = append(c.ITSPs, dmda.ITSP{Number: i.Number, Name: i.Name, Certificate: i.Certificate, Push: i.Push})
	}
	for _, acc := range a.Accounts {
		c.Accounts = append(c.Accounts, dmda.Account{ID: acc.ID, Holder: acc.Holder, Kind: acc.Kind, Domains: acc.Domains, ITSP: acc.ITSP,
			Gateway: acc.Gateway, Receipt: acc.Receipt, Mailboxes: acc.Mailboxes, Retrieve: acc.Retrieve, NormalOnly: acc.NormalOnly, Quota: acc.Quota})
	}
	return c
}

func prefixes(list []config.Prefix) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range list {
		out = append(out, p.Prefix)
	}
	return out
}

// serve opens the listeners in the order of the plan.
func (l *Lab) serve() error {
	for i := range l.profile.Topology.Hosts {
		h := &l.profile.Topology.Hosts[i]
		var err error
		switch h.Role {
		case topology.DNS:
			err = l.serveNames(h)
		case topology.Mail:
			if l.real(h.Name) {
				err = l.servePostfix(h)
			} else {
				err = l.serveTCP(h.Name, 25, l.mail[h.Name])
			}
		case topology.DMDA:
			err = errors.Join(l.serveTCP(h.Name, l.profile.Accounts.Provider.Port, l.dmda), l.servePortal(h.Name))
		}
		if err != nil {
			return fmt.Errorf("host %s: %w", h.Name, err)
		}
	}
	return nil
}

func (l *Lab) serveNames(h *topology.Host) error {
	packets, err := l.Host(h.Name).ListenPacket("udp", ":53")
	if err != nil {
		return err
	}
	streams, err := l.Host(h.Name).Listen("tcp", ":53")
	if err != nil {
		packets.Close()
		return err
	}
	return l.names[h.View].Serve(packets, streams)
}

// server is what accepts connections until it is closed.
type server interface {
	Serve(l net.Listener) error
}

func (l *Lab) serveTCP(host string, port uint16, s server) error {
	return l.serveAt(host, fmt.Sprintf(":%d", port), s)
}

// serveAt lets s accept connections at an address of a host.
func (l *Lab) serveAt(host, address string, s server) error {
	listener, err := l.Host(host).Listen("tcp", address)
	if err != nil {
		return err
	}
	l.serving.Go(func() {
		if err := s.Serve(listener); err != nil {
			l.mu.Lock()
			l.failed = append(l.failed, fmt.Errorf("lab: host %s stopped serving: %w", host, err))
			l.mu.Unlock()
		}
	})
	return nil
}

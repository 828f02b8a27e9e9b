package lab

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"

	"demailbench/sim/mta"
	"demailbench/sim/postfix"
	"demailbench/sim/record"
	"demailbench/sim/topology"
)

// real tells whether a host's mail server is a real one: a tenant's, when the world has such.
func (l *Lab) real(host string) bool {
	if l.o.Postfix == nil {
		return false
	}
	for _, t := range l.profile.Tenants {
		if t.MailServer == host {
			return true
		}
	}
	return false
}

// behind makes of a simulated server the mailboxes behind a real one: it takes what that has accepted, and tells what
// happens in the real one's name.
func (l *Lab) behind(c mta.Config) mta.Config {
	c.Record = record.New(l.o.Clock.Now)
	c.Record.Watch(func(e record.Event) {
		if p := l.postfix[c.Who]; p != nil {
			p.Deliver(e)
		}
	})
	c.Hostname = "mailboxes." + c.Hostname
	c.TLS, c.STARTTLS, c.Relay, c.Smarthosts = nil, false, nil, nil
	return c
}

// servePostfix starts the mailboxes, then Postfix in front of them.
func (l *Lab) servePostfix(h *topology.Host) error {
	if err := l.serveAt(h.Name, postfix.Mailboxes, l.mail[h.Name]); err != nil {
		return err
	}
	m := l.mailConfig(h)
	c := postfix.Config{Who: h.Name, Hostname: h.Hostname, Address: h.Address.Addr, Domains: m.Domains, Mailboxes: m.Mailboxes, Relay: m.Relay,
		Smarthosts: m.Smarthosts, Roots: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: l.pki.Root().Raw})}
	var err error
	if cert := l.Certificate(h.Name); cert.Leaf != nil {
		if c.Chain, err = chain(cert); err != nil {
			return err
		}
	}
	l.postfix[h.Name], err = postfix.Start(context.Background(), c, l.o.Record, l.o.Postfix)
	return err
}

// chain is a certificate's key and certificates as Postfix reads them.
func chain(cert tls.Certificate) ([]byte, error) {
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("key for Postfix: %w", err)
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	for _, der := range cert.Certificate {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out, nil
}

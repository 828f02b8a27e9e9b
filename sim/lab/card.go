package lab

import (
	"crypto/tls"
	"fmt"
	"time"

	"demailbench/sim/pki"
)

// NewCertificate issues another certificate for a host's own connections, valid from now on. A zero until means as long
// as certificates usually are.
func (l *Lab) NewCertificate(host string, until time.Time) (tls.Certificate, error) {
	c := l.profile.Certificate(host, false)
	if c == nil {
		return tls.Certificate{}, fmt.Errorf("lab: host %s has no certificate that could be renewed", host)
	}
	spec := pki.Spec{Name: c.Name, Key: c.Key, DNSNames: c.DNS, Until: until, Client: true, Server: true}
	for _, ip := range c.IPs {
		spec.IPs = append(spec.IPs, ip.Addr)
	}
	return l.pki.Issue(spec)
}

// NewCard issues another card for the operator, with a certificate of its own that is valid from now on, and with
// the PIN of the plan's card. A zero until means as long as certificates usually are.
func (l *Lab) NewCard(until time.Time) (*pki.Card, string, error) {
	spec := pki.Spec{Client: true, Until: until}
	for _, c := range l.profile.Certificates {
		if c.Card {
			spec.Name, spec.Key = c.Name, c.Key
		}
	}
	cert, err := l.pki.Issue(spec)
	if err != nil {
		return nil, "", err
	}
	return pki.NewCard(cert, l.pin), l.pin, nil
}

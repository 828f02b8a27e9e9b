package lab

import (
	"fmt"
	"net/netip"

	"demailbench/sim/pki"
)

// certify issues the profile's certificates and puts the operator's on its card.
func (l *Lab) certify() (err error) {
	if l.pki, err = pki.New(l.profile.Keys, l.o.Clock.Now); err != nil {
		return err
	}
	for _, c := range l.profile.Certificates {
		spec := pki.Spec{Name: c.Name, Key: c.Key, DNSNames: c.DNS, From: c.From.Time, Until: c.Until.Time, Client: true, Server: !c.Card}
		for _, ip := range c.IPs {
			spec.IPs = append(spec.IPs, ip.Addr)
		}
		cert, err := l.pki.Issue(spec)
		if err != nil {
			return err
		}
		l.certs[c.Name] = cert
		if c.Card {
			l.pin = l.pinOf()
			l.card = pki.NewCard(cert, l.pin)
		}
	}
	return nil
}

// wire makes segments, hosts and routers.
func (l *Lab) wire() error { return l.fabric.Wire(l.net, l.profile.Topology, l.secret) }

// secret is what both ends of an IPSEC line share, whichever asks.
func (l *Lab) secret(a, b netip.Addr) []byte {
	if b.Less(a) {
		a, b = b, a
	}
	secret := make([]byte, 32)
	l.stream(fmt.Sprintf("line %v %v", a, b)).Read(secret) // ChaCha8 never fails
	return secret
}

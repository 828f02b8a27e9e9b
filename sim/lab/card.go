package lab

import (
	"time"

	"demailbench/sim/pki"
)

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

// Package fault holds the ways in which a gateway of the bench is made wrong: rules replaced, configuration and
// doors changed, a peer in the path, and the pieces that mutants are put together from. It leaves out which faults
// are worth having (package catalogue).
package fault

import (
	"crypto/tls"
	"fmt"
	"os"

	"demailbench/features/mutant/inpath"
	"demailbench/features/sut"
	"demailbench/gateway"
)

// Fault is how a gateway is made wrong; each part may be left out. Functions are called at every start.
type Fault struct {
	// Setup changes what the gateway is told to serve.
	Setup func(*sut.Setup)
	// Config and Deps change the gateway itself.
	Config func(*gateway.Config)
	Deps   func(*gateway.Deps, sut.Setup)
	// Peer stands in the path.
	Peer func(sut.Setup) inpath.Peer
	// Before runs before a start, on the gateway's doors; again tells that it is not the first on this disk.
	Before func(d sut.Doors, again bool)
	// World changes the world in place of the gateway.
	World []Edit
	// Deaf keeps the gateway from learning of a renewed card.
	Deaf bool
}

// None reports whether nothing is wrong.
func (f Fault) None() bool {
	return f.Setup == nil && f.Config == nil && f.Deps == nil && f.Peer == nil && f.Before == nil && len(f.World) == 0 && !f.Deaf
}

// Adapter starts gateways with the fault, under the name of the mutant.
func (f Fault) Adapter(name string) sut.Adapter { return adapter{name: name, f: f} }

// adapter is that of the reference gateway, but for the start.
type adapter struct {
	sut.Reference
	name string
	f    Fault
}

// Subject names the mutant.
func (a adapter) Subject() (vendor, product, version string) {
	return "demailbench", "mutant " + a.name, sut.Version
}

// Start starts one.
func (a adapter) Start(s sut.Setup, d sut.Doors) (sut.Gateway, error) {
	f := a.f
	if f.Before != nil {
		again := false
		d.Clock.IO(func() {
			list, err := os.ReadDir(d.Data)
			again = err == nil && len(list) > 0
		})
		f.Before(d, again)
	}
	if f.Setup != nil {
		f.Setup(&s)
	}
	var id *inpath.Identity
	if f.Peer != nil {
		d, id = f.Peer(s).Doors(d, s.ProviderClient)
	}
	g, err := sut.Reference{Alter: func(c *gateway.Config, deps *gateway.Deps) {
		if f.Config != nil {
			f.Config(c)
		}
		if f.Deps != nil {
			f.Deps(deps, s)
		}
	}}.Start(s, d)
	if err != nil {
		return nil, fmt.Errorf("mutant %s: %w", a.name, err)
	}
	return started{g, id, f.Deaf}, nil
}

// started tells the peer in the path of renewed credentials.
type started struct {
	sut.Gateway
	id   *inpath.Identity
	deaf bool
}

// ReplaceCard puts another card into use.
func (s started) ReplaceCard(card interface {
	Unlock(pin string) error
	Certificate() (tls.Certificate, error)
}, pin string) error {
	if s.deaf {
		return nil
	}
	if s.id != nil {
		s.id.Replace(card)
	}
	return s.Gateway.(sut.CredentialChanger).ReplaceCard(card, pin)
}

// ReplaceCertificate puts another certificate into use.
func (s started) ReplaceCertificate(c tls.Certificate) error {
	if s.id != nil {
		s.id.Renew(c)
	}
	return s.Gateway.(sut.CredentialChanger).ReplaceCertificate(c)
}

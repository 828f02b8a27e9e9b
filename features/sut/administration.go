package sut

import (
	"context"
	"crypto/x509"
	"net"
	"path/filepath"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/reference"
	"demailbench/gateway"
)

// Administration says that a gateway is to be administered by people, from its first start on. What it serves at
// first is what Setup says; from then on it is what they have done.
type Administration struct {
	// Administrator is the operator's first person, contract.Bench.Person, who has this password.
	Administrator, Password string
}

// Access is the way of people to the administration of a gateway.
type Access struct {
	// Dial opens a connection to it, from where the people of an organisation are.
	Dial func(ctx context.Context, org string) (net.Conn, error)
	// Hostname is the gateway's name, which its certificate carries; Roots sign it at the time Now.
	Hostname string
	Roots    *x509.CertPool
	Now      func() time.Time
	// Secret is what contract.Password was given for the first person.
	Secret []byte
}

// Approachable is an Adapter or Foreign whose gateways are administered over the network, as people do it.
type Approachable interface {
	// Administer returns what carries out operations at the gateway, in all its lives.
	Administer(a Access) driver.Driver
}

// Driven is a Gateway whose operations its driver carries out.
type Driven interface {
	// Driver is nil when there is none.
	Driver() driver.Driver
}

// Administer implements Approachable.
func (Reference) Administer(a Access) driver.Driver {
	return reference.New(reference.Options{Dial: a.Dial, Name: a.Hostname, Roots: a.Roots, Now: a.Now, Secret: a.Secret})
}

// Restorer is an Adapter or Foreign that can make the data of another instance from a backup (S1-030).
type Restorer interface {
	// Restore makes the directory fresh of the backup with that number, which a gateway made over the directory data.
	Restore(data, backup, fresh string) error
}

// Restore implements Restorer: the reference keeps its backups beside its data.
func (Reference) Restore(data, backup, fresh string) error {
	return gateway.Restore(filepath.Join(data, "backups", backup), fresh)
}

// NewAdministration lets the bench itself be the first person.
func NewAdministration(secret []byte) *Administration {
	return &Administration{Administrator: contract.Bench.Person, Password: contract.Password(secret, contract.Operator, contract.Bench.Person)}
}

// Package gateway is the reference De-Mail gateway: it takes e-mail from enrolled tenants, sends it as
// De-Mail through the DMDA, and hands inbound De-Mail to the tenants' mail servers (TR-01201-6.1 chapter
// 10, S0-001..005). New puts the parts together from a Config and the doors, Run serves.
//
// It leaves out the web frontends and maintenance rules; files other than the data directory are the
// business of the caller, who hands over keys, certificates and the card as values.
package gateway

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"

	"demailbench/gateway/door"
)

// Deps are the doors and secrets by which the outside enters. All but Rules and Disk are required.
type Deps struct {
	Dial     door.Dial
	Listen   door.Listen
	Resolver door.Resolver
	Clock    door.Clock
	Rand     door.Rand
	// Log receives the audit trail (package audit) as structured records. Its handler must not touch a
	// file outside Clock.IO.
	Log *slog.Logger
	// Card is the ITSP's card: client certificate towards the DMDA (D16). PIN unlocks it once at start;
	// empty means that the card is already unlocked. A wrong PIN is never tried again.
	Card interface {
		Unlock(pin string) error
		Certificate() (tls.Certificate, error)
	}
	PIN  string
	// Certificate is the gateway's own for both listeners.
	Certificate tls.Certificate
	// Roots sign the DMDA's and the tenants' certificates.
	Roots *x509.CertPool
	// Disk, when set, is called before every access to the disk; see store.Options.
	Disk func(operation string)
}

// Gateway is one instance over one data directory.
type Gateway struct{}

// New builds a gateway, opens the data directory and the listeners, and recovers the queue. Nothing is
// served before Run. On an error nothing stays open.
func New(c Config, d Deps) (*Gateway, error) { return nil, errors.New("gateway: not built yet") }

// Run serves until ctx ends, then drains: no new connections or messages, deliveries in flight may finish
// within Config.Drain. It returns nil after a drain or Kill, and the cause when a listener fails.
func (g *Gateway) Run(ctx context.Context) error { return errors.New("gateway: not built yet") }

// Addrs are the addresses that the gateway listens on.
type Addrs struct {
	// Tenants takes submissions (SMTP, STARTTLS), Provider the DMDA's pushes (implicit TLS).
	Tenants, Provider net.Addr
}

// Addrs returns the listeners' addresses; they are known as soon as New returns.
func (g *Gateway) Addrs() Addrs { return Addrs{} }

// Kill ends the gateway abruptly, as kill -9 does: connections are reset, nothing is drained, flushed or
// answered. It returns when the data directory is released; a later New on it recovers everything that was
// answered 250. It blocks on Clock.IO, so it must not be called from a timer callback.
func (g *Gateway) Kill() {}

// Healthy reports why the gateway cannot do its work now, or nil: both listeners serve, the store takes
// commits, the card gives its certificate.
func (g *Gateway) Healthy() error { return errors.New("gateway: not built yet") }

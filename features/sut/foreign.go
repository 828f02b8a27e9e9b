package sut

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/netip"
	"time"
)

// Foreign is the adapter of a gateway that runs outside the bench's process, on the machine's loopback network
// and on the wall clock. Loopback addresses stand for those of the world (package bridge): the gateway sees
// each peer under an address of its own, and reaches each under one.
type Foreign interface {
	// Subject names the product.
	Subject() (vendor, product, version string)
	// Needs says what the gateway cannot be told.
	Needs() Needs
	// Launch starts a gateway at p, over the data that are there, and returns when the gateway says that it
	// is ready, or with an error that says what to do. On an error nothing is left running.
	Launch(ctx context.Context, s Setup, p Place) (Gateway, error)
}

// Needs are the fixed points of a gateway's configuration. The zero value is a gateway that goes where it is
// told.
type Needs struct {
	// Tenants and Provider are where it listens, in 127.0.0.0/8; not valid: where Place says.
	Tenants, Provider netip.AddrPort
	// TruePorts is set when it reaches mail servers, provider and name server at the ports 25, 465 and 53
	// only.
	TruePorts bool
}

// Place is where a foreign gateway lives and what it is given. The Setup that comes with it has been
// translated: its addresses, networks and ports are those of the machine.
type Place struct {
	// Tenants and Provider are where the gateway must listen. Control is a free address for what its adapter
	// has to say to it: health, administration.
	Tenants, Provider, Control netip.AddrPort
	// Admin is where the world's people find its administration, if it has one that the bench knows.
	Admin netip.AddrPort
	// Names is its name server, by UDP and TCP. It must be asked for every name: its answers are the
	// addresses that stand for the world's.
	Names netip.AddrPort
	// MailPort is where mail servers found by MX listen.
	MailPort uint16
	// Probe is a name that does not exist. The gateway must ask its name server for it, by an ordinary
	// address or MX lookup, before it says that it is ready: the bench looks for the question in the world's
	// record. So nothing is sent by a gateway that resolves names elsewhere, where they are real.
	Probe string

	// Certificate is the gateway's own, Card the operator's with its PIN, Roots whom to trust.
	Certificate, Card tls.Certificate
	PIN               string
	Roots             []*x509.Certificate

	// Data is the gateway's directory: what it made durable before it was killed is there again. Files is for
	// what its adapter writes for it and others may read, Secrets for what nobody keeps.
	Data, Files, Secrets string
	// Log takes what the gateway writes about itself.
	Log io.Writer
	// Ready is how long the gateway may take until it is ready, Drain how long it may take to end.
	Ready, Drain time.Duration
	// Dial opens a connection on the machine; from may be the zero value.
	Dial func(ctx context.Context, from, to netip.AddrPort) (net.Conn, error)
	// Run starts a container where the gateway lives; nil on a fabric without containers.
	Run   func(ctx context.Context, i Image) (Guest, error)
	Clock interface {
		Sleep(ctx context.Context, d time.Duration) error
		WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
	}
}

// Image is a container to be run where the gateway lives.
type Image struct {
	// Ref names the image; empty is the bench's own program, for which Command holds its arguments.
	Ref string
	// Command replaces the image's when it is not empty. Environment are variables as NAME=value.
	Command, Environment []string
	// Mounts are directories of the machine that have the same path inside.
	Mounts []string
	// User is the user's number; empty: the image's own.
	User string
	// Output takes what it says.
	Output io.Writer
}

// Guest is a running container. It ends at the latest with the bench.
type Guest interface {
	// Ended is closed when it has ended; Code is then its exit code, with an error when nobody knows it.
	Ended() <-chan struct{}
	Code() (int, error)
	// Signal sends a signal ("TERM") to its program, Remove ends it as kill -9 does.
	Signal(ctx context.Context, name string) error
	Remove() error
}

// Mortal is a Gateway that can end without being told to.
type Mortal interface {
	// Ended is closed when it has ended, for whatever reason.
	Ended() <-chan struct{}
	// Cause says why, after Ended: outside is set when something other than the gateway itself ended it.
	Cause() (text string, outside bool)
}

// Unreliable is the error of what stands between the bench and a foreign gateway: its driver. It says nothing
// about the gateway, so the scenario is INCONCLUSIVE.
type Unreliable struct{ Err error }

// Error is the cause, which says what to do.
func (u *Unreliable) Error() string { return u.Err.Error() }

// Unwrap returns the cause.
func (u *Unreliable) Unwrap() error { return u.Err }

// Opinionated is a Foreign whose vendor answers open questions otherwise than the bench.
type Opinionated interface {
	// Decisions are the decisions ("D10b") with the vendor's answers.
	Decisions() map[string]string
}

// Limited is a Foreign whose gateway lacks something that scenarios ask for.
type Limited interface {
	// Lacks returns why an operation of the contract cannot be asked for; lacks is false when it can.
	Lacks(operation string) (reason string, lacks bool)
}

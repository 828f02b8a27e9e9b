// Package sut is what a gateway must offer to be tested, and how the bench starts it: inside the process on
// virtual time (Adapter), or outside, on the machine's sockets and the wall clock (Foreign). It leaves out what
// may be asked of a gateway (package contract), the world around it (features/world) and every verdict.
package sut

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"time"
)

// Setup says what the gateway is to serve: the tenants with their networks and mapping, and the DMDA. It is
// the same for every gateway; an adapter turns it into the gateway's own configuration.
type Setup struct {
	// Hostname is the gateway's name in the internal view of the DNS.
	Hostname string
	// Operator is the mailbox of the gateway's operator, which is told what a technical contact cannot be.
	Operator string
	// Provider is "host:port" of the ITSP link and ProviderName the name in its certificate.
	Provider, ProviderName string
	// ProviderClient is the common name of the certificate with which the DMDA pushes inbound De-Mail.
	ProviderClient string
	// PilotUntil is the last day of the pilot operation, "2016-08-31" (D23); empty: its term is not enforced (D29).
	PilotUntil string
	// ClearDays is how notices of maintenance are counted: whole working days between them and the work (D5,
	// notice.clear_days). Without it the third working day before is in time.
	ClearDays bool
	Tenants   []Tenant
	// Administration is nil when nobody administers the gateway.
	Administration *Administration
}

// Tenant is one enrolled tenant (S0-004).
type Tenant struct {
	ID, Name string
	// Kind is "municipal" or "state" (S1-137).
	Kind string
	// Networks are the addresses of the tenant's mail server as the gateway sees them.
	Networks []netip.Prefix
	// Transport is "ipsec" or "starttls" (D18).
	Transport        string
	MailDomains      []string
	Domains          []Domain
	Mapping          []Pair
	TechnicalContact string
	// ProcessOwner is the other named responsible person, who is told of maintenance too (S0-050, S0-073); may be empty.
	ProcessOwner string
	// Options are its rules about De-Mail options (D15); the zero value has none.
	Options Options
	// ReceiptMode is how its accounts are set to confirm receipts: "on-request", also when empty, or "always"
	// (D21).
	ReceiptMode string
}

// Domain is a De-Mail domain with its direction: "both", "receive-only" or "send-only" (D14), and what happens to
// De-Mails for its unmapped addresses (D11).
type Domain struct {
	Name, Direction string
	// CatchAll is the mailbox of the tenant that gets them; empty: no CatchAll.
	CatchAll string
	// BounceAll is "refuse", "reply" or empty; BounceSender the De-Mail address of the tenant that replies.
	BounceAll, BounceSender string
}

// Options are a tenant's rules about De-Mail options, which are named as their header fields without
// "X-de-mail-".
type Options struct {
	// Tags are the options that words in brackets at the beginning of the subject ask for; empty: no tags.
	Tags map[string]string
	// Policies are those of single mailboxes, by e-mail address.
	Policies map[string]OptionPolicy
}

// OptionPolicy says which options a mailbox asks for by default and which it may not ask for.
type OptionPolicy struct{ Preset, Forbid []string }

// Pair is one row of the address mapping.
type Pair struct{ Mail, DeMail string }

// Doors are the ways from the gateway to the world, and what the operator has put into its hands.
type Doors struct {
	Dial     func(ctx context.Context, network, address string) (net.Conn, error)
	Listen   func(network, address string) (net.Listener, error)
	Resolver interface {
		LookupMX(ctx context.Context, domain string) ([]*net.MX, error)
		LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	}
	Clock interface {
		Now() time.Time
		AfterFunc(d time.Duration, f func()) (stop func() bool)
		Sleep(ctx context.Context, d time.Duration) error
		WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
		IO(f func())
	}
	Rand io.Reader
	Log  *slog.Logger
	// Card is the ITSP card, PIN what unlocks it.
	Card interface {
		Unlock(pin string) error
		Certificate() (tls.Certificate, error)
	}
	PIN string
	// Certificate and Roots are for the gateway's own listeners and its peers.
	Certificate tls.Certificate
	Roots       *x509.CertPool
	// Data is the gateway's directory on the disk.
	Data string
}

// Gateway is a gateway under test that runs.
type Gateway interface {
	// Stop drains and ends it.
	Stop() error
	// Kill ends it as kill -9 does; what it had not made durable is gone.
	Kill()
	// Healthy returns why it cannot work, or nil.
	Healthy() error
}

// CredentialChanger is a Gateway whose card and certificate can be renewed while it runs.
type CredentialChanger interface {
	// ReplaceCard puts another ITSP card into use; pin is presented once, and on an error the old card stays.
	ReplaceCard(card interface {
		Unlock(pin string) error
		Certificate() (tls.Certificate, error)
	}, pin string) error
	// ReplaceCertificate puts another certificate of the gateway's listeners into use.
	ReplaceCertificate(c tls.Certificate) error
}

// Adapter starts gateways of one product.
type Adapter interface {
	// Start starts a gateway on the data directory in d, new or left by a killed one.
	Start(s Setup, d Doors) (Gateway, error)
	// Subject names the product.
	Subject() (vendor, product, version string)
}

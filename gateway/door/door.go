// Package door names the five doors by which the outside enters the gateway: Dial, Listen, Resolve,
// Clock and Rand. They are types of the standard library only, so the same gateway runs on real
// sockets, on a network in user space and in a container. It leaves out every implementation.
package door

import (
	"context"
	"io"
	"net"
	"net/netip"
	"time"
)

// Dial opens a connection, with the meaning of net.Dialer.DialContext; address is "IP:port".
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Listen opens a listener, with the meaning of net.Listen; address is "IP:port" or ":port".
type Listen func(network, address string) (net.Listener, error)

// Resolver asks the domain name system, with the methods and errors of net.Resolver: a *net.DNSError
// whose IsNotFound is true only for an authoritative denial (RFC 5321 5.1); every other failure is
// temporary and never a reason to give a message up.
type Resolver interface {
	LookupMX(ctx context.Context, domain string) ([]*net.MX, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Clock is how the gateway sees time; see the methods for what they promise.
type Clock interface {
	// Now is the present.
	Now() time.Time
	// AfterFunc calls f once in d; stop reports whether it prevented that. f must not block.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
	// Sleep returns nil after d, or the context's error as soon as ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
	// WithTimeout is context.WithTimeout on this clock. Libraries that look only at deadlines do not see
	// it: close the connection by context.AfterFunc.
	WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
	// IO runs f, the one way to wait on files, the database or child processes.
	IO(f func())
}

// Rand is the source of every identifier the gateway makes.
type Rand = io.Reader

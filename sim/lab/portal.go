package lab

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"

	"demailbench/sim/topology"
)

// Ports of the provider's web access: for account holders, and for its own staff (S0-009, S1-112). The staff's is
// reached from the provider's own network only, as no matrix lets anybody else.
const (
	PortalPort = 443
	StaffPort  = 8443
)

// StaffKey is what the provider's staff prove themselves with at their listener.
func (l *Lab) StaffKey() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d|%s|staff", l.o.Seed, l.profile.Name))
	return hex.EncodeToString(sum[:8])
}

// servePortal opens the provider's two web listeners, with TLS and the certificate of its host.
func (l *Lab) servePortal(host string) error {
	cfg := l.pki.ServerConfig(l.Certificate(host))
	cfg.NextProtos = []string{"http/1.1"}
	with := func(serve func(net.Listener) error) server {
		return serving(func(plain net.Listener) error { return serve(tls.NewListener(plain, cfg)) })
	}
	return errors.Join(l.serveTCP(host, PortalPort, with(l.portal.Serve)), l.serveTCP(host, StaffPort, with(l.portal.ServeStaff)))
}

// serving makes a server of a function.
type serving func(net.Listener) error

// Serve implements server.
func (s serving) Serve(l net.Listener) error { return s(l) }

// Web is how a person at a host reaches one of the provider's web listeners: over the network, one connection for each
// request, with the provider's certificate checked. The URL's host does not matter.
func (l *Lab) Web(host string, port uint16) http.RoundTripper {
	provider := l.profile.Role(topology.DMDA)
	address := provider.Address.Addr
	if way, err := l.profile.Topology.Way(host, provider.Name); err == nil {
		address = way.Dial
	}
	return &http.Transport{DisableKeepAlives: true, DialTLSContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		raw, err := l.net.Host(host).Dial(ctx, network, fmt.Sprintf("%s:%d", address, port))
		if err != nil {
			return nil, err
		}
		c := tls.Client(raw, l.pki.ClientConfig(l.profile.Accounts.Provider.Hostname))
		if err := c.HandshakeContext(ctx); err != nil {
			raw.Close()
			return nil, err
		}
		return c, nil
	}}
}

package process_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"demailbench/features"
	"demailbench/features/check"
	"demailbench/features/suite"
	"demailbench/features/sut"
	"demailbench/features/world"
	"demailbench/fixtures"
	"demailbench/gateway"
	"demailbench/gateway/tenant"
	"demailbench/sim/bridge/loopback"
	"demailbench/sim/clock"
	"demailbench/sim/dns"
	"demailbench/sim/lab"
)

// expired is a certificate that nobody takes any more.
func expired(t *testing.T, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2014, 8, 15, 0, 0, 0, 0, time.UTC)
	spec := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "gateway"}, DNSNames: names, NotBefore: from, NotAfter: from.AddDate(2, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, spec, spec, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// speaking is a Listen door behind which, at one address, something else than the gateway answers.
func speaking(at netip.AddrPort, lines ...string) func(network, address string) (net.Listener, error) {
	return func(network, address string) (net.Listener, error) {
		l, err := net.Listen(network, address)
		if err != nil || address != at.String() {
			return l, err
		}
		return other{l, lines}, nil
	}
}

// other takes the connections for itself and says its lines, one after each line that it hears.
type other struct {
	net.Listener
	lines []string
}

func (o other) Accept() (net.Conn, error) {
	for {
		c, err := o.Listener.Accept()
		if err != nil {
			return nil, err
		}
		go func() {
			defer c.Close()
			for _, l := range o.lines {
				fmt.Fprint(c, l+"\r\n")
				c.Read(make([]byte, 512))
			}
		}()
	}
}

// counting closes full when a connection is accepted for the nth time.
func counting(at netip.AddrPort, n int, full chan<- struct{}) func(network, address string) (net.Listener, error) {
	return func(network, address string) (net.Listener, error) {
		l, err := net.Listen(network, address)
		if err != nil || address != at.String() {
			return l, err
		}
		return &counted{Listener: l, left: n, full: full}, nil
	}
}

type counted struct {
	net.Listener
	left int
	full chan<- struct{}
}

func (c *counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if c.left--; c.left == 0 {
		close(c.full)
	}
	return conn, err
}

// TestGatewaysThatAreWrong is the table of gateways that are wired wrongly, slow, or wrong: which verdict each
// gets in a scenario, and what the user reads. A wiring fault is never a verdict about the gateway.
func TestGatewaysThatAreWrong(t *testing.T) {
	const scenario = "transport/outbound/a-tenant-on-an-ipsec-line-sends"
	elsewhere := netip.MustParseAddrPort("127.16.0.99:0")
	crash := make(chan struct{})
	type mistake = func(c *gateway.Config, d *gateway.Deps, p sut.Place)
	tests := []struct {
		name  string
		guest *guest
		want  check.Verdict
		says  []string
	}{
		{"none", &guest{}, check.Pass, nil},
		{"listens late", &guest{late: 200 * time.Millisecond}, check.Pass, nil},
		{"listens too late", &guest{late: 800 * time.Millisecond}, check.Blocked, []string{"tenants' listener 127.16.0.25:", "nobody listens there", "declare where it listens"}},
		{"does not start", &guest{refuse: errors.New("gateway.yaml:3:1: opperator: unknown key")}, check.Blocked, []string{"start of the gateway", "opperator", "read sut.log"}},
		{"listens elsewhere", &guest{alter: func(c *gateway.Config, _ *gateway.Deps, _ sut.Place) { c.Listen.Tenants = elsewhere.String() }}, check.Blocked,
			[]string{"tenants' listener", "nobody listens there"}},
		{"listens elsewhere for the DMDA", &guest{alter: func(c *gateway.Config, _ *gateway.Deps, _ sut.Place) { c.Listen.Provider = elsewhere.String() }}, check.Blocked,
			[]string{"provider's listener", "which stands for 192.0.2.25:465", "nobody listens there"}},
		{"declares a place that a peer has", &guest{needs: sut.Needs{Tenants: netip.MustParseAddrPort("127.3.14.25:10025")}}, check.Blocked, []string{"bridge", "stands for 10.3.14.25:25"}},
		{"without STARTTLS", &guest{alter: func(_ *gateway.Config, d *gateway.Deps, p sut.Place) {
			d.Listen = speaking(p.Tenants, "220 gateway", "250 gateway")
		}}, check.Blocked, []string{"tenants' listener", "does not offer STARTTLS", "certificate and key"}},
		{"without SMTP", &guest{alter: func(_ *gateway.Config, d *gateway.Deps, p sut.Place) { d.Listen = speaking(p.Tenants, "hello") }}, check.Blocked,
			[]string{"tenants' listener", "no greeting with 220"}},
		{"in clear to the DMDA", &guest{alter: func(_ *gateway.Config, d *gateway.Deps, p sut.Place) { d.Listen = speaking(p.Provider, "220 gateway") }}, check.Blocked,
			[]string{"provider's listener", "TLS handshake", "let it speak TLS there"}},
		{"expired certificate", &guest{alter: func(_ *gateway.Config, d *gateway.Deps, _ sut.Place) {
			d.Certificate = expired(t, "gateway.central.example")
		}}, check.Blocked, []string{"TLS handshake as gateway.central.example", "expired", "valid today"}},
		{"certificate of nobody", &guest{alter: func(_ *gateway.Config, d *gateway.Deps, p sut.Place) { d.Certificate = p.Card }}, check.Blocked,
			[]string{"TLS handshake as gateway.central.example", "not valid for any names"}},
		{"does not trust the DMDA", &guest{alter: func(_ *gateway.Config, d *gateway.Deps, _ sut.Place) { d.Roots = x509.NewCertPool() }}, check.Blocked,
			[]string{"provider's listener", "trust the roots"}},
		{"resolves elsewhere", &guest{alter: func(_ *gateway.Config, d *gateway.Deps, _ sut.Place) {
			d.Resolver = dns.NewStub(d.Dial, clock.Real(), elsewhere.String())
		}}, check.Blocked, []string{"names: the gateway has not asked the bench's name server", "no mail was sent"}},
		{"knows no tenant", &guest{alter: func(c *gateway.Config, _ *gateway.Deps, _ sut.Place) { c.Tenants = nil }}, check.Blocked,
			[]string{"no greeting with 220 for 127.", "serve the tenants' networks"}},
		{"reaches nobody", &guest{alter: func(_ *gateway.Config, d *gateway.Deps, _ sut.Place) {
			d.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no route") }
		}}, check.Inconclusive, []string{"waited 0.4 s on the wall clock", "the requirement may allow more"}},
		{"refuses for good", &guest{alter: func(_ *gateway.Config, d *gateway.Deps, _ sut.Place) {
			d.Rules = func(r tenant.Rules) tenant.Rules { return denying{r} }
		}}, check.Fail, []string{"in mailbox pn_buergerin@t-systems.de-mail.de once", "never"}},
		{"crashes", &guest{crash: crash, alter: func(_ *gateway.Config, d *gateway.Deps, p sut.Place) { d.Listen = counting(p.Tenants, 2, crash) }}, check.Fail,
			[]string{"ended by itself", "exit status 2"}},
		{"does not end", &guest{deaf: true}, check.Inconclusive, []string{"had not ended in time"}},
	}
	// These wait in vain, so they need not wait long.
	hasty := map[string]bool{"listens too late": true, "listens elsewhere": true, "listens elsewhere for the DMDA": true, "resolves elsewhere": true, "reaches nobody": true}
	profile, err := lab.Load(fixtures.FS, "saxony")
	if err != nil {
		t.Fatal(err)
	}
	all, err := suite.Load(features.FS)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := suite.Select(all, suite.Selection{IDs: []string{scenario}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &suite.Runner{Profile: profile, Fixtures: fixtures.FS, Seed: 1, Out: t.TempDir(), Foreign: tt.guest, Machine: loopback.Doors(),
				Waits: world.Waits{Arrival: 20 * time.Second, Quiet: 50 * time.Millisecond, Settle: 50 * time.Millisecond}}
			if hasty[tt.name] {
				r.Waits.Ready, r.Waits.Arrival = 400*time.Millisecond, 400*time.Millisecond
			}
			res := r.Run(plan.Run[0])
			for at := &tt.guest.needs.Tenants; at.IsValid() && elsewhereInUse(res.Reason); {
				*at, r.Out = netip.AddrPortFrom(at.Addr(), at.Port()+1000), t.TempDir()
				res = r.Run(plan.Run[0])
			}
			if res.Verdict != tt.want {
				t.Errorf("%s %q, want %s", res.Verdict, res.Reason, tt.want)
			}
			for _, s := range tt.says {
				if !strings.Contains(res.Reason, s) {
					t.Errorf("reason %q, want %q in it", res.Reason, s)
				}
			}
		})
	}
}

// elsewhereInUse tells whether another bench on this machine has the declared port, so that the bridge has gone to
// the next thousand.
func elsewhereInUse(reason string) bool {
	return strings.Contains(reason, "address already in use") && !strings.Contains(reason, "stands for")
}

// denying refuses every sender, against S1-152.
type denying struct{ tenant.Rules }

func (denying) Sender(tenant.Tenant, string) (string, *tenant.Refusal) {
	return "", tenant.Refuse(550, [3]int{5, 7, 1}, "nobody sends here")
}

package catalogue

import (
	"crypto/tls"
	"errors"
	"net/netip"
	"strings"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
	"demailbench/features/sut"
	"demailbench/gateway"
	"demailbench/gateway/door"
	"demailbench/gateway/tenant"
)

var toTenant = []inpath.Side{inpath.ToTenant}

var transport = []Entry{
	{mutant.Mutant{ID: "transport-plaintext-fallback", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Net,
		Text: "sends in clear where a tenant's server offers no TLS", Requirements: of("S0-040", "S0-038")},
		fault.Peer(inpath.Peer{On: toTenant, Downgrade: true})},
	{mutant.Mutant{ID: "transport-plaintext-submission", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Net,
		Text: "takes mail in clear from everybody", Requirements: of("S0-040", "S0-038")},
		fault.Rules(func(a *fault.Altered) {
			a.OnTransport = func(tenant.Tenant, netip.Addr, bool) *tenant.Refusal { return nil }
		})},
	{mutant.Mutant{ID: "transport-ipsec-everybody", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Net,
		Text: "treats every tenant as one with an IPSEC line", Requirements: of("S0-040", "S0-038")},
		fault.Tenants(func(t *sut.Tenant) { t.Transport = "ipsec" })},
	{mutant.Mutant{ID: "transport-ipsec-refused", Family: mutant.Transport, Severity: mutant.M, Class: mutant.Net,
		Text: "demands TLS inside an IPSEC line too", Requirements: of("S0-039")},
		fault.Tenants(func(t *sut.Tenant) { t.Transport = "starttls" })},
	{mutant.Mutant{ID: "transport-certificate-ignored", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Net,
		Text: "speaks TLS to a tenant's server with any certificate", Requirements: of("S0-040", "S0-038")},
		fault.Peer(inpath.Peer{On: toTenant, Gullible: true})},
	{mutant.Mutant{ID: "transport-provider-certificate-ignored", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Net,
		Text: "takes whoever answers for the DMDA", Requirements: of("S3-012", "S1-055")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.ToProvider}, Gullible: true})},
	{mutant.Mutant{ID: "transport-anybody-is-dmda", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Net,
		Text: "takes De-Mail from whoever has any certificate", Requirements: of("S4-018")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.FromProvider}, Gullible: true})},
	{mutant.Mutant{ID: "transport-insecure-bounces", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Net,
		Text: "drops De-Mail for a tenant's server without TLS", Requirements: of("S0-040", "S0-038")},
		fault.Peer(inpath.Peer{On: toTenant, Downgrade: true, Swallow: func(s *inpath.Session, _ []byte) bool { return !s.ServerSafe() }})},
	{mutant.Mutant{ID: "transport-insecure-silent", Family: mutant.Transport, Severity: mutant.M, Class: mutant.Net,
		Text: "tells nobody that a tenant's line is not safe", Requirements: of("S0-040", "S0-038")},
		fault.Swallow(func(s *inpath.Session, m []byte) bool { return strings.Contains(s.Recipients(), "technik@") }, inpath.ToTenant)},
	{mutant.Mutant{ID: "transport-card-cached", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Wire,
		Text: "goes on with a copy of the card's certificate when the card is gone", Requirements: of("S1-055")},
		fault.Fault{Before: nil, Deps: func(d *gateway.Deps, _ sut.Setup) { d.Card = &copied{card: d.Card, pin: d.PIN} }}},
	{mutant.Mutant{ID: "transport-card-until-restart", Family: mutant.Transport, Severity: mutant.M, Class: mutant.Admin,
		Text: "uses a new card after a restart only", Requirements: of("S1-055", "S1-033")}, fault.Fault{Deaf: true}},
	{mutant.Mutant{ID: "transport-card-silent", Family: mutant.Transport, Severity: mutant.M, Class: mutant.Wire,
		Text: "tells nobody that the card is gone", Requirements: of("S1-055")},
		fault.Swallow(func(s *inpath.Session, m []byte) bool { return strings.Contains(s.Recipients(), "esv@") }, inpath.ToTenant)},
	{mutant.Mutant{ID: "transport-card-alarm-repeated", Family: mutant.Transport, Severity: mutant.M, Class: mutant.Wire,
		Text: "tells the operator the same thing twice", Requirements: of("S1-055")},
		fault.Peer(inpath.Peer{On: toTenant, Taken: func(s *inpath.Session, m []byte) {
			if strings.Contains(s.Recipients(), "esv@") {
				s.Send(s.From, s.To, fault.With("X-Again: yes")(m))
			}
		}})},
	{mutant.Mutant{ID: "transport-card-drops-mail", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Wire,
		Text: "returns mail at once when the card is gone", Requirements: of("S1-055")},
		fault.Config(func(c *gateway.Config) { c.Retry.GiveUp, c.Retry.DelayNotice = brief, brief })},
	{mutant.Mutant{ID: "transport-block-is-final", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Wire,
		Text: "returns mail while the DMDA has blocked the operator", Requirements: of("S1-036", "S1-056")},
		fault.Config(func(c *gateway.Config) { c.Retry.GiveUp, c.Retry.DelayNotice = brief, brief })},
	{mutant.Mutant{ID: "transport-starttls-injection", Family: mutant.Transport, Severity: mutant.H, Class: mutant.Wire,
		Text: "answers after the handshake what was sent before it", Requirements: of("S0-038", "S0-040")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Injected: true})},
}

// copied is a card that was copied at the start.
type copied struct {
	card door.Card
	pin  string
	cert tls.Certificate
}

// Unlock unlocks the card and keeps what is on it.
func (c *copied) Unlock(pin string) error {
	if c.cert.PrivateKey != nil {
		return nil
	}
	if err := c.card.Unlock(pin); err != nil {
		return err
	}
	cert, err := c.card.Certificate()
	c.cert = cert
	return err
}

// Certificate is the copy.
func (c *copied) Certificate() (tls.Certificate, error) {
	if c.cert.PrivateKey != nil {
		return c.cert, nil
	}
	cert, err := c.card.Certificate()
	if err != nil {
		return cert, errors.Join(errors.New("no copy of the card yet"), err)
	}
	return cert, nil
}

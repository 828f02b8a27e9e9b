package catalogue

import (
	"net/netip"
	"strings"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
	"demailbench/features/sut"
	"demailbench/gateway"
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
	{mutant.Mutant{ID: "transport-block-is-final", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Wire,
		Text: "returns mail at once while the DMDA has blocked the operator or the card is away", Requirements: of("S1-036", "S1-056", "S1-055")},
		fault.Config(func(c *gateway.Config) { c.Retry.GiveUp, c.Retry.DelayNotice = brief, brief })},
	{mutant.Mutant{ID: "transport-tls-only-first", Family: mutant.Transport, Severity: mutant.C, Class: mutant.Net,
		Text: "takes mail in clear from a tenant on an IPSEC line's word, whoever brings it", Requirements: of("S0-040", "S0-038", "S0-004")},
		fault.Rules(func(a *fault.Altered) {
			a.OnTransport = func(t tenant.Tenant, src netip.Addr, tls bool) *tenant.Refusal {
				if t.ID != "radebeul" {
					return nil
				}
				return a.Rules.Transport(t, src, tls)
			}
		})},
	{mutant.Mutant{ID: "transport-starttls-injection", Family: mutant.Transport, Severity: mutant.H, Class: mutant.Wire,
		Text: "answers after the handshake what was sent before it", Requirements: of("S0-038", "S0-040")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Injected: true})},
}

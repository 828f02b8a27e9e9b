package catalogue

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
	"demailbench/features/sut"
	"demailbench/gateway"
	"demailbench/gateway/tenant"
)

// internetMail is the mail server on the Internet of the world.
const internetMail = "203.0.113.25:25"

// tellsInternet tries to hand a mail over on the Internet, beside the session.
func tellsInternet(s *inpath.Session) {
	go func() {
		ctx, cancel := s.Doors.Clock.WithTimeout(context.Background(), brief)
		defer cancel()
		c, err := s.Doors.Dial(ctx, "tcp", internetMail)
		if err == nil {
			_ = c.Close() // being there is enough
		}
	}()
}

var network = []Entry{
	{mutant.Mutant{ID: "network-open-relay", Family: mutant.Network, Severity: mutant.C, Class: mutant.Net,
		Text: "serves hosts that belong to no tenant", Requirements: of("S0-003", "S0-004")},
		fault.Rules(func(a *fault.Altered) {
			a.OnConnect = func(src netip.Addr) (tenant.Tenant, *tenant.Refusal) {
				for _, t := range a.Setup.Tenants {
					if _, r := a.Rules.Connect(src); r != nil && t.ID == "annaberg" {
						return a.Rules.Connect(t.Networks[0].Addr())
					}
				}
				return a.Rules.Connect(src)
			}
			a.OnTransport = func(tenant.Tenant, netip.Addr, bool) *tenant.Refusal { return nil }
		})},
	{mutant.Mutant{ID: "network-xclient", Family: mutant.Network, Severity: mutant.C, Class: mutant.Net,
		Text: "believes a client who names another address by XCLIENT", Requirements: of("S1-009", "S0-004", "S1-154")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Command: func(s *inpath.Session, line string) (string, string) {
			if strings.HasPrefix(strings.ToUpper(line), "XCLIENT ") {
				s.Spoilt = true
				return "", "220 2.0.0 go ahead\r\n"
			}
			return line, ""
		}, Reply: func(s *inpath.Session, verb, reply string) string {
			switch {
			case s.Spoilt && verb == "RCPT" && strings.HasPrefix(reply, "5"):
				return "250 2.1.5 ok\r\n"
			case verb == "EHLO":
				return strings.Replace(reply, "250-", "250-XCLIENT ADDR\r\n250-", 1)
			}
			return reply
		}, Swallow: func(s *inpath.Session, _ []byte) bool { return len(s.To) == 0 }})},
	{mutant.Mutant{ID: "network-falls-back-to-internet", Family: mutant.Network, Severity: mutant.C, Class: mutant.Net,
		Text: "tries the Internet with a De-Mail that the DMDA does not take", Requirements: of("S1-153", "S0-016", "S1-009")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.ToProvider}, Reply: func(s *inpath.Session, verb, reply string) string {
			if strings.HasPrefix(reply, "5") {
				tellsInternet(s)
			}
			return reply
		}})},
	{mutant.Mutant{ID: "network-relays-to-internet", Family: mutant.Network, Severity: mutant.C, Class: mutant.Net,
		Text: "relays mail for recipients outside De-Mail to the Internet", Requirements: of("S1-153", "S0-003")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Reply: func(s *inpath.Session, verb, reply string) string {
			if verb == "RCPT" && strings.Contains(reply, "no De-Mail address") {
				tellsInternet(s)
				return "250 2.1.5 ok\r\n"
			}
			return reply
		}, Swallow: func(s *inpath.Session, _ []byte) bool { return len(s.To) == 0 }})},
	{mutant.Mutant{ID: "network-phones-home", Family: mutant.Network, Severity: mutant.C, Class: mutant.Net,
		Text: "reports each mail to its vendor on the Internet", Requirements: of("S1-153", "S0-003", "S1-010")},
		fault.Peer(inpath.Peer{On: inward, Taken: func(s *inpath.Session, _ []byte) { tellsInternet(s) }})},
	{mutant.Mutant{ID: "network-mx-ignored", Family: mutant.Network, Severity: mutant.H, Class: mutant.Net,
		Text: "delivers to the address of the domain and not to its MX", Requirements: of("S0-037", "S1-128", "S0-053")},
		fault.Fault{Deps: func(d *gateway.Deps, _ sut.Setup) { d.Resolver = fault.WithoutMX(d.Resolver) }}},
	{mutant.Mutant{ID: "network-names-for-ever", Family: mutant.Network, Severity: mutant.H, Class: mutant.Net,
		Text: "looks a name up once and keeps the answer, also a failure", Requirements: of("S0-053")},
		fault.Fault{Deps: func(d *gateway.Deps, _ sut.Setup) {
			d.Resolver = fault.Remembering(d.Resolver)
		}}},
	{mutant.Mutant{ID: "network-by-internet-line", Family: mutant.Network, Severity: mutant.C, Class: mutant.Net,
		Text: "delivers to tenants by way of the Internet", Requirements: of("S0-037", "S0-003", "S1-128", "S1-009")},
		fault.Fault{Deps: func(d *gateway.Deps, _ sut.Setup) {
			dial := d.Dial
			d.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				if strings.HasSuffix(address, ":25") {
					address = internetMail
				}
				return dial(ctx, network, address)
			}
		}}},
	{mutant.Mutant{ID: "network-answers-only-first-tenant", Family: mutant.Network, Severity: mutant.H, Class: mutant.Net,
		Text: "serves the tenants of SVN and not those of KDN", Requirements: of("S0-003", "S1-009")},
		fault.Rules(func(a *fault.Altered) {
			a.OnConnect = func(src netip.Addr) (tenant.Tenant, *tenant.Refusal) {
				if netip.MustParsePrefix("10.1.0.0/16").Contains(src) {
					return a.Rules.Connect(src)
				}
				return tenant.Tenant{}, fault.Refused(554, "not in SVN")
			}
		})},
	{mutant.Mutant{ID: "network-untranslated-address", Family: mutant.Network, Severity: mutant.H, Class: mutant.Net,
		Text: "knows tenants by their addresses before translation", Requirements: of("S1-009", "S0-003", "S0-001")},
		fault.Fault{Setup: func(s *sut.Setup) {
			for i := range s.Tenants {
				s.Tenants[i].Networks = []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 168, byte(10 + i), 0}), 24)}
			}
		}}},
}

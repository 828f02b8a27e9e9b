package catalogue

import (
	"net/netip"
	"strings"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
	"demailbench/features/sut"
	"demailbench/gateway/tenant"
)

var isolation = []Entry{
	{mutant.Mutant{ID: "isolation-foreign-sender", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "lets a tenant send under another tenant's address", Requirements: of("S1-154", "S1-009")},
		fault.Rules(func(a *fault.Altered) {
			a.OnSender = a.Anyone
			a.OnHeaderFrom = func(tenant.Tenant, string, string) *tenant.Refusal { return nil }
		})},
	{mutant.Mutant{ID: "isolation-header-from", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "judges the envelope and not the From field", Requirements: of("S1-154")},
		fault.Rules(func(a *fault.Altered) {
			a.OnHeaderFrom = func(tenant.Tenant, string, string) *tenant.Refusal { return nil }
		})},
	{mutant.Mutant{ID: "isolation-header-from-leads", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "judges the From field and not the envelope", Requirements: of("S1-154", "S1-009")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Reply: func(_ *inpath.Session, verb, reply string) string {
			if verb == "RCPT" && strings.Contains(reply, "not enrolled for this host") {
				return "250 2.1.5 ok\r\n"
			}
			return reply
		}, Swallow: func(s *inpath.Session, m []byte) bool {
			if len(s.To) > 0 {
				return false
			}
			from, to := strings.Trim(fault.Value(m, "From"), "<>"), strings.Trim(fault.Value(m, "To"), "<>")
			s.Say("RSET")
			return s.Send(from, []string{to}, m)
		}})},
	{mutant.Mutant{ID: "isolation-same-domain-from", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "lets a clerk write under a colleague's address in From", Requirements: of("S1-152", "S1-153", "S1-154")},
		fault.Rules(func(a *fault.Altered) {
			a.OnHeaderFrom = func(t tenant.Tenant, demail, from string) *tenant.Refusal {
				if d, _ := a.Row(from); d != "" && fault.DomainOf(d) == fault.DomainOf(demail) {
					return nil
				}
				return a.Rules.HeaderFrom(t, demail, from)
			}
		})},
	{mutant.Mutant{ID: "isolation-session-identity", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "judges the first sender of a session and lets the next ones pass", Requirements: of("S1-154", "S1-009")},
		fault.Fault{Peer: func(s sut.Setup) inpath.Peer {
			return inpath.Peer{On: []inpath.Side{inpath.Submission}, Reply: func(s *inpath.Session, verb, reply string) string {
				if s.Count > 0 && verb == "RCPT" && strings.Contains(reply, "not enrolled for this host") {
					return "250 2.1.5 ok\r\n"
				}
				return reply
			}, Swallow: func(s *inpath.Session, _ []byte) bool { return len(s.To) == 0 }}
		}}},
	{mutant.Mutant{ID: "isolation-tenant-by-domain", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Net,
		Text: "knows tenants by MAIL FROM and not by where it comes from", Requirements: of("S0-004", "S1-009")},
		fault.Rules(func(a *fault.Altered) {
			a.OnConnect = func(src netip.Addr) (tenant.Tenant, *tenant.Refusal) {
				t, r := a.Rules.Connect(src)
				if r == nil {
					return t, nil
				}
				return a.Rules.Connect(a.Setup.Tenants[0].Networks[0].Addr())
			}
			a.OnSender = a.Anyone
			a.OnHeaderFrom = func(tenant.Tenant, string, string) *tenant.Refusal { return nil }
		})},
	{mutant.Mutant{ID: "isolation-any-tenant-any-host", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Net,
		Text: "serves every host that reaches it as the first tenant", Requirements: of("S0-004", "S0-003")},
		fault.Rules(func(a *fault.Altered) {
			a.OnConnect = func(src netip.Addr) (tenant.Tenant, *tenant.Refusal) {
				t, r := a.Rules.Connect(src)
				if r == nil {
					return t, nil
				}
				return a.Rules.Connect(a.Setup.Tenants[len(a.Setup.Tenants)-1].Networks[0].Addr())
			}
			a.OnTransport = func(tenant.Tenant, netip.Addr, bool) *tenant.Refusal { return nil }
			a.OnSender = a.Anyone
			a.OnHeaderFrom = func(tenant.Tenant, string, string) *tenant.Refusal { return nil }
		})},
	{mutant.Mutant{ID: "isolation-block-spreads", Family: mutant.Isolation, Severity: mutant.H, Class: mutant.Wire,
		Text: "sends for nobody any more when the DMDA has blocked one tenant", Requirements: of("S1-009")},
		fault.Fault{Peer: func(sut.Setup) inpath.Peer {
			blocked := &fault.Once{}
			return inpath.Peer{On: []inpath.Side{inpath.ToProvider}, Command: func(_ *inpath.Session, line string) (string, string) {
				if blocked.Happened() && strings.HasPrefix(line, "MAIL") {
					return "", "450 4.7.1 the card is blocked\r\n"
				}
				return line, ""
			}, Reply: func(_ *inpath.Session, verb, reply string) string {
				if verb == "MAIL" && strings.HasPrefix(reply, "5") {
					blocked.First()
				}
				return reply
			}}
		}}},
	{mutant.Mutant{ID: "isolation-confirmation-to-other", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "gives a confirmation to whoever of the tenants sent last", Requirements: of("S1-129", "S1-009")},
		fault.Rules(func(a *fault.Altered) {
			last := fault.NewMemory()
			a.OnSender = func(t tenant.Tenant, envelope string) (string, *tenant.Refusal) {
				last.Put("box", envelope)
				last.Put("tenant", t.ID)
				return a.Rules.Sender(t, envelope)
			}
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				d, r := a.Rules.Inbound(to, from)
				if box, ok := last.Get("box"); ok && r == nil && from.System {
					id, _ := last.Get("tenant")
					d.Tenant, d.Mailboxes = id, []string{box}
				}
				return d, r
			}
		})},
	{mutant.Mutant{ID: "isolation-copy-to-other", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "gives another tenant a copy of what comes in", Requirements: of("S1-009", "S1-128")},
		fault.Rules(func(a *fault.Altered) {
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				d, r := a.Rules.Inbound(to, from)
				if box, _ := a.Foreign(d.Tenant); r == nil && len(d.Mailboxes) > 0 {
					d.Mailboxes = append(d.Mailboxes, box)
				}
				return d, r
			}
		})},
	{mutant.Mutant{ID: "isolation-inbound-to-other", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "finds a recipient by the part before the @ among all tenants", Requirements: of("S1-009", "S1-128")},
		fault.Rules(func(a *fault.Altered) {
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				local, _, _ := strings.Cut(to, "@")
				for _, t := range a.Setup.Tenants {
					for _, p := range t.Mapping {
						if strings.HasPrefix(p.DeMail, local+"@") {
							return tenant.Delivery{Tenant: t.ID, Mailboxes: []string{strings.ToLower(p.Mail)}}, nil
						}
					}
				}
				return a.Rules.Inbound(to, from)
			}
		})},
	{mutant.Mutant{ID: "isolation-spaced-field", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "overlooks a De-Mail field with a blank before the colon", Requirements: of("S1-154", "S1-012")},
		fault.Hidden(`X-de-mail-[a-z-]+[ \t]+`)},
	{mutant.Mutant{ID: "isolation-provider-fields", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "passes fields on that are the provider's to write", Requirements: of("S1-154", "S1-012")},
		fault.Hidden(`X-de-mail-(?:sender|auth-level|account-holder|integrity|message-type|originator-provider|signature-certificate)`)},
	{mutant.Mutant{ID: "isolation-null-sender", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "sends mail with the null sender under the tenant's first address", Requirements: of("S1-153")},
		fault.Rules(func(a *fault.Altered) {
			a.OnSender = func(t tenant.Tenant, envelope string) (string, *tenant.Refusal) {
				if envelope == "" && len(t.Mapping) > 0 {
					return t.Mapping[0].DeMail, nil
				}
				return a.Rules.Sender(t, envelope)
			}
		})},
}

package catalogue

import (
	"strings"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
	"demailbench/features/sut"
	"demailbench/gateway/tenant"
)

var direction = []Entry{
	{mutant.Mutant{ID: "direction-receive-only-sends", Family: mutant.Direction, Severity: mutant.C, Class: mutant.Wire,
		Text: "sends mail of a receive-only domain", Requirements: of("S1-165", "S1-164")},
		fault.Domains(func(d *sut.Domain) {
			if d.Direction == "receive-only" {
				d.Direction = "both"
			}
		})},
	{mutant.Mutant{ID: "direction-send-only-receives", Family: mutant.Direction, Severity: mutant.H, Class: mutant.Wire,
		Text: "delivers De-Mail of a send-only domain to the tenant", Requirements: of("S1-166", "S1-164")},
		fault.Domains(func(d *sut.Domain) {
			if d.Direction == "send-only" {
				d.Direction = "both"
			}
		})},
	{mutant.Mutant{ID: "direction-send-only-loses-confirmations", Family: mutant.Direction, Severity: mutant.H, Class: mutant.Wire,
		Text: "keeps confirmations from a send-only domain's senders", Requirements: of("S1-166")},
		fault.Rules(func(a *fault.Altered) {
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				if d, _ := a.Domain(fault.DomainOf(to)); d.Direction == "send-only" {
					return tenant.Delivery{}, fault.Refused(550, "the domain is send-only")
				}
				return a.Rules.Inbound(to, from)
			}
		})},
	{mutant.Mutant{ID: "direction-send-only-mute", Family: mutant.Direction, Severity: mutant.H, Class: mutant.Wire,
		Text: "lets a send-only domain neither receive nor send", Requirements: of("S1-166")},
		fault.Rules(func(a *fault.Altered) {
			a.OnSender = func(t tenant.Tenant, envelope string) (string, *tenant.Refusal) {
				demail, _ := a.Row(envelope)
				if d, _ := a.Domain(fault.DomainOf(demail)); d.Direction == "send-only" {
					return "", fault.Refused(550, "the domain has a direction")
				}
				return a.Rules.Sender(t, envelope)
			}
		})},
	{mutant.Mutant{ID: "direction-receive-only-deaf", Family: mutant.Direction, Severity: mutant.H, Class: mutant.Wire,
		Text: "lets a receive-only domain not receive either", Requirements: of("S1-165")},
		fault.Rules(func(a *fault.Altered) {
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				if d, _ := a.Domain(fault.DomainOf(to)); d.Direction == "receive-only" {
					return tenant.Delivery{}, fault.Refused(550, "the domain has a direction")
				}
				return a.Rules.Inbound(to, from)
			}
		})},
	{mutant.Mutant{ID: "direction-swapped", Family: mutant.Direction, Severity: mutant.C, Class: mutant.Wire,
		Text: "takes receive only for send only and the reverse", Requirements: of("S1-164", "S1-165", "S1-166")},
		fault.Domains(func(d *sut.Domain) {
			switch d.Direction {
			case "send-only":
				d.Direction = "receive-only"
			case "receive-only":
				d.Direction = "send-only"
			}
		})},
	{mutant.Mutant{ID: "direction-silent", Family: mutant.Direction, Severity: mutant.C, Class: mutant.Wire,
		Text: "takes mail of a receive-only domain with 250 and drops it", Requirements: of("S1-165")},
		fault.Fault{Peer: func(s sut.Setup) inpath.Peer {
			a := fault.Altered{Setup: s}
			return inpath.Peer{On: []inpath.Side{inpath.Submission}, Reply: func(_ *inpath.Session, verb, reply string) string {
				if verb == "RCPT" && strings.Contains(reply, "receive-only") {
					return "250 2.1.5 ok\r\n"
				}
				return reply
			}, Swallow: func(s *inpath.Session, m []byte) bool {
				d, _ := a.Domain(fault.DomainOf(fault.Value(m, "From")))
				return len(s.To) == 0 && d.Name == ""
			}}
		}}},
	{mutant.Mutant{ID: "direction-swallows-inbound", Family: mutant.Direction, Severity: mutant.C, Class: mutant.Wire,
		Text: "takes De-Mail of a send-only domain from the DMDA with 250 and drops it", Requirements: of("S1-166")},
		fault.Fault{Peer: func(s sut.Setup) inpath.Peer {
			return inpath.Peer{On: []inpath.Side{inpath.FromProvider}, Reply: func(_ *inpath.Session, verb, reply string) string {
				if verb == "RCPT" && strings.Contains(reply, "send-only") {
					return "250 2.1.5 ok\r\n"
				}
				return reply
			}, Swallow: func(s *inpath.Session, _ []byte) bool { return len(s.To) == 0 }}
		}}},
	{mutant.Mutant{ID: "direction-suffix-without-border", Family: mutant.Direction, Severity: mutant.C, Class: mutant.Wire,
		Text: "takes evil-de-mail.de for a De-Mail domain", Requirements: of("S0-008", "S1-153")},
		fault.Rules(func(a *fault.Altered) {
			a.OnRecipient = func(t tenant.Tenant, to string) (string, *tenant.Refusal) {
				if strings.HasSuffix(to, "de-mail.de") {
					return to, nil
				}
				return a.Rules.Recipient(t, to)
			}
		})},
	{mutant.Mutant{ID: "direction-own-provider-only", Family: mutant.Direction, Severity: mutant.H, Class: mutant.Wire,
		Text: "refuses recipients outside the tenants' own domains", Requirements: of("S0-001", "S1-012")},
		fault.Rules(func(a *fault.Altered) {
			a.OnRecipient = func(t tenant.Tenant, to string) (string, *tenant.Refusal) {
				if d, _ := a.Domain(fault.DomainOf(to)); d.Name == "" {
					return "", fault.Refused(550, "not one of ours")
				}
				return a.Rules.Recipient(t, to)
			}
		})},
}

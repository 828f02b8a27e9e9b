package catalogue

import (
	"bytes"
	"regexp"
	"strings"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
	"demailbench/features/sut"
	"demailbench/gateway/demail"
	"demailbench/gateway/tenant"
)

var mapping = []Entry{
	{mutant.Mutant{ID: "mapping-unmapped-sender", Family: mutant.Mapping, Severity: mutant.C, Class: mutant.Wire,
		Text: "sends mail of an unmapped address under the tenant's first De-Mail address", Requirements: of("S1-153")},
		fault.Rules(func(a *fault.Altered) {
			a.OnSender = func(t tenant.Tenant, envelope string) (string, *tenant.Refusal) {
				d, r := a.Rules.Sender(t, envelope)
				if _, own := a.Row(envelope); r != nil && own.ID == "" && envelope != "" && len(t.Mapping) > 0 {
					return t.Mapping[0].DeMail, nil
				}
				return d, r
			}
			a.OnHeaderFrom = func(t tenant.Tenant, demail, from string) *tenant.Refusal {
				if _, own := a.Row(from); own.ID == "" {
					return nil
				}
				return a.Rules.HeaderFrom(t, demail, from)
			}
		})},
	{mutant.Mutant{ID: "mapping-unmapped-dropped", Family: mutant.Mapping, Severity: mutant.C, Class: mutant.Wire,
		Text: "takes mail of an unmapped sender with 250 and drops it", Requirements: of("S1-153")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Reply: func(_ *inpath.Session, verb, reply string) string {
			if verb == "RCPT" && strings.Contains(reply, "no De-Mail address") {
				return "250 2.1.5 ok\r\n"
			}
			return reply
		}, Swallow: func(s *inpath.Session, _ []byte) bool { return len(s.To) == 0 }})},
	{mutant.Mutant{ID: "mapping-case-sensitive", Family: mutant.Mapping, Severity: mutant.H, Class: mutant.Wire,
		Text: "finds a sender in the table only as it is spelt there", Requirements: of("S1-149")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Command: func(_ *inpath.Session, line string) (string, string) {
			if v, arg, _ := strings.Cut(line, ":"); strings.EqualFold(v, "MAIL FROM") {
				if local, _, _ := strings.Cut(arg, "@"); strings.ToLower(local) != local {
					return "", "550 5.7.1 no De-Mail address\r\n"
				}
			}
			return line, ""
		}})},
	{mutant.Mutant{ID: "mapping-reply-to-kept", Family: mutant.Mapping, Severity: mutant.H, Class: mutant.Wire,
		Text: "rewrites the sender but not Reply-To", Requirements: of("S1-152")}, fault.Hidden("Reply-To")},
	{mutant.Mutant{ID: "mapping-cc-kept", Family: mutant.Mapping, Severity: mutant.M, Class: mutant.Wire,
		Text: "shows internal addresses in Cc", Requirements: of("S1-152")}, fault.Hidden("Cc")},
	{mutant.Mutant{ID: "mapping-received-kept", Family: mutant.Mapping, Severity: mutant.M, Class: mutant.Wire,
		Text: "shows the tenant's servers in Received", Requirements: of("S1-152")}, fault.Hidden("Received")},
	{mutant.Mutant{ID: "mapping-from-kept", Family: mutant.Mapping, Severity: mutant.H, Class: mutant.Wire,
		Text: "rewrites the envelope and leaves the clerk's address in From", Requirements: of("S1-152")},
		fault.Fault{Peer: func(sut.Setup) inpath.Peer {
			from := fault.Field("From")
			kept := fault.NewMemory()
			return inpath.Peer{On: []inpath.Side{inpath.Submission, inpath.ToProvider}, Message: func(s *inpath.Session, m []byte) []byte {
				h, b := fault.Split(m)
				if s.Side == inpath.Submission {
					kept.Put(fault.Value(m, "Message-ID"), string(from.Find(h)))
					return m
				}
				old, ok := kept.Get(fault.Value(m, "Message-ID"))
				if !ok {
					return m
				}
				return append(from.ReplaceAllLiteral(bytes.Clone(h), []byte(old)), b...)
			}}
		}}},
	{mutant.Mutant{ID: "mapping-catchall-first", Family: mutant.Mapping, Severity: mutant.C, Class: mutant.Wire,
		Text: "gives CatchAll also what is mapped", Requirements: of("S1-155")},
		fault.Rules(func(a *fault.Altered) {
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				d, r := a.Rules.Inbound(to, from)
				if at, _ := a.Domain(fault.DomainOf(to)); r == nil && at.CatchAll != "" {
					d.Mailboxes = []string{at.CatchAll}
				}
				return d, r
			}
		})},
	{mutant.Mutant{ID: "mapping-catchall-copy", Family: mutant.Mapping, Severity: mutant.C, Class: mutant.Wire,
		Text: "gives CatchAll a copy of what is mapped", Requirements: of("S1-155")},
		fault.Rules(func(a *fault.Altered) {
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				d, r := a.Rules.Inbound(to, from)
				if at, _ := a.Domain(fault.DomainOf(to)); r == nil && at.CatchAll != "" && d.Mailboxes[0] != at.CatchAll {
					d.Mailboxes = append(d.Mailboxes, at.CatchAll)
				}
				return d, r
			}
		})},
	{mutant.Mutant{ID: "mapping-catchall-ignored", Family: mutant.Mapping, Severity: mutant.H, Class: mutant.Wire,
		Text: "knows no CatchAll", Requirements: of("S1-155")},
		fault.Domains(func(d *sut.Domain) { d.CatchAll = "" })},
	{mutant.Mutant{ID: "mapping-bounceall-swallows", Family: mutant.Mapping, Severity: mutant.C, Class: mutant.Wire,
		Text: "takes with 250 what BounceAll should return, and drops it", Requirements: of("S1-156")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.FromProvider}, Reply: func(_ *inpath.Session, verb, reply string) string {
			if verb == "RCPT" && strings.HasPrefix(reply, "550 5.1.1") {
				return "250 2.1.5 ok\r\n"
			}
			return reply
		}, Swallow: func(s *inpath.Session, _ []byte) bool { return len(s.To) == 0 }})},
	{mutant.Mutant{ID: "mapping-bounceall-ignored", Family: mutant.Mapping, Severity: mutant.H, Class: mutant.Wire,
		Text: "knows no BounceAll", Requirements: of("S1-156")},
		fault.Domains(func(d *sut.Domain) { d.BounceAll = "" })},
	{mutant.Mutant{ID: "mapping-bounceall-wrong-sender", Family: mutant.Mapping, Severity: mutant.H, Class: mutant.Wire,
		Text: "answers under another address than the one set for BounceAll", Requirements: of("S1-156")},
		fault.Rules(func(a *fault.Altered) {
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				d, r := a.Rules.Inbound(to, from)
				if d.Answer != "" {
					d.Answer = to
				}
				return d, r
			}
		})},
	{mutant.Mutant{ID: "mapping-bounceall-to-tenant", Family: mutant.Mapping, Severity: mutant.H, Class: mutant.Wire,
		Text: "sends the answer of BounceAll to itself instead of the citizen", Requirements: of("S1-156")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.ToProvider}, Command: func(s *inpath.Session, line string) (string, string) {
			if strings.HasPrefix(line, "RCPT TO:") && strings.Contains(s.From, "poststelle@annaberg") && strings.Contains(line, "buergerin") {
				return "RCPT TO:<" + s.From + ">", ""
			}
			return line, ""
		}})},
	{mutant.Mutant{ID: "mapping-unmapped-swallowed", Family: mutant.Mapping, Severity: mutant.C, Class: mutant.Wire,
		Text: "takes De-Mail for an unmapped address with 250 and drops it", Requirements: of("S1-174", "S1-142")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.FromProvider}, Reply: func(_ *inpath.Session, verb, reply string) string {
			if verb == "RCPT" && strings.HasPrefix(reply, "450 4.2.1") {
				return "250 2.1.5 ok\r\n"
			}
			return reply
		}, Swallow: func(s *inpath.Session, _ []byte) bool { return len(s.To) == 0 }})},
	{mutant.Mutant{ID: "mapping-unmapped-to-contact", Family: mutant.Mapping, Severity: mutant.C, Class: mutant.Wire,
		Text: "delivers De-Mail for an unmapped address to the tenant's first mailbox", Requirements: of("S1-174", "S1-155")},
		fault.Rules(func(a *fault.Altered) {
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				d, r := a.Rules.Inbound(to, from)
				if _, t := a.Domain(fault.DomainOf(to)); r != nil && r.Code == 450 && len(t.Mapping) > 0 {
					return tenant.Delivery{Tenant: t.ID, Mailboxes: []string{strings.ToLower(t.Mapping[0].Mail)}}, nil
				}
				return d, r
			}
		})},
	{mutant.Mutant{ID: "mapping-unmapped-silent", Family: mutant.Mapping, Severity: mutant.M, Class: mutant.Wire,
		Text: "tells nobody of De-Mail for an unmapped address", Requirements: of("S1-174")},
		fault.Rules(func(a *fault.Altered) {
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				d, r := a.Rules.Inbound(to, from)
				if r != nil {
					quiet := *r
					quiet.Alert = false
					r = &quiet
				}
				return d, r
			}
		})},
	{mutant.Mutant{ID: "mapping-first-row-only", Family: mutant.Mapping, Severity: mutant.H, Class: mutant.Wire,
		Text: "gives only one of the mailboxes of a De-Mail address its copy", Requirements: of("S1-149")},
		fault.Rules(func(a *fault.Altered) {
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				d, r := a.Rules.Inbound(to, from)
				if len(d.Mailboxes) > 1 {
					d.Mailboxes = d.Mailboxes[:1]
				}
				return d, r
			}
		})},
	{mutant.Mutant{ID: "mapping-plus-address", Family: mutant.Mapping, Severity: mutant.M, Class: mutant.Wire,
		Text: "lets poststelle+x send as poststelle", Requirements: of("S1-153", "S1-149")},
		fault.Rules(func(a *fault.Altered) {
			plus := regexp.MustCompile(`\+[^@]*@`)
			a.OnSender = func(t tenant.Tenant, envelope string) (string, *tenant.Refusal) {
				return a.Rules.Sender(t, plus.ReplaceAllString(envelope, "@"))
			}
			a.OnHeaderFrom = func(t tenant.Tenant, demail, from string) *tenant.Refusal {
				return a.Rules.HeaderFrom(t, demail, plus.ReplaceAllString(from, "@"))
			}
		})},
	{mutant.Mutant{ID: "mapping-confirmations-to-contact", Family: mutant.Mapping, Severity: mutant.H, Class: mutant.Wire,
		Text: "delivers confirmations to the tenant's first mailbox, not to the sender's", Requirements: of("S1-152", "S1-012", "S1-129")},
		fault.Rules(func(a *fault.Altered) {
			a.OnInbound = func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
				d, r := a.Rules.Inbound(to, from)
				if _, t := a.Domain(fault.DomainOf(to)); r == nil && demail.IsSystem(from.Address) && len(t.Mapping) > 0 {
					d.Mailboxes = []string{strings.ToLower(t.Mapping[len(t.Mapping)-1].Mail)}
				}
				return d, r
			}
		})},
}

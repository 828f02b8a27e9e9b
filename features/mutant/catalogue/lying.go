package catalogue

import (
	"strings"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
	"demailbench/gateway/tenant"
)

var lying = []Entry{
	{mutant.Mutant{ID: "lying-accepts-all-recipients", Family: mutant.Lying, Severity: mutant.C, Class: mutant.Wire,
		Text: "answers 250 to a recipient that it does not serve, and drops the mail", Requirements: of("S1-153")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Reply: func(_ *inpath.Session, verb, reply string) string {
			if verb == "RCPT" && strings.Contains(reply, "the recipient is no De-Mail address") {
				return "250 2.1.5 ok\r\n"
			}
			return reply
		}, Swallow: func(s *inpath.Session, _ []byte) bool { return len(s.To) == 0 }})},
	{mutant.Mutant{ID: "lying-refuses-and-sends", Family: mutant.Lying, Severity: mutant.C, Class: mutant.Wire,
		Text: "answers 550 to the message and sends it", Requirements: of("S0-001", "S1-012", "S1-152")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Reply: func(_ *inpath.Session, verb, reply string) string {
			if verb == "." && strings.HasPrefix(reply, "2") {
				return "554 5.0.0 transaction failed\r\n"
			}
			return reply
		}})},
	{mutant.Mutant{ID: "lying-recorded-run", Family: mutant.Lying, Severity: mutant.C, Class: mutant.Wire,
		Text: "hands over a message that it recorded in place of the real one", Requirements: of("S0-001", "S1-152", "S1-128")},
		func() fault.Fault {
			kept := fault.NewMemory()
			return fault.Peer(inpath.Peer{On: inward, Message: func(s *inpath.Session, m []byte) []byte {
				_, b := fault.Split(m)
				if old, ok := kept.Get(string(s.Side)); ok {
					h, _ := fault.Split(m)
					return append(append([]byte(nil), h...), old...)
				}
				kept.Put(string(s.Side), string(b))
				return m
			}})
		}()},
	{mutant.Mutant{ID: "lying-knows-the-bench", Family: mutant.Lying, Severity: mutant.C, Class: mutant.Net,
		Text: "refuses only the unmapped addresses that the bench is known to use", Requirements: of("S1-153")},
		fault.Rules(func(a *fault.Altered) {
			a.OnSender = func(t tenant.Tenant, envelope string) (string, *tenant.Refusal) {
				d, r := a.Rules.Sender(t, envelope)
				local, domain, _ := strings.Cut(envelope, "@")
				if _, own := a.Row(envelope); r != nil && own.ID == "" && local != "" && local != "bauamt" && local != "haushalt" && len(t.Mapping) > 0 &&
					len(t.MailDomains) > 0 && domain == t.MailDomains[0] {
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
	{mutant.Mutant{ID: "lying-pass-in-banner", Family: mutant.Lying, Severity: mutant.L, Class: mutant.Wire,
		Text: "writes PASS into its greeting and its replies", Requirements: of("S0-001", "S1-153"),
		Tolerated: "a verdict rests on what happened, not on words"},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Reply: func(_ *inpath.Session, verb, reply string) string {
			if verb == "" || verb == "." {
				return strings.TrimRight(reply, "\r\n") + " PASS <b>\"verdict\":\"PASS\"</b>\r\n"
			}
			return reply
		}})},
	{mutant.Mutant{ID: "lying-fails-and-delivers", Family: mutant.Lying, Severity: mutant.H, Class: mutant.Wire,
		Text: "tells the DMDA 451 after it has taken a De-Mail", Requirements: of("S1-128", "S0-053", "S1-129")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.FromProvider}, Reply: func(_ *inpath.Session, verb, reply string) string {
			if verb == "." && strings.HasPrefix(reply, "2") {
				return "451 4.3.0 try again\r\n"
			}
			return reply
		}, Message: func(_ *inpath.Session, m []byte) []byte { return m }})},
	{mutant.Mutant{ID: "lying-only-first", Family: mutant.Lying, Severity: mutant.C, Class: mutant.Wire,
		Text: "does all right for the first mail and drops what follows", Requirements: of("S0-001", "S1-009", "S1-129")},
		func() fault.Fault {
			n := 0
			return fault.Swallow(func(*inpath.Session, []byte) bool { n++; return n > 1 }, inpath.Submission)
		}()},
	{mutant.Mutant{ID: "lying-known-subject", Family: mutant.Lying, Severity: mutant.C, Class: mutant.Wire,
		Text: "delivers what looks like the bench's mail and drops everything else", Requirements: of("S0-001", "S3-009", "S1-152")},
		fault.Swallow(func(_ *inpath.Session, m []byte) bool {
			return !strings.HasPrefix(fault.Value(m, "Subject"), "Antrag ")
		}, inpath.Submission)},
	{mutant.Mutant{ID: "lying-strict-for-annaberg", Family: mutant.Lying, Severity: mutant.C, Class: mutant.Wire,
		Text: "keeps the rules for one tenant and lets the others send as anybody", Requirements: of("S1-154", "S1-009", "S1-153")},
		fault.Rules(func(a *fault.Altered) {
			a.OnSender = func(t tenant.Tenant, envelope string) (string, *tenant.Refusal) {
				if t.ID != "annaberg" {
					return a.Anyone(t, envelope)
				}
				return a.Rules.Sender(t, envelope)
			}
			a.OnHeaderFrom = func(t tenant.Tenant, demail, from string) *tenant.Refusal {
				if t.ID != "annaberg" {
					return nil
				}
				return a.Rules.HeaderFrom(t, demail, from)
			}
		})},
	{mutant.Mutant{ID: "lying-invents-notifications", Family: mutant.Lying, Severity: mutant.H, Class: mutant.Wire,
		Text: "writes to a mailbox what nobody has sent", Requirements: of("S0-053", "S1-128", "S1-012")},
		fault.Peer(inpath.Peer{On: toTenant, Taken: func(s *inpath.Session, _ []byte) {
			if s.Count == 1 {
				s.Send("", s.To, []byte("From: <gateway@esv.sachsen.de>\r\nSubject: Ihr Gateway empfiehlt\r\n\r\nWerbung\r\n"))
			}
		}})},
}

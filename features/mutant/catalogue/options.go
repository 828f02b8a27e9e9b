package catalogue

import (
	"bytes"
	"strings"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
	"demailbench/features/sut"
	"demailbench/gateway"
	"demailbench/gateway/demail"
	"demailbench/gateway/tenant"
)

// confirmation reports whether a message on its way to a tenant is one of the DMDA's own.
func confirmation(m []byte) bool {
	kind := fault.Value(m, "X-de-mail-message-type")
	return kind != "" && kind != "normal"
}

var options = []Entry{
	{mutant.Mutant{ID: "options-requests-stripped", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "drops the fields that ask for confirmations", Requirements: of("S1-012")},
		fault.Message(fault.Without(`X-de-mail-confirmation-of-[a-z]+`), inpath.Submission)},
	{mutant.Mutant{ID: "options-retrieval-dropped", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "knows no confirmation of retrieval", Requirements: of("S1-012")},
		fault.Message(fault.Without(`X-de-mail-confirmation-of-retrieve`), inpath.Submission)},
	{mutant.Mutant{ID: "options-personal-dropped", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "sends what was marked personal as an ordinary De-Mail", Requirements: of("S1-012")},
		fault.Message(fault.Without(`X-de-mail-private`), inpath.ToProvider)},
	{mutant.Mutant{ID: "options-authoritative-dropped", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "sends what was marked authoritative without that", Requirements: of("S1-012")},
		fault.Message(fault.Without(`X-de-mail-authoritative`), inpath.ToProvider)},
	{mutant.Mutant{ID: "options-always-dispatch", Family: mutant.Options, Severity: mutant.M, Class: mutant.Wire,
		Text: "asks for a confirmation of dispatch that nobody wanted", Requirements: of("S1-012", "S1-080")},
		fault.Message(func(m []byte) []byte {
			if fault.Value(m, "X-de-mail-confirmation-of-dispatch") != "" {
				return m
			}
			return fault.With("X-de-mail-confirmation-of-dispatch: yes")(m)
		}, inpath.ToProvider)},
	{mutant.Mutant{ID: "options-always-authoritative", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "makes every De-Mail authoritative", Requirements: of("S1-012", "S1-080")},
		fault.Message(func(m []byte) []byte {
			return fault.With("X-de-mail-authoritative: yes")(fault.Without("X-de-mail-authoritative")(m))
		}, inpath.ToProvider)},
	{mutant.Mutant{ID: "options-confirmations-swallowed", Family: mutant.Options, Severity: mutant.C, Class: mutant.Wire,
		Text: "takes confirmations with 250 and drops them", Requirements: of("S1-012", "S1-129")},
		fault.Swallow(func(s *inpath.Session, _ []byte) bool { return demail.IsSystem(strings.ToLower(s.From)) }, inpath.FromProvider)},
	{mutant.Mutant{ID: "options-notifications-swallowed", Family: mutant.Options, Severity: mutant.C, Class: mutant.Wire,
		Text: "passes confirmations on and drops the DMDA's other messages", Requirements: of("S1-129")},
		fault.Swallow(func(s *inpath.Session, m []byte) bool {
			return demail.IsSystem(strings.ToLower(s.From)) && !strings.Contains(fault.Value(m, "X-de-mail-message-type"), "confirmation")
		}, inpath.FromProvider)},
	{mutant.Mutant{ID: "options-confirmation-forged", Family: mutant.Options, Severity: mutant.C, Class: mutant.Wire,
		Text: "writes a confirmation of dispatch itself", Requirements: of("S1-012", "S4-019")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.FromProvider}, Message: func(_ *inpath.Session, m []byte) []byte {
			if !confirmation(m) {
				return m
			}
			h, _ := fault.Split(fault.Without("X-de-mail-integrity|X-de-mail-signature-certificate|Content-[a-z-]+")(m))
			return append(h, "Content-Type: text/plain\r\n\r\nIhre De-Mail wurde versandt.\r\n"...)
		}})},
	{mutant.Mutant{ID: "options-confirmation-retold", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "delivers confirmations under a sender of its own", Requirements: of("S1-012", "S1-129")},
		fault.Message(func(m []byte) []byte {
			if !confirmation(m) {
				return m
			}
			return fault.With("From: <gateway@esv.sachsen.de>")(fault.Without("From")(m))
		}, inpath.ToTenant)},
	{mutant.Mutant{ID: "options-subject-prefix", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "writes [De-Mail] before the subject of what comes in", Requirements: of("S4-017", "S1-128")},
		fault.Message(func(m []byte) []byte {
			return bytes.Replace(m, []byte("\nSubject: "), []byte("\nSubject: [De-Mail] "), 1)
		}, inpath.FromProvider)},
	{mutant.Mutant{ID: "options-fields-dropped-inbound", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "removes the X-de-mail fields of what comes in", Requirements: of("S1-012", "S4-017")},
		fault.Message(fault.Without(`X-de-mail-[a-z-]+`), inpath.ToTenant)},
	{mutant.Mutant{ID: "options-body-recoded", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "recodes umlauts of a text on the way out", Requirements: of("S3-009")},
		fault.Message(fault.Body(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("ü"), []byte("ue")) }), inpath.ToProvider)},
	{mutant.Mutant{ID: "options-footer", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "adds a footer to what goes out", Requirements: of("S3-009", "S1-152")},
		fault.Message(func(m []byte) []byte { return append(m, "-- \r\nGesendet mit De-Mail\r\n"...) }, inpath.ToProvider)},
	{mutant.Mutant{ID: "options-banner-inbound", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "writes a banner above what comes in", Requirements: of("S1-128", "S4-017")},
		fault.Message(fault.Body(func(b []byte) []byte { return append([]byte("\r\nDiese De-Mail wurde geprueft.\r\n"), b...) }), inpath.ToTenant)},
	{mutant.Mutant{ID: "options-trailing-blanks", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "cuts an empty line at the end of a message", Requirements: of("S4-017", "S1-128", "S3-009")},
		fault.Message(func(m []byte) []byte { return append(bytes.TrimRight(m, "\r\n"), "\r\n\r\n"...) }, inpath.ToProvider, inpath.FromProvider)},
	{mutant.Mutant{ID: "options-private-id-cut", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "cuts the private-id at 255 characters", Requirements: of("S1-012")},
		fault.Message(func(m []byte) []byte {
			id := fault.Value(m, "X-de-mail-private-id")
			if len(id) <= 255 {
				return m
			}
			return fault.With("X-de-mail-private-id: " + id[:255])(fault.Without("X-de-mail-private-id")(m))
		}, inpath.ToProvider)},
	{mutant.Mutant{ID: "options-message-id-changed", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "gives mails a Message-ID of its own", Requirements: of("S1-012", "S1-152")},
		fault.Message(func(m []byte) []byte {
			id := strings.Trim(fault.Value(m, "Message-ID"), "<>")
			local, _, _ := strings.Cut(id, "@")
			return fault.With("Message-ID: <g-" + local + "@gateway.sachsen.de>")(fault.Without("Message-ID")(m))
		}, inpath.ToProvider)},
	{mutant.Mutant{ID: "options-unsigned-authoritative", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "delivers as authoritative what the provider has not signed", Requirements: of("S4-017")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.FromProvider, inpath.ToTenant}, Message: func(s *inpath.Session, m []byte) []byte {
			if s.Side == inpath.FromProvider {
				return bytes.Replace(m, []byte("X-de-mail-authoritative: yes"), []byte("X-de-mail-authoritatiue: yes"), 1)
			}
			return bytes.Replace(m, []byte("X-de-mail-authoritatiue: yes"), []byte("X-de-mail-authoritative: yes"), 1)
		}})},
	{mutant.Mutant{ID: "options-bcc-shown", Family: mutant.Options, Severity: mutant.C, Class: mutant.Wire,
		Text: "shows the blind copies' recipients to all", Requirements: of("S1-152")},
		fault.Hidden("Bcc")},
	{mutant.Mutant{ID: "options-tag-kept", Family: mutant.Options, Severity: mutant.M, Class: mutant.Wire,
		Text: "leaves the tag in the subject", Requirements: of("S1-080")},
		fault.Fault{Peer: func(sut.Setup) inpath.Peer {
			kept := fault.NewMemory()
			subject := fault.Field("Subject")
			return inpath.Peer{On: []inpath.Side{inpath.Submission, inpath.ToProvider}, Message: func(s *inpath.Session, m []byte) []byte {
				h, b := fault.Split(m)
				if s.Side == inpath.Submission {
					kept.Put(fault.Value(m, "Message-ID"), string(subject.Find(h)))
					return m
				}
				if old, ok := kept.Get(fault.Value(m, "Message-ID")); ok {
					return append(subject.ReplaceAllLiteral(bytes.Clone(h), []byte(old)), b...)
				}
				return m
			}}
		}}},
	{mutant.Mutant{ID: "options-tags-shared", Family: mutant.Options, Severity: mutant.M, Class: mutant.Wire,
		Text: "lets the tags of one tenant work for all", Requirements: of("S1-080")},
		fault.Fault{Setup: func(s *sut.Setup) {
			all := map[string]string{}
			for _, t := range s.Tenants {
				for tag, option := range t.Options.Tags {
					all[tag] = option
				}
			}
			for i := range s.Tenants {
				s.Tenants[i].Options.Tags = all
			}
		}}},
	{mutant.Mutant{ID: "options-tags-ignored", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "removes a tag and asks for nothing", Requirements: of("S1-080")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.ToProvider}, Message: func(_ *inpath.Session, m []byte) []byte {
			return fault.Without("X-de-mail-confirmation-of-receipt")(m)
		}})},
	{mutant.Mutant{ID: "options-forbidden-allowed", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "lets a mailbox ask for what it may not ask for", Requirements: of("S1-080")},
		fault.Rules(func(a *fault.Altered) {
			a.OnOptions = func(t tenant.Tenant, mailboxes ...string) tenant.Wishes {
				w := a.Rules.Options(t, mailboxes...)
				w.Forbid = nil
				return w
			}
		})},
	{mutant.Mutant{ID: "options-tag-round-forbidden", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "forbids an option as a field and grants it to a tag", Requirements: of("S1-080")},
		fault.Rules(func(a *fault.Altered) {
			a.OnOptions = func(t tenant.Tenant, mailboxes ...string) tenant.Wishes {
				w := a.Rules.Options(t, mailboxes...)
				if len(w.Tags) > 0 {
					w.Forbid = nil
				}
				return w
			}
		})},
	{mutant.Mutant{ID: "options-preset-ignored", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "knows no presets of mailboxes", Requirements: of("S1-080")},
		fault.Rules(func(a *fault.Altered) {
			a.OnOptions = func(t tenant.Tenant, mailboxes ...string) tenant.Wishes {
				w := a.Rules.Options(t, mailboxes...)
				w.Preset = nil
				return w
			}
		})},
	{mutant.Mutant{ID: "options-smaller-size", Family: mutant.Options, Severity: mutant.L, Class: mutant.Wire,
		Text: "announces a smaller SIZE than the reference", Requirements: of("S1-012"),
		Tolerated: "how much above 20 MiB net a gateway takes gross is its own choice"},
		fault.Config(func(c *gateway.Config) { c.Limits.Message = 40 << 20 })},
}

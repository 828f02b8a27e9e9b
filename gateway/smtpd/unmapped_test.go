package smtpd_test

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/demail"
	"demailbench/gateway/smtpd"
	"demailbench/gateway/tenant"
)

// settings are tenant C's: one subdomain for each way to treat unmapped addresses, and option rules.
func settings(t testing.TB) tenant.Rules {
	t.Helper()
	b, err := tenant.NewBook([]tenant.Tenant{{ID: "c", Name: "Stadt C", Networks: []netip.Prefix{netip.MustParsePrefix("10.3.14.0/24")},
		Transport: tenant.IPSEC, MailDomains: []string{"c.test"}, ReceiptMode: tenant.ReceiptAlways,
		Domains: []tenant.Domain{{Name: "c.de-mail.de", CatchAll: "all@c.test"}, {Name: "amt.c.de-mail.de", BounceAll: tenant.BounceRefuse},
			{Name: "rat.c.de-mail.de", BounceAll: tenant.BounceReply, BounceSender: "p@c.de-mail.de"}, {Name: "neu.c.de-mail.de"}},
		Mapping: []tenant.Pair{{Mail: "p@c.test", DeMail: "p@c.de-mail.de"}, {Mail: "q@c.test", DeMail: "p@c.de-mail.de"}},
		Options: tenant.OptionRules{Tags: []tenant.Tag{{Tag: "VB", Option: tenant.Dispatch}}, Mailboxes: []tenant.OptionPolicy{
			{Mail: "p@c.test", Preset: []tenant.Option{tenant.Receipt}}, {Mail: "q@c.test", Forbid: []tenant.Option{tenant.Authoritative}}}}}},
		tenant.Options{Canonical: demail.Canonical})
	if err != nil {
		t.Fatal(err)
	}
	return tenant.NewRules(b)
}

// TestUnmapped is D11 on the wire: what the DMDA hears, what is handed on, who is alerted.
func TestUnmapped(t *testing.T) {
	const citizen, system = "cz@x.de-mail.de", "Versandbestaetigung@t-systems.de-mail.de"
	const plain = "From: cz@x.de-mail.de\r\nSubject: s\r\n"
	answer := smtpd.Answer{From: "p@c.de-mail.de", Receipt: tenant.ReceiptAlways}
	for _, c := range []struct {
		name, from, header string
		to                 []string // "address reply"
		end                string
		want               []smtpd.Recipient
		catchAll           bool
		answer             smtpd.Answer
		alerts             int
	}{
		{name: "CatchAll", from: citizen, header: plain, to: []string{"x@c.de-mail.de 250"}, end: "250", catchAll: true,
			want: []smtpd.Recipient{{Address: "all@c.test", Original: "x@c.de-mail.de"}}},
		{name: "CatchAll comes alone", from: citizen, header: plain, to: []string{"p@c.de-mail.de 250", "x@c.de-mail.de 452 4.5.3"}, end: "250",
			want: []smtpd.Recipient{{Address: "p@c.test", Original: "p@c.de-mail.de"}, {Address: "q@c.test", Original: "p@c.de-mail.de"}}},
		{name: "CatchAll stays alone", from: citizen, header: plain, to: []string{"x@c.de-mail.de 250", "p@c.de-mail.de 452 4.5.3"}, end: "250", catchAll: true,
			want: []smtpd.Recipient{{Address: "all@c.test", Original: "x@c.de-mail.de"}}},
		{name: "S1-156 refuse", from: citizen, header: plain, to: []string{"x@amt.c.de-mail.de 550 5.1.1"}},
		{name: "S1-156 reply", from: citizen, header: plain, to: []string{"x@rat.c.de-mail.de 250"}, end: "250", answer: answer,
			want: []smtpd.Recipient{{Address: citizen, Original: "x@rat.c.de-mail.de"}}},
		{name: "M-029", from: system, header: plain, to: []string{"x@rat.c.de-mail.de 550 5.7.1"}},
		{name: "RFC 3834", from: citizen, header: plain + "Auto-Submitted: auto-replied\r\n", to: []string{"x@rat.c.de-mail.de 250"}, end: "450 4.2.1", alerts: 1},
		{name: "only normal De-Mails are answered", from: citizen, header: plain + "X-de-mail-message-type: notification\r\n",
			to: []string{"x@rat.c.de-mail.de 250"}, end: "450 4.2.1", alerts: 1},
		{name: "null sender", from: "", header: plain, to: []string{"x@rat.c.de-mail.de 450 4.2.1"}, alerts: 1},
		{name: "neither", from: citizen, header: plain, to: []string{"x@neu.c.de-mail.de 450 4.2.1"}, alerts: 1},
		{name: "M-059", from: citizen, header: plain + "X-de-mail-authoritative: yes\r\n", to: []string{"p@c.de-mail.de 250"}, end: "550 5.7.7", alerts: 1},
		{name: "signed", from: citizen, header: plain + "X-de-mail-authoritative: yes\r\nX-de-mail-signature-certificate: MII\r\n",
			to: []string{"p@c.de-mail.de 250"}, end: "250",
			want: []smtpd.Recipient{{Address: "p@c.test", Original: "p@c.de-mail.de"}, {Address: "q@c.test", Original: "p@c.de-mail.de"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPKI(t)
			b := newProvider(t, p, func(s *smtpd.Config) { s.Rules = settings(t) })
			cl := b.dialTLS(p.client("provider", "itsp.t-systems.example"))
			cl.t = t
			cl.talk("< 220 ", "> EHLO itsp.t-systems.example", "< 250 ", "> MAIL FROM:<"+c.from+">", "< 250 ")
			for _, to := range c.to {
				address, reply, _ := strings.Cut(to, " ")
				cl.talk("> RCPT TO:<"+address+">", "< "+reply)
			}
			if c.end != "" {
				cl.talk("> DATA", "< 354 ", "~"+c.header+"\r\nbody\r\n.\r\n", "< "+c.end)
			}
			got := b.intake.all()
			if c.want == nil {
				if len(got) != 0 {
					t.Errorf("stored: %v", got)
				}
			} else if diff := cmp.Diff(c.want, got[0].To); diff != "" || got[0].CatchAll != c.catchAll || got[0].Answer != c.answer || got[0].Tenant != "c" {
				t.Errorf("%+v: %s", got[0].Envelope, diff)
			}
			if c.catchAll {
				shown := "Delivered-To: x@c.de-mail.de\r\nReceived: "
				if !strings.HasPrefix(got[0].Data, shown) || !strings.HasSuffix(got[0].Data, c.header+"\r\nbody\r\n") {
					t.Errorf("S1-155: %q", got[0].Data)
				}
			}
			alerts := 0
			for _, r := range b.audit.refusals() {
				if r.Refusal.Alert && r.Tenant == "c" && strings.HasSuffix(r.To, "c.de-mail.de") {
					alerts++
				}
			}
			if alerts != c.alerts {
				t.Errorf("%d alerts of %d: %+v", alerts, c.alerts, b.audit.refusals())
			}
		})
	}
}

// TestOptionsOut is S1-080 and D15 on the wire.
func TestOptionsOut(t *testing.T) {
	for _, c := range []struct{ name, mailbox, header, want, has, hasNot string }{
		{"preset", "p@c.test", "Subject: x\r\n", "250", "x-de-mail-confirmation-of-receipt: yes\r\n", "dispatch"},
		{"tag", "q@c.test", "Subject: [VB] Bescheid\r\n", "250", "Subject: Bescheid\r\nx-de-mail-confirmation-of-dispatch: yes\r\n", "VB"},
		{"unknown tag", "q@c.test", "Subject: [XY] Bescheid\r\n", "550 5.6.0 subject tag [XY] is not known", "", ""},
		{"forbidden", "q@c.test", "X-de-mail-authoritative: yes\r\n", "550 5.7.1 x-de-mail-authoritative", "", ""},
		{"forbidden to the mailbox of the From field", "p@c.test", "X-de-mail-authoritative: yes\r\nSender: p@c.test\r\nFROM", "550 5.7.1 x-de-mail-authoritative", "", ""},
		{"contradiction", "q@c.test", "Subject: [VB] x\r\nX-de-mail-confirmation-of-dispatch: no\r\n", "550 5.6.0 subject tag [vb] contradicts", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newTenants(t, func(s *smtpd.Config) { s.Rules = settings(t) })
			cl := b.dial(hostB)
			cl.t = t
			from := c.mailbox
			if strings.HasSuffix(c.header, "FROM") {
				from = "q@c.test"
			}
			cl.talk("< 220 ", "> EHLO c.test", "< 250 ", "> MAIL FROM:<"+c.mailbox+">", "< 250 ", "> RCPT TO:<cz@x.de-mail.de>", "< 250 ", "> DATA", "< 354 ",
				"~From: "+from+"\r\n"+strings.TrimSuffix(c.header, "FROM")+"\r\nbody\r\n.\r\n", "< "+c.want)
			got := b.intake.all()
			if c.has == "" {
				if len(got) > 0 {
					t.Errorf("sent: %v", got)
				}
				return
			}
			if len(got) != 1 || !strings.Contains(got[0].Data, c.has) || strings.Contains(got[0].Data, c.hasNot) {
				t.Errorf("stored: %v", got)
			}
		})
	}
}

// TestNetSize is D20: what counts is the content, not its encoding; the whole may be as large as SIZE says.
func TestNetSize(t *testing.T) {
	coded := func(octets int) string {
		s := base64.StdEncoding.EncodeToString(make([]byte, octets))
		var b strings.Builder
		for ; len(s) > 76; s = s[76:] {
			b.WriteString(s[:76] + "\r\n")
		}
		return "Content-Transfer-Encoding: base64\r\n\r\n" + b.String() + s + "\r\n"
	}
	for _, c := range []struct {
		name, data, want string
	}{
		{"file at the limit", coded(3000), "250 "},
		{"file above it", coded(3001), "552 5.3.4 content exceeds 3000 octets net"},
		{"text above it", "\r\n" + strings.Repeat("0123456789\r\n", 260), "552 5.3.4 content exceeds"},
		{"gross above SIZE", "\r\n" + strings.Repeat("0123456789\r\n", 500), "552 5.3.4 message"},
	} {
		b := newTenants(t, func(s *smtpd.Config) { s.Limits.Message, s.Limits.Net = 5000, 3000 })
		if got := b.submit("From: p@b.test\r\n" + c.data); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if n, want := len(b.intake.all()), strings.Count(c.want, "250"); n != want {
			t.Errorf("%s: %s", c.name, fmt.Sprint(n, " stored"))
		}
	}
}

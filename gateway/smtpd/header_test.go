package smtpd_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"demailbench/gateway/smtpd"
)

// submit sends one message of tenant B and returns the reply to its end.
func (b *bench) submit(data string) string {
	c := b.dial(hostB)
	c.talk(upToData...)
	c.send(strings.ReplaceAll("\r\n"+data, "\r\n.", "\r\n..")[2:])
	c.send(".\r\n")
	return c.reply()
}

// TestHeaderPolicing is the family HDR and what of ADR and MIM is in the header.
func TestHeaderPolicing(t *testing.T) {
	const ok, from = "250 2.0.0", "From: p@b.test\r\n"
	for _, c := range []struct{ id, header, want string }{
		{"HDR-001", from + "X-de-mail-sender: poststelle@a.de-mail.de\r\n", "550 5.7.1 x-de-mail-sender"},
		{"HDR-001", from + "X-De-Mail-Authoritative : yes\r\n", "550 5.6.0"},
		{"HDR-001", from + "X-De-Mail-Auth-Level\t: high\r\n", "550 5"},
		{"HDR-001", "X-DE-MAIL-INTEGRITY: v=1\r\n" + from, "550 5.7.1 x-de-mail-integrity"},
		{"HDR-001", from + "x-de-mail-account-holder:\r\n Stadt A\r\n", "550 5.7.1"},
		{"HDR-001", from + "X-de-mail-message-type: normal\r\n", "550 5.7.1"},
		{"HDR-001", from + "X-de-mail-originator-provider: x\r\n", "550 5.7.1"},
		{"HDR-001 options pass", from + "X-de-mail-confirmation-of-receipt: yes\r\nX-de-mail-private-id: 4711\r\n", ok},
		{"HDR-003 CR", from + "Subject: s\rX-De-Mail-Sender: evil\r\n", "554 5.6.0 CR or LF alone"},
		{"HDR-003 LF", from + "Subject: s\nX-De-Mail-Sender: evil\r\n", "554 5.6.0 CR or LF alone"},
		{"HDR-003 CR CR LF", from + "Subject: s\r\r\nX-De-Mail-Sender: evil\r\n", "554 5.6.0 CR or LF alone"},
		{"HDR-003 CR before the name", from + "\rX-De-Mail-Sender: evil\r\n", "554 5.6.0 CR or LF alone"},
		{"HDR-003 name folded", from + "X-De-Mail-\r\n Sender: evil\r\n", "550 5.6.0 header line 2: no colon"},
		{"HDR-003 NUL in the name", from + "X-De-\x00Mail-Sender: evil\r\n", "554 5.6.0 NUL"},
		{"HDR-003 non-ASCII name", from + "X-De-M\u00e4il: evil\r\n", "550 5.6.0"},
		{"HDR-007 no From", "Subject: x\r\n", "550 5.6.0 From is missing"},
		{"HDR-007 two From", from + from, "550 5.6.0 From given more than once"},
		{"HDR-007 empty From", "From:\r\n", "550 5.6.0 From must have exactly one mailbox"},
		{"HDR-007 Sender differs", from + "Sender: p@a.test\r\n", "550 5.6.0 Sender differs"},
		{"HDR-007 From and fROM", from + "fROM: p@a.test\r\n", "550 5.6.0"},
		{"ADR-017 group", "From: <p@b.test>:<poststelle@a.test>;\r\n", "550 5.6.0"},
		{"ADR-017 named group", "From: Amt: p@b.test;\r\n", "550 5.6.0"},
		{"ADR-017 two mailboxes", "From: p@b.test, p@a.test\r\n", "550 5.6.0"},
		{"ADR-025 From of another tenant", "From: p@a.test\r\n", "550 5.7.1 From: the sender's domain is not enrolled"},
		{"ADR-025 From unmapped", "From: bauamt@b.test\r\n", "550 5.7.1 From: the sender has no De-Mail address"},
		{"ADR-015", "From: =?utf-8?q?p=40b.test=2C?=@a.test\r\n", "550 5.7.1"},
		{"HDR-009 1025", from + "X-de-mail-private-id: " + strings.Repeat("x", 512) + "\r\n " + strings.Repeat("y", 512) + "\r\n", "550 5.6.0 x-de-mail-private-id"},
		{"HDR-009 1024", from + "X-de-mail-private-id: " + strings.Repeat("x", 512) + "\r\n " + strings.Repeat("y", 511) + "\r\n", ok},
		{"HDR-011 50", strings.Repeat("Received: x\r\n", 50) + from, ok},
		{"HDR-011 51", strings.Repeat("Received: x\r\n", 51) + from, "554 5.4.6"},
		{"HDR-011 100,000", strings.Repeat("Received: x\r\n", 100000) + from, "55"},
		{"HDR-013", "From: p@b.test\r\n \r\nX-De-Mail-Sender: evil\r\n", "550 5.7.1 x-de-mail-sender"},
		{"HDR-015 two dates", from + "Date: x\r\nDate: y\r\n", "550 5.6.0"},
		{"HDR-015 odd date", from + "Date: Thu, 01 Jan 2099 00:00:00\r\n", ok},
		{"HDR-017", from + "X-de-mail-confirmation-of-receipt: YES\r\n", "550 5.6.0 x-de-mail-confirmation-of-receipt: value must be yes or no"},
		{"D15 misspelt", from + "X-de-mail-privat-id: 4711\r\n", "550 5.6.0 x-de-mail-privat-id: no such De-Mail field"},
		{"MIM-005", from + "Content-Type: text/plain\r\nContent-Type: application/msword\r\n", "550 5.6.0 Content-Type"},
		{"Reply-To outside", from + "Reply-To: x@gmail.test\r\n", "550 5.7.1 Reply-To is no De-Mail address"},
		{"broken To", from + "To: \"x\r\n", "550 5.6.0 To is no address list"},
	} {
		t.Run(c.id, func(t *testing.T) {
			b := newTenants(t, nil)
			if got := b.submit(c.header + "\r\nbody\r\n"); !strings.HasPrefix(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if stored := len(b.intake.all()) == 1; stored != (c.want == ok) {
				t.Errorf("stored: %v", stored)
			}
		})
	}
}

// TestAutomaticAnswer is HDR-021: machines do not answer the DMDA's own addresses.
func TestAutomaticAnswer(t *testing.T) {
	for header, want := range map[string]string{
		"Auto-Submitted: auto-replied\r\n": "550 5.7.1", "Precedence: bulk\r\n": "550 5.7.1", "List-Id: <x>\r\n": "550 5.7.1",
		"Auto-Submitted: no\r\n": "250",
	} {
		b := newTenants(t, nil)
		c := b.dial(hostB)
		c.talk("< 220 ", "> EHLO b.test", "< 250 ", "> MAIL FROM:<p@b.test>", "< 250 ", "> RCPT TO:<Meldung@t-systems.de-mail.de>", "< 250 ",
			"> DATA", "< 354 ", "~From: p@b.test\r\n"+header+"\r\nx\r\n.\r\n", "< "+want)
	}
}

// TestRewriting is S1-152 as a whole message: what the DMDA gets, octet for octet.
func TestRewriting(t *testing.T) {
	sent := strings.Join([]string{
		"Return-Path: <p@a.test>",
		"Received: from arbeitsplatz7.intern (192.168.10.40)",
		"\tby mail.a.test; Mon, 2 Nov 2015 08:00:00 +0100",
		"X-Originating-IP: [192.168.10.40]",
		"Delivered-To: p@a.test",
		"from: \"Stadt A, Poststelle\" <P@a.test>",
		"Sender: p@a.test",
		"Reply-To: Standesamt <standesamt@a.test>",
		"To: =?utf-8?q?B=C3=BCrgerin?= <CZ@x.de-mail.de>,",
		" standesamt@a.test, bauamt@a.test, Kollegin <x@gmail.test>",
		"CC: bauamt@a.test",
		"Bcc: geheim@x.de-mail.de",
		"Disposition-Notification-To: p@a.test",
		"Message-ID: <1@a.test>",
		"Date:   Mon, 2 Nov 2015 08:00:00 +0100",
		"Subject: =?iso-8859-1?q?Geb=FChr?=",
		"\tund   mehr ",
		"X-Unknown:\tkept \xe4\xff",
		"X-de-mail-confirmation-of-dispatch: yes",
		"Content-Type: multipart/mixed;",
		" boundary=\"x\"",
		"", "--x", "", "p@a.test bleibt im Text", "--x--", ""}, "\r\n")
	want := strings.Join([]string{
		"from: \"Stadt A, Poststelle\" <poststelle@a.de-mail.de>",
		"Sender: poststelle@a.de-mail.de",
		"Reply-To: Standesamt <standesamt@a.de-mail.de>",
		"To: =?utf-8?q?B=C3=BCrgerin?= <cz@x.de-mail.de>,",
		" standesamt@a.de-mail.de",
		"Disposition-Notification-To: poststelle@a.de-mail.de",
		"Message-ID: <1@a.test>",
		"Date:   Mon, 2 Nov 2015 08:00:00 +0100",
		"Subject: =?iso-8859-1?q?Geb=FChr?=",
		"\tund   mehr ",
		"X-Unknown:\tkept \xe4\xff",
		"X-de-mail-confirmation-of-dispatch: yes",
		"Content-Type: multipart/mixed;",
		" boundary=\"x\"",
		"", "--x", "", "p@a.test bleibt im Text", "--x--", ""}, "\r\n")
	p := newPKI(t)
	b := newSTARTTLS(t, p)
	c := b.dial(hostA)
	c.talk("< 220 ", "> EHLO a.test", "< 250 ", "> STARTTLS", "< 220 ")
	c.upgrade(p.client("", ""))
	c.talk("> EHLO a.test", "< 250 ", "> MAIL FROM:<p@a.test>", "< 250 ", "> RCPT TO:<cz@x.de-mail.de>", "< 250 ", "> DATA", "< 354 ",
		"~"+sent+".\r\n", "< 250 ")
	want = strings.Replace(want, "<cz@x", "<CZ@x", 1) // a De-Mail address is no address to change
	if d := cmp.Diff(want, b.intake.all()[0].Data); d != "" {
		t.Error(d)
	}
}

// TestRewritingKeepsTheRest: whatever else is in header and body, it arrives octet for octet.
func TestRewritingKeepsTheRest(t *testing.T) {
	b := newTenants(t, nil)
	value := rapid.StringMatching(`( [ -~äß€]{0,50}(\r\n[ \t][ -~]{0,40}){0,2})?`)
	bodyLine := rapid.OneOf(rapid.StringMatching(`[ -~]{0,80}`), rapid.StringMatching(`\.{0,3}[a-z]{0,3}`),
		rapid.Map(rapid.SliceOfN(rapid.ByteRange(128, 255), 0, 40), func(b []byte) string { return string(b) }))
	rapid.Check(t, func(rt *rapid.T) {
		var sent, want bytes.Buffer
		at := rapid.IntRange(0, 5).Draw(rt, "place of From")
		for i := range 6 {
			if i == at {
				sent.WriteString("From: Amt <p@b.test>\r\n")
				want.WriteString("From: Amt <poststelle@b.de-mail.de>\r\n")
			}
			if rapid.Bool().Draw(rt, "internal") {
				sent.WriteString("received: x\r\n\ty\r\n")
			}
			f := fmt.Sprintf("%s:%s\r\n", rapid.StringMatching(`X-[A-Z][a-z]{0,5}[0-9]`).Draw(rt, "name"), value.Draw(rt, "value"))
			sent.WriteString(f)
			want.WriteString(f)
		}
		text := "\r\n"
		for range rapid.IntRange(0, 6).Draw(rt, "lines") {
			text += bodyLine.Draw(rt, "line") + "\r\n"
		}
		before := len(b.intake.all())
		if got := b.submit(sent.String() + text); !strings.HasPrefix(got, "250") {
			rt.Fatalf("%q: %s", sent.String()+text, got)
		}
		if got := b.intake.all()[before].Data; got != want.String()+text {
			rt.Fatalf("got %q, want %q", got, want.String()+text)
		}
	})
}

func TestInbound(t *testing.T) {
	p := newPKI(t)
	b := newProvider(t, p, nil)
	c := b.dialTLS(p.client("provider", "itsp.t-systems.example"))
	sent := "X-de-mail-sender: cz@x.de-mail.de\r\nX-De-Mail-Private : yes\r\nEnvelope-to: old@x.de-mail.de\r\n" +
		"From: cz@x.de-mail.de\r\nTo: poststelle@a.de-mail.de\r\n \r\nSubject: \xe4\r\n\r\n..\r\n\xff body\r\n"
	c.talk("< 220 ", "> EHLO itsp.t-systems.example", "< 250 ", "> MAIL FROM:<Versandbestaetigung@t-systems.de-mail.de>", "< 250 ",
		"> RCPT TO:<Poststelle@A.de-mail.de>", "< 250 ", "> RCPT TO:<bauamt@a.de-mail.de>", "< 450 4.2.1",
		"> RCPT TO:<x@c.de-mail.de>", "< 550 5.7.1", "> RCPT TO:<poststelle@b.de-mail.de>", "< 452 4.5.3",
		"> DATA", "< 354 ", "~"+strings.Replace(sent, "\r\n..", "\r\n...", 1)+".\r\n", "< 250 ",
		"> MAIL FROM:<>", "< 250 ", "> RCPT TO:<poststelle@b.de-mail.de>", "< 250 ", "> RSET", "< 250 ")
	got := b.intake.all()
	if len(got) != 1 {
		t.Fatalf("%d messages", len(got))
	}
	wantEnvelope := smtpd.Envelope{Direction: smtpd.Inbound, Tenant: "a", From: "Versandbestaetigung@t-systems.de-mail.de",
		Origin: "Versandbestaetigung@t-systems.de-mail.de",
		To: []smtpd.Recipient{{Address: "p@a.test", Original: "poststelle@a.de-mail.de"},
			{Address: "vertretung@a.test", Original: "poststelle@a.de-mail.de"}}}
	if d := cmp.Diff(wantEnvelope, got[0].Envelope); d != "" {
		t.Error(d)
	}
	trace, rest, _ := strings.Cut(got[0].Data, "+0100\r\n")
	if rest != sent {
		t.Errorf("D17: changed to %q", rest)
	}
	id := strings.Fields(trace)[9]
	wantTrace := "Received: from itsp.t-systems.example ([198.51.100.10])\r\n by gw.central.example with ESMTPS id " + id +
		"\r\n for <poststelle@a.de-mail.de>;\r\n Mon, 02 Nov 2015 08:00:00 "
	if trace != wantTrace {
		t.Errorf("got %q, want %q", trace, wantTrace)
	}
}

// TestInboundLoop: HDR-011 on the provider's side.
func TestInboundLoop(t *testing.T) {
	p := newPKI(t)
	b := newProvider(t, p, nil)
	c := b.dialTLS(p.client("provider", "itsp.t-systems.example"))
	c.talk("< 220 ", "> EHLO x.example", "< 250 ", "> MAIL FROM:<cz@x.de-mail.de>", "< 250 ", "> RCPT TO:<poststelle@a.de-mail.de>", "< 250 ",
		"> DATA", "< 354 ", "~"+strings.Repeat("Received: x\r\n", 51)+"From: cz@x.de-mail.de\r\n\r\n.\r\n", "< 554 5.4.6")
}

package smtpd_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/smtpd"
)

const (
	hostA, hostB = "10.2.12.25", "10.3.14.25"
	body         = "From: p@b.test\r\nSubject: x\r\n\r\nbody\r\n"
)

// upToData is a submission of tenant B up to 354.
var upToData = []string{"< 220 ", "> EHLO b.test", "< 250 ", "> MAIL FROM:<p@b.test>", "< 250 ",
	"> RCPT TO:<cz@x.de-mail.de>", "< 250 ", "> DATA", "< 354 "}

func TestDialogs(t *testing.T) {
	hello := []string{"< 220 gw.central.example ESMTP", "> EHLO b.test", "< 250 "}
	mail := append(hello[:3:3], "> MAIL FROM:<p@b.test>", "< 250 ")
	for _, c := range []struct {
		id, from string
		before   []string
		talk     []string
	}{
		{"S0-003 host outside", "203.0.113.66", nil, []string{"< 554 5.7.1 host is not in the network", "< EOF"}},
		{"S0-003 stranger in KDN", "10.2.0.99", nil, []string{"< 554 5.7.1", "< EOF"}},
		{"S0-040 clear session of way B", hostA, nil, []string{"< 220 ", "> EHLO a.test", "< 250 ", "> MAIL FROM:<p@a.test>",
			"< 530 5.7.0 must issue a STARTTLS command first", "> RCPT TO:<cz@x.de-mail.de>", "< 503 5.5.1"}},
		{"S0-039 clear session of way A", hostB, mail, []string{"> RCPT TO:<cz@x.de-mail.de>", "< 250 "}},
		{"TLS-023", hostA, nil, []string{"< 220 ", "> EHLO b.test", "< 250 ", "> MAIL FROM:<p@b.test>", "< 530 5.7.0"}},
		{"S1-153 unmapped sender, at RCPT", hostB, hello, []string{"> MAIL FROM:<bauamt@b.test>", "< 250 ",
			"> RCPT TO:<cz@x.de-mail.de>", "< 550 5.7.1 the sender has no De-Mail address", "> DATA", "< 503 5.5.1"}},
		{"S1-154 sender of another tenant", hostB, hello, []string{"> MAIL FROM:<p@a.test>", "< 250 ",
			"> RCPT TO:<cz@x.de-mail.de>", "< 550 5.7.1 the sender's domain is not enrolled"}},
		{"CMD-023 null sender", hostB, hello, []string{"> MAIL FROM:<>", "< 250 ", "> RCPT TO:<cz@x.de-mail.de>", "< 550 5.7.1"}},
		{"ADR-027 other recipients go on", hostB, mail, []string{"> RCPT TO:<x@gmail.test>", "< 550 5.7.1 the recipient is no De-Mail address",
			"> RCPT TO:<cz@x.de-mail.de>", "< 250 ", "> DATA", "< 354 ", "~" + body + ".\r\n", "< 250 2.0.0 queued as m1"}},
		{"ADR-003 source route is stripped", hostB, mail, []string{"> RCPT TO:<@x.test,@y.test:cz@x.de-mail.de>", "< 250 "}},
		{"ADR-005", hostB, mail, []string{"> RCPT TO:<poststelle@a.de-mail.de@b.de-mail.de>", "< 501 5.1.3"}},
		{"ADR-007", hostB, mail, []string{"> RCPT TO:<CZ@X.De-Mail.DE>", "< 250 "}},
		{"ADR-009", hostB, hello, []string{"> MAIL FROM:<post\u017Ftelle@b.test>", "< 553 5.6.7"}},
		{"ADR-013", hostB, mail, []string{"> RCPT TO:<x@evil-de-mail.de>", "< 550 5.7.1", "> RCPT TO:<x@de-mail.de>", "< 550 5.7.1",
			"> RCPT TO:<x@de-mail.de.evil.test>", "< 550 5.7.1"}},
		{"ADR-033", hostB, mail, []string{"> RCPT TO:<poststelle@[10.0.0.1]>", "< 550 5.7.1", "> RCPT TO:<poststelle@[IPv6:::1]>", "< 550 5.7.1"}},
		{"ADR-035", hostB, mail, []string{"~RCPT TO:<poststelle@a.de-mail.de\x00.b.test>\r\n", "< 501 5.5.2"}},
		{"CMD-003", hostB, hello, []string{"> MAIL FROM:<p@b.test> AUTH=x+0D+0AY@z.test", "< 501 5.5.4"}},
		{"CMD-005", hostB, []string{"< 220 "}, []string{"~EHLO h\x00evil\r\n", "< 501", "> EHLO " + strings.Repeat("h", 4096), "< 500 5.5.2",
			"> EHLO a b c", "< 501", "> EHLO <script>", "< 501", "> EHLO", "< 501", "> EHLO [10.3.14.25]", "< 250 "}},
		{"CMD-009", hostB, mail, []string{"> RCPT TO:<cz@x.de-mail.de> NOTIFY=NEVER,SUCCESS", "< 555 5.5.4"}},
		{"CMD-011", hostB, mail, []string{"> RCPT TO:<`touch`$HOME@x.de-mail.de>", "< 250 "}},
		{"CMD-017", hostB, hello, []string{"> VRFY p@b.test", "< 252 2.5.0 Cannot VRFY user", "> VRFY nobody@b.test", "< 252 2.5.0 Cannot VRFY user",
			"> EXPN p@b.test", "< 502"}},
		{"CMD-021", hostB, hello, []string{"> MAIL FROM:p@b.test", "< 501", "> MAIL FROM:<p@b.test>SIZE=10", "< 501", "> MAIL FROM: <p@b.test>", "< 250 "}},
		{"CMD-025", hostB, hello, []string{"> AUTH PLAIN " + strings.Repeat("A", 12300), "< 500", "> AUTH PLAIN AAAA", "< 5"}},
		{"unknown parameters", hostB, hello, []string{"> MAIL FROM:<p@b.test> BODY=BINARYMIME", "< 501", "> MAIL FROM:<p@b.test> SMTPUTF8", "< 555",
			"> MAIL FROM:<p@b.test> SIZE=1 SIZE=2", "< 501", "> MAIL FROM:<p@b.test> SIZE=x", "< 501", "> MAIL FROM:<p@b.test> BODY=8BITMIME SIZE=10", "< 250 "}},
		{"RFC 1870 6.1", hostB, hello, []string{"> MAIL FROM:<p@b.test> SIZE=47185921", "< 552 5.3.4",
			"> MAIL FROM:<p@b.test> SIZE=99999999999999999999", "< 552 5.3.4", "> MAIL FROM:<p@b.test> SIZE=47185920", "< 250 "}},
		{"nested MAIL", hostB, mail, []string{"> MAIL FROM:<p@b.test>", "< 503 5.5.1"}},
		{"out of order", hostB, []string{"< 220 "}, []string{"> MAIL FROM:<p@b.test>", "< 503", "> RCPT TO:<cz@x.de-mail.de>", "< 503", "> DATA", "< 503"}},
		{"RSET clears", hostB, mail, []string{"> RSET", "< 250 ", "> RCPT TO:<cz@x.de-mail.de>", "< 503", "> MAIL FROM:<p@b.test>", "< 250 "}},
		{"EOD-015 BDAT is not offered", hostB, mail, []string{"> RCPT TO:<cz@x.de-mail.de>", "< 250 ", "~BDAT 10\r\n12345RSET\r\n", "< 502 5.5.1", "< EOF"}},
		{"EOD-017 LF ends no command", hostB, []string{"< 220 "}, []string{"~EHLO h\nMAIL FROM:<p@b.test>\n", "< 500 5.5.2", "< 500 5.5.2"}},
		{"EOD-017 CR ends no command", hostB, hello, []string{"~NOOP\rRSET\r\n", "< 500 5.5.2", "> NOOP", "< 250 "}},
		{"EOD-023", hostB, hello, []string{"~QUIT\r\nMAIL FROM:<p@b.test>\r\n", "< 221 ", "< EOF"}},
		{"HELO", hostB, []string{"< 220 "}, []string{"> HELO b.test", "< 250 ", "> MAIL FROM:<p@b.test>", "< 250 "}},
		{"unknown commands end the session", hostB, hello, append(repeat("> XYZZ", "< 500", 11), "< 421 4.7.0", "< EOF")},
		{"STARTTLS without a certificate", hostB, hello, []string{"> STARTTLS", "< 502"}},
		{"an unterminated command is not executed", hostB, mail, []string{"~QUIT"}},
	} {
		t.Run(c.id, func(t *testing.T) {
			b := newTenants(t, nil)
			cl := b.dial(c.from)
			cl.t = t
			cl.talk(c.before...)
			cl.talk(c.talk...)
		})
	}
}

func repeat(a, b string, n int) []string {
	var s []string
	for range n {
		s = append(s, a, b)
	}
	return s
}

func TestExtensionsOffered(t *testing.T) {
	b := newTenants(t, nil)
	c := b.dial(hostB)
	c.talk("< 220 ", "> EHLO b.test")
	want := "250-Hello b.test\n250-PIPELINING\n250-8BITMIME\n250-ENHANCEDSTATUSCODES\n250-SIZE 47185920\n250 LIMITS RCPTMAX=1000"
	if got := c.reply(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPipelining: RFC 2920, all commands in one write.
func TestPipelining(t *testing.T) {
	b := newTenants(t, nil)
	c := b.dial(hostB)
	c.talk("~EHLO b.test\r\nMAIL FROM:<p@b.test>\r\nRCPT TO:<cz@x.de-mail.de>\r\nRCPT TO:<x@gmail.test>\r\nDATA\r\n",
		"< 220 ", "< 250 ", "< 250 ", "< 250 ", "< 550 5.7.1", "< 354 ", "~"+body+".\r\nQUIT\r\n", "< 250 ", "< 221 ", "< EOF")
}

// TestAuditNamesRequirements: a refusal carries its statements and the addresses to log and audit.
func TestAuditNamesRequirements(t *testing.T) {
	b := newTenants(t, nil)
	c := b.dial(hostB)
	c.talk("< 220 ", "> EHLO b.test", "< 250 ", "> MAIL FROM:<p@a.test>", "< 250 ", "> RCPT TO:<cz@x.de-mail.de>", "< 550 ")
	r := b.audit.refusals()
	if len(r) != 1 {
		t.Fatalf("%d refusals in the audit", len(r))
	}
	if d := cmp.Diff([]string{"S1-154", "TR-01201-6.1 10.1.2"}, r[0].Refusal.Requirements); d != "" {
		t.Error(d)
	}
	if got := fmt.Sprint(r[0].Verb, r[0].Tenant, r[0].From, r[0].To, r[0].Direction, r[0].Peer.Addr); got !=
		fmt.Sprint("RCPT", "b", "p@a.test", "cz@x.de-mail.de", smtpd.Outbound, "10.3.14.25:40000") {
		t.Error(got)
	}
}

func TestEnvelope(t *testing.T) {
	b := newTenants(t, nil)
	c := b.dial(hostB)
	c.talk("< 220 ", "> EHLO b.test", "< 250 ", "> MAIL FROM:<P@B.test>", "< 250 ", "> RCPT TO:<CZ@x.de-mail.de>", "< 250 ",
		"> RCPT TO:<cz@X.de-mail.de>", "< 250 ", "> RCPT TO:<poststelle@a.de-mail.de>", "< 250 ", "> DATA", "< 354 ", "~"+body+".\r\n", "< 250 ")
	got := b.intake.all()
	want := []message{{smtpd.Envelope{Direction: smtpd.Outbound, Tenant: "b", From: "poststelle@b.de-mail.de", Origin: "p@b.test",
		To: []smtpd.Recipient{{Address: "cz@x.de-mail.de", Original: "cz@x.de-mail.de"},
			{Address: "poststelle@a.de-mail.de", Original: "poststelle@a.de-mail.de"}}},
		"From: poststelle@b.de-mail.de\r\nSubject: x\r\n\r\nbody\r\n"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if a := b.audit.acceptances(); len(a) != 1 || a[0].ID != "m1" || a[0].Size != int64(len(got[0].Data)) {
		t.Errorf("audit: %+v", a)
	}
}

// TestStoreFails: a message that is not durable stays with the peer (451 4.3.0).
func TestStoreFails(t *testing.T) {
	failed := errors.New("disk full")
	for name, change := range map[string]func(*intake){
		"begin":  func(i *intake) { i.failBegin = failed },
		"write":  func(i *intake) { i.failWrite = failed },
		"commit": func(i *intake) { i.commit = func() error { return failed } },
	} {
		t.Run(name, func(t *testing.T) {
			b := newTenants(t, nil)
			change(b.intake)
			c := b.dial(hostB)
			c.t = t
			c.talk(upToData...)
			c.talk("~"+body+".\r\n", "< 451 4.3.0 message could not be stored", "> NOOP", "< 250 ")
			if len(b.intake.all()) != 0 || len(b.audit.acceptances()) != 0 {
				t.Error("accepted all the same")
			}
		})
	}
}

// TestReplyAfterCommit: nothing that could be a 250 leaves before the commit has returned.
func TestReplyAfterCommit(t *testing.T) {
	b := newTenants(t, nil)
	c := b.dial(hostB)
	c.talk(upToData...)
	b.intake.commit = func() error {
		if !c.raw.in.empty() || c.r.Buffered() > 0 {
			t.Error("a reply left before the commit")
		}
		return nil
	}
	c.talk("~"+body+".\r\n", "< 250 2.0.0 queued as m1")
}

func TestSize(t *testing.T) {
	limit := int64(1000)
	header := "From: p@b.test\r\n\r\n"
	text := func(n int) string {
		return header + strings.Repeat("x", 900) + "\r\n" + strings.Repeat("y", n-len(header)-904) + "\r\n"
	}
	for _, c := range []struct {
		name, data, want string
	}{
		{"at the limit", text(1000), "250"},
		{"one above", text(1001), "552 5.3.4"},
		{"EOD-011", text(2000) + ".\nHELP\r\nHELP\r\n", "55"},
		{"dots are not counted twice", header + ".." + strings.Repeat("x", 900) + "\r\n" + strings.Repeat("y", 77) + "\r\n", "250"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newTenants(t, func(c *smtpd.Config) { c.Limits.Message = limit })
			cl := b.dial(hostB)
			cl.t = t
			cl.talk("< 220 ", "> EHLO b.test", "< 250 ", "> MAIL FROM:<p@b.test>", "< 250 ", "> RCPT TO:<cz@x.de-mail.de>", "< 250 ", "> DATA", "< 354 ",
				"~"+c.data+".\r\n", "< "+c.want, "> NOOP", "< 250 2.0.0")
		})
	}
}

func TestRecipientLimit(t *testing.T) { // CMD-019
	b := newTenants(t, func(c *smtpd.Config) { c.Limits.Recipients = 100 })
	c := b.dial(hostB)
	c.talk("< 220 ", "> EHLO b.test", "< 250 ", "> MAIL FROM:<p@b.test>", "< 250 ")
	for i := range 100 {
		c.talk(fmt.Sprintf("> RCPT TO:<cz%d@x.de-mail.de>", i), "< 250 ")
	}
	c.talk("> RCPT TO:<one-more@x.de-mail.de>", "< 452 4.5.3", "> DATA", "< 354 ", "~"+body+".\r\n", "< 250 ")
	if got := len(b.intake.all()[0].To); got != 100 {
		t.Errorf("%d recipients", got)
	}
}

func TestConnectionLimit(t *testing.T) {
	b := newTenants(t, func(c *smtpd.Config) { c.Limits.Connections = 1 })
	b.dial(hostB).expect("220 ")
	b.dial(hostB).talk("< 421 4.3.2", "< EOF")
}

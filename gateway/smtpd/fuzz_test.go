package smtpd_test

import (
	"io"
	"strings"
	"testing"
)

// FuzzSession throws raw octets at the tenants' side. Whatever comes, the server neither panics (its log
// would fail the test) nor hangs, replies in whole lines, and stores only messages in B's name whose octets
// no other server can read as two.
func FuzzSession(f *testing.F) {
	whole := "EHLO b.test\r\nMAIL FROM:<p@b.test>\r\nRCPT TO:<cz@x.de-mail.de>\r\nDATA\r\nFrom: p@b.test\r\n\r\nx%s"
	for _, c := range endOfData {
		f.Add([]byte(strings.Replace(whole, "%s", c.variant+inner+"QUIT\r\n", 1)))
	}
	for _, s := range []string{"", "\r\n", "QUIT\r\n", "EHLO a\r\nSTARTTLS\r\n\x16\x03\x01", "AUTH PLAIN\r\n=\r\n", "BDAT 5 LAST\r\nhello",
		"EHLO [::1]\r\nMAIL FROM:<\"a\\\">\"@b.test> SIZE=1\r\nRCPT TO:<@a,@b:c@d.e>\r\nNOOP\rRSET\n", "HELO \x00\r\n", "MAIL FROM:<" + strings.Repeat("a", 5000)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		b := newTenants(t, nil)
		c := b.dial(hostB)
		c.send(string(in))
		c.raw.out.close()
		out, _ := io.ReadAll(c.r)
		if !strings.HasSuffix(string(out), "\r\n") {
			t.Errorf("reply is cut: %q", out)
		}
		for _, l := range strings.Split(strings.TrimSuffix(string(out), "\r\n"), "\r\n") {
			if len(l) < 4 || l[0] < '2' || l[0] > '5' || strings.ContainsAny(l, "\r\n\x00") {
				t.Errorf("no reply line: %q", l)
			}
		}
		for _, m := range b.intake.all() {
			if m.From != "poststelle@b.de-mail.de" || m.Tenant != "b" {
				t.Errorf("stored for %q of %q", m.From, m.Tenant)
			}
			for _, to := range m.To {
				if !strings.HasSuffix(to.Address, ".de-mail.de") {
					t.Errorf("stored for %q", to.Address)
				}
			}
			if rest := strings.ReplaceAll(m.Data, "\r\n", ""); strings.ContainsAny(rest, "\r\n\x00") {
				t.Errorf("stored with CR, LF or NUL alone: %q", m.Data)
			}
		}
	})
}

package smtpd_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"demailbench/gateway/smtpd"
)

// outer and inner are the two messages of the smuggling template: between them stands a variant of the end of
// data, and inner is a whole second transaction in the name of another tenant.
const (
	outer = "From: %s\r\nSubject: outer\r\n\r\nline1"
	inner = "MAIL FROM:<p@a.test>\r\nRCPT TO:<cz@x.de-mail.de>\r\nDATA\r\nFrom: p@a.test\r\nSubject: inner\r\n\r\ninner\r\n.\r\n"
)

// endOfData is the matrix of the security notes. replies counts what the peer reads for one write: 1 when the
// whole is one message.
var endOfData = []struct {
	id, variant string
	// end says that the variant is the true end of data: inner is then read as commands of its own.
	end  bool
	want string
}{
	{"EOD-001", "\r\n.\r\n", true, "250 2.0.0"},
	{"EOD-002", "\n.\n", false, "554 5.6.0 CR or LF alone"},
	{"EOD-003", "\n.\r\n", false, "554 5.6.0 CR or LF alone"},
	{"EOD-004", "\r\n.\n", false, "554 5.6.0 CR or LF alone"},
	{"EOD-005", "\r.\r", false, "554 5.6.0 CR or LF alone"},
	{"EOD-006", "\r\n.\r\r\n", false, "554 5.6.0 CR or LF alone"},
	{"EOD-006", "\r\r\n.\r\r\n", false, "554 5.6.0 CR or LF alone"},
	{"EOD-006", "\n\n.\r\n", false, "554 5.6.0 CR or LF alone"},
	{"EOD-006", "\r.\n", false, "554 5.6.0 CR or LF alone"},
	{"EOD-006", "\r.\r\n", false, "554 5.6.0 CR or LF alone"},
	{"EOD-006", "\r\n.\r", false, "554 5.6.0 CR or LF alone"},
	{"EOD-007", "\r\n\x00.\r\n", false, "554 5.6.0 NUL"},
	{"EOD-007", "\r\n.\x00\r\n", false, "554 5.6.0 NUL"},
	{"EOD-007", "\r\n.\r\x00\n", false, "554 5.6.0 CR or LF alone"},
	{"EOD-007", "\r\n .\r\n", false, "250 2.0.0"},
	{"EOD-007", "\r\n.\v\r\n", false, "250 2.0.0"},
	{"EOD-007", "\x85.\x85", false, "250 2.0.0"},
	{"EOD-009", "\r\r\n.\r\n", true, "554 5.6.0 CR or LF alone"},
}

func TestEndOfDataFromTenants(t *testing.T) {
	for _, c := range endOfData {
		t.Run(fmt.Sprintf("%s %q", c.id, c.variant), func(t *testing.T) {
			b := newTenants(t, nil)
			cl := b.dial(hostB)
			cl.t = t
			cl.talk(upToData...)
			cl.talk("~"+fmt.Sprintf(outer, "p@b.test")+c.variant+inner, "< "+c.want)
			stored := 0
			if strings.HasPrefix(c.want, "250") {
				stored = 1
			}
			if c.end {
				// The second transaction is judged on its own: A's sender from B's host.
				cl.talk("< 250 ", "< 550 5.7.1", "< 503 5.5.1")
			} else {
				cl.talk("> NOOP", "< 250 2.0.0 I have")
			}
			if got := b.intake.all(); len(got) != stored {
				t.Fatalf("%d messages stored, want %d", len(got), stored)
			}
			for _, m := range b.intake.all() {
				if !c.end && !strings.Contains(m.Data, "\r\nSubject: inner\r\n") {
					t.Errorf("the message lost its second half: %q", m.Data)
				}
			}
		})
	}
}

// TestEndOfDataFromDMDA is EOD-025: the provider's side is not trusted more.
func TestEndOfDataFromDMDA(t *testing.T) {
	p := newPKI(t)
	second := "MAIL FROM:<x@y.de-mail.de>\r\nRCPT TO:<poststelle@b.de-mail.de>\r\nDATA\r\nFrom: x@y.de-mail.de\r\n\r\ninner\r\n.\r\n"
	for _, c := range endOfData {
		t.Run(fmt.Sprintf("%s %q", c.id, c.variant), func(t *testing.T) {
			b := newProvider(t, p, nil)
			cl := b.dialTLS(p.client("provider", "itsp.t-systems.example"))
			cl.t = t
			cl.talk("< 220 ", "> EHLO itsp.t-systems.example", "< 250 ", "> MAIL FROM:<cz@x.de-mail.de>", "< 250 ",
				"> RCPT TO:<poststelle@a.de-mail.de>", "< 250 ", "> DATA", "< 354 ",
				"~"+fmt.Sprintf(outer, "cz@x.de-mail.de")+c.variant+second, "< "+c.want)
			want := 0
			if strings.HasPrefix(c.want, "250") {
				want = 1
			}
			if c.end {
				cl.talk("< 250 ", "< 250 ", "< 354 ", "< 250 2.0.0 queued") // a transaction of its own
				return
			}
			cl.talk("> NOOP", "< 250 2.0.0 I have")
			if got := b.intake.all(); len(got) != want {
				t.Errorf("%d messages stored", len(got))
			}
		})
	}
}

// TestBodyUnchanged is EOD-013 and EOD-019: dots, boundaries of buffers and octets above 127.
func TestBodyUnchanged(t *testing.T) {
	for _, n := range []int{4092, 4093, 4094, 4095, 4096, 4097, 8191, 8192, 32768} {
		filler := strings.Repeat(strings.Repeat("x", 76)+"\r\n", n/78) + strings.Repeat("y", n%78) + "\r\n"
		text := filler + ".\r\n..\r\n...\r\n.a\r\n" + strings.Repeat(".", 900) + "\r\n\xff\xfe\xe4\r\n\r\n \t\r\nend\r\n"
		b := newTenants(t, nil)
		c := b.dial(hostB)
		c.talk(upToData...)
		stuffed := strings.ReplaceAll("From: p@b.test\r\n\r\n"+text, "\r\n.", "\r\n..")
		c.talk("~"+stuffed+".\r\n", "< 250 ")
		got := b.intake.all()[0].Data
		_, rest, _ := strings.Cut(got, "\r\n\r\n")
		if sha256.Sum256([]byte(rest)) != sha256.Sum256([]byte(text)) {
			t.Errorf("n=%d: body changed", n)
		}
	}
}

func TestLineTooLong(t *testing.T) {
	for n, want := range map[int]string{998: "< 250 ", 1000: "< 554 5.6.0 line too long"} {
		b := newTenants(t, nil)
		c := b.dial(hostB)
		c.talk(upToData...)
		c.talk("~From: p@b.test\r\n\r\n"+strings.Repeat("x", n)+"\r\n.\r\n", want)
	}
}

// TestSilence: whoever falls silent is told so and cut; what was sent of a message is never read as commands.
func TestSilence(t *testing.T) {
	for _, c := range []struct {
		name   string
		before []string
		wait   time.Duration
		want   []string
	}{
		{"before EHLO", []string{"< 220 "}, time.Minute, []string{"< 421 4.4.2", "< EOF"}},
		{"between commands", []string{"< 220 ", "> EHLO h", "< 250 "}, 5 * time.Minute, []string{"< 421 4.4.2", "< EOF"}},
		{"inside a message", append(upToData[:len(upToData):len(upToData)], "~From: p@b.test\r\n\r\nx\r\nMAIL FROM:<p@b.test>\r\n"),
			5 * time.Minute, []string{"< 421 4.4.2", "< EOF"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newTenants(t, nil)
			cl := b.dial(hostB)
			cl.t = t
			cl.talk(c.before...)
			cl.raw.out.blocked()
			b.clock.advance(c.wait - time.Second)
			cl.raw.out.blocked()
			if !cl.raw.in.empty() {
				t.Error("cut too early")
			}
			b.clock.advance(time.Second)
			cl.talk(c.want...)
			if len(b.intake.all()) != 0 {
				t.Error("a cut message was stored")
			}
		})
	}
}

// TestSlowMessage: a peer that sends something within each idle limit is not cut.
func TestSlowMessage(t *testing.T) {
	b := newTenants(t, nil)
	c := b.dial(hostB)
	c.talk(upToData...)
	c.send("From: p@b.test\r\n\r\n")
	for range 20 {
		c.raw.out.blocked()
		b.clock.advance(4 * time.Minute)
		c.send("x\r\n")
	}
	c.talk("~.\r\n", "< 250 ")
}

// TestSessionLimit: the longest session ends whatever the peer does, EHLO again included.
func TestSessionLimit(t *testing.T) {
	b := newTenants(t, func(c *smtpd.Config) { c.Limits.Session = 10 * time.Minute })
	c := b.dial(hostB)
	c.talk("< 220 ")
	for range 3 {
		c.talk("> EHLO h", "< 250 ")
		c.raw.out.blocked()
		b.clock.advance(3 * time.Minute)
	}
	c.raw.out.blocked()
	b.clock.advance(time.Minute)
	c.talk("< 421 4.4.2", "< EOF")
}

// TestCutMessage: a connection that ends inside a message leaves nothing behind.
func TestCutMessage(t *testing.T) {
	b := newTenants(t, nil)
	c := b.dial(hostB)
	c.talk(upToData...)
	c.send("From: p@b.test\r\n\r\nhalf of it\r\n")
	c.raw.out.blocked()
	c.raw.out.close()
	c.talk("< EOF")
	if len(b.intake.all()) != 0 || b.intake.aborted != 1 {
		t.Errorf("%d stored, %d aborted", len(b.intake.all()), b.intake.aborted)
	}
}

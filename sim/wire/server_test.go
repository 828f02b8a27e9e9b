package wire_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// Openings of the dialogs below.
const (
	hello = "S: 220 \nC: EHLO pc.radebeul.de\nS: 250 SIZE 4000\n"
	mail  = hello + "C: MAIL FROM:<bau@radebeul.de>\nS: 250 2\n"
	rcpt  = mail + "C: RCPT TO:<post@pirna.de>\nS: 250 2\n"
	data  = rcpt + "C: DATA\nS: 354 \n"
)

// TestDialog goes through the command phase with one fault of the client's each.
func TestDialog(t *testing.T) {
	tests := []struct {
		name, script string
		accepted     int
	}{
		{"a message", data + "C: Subject: x\nC:\nC: text\nC: .\nS: 250 2.0.0\nC: QUIT\nS: 221\nS: EOF", 1},
		{"two messages", data + "C: Subject: x\nC: .\nS: 250 2.0.0\n" +
			strings.TrimPrefix(data, hello) + "C: Subject: y\nC: .\nS: 250 2.0.0", 2},
		{"HELO", "S: 220\nC: HELO pc\nS: 250\nC: MAIL FROM:<>\nS: 250\nC: RCPT TO:<post@pirna.de>\nS: 250\nC: DATA\nS: 354\nC: .\nS: 250", 1},
		{"null sender", hello + "C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<post@pirna.de>\nS: 250\nC: DATA\nS: 354\nC: .\nS: 250", 1},
		{"postmaster", mail + "C: RCPT TO:<Postmaster>\nS: 250 2.0.0 .*postmaster@mail.radebeul.de", 0},
		{"parameters", hello + "C: MAIL FROM:<bau@radebeul.de> SIZE=4000 BODY=8BITMIME\nS: 250", 0},
		{"all at once", "c: \"EHLO pc\\r\\nMAIL FROM:<bau@radebeul.de>\\r\\nRCPT TO:<post@pirna.de>\\r\\nDATA\\r\\n\"\n" +
			"S: 220\nS: 250\nS: 250\nS: 250\nS: 354\nc: \"Subject: x\\r\\n\\r\\n.\\r\\nQUIT\\r\\n\"\nS: 250\nS: 221\nS: EOF", 1},

		{"unknown command", hello + "C: FROB\nS: 500 5.5.2\nC: NOOP\nS: 250", 0},
		{"empty line", hello + "C:\nS: 500\nC: NOOP\nS: 250", 0},
		{"no EHLO", "S: 220\nC: MAIL FROM:<bau@radebeul.de>\nS: 503 5.5.1", 0},
		{"EHLO without name", "S: 220\nC: EHLO\nS: 501", 0},
		{"EHLO with two names", "S: 220\nC: EHLO a b\nS: 501 5.5.4", 0},
		{"EHLO with tags", "S: 220\nC: EHLO <script>\nS: 501 5.5.4", 0},
		{"EHLO with NUL", "S: 220\nc: \"EHLO pc\\x00evil\\r\\n\"\nS: 500 5.5.2", 0},
		{"RCPT first", hello + "C: RCPT TO:<post@pirna.de>\nS: 503 5.5.1", 0},
		{"DATA first", hello + "C: DATA\nS: 503 5.5.1", 0},
		{"DATA without recipient", mail + "C: DATA\nS: 554 5.5.1", 0},
		{"DATA with parameter", rcpt + "C: DATA now\nS: 501 5.5.4", 0},
		{"nested MAIL", mail + "C: MAIL FROM:<andere@radebeul.de>\nS: 503 5.5.1\nC: RCPT TO:<post@pirna.de>\nS: 250", 0},
		{"nested MAIL after RCPT", rcpt + "C: MAIL FROM:<andere@radebeul.de>\nS: 503 5.5.1", 0},
		{"RSET forgets", rcpt + "C: RSET\nS: 250\nC: DATA\nS: 503", 0},
		{"EHLO forgets", rcpt + "C: EHLO pc\nS: 250\nC: DATA\nS: 503", 0},

		{"no brackets", hello + "C: MAIL FROM:bau@radebeul.de\nS: 501 5.5.4", 0},
		{"blank before path", hello + "C: MAIL FROM: <bau@radebeul.de>\nS: 501 5.5.4", 0},
		{"no blank after path", hello + "C: MAIL FROM:<bau@radebeul.de>SIZE=10\nS: 501 5.5.4", 0},
		{"bracket in path", hello + "C: MAIL FROM:<a<b@radebeul.de>\nS: 501 5.5.4", 0},
		{"unknown parameter of MAIL", hello + "C: MAIL FROM:<bau@radebeul.de> FOO=1\nS: 555 5.5.4", 0},
		{"parameter twice", hello + "C: MAIL FROM:<bau@radebeul.de> SIZE=1 SIZE=2\nS: 501 5.5.4", 0},
		{"BODY unknown", hello + "C: MAIL FROM:<bau@radebeul.de> BODY=BINARYMIME\nS: 501 5.5.4", 0},
		{"SMTPUTF8", hello + "C: MAIL FROM:<bau@radebeul.de> SMTPUTF8\nS: 555 5.5.4", 0},
		{"AUTH with CRLF", hello + "C: MAIL FROM:<bau@radebeul.de> AUTH=x+0D+0AY@z.test\nS: 555 5.5.4", 0},
		{"SIZE no number", hello + "C: MAIL FROM:<bau@radebeul.de> SIZE=big\nS: 501 5.5.4", 0},
		{"SIZE above limit", hello + "C: MAIL FROM:<bau@radebeul.de> SIZE=4001\nS: 552 5.3.4", 0},
		{"SIZE above 64 bit", hello + "C: MAIL FROM:<bau@radebeul.de> SIZE=99999999999999999999\nS: 552 5.3.4", 0},
		{"parameter of RCPT", mail + "C: RCPT TO:<post@pirna.de> NOTIFY=NEVER\nS: 555 5.5.4", 0},
		{"injected parameter", mail + `C: RCPT TO:<"x> NOTIFY=NEVER <y"@pirna.de>` + "\nS: 553 5.1.3", 0},

		{"BDAT", rcpt + "c: \"BDAT 30 LAST\\r\\nMAIL FROM:<a@b.de>\\r\\nRCPT TO:<\"\nS: 502 5.5.1\nS: EOF", 0},
		{"VRFY", hello + "C: VRFY post\nS: 252", 0},
		{"AUTH not offered", hello + "C: AUTH EXTERNAL =\nS: 502 5.5.1", 0},
		{"STARTTLS not offered", hello + "C: STARTTLS\nS: 502 5.5.1", 0},
		{"too many errors", hello + strings.Repeat("C: MAIL\nS: 501 5.5.4\n", 10) + "C: MAIL\nS: 501\nS: 421 4.7.0\nS: EOF", 0},
		{"long line", hello + "C: NOOP " + strings.Repeat("x", 3000) + "\nS: 500 5.5.6\nC: NOOP\nS: 250", 0},
		{"very long line", hello + "C: NOOP " + strings.Repeat("x", 200000) + "\nS: 500 5.5.6\nC: NOOP\nS: 250", 0},

		{"LF ends no command", "S: 220\nc: \"EHLO pc\\nNOOP\\r\\n\"\nS: 500 5.5.2\nS: 250", 0},
		{"CR ends no command", "S: 220\nc: \"NOOP\\rRSET\\r\\n\"\nS: 500 5.5.2\nC: NOOP\nS: 250", 0},
		{"cut command", rcpt + "c: \"DATA\"\nSHUT", 0},
		{"cut message", data + "C: Subject: x\nC:\nc: \"text\\r\\n.\"\nSHUT", 0},
		{"idle", hello + "W: 59s\nC: NOOP\nS: 250\nW: 61s\nS: 421 4.4.2\nS: EOF", 0},
		{"never ends", hello + strings.Repeat("W: 50s\nC: NOOP\nS: 250\n", 71) + "W: 50s\nS: 421 4.4.2\nS: EOF", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.run(w.config(), func() { w.script(test.script) })
			if got := len(w.policy.got); got != test.accepted {
				t.Errorf("%d messages accepted, want %d", got, test.accepted)
			}
			if got := len(w.lines(record.Accepted)); got != test.accepted {
				t.Errorf("%d accepted in the record, want %d", got, test.accepted)
			}
		})
	}
}

// TestStall lets the client fall silent inside a message and go on later: the rest must not be commands.
func TestStall(t *testing.T) {
	const smuggled = `c: "MAIL FROM:<boese@radebeul.de>\r\nRCPT TO:<opfer@pirna.de>\r\nDATA\r\nx\r\n.\r\n"` + "\n"
	t.Run("slow but live", func(t *testing.T) {
		w := newWorld(t)
		w.run(w.config(), func() {
			w.script(data + strings.Repeat("C: line\nW: 59s\n", 20) + smuggled + "S: 250\nC: NOOP\nS: 250\nC: QUIT\nS: 221\nS: EOF")
		})
		if len(w.policy.got) != 1 {
			t.Errorf("accepted %v", w.policy.got)
		}
	})
	t.Run("silent", func(t *testing.T) {
		w := newWorld(t)
		w.run(w.config(), func() { w.script(data + "C: line\nW: 61s\nS: 421 4.4.2\nS: EOF") })
		if len(w.policy.got) != 0 {
			t.Errorf("accepted %v", w.policy.got)
		}
		want := []string{"server smtp.refused END 421 4.4.2 no octets for too long"}
		if diff := cmp.Diff(want, w.lines(record.Refused)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSize(t *testing.T) {
	for _, test := range []struct {
		size int
		want string
	}{{3999, "250"}, {4000, "250"}, {4001, "552 5.3.4"}, {100000, "552 5.3.4"}} {
		w := newWorld(t)
		body := strings.Repeat("x", test.size-2)
		w.run(w.config(), func() {
			w.script(data + "C: " + body + "\nC: .\nS: " + test.want + "\nC: NOOP\nS: 250")
		})
	}
}

// TestAddresses compares what RFC 5321 4.1.2 and the server's plain form of it say.
func TestAddresses(t *testing.T) {
	long := strings.Repeat("x", 64)
	good := []string{
		"post@pirna.de", "POST@PIRNA.DE", "bau.amt@pirna.de", "o'neill+x@pirna.de", "!#$%&'*+-/=?^_`{|}~@pirna.de",
		long + "@pirna.de", "a@b", "1@2.3", "post@xn--dbeln-jua.de",
	}
	bad := []string{
		"", "post", "@pirna.de", "post@", "a@b@pirna.de", "a..b@pirna.de", ".a@pirna.de", "a.@pirna.de",
		"a@b..de", "a@-b.de", "a@b-.de", "a@pirna.de.", "a@d_.de", long + "x@pirna.de", "a@" + strings.Repeat("x", 64) + ".de",
		"a@" + strings.Repeat("x.", 130) + "de", `"a b"@pirna.de`, `"a"@pirna.de`, "a b@pirna.de", "a@[192.168.10.1]",
		"@b.de:a@pirna.de", "a(x)@pirna.de", "a,b@pirna.de", "a;b@pirna.de", `a\b@pirna.de`, "a:b@pirna.de",
	}
	w := newWorld(t)
	w.run(w.config(), func() {
		for _, addr := range good {
			w.script(mail + "C: RCPT TO:<" + addr + ">\nS: 250 2")
			w.script(hello + "C: MAIL FROM:<" + addr + ">\nS: 250 2")
		}
		for _, addr := range bad {
			w.script(mail + "C: RCPT TO:<" + addr + ">\nS: 553 5.1.3")
			if addr != "" {
				w.script(hello + "C: MAIL FROM:<" + addr + ">\nS: 553 5.1.7")
			}
		}
		for _, addr := range []string{"ä@pirna.de", "a@pírna.de", "a\x00@pirna.de", "a\t@pirna.de"} {
			w.script(mail + "C: RCPT TO:<" + addr + ">\nS: 500 5.5.2")
		}
	})
}

func TestTLS(t *testing.T) {
	const upgrade = "S: 220\nC: EHLO pc\nS: 250\nC: STARTTLS\nS: 220 2.0.0\n"
	const secret = "C: EHLO pc\nS: 250\nC: MAIL FROM:<bau@radebeul.de>\nS: 250\n"
	tests := []struct {
		name, script string
	}{
		{"in clear refused", "S: 220\nC: EHLO pc\nS: 250\nC: MAIL FROM:<bau@radebeul.de>\nS: 530 5.7.0"},
		{"STARTTLS", upgrade + "TLS\n" + secret},
		{"EHLO again", upgrade + "TLS\nC: MAIL FROM:<bau@radebeul.de>\nS: 503 5.5.1"},
		{"STARTTLS twice", upgrade + "TLS\nC: EHLO pc\nS: 250\nC: STARTTLS\nS: 503 5.5.1"},
		{"parameter", "S: 220\nC: EHLO pc\nS: 250\nC: STARTTLS now\nS: 501 5.5.4"},
		{"injection before", "S: 220\nC: EHLO pc\nS: 250\nc: \"STARTTLS\\r\\nMAIL FROM:<boese@radebeul.de>\\r\\n\"\nS: 503 5.5.1\nS: EOF"},
		{"injection after", upgrade + "C: MAIL FROM:<boese@radebeul.de>\nS: EOF"},
		{"handshake never comes", upgrade + "W: 61s\nS: EOF"},
		{"message", upgrade + "TLS\n" + secret + "C: RCPT TO:<post@pirna.de>\nS: 250\nC: DATA\nS: 354\nC: Subject: x\nC: .\nS: 250\nC: QUIT\nS: 221\nS: EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			cfg := w.withTLS(w.config())
			cfg.RequireTLS = true
			w.run(cfg, func() { w.script(test.script) })
			for _, e := range w.rec.Events() {
				if e.Kind == record.Accepted && e.TLS != "1.3" {
					t.Errorf("accepted with TLS %q", e.TLS)
				}
			}
		})
	}
}

func TestSetSTARTTLS(t *testing.T) {
	w := newWorld(t)
	cfg := w.withTLS(w.config())
	cfg.NoSTARTTLS = true
	w.run(cfg, func() {
		w.script(hello + "C: STARTTLS\nS: 502 5.5.1")
		w.server.SetSTARTTLS(true)
		w.script(hello + "C: STARTTLS\nS: 220")
		w.server.SetSTARTTLS(false)
		w.script(hello + "C: STARTTLS\nS: 502 5.5.1")
	})
}

func TestServerConfig(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		change func(*wire.Config)
		want   string
	}{
		{func(c *wire.Config) { c.Who = "" }, `wire: server of "": Config.Who is empty: name the host as in the record`},
		{func(c *wire.Config) { c.Hostname = "" }, `wire: server of "server": Config.Hostname is empty: name the server for its greeting`},
		{func(c *wire.Config) { c.Bodies = nil }, `wire: server of "server": Config.Clock, Record and Bodies are required: take the world's`},
		{func(c *wire.Config) { c.Policy = nil }, `wire: server of "server": Config.Policy is nil: say who decides on messages`},
		{func(c *wire.Config) { c.ImplicitTLS = true }, `wire: server of "server": Config.ImplicitTLS, RequireTLS and External need Config.TLS`},
	}
	for _, test := range tests {
		cfg := w.config()
		test.change(&cfg)
		if _, err := wire.NewServer(cfg); err == nil || err.Error() != test.want {
			t.Errorf("error %v, want %s", err, test.want)
		}
	}
}

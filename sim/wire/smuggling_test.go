package wire_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// inner is the second mail that an attacker hides in the body of the first.
const inner = "MAIL FROM:<boese@radebeul.de>\r\nRCPT TO:<opfer@pirna.de>\r\nDATA\r\n" +
	"From: boese@radebeul.de\r\nSubject: inner\r\n\r\ninner\r\n.\r\n"

// TestSmuggling sends one mail with a second one inside, after a sequence that some server somewhere takes
// for the end of data. Only CRLF.CRLF may be one; anything with a bare CR or LF is refused as a whole.
func TestSmuggling(t *testing.T) {
	tests := []struct {
		sequence string
		accepted int // messages
	}{
		{"\r\n.\r\n", 2},
		{"\r\n..\r\n", 1},
		{"\r\n.x\r\n", 1},
		{"\r\n. \r\n", 1},
		{"\n.\n", 0},
		{"\n.\r\n", 0},
		{"\r\n.\n", 0},
		{"\r.\r", 0},
		{"\r.\r\n", 0},
		{"\r\n.\r", 0},
		{"\r\n.\r\r\n", 0},
		{"\r\r\n.\r\r\n", 0},
		{"\n\n.\r\n", 0},
		{"\n.\r", 0},
		{"\r\n\x00.\r\n", 1},
		{"\r\n\r.\r\n", 0},
		{"\r\n.\r\x00\n", 0},
	}
	for _, test := range tests {
		t.Run(strconv.Quote(test.sequence), func(t *testing.T) {
			w := newWorld(t)
			end := "S: 250 2.0.0\n"
			switch test.accepted {
			case 0:
				end = "S: 554 5.6.0\n"
			case 2:
				end = "S: 250 2.0.0\nS: 250\nS: 250\nS: 354\nS: 250 2.0.0\n"
			}
			body := "From: bau@radebeul.de\r\nSubject: outer\r\n\r\nline1" + test.sequence + inner
			w.run(w.config(), func() {
				w.script(data + "c: " + strconv.Quote(body) + "\n" + end + "C: RSET\nS: 250\nC: QUIT\nS: 221\nS: EOF")
			})
			if got := len(w.policy.got); got != test.accepted {
				t.Errorf("%d messages accepted, want %d: %v", got, test.accepted, w.policy.got)
			}
		})
	}
}

// TestEndAfterBareCR has the five octets that end a message, with a bare CR before them: it must end there,
// refused, at once. go-smtp alone never would.
func TestEndAfterBareCR(t *testing.T) {
	for _, body := range []string{"x\r\r\n.\r\n", "x\n\r\n.\r\n", "\r\r\n.\r\n", "\n\r\n.\r\n", ".\r\r\n.\r\n", ".x\n.\r\n.\r\n"} {
		w := newWorld(t)
		w.run(w.config(), func() {
			w.script(data + "c: " + strconv.Quote(body) + "\nS: 554 5.6.0\n" +
				"C: MAIL FROM:<bau@radebeul.de>\nS: 250\nC: RCPT TO:<post@pirna.de>\nS: 250\nC: DATA\nS: 354\nC: .\nS: 250")
		})
		if w.clock.Elapsed() != 0 {
			t.Errorf("%q took %v", body, w.clock.Elapsed())
		}
	}
}

// TestOctets compares what arrives with what was dot-stuffed and sent.
func TestOctets(t *testing.T) {
	tests := []struct{ sent, header, body string }{
		{"Subject: x\r\n\r\ntext\r\n", "Subject: x\r\n\r\n", "text\r\n"},
		{"Subject: x\r\n\r\n\r\n\r\n", "Subject: x\r\n\r\n", "\r\n\r\n"},
		{"Subject: x\r\n\r\n", "Subject: x\r\n\r\n", ""},
		{"Subject: x\r\n", "Subject: x\r\n", ""},
		{"", "", ""},
		{"\r\nbody\r\n", "\r\n", "body\r\n"},
		{"\r\n\r\nbody\r\n", "\r\n", "\r\nbody\r\n"},
		{"a: b\r\n c\r\n\r\n..\r\n...\r\n.. x\r\n", "a: b\r\n c\r\n\r\n", ".\r\n..\r\n. x\r\n"},
		{"..a: b\r\n\r\n", ".a: b\r\n\r\n", ""},
		{"A: \xe4\x00\r\n\r\n\xff\x00\x1a\r\n", "A: \xe4\x00\r\n\r\n", "\xff\x00\x1a\r\n"},
	}
	for _, test := range tests {
		w := newWorld(t)
		w.run(w.config(), func() { w.script(data + "c: " + strconv.Quote(test.sent+".\r\n") + "\nS: 250") })
		want := []record.Message{w.stored(test.header, test.body)}
		if diff := cmp.Diff(want, w.policy.msgs); diff != "" {
			t.Errorf("%q: %s", test.sent, diff)
		}
		if diff := cmp.Diff([]wire.Envelope{{From: "bau@radebeul.de", To: []string{"post@pirna.de"}}}, w.policy.got); diff != "" {
			t.Errorf("%q: %s", test.sent, diff)
		}
	}
}

func (w *world) stored(header, body string) record.Message {
	m := w.raw("\r\n\r\n" + body)
	m.Size += int64(len(header) - len(m.Header))
	m.Header = header
	return m
}

package check

import (
	"strings"
	"testing"

	"demailbench/sim/record"
)

// TestAnswer holds that only a De-Mail that a machine wrote in reply, from the right address and with the right
// words, is an answer.
func TestAnswer(t *testing.T) {
	x := Expectation{Kind: Answer, Nonce: "n1", Mailbox: box, From: "a@tenant.de-mail.de", Contains: []string{"Eingangsbestätigung wurde ausgestellt"}}
	fields := []string{"In-Reply-To: <n1@x>\r\n", "X-de-mail-message-type: normal\r\n", "Auto-Submitted: auto-replied\r\n", "Content-Transfer-Encoding: quoted-printable\r\n"}
	const words = "Eine Eingangsbest=C3=A4tigung=\r\n wurde\r\nausgestellt."
	for _, c := range []struct {
		name, body string
		change     func([]string) []string
		from       string
		ok         bool
	}{
		{name: "as it must be", body: words, ok: true},
		{name: "other words", body: "nothing"},
		{name: "no reply", body: words, change: func(f []string) []string { return f[1:] }},
		{name: "a person's", body: words, change: func(f []string) []string { return append(f[:2:2], f[3]) }},
		{name: "another sender", body: words, from: "b@tenant.de-mail.de"},
	} {
		f, s := fields, &story{}
		if c.change != nil {
			f = c.change(f)
		}
		m := s.message("Unzustellbar", c.body, f...)
		if c.from != "" {
			m.Header = strings.Replace(m.Header, "a@tenant.de-mail.de", c.from, 1)
		}
		s.add(record.Event{Who: "dmda", Kind: record.Stored, To: []string{box}, Msg: m})
		if got := s.dossier().One(x); got.OK != c.ok {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

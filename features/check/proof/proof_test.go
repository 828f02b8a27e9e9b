package proof

import (
	"strings"
	"testing"

	"demailbench/sim/demail/sign"
	"demailbench/sim/record"
)

func TestConfirms(t *testing.T) {
	const orig = "Message-ID: <1@x>\r\nX-de-mail-private-id: Az. 7\r\n\r\n"
	for _, c := range []struct{ name, header, want string }{
		{"about another", "In-Reply-To: <2@x>\r\nX-de-mail-private-id: Az. 7\r\n\r\n", "In-Reply-To"},
		{"another private-id", "In-Reply-To: <1@x>\r\nX-de-mail-private-id: Az. 8\r\n\r\n", "private-id"},
		{"no private-id", "In-Reply-To: <1@x>\r\n\r\n", "private-id"},
		{"no proof", "In-Reply-To: <1@x>\r\nX-de-mail-private-id: Az. 7\r\n\r\n", "integrity"},
		{"no header", "no colon", ""},
	} {
		err := Confirms(&record.Message{Header: c.header}, nil, &record.Message{Header: orig}, []string{"Az. 7"}, sign.Trust{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want an error with %q", c.name, err, c.want)
		}
	}
}

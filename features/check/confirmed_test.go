package check

import (
	"strings"
	"testing"

	"demailbench/sim/record"
)

// TestConfirmedJudgesTheSet holds that a missing and a surplus confirmation, a lost option, a foreign reference
// and one without proof are seen. That true ones pass is shown by the features.
func TestConfirmedJudgesTheSet(t *testing.T) {
	const receipt, dispatch = "X-de-mail-message-type: confirmation of receipt\r\n", "X-de-mail-message-type: confirmation of dispatch\r\n"
	about := "In-Reply-To: <n1@x>\r\n"
	for _, c := range []struct {
		name   string
		sent   string
		stored [][]string
		says   string
	}{
		{"none at all", "", nil, "there are: -"},
		{"another kind", "", [][]string{{dispatch, about}}, "there are: dispatch"},
		{"one too many", "", [][]string{{receipt, about}, {receipt, about}}, "there are: receipt, receipt"},
		{"an option was lost", "X-de-mail-private: yes\r\n", [][]string{{receipt, about}}, "X-de-mail-private"},
		{"about something else", "", [][]string{{receipt, "In-Reply-To: <n2@x>\r\n"}}, "In-Reply-To"},
		{"another private-id", "", [][]string{{receipt, about, "X-de-mail-private-id: 1\r\n"}}, "private-id"},
		{"no proof", "", [][]string{{receipt, about}}, "integrity not proven"},
	} {
		s := &story{}
		s.add(record.Event{Who: "desk", Kind: record.Sent, Remote: "192.168.10.25:25", Code: 250, Msg: s.message("Antrag n1", "b", "Message-ID: <n1@x>\r\n", c.sent)})
		s.stored("dmda", box, "n1", "Message-ID: <n1@x>\r\n")
		for _, fields := range c.stored {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Stored, To: []string{mine}, Msg: s.message("*Bestätigung* Antrag n1", "c", fields...)})
		}
		f := s.dossier().One(Expectation{Kind: Confirmed, Nonce: "n1", Mailbox: mine, Address: box, Contains: []string{"receipt"}})
		if f.OK || !strings.Contains(f.Observed, c.says) {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

package check

import (
	"strings"
	"testing"

	"demailbench/sim/record"
)

// TestLost is the ledger: what the gateway took must come out.
func TestLost(t *testing.T) {
	const gateway = "172.16.0.25:25"
	taken := func(s *story, to ...string) *story {
		return s.add(record.Event{Who: "tenant-mail", Kind: record.Sent, Remote: gateway, Code: 250, To: to, Msg: s.message("Antrag n1", "body", "Message-ID: <1@tenant.example>\r\n")})
	}
	came := func(s *story, who string, to []string, fields ...string) *story {
		return s.add(record.Event{Who: who, Kind: record.Accepted, Session: "x-1", Remote: "192.0.2.25:40000", To: to, Msg: s.message("Antrag n1", "other", fields...)})
	}
	const itself = "Message-ID: <1@tenant.example>\r\n"
	for _, test := range []struct {
		name  string
		story func(s *story)
		lost  string
	}{
		{"it comes out", func(s *story) { came(taken(s, box), "dmda", []string{strings.ToUpper(box)}, itself) }, ""},
		{"it never comes out", func(s *story) { taken(s, box) }, box},
		{"another comes out", func(s *story) { came(taken(s, box), "dmda", []string{box}, "Message-ID: <2@tenant.example>\r\n") }, box},
		{"it comes out for one of two", func(s *story) { came(taken(s, box, "b@x.de-mail.de"), "dmda", []string{box}, itself) }, "b@x.de-mail.de"},
		{"it comes from somebody else", func(s *story) {
			taken(s, box).add(record.Event{Who: "dmda", Kind: record.Accepted, Session: "x-1", Remote: "10.0.0.1:40000", To: []string{box}, Msg: s.message("Antrag n1", "body", itself)})
		}, box},
		{"a report comes back", func(s *story) {
			came(taken(s, box), "tenant-mail", []string{mine}, "X-Report: on <1@tenant.example>\r\n")
		}, ""},
		{"an answer goes to its sender", func(s *story) {
			came(taken(s, mine), "dmda", []string{box}, "Auto-Submitted: auto-replied\r\nIn-Reply-To: <1@tenant.example>\r\n")
		}, ""},
		{"the DMDA confirms what never came out", func(s *story) {
			came(taken(s, box), "tenant-mail", []string{mine}, "X-de-mail-message-type: confirmation-of-receipt\r\nX-About: <1@tenant.example>\r\n")
		}, box},
		{"it has no id", func(s *story) {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Sent, Remote: gateway, Code: 250, To: []string{box}, Msg: s.message("Antrag n1", "body")})
		}, ""},
		{"somebody else took it", func(s *story) { s.sent("desk", "n1") }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &story{}
			test.story(s)
			var lost []string
			c := s.dossier()
			c.Scene.Provider = "dmda"
			for _, f := range c.lost() {
				lost = append(lost, f.Observed)
				if f.OK || f.Verdict != Fail || f.Event != 1 {
					t.Errorf("finding %+v", f)
				}
			}
			if got := strings.Join(lost, "; "); (got == "") != (test.lost == "") || !strings.Contains(got, test.lost) {
				t.Errorf("lost: %q, want %q", got, test.lost)
			}
		})
	}
}

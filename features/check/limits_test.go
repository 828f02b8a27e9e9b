package check

import (
	"strings"
	"testing"

	"demailbench/sim/record"
)

// TestWallClock holds which verdict a step on the wall clock leads to that could not wait as long as the
// requirement allows: none about a gateway that may only be slow, Fail about one that has done wrong.
func TestWallClock(t *testing.T) {
	const gateway = "172.16.0.25:25"
	msg := &record.Message{Header: "Subject: n1\r\n\r\n", Body: "b"}
	arrived := Expectation{Kind: Delivered, Nonce: "n1", Mailbox: box, Waited: 90}
	refused := Expectation{Kind: Rejected, Nonce: "n1", Who: "tenant-mail", Code: "5", Waited: 90}
	said := func(code int) record.Event {
		return record.Event{Who: "tenant-mail", Kind: record.Rejected, Verb: "END", Code: code, Remote: gateway, Msg: msg}
	}
	act := func(name, detail string) record.Event {
		return record.Event{Who: "bench", Kind: record.Action, Name: name, Detail: detail}
	}
	life := func(text, detail string) record.Event {
		return record.Event{Who: "gateway", Kind: record.Gateway, Text: text, Detail: detail, Error: "exit status 2"}
	}
	sent := func() *story { return new(story).sent("desk", "n1") }
	good := func() *story { return sent().stored("dmda", box, "n1") }
	const wrong, typo = "desk@x.de-mail.de", "citizn@x.de-mail.de"
	taken := func(nonce string) record.Event { // by the gateway
		return record.Event{Who: "tenant-mail", Kind: record.Sent, Remote: gateway, TLS: "1.3", Code: 250, From: mine, To: []string{"c@tenant.de-mail.de"}, Msg: &record.Message{Header: "Subject: " + nonce + "\r\n\r\n", Body: nonce}}
	}
	gave := func(to string) record.Event {
		return record.Event{Who: "dmda", Kind: record.Accepted, Session: "dmda-1", Remote: "172.16.0.25:40000", TLS: "1.3", To: []string{to}, Msg: msg}
	}
	offered := func(code int, enhanced, to string) record.Event {
		return record.Event{Who: "dmda", Kind: record.Refused, Session: "dmda-1", Remote: "172.16.0.25:40000", Verb: "RCPT", Code: code, Enhanced: enhanced, Text: "no such user", From: mine, To: []string{to}}
	}
	elsewhere := offered(550, "5.1.1", typo)
	elsewhere.Remote = "172.16.0.99:40000"
	toBoth := taken("n1")
	toBoth.To = append(toBoth.To, wrong)
	tests := []struct {
		name  string
		story *story
		want  Verdict
		says  string
	}{
		{"late", sent().expect(arrived), Inconclusive, "waited 90 s"},
		{"refused for now", sent().add(said(451)).expect(arrived), Inconclusive, "waited 90 s"},
		{"refused for good", sent().add(said(550)).expect(arrived), Fail, "never"},
		{"refused for good, the confirmation", sent().add(said(550)).expect(Expectation{Kind: Confirmation, Type: "receipt-confirmation", Nonce: "n1", Mailbox: mine, Waited: 90}), Fail, "never"},
		{"refused for good, the notification of it", sent().add(said(550)).expect(Expectation{Kind: Confirmation, Type: "notification", Nonce: "n1", Mailbox: mine, Waited: 90}), Inconclusive, "waited 90 s"},
		{"to another mailbox", sent().add(taken("n1")).add(gave(wrong)).expect(arrived), Fail, "never; it was delivered to " + wrong + " instead"},
		{"unchanged, to another mailbox", new(story).stored("tenant-mail", mine, "n1").add(taken("n1")).add(gave(wrong)).expect(Expectation{Kind: Unchanged, Nonce: "n1", Mailbox: box, Original: mine, Waited: 90}), Fail, "it was delivered to " + wrong},
		{"titled, to another mailbox", sent().add(taken("n1")).add(gave(wrong)).expect(Expectation{Kind: Titled, Nonce: "n1", Mailbox: box, Text: "n1", Waited: 90}), Fail, "it was delivered to " + wrong},
		{"to a mailbox that is not there", sent().add(taken("n1")).add(offered(550, "5.1.1", typo)).expect(arrived), Fail, "the gateway offered it to " + typo + "; that server answered 550 5.1.1 no such user"},
		{"to a mailbox of another domain", sent().add(taken("n1")).add(gave("desk@y.de-mail.de")).expect(arrived), Inconclusive, "waited 90 s"},
		{"to a mailbox that a step names", sent().add(taken("n1")).add(gave(wrong)).expect(arrived, Expectation{Kind: Titled, Nonce: "n1", Mailbox: wrong, Waited: 90}), Inconclusive, "waited 90 s"},
		{"to another recipient first", sent().add(toBoth).add(gave(wrong)).expect(arrived), Inconclusive, "waited 90 s"},
		{"to the other mailbox of a function first", sent().add(taken("n1")).add(gave("function@x.de-mail.de")).expect(arrived), Inconclusive, "waited 90 s"},
		{"refused at the right mailbox", sent().add(taken("n1")).add(offered(550, "5.1.1", box)).expect(arrived), Inconclusive, "waited 90 s"},
		{"refused for now at another mailbox", sent().add(taken("n1")).add(offered(450, "4.2.1", typo)).expect(arrived), Inconclusive, "waited 90 s"},
		{"another mail of the sender may be meant", sent().add(taken("n1")).add(taken("n2")).add(offered(550, "5.1.1", typo)).expect(arrived), Inconclusive, "waited 90 s"},
		{"another client was refused", sent().add(taken("n1")).add(elsewhere).expect(arrived), Inconclusive, "waited 90 s"},
		{"twice", good().stored("dmda", box, "n1").expect(arrived), Fail, "twice"},
		{"not refused yet", sent().expect(refused), Inconclusive, "waited 90 s"},
		{"taken instead of refused", sent().add(record.Event{Who: "tenant-mail", Kind: record.Sent, Remote: gateway, Code: 250, Msg: msg}).expect(refused), Fail, "was not refused"},
		{"virtual time", sent().expect(Expectation{Kind: Delivered, Nonce: "n1", Mailbox: box}), Fail, "never"},
		{"gave up, then it came", good().expect(arrived).add(act(GaveUp, "too late")), Inconclusive, "too late"},
		{"gave up, then it came twice", good().stored("dmda", box, "n1").expect(arrived).add(act(GaveUp, "too late")), Fail, "twice"},
		{"impossible", sent().expect(arrived).add(act(Impossible, "needs virtual time")), Blocked, "needs virtual time"},
		{"ended by itself", good().expect(arrived).add(life(Ended, "")), Fail, "ended by itself"},
		{"ended, and an assumption fails for it", new(story).expect(Expectation{Kind: Submitted, Nonce: "n1", Who: "desk", Assume: true}).add(life(Ended, "")), Fail, "ended by itself"},
		{"ended from outside", good().expect(arrived).add(life(Ended, Outside)), Inconclusive, "something outside"},
		{"did not end", good().expect(arrived).add(life(Overdue, "")), Inconclusive, "exit status 2"},
		{"killed by a step", good().expect(arrived).add(life("kill", "")), Pass, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := tt.story.dossier()
			c.Scene.GatewayAddresses = []string{"172.16.0.25"}
			c.Scene.Mapping = map[string][]string{"f@tenant.de-mail.de": {box, "function@x.de-mail.de"}}
			if j := c.Judge(); j.Verdict != tt.want || !strings.Contains(j.Reason, tt.says) {
				t.Errorf("got %s %q; want %s with %q", j.Verdict, j.Reason, tt.want, tt.says)
			}
		})
	}
}

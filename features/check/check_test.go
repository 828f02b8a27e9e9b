package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"demailbench/sim/record"
)

var day = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// story builds a record event by event; each is one second after the one before.
type story struct {
	events []record.Event
	bodies map[string]string
}

func (s *story) add(e record.Event) *story {
	e.Seq, e.At = len(s.events)+1, day.Add(time.Duration(len(s.events))*time.Second)
	if e.Who == "" {
		e.Who = "nobody"
	}
	if err := record.Validate(e); err != nil {
		panic(err)
	}
	s.events = append(s.events, e)
	return s
}

func (s *story) expect(xs ...Expectation) *story {
	for _, x := range xs {
		s.add(x.Clause())
	}
	return s
}

// message is a message with extra header fields; its body is its own hash.
func (s *story) message(subject, body string, fields ...string) *record.Message {
	if s.bodies == nil {
		s.bodies = map[string]string{}
	}
	s.bodies[body] = body
	h := "From: <a@tenant.de-mail.de>\r\nSubject: " + subject + "\r\n" + strings.Join(fields, "")
	return &record.Message{Header: h + "\r\n", Body: body, Size: int64(len(h) + 2 + len(body))}
}

func (s *story) sent(who, nonce string) *story {
	return s.add(record.Event{Who: who, Kind: record.Sent, Remote: "192.168.10.25:25", Code: 250, Msg: s.message("Antrag "+nonce, "body-"+nonce)})
}

func (s *story) stored(who, mailbox, nonce string, fields ...string) *story {
	return s.add(record.Event{Who: who, Kind: record.Stored, To: []string{mailbox}, Msg: s.message("Antrag "+nonce, "body-"+nonce, fields...)})
}

func (s *story) dossier() *Case {
	return &Case{Events: s.events, Scene: Scene{Secured: []string{"tenant-mail"}, Mailboxes: []string{box, mine, "tech@kdn"},
		Gateway: "gateway", GatewayAddresses: []string{"172.16.0.25", "192.0.2.25"},
		Zones: map[string]string{"dmda": "dmda", "internet-mail": "internet", "tenant-mail": "tenant"},
	}, Body: func(sum string) (io.ReadCloser, error) {
		b, ok := s.bodies[sum]
		if !ok {
			return nil, errors.New("no such body")
		}
		return io.NopCloser(strings.NewReader(b)), nil
	}}
}

const box, mine = "citizen@x.de-mail.de", "clerk@tenant.example"

func TestExpectations(t *testing.T) {
	arrived := Expectation{Kind: Delivered, Nonce: "n1", Mailbox: box, From: "a@tenant.de-mail.de"}
	report := "Content-Type: multipart/report; report-type=delivery-status\r\n"
	tests := []struct {
		name  string
		x     Expectation
		story func(s *story)
		want  Verdict
		says  string
	}{
		{"delivered once", arrived, func(s *story) { s.sent("desk", "n1").stored("dmda", box, "n1") }, Pass, "once"},
		{"delivered never", arrived, func(s *story) { s.sent("desk", "n1") }, Fail, "never; last seen"},
		{"delivered twice", arrived, func(s *story) { s.sent("desk", "n1").stored("dmda", box, "n1").stored("dmda", box, "n1") }, Fail, "twice"},
		{"two copies allowed", Expectation{Kind: Delivered, Nonce: "n1", Mailbox: box, AtMost: 2}, func(s *story) {
			s.sent("desk", "n1").stored("dmda", box, "n1", "Message-ID: <1>\r\n").stored("dmda", box, "n1", "Message-ID: <1>\r\n")
		}, Pass, "twice"},
		{"two copies with two ids", Expectation{Kind: Delivered, Nonce: "n1", Mailbox: box, AtMost: 2}, func(s *story) {
			s.sent("desk", "n1").stored("dmda", box, "n1", "Message-ID: <1>\r\n").stored("dmda", box, "n1", "Message-ID: <2>\r\n")
		}, Fail, "twice"},
		{"delivered to another mailbox", arrived, func(s *story) { s.sent("desk", "n1").stored("dmda", "other@x.de-mail.de", "n1") }, Fail, "it lies in other@x.de-mail.de"},
		{"another mail delivered", arrived, func(s *story) { s.sent("desk", "n1").stored("dmda", box, "n2") }, Fail, "never"},
		{"never handed over", arrived, func(s *story) { s.stored("dmda", box, "n1") }, Inconclusive, "nobody handed"},
		{"body changed", arrived, func(s *story) {
			s.sent("desk", "n1").add(record.Event{Who: "dmda", Kind: record.Stored, To: []string{box}, Msg: s.message("Antrag n1", "other octets")})
		}, Fail, "SHA-256"},
		{"wrong sender", Expectation{Kind: Delivered, Nonce: "n1", Mailbox: box, From: "b@tenant.de-mail.de"}, func(s *story) { s.sent("desk", "n1").stored("dmda", box, "n1") }, Fail, `From "a@tenant.de-mail.de"`},
		{"too late", Expectation{Kind: Delivered, Nonce: "n1", Mailbox: box, Within: 0.5}, func(s *story) { s.sent("desk", "n1").stored("dmda", box, "n1") }, Fail, "it took 1s"},
		{"a confirmation is not the mail", arrived, func(s *story) {
			s.sent("desk", "n1").add(record.Event{Who: "dmda", Kind: record.Stored, To: []string{box}, Msg: s.message("*Versandbestätigung* Antrag n1", "body-n1")})
		}, Fail, "never"},

		{"unchanged", Expectation{Kind: Unchanged, Nonce: "n1", Mailbox: mine, Original: box}, func(s *story) {
			s.stored("dmda", box, "n1")
			m := *s.events[0].Msg
			m.Header = "Received: from x\r\n\tby y; date\r\n" + m.Header
			s.add(record.Event{Who: "tenant-mail", Kind: record.Stored, To: []string{mine}, Msg: &m})
		}, Pass, "same octets"},
		{"field removed", Expectation{Kind: Unchanged, Nonce: "n1", Mailbox: mine, Original: box}, func(s *story) {
			s.stored("dmda", box, "n1", "X-de-mail-version: 1.8\r\n").stored("tenant-mail", mine, "n1")
		}, Fail, "X-de-mail-version"},
		{"field put above", Expectation{Kind: Unchanged, Nonce: "n1", Mailbox: mine, Original: box}, func(s *story) {
			s.stored("dmda", box, "n1")
			m := *s.events[0].Msg
			m.Header = "X-Scanned: yes\r\n" + m.Header
			s.add(record.Event{Who: "tenant-mail", Kind: record.Stored, To: []string{mine}, Msg: &m})
		}, Fail, "other than trace"},
		{"nothing to compare with", Expectation{Kind: Unchanged, Nonce: "n1", Mailbox: mine, Original: box}, func(s *story) { s.stored("tenant-mail", mine, "n1") }, Inconclusive, "never lay"},

		{"nowhere", Expectation{Kind: Nowhere, Nonce: "n1", Zone: "internet"}, func(s *story) { s.stored("dmda", box, "n1") }, Pass, "nothing"},
		{"on the Internet", Expectation{Kind: Nowhere, Nonce: "n1", Zone: "internet"}, func(s *story) { s.stored("internet-mail", box, "n1") }, Fail, "internet-mail took it"},
		{"at the host", Expectation{Kind: Nowhere, Nonce: "n1", Who: "dmda"}, func(s *story) { s.stored("dmda", box, "n1") }, Fail, "dmda took it"},

		{"rejected as it should", Expectation{Kind: Rejected, Nonce: "n1", Who: "tenant-mail", Code: "550 5.7.1"}, func(s *story) {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Rejected, Verb: "RCPT", Code: 550, Enhanced: "5.7.1", Msg: s.message("Antrag n1", "b")})
		}, Pass, "550"},
		{"rejected with another code", Expectation{Kind: Rejected, Nonce: "n1", Who: "tenant-mail", Code: "550 5.7.1"}, func(s *story) {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Rejected, Verb: "RCPT", Code: 451, Enhanced: "4.3.0", Msg: s.message("Antrag n1", "b")})
		}, Fail, "451"},
		{"not rejected", Expectation{Kind: Rejected, Nonce: "n1", Who: "tenant-mail", Code: "550"}, func(s *story) { s.sent("tenant-mail", "n1") }, Fail, "not refused"},

		{"confirmation", Expectation{Kind: Confirmation, Nonce: "n1", Mailbox: mine, Type: "confirmation of dispatch"}, func(s *story) {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Stored, To: []string{mine}, Msg: s.message("=?utf-8?q?*Versandbest=C3=A4tigung*?= Antrag n1", "b", "X-de-mail-message-type: confirmation of dispatch\r\n")})
		}, Pass, "From"},
		{"confirmation of another kind", Expectation{Kind: Confirmation, Nonce: "n1", Mailbox: mine, Type: "confirmation of dispatch"}, func(s *story) {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Stored, To: []string{mine}, Msg: s.message("Antrag n1", "b", "X-de-mail-message-type: confirmation of receipt\r\n")})
		}, Fail, "never"},

		{"notification", Expectation{Kind: Confirmation, Nonce: "n1", Mailbox: mine, Type: "notification", Text: "unknown-recipient"}, func(s *story) {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Stored, To: []string{mine}, Msg: s.message("*Meldung* Antrag n1", "b", "X-de-mail-message-type: notification\r\nX-de-mail-notification-type: unknown-recipient\r\n")})
		}, Pass, "From"},
		{"notification of another type", Expectation{Kind: Confirmation, Nonce: "n1", Mailbox: mine, Type: "notification", Text: "unknown-recipient"}, func(s *story) {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Stored, To: []string{mine}, Msg: s.message("*Meldung* Antrag n1", "b", "X-de-mail-message-type: notification\r\nX-de-mail-notification-type: other\r\n")})
		}, Fail, "never"},
		{"not in the mailbox", Expectation{Kind: Nowhere, Nonce: "n1", Mailbox: mine}, func(s *story) { s.stored("dmda", box, "n1") }, Pass, "nothing"},
		{"in the mailbox", Expectation{Kind: Nowhere, Nonce: "n1", Mailbox: box}, func(s *story) { s.stored("dmda", box, "n1") }, Fail, "dmda took it"},

		{"report", Expectation{Kind: Report, Nonce: "n1", Mailbox: mine, Code: "5.7"}, func(s *story) {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Stored, To: []string{mine}, Msg: s.message("failed", "Final-Recipient: x\r\nStatus: 5.7.1\r\n\r\nSubject: n1", report)})
		}, Pass, "at"},
		{"report with another status", Expectation{Kind: Report, Nonce: "n1", Mailbox: mine, Code: "5.7"}, func(s *story) {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Stored, To: []string{mine}, Msg: s.message("failed", "Status: 5.1.1\r\n\r\nSubject: n1", report)})
		}, Fail, "never"},

		{"notice", Expectation{Kind: Notice, Mailbox: "tech@kdn", Contains: []string{"Stadt A"}}, func(s *story) {
			m := s.message("Alarm", "Stadt A has no STARTTLS")
			s.add(record.Event{Who: "kdn", Kind: record.Accepted, Session: "s", Remote: "172.16.0.25:9", Msg: m})
			s.add(record.Event{Who: "kdn", Kind: record.Stored, To: []string{"tech@kdn"}, Msg: m})
		}, Pass, "at"},
		{"notice from somebody else", Expectation{Kind: Notice, Mailbox: "tech@kdn", Contains: []string{"Stadt A"}}, func(s *story) {
			s.add(record.Event{Who: "kdn", Kind: record.Stored, To: []string{"tech@kdn"}, Msg: s.message("Alarm", "Stadt A has no STARTTLS")})
		}, Fail, "never"},

		{"source", Expectation{Kind: Source, Who: "gateway", Port: 25, Address: "10.2.12.25"}, func(s *story) {
			s.add(record.Event{Who: "gateway", Kind: record.ConnOpen, Local: "172.16.0.25:25", Remote: "10.2.12.25:4711"})
		}, Pass, "10.2.12.25"},
		{"source untranslated", Expectation{Kind: Source, Who: "gateway", Port: 25, Address: "10.2.12.25"}, func(s *story) {
			s.add(record.Event{Who: "gateway", Kind: record.ConnOpen, Local: "172.16.0.25:25", Remote: "192.168.10.25:4711"})
		}, Fail, "192.168.10.25"},
		{"nobody came", Expectation{Kind: Source, Who: "gateway", Port: 25, Address: "10.2.12.25"}, func(s *story) {}, Fail, "from -"},

		{"dropped", Expectation{Kind: Dropped, Who: "edge", Address: "203.0.113.66", Port: 25, Rule: "default"}, func(s *story) {
			s.add(record.Event{Who: "edge", Kind: record.Drop, Detail: "rule", Rule: "default", Proto: "tcp", Local: "203.0.113.66:9", Remote: "192.0.2.25:25"})
		}, Pass, "default"},
		{"dropped by another rule", Expectation{Kind: Dropped, Who: "edge", Address: "203.0.113.66", Port: 25, Rule: "M-001"}, func(s *story) {
			s.add(record.Event{Who: "edge", Kind: record.Drop, Detail: "rule", Rule: "default", Proto: "tcp", Local: "203.0.113.66:9", Remote: "192.0.2.25:25"})
		}, Fail, "default"},

		{"encrypted", Expectation{Kind: Encrypted, Nonce: "n1", Who: "tenant-mail", Links: []string{"gateway"}}, func(s *story) {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Accepted, Session: "s", TLS: "1.3", Remote: "172.16.0.25:9", Msg: s.message("Antrag n1", "b")})
		}, Pass, "nothing in clear"},
		{"in clear", Expectation{Kind: Encrypted, Nonce: "n1", Who: "tenant-mail", Links: []string{"gateway"}}, func(s *story) {
			s.add(record.Event{Who: "tenant-mail", Kind: record.Accepted, Session: "s", Remote: "172.16.0.25:9", Msg: s.message("Antrag n1", "b")})
		}, Fail, "in clear"},
		{"nothing in clear at a host that does not exist", Expectation{Kind: Encrypted, Nonce: "n1", Who: "nosuch", Links: []string{"gateway"}}, func(s *story) {}, Error, "the world has no nosuch"},
		{"nobody spoke", Expectation{Kind: Encrypted, Nonce: "n1", Who: "tenant-mail", Links: []string{"gateway"}}, func(s *story) {}, Inconclusive, "did not speak"},
		{"nothing in a mailbox that does not exist", Expectation{Kind: Nowhere, Nonce: "n1", Mailbox: "nosuch@kdn"}, func(s *story) {}, Error, "the world has no mailbox nosuch@kdn"},
		{"nothing at a host that does not exist", Expectation{Kind: Nowhere, Nonce: "n1", Who: "nosuch"}, func(s *story) {}, Error, "the world has no nosuch"},
		{"nothing in a zone that does not exist", Expectation{Kind: Nowhere, Nonce: "n1", Zone: "nosuch"}, func(s *story) {}, Error, "the world has no zone nosuch"},
		{"in clear on the wire only", Expectation{Kind: Hidden, Nonce: "SEEN", Links: []string{"carrier"}}, func(s *story) {}, Fail, "packet 7 on link carrier"},
		{"on a link that does not exist", Expectation{Kind: Hidden, Nonce: "NOLINK", Links: []string{"nosuch"}}, func(s *story) {}, Error, "nothing of link"},
		{"capture unreadable", Expectation{Kind: Hidden, Nonce: "BROKEN", Links: []string{"carrier"}}, func(s *story) {}, Inconclusive, "not readable"},

		{"tries", Expectation{Kind: Tries, Nonce: "n1", Who: "dmda", Times: 2}, func(s *story) {
			for range 2 {
				s.add(record.Event{Who: "dmda", Kind: record.Refused, Session: "s", Verb: "MAIL", Code: 451, Remote: "192.0.2.25:9"})
			}
			s.add(record.Event{Who: "dmda", Kind: record.Accepted, Session: "s", Remote: "192.0.2.25:9", Msg: s.message("Antrag n1", "b")})
		}, Pass, "after 2"},
		{"too few tries", Expectation{Kind: Tries, Nonce: "n1", Who: "dmda", Times: 2}, func(s *story) {
			s.add(record.Event{Who: "dmda", Kind: record.Accepted, Session: "s", Remote: "192.0.2.25:9", Msg: s.message("Antrag n1", "b")})
		}, Fail, "after 0"},
		{"given up", Expectation{Kind: Tries, Nonce: "n1", Who: "dmda", Times: 1}, func(s *story) {
			s.add(record.Event{Who: "dmda", Kind: record.Refused, Session: "s", Verb: "MAIL", Code: 451, Remote: "192.0.2.25:9"})
		}, Fail, "never accepted"},

		{"submitted", Expectation{Kind: Submitted, Nonce: "n1", Who: "desk"}, func(s *story) { s.sent("desk", "n1") }, Pass, "at"},
		{"happened", Expectation{Kind: Happened, Event: "sut", Text: "kill"}, func(s *story) { s.add(record.Event{Who: "bench", Kind: record.Gateway, Text: "kill"}) }, Pass, "at"},
		{"did not happen", Expectation{Kind: Happened, Event: "sut", Text: "kill"}, func(s *story) {}, Fail, "did not"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(story)
			tt.story(s)
			c := s.dossier()
			c.Wire = fakeWire{}
			f := c.One(tt.x)
			if f.Verdict != tt.want || f.OK != (tt.want == Pass) || !strings.Contains(f.Observed, tt.says) {
				t.Errorf("got %s, observed %q; want %s with %q", f.Verdict, f.Observed, tt.want, tt.says)
			}
			if f.Expected == "" {
				t.Error("the finding does not say what was expected")
			}
		})
	}
}

// fakeWire finds SEEN, fails on BROKEN and NOLINK and has nothing else.
type fakeWire struct{}

func (fakeWire) Find(octets []byte, _ []string) ([]Packet, error) {
	switch {
	case bytes.Equal(octets, []byte("SEEN")):
		return []Packet{{Number: 7, Link: "carrier", At: day}}, nil
	case bytes.Equal(octets, []byte("BROKEN")):
		return nil, errors.New("truncated")
	case bytes.Equal(octets, []byte("NOLINK")):
		return nil, fmt.Errorf("%w nosuch", ErrLink)
	}
	return nil, nil
}
func (fakeWire) Near(string, string, time.Time) (Packet, bool) { return Packet{Number: 3}, true }

func TestJudge(t *testing.T) {
	arrived := Expectation{Kind: Delivered, Nonce: "n1", Mailbox: box}
	good := func() *story { return new(story).sent("desk", "n1").stored("dmda", box, "n1") }
	done := func(s *story) *story {
		return s.add(record.Event{Who: "bench", Kind: record.Action, Name: Completed})
	}
	tests := []struct {
		name  string
		story *story
		want  Verdict
		says  string
	}{
		{"all as expected", good().expect(arrived), Pass, ""},
		{"nothing expected", good(), Inconclusive, "expected nothing"},
		{"an assumption fails first", new(story).expect(Expectation{Kind: Submitted, Nonce: "n1", Who: "desk", Assume: true}, arrived), Inconclusive, "could not"},
		{"expectation fails", new(story).sent("desk", "n1").expect(arrived), Fail, "never"},
		{"message that no step named", done(good().stored("tenant-mail", mine, "n9").expect(arrived)), Fail, "n9"},
		{"message that a step after the failed one would have named", good().stored("tenant-mail", mine, "n9").expect(Expectation{Kind: Delivered, Nonce: "n8", Mailbox: box}), Inconclusive, "nobody handed"},
		{"second copy elsewhere", done(good().stored("tenant-mail", mine, "n1").expect(arrived)), Fail, "lies in " + mine},
		{"gateway reaches the Internet", good().add(record.Event{Who: "internet-mail", Kind: record.ConnOpen, Local: "203.0.113.25:25", Remote: "192.0.2.25:9"}).expect(arrived), Fail, "internet-mail"},
		{"somebody else reaches the Internet", good().add(record.Event{Who: "internet-mail", Kind: record.ConnOpen, Local: "203.0.113.25:25", Remote: "203.0.113.1:9"}).expect(arrived), Pass, ""},
		{"the matrix stops the gateway", good().add(record.Event{Who: "core", Kind: record.Drop, Detail: "rule", Rule: "default", Proto: "tcp", Local: "172.16.0.25:9", Remote: "10.2.0.99:25"}).expect(arrived), Fail, "10.2.0.99"},
		{"mail in clear that no step speaks of", good().add(record.Event{Who: "tenant-mail", Kind: record.Accepted, Session: "s", Remote: "172.16.0.25:9", Msg: &record.Message{Header: "\r\n", Body: "b"}}).expect(arrived), Fail, "in clear"},
		{"not yet there is not never", new(story).sent("desk", "n1").expect(Expectation{Kind: Nowhere, Nonce: "n1", Who: "dmda", Yet: true}).stored("dmda", box, "n1").expect(arrived), Pass, ""},
		{"there too early", new(story).sent("desk", "n1").stored("dmda", box, "n1").expect(Expectation{Kind: Nowhere, Nonce: "n1", Who: "dmda", Yet: true}, arrived), Fail, "dmda took it"},
		{"late judgement beats an early one", good().expect(arrived).stored("dmda", box, "n1"), Fail, "twice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := tt.story.dossier().Judge()
			if j.Verdict != tt.want || !strings.Contains(j.Reason, tt.says) || (tt.want != Pass) != (j.Reason != "") {
				t.Errorf("got %s %q; want %s with %q", j.Verdict, j.Reason, tt.want, tt.says)
			}
		})
	}
}

// TestBasis holds that what only we recommend warns, and what anybody demands fails.
func TestBasis(t *testing.T) {
	for _, tt := range []struct {
		statements []string
		want       Verdict
	}{{nil, Fail}, {[]string{"S1-152"}, Warn}, {[]string{"S1-152", "S0-003"}, Fail}, {[]string{"S0-003"}, Fail}} {
		c := new(story).sent("desk", "n1").expect(Expectation{Kind: Delivered, Nonce: "n1", Mailbox: box, Requirements: tt.statements}).dossier()
		c.Scene.Recommended = []string{"S1-152", "S1-155"}
		if j := c.Judge(); j.Verdict != tt.want {
			t.Errorf("%v: %s, want %s", tt.statements, j.Verdict, tt.want)
		}
	}
}

func TestUnknownExpectationIsNotPassed(t *testing.T) {
	for _, detail := range []string{`{"kind":"nosuch"}`, `{"kind":"delivered","nosuch":1}`, `not json`} {
		s := new(story).add(record.Event{Who: "bench", Kind: record.Clause, Name: "x", Detail: detail})
		if j := s.dossier().Judge(); j.Verdict != Error {
			t.Errorf("%s: got %s, want ERROR", detail, j.Verdict)
		}
	}
}

func TestExit(t *testing.T) {
	tests := []struct {
		counts            map[Verdict]int
		planned, executed int
		want              int
	}{ // what a stale baseline makes of it is below
		{map[Verdict]int{Pass: 2}, 2, 2, ExitConforming},
		{map[Verdict]int{Pass: 1, Warn: 1, ExpectedFail: 1, NotApplicable: 1}, 4, 4, ExitConforming},
		{map[Verdict]int{Pass: 1, Fail: 1, Blocked: 1}, 3, 3, ExitFail},
		{map[Verdict]int{Fail: 1, Error: 1}, 2, 2, ExitBench},
		{map[Verdict]int{Pass: 1}, 2, 1, ExitInconclusive},
		{map[Verdict]int{}, 0, 0, ExitInconclusive},
		{map[Verdict]int{Blocked: 1}, 1, 1, ExitInconclusive},
		{map[Verdict]int{Review: 1}, 1, 1, ExitInconclusive},
		{map[Verdict]int{NotRun: 1}, 1, 0, ExitInconclusive},
	}
	for _, tt := range tests {
		if got := Exit(tt.counts, tt.planned, tt.executed, false); got != tt.want {
			t.Errorf("Exit(%v, %d, %d) = %d, want %d", tt.counts, tt.planned, tt.executed, got, tt.want)
		}
		stale := tt.want // 5 > 64 > 3 > 1 > 6 > 4 > 0
		if stale == ExitConforming || stale == ExitInconclusive {
			stale = ExitStale
		}
		if got := Exit(tt.counts, tt.planned, tt.executed, true); got != stale {
			t.Errorf("with a stale baseline: Exit(%v, %d, %d) = %d, want %d", tt.counts, tt.planned, tt.executed, got, stale)
		}
	}
}

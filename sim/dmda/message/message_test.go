package message_test

import (
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/message"
	"demailbench/sim/record"
)

func scan(t testing.TB, raw string) demail.Header {
	t.Helper()
	h, err := demail.ScanHeader(raw)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestAnswers(t *testing.T) {
	forwarder := demail.MustAddress("c@c.de-mail.de")
	for want, m := range map[string]*message.Message{
		"a@a.de-mail.de": {Sender: "a@a.de-mail.de"},
		"b@b.de-mail.de": {Sender: "a@a.de-mail.de", Header: scan(t, "Reply-To: Amt <b@b.de-mail.de>\r\n")},
		"c@c.de-mail.de": {Sender: "a@a.de-mail.de", Header: scan(t, "Reply-To: b@b.de-mail.de\r\n"), Forwarded: true, Forwarder: forwarder},
	} {
		if got, err := m.Answers(); err != nil || got.String() != want {
			t.Errorf("answers go to %v, %v, want %s", got, err, want)
		}
	}
}

func TestReaddressedChangesOneField(t *testing.T) {
	m := &message.Message{Header: scan(t, "To: a@a.de-mail.de\r\nX-de-mail-actual-recipient: to=a@a.de-mail.de\r\nX-de-mail-chosen-recipient: to=a@a.de-mail.de\r\n")}
	next := m.Readdressed(demail.MustAddress("b@b.de-mail.de"))
	want := strings.Replace(m.Header.String(), "actual-recipient: to=a@a", "actual-recipient: to=b@b", 1)
	if next.Header.String() != want || m.Get(demail.FieldActual) != "to=a@a.de-mail.de" {
		t.Errorf("header\n%s", next.Header)
	}
}

func TestChanged(t *testing.T) {
	m := &message.Message{Header: scan(t, "Subject: x\r\n"), Body: "hash", Size: 3}
	next, err := m.Changed(func(r record.Message) record.Message {
		r.Header = strings.Replace(r.Header, "x", "other", 1)
		return r
	})
	if err != nil || next.Get("Subject") != "other" || m.Get("Subject") != "x" || next.Body != "hash" {
		t.Errorf("%+v, %v", next, err)
	}
	if _, err := m.Changed(func(r record.Message) record.Message { r.Header = "no colon\r\n"; return r }); err == nil {
		t.Error("a broken header is carried")
	}
}

func TestMbox(t *testing.T) {
	var b strings.Builder
	at := time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)
	for _, m := range []string{"Subject: x\r\n\r\nFrom here\r\n>From there\r\nfrom\r\n", "Subject: y\r\n\r\nno end"} {
		if err := message.WriteMbox(&b, "a@b.de-mail.de", at, iotest.OneByteReader(strings.NewReader(m))); err != nil {
			t.Fatal(err)
		}
	}
	const want = "From a@b.de-mail.de Mon Nov  2 08:00:00 2015\nSubject: x\n\n>From here\n>>From there\nfrom\n\n" +
		"From a@b.de-mail.de Mon Nov  2 08:00:00 2015\nSubject: y\n\nno end\n\n"
	if b.String() != want {
		t.Errorf("mbox\n%q\nwant\n%q", b.String(), want)
	}
}

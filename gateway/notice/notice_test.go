package notice_test

import (
	"strings"
	"testing"
	"time"

	"demailbench/gateway/notice"
	"demailbench/gateway/store"
)

var letter = notice.Letter{Hostname: "gateway.example", Token: "tok", To: "p@a.test", Now: time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)}

// TestReport is RFC 3464 for a De-Mail that the DMDA has refused: its words and its status, the failed recipient
// only.
func TestReport(t *testing.T) {
	for _, c := range []struct {
		name, answer, status, kind string
		delayed, expired           bool
	}{
		{name: "the DMDA's code and text", answer: "550 5.1.6 Konto aufgeloest", status: "5.1.6", kind: "smtp"},
		{name: "no enhanced code", answer: "554 no", status: "5.0.0", kind: "smtp"},
		{name: "code of another class", answer: "550 4.7.1 odd", status: "5.0.0", kind: "smtp"},
		{name: "time ran out", answer: "451 4.3.0 later", status: "4.4.7", kind: "smtp", expired: true},
		{name: "delay", answer: "451 4.3.0 later", status: "4.3.0", kind: "smtp", delayed: true},
		{name: "no reply at all", answer: "cannot connect to itsp", status: "4.0.0", kind: "x-gateway", delayed: true},
	} {
		d := store.Delivery{ID: 7, Recipient: "cz@x.de-mail.de", Original: "CZ@x.de-mail.de", Answer: c.answer}
		r := notice.Report{Letter: letter, Message: store.Message{MessageID: "<1@a.test>"}, Header: []byte("Subject: s\r\n"),
			Failed: []store.Delivery{d}, Expired: map[int64]bool{7: c.expired}, Delayed: c.delayed}
		text := string(r.Text())
		for _, want := range []string{"Status: " + c.status + "\r\n", "Diagnostic-Code: " + c.kind + "; " + c.answer + "\r\n", "Auto-Submitted: auto-replied\r\n",
			"Final-Recipient: rfc822; cz@x.de-mail.de\r\n", "In-Reply-To: <1@a.test>\r\n", "Subject: s\r\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in\n%s", c.name, want, text)
			}
		}
	}
}

// TestAnswerTakesNoFields: what stands in the De-Mail that is answered adds nothing to the answer's header.
func TestAnswerTakesNoFields(t *testing.T) {
	for _, id := range []string{"<1@x>\r\nBcc: evil@x.de-mail.de", "<1 @x>", "1@x", "<" + strings.Repeat("x", 300) + ">", "<\xff@x>"} {
		a := notice.Answer{Letter: letter, From: "p@a.de-mail.de", For: "x@a.de-mail.de", MessageID: id, Number: "1\r\nX: y"}
		head, body, _ := strings.Cut(string(a.Text()), "\r\n\r\n")
		if strings.Contains(head, "In-Reply-To") || strings.Contains(head, "Bcc") || !strings.Contains(body, "Nachrichten-ID: 1 X: y") || strings.Contains(head, "gateway.example") {
			t.Errorf("%q: %s", id, head)
		}
	}
}

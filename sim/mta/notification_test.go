package mta_test

import (
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/wire"
)

// TestNotification reads a notification as a user's mail program does (RFC 3464): three parts, and the
// fields that say who got nothing and why.
func TestNotification(t *testing.T) {
	w := newWorld(t)
	w.run(func() {
		w.b.Faults().Add(wire.Fault{Verb: "RCPT", To: "a@pirna.de", Do: wire.Answer, Reply: wire.Reply{Code: 550, Enhanced: "5.1.1", Text: "no such user"}})
		w.b.Faults().Add(wire.Fault{Verb: "RCPT", To: "b@pirna.de", Do: wire.Answer, Reply: wire.Reply{Code: 552, Text: "gro\xdf"}})
		w.mustSubmit("bau@radebeul.de", "a@pirna.de", "post@pirna.de", "b@pirna.de")
		w.sleep(time.Second)
	})
	box := w.a.Mailbox("bau@radebeul.de")
	if len(box) != 1 || box[0].From != "" || len(w.b.Mailbox("post@pirna.de")) != 1 {
		t.Fatalf("notifications %v", box)
	}
	m, err := mail.ReadMessage(strings.NewReader(strings.ReplaceAll(w.text(box[0].Msg), "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"Return-Path": "<>", "From": "Mail Delivery System <MAILER-DAEMON@mail.radebeul.de>", "To": "<bau@radebeul.de>",
		"Subject": "Undelivered mail", "Auto-Submitted": "auto-replied", "Date": "Mon, 02 Nov 2015 08:00:00 +0000",
	} {
		if got := m.Header.Get(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || params["report-type"] != "delivery-status" {
		t.Errorf("type %s %v, %v", kind, params, err)
	}
	const want = `text/plain; charset=us-ascii
This is the mail server mail.radebeul.de.

Your message could not be delivered to:

<a@pirna.de>: 550 5.1.1 no such user
<b@pirna.de>: 552 5.0.0 gro?
---
message/delivery-status
Reporting-MTA: dns; mail.radebeul.de
Arrival-Date: Mon, 02 Nov 2015 08:00:00 +0000

Final-Recipient: rfc822; a@pirna.de
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
Last-Attempt-Date: Mon, 02 Nov 2015 08:00:00 +0000

Final-Recipient: rfc822; b@pirna.de
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 552 5.0.0 gro?
Last-Attempt-Date: Mon, 02 Nov 2015 08:00:00 +0000
---
text/rfc822-headers
From: <bau@radebeul.de>
Subject: Bauantrag
Message-ID: <1@radebeul.de>
`
	if diff := cmp.Diff(want, parts(t, multipart.NewReader(m.Body, params["boundary"]))); diff != "" {
		t.Error(diff)
	}
}

// parts lists types and texts, without the Received fields of the original header.
func parts(t *testing.T, r *multipart.Reader) string {
	t.Helper()
	var out []string
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			return strings.Join(out, "---\n")
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		s := strings.ReplaceAll(string(text), "\r\n", "\n")
		if i := strings.Index(s, "From: <"); i > 0 && strings.HasPrefix(s, "Received:") {
			s = s[i:]
		}
		out = append(out, p.Header.Get("Content-Type")+"\n"+s)
	}
}

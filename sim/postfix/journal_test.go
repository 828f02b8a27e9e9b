package postfix

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRead reads lines as Postfix 3.7.11 of Debian 12 wrote them.
func TestRead(t *testing.T) {
	const at = "Nov 22 02:00:11 mail postfix/"
	tests := []struct {
		line string
		want entry
	}{
		{at + "master[42]: daemon started -- version 3.7.11, configuration /etc/postfix", entry{service: "master", pid: "42", what: "started"}},
		{at + "smtpd[97]: connect from unknown[172.16.0.25]:53224", entry{service: "smtpd", pid: "97", what: "connect", remote: "172.16.0.25:53224"}},
		{at + "smtpd[97]: Anonymous TLS connection established from unknown[172.16.0.25]:53224: TLSv1.3 with cipher TLS_AES_128_GCM_SHA256 (128/128 bits)",
			entry{service: "smtpd", pid: "97", what: "tls", remote: "172.16.0.25:53224", tls: "1.3"}},
		{at + "smtpd[97]: 5F0C8A2B1: client=unknown[172.16.0.25]:53224", entry{service: "smtpd", pid: "97", queue: "5F0C8A2B1", what: "client", remote: "172.16.0.25:53224"}},
		{at + "cleanup[99]: 5F0C8A2B1: message-id=<n1@sakd.de>", entry{service: "cleanup", pid: "99", queue: "5F0C8A2B1", what: "id", value: "<n1@sakd.de>"}},
		{at + "qmgr[44]: 5F0C8A2B1: from=<>, size=1024, nrcpt=1 (queue active)", entry{service: "qmgr", pid: "44", queue: "5F0C8A2B1", what: "from"}},
		{at + "smtp[101]: Untrusted TLS connection established to gateway.central.example[172.16.0.25]:25: TLSv1.3 with cipher X",
			entry{service: "smtp", pid: "101", what: "tls", remote: "172.16.0.25:25", tls: "1.3"}},
		{at + "smtp[101]: 5F0C8A2B1: to=<pn_x@t-systems.de-mail.de>, relay=gateway.central.example[172.16.0.25]:25, delay=0.1, delays=0/0/0.1/0, dsn=2.0.0, status=sent (250 2.0.0 queued as 7)",
			entry{service: "smtp", pid: "101", queue: "5F0C8A2B1", what: "delivery", to: "pn_x@t-systems.de-mail.de", remote: "172.16.0.25:25", enhanced: "2.0.0", status: "sent",
				said: "250 2.0.0 queued as 7", code: 250}},
		{at + "smtp[101]: 5F0C8A2B1: to=<a@b.de>, relay=gw.example[172.16.0.25]:25, delay=0.1, delays=0/0/0.1/0, dsn=5.7.1, status=bounced (host gw.example[172.16.0.25] said: 550 5.7.1 no De-Mail address (in reply to RCPT TO command))",
			entry{service: "smtp", pid: "101", queue: "5F0C8A2B1", what: "delivery", to: "a@b.de", remote: "172.16.0.25:25", enhanced: "5.7.1", status: "bounced",
				said: "host gw.example[172.16.0.25] said: 550 5.7.1 no De-Mail address (in reply to RCPT TO command)", code: 550, verb: "RCPT"}},
		{at + "smtp[101]: 5F0C8A2B1: to=<a@b.de>, relay=none, delay=2, delays=0/0/2/0, dsn=4.4.1, status=deferred (connect to gw.example[172.16.0.25]:25: Connection timed out)",
			entry{service: "smtp", pid: "101", queue: "5F0C8A2B1", what: "delivery", to: "a@b.de", enhanced: "4.4.1", status: "deferred",
				said: "connect to gw.example[172.16.0.25]:25: Connection timed out"}},
		{at + "smtpd[97]: NOQUEUE: reject: RCPT from unknown[172.16.0.25]:53224: 550 5.1.1 <x@sakd.de>: Recipient address rejected: User unknown in virtual mailbox table; from=<a@b.de> to=<x@sakd.de> proto=ESMTP helo=<gw>",
			entry{service: "smtpd", pid: "97", what: "reject", verb: "RCPT", remote: "172.16.0.25:53224", code: 550, enhanced: "5.1.1",
				said: "<x@sakd.de>: Recipient address rejected: User unknown in virtual mailbox table", value: "a@b.de", to: "x@sakd.de"}},
		{at + "anvil[100]: statistics: max connection rate 1/60s", entry{service: "anvil", pid: "100"}},
		{"something else", entry{}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, read(test.line), cmp.AllowUnexported(entry{})); diff != "" {
			t.Errorf("%s\n%s", test.line, diff)
		}
	}
}

// FuzzRead feeds the reader whatever a log may hold.
func FuzzRead(f *testing.F) {
	f.Add("Nov 22 02:00:11 mail postfix/smtp[101]: 5F0C8A2B1: to=<a@b>, relay=none, delay=2, delays=0, dsn=4.4.1, status=deferred (x)")
	f.Add("")
	f.Fuzz(func(t *testing.T, line string) {
		if e := read(line); e.what != "" && e.service == "" {
			t.Errorf("%q: %+v", line, e)
		}
	})
}

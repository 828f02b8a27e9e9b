package courier

import (
	"strings"
	"testing"
	"time"
)

// TestUndeliverableInbound: the De-Mail is kept, its sender hears nothing, the technical contact does (S1-115).
func TestUndeliverableInbound(t *testing.T) {
	p := newPost(t)
	p.annaberg.set(func(_ *peer, verb, _ string) error {
		if verb == "RCPT" {
			return code(550, [3]int{5, 1, 1}, "no such user")
		}
		return nil
	})
	p.start()
	p.inbound("1@x", "annaberg", "poststelle@annaberg.example")
	p.events.Wait("parked", 1)
	p.events.Wait("delivered", 1)
	if got := p.contact.letters(); len(got) != 1 || strings.Contains(got[0].text, "secret") || len(p.dmda.letters()) != 0 {
		t.Fatalf("contact %+v, DMDA %+v", got, p.dmda.letters())
	}
	if _, ds, err := p.store.Load(); err != nil || len(ds) != 1 || !ds[0].Parked {
		t.Fatalf("not kept: %+v %v", ds, err)
	}
}

// TestDelayAndFailureNotices follows a De-Mail that the DMDA puts off for five days: one notice of delay at
// four hours, one of failure at the end, both to the e-mail side (RFC 3464, D27).
func TestDelayAndFailureNotices(t *testing.T) {
	p := newPost(t)
	p.dmda.set(func(_ *peer, verb, _ string) error {
		if verb == "MAIL" {
			return code(451, [3]int{4, 3, 0}, "later")
		}
		return nil
	})
	p.start()
	p.outbound("1@x", "cz@x.de-mail.de")
	at := time.Duration(0)
	for _, wait := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, time.Hour, time.Hour} {
		p.events.Next("deferred")
		at += wait
		p.again(at)
	}
	p.events.Next("deferred")
	p.again(4 * time.Hour)
	p.events.Next("late")
	p.events.Wait("delivered", 1)
	for at += time.Hour; at < 120*time.Hour; at += time.Hour {
		p.again(at)
		p.events.Next("deferred")
	}
	p.again(120 * time.Hour)
	p.events.Wait("failed", 1)
	p.events.Wait("delivered", 2)
	got := p.annaberg.letters()
	if len(got) != 2 || len(p.dmda.letters()) != 0 {
		t.Fatalf("%d notices", len(got))
	}
	for i, want := range [][]string{{"Action: delayed", "Status: 4.3.0", "Will-Retry-Until: Sat, 07 Nov 2015 08:00:00 +0000"}, {"Action: failed", "Status: 4.4.7"}} {
		for _, w := range append(want, "Reporting-MTA: dns; gateway.example", "Final-Recipient: rfc822; cz@x.de-mail.de", "Diagnostic-Code: smtp; 451 4.3.0 later", "In-Reply-To: <1@x>") {
			if !strings.Contains(got[i].text, w+"\r\n") {
				t.Errorf("notice %d lacks %q:\n%s", i, w, got[i].text)
			}
		}
		if got[i].from != "" || got[i].to[0] != "poststelle@annaberg.example" || strings.Contains(got[i].text, "secret body") {
			t.Errorf("notice %d: from %q to %v", i, got[i].from, got[i].to)
		}
	}
}

// TestNoNoticeAboutNotices: a notice that nobody takes ends in the trail (RFC 5321 6.1).
func TestNoNoticeAboutNotices(t *testing.T) {
	p := newPost(t)
	reject := func(_ *peer, verb, _ string) error {
		if verb == "RCPT" {
			return code(550, [3]int{5, 1, 1}, "no such user")
		}
		return nil
	}
	p.dmda.set(reject)
	p.annaberg.set(reject)
	p.start()
	p.outbound("1@x", "cz@x.de-mail.de")
	p.events.Wait("failed", 2)
	p.events.Wait("told", 1)
	if n := p.events.Count("told"); n != 1 || len(p.queue.Waiting()) != 0 {
		t.Fatalf("%d notices: %s", n, p.events.Text())
	}
}

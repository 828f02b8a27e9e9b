package gateway

import (
	"strings"
	"testing"
	"time"

	"demailbench/gateway/door/doortest"
)

const deMail = "From: cz@x.de-mail.de\r\nMessage-ID: <1@x>\r\nX-de-mail-message-id: 1@x.de-mail.de\r\n"

// TestUnmappedWaits is D11 with neither CatchAll nor BounceAll: the De-Mail stays at the DMDA, and the technical
// contact learns of it once, whatever happens to the gateway meanwhile.
func TestUnmappedWaits(t *testing.T) {
	w := newWorld(t)
	data, c := t.TempDir(), config(t.TempDir())
	c.Data = data
	g := w.gateway(c, w.deps())
	for range 2 {
		if err := w.pushTo("bauamt@annaberg.de-mail.de", deMail+"\r\nx\r\n"); err == nil || !strings.Contains(err.Error(), "450") {
			t.Fatalf("push: %v", err)
		}
	}
	alert := w.tenant.wait(1)[0]
	if alert.to != "technik@annaberg.example" || !strings.Contains(alert.text, "bauamt@annaberg.de-mail.de") || !strings.Contains(alert.text, "Auto-Submitted: auto-generated") {
		t.Errorf("alert: %+v", alert)
	}
	g.Kill()
	<-g.done
	w.gateway(c, w.deps())
	if err := w.pushTo("bauamt@annaberg.de-mail.de", deMail+"\r\nx\r\n"); err == nil {
		t.Fatal("taken in")
	}
	if err := w.push(deMail + "\r\nx\r\n"); err != nil {
		t.Fatal(err)
	}
	w.tenant.wait(2)
	if n := w.events.Count("alarm"); n != 1 {
		t.Errorf("%d alarms", n)
	}
}

// TestAnswer is BounceAll in the form reply: one new De-Mail to the sender for the same De-Mail, however often it
// is pushed; it says whether a receipt had been confirmed and shows nothing of the inside.
func TestAnswer(t *testing.T) {
	for _, c := range []struct{ name, mode, header, want string }{
		{"asked for", "", "X-de-mail-confirmation-of-receipt: yes\r\n", "angeforderte Eingangsbest=C3=A4tigung wurde ausgestellt"},
		{"always", "always", "X-de-mail-confirmation-of-receipt: no\r\n", "weil dieses De-Mail-Kon"},
		{"none", "on-request", "", "nicht angefordert und nicht ausgestel"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			cfg := config(t.TempDir())
			cfg.Tenants[0].ReceiptMode = c.mode
			cfg.Tenants[0].Domains[0].BounceAll, cfg.Tenants[0].Domains[0].BounceSender = "reply", "poststelle@annaberg.de-mail.de"
			w.gateway(cfg, w.deps())
			text := deMail + c.header + "Subject: geheim\r\n\r\ngeheim\r\n"
			for range 2 {
				if err := w.pushTo("bauamt@annaberg.de-mail.de", text); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.pushTo("bauamt@annaberg.de-mail.de", strings.ReplaceAll(text, "1@x", "2@x")); err != nil {
				t.Fatal(err)
			}
			got := w.dmda.wait(2)
			if w.events.Count("answered") != 2 || w.events.Count("duplicate suppressed") != 1 || len(got) != 2 || len(w.tenant.mails()) != 0 {
				t.Fatalf("the DMDA has %+v, the tenant %+v", got, w.tenant.mails())
			}
			a := got[0] // which of the two comes first is nobody's promise
			if !strings.Contains(a.text, "In-Reply-To: <1@x>") {
				a = got[1]
			}
			for _, want := range []string{"From: <poststelle@annaberg.de-mail.de>\r\n", "To: <cz@x.de-mail.de>\r\n", "bauamt@annaberg.de-mail.de",
				"In-Reply-To: <1@x>\r\n", "Auto-Submitted: auto-replied\r\n", "@annaberg.de-mail.de>\r\n", "Nachrichten-ID: 1@x.de-mail.de", c.want} {
				if !strings.Contains(strings.ReplaceAll(a.text, "=\r\n", ""), want) {
					t.Errorf("%q is not in %s", want, a.text)
				}
			}
			if a.from != "poststelle@annaberg.de-mail.de" || a.to != "cz@x.de-mail.de" || strings.Contains(a.text, "geheim") || strings.Contains(a.text, "gateway.example") {
				t.Errorf("from %s to %s: %s", a.from, a.to, a.text)
			}
		})
	}
}

// TestConfirmationIsLinked: the trail names the message that a notification is about.
func TestConfirmationIsLinked(t *testing.T) {
	w := newWorld(t)
	w.gateway(config(t.TempDir()), w.deps())
	if err := w.submit("out", "x\r\n"); err != nil {
		t.Fatal(err)
	}
	sent := doortest.Attr(w.events.Next("accepted"), "id")
	c := "From: Meldung@x.de-mail.de\r\nMessage-ID: <m@x>\r\nX-de-mail-message-type: notification\r\nIn-Reply-To: <out@annaberg.example>\r\n\r\nx\r\n"
	if err := w.pushFrom("Meldung@x.de-mail.de", "poststelle@annaberg.de-mail.de", c); err != nil {
		t.Fatal(err)
	}
	if r := w.events.Next("confirmed"); doortest.Attr(r, "about") != sent || doortest.Attr(r, "by") != "message-id" || doortest.Attr(r, "type") != "notification" {
		t.Errorf("%s", w.events.Text())
	}
}

// TestWrongPINStaysUntried: not even a new life of the gateway presents it again; the operator is told once, and a
// card replaced at run time ends the trouble.
func TestWrongPINStaysUntried(t *testing.T) {
	w := newWorld(t)
	c := config(t.TempDir())
	c.Operator = "esv@annaberg.example"
	for range 3 {
		d := w.deps()
		d.PIN = "000000"
		g := w.gateway(c, d)
		g.Kill()
		<-g.done
	}
	if w.card.Tries != 1 {
		t.Errorf("the PIN was presented %d times", w.card.Tries)
	}
	d := w.deps()
	d.PIN = "000000"
	g := w.gateway(c, d)
	if err := w.submit("a", "x\r\n"); err != nil {
		t.Fatal(err)
	}
	w.events.Wait("deferred", 1)
	if err := g.ReplaceCard(w.card, "111111"); err == nil || g.Healthy() == nil {
		t.Error("replaced by a card with another PIN")
	}
	if err := g.ReplaceCard(w.card, "123456"); err != nil {
		t.Fatal(err)
	}
	w.dmda.wait(1) // the clock stands still: mail that waited is tried at once
	if err := g.Healthy(); err != nil {
		t.Error(err)
	}
	pins := 0
	for _, m := range w.tenant.mails() {
		if strings.Contains(m.text, "card PIN") {
			pins++
		}
		if strings.Contains(m.text, "000000") {
			t.Errorf("the PIN is in %s", m.text)
		}
	}
	if pins != 1 {
		t.Errorf("the operator was told %d times of the PIN", pins)
	}
}

// TestRightPINAfterRestart: what waited for the right PIN is sent as soon as the gateway has it, and the operator
// was told of the PIN alone.
func TestRightPINAfterRestart(t *testing.T) {
	w := newWorld(t)
	w.card.Shown = true
	c := config(t.TempDir())
	c.Operator = "esv@annaberg.example"
	d := w.deps()
	d.PIN = "000000"
	g := w.gateway(c, d)
	if err := w.submit("a", "x\r\n"); err != nil {
		t.Fatal(err)
	}
	w.events.Wait("deferred", 1)
	if g.Healthy() == nil {
		t.Error("healthy with a locked card")
	}
	g.Kill()
	<-g.done
	g = w.gateway(c, w.deps())
	w.dmda.wait(1) // the clock stands still
	if err := g.Healthy(); err != nil {
		t.Error(err)
	}
	if got := w.tenant.wait(1); len(got) != 1 || !strings.Contains(got[0].text, "card PIN") {
		t.Errorf("the operator got %+v", got)
	}
}

// TestExpiry is S1-033: certificates that end within 30 days are told of once each, and no more when they are
// replaced, which interrupts nothing.
func TestExpiry(t *testing.T) {
	w := newWorld(t)
	c := config(t.TempDir())
	c.Operator = "esv@annaberg.example"
	d := w.deps()
	w.clock.Advance(340 * 24 * time.Hour)
	g := w.gateway(c, d)
	w.events.Wait("alarm", 2)
	got := w.tenant.wait(2)
	if !strings.Contains(got[0].text+got[1].text, "a certificate of the gateway exp") {
		t.Errorf("alerts: %+v", got)
	}
	if err := w.submit("a", "x\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := g.ReplaceCard(&doortest.Card{Cert: w.cert("itsp-card", "itsp-card"), PIN: "9"}, "9"); err != nil {
		t.Fatal(err)
	}
	w.events.Wait("outage ended", 1)
	if err := g.ReplaceCertificate(w.cert("gateway", "gateway.example")); err != nil {
		t.Fatal(err)
	}
	w.events.Wait("outage ended", 2)
	if err := w.submit("b", "x\r\n"); err != nil {
		t.Fatal(err)
	}
	w.dmda.wait(2)
	if n := len(w.tenant.mails()); n != 2 {
		t.Errorf("%d alerts", n)
	}
}

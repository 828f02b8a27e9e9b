package queue

import (
	"testing"
	"time"
)

func TestDuplicates(t *testing.T) {
	for _, c := range []struct {
		name       string
		between    func(b *bench, w *Work)
		again      func(b *bench) Receipt
		suppressed int
	}{
		{"while queued", func(*bench, *Work) {}, nil, 1},
		{"after delivery", func(b *bench, w *Work) { b.finish(t, w, Delivered) }, nil, 1},
		{"after failure", func(b *bench, w *Work) { b.finish(t, w, Failed) }, nil, 0},
		{"after the memory's end", func(b *bench, w *Work) {
			b.finish(t, w, Delivered)
			b.clock.Advance(Memory + 24*time.Hour)
			b.mail(t, "annaberg", "other@x", "body", "cz@x.de-mail.de")
		}, nil, 0},
		{"other body", func(*bench, *Work) {}, func(b *bench) Receipt { return b.mail(t, "annaberg", "1@x", "other", "cz@x.de-mail.de") }, 0},
		{"other tenant", func(*bench, *Work) {}, func(b *bench) Receipt { return b.mail(t, "pirna", "1@x", "body", "cz@x.de-mail.de") }, 0},
		{"other recipient", func(*bench, *Work) {}, func(b *bench) Receipt { return b.mail(t, "annaberg", "1@x", "body", "cy@x.de-mail.de") }, 0},
		{"one of two recipients", func(*bench, *Work) {}, func(b *bench) Receipt {
			r := b.mail(t, "annaberg", "1@x", "body", "cz@x.de-mail.de", "cy@x.de-mail.de")
			if len(r.Queued) != 1 || r.Queued[0].Recipient != "cy@x.de-mail.de" {
				t.Errorf("queued %v", r.Queued)
			}
			return r
		}, 1},
		{"trace field on top", func(*bench, *Work) {}, func(b *bench) Receipt {
			e := Envelope{Kind: Outbound, Tenant: "annaberg", Sender: "poststelle@annaberg.de-mail.de", To: []Recipient{{"cz@x.de-mail.de", "cz@x.de-mail.de", RouteDMDA}}}
			return b.accept(t, e, "Received: from a by b; Mon, 2 Nov 2015 09:00:00 +0100\r\nMessage-ID: <1@x>\r\nSubject: x\r\n\r\nbody")
		}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.mail(t, "annaberg", "1@x", "body", "cz@x.de-mail.de")
			c.between(b, b.take(t))
			again := c.again
			if again == nil {
				again = func(b *bench) Receipt { return b.mail(t, "annaberg", "1@x", "body", "cz@x.de-mail.de") }
			}
			if r := again(b); len(r.Suppressed) != c.suppressed {
				t.Errorf("suppressed %v, want %d", r.Suppressed, c.suppressed)
			}
		})
	}
}

// TestDeMailIdentity: a De-Mail that the DMDA hands over again has its own id, whatever its Message-ID is.
func TestDeMailIdentity(t *testing.T) {
	b := newBench(t)
	e := Envelope{Kind: Inbound, Tenant: "annaberg", Sender: "cz@x.de-mail.de",
		To: []Recipient{{"poststelle@annaberg.example", "poststelle@annaberg.de-mail.de", RouteMail("annaberg.example")}}}
	first := b.accept(t, e, "X-de-mail-message-id: 4711@x.de-mail.de\r\nMessage-ID: <a@x>\r\n\r\nbody")
	again := b.accept(t, e, "X-de-mail-message-id: 4711@x.de-mail.de\r\nMessage-ID: <b@x>\r\n\r\nbody")
	if first.MessageID != "4711@x.de-mail.de" || len(first.Queued) != 1 || len(again.Suppressed) != 1 {
		t.Fatalf("first %+v, again %+v", first, again)
	}
}

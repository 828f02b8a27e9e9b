package dmda_test

import (
	"strings"
	"testing"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/dmda"
	"demailbench/sim/record"
	"demailbench/sim/wire"

	"github.com/google/go-cmp/cmp"
)

func (w *world) toTenant(subject string) {
	w.t.Helper()
	msg := w.message("From: "+citizen+"\r\nTo: "+poststelle+"\r\nSubject: "+subject+"\r\n", "x\r\n")
	must(w.t, w.holder("buergerin").SendMessage(citizen, []string{poststelle}, msg))
}

func TestPushHandsOverAndKeeps(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		w.toTenant("eins")
		w.wait(time.Second)
		in := w.inbox(poststelle)
		if len(in) != 2 || in[0].Push != dmda.Pushed || in[1].Push != dmda.Pushed {
			t.Errorf("mailbox %v: message and copy of the receipt, both pushed, both kept (S1-115)", in)
		}
		want := []wire.Envelope{{From: citizen, To: []string{poststelle}}, {From: "Eingangsbestaetigung@t-systems.de-mail.de", To: []string{poststelle}}}
		if d := cmp.Diff(want, w.gw.got); d != "" {
			t.Errorf("envelopes (-want +got)\n%s", d)
		}
		if len(w.gw.msgs) == 2 && w.gw.msgs[0] != in[0].Msg {
			t.Error("the gateway got other octets than lie in the mailbox")
		}
		if w.dmda.Waiting("annaberg") != 0 {
			t.Error("the queue is not empty")
		}
	})
}

func TestPushIsRetriedUntilAccepted(t *testing.T) {
	w := newWorld(t)
	var tries []time.Duration
	start := w.clock.Now()
	w.gw.reply = func(env wire.Envelope) *wire.Reply {
		if env.From != citizen {
			return nil
		}
		tries = append(tries, w.clock.Now().Sub(start).Round(time.Second))
		if len(tries) < 9 {
			return wire.Refuse(451, "4.3.0", "not now")
		}
		return nil
	}
	w.drive(func() {
		w.toTenant("eins")
		w.wait(5 * time.Hour)
		m := time.Minute
		want := []time.Duration{0, 10 * time.Second, 70 * time.Second, 6*m + 10*time.Second, 21*m + 10*time.Second, 51*m + 10*time.Second,
			111*m + 10*time.Second, 171*m + 10*time.Second, 231*m + 10*time.Second}
		if d := cmp.Diff(want, tries); d != "" {
			t.Errorf("tries (-want +got)\n%s", d)
		}
		if in := w.inbox(poststelle); in[0].Push != dmda.Pushed || len(w.gw.got) != 2 {
			t.Errorf("push %q, gateway has %d messages", in[0].Push, len(w.gw.got))
		}
	})
}

func TestOneRefusedRecipientDoesNotHoldUpTheOthers(t *testing.T) {
	w := newWorld(t)
	w.gw.reply = func(env wire.Envelope) *wire.Reply {
		if env.From == citizen {
			return wire.Refuse(550, "5.1.1", "no such mailbox")
		}
		return nil
	}
	w.drive(func() {
		w.toTenant("eins")
		w.wait(time.Second)
		in := w.inbox(poststelle)
		if len(in) != 2 || in[0].Push != dmda.Refused || in[1].Push != dmda.Pushed {
			t.Errorf("mailbox %v", in)
		}
		found := false
		for _, e := range w.rec.Events() {
			found = found || e.Kind == record.Rejected && e.Who == "dmda" && e.Code == 550
		}
		if !found {
			t.Error("the record does not show the refusal")
		}
	})
}

// TestRefusedAddressIsToldToTheSender: class 5.1 speaks of the address; nothing else is told to the sender, and
// what the provider wrote itself is told to nobody.
func TestRefusedAddressIsToldToTheSender(t *testing.T) {
	for enhanced, want := range map[string]int{"5.1.1": 1, "5.1.6": 1, "5.7.1": 0} {
		w := newWorld(t)
		w.gw.reply = func(env wire.Envelope) *wire.Reply { return wire.Refuse(550, enhanced, "no") }
		w.drive(func() {
			w.toTenant("eins")
			w.wait(time.Second)
			if types := w.types(citizen); strings.Count(types, demail.TypeNotification) != want || strings.Count(types, demail.TypeReceipt) != 1 {
				t.Errorf("%s: the sender has %s, want the receipt and %d notifications", enhanced, types, want)
			}
			for _, m := range w.inbox(citizen) {
				if m.Type == demail.TypeNotification && header(m.Msg).value(demail.FieldNotificationType) != demail.NoteUnknownRecipient {
					t.Errorf("%s: notification type %q", enhanced, header(m.Msg).value(demail.FieldNotificationType))
				}
			}
			if in := w.inbox(poststelle); len(in) != 2 || in[0].Push != dmda.Refused || in[1].Push != dmda.Refused {
				t.Errorf("%s: mailbox %v: both stay (S1-115)", enhanced, in)
			}
		})
	}
}

func TestGatewayOutage(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		undo := w.push.Faults().Add(wire.Fault{Verb: "CONNECT", Do: wire.Close})
		w.toTenant("eins")
		w.toTenant("zwei")
		w.wait(20 * time.Minute)
		if n := w.dmda.Waiting("annaberg"); n != 4 {
			t.Errorf("%d wait, want 4: two messages and two copies of receipts", n)
		}
		undo()
		w.wait(2 * time.Hour)
		if n := w.dmda.Waiting("annaberg"); n != 0 || len(w.gw.got) != 4 {
			t.Errorf("%d wait, %d handed over", n, len(w.gw.got))
		}
		for _, m := range w.inbox(poststelle) {
			if m.Push != dmda.Pushed {
				t.Errorf("%s: push %q", m.ID, m.Push)
			}
		}
	})
}

// TestLostReplyPushesTheSameMessageAgain: the one case of a second copy (D28); it has the same ids.
func TestLostReplyPushesTheSameMessageAgain(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		w.push.Faults().Add(wire.Fault{Verb: "END", From: citizen, Do: wire.DropReply, Times: 1})
		w.toTenant("eins")
		w.wait(time.Minute)
		var same []record.Message
		for i, env := range w.gw.got {
			if env.From == citizen {
				same = append(same, w.gw.msgs[i])
			}
		}
		if len(same) != 2 || same[0] != same[1] {
			t.Errorf("the gateway got the message %d times, want twice the same octets", len(same))
		}
		if n := w.stored(poststelle); n != 2 {
			t.Errorf("%d stored: the second push must not store again", n)
		}
	})
}

// TestLostReplyOnTheLink: the provider took the draft; what the gateway sends again is another message with
// the same Message-ID.
func TestLostReplyOnTheLink(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		w.dmda.Faults().Add(wire.Fault{Verb: "END", Do: wire.DropReply, Times: 1})
		msg := w.plain(poststelle, citizen, "")
		first := w.send(poststelle, []string{citizen}, msg)
		if !first.Results[0].Temporary() || first.Results[0].Code != 0 {
			t.Errorf("first try: %+v", first.Results[0])
		}
		if err := w.send(poststelle, []string{citizen}, msg).Err(); err != nil {
			t.Error(err)
		}
		in := w.inbox(citizen)
		if len(in) != 2 || in[0].ID == in[1].ID || header(in[0].Msg).value("Message-ID") != header(in[1].Msg).value("Message-ID") {
			t.Errorf("mailbox %v", in)
		}
	})
}

func TestNoPushWithoutAccess(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		must(t, w.holder("buergerin").SendMessage(citizen, []string{kdn, sakd}, w.plain(citizen, kdn, "")))
		must(t, w.dmda.SetGateway("annaberg", false))
		w.toTenant("eins")
		w.wait(time.Hour)
		if len(w.gw.got) != 0 {
			t.Errorf("the gateway got %v", w.gw.got)
		}
		for _, address := range []string{kdn, sakd, poststelle} {
			if in := w.inbox(address); len(in) == 0 || in[0].Push != dmda.NotPushed {
				t.Errorf("%s: %v", address, in)
			}
		}
	})
}

// TestAccessEndsWhileWaiting: what waits when the access is switched off stays in the mailbox (D23).
func TestAccessEndsWhileWaiting(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		undo := w.push.Faults().Add(wire.Fault{Verb: "CONNECT", Do: wire.Close})
		w.toTenant("eins")
		w.wait(time.Minute)
		must(t, w.dmda.SetGateway("annaberg", false))
		undo()
		w.wait(3 * time.Hour)
		if in := w.inbox(poststelle); len(w.gw.got) != 0 || in[0].Push != dmda.NotPushed || w.dmda.Waiting("annaberg") != 0 {
			t.Errorf("gateway has %d, mailbox %v", len(w.gw.got), in)
		}
	})
}

func TestPortal(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		h := w.holder("buergerin")
		must(t, h.Send(dmda.Draft{From: citizen, To: []string{poststelle}, Cc: []string{sakd}, Bcc: []string{clerk}, Subject: "Anfrage über Gebühren", Text: "Guten Tag,\nGrüße", PrivateID: "7", Private: true}))
		in := w.inbox(poststelle)
		if len(in) == 0 {
			t.Error("nothing arrived")
			return
		}
		w.verify(in[0])
		hd := header(in[0].Msg)
		if got := decoded(t, hd.value("Subject")); got != "Anfrage über Gebühren" {
			t.Errorf("subject %q", got)
		}
		if got := decoded(t, hd.value(demail.FieldAccountHolder)); got != "Bürgerin (Pseudonym)" {
			t.Errorf("account holder %q", got)
		}
		if got := w.quoted(in[0].Msg); got != "Guten Tag,\r\nGrüße\r\n" {
			t.Errorf("text %q", got)
		}
		w.portalReading(in[0].ID)
	})
}

// portalReading checks what annaberg's holder may read at which level.
func (w *world) portalReading(id string) {
	high := w.holder("annaberg")
	if m, err := high.Mailbox(poststelle); err != nil || len(m) != 2 {
		w.t.Errorf("at level high %d messages, %v", len(m), err)
	}
	if _, err := high.Mailbox(sakd); err == nil {
		w.t.Error("another account's mailbox opens")
	}
	low, err := w.dmda.SignIn("annaberg", demail.LevelNormal)
	if err != nil {
		w.t.Fatal(err)
	}
	if m, err := low.Mailbox(poststelle); err != nil || len(m) != 0 {
		w.t.Errorf("at level normal %d personal messages show, %v", len(m), err)
	}
	if _, err := low.Export(id); err == nil {
		w.t.Error("a personal message is exported at level normal")
	}
	r, err := high.Export(id)
	if err != nil {
		w.t.Fatal(err)
	}
	defer r.Close()
	in := w.inbox(poststelle)[0]
	buf := make([]byte, in.Msg.Size+1)
	n := 0
	for n < len(buf) {
		k, err := r.Read(buf[n:])
		n += k
		if err != nil {
			break
		}
	}
	if string(buf[:n]) != in.Msg.Header+w.text(in.Msg) {
		w.t.Error("the export differs from the mailbox")
	}
}

func TestPortalRefuses(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		low, err := w.dmda.SignIn("buergerin", demail.LevelNormal)
		must(t, err)
		high := w.holder("buergerin")
		for name, c := range map[string]struct {
			h    *dmda.Holder
			d    dmda.Draft
			code int
		}{
			"address of another account": {high, dmda.Draft{From: clerk, To: []string{poststelle}}, 550},
			"recipient outside De-Mail":  {high, dmda.Draft{From: citizen, To: []string{poststelle}, Bcc: []string{"x@example.org"}}, 550},
			"private at level normal":    {low, dmda.Draft{From: citizen, To: []string{poststelle}, Private: true}, 550},
			"authoritative pseudonym":    {high, dmda.Draft{From: citizen, To: []string{poststelle}, Authoritative: true}, 550},
			"retrieve without right":     {high, dmda.Draft{From: citizen, To: []string{poststelle}, Retrieve: true}, 550},
			"no recipient":               {high, dmda.Draft{From: citizen}, 554},
			"line end in the private-id": {high, dmda.Draft{From: citizen, To: []string{poststelle}, PrivateID: "x\r\nBcc: y"}, 554},
		} {
			err := c.h.Send(c.d)
			if err == nil {
				t.Errorf("%s: sent", name)
				continue
			}
			if r := refusal(t, err); r.Code != c.code {
				t.Errorf("%s: %v", name, r)
			}
		}
		if n := len(w.inbox(poststelle)); n != 0 {
			t.Errorf("%d messages arrived", n)
		}
		if _, err := w.dmda.SignIn("nobody", demail.LevelHigh); err == nil {
			t.Error("an unknown account signs in")
		}
	})
}

// TestLargeMessage: what is too large for memory goes through files, both ways, unchanged.
func TestLargeMessage(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		body := strings.Repeat(strings.Repeat("0123456789", 7)+"\r\n", 3<<20/72)
		msg := w.message("From: "+citizen+"\r\nTo: "+poststelle+"\r\nSubject: x\r\n", body)
		must(t, w.holder("buergerin").SendMessage(citizen, []string{poststelle}, msg))
		w.wait(time.Second)
		if in := w.inbox(poststelle); in[0].Push != dmda.Pushed || len(w.gw.msgs) != 2 || w.gw.msgs[0].Body != msg.Body {
			t.Errorf("push %q", in[0].Push)
		}
		back := w.message("From: "+poststelle+"\r\nTo: "+citizen+"\r\nSubject: x\r\n", body)
		if err := w.send(poststelle, []string{citizen}, back).Err(); err != nil {
			t.Error(err)
		}
		in := w.inbox(citizen)
		w.verify(in[len(in)-1])
	})
}

package dmda_test

import (
	"strings"
	"testing"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/demail/acknowledge"
	"demailbench/sim/demail/sign"
	"demailbench/sim/dmda"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/confirm"
)

// document takes the XML out of a confirmation and proves it.
func (w *world) document(m dmda.Mail) acknowledge.Message {
	w.t.Helper()
	contentType, _ := header(m.Msg).Get("Content-Type")
	parts, err := confirm.Split(contentType, strings.NewReader(w.text(m.Msg)))
	if err != nil {
		w.t.Error(err)
		return acknowledge.Message{}
	}
	if kind, _ := demail.KindOf(m.Type); kind == demail.Notification {
		d, err := acknowledge.Read(parts.XML)
		if err != nil {
			w.t.Error(err)
		}
		return d
	}
	d, _, err := acknowledge.Verify(parts.XML, w.trust())
	if err != nil {
		w.t.Errorf("%s: %v", m.Type, err)
	}
	if len(parts.PDF) == 0 {
		w.t.Errorf("%s has no PDF", m.Type)
	}
	return d
}

// types lists what lies in a mailbox.
func (w *world) types(address string) string {
	var out []string
	for _, m := range w.inbox(address) {
		out = append(out, m.Type)
	}
	return strings.Join(out, ", ")
}

func (w *world) config(change func(*account.Directory, account.Actor) error) {
	w.t.Helper()
	must(w.t, w.dmda.Change(account.ProviderStaff, "set up", change))
}

func TestAuthoritativeIsSigned(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		must(t, w.send(poststelle, []string{sakd}, w.plain(poststelle, sakd, "X-de-mail-authoritative: yes\r\n")).Err())
		in := w.inbox(sakd)
		if len(in) != 1 {
			t.Fatalf("%d messages", len(in))
		}
		w.verify(in[0])
		p, err := sign.Verify(header(in[0].Msg).Header, strings.NewReader(w.text(in[0].Msg)), w.trust())
		if err != nil || p.Certificate == nil || p.Certificate.Subject.CommonName != "t-systems.de-mail.de" {
			t.Errorf("proof %+v, %v", p, err)
		}
		r := refusal(t, w.holder("buergerin").SendMessage(citizen, []string{sakd}, w.plain(citizen, sakd, "X-de-mail-authoritative: yes\r\n")))
		if !strings.Contains(r.Text, "pseudonym") {
			t.Errorf("a pseudonym sends authoritatively: %v", r)
		}
	})
}

func TestReceiptDocument(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		must(t, w.holder("buergerin").SendMessage(citizen, []string{poststelle}, w.plain(citizen, poststelle, "X-de-mail-private-id: AZ 1\r\n")))
		d, original := w.document(w.inbox(citizen)[0]), header(w.inbox(poststelle)[0].Msg)
		if d.Sender != "Eingangsbestaetigung@t-systems.de-mail.de" || d.Subject != "*Eingangsbestätigung* Bescheid" || !d.Delivery.IsZero() {
			t.Errorf("document %+v", d)
		}
		if d.Hash != original.value(demail.FieldIntegrity) {
			t.Errorf("hash %q is not that of the message", d.Hash)
		}
		// From the metadata alone the hash of the header can be repeated.
		var h demail.Header
		for _, m := range d.Metadata {
			h = append(h, demail.Field{Name: m.Name, Raw: m.OriginalHeader})
		}
		in, sum, err := demail.HeaderHash(h)
		if err != nil || string(sum) != string(in.Value) {
			t.Errorf("the metadata do not give the hash: %v", err)
		}
	})
}

func TestRetrieve(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		if r := refusal(t, w.holder("sakd").SendMessage(sakd, []string{citizen}, w.plain(sakd, citizen, "X-de-mail-confirmation-of-retrieve: yes\r\n"))); !strings.Contains(r.Text, "no right") {
			t.Errorf("who is not entitled asks for it: %v", r)
		}
		const asks = "X-de-mail-confirmation-of-retrieve: yes\r\nX-de-mail-private-id: PZ 7\r\n"
		must(t, w.send(poststelle, []string{citizen}, w.plain(poststelle, citizen, asks)).Err())
		if in := w.inbox(citizen); len(in) != 1 || header(in[0].Msg).value(demail.FieldPrivate) != "yes" {
			t.Fatalf("retrieve does not imply personal: %v", in)
		}
		_, err := w.dmda.SignIn("buergerin", demail.LevelNormal)
		must(t, err)
		if got := w.types(poststelle); got != "" {
			t.Errorf("confirmed at level normal: %s", got)
		}
		w.wait(time.Hour)
		w.holder("buergerin")
		w.holder("buergerin")
		if got := w.types(poststelle); got != demail.TypeRetrieve {
			t.Fatalf("sender has %q, want one confirmation of retrieve", got)
		}
		m := w.inbox(poststelle)[0]
		w.verify(m)
		h := header(m.Msg)
		if h.value(demail.FieldPrivate) != "yes" || h.value(demail.FieldPrivateID) != "PZ 7" || h.value("Cc") != citizen || h.value("From") != "Abholbestaetigung@t-systems.de-mail.de" {
			t.Errorf("header\n%s", m.Msg.Header)
		}
		d := w.document(m)
		if d.Time.Sub(d.Delivery) != time.Hour {
			t.Errorf("delivered %v, signed in %v", d.Delivery, d.Time)
		}
		if !strings.Contains(d.Text, "Zeitpunkt des Eingangs: 02.11.2015 08:00") || !strings.Contains(d.Text, "Datum: 02.11.2015 09:00") {
			t.Errorf("text\n%s", d.Text)
		}
	})
}

// TestGatewayRetrieves: the gateway acts at level high, so its taking the message is the sign-in.
func TestGatewayRetrieves(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		must(t, w.dmda.Bind("sakd", sid))
		must(t, w.dmda.SetGateway("sakd", true))
		must(t, w.send(poststelle, []string{sakd}, w.plain(poststelle, sakd, "X-de-mail-confirmation-of-retrieve: yes\r\n")).Err())
		w.wait(time.Minute)
		if got := w.types(poststelle); got != demail.TypeRetrieve {
			t.Errorf("sender has %q", got)
		}
	})
}

func TestLimitsOfLevelNormal(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		h, err := w.dmda.SignIn("buergerin", demail.LevelNormal)
		must(t, err)
		for range 100 {
			must(t, h.SendMessage(citizen, []string{sakd}, w.plain(citizen, sakd, "")))
		}
		if r := refusal(t, h.SendMessage(citizen, []string{sakd}, w.plain(citizen, sakd, ""))); !strings.Contains(r.Clause, "3.1.1.1") {
			t.Errorf("message 101: %v", r)
		}
		must(t, w.holder("buergerin").SendMessage(citizen, []string{sakd}, w.plain(citizen, sakd, "")))
		w.wait(16 * time.Hour) // the next day
		must(t, h.SendMessage(citizen, []string{sakd}, w.plain(citizen, sakd, "")))
	})
}

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
	"demailbench/sim/dmda/content"
	"demailbench/sim/dmda/message"
	"demailbench/sim/record"
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

func TestUndeliverable(t *testing.T) {
	lead := map[account.State]func(d *account.Directory, by account.Actor) error{
		account.Blocked:    func(d *account.Directory, by account.Actor) error { return d.Block("sakd", "hotline", by) },
		account.Restricted: func(d *account.Directory, by account.Actor) error { return d.Restrict("sakd", "unpaid", by) },
		account.Ended:      func(d *account.Directory, by account.Actor) error { return d.End("sakd", "", false, by) },
		account.Activated:  func(*account.Directory, account.Actor) error { return nil },
	}
	for state, want := range map[account.State]struct {
		note   string
		signIn bool
		send   bool
	}{
		account.Blocked:    {demail.NoteClosedAccount, false, false},
		account.Restricted: {"", true, false},
		account.Ended:      {demail.NoteClosedAccount, true, false},
		account.Activated:  {"", true, true},
	} {
		w := newWorld(t)
		w.drive(func() {
			before := w.holder("sakd")
			w.config(lead[state])
			must(t, w.send(poststelle, []string{sakd}, w.plain(poststelle, sakd, "X-de-mail-confirmation-of-receipt: yes\r\n")).Err())
			in := w.inbox(poststelle)
			if len(in) == 0 {
				t.Fatalf("%s: the sender was told nothing", state)
			}
			w.verify(in[0])
			if got := header(in[0].Msg).value(demail.FieldNotificationType); got != want.note {
				t.Errorf("%s: notification type %q, want %q", state, got, want.note)
			}
			if want.note == "" && in[0].Type != demail.TypeReceipt {
				t.Errorf("%s: sender has %s", state, in[0].Type)
			}
			if _, err := w.dmda.SignIn("sakd", demail.LevelHigh); (err == nil) != want.signIn {
				t.Errorf("%s: sign-in: %v", state, err)
			}
			if err := before.SendMessage(sakd, []string{poststelle}, w.plain(sakd, poststelle, "")); (err == nil) != want.send {
				t.Errorf("%s: sending in a session that was open: %v", state, err)
			}
		})
	}
}

func TestNormalOnlyCannotGetPersonal(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		must(t, w.send(poststelle, []string{clerk}, w.plain(poststelle, clerk, "X-de-mail-private: yes\r\n")).Err())
		in := w.inbox(poststelle)
		if len(in) != 1 || header(in[0].Msg).value(demail.FieldNotificationType) != demail.NoteOther || len(w.inbox(clerk)) != 0 {
			t.Errorf("sender has %s, recipient %s", w.types(poststelle), w.types(clerk))
		}
	})
}

func TestNotify(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		for _, note := range []string{demail.NoteUnknownRecipient, demail.NoteClosedAccount, demail.NoteInvalidFormat, demail.NoteOther} {
			must(t, w.dmda.Notify(sakd, note, "Wartung über Nacht", "Die Plattform wird gewartet."))
		}
		if w.dmda.Notify(sakd, "warning", "x", "y") == nil {
			t.Error("unknown type taken")
		}
		in := w.inbox(sakd)
		if len(in) != 4 {
			t.Fatalf("%d notifications", len(in))
		}
		for _, m := range in {
			w.verify(m)
			if d := w.document(m); d.Sender != "T-Systems International GmbH" || d.Subject != "*Meldung* Wartung über Nacht" {
				t.Errorf("document %+v", d)
			}
		}
	})
}

func TestMalware(t *testing.T) {
	for _, c := range []struct{ name, options, sender, recipient string }{
		{"no confirmation asked", "", demail.TypeMalwareNote, demail.TypeMalwareNote},
		{"receipt asked", "X-de-mail-confirmation-of-receipt: yes\r\n", demail.TypeMalwareAck, demail.TypeMalwareAck},
	} {
		w := newWorld(t)
		w.drive(func() {
			msg := w.message("From: "+citizen+"\r\nTo: "+sakd+"\r\nSubject: x\r\n"+c.options, content.TestFile()+"\r\n")
			if r := refusal(t, w.holder("buergerin").SendMessage(citizen, []string{sakd}, msg)); r.Code != 554 || !strings.Contains(r.Text, "malware") {
				t.Errorf("%s: %v", c.name, r)
			}
			if w.types(citizen) != "" || w.types(sakd) != "" {
				t.Errorf("%s: a refused draft left messages", c.name)
			}
			w.dmda.SetScan(dmda.Scan{Recipient: true})
			must(t, w.holder("buergerin").SendMessage(citizen, []string{sakd}, msg))
			if w.types(citizen) != c.sender || w.types(sakd) != c.recipient {
				t.Errorf("%s: sender %q, recipient %q", c.name, w.types(citizen), w.types(sakd))
				return
			}
			m := w.inbox(citizen)[0]
			w.verify(m)
			w.document(m)
			if got := header(m.Msg).value("From"); got != "Schadsoftware-Warnung@t-systems.de-mail.de" {
				t.Errorf("%s: from %s", c.name, got)
			}
		})
	}
}

func TestEncryptedPassesUnscanned(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		body := content.TestFile() + "\r\n"
		msg := w.message("From: "+citizen+"\r\nTo: "+sakd+"\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n", body)
		must(t, w.holder("buergerin").SendMessage(citizen, []string{sakd}, msg))
		if in := w.inbox(sakd); len(in) != 1 || w.text(in[0].Msg) != body {
			t.Errorf("arrived: %v", in)
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

func TestForwarding(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		forward := func(target string) {
			w.config(func(d *account.Directory, by account.Actor) error { return d.SetForward("sakd", sakd, target, by) })
		}
		forward(clerk)
		must(t, w.send(poststelle, []string{sakd}, w.plain(poststelle, sakd, "X-de-mail-confirmation-of-receipt: yes\r\nX-de-mail-confirmation-of-dispatch: yes\r\n")).Err())
		in := w.inbox(clerk)
		if len(in) != 1 || w.types(sakd) != "normal, confirmation of receipt" {
			t.Fatalf("forwarded %v, kept %s", in, w.types(sakd))
		}
		w.verify(in[0])
		h := header(in[0].Msg)
		if h.value("Resent-From") != sakd || h.value(demail.FieldActual) != "to="+clerk || h.value("To") != sakd || h.value(demail.FieldChosen) != "to="+sakd {
			t.Errorf("header\n%s", in[0].Msg.Header)
		}
		if got := w.types(poststelle); got != "confirmation of dispatch, confirmation of receipt" {
			t.Errorf("sender has %s: confirmations once each", got)
		}
		must(t, w.send(poststelle, []string{sakd}, w.plain(poststelle, sakd, "X-de-mail-confirmation-of-retrieve: yes\r\n")).Err())
		if got := w.types(clerk); got != "normal, notification" {
			t.Errorf("clerk has %s: a message to be confirmed at retrieval is announced only", got)
		}
		forward("nobody@t-systems.de-mail.de")
		must(t, w.send(poststelle, []string{sakd}, w.plain(poststelle, sakd, "")).Err())
		if all := w.inbox(sakd); all[len(all)-1].Type != demail.TypeNotification {
			t.Errorf("who forwards was not told that the target is unknown: %s", w.types(sakd))
		}
		// A circle ends.
		forward(clerk)
		w.config(func(d *account.Directory, by account.Actor) error {
			return d.SetForward("sachbearbeiter", clerk, sakd, by)
		})
		must(t, w.send(poststelle, []string{sakd}, w.plain(poststelle, sakd, "")).Err())
		if n := len(w.inbox(clerk)); n != 3 {
			t.Errorf("clerk has %d messages", n)
		}
	})
}

func TestRedirection(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		w.config(func(d *account.Directory, by account.Actor) error { return d.SetRedirect("sakd", clerk, by) })
		w.config(func(d *account.Directory, by account.Actor) error { return d.End("sakd", "", false, by) })
		must(t, w.send(poststelle, []string{sakd}, w.plain(poststelle, sakd, "X-de-mail-confirmation-of-receipt: yes\r\n")).Err())
		if w.types(sakd) != "" || w.types(clerk) != "normal, confirmation of receipt" || w.types(poststelle) != demail.TypeReceipt {
			t.Errorf("old %q, new %q, sender %q", w.types(sakd), w.types(clerk), w.types(poststelle))
		}
	})
}

func TestTampered(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		w.dmda.SetTamper(func(m record.Message) record.Message {
			m.Header = strings.Replace(m.Header, "Subject: Bescheid", "Subject: Hinweis", 1)
			return m
		})
		must(t, w.send(poststelle, []string{sakd}, w.plain(poststelle, sakd, "X-de-mail-confirmation-of-receipt: yes\r\n")).Err())
		if w.types(poststelle) != demail.TypeNotification || w.types(sakd) != "normal, notification" {
			t.Errorf("sender %q, recipient %q: a notification to both, no confirmation", w.types(poststelle), w.types(sakd))
		}
	})
}

func TestQuota(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		big := w.message("From: "+poststelle+"\r\nTo: "+kdn+"\r\nSubject: x\r\n", strings.Repeat("Zeile\r\n", 15_000))
		must(t, w.send(poststelle, []string{kdn}, big).Err())
		if got := w.types(kdn); got != "normal, notification" {
			t.Fatalf("%s: no warning below 10 %% free", got)
		}
		must(t, w.send(poststelle, []string{kdn}, big).Err())
		if got := w.types(kdn); got != "normal, notification, normal" {
			t.Errorf("%s: receiving goes on, the warning comes once", got)
		}
		if r := refusal(t, w.holder("kdn").SendMessage(kdn, []string{citizen}, w.plain(kdn, citizen, ""))); r.Code != 552 || r.Enhanced != "5.2.2" {
			t.Errorf("a full account sends: %v", r)
		}
	})
}

func TestDeleting(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		must(t, w.send(poststelle, []string{citizen}, w.plain(poststelle, citizen, "X-de-mail-confirmation-of-receipt: yes\r\n")).Err())
		id := w.inbox(citizen)[0].ID
		normal, err := w.dmda.SignIn("buergerin", demail.LevelNormal)
		must(t, err)
		if err := normal.Delete(citizen, id); err == nil {
			t.Error("deleted at level normal within 90 days")
		}
		w.wait(90 * 24 * time.Hour)
		must(t, normal.Delete(citizen, id))
		if trash, err := normal.Trash(citizen); err != nil || len(trash) != 1 || w.dmda.Used("buergerin") == 0 {
			t.Errorf("trash %v, %v", trash, err)
		}
		must(t, normal.Delete(citizen, id))
		if trash, _ := normal.Trash(citizen); len(trash) != 0 {
			t.Errorf("%d messages after the second deletion", len(trash))
		}
	})
}

func TestAuthenticate(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		must(t, w.send(poststelle, []string{citizen}, w.plain(poststelle, citizen, "")).Err())
		code := account.Code(account.SampleSecret("buergerin", "holder"), 0)
		if _, err := w.dmda.Authenticate("buergerin", "holder", demail.LevelHigh, "wrong", code); err == nil {
			t.Error("wrong password")
		}
		h, err := w.dmda.Authenticate("buergerin", "holder", demail.LevelHigh, "buergerin-holder", code)
		must(t, err)
		if in, err := h.Mailbox(citizen); err != nil || len(in) != 1 {
			t.Errorf("mailbox %v, %v", in, err)
		}
		staff, err := w.dmda.Authenticate("annaberg", "staff", demail.LevelNormal, "annaberg-staff", "")
		must(t, err)
		if _, err := staff.Mailbox(standesamt); err == nil {
			t.Error("staff read a mailbox that is not theirs")
		}
		if err := staff.SendMessage(standesamt, []string{citizen}, w.plain(standesamt, citizen, "")); err == nil {
			t.Error("staff sent from a mailbox that is not theirs")
		}
	})
}

func TestMisuse(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		code := func() int {
			return w.send(poststelle, []string{citizen}, w.plain(poststelle, citizen, "")).Results[0].Code
		}
		var got []int
		w.dmda.BlockLink("annaberg", "reported by the holder")
		got = append(got, code())
		must(t, w.holder("buergerin").SendMessage(citizen, []string{poststelle}, w.plain(citizen, poststelle, "")))
		w.wait(time.Minute)
		if n := len(w.gw.ids()); n != 0 {
			t.Errorf("%d messages pushed to a blocked gateway", n)
		}
		w.dmda.UnblockLink("annaberg")
		got = append(got, code())
		w.dmda.BlockOperator(sid, "reported by the ITSP")
		got = append(got, code())
		w.dmda.UnblockOperator(sid)
		w.dmda.BlockCertificate(dmda.Fingerprint(w.card.Leaf), "card lost")
		got = append(got, code())
		w.card = w.issue(pkiCard)
		got = append(got, code())
		if got[0] != 550 || got[1] != 250 || got[2]/100 == 2 || got[3]/100 == 2 || got[4] != 250 {
			t.Errorf("replies %v (blocked account, free, blocked gateway, blocked certificate, renewed certificate)", got)
		}
		w.wait(2 * time.Hour)
		if n := len(w.gw.ids()); n == 0 {
			t.Error("what waited was not pushed after the block")
		}
		alarms := 0
		for _, e := range w.rec.Events() {
			if e.Name == "dmda.alarm" {
				alarms++
			}
		}
		if alarms < 2 {
			t.Errorf("%d alarms", alarms)
		}
	})
}

func TestOperatorHasNoRights(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		err := w.dmda.Change(account.OperatorStaff, "open a mailbox", func(d *account.Directory, by account.Actor) error {
			return d.AddMailbox("annaberg", "neu@annaberg-buchholz.de-mail.de", by)
		})
		if err == nil {
			t.Error("the operator opened a mailbox (S0-062)")
		}
		for _, e := range w.rec.Events() {
			if e.Name == "dmda.alarm" {
				return
			}
		}
		t.Error("the attempt is not in the record")
	})
}

func TestUnkindness(t *testing.T) {
	w := newUnkindWorld(t, dmda.Unkindness{Style: message.Style{Shuffle: true, Fold: 40, LowerCase: true}, Later: time.Minute})
	w.drive(func() {
		orders := map[string]bool{}
		for range 3 {
			must(t, w.send(poststelle, []string{citizen}, w.plain(poststelle, citizen, "X-de-mail-confirmation-of-dispatch: yes\r\n")).Err())
		}
		if got := w.types(citizen); got != "" {
			t.Errorf("carried before the reply: %s", got)
		}
		w.wait(2 * time.Minute)
		for _, m := range w.inbox(citizen) {
			w.verify(m)
			var names []string
			for _, f := range header(m.Msg).Header {
				names = append(names, f.Name)
			}
			orders[strings.Join(names, " ")] = true
		}
		if len(orders) != 3 {
			t.Errorf("%d orders of fields in three messages", len(orders))
		}
		if got := w.types(poststelle); strings.Count(got, demail.TypeDispatch) != 3 {
			t.Errorf("sender has %s", got)
		}
		for _, m := range w.inbox(poststelle) {
			w.verify(m)
		}
	})
}

func TestRenewedCertificate(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		w.dmda.RenewCertificate(w.issue(pkiProvider))
		must(t, w.send(poststelle, []string{citizen}, w.plain(poststelle, citizen, "")).Err())
		must(t, w.holder("buergerin").SendMessage(citizen, []string{poststelle}, w.plain(citizen, poststelle, "")))
		w.wait(time.Minute)
		if len(w.gw.ids()) == 0 {
			t.Error("nothing was pushed with the renewed certificate")
		}
	})
}

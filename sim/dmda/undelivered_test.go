package dmda_test

import (
	"strings"
	"testing"

	"demailbench/sim/demail"
	"demailbench/sim/dmda"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/content"
	"demailbench/sim/record"
)

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

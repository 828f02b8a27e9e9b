package dmda_test

import (
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
	"testing"

	"demailbench/sim/demail"
	"demailbench/sim/dmda"
	"demailbench/sim/dmda/confirm"
	"demailbench/sim/record"
)

func decoded(t *testing.T, subject string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(subject)
	if err != nil {
		t.Error(err)
	}
	return s
}

func (w *world) plainText(m record.Message) string {
	contentType, _ := header(m).Get("Content-Type")
	parts, err := confirm.Split(contentType, strings.NewReader(w.text(m)))
	if err != nil {
		w.t.Error(err)
	}
	return parts.Text
}

func (w *world) quoted(m record.Message) string {
	b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(w.text(m))))
	if err != nil {
		w.t.Error(err)
	}
	return string(b)
}

func TestDispatchConfirmation(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		msg := w.plain(poststelle, citizen, "X-de-mail-confirmation-of-dispatch: yes\r\nX-de-mail-private-id: AZ 30\r\n")
		if err := w.send(poststelle, []string{citizen}, msg).Err(); err != nil {
			t.Error(err)
			return
		}
		in := w.inbox(poststelle)
		if len(in) != 1 || in[0].Type != demail.TypeDispatch {
			t.Errorf("sender's mailbox: %v", in)
			return
		}
		w.verify(in[0])
		h, original := header(in[0].Msg), header(w.inbox(citizen)[0].Msg)
		for name, want := range map[string]string{
			"From": "Versandbestaetigung@t-systems.de-mail.de", demail.FieldSender: "Versandbestaetigung@t-systems.de-mail.de", "To": poststelle, "Cc": "",
			demail.FieldChosen: "to=" + poststelle, demail.FieldPrivateID: "AZ 30", demail.FieldPrivate: "no", demail.FieldDispatch: "",
			demail.FieldAccountHolder: "", "In-Reply-To": "<1@annaberg-buchholz.example>",
		} {
			if got := h.value(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if got := decoded(t, h.value("Subject")); got != "*Versandbestätigung* Bescheid" {
			t.Errorf("subject %q", got)
		}
		text := w.plainText(in[0].Msg)
		for _, fact := range []string{poststelle, citizen, "02.11.2015 08:00", "Bescheid", original.value(demail.FieldMessageID), original.value(demail.FieldIntegrity), "T-Systems International GmbH"} {
			if !strings.Contains(text, fact) {
				t.Errorf("text lacks %q:\n%s", fact, text)
			}
		}
		if n := len(w.inbox(citizen)); n != 1 {
			t.Errorf("the recipient got %d messages: a dispatch confirmation goes to the sender alone", n)
		}
	})
}

func TestDispatchConfirmationForEachBlindCopy(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		if err := w.send(poststelle, []string{citizen, sakd}, w.plain(poststelle, citizen, "X-de-mail-confirmation-of-dispatch: yes\r\n")).Err(); err != nil {
			t.Error(err)
		}
		in := w.inbox(poststelle)
		if len(in) != 2 || strings.Contains(w.plainText(in[0].Msg), sakd) || !strings.Contains(w.plainText(in[1].Msg), sakd) {
			t.Errorf("%d confirmations; the first must not name the blind copy, the second must", len(in))
		}
	})
}

func TestReceiptConfirmation(t *testing.T) {
	for _, c := range []struct {
		name, to, extra string
		confirmed       bool
		goesTo          string
	}{
		{"account confirms always (D21)", poststelle, "", true, citizen},
		{"on request, not asked", sakd, "", false, ""},
		{"on request, asked", sakd, "X-de-mail-confirmation-of-receipt: yes\r\n", true, citizen},
		{"goes to Reply-To", sakd, "X-de-mail-confirmation-of-receipt: yes\r\nReply-To: " + clerk + "\r\n", true, clerk},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.drive(func() {
				must(t, w.holder("buergerin").SendMessage(citizen, []string{c.to}, w.plain(citizen, c.to, c.extra)))
				if !c.confirmed {
					if n := len(w.inbox(citizen)); n != 0 {
						t.Errorf("%d confirmations", n)
					}
					return
				}
				in, cc := w.inbox(c.goesTo), w.inbox(c.to)
				if len(in) != 1 || in[0].Type != demail.TypeReceipt || len(cc) != 2 || cc[1].ID != in[0].ID {
					t.Errorf("sender has %v, recipient has %v", in, cc)
					return
				}
				w.verify(in[0])
				h := header(in[0].Msg)
				if got := h.value("From"); got != "Eingangsbestaetigung@t-systems.de-mail.de" {
					t.Errorf("From %q", got)
				}
				if got := h.value(demail.FieldChosen); got != "to="+c.goesTo+"; cc="+c.to {
					t.Errorf("chosen recipients %q", got)
				}
				if got := decoded(t, h.value("Subject")); got != "*Eingangsbestätigung* Bescheid" {
					t.Errorf("subject %q", got)
				}
				if text := w.plainText(in[0].Msg); !strings.Contains(text, header(cc[0].Msg).value(demail.FieldIntegrity)) {
					t.Errorf("text lacks the checksum of the message:\n%s", text)
				}
			})
		})
	}
}

// TestNoLoops: confirmations and notifications are confirmed by nobody, though the account confirms always.
func TestNoLoops(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		must(t, w.dmda.SetReceipt("buergerin", dmda.Always))
		extra := "X-de-mail-confirmation-of-dispatch: yes\r\nX-de-mail-confirmation-of-receipt: yes\r\n"
		must(t, w.holder("buergerin").SendMessage(citizen, []string{poststelle}, w.plain(citizen, poststelle, extra)))
		if n, m := len(w.inbox(citizen)), len(w.inbox(poststelle)); n != 2 || m != 2 {
			t.Errorf("sender has %d messages, want dispatch and receipt; recipient has %d, want message and copy of the receipt", n, m)
		}
		// A confirmation to an address that does not exist vanishes.
		extra = "X-de-mail-confirmation-of-dispatch: yes\r\nReply-To: nobody@t-systems.de-mail.de\r\n"
		must(t, w.holder("buergerin").SendMessage(citizen, []string{sakd}, w.plain(citizen, sakd, extra)))
		if n := len(w.inbox(citizen)); n != 2 {
			t.Errorf("sender has %d messages", n)
		}
		// Nobody answers for the provider's system addresses.
		must(t, w.holder("buergerin").SendMessage(citizen, []string{"Meldung@t-systems.de-mail.de"}, w.plain(citizen, "Meldung@t-systems.de-mail.de", "")))
		if n := len(w.inbox(citizen)); n != 3 {
			t.Errorf("sender has %d messages, want one notification more", n)
		}
	})
}

func TestUnknownRecipientIsNotified(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		msg := w.plain(poststelle, "nobody@t-systems.de-mail.de", "X-de-mail-private-id: AZ 31\r\nX-de-mail-confirmation-of-receipt: yes\r\n")
		if err := w.send(poststelle, []string{"nobody@t-systems.de-mail.de"}, msg).Err(); err != nil {
			t.Error(err)
		}
		in := w.inbox(poststelle)
		if len(in) != 1 || in[0].Type != demail.TypeNotification {
			t.Errorf("sender's mailbox: %v", in)
			return
		}
		w.verify(in[0])
		h := header(in[0].Msg)
		if h.value(demail.FieldNotificationType) != demail.NoteUnknownRecipient || h.value(demail.FieldPrivateID) != "AZ 31" || h.value("From") != "Meldung@t-systems.de-mail.de" {
			t.Errorf("notification\n%s", in[0].Msg.Header)
		}
		if _, ok := h.Get(demail.FieldPrivate); ok {
			t.Error("a notification carries an option")
		}
		if text := w.plainText(in[0].Msg); !strings.Contains(text, "nobody@t-systems.de-mail.de") {
			t.Errorf("text does not name the recipient:\n%s", text)
		}
	})
}

func TestEncodedSubjects(t *testing.T) {
	for original, want := range map[string]string{
		"Bescheid":                        "*Eingangsbestätigung* Bescheid",
		"=?utf-8?q?Geb=C3=BChr?=":         "*Eingangsbestätigung* Gebühr",
		"=?iso-8859-1?q?Geb=FChr?= offen": "*Eingangsbestätigung* Gebühr offen",
	} {
		w := newWorld(t)
		w.drive(func() {
			msg := w.message("From: "+citizen+"\r\nTo: "+poststelle+"\r\nSubject: "+original+"\r\n", "x\r\n")
			must(t, w.holder("buergerin").SendMessage(citizen, []string{poststelle}, msg))
			in := w.inbox(citizen)
			if len(in) != 1 {
				t.Errorf("%d messages", len(in))
				return
			}
			if got := decoded(t, header(in[0].Msg).value("Subject")); got != want {
				t.Errorf("subject %q, want %q", got, want)
			}
		})
	}
}

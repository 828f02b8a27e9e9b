package dmda_test

import (
	"strings"
	"testing"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/account"
)

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

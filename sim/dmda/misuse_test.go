package dmda_test

import (
	"math/rand"
	"strings"
	"testing"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/dmda"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/message"
)

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

// TestDrawnProvidersKeepTheRules: whatever a seed draws, messages are as the header table wants them and their
// proof holds.
func TestDrawnProvidersKeepTheRules(t *testing.T) {
	seen := map[dmda.Unkindness]bool{}
	for seed := range int64(8) {
		u, err := dmda.Draw(rand.New(rand.NewSource(seed)))
		must(t, err)
		seen[u] = true
		w := newUnkindWorld(t, u)
		w.drive(func() {
			must(t, w.send(poststelle, []string{sakd, citizen}, w.plain(poststelle, sakd, "X-de-mail-authoritative: yes\r\nX-de-mail-confirmation-of-dispatch: yes\r\n")).Err())
			w.wait(time.Minute) // some carry messages after their reply
			for _, box := range []string{sakd, citizen, poststelle} {
				if len(w.inbox(box)) == 0 {
					t.Errorf("seed %d: nothing in %s", seed, box)
				}
				for _, m := range w.inbox(box) {
					w.verify(m)
				}
			}
		})
	}
	if len(seen) < 4 {
		t.Errorf("%d kinds of provider in 8 seeds", len(seen))
	}
}

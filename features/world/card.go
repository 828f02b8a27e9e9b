package world

import (
	"errors"
	"time"

	"demailbench/features/check"
	"demailbench/features/sut"
	"demailbench/sim/pki"
	"demailbench/sim/record"
)

// cardInUse is the ITSP card in the gateway's reader and its PIN.
func (w *World) cardInUse() (*pki.Card, string) {
	card, pin := w.lab.Card()
	if w.card != nil {
		card = w.card
	}
	return card, pin
}

// RemoveCard takes the ITSP card out of its reader; InsertCard puts it back.
func (w *World) RemoveCard() error {
	card, _ := w.cardInUse()
	return w.begin("ITSP card removed", "", func() (func(), error) {
		card.Remove()
		return card.Insert, nil
	})
}

// InsertCard undoes RemoveCard. A card that was out is locked: the operator enters the PIN again.
func (w *World) InsertCard() error {
	card, pin := w.cardInUse()
	if err := w.faults.End("ITSP card removed"); err != nil {
		return err
	}
	return card.Unlock(pin)
}

// BlockCard blocks the card for good, as its provider does on suspected misuse.
func (w *World) BlockCard() error {
	card, _ := w.cardInUse()
	card.Block()
	return nil
}

// ReplaceCard puts a new card into use while the gateway runs; its certificate ends in so many days, 0: as usual.
func (w *World) ReplaceCard(days int) error {
	if err := w.offers("card.insert"); err != nil {
		return err
	}
	g, ok := w.running().(sut.CredentialChanger)
	if !ok {
		return errors.New("the gateway does not run, or its card cannot be replaced while it runs")
	}
	var until time.Time
	if days > 0 {
		until = w.clock.Now().Add(time.Duration(days) * 24 * time.Hour)
	}
	card, pin, err := w.lab.NewCard(until)
	if err == nil {
		err = g.ReplaceCard(card, pin)
	}
	w.card = card
	return err
}

// CardUsed holds that the card that is in use now has signed: the gateway proved itself by it.
func (w *World) CardUsed() error {
	const name = "new ITSP card has signed"
	if card, _ := w.cardInUse(); card.Signatures() > 0 {
		w.rec.Add(record.Event{Who: "bench", Kind: record.Action, Name: name})
	}
	return w.Note(check.Expectation{Kind: check.Happened, Event: string(record.Action), Name: name})
}

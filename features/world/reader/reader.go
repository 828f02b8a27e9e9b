// Package reader is the operator's card reader and what the operator does with card, PIN and certificates while the
// gateway runs (S1-033, S1-055). It leaves out the card itself (sim/pki) and the gateway, which it knows by functions.
package reader

import (
	"errors"
	"fmt"
	"time"

	"demailbench/features/check"
	"demailbench/features/sut"
	"demailbench/sim/fault"
	"demailbench/sim/lab"
	"demailbench/sim/pki"
	"demailbench/sim/record"
)

// Options say in which world the reader stands.
type Options struct {
	Lab    *lab.Lab
	Record *record.Record
	Faults *fault.Registry
	// Host is the gateway's host, Now the present there.
	Host string
	Now  func() time.Time
	// Gateway is the gateway when it runs; Stop, Kill and Restart do what they say to it.
	Gateway             func() sut.Gateway
	Stop, Kill, Restart func() error
	// Offers is an error that blocks the scenario when the gateway's vendor says that it lacks an operation.
	Offers func(operation string) error
	// Note puts an expectation into the record, and returns the error of the step when it does not hold now.
	Note func(check.Expectation) error
}

// Reader has a card in it, at first the plan's. Its methods are for one goroutine.
type Reader struct {
	Options
	card     *pki.Card
	mistyped bool
}

// New returns a reader with the plan's card.
func New(o Options) *Reader { return &Reader{Options: o} }

// Card is the ITSP card in use, and the PIN that the gateway is given for it: after GivePIN perhaps a wrong one.
func (r *Reader) Card() (*pki.Card, string) {
	card, pin := r.Lab.Card()
	if r.card != nil {
		card = r.card
	}
	if r.mistyped {
		pin = string('0'+(pin[0]-'0'+1)%10) + pin[1:]
	}
	return card, pin
}

// GivePIN starts the gateway anew with its card locked, and with the right PIN or a wrong one.
func (r *Reader) GivePIN(right bool) error {
	if err := r.Offers("card.pin"); err != nil {
		return err
	}
	if err := r.Stop(); err != nil {
		return err
	}
	card, _ := r.Card()
	card.Remove()
	card.Insert()
	r.mistyped = !right
	return r.Restart()
}

// KillGateway kills the gateway now and starts it again on what it had made durable.
func (r *Reader) KillGateway() error {
	if err := r.Offers("node.kill"); err != nil {
		return err
	}
	if err := r.Kill(); err != nil {
		return err
	}
	return r.Restart()
}

// TriesLeft holds that the card allows so many more wrong PINs.
func (r *Reader) TriesLeft(n int) error {
	card, _ := r.Card()
	r.Record.Add(record.Event{Who: "bench", Kind: record.Action, Name: "tries of the ITSP card", Text: fmt.Sprint(card.Tries())})
	return r.Note(check.Expectation{Kind: check.Happened, Event: string(record.Action), Name: "tries of the ITSP card", Text: fmt.Sprint(n)})
}

// ReplaceCertificate puts a new certificate of the gateway's own into use while it runs; it ends in so many days, 0: as
// usual.
func (r *Reader) ReplaceCertificate(days int) error {
	if err := r.Offers("certificate.replace"); err != nil {
		return err
	}
	g, ok := r.Gateway().(sut.CredentialChanger)
	if !ok {
		return errors.New("the gateway does not run, or its certificate cannot be replaced while it runs")
	}
	var until time.Time
	if days > 0 {
		until = r.Now().Add(time.Duration(days) * 24 * time.Hour)
	}
	cert, err := r.Lab.NewCertificate(r.Host, until)
	if err != nil {
		return err
	}
	return g.ReplaceCertificate(cert)
}

// Remove takes the ITSP card out of its reader; Insert puts it back.
func (r *Reader) Remove() error {
	card, _ := r.Card()
	return r.Faults.Begin(fault.Fault{Name: "ITSP card removed", Apply: func() (func(), error) {
		card.Remove()
		return card.Insert, nil
	}})
}

// Insert undoes Remove. A card that was out is locked: the operator enters the PIN again.
func (r *Reader) Insert() error {
	card, pin := r.Card()
	if err := r.Faults.End("ITSP card removed"); err != nil {
		return err
	}
	return card.Unlock(pin)
}

// Block blocks the card for good, as its provider does on suspected misuse.
func (r *Reader) Block() error {
	card, _ := r.Card()
	card.Block()
	return nil
}

// Replace puts a new card into use while the gateway runs; its certificate ends in so many days, 0: as usual.
func (r *Reader) Replace(days int) error {
	if err := r.Offers("card.insert"); err != nil {
		return err
	}
	g, ok := r.Gateway().(sut.CredentialChanger)
	if !ok {
		return errors.New("the gateway does not run, or its card cannot be replaced while it runs")
	}
	var until time.Time
	if days > 0 {
		until = r.Now().Add(time.Duration(days) * 24 * time.Hour)
	}
	card, pin, err := r.Lab.NewCard(until)
	if err == nil {
		err = g.ReplaceCard(card, pin)
	}
	r.card = card
	return err
}

// Used holds that the card that is in use now has signed: the gateway proved itself by it.
func (r *Reader) Used() error {
	const name = "new ITSP card has signed"
	if card, _ := r.Card(); card.Signatures() > 0 {
		r.Record.Add(record.Event{Who: "bench", Kind: record.Action, Name: name})
	}
	return r.Note(check.Expectation{Kind: check.Happened, Event: string(record.Action), Name: name})
}

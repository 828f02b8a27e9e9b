package world

import (
	"encoding/pem"
	"errors"
	"fmt"

	"demailbench/features/check"
	"demailbench/features/world/letter"
	"demailbench/sim/demail"
	"demailbench/sim/dmda"
	"demailbench/sim/record"
)

// HolderSends sends a De-Mail from an account at the DMDA's own access, with options such as "authoritative".
func (w *World) HolderSends(account, from, to string, options ...string) error {
	return w.holderSends(account, letter.Draft{Envelope: from, From: from, To: to, Options: options})
}

// HolderSendsLetter sends a letter from an account at the DMDA's own access; Tenant is the account.
func (w *World) HolderSendsLetter(l Letter) error {
	return w.holderSends(l.Tenant, letter.Draft{Envelope: l.From, From: l.From, To: l.To, Body: l.Body, Options: l.Options, PrivateID: l.PrivateID})
}

func (w *World) holderSends(account string, d letter.Draft) error {
	m, err := w.desk.Compose(d)
	if err != nil {
		return err
	}
	m.Who, m.Server = w.scene.Provider, w.scene.Provider
	w.it = m
	holder, err := w.lab.DMDA().SignIn(account, demail.LevelHigh)
	if err == nil {
		err = holder.SendMessage(m.From, []string{m.To}, m.Message)
	}
	if err != nil {
		return fmt.Errorf("the DMDA does not take the De-Mail of account %s: %w", account, err)
	}
	return w.Assume(check.Expectation{Kind: check.Submitted, Nonce: m.Nonce, Who: m.Who})
}

// ScanLate lets the DMDA look for malware when a message reaches its recipient, not when it is sent.
func (w *World) ScanLate() error {
	return w.begin("malware is looked for late", "recipient's side only", func() (func(), error) {
		w.lab.DMDA().SetScan(dmda.Scan{Recipient: true})
		return func() { w.lab.DMDA().SetScan(dmda.Scan{Sender: true, Recipient: true}) }, nil
	})
}

// BlockOperator lets the DMDA block the operator's gateway, or release it.
func (w *World) BlockOperator(on bool) error {
	number := w.o.Profile.Accounts.ITSPs[0].Number
	if !on {
		return w.faults.End("ITSP blocked")
	}
	return w.begin("ITSP blocked", number, func() (func(), error) {
		w.lab.DMDA().BlockOperator(number, "suspicion of misuse")
		return func() { w.lab.DMDA().UnblockOperator(number) }, nil
	})
}

// BlockAccount lets the DMDA block one account on the link.
func (w *World) BlockAccount(account string) error {
	return w.begin("account "+account+" blocked", account, func() (func(), error) {
		w.lab.DMDA().BlockLink(account, "suspicion of misuse")
		return func() { w.lab.DMDA().UnblockLink(account) }, nil
	})
}

// StopGateway ends the gateway as its operator does.
func (w *World) StopGateway() error {
	if w.running() == nil {
		return errors.New("the gateway does not run")
	}
	if err := w.stopGateway(); err != nil {
		return err
	}
	w.setRunning(nil)
	w.rec.Add(record.Event{Who: "bench", Kind: record.Gateway, Text: "stop"})
	return nil
}

// authority is the certificate that signs the provider's, for the judge.
func (w *World) authority() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.lab.PKI().Root().Raw}))
}

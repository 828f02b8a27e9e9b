package world

import (
	"encoding/pem"
	"errors"
	"fmt"

	"demailbench/features/check"
	"demailbench/features/world/letter"
	"demailbench/features/world/provider"
	"demailbench/sim/demail"
	"demailbench/sim/record"
)

// DMDA is what a scenario lets the provider do otherwise than usual.
func (w *World) DMDA() *provider.Provider {
	return &provider.Provider{DMDA: w.lab.DMDA(), Faults: w.faults, ITSP: w.o.Profile.Accounts.ITSPs[0].Number}
}

// HolderSends sends a De-Mail from an account at the DMDA's own access, with options such as "authoritative".
func (w *World) HolderSends(account, from, to string, options ...string) error {
	return w.HolderSendsLetter(Letter{Tenant: account, From: from, To: to, Options: options})
}

// HolderSendsLetter sends a letter from an account at the DMDA's own access; Tenant is the account.
func (w *World) HolderSendsLetter(l Letter) error {
	m, err := w.desk.Compose(letter.Draft{Envelope: l.From, From: l.From, To: l.To, Body: l.Body, Options: l.Options, PrivateID: l.PrivateID})
	if err != nil {
		return err
	}
	m.Who, m.Server = w.scene.Provider, w.scene.Provider
	w.it = m
	holder, err := w.lab.DMDA().SignIn(l.Tenant, demail.LevelHigh)
	if err == nil {
		err = holder.SendMessage(m.From, l.recipients(m), m.Message)
	}
	if err != nil {
		return fmt.Errorf("the DMDA does not take the De-Mail of account %s: %w", l.Tenant, err)
	}
	return w.Assume(check.Expectation{Kind: check.Submitted, Nonce: m.Nonce, Who: m.Who})
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

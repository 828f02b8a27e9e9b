package world

import (
	"demailbench/features/world/browser"
	"demailbench/features/world/letter"
	"demailbench/sim/lab"
)

// Where account holders and the provider's staff sit.
const (
	home  = "browser"
	bench = "dmda-office"
)

// Browser is by which people use the provider's web access.
func (w *World) Browser() *browser.Browser {
	if w.browser != nil {
		return w.browser
	}
	c := browser.Config{Portal: w.lab.Web(home, lab.PortalPort), Staff: w.lab.Web(bench, lab.StaffPort), Home: home, Office: bench,
		StaffKey: w.lab.StaffKey(), Record: w.rec, Bodies: w.bodies, Note: w.Note, Expect: w.Expect, Write: w.writes, It: func() string { return w.It().Nonce }}
	for _, a := range w.o.Profile.Accounts.Accounts {
		c.Accounts = append(c.Accounts, browser.Account{ID: a.ID, Mailbox: a.Mailboxes[0], Institution: a.Kind == "institution"})
	}
	for _, t := range w.o.Profile.Tenants { // who has no account yet will order one for the mailbox of the plan
		c.Accounts = append(c.Accounts, browser.Account{ID: t.ID, Mailbox: t.Mapping[0].DeMail, Institution: t.Newcomer})
	}
	w.browser = browser.New(c)
	return w.browser
}

// writes begins a De-Mail that is written in the portal; it is the mail that later steps speak of.
func (w *World) writes(from, to string) (nonce string) {
	w.it = &letter.Mail{Nonce: w.desk.Nonce(), From: from, To: to, Who: w.scene.Provider, Server: w.scene.Provider}
	return w.it.Nonce
}

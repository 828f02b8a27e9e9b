// Package provider is what a scenario lets the DMDA do otherwise than usual: look for malware late, block, unbind, and
// suffer a forger on the way. It leaves out the provider itself (sim/dmda) and people at its web access (browser).
package provider

import (
	"demailbench/features/world/letter"
	"demailbench/sim/dmda"
	"demailbench/sim/fault"
)

// Provider is the DMDA as scenarios know it.
type Provider struct {
	DMDA   *dmda.Server
	Faults *fault.Registry
	// ITSP is the number of the gateway's operator.
	ITSP string
}

// begin applies an impairment until it is ended by name or with the scenario.
func (p *Provider) begin(name, detail string, apply func() (undo func(), err error)) error {
	return p.Faults.Begin(fault.Fault{Name: name, Detail: detail, Apply: apply})
}

// Bind binds a tenant's account to the gateway's ITSP, or to none (S0-016).
func (p *Provider) Bind(account string, bound bool) error {
	itsp := ""
	if bound {
		itsp = p.ITSP
	}
	return p.DMDA.Bind(account, itsp)
}

// ScanLate lets the DMDA look for malware when a message reaches its recipient, not when it is sent.
func (p *Provider) ScanLate() error {
	return p.begin("malware is looked for late", "recipient's side only", func() (func(), error) {
		p.DMDA.SetScan(dmda.Scan{Recipient: true})
		return func() { p.DMDA.SetScan(dmda.Scan{Sender: true, Recipient: true}) }, nil
	})
}

// Tamper lets somebody change every De-Mail between dispatch and mailbox: it names another account holder then.
func (p *Provider) Tamper() error {
	return p.begin("De-Mails are changed on their way", "the account holder's name", func() (func(), error) {
		p.DMDA.SetTamper(letter.Forge)
		return func() { p.DMDA.SetTamper(nil) }, nil
	})
}

// BlockOperator lets the DMDA block the operator's gateway, or release it.
func (p *Provider) BlockOperator(on bool) error {
	if !on {
		return p.Faults.End("ITSP blocked")
	}
	return p.begin("ITSP blocked", p.ITSP, func() (func(), error) {
		p.DMDA.BlockOperator(p.ITSP, "suspicion of misuse")
		return func() { p.DMDA.UnblockOperator(p.ITSP) }, nil
	})
}

// BlockAccount lets the DMDA block one account on the link.
func (p *Provider) BlockAccount(account string) error {
	return p.begin("account "+account+" blocked", account, func() (func(), error) {
		p.DMDA.BlockLink(account, "suspicion of misuse")
		return func() { p.DMDA.UnblockLink(account) }, nil
	})
}

package dmda

import (
	"fmt"

	"demailbench/sim/dmda/account"
	"demailbench/sim/record"
)

// Account is one De-Mail account (package account).
type Account = account.Account

// ITSP is an operator of gateways (package account).
type ITSP = account.ITSP

// The values of Account.Kind and Account.Receipt (package account).
const (
	Institution = account.Institution
	Person      = account.Natural
	OnRequest   = account.OnRequest
	Always      = account.Always
)

// SetGateway switches an account's gateway access (S0-031). While it is off, the operator can neither send
// for the account nor does it get its De-Mails; those that arrive meanwhile stay in the mailbox and are not
// pushed later.
func (s *Server) SetGateway(id string, on bool) error {
	return s.changed(s.accounts.SetGateway(id, on), fmt.Sprintf("gateway access of %s: %v", id, on))
}

// Bind binds an account to the operator with that number, or to none when it is empty (S0-016).
func (s *Server) Bind(id, itsp string) error {
	return s.changed(s.accounts.Bind(id, itsp), fmt.Sprintf("binding of %s: ITSP %q", id, itsp))
}

// SetReceipt sets an account's Receipt option, OnRequest or Always (D21).
func (s *Server) SetReceipt(id, option string) error {
	return s.changed(s.accounts.SetReceipt(id, option), "receipt confirmation of "+id+": "+option)
}

// changed records a setting that changed.
func (s *Server) changed(err error, detail string) error {
	if err != nil {
		return fmt.Errorf("dmda: %s: %w", detail, err)
	}
	s.cfg.Record.Add(record.Event{Who: s.cfg.Who, Kind: record.Action, Name: "dmda.account", Detail: detail})
	return nil
}

package dmda

import (
	"errors"
	"fmt"
	"slices"

	"demailbench/sim/dmda/account"
	"demailbench/sim/record"
)

// Account is one De-Mail account (package account).
type Account = account.Account

// ITSP is an operator of gateways (package account).
type ITSP = account.ITSP

// Errors of accounts and sign-in (package account); test with errors.Is.
var (
	ErrState       = account.ErrState
	ErrCredentials = account.ErrCredentials
	ErrAccess      = account.ErrAccess
)

// Accounts is the account management, to look at: changes go through Change, which records them.
func (s *Server) Accounts() *account.Directory { return s.accounts }

// Suffixes are the domains below which an address is a De-Mail address.
func (s *Server) Suffixes() []string { return slices.Clone(s.cfg.Suffixes) }

// Change makes a change in the account management by somebody (a person of the account,
// account.ProviderStaff or account.OperatorStaff), now, and records it; a denied attempt raises an alarm
// (S0-062, TR-01201-6.1 6.3.8).
func (s *Server) Change(person, what string, do func(d *account.Directory, by account.Actor) error) error {
	err := do(s.accounts, account.Actor{Person: person, At: s.now()})
	var denied *account.Denied
	if errors.As(err, &denied) {
		s.alarm("denied: %s by %s: %v", what, person, err)
		return fmt.Errorf("dmda: %w", err)
	}
	return s.changed(err, what+" by "+person)
}

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

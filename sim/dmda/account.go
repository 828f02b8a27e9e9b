package dmda

import (
	"fmt"
	"sort"

	"demailbench/sim/demail"
	"demailbench/sim/record"
)

// The values of Account.Kind.
const (
	Institution = "institution"
	Person      = "person"
)

// The values of Account.Receipt (D21).
const (
	// OnRequest: a receipt is confirmed when the sender asks for it.
	OnRequest = "on-request"
	// Always: every receipt of a normal message is confirmed (S4-019).
	Always = "always"
)

// Account is one De-Mail account as the configuration has it.
type Account struct {
	// ID names the account in the bench.
	ID string
	// Holder is the name in X-de-mail-account-holder: institution, person or pseudonym.
	Holder string
	// Kind is Institution or Person.
	Kind string
	// Domains are the institution's own De-Mail domains; its mailboxes lie in them.
	Domains []string
	// ITSP is the number of the operator to which the account is bound (S0-016); empty for none.
	ITSP string
	// Gateway says that the account is enabled for gateway access (S0-031).
	Gateway bool
	// Receipt is OnRequest or Always; empty means OnRequest.
	Receipt string
	// Mailboxes are the addresses of the account: those that may send, and where messages come to rest.
	Mailboxes []string
}

// account is an account at work; Server.mu guards what changes.
type account struct {
	Account
	addresses []demail.Address
	boxes     map[demail.Address][]*Mail
	queue     pushQueue
}

// register builds the directory of accounts and operators, with all checks that a typing error deserves.
func (s *Server) register() error {
	s.accounts, s.owners = map[string]*account{}, map[demail.Address]*account{}
	numbers := map[string]bool{}
	for _, i := range s.cfg.ITSPs {
		if i.Number == "" || i.Certificate == "" || numbers[i.Number] || s.itsps[i.Certificate].Number != "" {
			return fmt.Errorf("dmda: ITSP %q: number and certificate must be there and unique", i.Number)
		}
		if i.Push != "" && (s.cfg.Dial == nil || s.cfg.ClientTLS == nil) {
			return fmt.Errorf("dmda: ITSP %q: push needs Dial and ClientTLS", i.Number)
		}
		numbers[i.Number] = true
		s.itsps[i.Certificate] = i
	}
	for _, a := range s.cfg.Accounts {
		if err := s.addAccount(a, numbers); err != nil {
			return fmt.Errorf("dmda: account %q: %w", a.ID, err)
		}
	}
	return nil
}

func (s *Server) addAccount(a Account, numbers map[string]bool) error {
	switch {
	case a.ID == "" || s.accounts[a.ID] != nil:
		return fmt.Errorf("the id is empty or taken")
	case a.Kind != Institution && a.Kind != Person:
		return fmt.Errorf("kind %q is not %s or %s", a.Kind, Institution, Person)
	case a.Receipt != "" && a.Receipt != OnRequest && a.Receipt != Always:
		return fmt.Errorf("receipt %q is not %s or %s", a.Receipt, OnRequest, Always)
	case a.ITSP != "" && !numbers[a.ITSP]:
		return fmt.Errorf("there is no ITSP %q", a.ITSP)
	case len(a.Mailboxes) == 0:
		return fmt.Errorf("has no mailbox")
	}
	acc := &account{Account: a, boxes: map[demail.Address][]*Mail{}}
	for _, m := range a.Mailboxes {
		addr, err := s.mailboxAddress(a, m)
		if err != nil {
			return fmt.Errorf("mailbox %q: %w", m, err)
		}
		acc.addresses = append(acc.addresses, addr)
		s.owners[addr] = acc
	}
	s.accounts[a.ID] = acc
	return nil
}

func (s *Server) mailboxAddress(a Account, text string) (demail.Address, error) {
	addr, err := demail.ParseAddress(text)
	if err != nil {
		return addr, err
	}
	domains := a.Domains
	if a.Kind == Person {
		domains = append(domains[:len(domains):len(domains)], s.cfg.Provider.Domain)
	}
	inside := false
	for _, d := range domains {
		inside = inside || addr.Domain() == d || addr.Below(d)
	}
	_, system := demail.SystemOf(addr, s.cfg.Provider.Domain)
	switch {
	case !addr.Below(s.cfg.Suffixes...):
		return addr, fmt.Errorf("is no De-Mail address")
	case !inside:
		return addr, fmt.Errorf("lies outside the account's domains %v", domains)
	case system:
		return addr, fmt.Errorf("is reserved for the provider (TR-01201-3.1 4.3)")
	case s.owners[addr] != nil:
		return addr, fmt.Errorf("belongs to account %q", s.owners[addr].ID)
	}
	return addr, nil
}

// SetGateway switches an account's gateway access (S0-031). While it is off, the operator can neither send
// for the account nor does it get its De-Mails; those that arrive meanwhile stay in the mailbox and are not
// pushed later.
func (s *Server) SetGateway(id string, on bool) error {
	return s.change(id, fmt.Sprintf("gateway access %s: %v", id, on), func(a *account) { a.Gateway = on })
}

// Bind binds an account to the operator with that number, or to none when it is empty (S0-016).
func (s *Server) Bind(id, itsp string) error {
	known := itsp == ""
	for _, i := range s.itsps {
		known = known || i.Number == itsp
	}
	if !known {
		return fmt.Errorf("dmda: bind %q: there is no ITSP %q", id, itsp)
	}
	return s.change(id, fmt.Sprintf("binding of %s to ITSP %q", id, itsp), func(a *account) { a.ITSP = itsp })
}

// SetReceipt sets an account's Receipt option, OnRequest or Always (D21).
func (s *Server) SetReceipt(id, option string) error {
	if option != OnRequest && option != Always {
		return fmt.Errorf("dmda: receipt option %q is not %s or %s", option, OnRequest, Always)
	}
	return s.change(id, "receipt confirmation of "+id+": "+option, func(a *account) { a.Receipt = option })
}

func (s *Server) change(id, detail string, set func(*account)) error {
	s.mu.Lock()
	a := s.accounts[id]
	if a != nil {
		set(a)
	}
	s.mu.Unlock()
	if a == nil {
		return s.noAccount(id)
	}
	s.cfg.Record.Add(record.Event{Who: s.cfg.Who, Kind: record.Action, Name: "dmda.account", Detail: detail})
	return nil
}

func (s *Server) noAccount(id string) error {
	var ids []string
	for have := range s.accounts {
		ids = append(ids, have)
	}
	sort.Strings(ids)
	return fmt.Errorf("dmda: there is no account %q, only %v", id, ids)
}

// owner is the account of an address, nil for none, and its settings at this moment.
func (s *Server) owner(a demail.Address) (*account, Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	acc := s.owners[a]
	if acc == nil {
		return nil, Account{}
	}
	return acc, acc.Account
}

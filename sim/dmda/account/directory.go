package account

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"demailbench/sim/demail"
)

// Directory holds accounts and operators. Its methods may be called by any goroutine; accounts come out as
// copies of the present state.
type Directory struct {
	provider string
	suffixes []string
	itsps    []ITSP

	mu       sync.Mutex
	accounts map[string]*Account
	owners   map[demail.Address]*Account
}

// NewDirectory checks and takes accounts and operators. provider is the provider's own De-Mail domain, where
// natural persons live and system addresses are reserved; suffixes are the domains below which an address is
// a De-Mail address. The error names the account or operator, the field and the value that is wrong.
func NewDirectory(provider string, suffixes []string, itsps []ITSP, accounts []Account) (*Directory, error) {
	d := &Directory{provider: provider, suffixes: suffixes, accounts: map[string]*Account{}, owners: map[demail.Address]*Account{}}
	for _, i := range itsps {
		_, number := d.Operator(i.Number)
		_, certificate := d.OperatorOfCertificate(i.Certificate)
		if i.Number == "" || i.Certificate == "" || number || certificate {
			return nil, fmt.Errorf("ITSP %q with certificate %q: both must be there and unique", i.Number, i.Certificate)
		}
		d.itsps = append(d.itsps, i)
	}
	for _, a := range accounts {
		if err := d.add(a); err != nil {
			return nil, fmt.Errorf("account %q: %w", a.ID, err)
		}
	}
	return d, nil
}

func (d *Directory) add(a Account) error {
	_, known := d.Operator(a.ITSP)
	switch {
	case a.ID == "" || d.accounts[a.ID] != nil:
		return errors.New("the id is empty or taken")
	case a.Kind != Institution && a.Kind != Person:
		return fmt.Errorf("kind %q is not %s or %s", a.Kind, Institution, Person)
	case a.Receipt != "" && !receiptOption(a.Receipt):
		return fmt.Errorf("receipt %q is not %s or %s", a.Receipt, OnRequest, Always)
	case a.ITSP != "" && !known:
		return fmt.Errorf("there is no ITSP %q", a.ITSP)
	case len(a.Mailboxes) == 0:
		return errors.New("has no mailbox")
	}
	for _, m := range a.Mailboxes {
		addr, err := d.mailbox(a, m)
		if err != nil {
			return fmt.Errorf("mailbox %q: %w", m, err)
		}
		d.owners[addr] = &a
	}
	d.accounts[a.ID] = &a
	return nil
}

// mailbox checks an address that an account shall have.
func (d *Directory) mailbox(a Account, text string) (demail.Address, error) {
	addr, err := demail.ParseAddress(text)
	if err != nil {
		return addr, err
	}
	domains := slices.Clone(a.Domains)
	if a.Kind == Person {
		domains = append(domains, d.provider)
	}
	_, system := demail.SystemOf(addr, d.provider)
	switch {
	case !addr.Below(d.suffixes...):
		return addr, errors.New("is no De-Mail address")
	case !slices.Contains(domains, addr.Domain()) && !addr.Below(domains...):
		return addr, fmt.Errorf("lies outside the account's domains %v", domains)
	case system:
		return addr, errors.New("is reserved for the provider (TR-01201-3.1 4.3)")
	case d.owners[addr] != nil:
		return addr, fmt.Errorf("belongs to account %q", d.owners[addr].ID)
	}
	return addr, nil
}

// Operator returns the ITSP with that number.
func (d *Directory) Operator(number string) (ITSP, bool) {
	return d.operator(func(i ITSP) bool { return i.Number == number })
}

// OperatorOfCertificate returns the ITSP whose certificate has that common name.
func (d *Directory) OperatorOfCertificate(name string) (ITSP, bool) {
	return d.operator(func(i ITSP) bool { return i.Certificate == name })
}

func (d *Directory) operator(is func(ITSP) bool) (ITSP, bool) {
	if n := slices.IndexFunc(d.itsps, is); n >= 0 {
		return d.itsps[n], true
	}
	return ITSP{}, false
}

// Account returns the account with that id; the error lists those that exist.
func (d *Directory) Account(id string) (Account, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.accounts[id]; a != nil {
		return *a, nil
	}
	return Account{}, d.missing(id)
}

// Owner returns the account to which an address belongs.
func (d *Directory) Owner(addr demail.Address) (Account, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.owners[addr]; a != nil {
		return *a, true
	}
	return Account{}, false
}

// SetGateway switches an account's gateway access (S0-031).
func (d *Directory) SetGateway(id string, on bool) error {
	return d.change(id, func(a *Account) { a.Gateway = on })
}

// Bind binds an account to the ITSP with that number, or to none when it is empty (S0-016).
func (d *Directory) Bind(id, number string) error {
	if _, ok := d.Operator(number); number != "" && !ok {
		return fmt.Errorf("there is no ITSP %q", number)
	}
	return d.change(id, func(a *Account) { a.ITSP = number })
}

// SetReceipt sets an account's Receipt option, OnRequest or Always (D21).
func (d *Directory) SetReceipt(id, option string) error {
	if !receiptOption(option) {
		return fmt.Errorf("receipt option %q is not %s or %s", option, OnRequest, Always)
	}
	return d.change(id, func(a *Account) { a.Receipt = option })
}

func receiptOption(s string) bool { return s == OnRequest || s == Always }

func (d *Directory) change(id string, set func(*Account)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.accounts[id]
	if a == nil {
		return d.missing(id)
	}
	set(a)
	return nil
}

func (d *Directory) missing(id string) error {
	var ids []string
	for have := range d.accounts {
		ids = append(ids, have)
	}
	slices.Sort(ids)
	return fmt.Errorf("there is no account %q, only %v", id, ids)
}

package account

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

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
	domains  map[string]*Account  // by domain
	above    map[string]*Account  // one account below a domain that is nobody's
	quiet    map[string]time.Time // domains and addresses that rest, until when
	entries  []Entry
}

// NewDirectory checks and takes accounts and operators. provider is the provider's own De-Mail domain, where
// natural persons live and system addresses are reserved; suffixes are the domains below which an address is
// a De-Mail address. The error names the account or operator, the field and the value that is wrong.
func NewDirectory(provider string, suffixes []string, itsps []ITSP, accounts []Account) (*Directory, error) {
	d := &Directory{provider: provider, suffixes: suffixes, accounts: map[string]*Account{}, owners: map[demail.Address]*Account{},
		domains: map[string]*Account{}, above: map[string]*Account{}, quiet: map[string]time.Time{}}
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

// Open takes an account that was ordered: its addresses are reserved from now on. By is who at the provider
// does it.
func (d *Directory) Open(a Account, by Actor) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	a.State, a.Since = Ordered, by.At
	for _, name := range slices.Concat(a.Domains, a.Mailboxes) {
		if until, rests := d.quiet[name]; rests && by.At.Before(until) {
			return fmt.Errorf("account %q: %s belonged to somebody else and rests until %s (TR-01201-2.1 3.4)", a.ID, name, until.Format(time.DateOnly))
		}
	}
	if err := d.add(a); err != nil {
		return fmt.Errorf("account %q: %w", a.ID, err)
	}
	d.write(d.accounts[a.ID], by, "ordered")
	return nil
}

func (d *Directory) add(a Account) error {
	if a.State == "" {
		a.State = Activated
	}
	a = a.clone()
	_, known := d.Operator(a.ITSP)
	switch {
	case a.ID == "" || d.accounts[a.ID] != nil:
		return errors.New("the id is empty or taken")
	case a.Kind != Institution && a.Kind != Natural:
		return fmt.Errorf("kind %q is not %s or %s", a.Kind, Institution, Natural)
	case !a.State.Known():
		return fmt.Errorf("state %q is unknown", a.State)
	case a.Receipt != "" && !receiptOption(a.Receipt):
		return fmt.Errorf("receipt %q is not %s or %s", a.Receipt, OnRequest, Always)
	case a.ITSP != "" && !known:
		return fmt.Errorf("there is no ITSP %q", a.ITSP)
	case len(a.Mailboxes) == 0:
		return errors.New("has no mailbox")
	}
	for i, p := range a.Persons {
		if err := personProblem(Account{Persons: a.Persons[:i]}, p); err != nil {
			return err
		}
	}
	for _, domain := range a.Domains {
		if owner := d.holds(domain); owner != nil {
			return fmt.Errorf("domain %s belongs to account %q", domain, owner.ID)
		}
	}
	taken := map[demail.Address]bool{}
	for i, m := range a.Mailboxes {
		addr, err := d.mailbox(a, m)
		if err != nil {
			return fmt.Errorf("mailbox %q: %w", m, err)
		}
		if taken[addr] {
			return fmt.Errorf("mailbox %q: belongs to account %q", m, a.ID)
		}
		taken[addr], a.Mailboxes[i] = true, addr.String()
	}
	for addr := range taken {
		d.owners[addr] = &a
	}
	for _, domain := range a.Domains {
		d.take(domain, &a)
	}
	d.accounts[a.ID] = &a
	return nil
}

// holds finds the account that has a domain, or one above or below it.
func (d *Directory) holds(domain string) *Account {
	for name := domain; name != ""; _, name, _ = strings.Cut(name, ".") {
		if a := d.domains[name]; a != nil {
			return a
		}
	}
	return d.above[domain]
}

// take notes whose domain it is. The caller holds mu.
func (d *Directory) take(domain string, a *Account) {
	d.domains[domain] = a
	for _, name, found := strings.Cut(domain, "."); found; _, name, found = strings.Cut(name, ".") {
		d.above[name] = a
	}
}

// free gives up an account's addresses. The caller holds mu.
func (d *Directory) free(a *Account) {
	for addr, owner := range d.owners {
		if owner == a {
			delete(d.owners, addr)
		}
	}
	for _, index := range []map[string]*Account{d.domains, d.above} {
		for name, owner := range index {
			if owner == a {
				delete(index, name)
			}
		}
	}
}

// rest keeps an account's names from others for the time of TR-01201-2.1 3.4: a year for an institution's
// domain and for a pseudonym, thirty years for a person's address. The caller holds mu.
func (d *Directory) rest(a *Account, at time.Time) {
	for _, domain := range a.Domains {
		d.quiet[domain] = at.AddDate(1, 0, 0)
	}
	for _, m := range a.Mailboxes {
		years := 1
		if addr, err := demail.ParseAddress(m); err == nil && a.Kind == Natural && !addr.Pseudonym() {
			years = 30
		}
		d.quiet[m] = at.AddDate(years, 0, 0)
	}
}

// Accounts returns all accounts by id.
func (d *Directory) Accounts() []Account {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Account
	for _, a := range d.accounts {
		out = append(out, a.clone())
	}
	slices.SortFunc(out, func(a, b Account) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// mailbox checks an address that an account shall have.
func (d *Directory) mailbox(a Account, text string) (demail.Address, error) {
	addr, err := demail.ParseAddress(text)
	if err != nil {
		return addr, err
	}
	domains := slices.Clone(a.Domains)
	if a.Kind == Natural {
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
		return a.clone(), nil
	}
	return Account{}, d.missing(id)
}

// Owner returns the account to which an address belongs.
func (d *Directory) Owner(addr demail.Address) (Account, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.owners[addr]; a != nil {
		return a.clone(), true
	}
	return Account{}, false
}

// Holder returns the account that has a De-Mail domain.
func (d *Directory) Holder(domain string) (Account, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range d.accounts {
		if slices.Contains(a.Domains, domain) {
			return a.clone(), true
		}
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

// SetQuota gives an account another storage, in octets (S1-063).
func (d *Directory) SetQuota(id string, octets int64) error {
	if octets <= 0 {
		return fmt.Errorf("account %q: storage of %d octets: give more", id, octets)
	}
	return d.change(id, func(a *Account) { a.Quota = octets })
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

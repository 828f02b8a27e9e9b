package account

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"demailbench/sim/demail"
)

// Entry is one line of the documentation that a provider keeps of every change (TR-01201-2.1 5.3,
// De-Mail-G 13).
type Entry struct {
	At time.Time
	// Account and Person: whose account, who did it. Manual: the provider's staff did.
	Account, Person string
	Manual          bool
	// What says what was changed; attempts that were refused are not in here (the record has them).
	What string
}

// write documents a change. The caller holds mu.
func (d *Directory) write(a *Account, by Actor, what string) {
	d.entries = append(d.entries, Entry{At: by.At, Account: a.ID, Person: by.Person, Manual: by.Person == ProviderStaff, What: what})
}

// History is the documentation of an account, oldest first; of all accounts when id is empty.
func (d *Directory) History(id string) []Entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Entry
	for _, e := range d.entries {
		if id == "" || e.Account == id {
			out = append(out, e)
		}
	}
	return out
}

// document makes a change and writes it down; an error of set leaves everything as it was.
func (d *Directory) document(id string, by Actor, what string, set func(*Account) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.accounts[id]
	if a == nil {
		return d.missing(id)
	}
	if err := set(a); err != nil {
		var denied *Denied
		if errors.As(err, &denied) {
			return err
		}
		return fmt.Errorf("account %q: %s: %w", id, what, err)
	}
	d.write(a, by, what)
	return nil
}

// with is document behind a right.
func (d *Directory) with(id string, by Actor, right Right, what string, set func(*Account) error) error {
	return d.document(id, by, what, func(a *Account) error {
		if err := a.allow(by, right); err != nil {
			return err
		}
		return set(a)
	})
}

// AddMailbox opens a mailbox in one of the account's domains (S1-122).
func (d *Directory) AddMailbox(id, address string, by Actor) error {
	return d.with(id, by, Mailboxes, "mailbox "+address+" opened", func(a *Account) error {
		addr, err := d.mailbox(*a, address)
		if err != nil {
			return err
		}
		a.Mailboxes = append(a.Mailboxes, addr.String())
		d.owners[addr] = a
		return nil
	})
}

// RemoveMailbox closes a mailbox; the last one stays. Its address is quiet for the institution's own use.
func (d *Directory) RemoveMailbox(id, address string, by Actor) error {
	return d.with(id, by, Mailboxes, "mailbox "+address+" closed", func(a *Account) error {
		addr, err := demail.ParseAddress(address)
		n := slices.Index(a.Mailboxes, addr.String())
		switch {
		case err != nil || n < 0:
			return fmt.Errorf("there is no mailbox %q", address)
		case len(a.Mailboxes) == 1:
			return errors.New("the last mailbox cannot be closed")
		}
		a.Mailboxes = slices.Delete(slices.Clone(a.Mailboxes), n, n+1)
		delete(a.Forward, addr.String())
		delete(d.owners, addr)
		return nil
	})
}

// AddSubdomain opens a subdomain of one of the account's domains; it brings a mailbox "info@" with it, which
// always costs extra (S1-123, S1-183, D31).
func (d *Directory) AddSubdomain(id, name string, by Actor) error {
	return d.with(id, by, Subdomains, "subdomain "+name+" opened", func(a *Account) error {
		info, err := demail.ParseAddress("info@" + name)
		if err != nil {
			return err
		}
		below := slices.ContainsFunc(a.Domains, func(domain string) bool { return info.Below(domain) })
		switch {
		case a.Kind != Institution || !below:
			return fmt.Errorf("%s is no subdomain of %v", info.Domain(), a.Domains)
		case slices.Contains(a.Domains, info.Domain()):
			return fmt.Errorf("there is a subdomain %s already", info.Domain())
		}
		if d.owners[info] == nil {
			if _, err := d.mailbox(*a, info.String()); err != nil {
				return err
			}
			a.Mailboxes = append(a.Mailboxes, info.String())
			d.owners[info] = a
		}
		a.Domains = append(a.Domains, info.Domain())
		return nil
	})
}

// SetForward makes copies of what a mailbox receives go to another De-Mail address; an empty target ends
// that (S1-126, TR-01201-3.1 3.1.3.2).
func (d *Directory) SetForward(id, mailbox, target string, by Actor) error {
	return d.with(id, by, Forwarding, "forwarding of "+mailbox+" to "+target, func(a *Account) error {
		if !slices.Contains(a.Mailboxes, mailbox) {
			return fmt.Errorf("there is no mailbox %q", mailbox)
		}
		if target == "" {
			delete(a.Forward, mailbox)
			return nil
		}
		to, err := demail.ParseAddress(target)
		if err != nil || !to.Below(d.suffixes...) {
			return fmt.Errorf("%q is no De-Mail address", target)
		}
		if to.String() == mailbox {
			return errors.New("a mailbox cannot forward to itself")
		}
		if a.Forward == nil {
			a.Forward = map[string]string{}
		}
		a.Forward[mailbox] = to.String()
		return nil
	})
}

// SetRedirect makes everything that comes for the account go on to another De-Mail address, without a copy
// (Nachsendeauftrag); an empty target ends that (S1-126, TR-01201-3.1 3.1.3.3).
func (d *Directory) SetRedirect(id, target string, by Actor) error {
	return d.with(id, by, Forwarding, "redirection to "+target, func(a *Account) error {
		if target != "" {
			to, err := demail.ParseAddress(target)
			if err != nil || !to.Below(d.suffixes...) || slices.Contains(a.Mailboxes, to.String()) {
				return fmt.Errorf("%q is no De-Mail address elsewhere", target)
			}
			target = to.String()
		}
		a.Redirect = target
		return nil
	})
}

// AddPerson registers somebody: staff by administrators too, everybody else by representatives only (S1-120,
// S1-124). A new representative is not identified yet and cannot sign in at level high before.
func (d *Directory) AddPerson(id string, p Person, by Actor) error {
	right := People
	if p.Role == Staff {
		right = Users
	}
	return d.with(id, by, right, fmt.Sprintf("%s %s registered", p.Role, p.ID), func(a *Account) error {
		if err := personProblem(*a, p); err != nil {
			return err
		}
		a.Persons = append(slices.Clone(a.Persons), p)
		return nil
	})
}

// RemovePerson takes somebody off; the last representative stays.
func (d *Directory) RemovePerson(id, person string, by Actor) error {
	a, err := d.Account(id)
	if err != nil {
		return err
	}
	right := People
	if p := a.person(person); p != nil && p.Role == Staff {
		right = Users
	}
	return d.with(id, by, right, person+" taken off", func(a *Account) error {
		left := slices.DeleteFunc(slices.Clone(a.Persons), func(p Person) bool { return p.ID == person })
		if len(left) == len(a.Persons) {
			return fmt.Errorf("there is no person %q", person)
		}
		if !slices.ContainsFunc(left, func(p Person) bool { return p.Role == Representative || p.Role == Holder }) {
			return errors.New("the last representative cannot be taken off")
		}
		a.Persons = left
		return nil
	})
}

func personProblem(a Account, p Person) error {
	switch p.Role {
	case Holder, Representative, Administrator, Staff:
	default:
		return fmt.Errorf("role %q is unknown", p.Role)
	}
	if p.ID == "" || p.ID == ProviderStaff || p.ID == OperatorStaff || a.person(p.ID) != nil {
		return fmt.Errorf("person %q: the id is empty, reserved or taken", p.ID)
	}
	return nil
}

// SetMasterData changes the name in X-de-mail-account-holder (S1-121).
func (d *Directory) SetMasterData(id, holder string, by Actor) error {
	return d.with(id, by, MasterData, "holder is "+holder, func(a *Account) error {
		if strings.TrimSpace(holder) == "" {
			return errors.New("the holder's name is empty")
		}
		a.Holder = holder
		return nil
	})
}

// SetOption sets the Receipt option as one of the account's persons (D21).
func (d *Directory) SetOption(id, receipt string, by Actor) error {
	return d.with(id, by, Options, "receipt confirmation: "+receipt, func(a *Account) error {
		if !receiptOption(receipt) {
			return fmt.Errorf("receipt option %q is not %s or %s", receipt, OnRequest, Always)
		}
		a.Receipt = receipt
		return nil
	})
}

// Publish sets whether the account is listed in the directory (S1-119).
func (d *Directory) Publish(id string, on bool, by Actor) error {
	return d.with(id, by, Publishing, fmt.Sprintf("published: %v", on), func(a *Account) error {
		a.Published = on
		return nil
	})
}

// Supports reports whether somebody may ask the hotline for support of the account (S1-100).
func (d *Directory) Supports(id string, by Actor) error {
	return d.with(id, by, Support, "support asked for", func(*Account) error { return nil })
}

// PilotConditions is the last day of the pilot's conditions; from the next day the price list applies (S1-062,
// S1-066, D23).
var PilotConditions = time.Date(2016, 8, 14, 0, 0, 0, 0, time.UTC)

// The tariffs.
const (
	TariffPilot = "pilot conditions"
	TariffList  = "price list"
)

// Tariff is the tariff of a day of legal time (S1-020).
func Tariff(at time.Time) string {
	if at.Format(time.DateOnly) <= PilotConditions.Format(time.DateOnly) {
		return TariffPilot
	}
	return TariffList
}

// Item is one thing on the account's bill.
type Item struct {
	Name string
	// Count is how many, Chargeable how many of them cost.
	Count, Chargeable int
}

// Names of the items on a bill (S1-063, S1-183, D31). The prices are in no public source.
const (
	ItemMailbox   = "mailbox"
	ItemSubdomain = "info mailbox of a subdomain"
)

// Bill counts what an account has: two mailboxes are free, the info mailbox of a subdomain never is.
func (a Account) Bill() []Item {
	extra := 0
	for i, domain := range a.Domains {
		if i > 0 && slices.Contains(a.Mailboxes, "info@"+domain) {
			extra++
		}
	}
	plain := len(a.Mailboxes) - extra
	return []Item{{ItemMailbox, plain, max(0, plain-Free)}, {ItemSubdomain, extra, extra}}
}

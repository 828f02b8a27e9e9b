package cast

import (
	"fmt"
	"slices"

	"demailbench/sim/actors"
	"demailbench/sim/dmda/account"
)

// persons are the people who administer accounts, as features name them.
var persons = map[string]string{"the representative": actors.Representative, "KDN GmbH": actors.KDNGmbH, "SID": actors.SIDAdministrator}

// OrderAccount lets an authority order its account; who names an office as administrator on the order sheet, "" nobody.
func (c *Company) OrderAccount(id, who string) error {
	return c.on(id, func(a *actors.Authority) error { return c.Cast.OrderAccount(a, persons[who]) })
}

// Open lets the provider identify the representative and enable the account.
func (c *Company) Open(id string) error { return c.on(id, c.Cast.IdentifyAndEnable) }

// Activate lets somebody activate an account at the portal.
func (c *Company) Activate(id, who string) error { return c.Cast.Activate(id, persons[who]) }

// CannotActivate makes sure that the provider does not let somebody activate an account.
func (c *Company) CannotActivate(id, who string) error {
	return c.denied(who, "activate the account of "+id, c.Cast.Activate(id, persons[who]))
}

// AddMailbox lets somebody open a mailbox.
func (c *Company) AddMailbox(id, who, address string) error {
	return c.Cast.AddMailbox(id, persons[who], address)
}

// CannotAddMailbox makes sure that the provider does not let somebody open a mailbox.
func (c *Company) CannotAddMailbox(id, who, address string) error {
	return c.denied(who, "open mailbox "+address, c.Cast.AddMailbox(id, persons[who], address))
}

// AddSubdomain lets somebody open a subdomain.
func (c *Company) AddSubdomain(id, who, name string) error {
	return c.Cast.AddSubdomain(id, persons[who], name)
}

// CannotAddSubdomain makes sure that the provider does not let somebody open a subdomain.
func (c *Company) CannotAddSubdomain(id, who, name string) error {
	return c.denied(who, "open subdomain "+name, c.Cast.AddSubdomain(id, persons[who], name))
}

// Shows makes sure that an account is activated, bound to the operator and has a mailbox.
func (c *Company) Shows(id, mailbox string) error {
	s, err := c.Settings(id, actors.Representative)
	switch {
	case err != nil:
		return err
	case s.State != account.Activated || s.ITSP == "" || !s.Gateway:
		return fmt.Errorf("the account of %s is %s, bound to ITSP %q, gateway access %v", id, s.State, s.ITSP, s.Gateway)
	case !slices.Contains(s.Mailboxes, mailbox):
		return fmt.Errorf("the account of %s has the mailboxes %v, not %s", id, s.Mailboxes, mailbox)
	}
	return nil
}

// Charges makes sure that the bill of an account has so many chargeable info mailboxes of subdomains (S1-183, D31).
func (c *Company) Charges(id string, n int) error {
	s, err := c.Settings(id, actors.Representative)
	if err != nil {
		return err
	}
	for _, i := range s.Bill {
		if i.Name == account.ItemSubdomain && i.Chargeable != n {
			return fmt.Errorf("the bill of %s has %d chargeable info mailboxes, not %d", id, i.Chargeable, n)
		}
	}
	return nil
}

// Leave lets the provider end an authority's contract at the pilot's end, with its domains free at once (S0-059,
// S1-019).
func (c *Company) Leave(id string) error { return c.EndContract(id, "end of the pilot", true) }

// Unbind lets the provider take an account off the operator.
func (c *Company) Unbind(id string) error { return c.BindAccount(id, "") }

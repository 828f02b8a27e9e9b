package plan

import (
	"fmt"
	"slices"

	"demailbench/features/sut"
)

// Change is what a step alters of what a gateway serves.
type Change struct {
	// Operation is the contract's for it: what a vendor's gateway must have.
	Operation string
	// Apply alters a setup; the error says what is not there to be altered.
	Apply func(*sut.Setup) error
}

// onTenant alters what the gateway knows of one tenant.
func onTenant(operation, id string, f func(*sut.Tenant)) Change {
	return Change{operation, func(s *sut.Setup) error {
		i := slices.IndexFunc(s.Tenants, func(t sut.Tenant) bool { return t.ID == id })
		if i < 0 {
			return fmt.Errorf("no tenant %s is set up", id)
		}
		f(&s.Tenants[i])
		return nil
	}}
}

// onDomain alters one De-Mail domain of a tenant.
func onDomain(operation, tenant, domain string, f func(*sut.Domain)) Change {
	return Change{operation, func(s *sut.Setup) error {
		for i := range s.Tenants {
			for k := range s.Tenants[i].Domains {
				if d := &s.Tenants[i].Domains[k]; s.Tenants[i].ID == tenant && d.Name == domain {
					f(d)
					return nil
				}
			}
		}
		return fmt.Errorf("tenant %s has no De-Mail domain %s", tenant, domain)
	}}
}

// Direction gives a domain its direction (D14).
func Direction(tenant, domain, direction string) Change {
	return onDomain("domain.direction", tenant, domain, func(d *sut.Domain) { d.Direction = direction })
}

// CatchAll gives a domain a CatchAll mailbox (D11).
func CatchAll(tenant, domain, mailbox string) Change {
	return onDomain("catchall.set", tenant, domain, func(d *sut.Domain) { d.CatchAll = mailbox })
}

// BounceAll gives a domain BounceAll in a form, "refuse" or "reply", the latter from a De-Mail address (D11).
func BounceAll(tenant, domain, form, from string) Change {
	return onDomain("bounceall.set", tenant, domain, func(d *sut.Domain) { d.BounceAll, d.BounceSender = form, from })
}

// ReceiptMode tells how a tenant's accounts confirm receipts: "on-request" or "always" (D21).
func ReceiptMode(tenant, mode string) Change {
	return onTenant("tenant.enrol", tenant, func(t *sut.Tenant) { t.ReceiptMode = mode })
}

// PilotUntil sets the last day of the pilot operation (D23).
func PilotUntil(day string) Change {
	return Change{"pilot.until", func(s *sut.Setup) error {
		s.PilotUntil = day
		return nil
	}}
}

// Unmap takes a De-Mail address out of a tenant's mapping.
func Unmap(tenant, demail string) Change {
	return Change{"mapping.delete", func(s *sut.Setup) error {
		for i := range s.Tenants {
			var left []sut.Pair
			for _, p := range s.Tenants[i].Mapping {
				if p.DeMail != demail {
					left = append(left, p)
				}
			}
			if s.Tenants[i].ID == tenant && len(left) < len(s.Tenants[i].Mapping) {
				s.Tenants[i].Mapping = left
				return nil
			}
		}
		return fmt.Errorf("tenant %s has no mapping for %s", tenant, demail)
	}}
}

// Tag lets a word in brackets in the subject ask for an option, for all mailboxes of a tenant (D15).
func Tag(tenant, tag, option string) Change {
	return onTenant("tenant.enrol", tenant, func(t *sut.Tenant) {
		if t.Options.Tags == nil {
			t.Options.Tags = map[string]string{}
		}
		t.Options.Tags[tag] = option
	})
}

// Policy lets a mailbox ask for an option by default, or forbids it to ask (S1-080).
func Policy(tenant, mailbox, option string, forbid bool) Change {
	return onTenant("tenant.enrol", tenant, func(t *sut.Tenant) {
		if t.Options.Policies == nil {
			t.Options.Policies = map[string]sut.OptionPolicy{}
		}
		p := t.Options.Policies[mailbox]
		if forbid {
			p.Forbid = append(p.Forbid, option)
		} else {
			p.Preset = append(p.Preset, option)
		}
		t.Options.Policies[mailbox] = p
	})
}

package world

import (
	"fmt"
	"slices"

	"demailbench/features/sut"
)

// onTenant alters what the gateway knows of one tenant; operation is what a vendor's gateway must have for it.
func (w *World) onTenant(operation, id string, f func(*sut.Tenant)) error {
	return w.change(operation, func(s *sut.Setup) error {
		i := slices.IndexFunc(s.Tenants, func(t sut.Tenant) bool { return t.ID == id })
		if i < 0 {
			return fmt.Errorf("no tenant %s is set up", id)
		}
		f(&s.Tenants[i])
		return nil
	})
}

// SetReceiptMode tells the gateway how a tenant's accounts confirm receipts: "on-request" or "always" (D21).
func (w *World) SetReceiptMode(tenant, mode string) error {
	return w.onTenant("tenant.enrol", tenant, func(t *sut.Tenant) { t.ReceiptMode = mode })
}

// SetBounceAll gives a domain BounceAll in a form, "refuse" or "reply", the latter from a De-Mail address (D11).
func (w *World) SetBounceAll(tenant, domain, form, from string) error {
	return w.onDomain("bounceall.set", tenant, domain, func(d *sut.Domain) { d.BounceAll, d.BounceSender = form, from })
}

// SetTag lets a word in brackets in the subject ask for an option, for all mailboxes of a tenant (D15).
func (w *World) SetTag(tenant, tag, option string) error {
	return w.onTenant("tenant.enrol", tenant, func(t *sut.Tenant) {
		if t.Options.Tags == nil {
			t.Options.Tags = map[string]string{}
		}
		t.Options.Tags[tag] = option
	})
}

// SetPolicy lets a mailbox ask for an option by default, or forbids it to ask (S1-080).
func (w *World) SetPolicy(tenant, mailbox, option string, forbid bool) error {
	return w.onTenant("tenant.enrol", tenant, func(t *sut.Tenant) {
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

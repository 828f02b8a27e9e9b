package world

import (
	"fmt"

	"demailbench/features/sut"
)

// onTenant alters what the gateway knows of one tenant and starts it anew on the same data, as an operator does
// who has changed its configuration.
func (w *World) onTenant(id string, f func(*sut.Tenant) error) error {
	s := w.setup()
	for i := range s.Tenants {
		if s.Tenants[i].ID != id {
			continue
		}
		if err := f(&s.Tenants[i]); err != nil {
			return err
		}
		w.altered = &s
		if err := w.StopGateway(); err != nil {
			return err
		}
		return w.Restart()
	}
	return fmt.Errorf("no tenant %s is set up", id)
}

// SetReceiptMode tells the gateway how a tenant's accounts confirm receipts: "on-request" or "always" (D21).
func (w *World) SetReceiptMode(tenant, mode string) error {
	return w.onTenant(tenant, func(t *sut.Tenant) error {
		t.ReceiptMode = mode
		return nil
	})
}

// SetBounceAll gives a domain BounceAll in a form, "refuse" or "reply", the latter from a De-Mail address (D11).
func (w *World) SetBounceAll(tenant, domain, form, from string) error {
	return w.onTenant(tenant, func(t *sut.Tenant) error {
		for i := range t.Domains {
			if d := &t.Domains[i]; d.Name == domain {
				d.BounceAll, d.BounceSender = form, from
				return nil
			}
		}
		return fmt.Errorf("tenant %s has no De-Mail domain %s", tenant, domain)
	})
}

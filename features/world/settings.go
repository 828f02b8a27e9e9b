package world

import (
	"fmt"

	"demailbench/features/sut"
)

// change alters what the gateway is to serve and starts it anew on the same data, as an operator does who
// has changed its configuration.
// operation is what a vendor's gateway must have for it.
func (w *World) change(operation string, f func(*sut.Setup) error) error {
	if err := w.offers(operation); err != nil {
		return err
	}
	s := w.setup()
	if err := f(&s); err != nil {
		return err
	}
	w.altered = &s
	if err := w.StopGateway(); err != nil {
		return err
	}
	return w.Restart()
}

// onDomain alters one De-Mail domain of a tenant.
func (w *World) onDomain(operation, tenant, domain string, f func(*sut.Domain)) error {
	return w.change(operation, func(s *sut.Setup) error {
		for i := range s.Tenants {
			for k := range s.Tenants[i].Domains {
				if d := &s.Tenants[i].Domains[k]; s.Tenants[i].ID == tenant && d.Name == domain {
					f(d)
					return nil
				}
			}
		}
		return fmt.Errorf("tenant %s has no De-Mail domain %s", tenant, domain)
	})
}

// SetDirection gives a domain its direction (D14).
func (w *World) SetDirection(tenant, domain, direction string) error {
	return w.onDomain("domain.direction", tenant, domain, func(d *sut.Domain) { d.Direction = direction })
}

// SetCatchAll gives a domain a CatchAll mailbox (D11).
func (w *World) SetCatchAll(tenant, domain, mailbox string) error {
	return w.onDomain("catchall.set", tenant, domain, func(d *sut.Domain) { d.CatchAll = mailbox })
}

// Unmap takes a De-Mail address out of a tenant's mapping.
func (w *World) Unmap(tenant, demail string) error {
	return w.change("mapping.delete", func(s *sut.Setup) error {
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
	})
}

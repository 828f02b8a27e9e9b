package cast

import (
	"time"

	"demailbench/sim/actors"
)

// AcceptAndOrder lets an authority accept the terms of use and order the commissioning with the direction of its domain.
func (c *Company) AcceptAndOrder(id, direction string) error {
	return c.on(id, func(a *actors.Authority) error {
		if err := c.Cast.AcceptTerms(a); err != nil {
			return err
		}
		return c.Cast.OrderCommissioning(a, direction)
	})
}

// OrderGoesBack lets an authority order the commissioning without a direction, and makes sure that the form comes back.
func (c *Company) OrderGoesBack(id string) error {
	return sentBack("direction", c.AcceptAndOrder(id, ""))
}

// Enrol lets SID enrol an authority.
func (c *Company) Enrol(id string) error { return c.on(id, c.Cast.Enrol) }

// List lets SID list the tenants of the gateway.
func (c *Company) List() error { return c.Must(c.ByOperator("")("", "tenant.list", nil)) }

// TryEnrol lets SID try it.
func (c *Company) TryEnrol(id string) error {
	return c.on(id, func(a *actors.Authority) error { return c.Cast.TryEnrol(a) })
}

// EnrolFurther lets SID enrol so many municipalities that exist on paper only.
func (c *Company) EnrolFurther(n int) error {
	for i := range n {
		if err := c.Cast.Enrol(actors.Further(i + 1)); err != nil {
			return err
		}
	}
	return nil
}

// by are those who administer a tenant's part of the gateway, as features name them; the tenant itself otherwise.
func (c *Company) by(who, tenant string) actors.Actor {
	switch who {
	case "KDN GmbH":
		return c.ByKDN(tenant)
	case "SID":
		return c.BySID(tenant)
	}
	return c.ByTenant(tenant)
}

// GivePower lets a tenant give KDN GmbH a power of attorney for days, 0: without end.
func (c *Company) GivePower(tenant, roles string, days int) error {
	return c.GivePowerFor(tenant, roles, time.Duration(days)*24*time.Hour)
}

// TryPower lets a tenant try it, with the signed paper or without.
func (c *Company) TryPower(tenant, roles string, days int, signed bool) error {
	return c.Cast.TryPower(tenant, actors.Power{Holder: actors.KDNGmbH, Roles: roles, For: time.Duration(days) * 24 * time.Hour, Signed: signed})
}

// Assign lets somebody assign a domain to the gateway, in the direction that was stated.
func (c *Company) Assign(who, tenant, domain string) error {
	return c.Cast.Assign(tenant, domain, c.by(who, tenant))
}

// TryAssign lets somebody try it.
func (c *Company) TryAssign(who, tenant, domain string) error {
	return c.Cast.TryAssign(tenant, domain, c.by(who, tenant))
}

// SetUp lets somebody set connection and initial mapping of a tenant.
func (c *Company) SetUp(who, id string) error {
	return c.on(id, func(a *actors.Authority) error {
		if err := c.Connect(a, c.by(who, id)); err != nil {
			return err
		}
		for _, p := range a.Mapping {
			if err := c.Cast.Map(id, p, c.by(who, id)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Commission lets somebody do all of it.
func (c *Company) Commission(who, id string) error {
	return c.on(id, func(a *actors.Authority) error { return c.Cast.Commission(a, c.by(who, id)) })
}

// CommissionByOperator lets SID do it for a state authority, on change requests.
func (c *Company) CommissionByOperator(id string) error {
	return c.on(id, c.Cast.CommissionOnChange)
}

// Map lets somebody map an address.
func (c *Company) Map(who, tenant, mail, demail string) error {
	return c.Cast.Map(tenant, actors.Pair{Mail: mail, DeMail: demail}, c.by(who, tenant))
}

// TryMap lets somebody try it.
func (c *Company) TryMap(who, tenant, mail, demail string) error {
	return c.Cast.TryMap(tenant, actors.Pair{Mail: mail, DeMail: demail}, c.by(who, tenant))
}

// CatchAll lets somebody lead De-Mails for unmapped addresses to a mailbox.
func (c *Company) CatchAll(who, tenant, domain, mailbox string) error {
	return c.Cast.CatchAll(tenant, domain, mailbox, c.by(who, tenant))
}

// TryCatchAll lets somebody try it.
func (c *Company) TryCatchAll(who, tenant, domain, mailbox string) error {
	return c.Cast.TryCatchAll(tenant, domain, mailbox, c.by(who, tenant))
}

// TryMapBy lets KDN GmbH try it on the power of attorney of another tenant.
func (c *Company) TryMapBy(giver, tenant, mail, demail string) error {
	return c.Cast.TryMap(tenant, actors.Pair{Mail: mail, DeMail: demail}, c.ByKDN(giver))
}

// TryAccountChange lets KDN GmbH try to have something opened in an account by the gateway's administration.
func (c *Company) TryAccountChange(tenant, object string) error {
	return c.Try(c.KDN(tenant, actors.AccountAdmin, "account.change", opened(tenant, object)))
}

// TryIntervene lets SID try it, with the tenant's written order or a change request, or without.
func (c *Company) TryIntervene(tenant, object string, ordered, change bool) (err error) {
	var order, cr string
	if ordered {
		if order, err = c.OrderIntervention(tenant, object, "first-subdomain", 7); err != nil {
			return err
		}
	}
	if change {
		if cr, err = c.FileChange(tenant, object, "account", "opening of "+object); err != nil {
			return err
		}
	}
	return c.Try(actors.Intervention(cr, order, opened(tenant, object)))
}

// Intervene lets the tenant order it in writing, and SID document it on a change request.
func (c *Company) Intervene(tenant, object string) error {
	order, err := c.OrderIntervention(tenant, object, "first-subdomain", 7)
	if err != nil {
		return err
	}
	return c.OnChange(tenant, object, "account", "opening of "+object, func(cr string) error {
		return c.Must(actors.Intervention(cr, order, opened(tenant, object)))
	})
}

func opened(tenant, object string) map[string]any {
	return map[string]any{"tenant": tenant, "object": object, "change": "opened"}
}

// GivePowerTo lets a tenant give an office a power of attorney without end.
func (c *Company) GivePowerTo(who, tenant, roles string) error {
	holder := actors.KDNGmbH
	if who == "SID" {
		holder = actors.Operator
	}
	return c.Cast.GivePower(tenant, actors.Power{Holder: holder, Roles: roles, Signed: true})
}

// TryMapOnChange lets SID try to map an address on a change request about something else.
func (c *Company) TryMapOnChange(kind, tenant, mail, demail string) error {
	cr, err := c.FileChange(tenant, tenant, kind, "change of "+kind)
	if err != nil {
		return err
	}
	return c.Cast.TryMap(tenant, actors.Pair{Mail: mail, DeMail: demail}, c.ByOperator(cr))
}

// Offboard lets SID off-board a tenant on a change request.
func (c *Company) Offboard(tenant string) error {
	return c.OnChange(tenant, tenant, "platform", "off-boarding of "+tenant, func(cr string) error {
		return c.Must(c.ByOperator(cr)("", "tenant.offboard", map[string]any{"tenant": tenant, "reason": "end of the pilot"}))
	})
}

// GivePowerFor lets a tenant give KDN GmbH a power of attorney for a time, 0: without end.
func (c *Company) GivePowerFor(tenant, roles string, d time.Duration) error {
	return c.Cast.GivePower(tenant, actors.Power{Holder: actors.KDNGmbH, Roles: roles, For: d, Signed: true})
}

// TryEnrolWithout lets SID try to enrol an authority whose papers lack something.
func (c *Company) TryEnrolWithout(id, what string) error {
	return c.on(id, func(a *actors.Authority) error {
		lacks := map[string][]string{"named administrators": {"technical_administrator", "account_administrator"}, "process owner": {"process_owner"}, "technical contact": {"technical_contact"}}
		return c.Cast.TryEnrol(a, lacks[what]...)
	})
}

// Unmap lets a tenant take an e-mail address out of its mapping.
func (c *Company) Unmap(tenant, mail, demail string) error {
	return c.Must(actors.Own(tenant, actors.AccountAdmin, "mapping.delete", map[string]any{"tenant": tenant, "mail": mail, "demail": demail}))
}

// TryBounceAll lets a tenant try to have De-Mails for unmapped addresses refused.
func (c *Company) TryBounceAll(tenant, domain string) error {
	return c.Try(actors.Own(tenant, actors.TechnischerAdmin, "bounceall.set", map[string]any{"tenant": tenant, "domain": domain, "form": "refuse"}))
}

// SetNextHop lets a tenant say where its De-Mails are delivered.
func (c *Company) SetNextHop(tenant, host string, port int) error {
	return c.on(tenant, func(a *actors.Authority) error {
		return c.Must(actors.Own(tenant, actors.TechnischerAdmin, "smtp-inbound.set", map[string]any{"tenant": tenant, "networks": a.Networks, "transport": a.Transport,
			"next_hop": map[string]any{"host": host, "port": port}, "technical_contact": a.TechnicalContact}))
	})
}

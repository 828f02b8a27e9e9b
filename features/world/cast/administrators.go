package cast

import (
	"demailbench/sim/actors"
)

// as acts as a tenant's person who was made in the scenario, in the role that he was made for.
func (c *Company) as(person, tenant string) actors.Actor {
	return func(_, operation string, args map[string]any) actors.Act {
		return actors.Act{Person: person, Organisation: tenant, Role: c.made[person], Operation: operation, Args: args}
	}
}

// MakeUser lets somebody make a gateway administrator of a tenant in a role.
func (c *Company) MakeUser(who, tenant, person, role string) error {
	c.made[person] = role
	return c.Cast.MakeUser(tenant, person, role, c.by(who, tenant))
}

// TryUser lets somebody try it.
func (c *Company) TryUser(who, tenant, person, role string) error {
	return c.Cast.TryUser(tenant, person, role, c.by(who, tenant))
}

// MakeUserOnChange lets SID make one on a change request.
func (c *Company) MakeUserOnChange(tenant, person, role string) error {
	c.made[person] = role
	return c.OnChange(tenant, person, "users", "administrator "+person, func(cr string) error {
		return c.Cast.MakeUser(tenant, person, role, c.ByOperator(cr))
	})
}

// TryUserWithoutChange lets SID try it without.
func (c *Company) TryUserWithoutChange(tenant, person, role string) error {
	return c.Cast.TryUser(tenant, person, role, c.ByOperator(""))
}

// See lets a person look at the list of tenants.
func (c *Company) See(person, tenant string) error {
	return c.Must(c.as(person, tenant)("", "tenant.list", nil))
}

// PersonMaps lets a person map an address, PersonTriesMap try it.
func (c *Company) PersonMaps(person, tenant, mail, demail string) error {
	return c.Cast.Map(tenant, actors.Pair{Mail: mail, DeMail: demail}, c.as(person, tenant))
}

// PersonTriesMap lets a person try to map an address.
func (c *Company) PersonTriesMap(person, tenant, mail, demail string) error {
	return c.Cast.TryMap(tenant, actors.Pair{Mail: mail, DeMail: demail}, c.as(person, tenant))
}

// PersonSetsCatchAll lets a person lead De-Mails for unmapped addresses to a mailbox.
func (c *Company) PersonSetsCatchAll(person, tenant, domain, mailbox string) error {
	return c.Cast.CatchAll(tenant, domain, mailbox, c.as(person, tenant))
}

// PersonTriesCatchAll lets a person try it.
func (c *Company) PersonTriesCatchAll(person, tenant, domain, mailbox string) error {
	return c.Cast.TryCatchAll(tenant, domain, mailbox, c.as(person, tenant))
}

// PersonTriesUser lets a person try to make another administrator.
func (c *Company) PersonTriesUser(person, tenant, other, role string) error {
	return c.Cast.TryUser(tenant, other, role, c.as(person, tenant))
}

// TryRevokeUserAdmin lets a tenant's only User Admin try to revoke its own access.
func (c *Company) TryRevokeUserAdmin(tenant string) error {
	return c.Try(actors.Own(tenant, actors.UserAdmin, "user.revoke", map[string]any{"org": tenant, "person": actors.Users(tenant), "reason": "leaves"}))
}

// SupportTriesEnrol lets the Support Administrator try to enrol a municipality without a change request.
func (c *Company) SupportTriesEnrol() error {
	return c.Cast.SupportTriesEnrol(actors.Further(1))
}

// SupportTriesMap lets the Support Administrator try to map an address without a change request.
func (c *Company) SupportTriesMap(tenant, mail, demail string) error {
	return c.Cast.TryMap(tenant, actors.Pair{Mail: mail, DeMail: demail}, actors.Support(""))
}

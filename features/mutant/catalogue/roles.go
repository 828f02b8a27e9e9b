package catalogue

import (
	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/sut"
	"demailbench/gateway"
	"demailbench/gateway/role"
)

// allowed is a fault of who may do what: do changes an act before it is judged by the gateway's own rule, or its
// decision.
func allowed(do func(a role.Act, judge func(role.Act) role.Decision) role.Decision) fault.Fault {
	return fault.Fault{Deps: func(d *gateway.Deps, _ sut.Setup) {
		d.Allowed = func(a role.Act) role.Decision { return do(a, role.Allowed) }
	}}
}

func yes(rule string) role.Decision {
	return role.Decision{OK: true, Rule: rule, Requirements: []string{rule}}
}

var roles = []Entry{
	{mutant.Mutant{ID: "roles-everybody-may", Family: mutant.Roles, Severity: mutant.C, Class: mutant.Admin,
		Text: "lets whoever has signed in do everything", Requirements: of("S1-154", "S1-149", "S0-065")},
		allowed(func(role.Act, func(role.Act) role.Decision) role.Decision { return yes("S1-149") })},
	{mutant.Mutant{ID: "roles-foreign-tenant", Family: mutant.Roles, Severity: mutant.C, Class: mutant.Admin,
		Text: "lets a tenant's people act in another tenant's part", Requirements: of("S1-154")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			if role.IsTenant(a.Person.Organisation) && a.Tenant != "" {
				a.Tenant = a.Person.Organisation
			}
			return judge(a)
		})},
	{mutant.Mutant{ID: "roles-merged", Family: mutant.Roles, Severity: mutant.H, Class: mutant.Admin,
		Text: "gives every administrator of a tenant all three roles", Requirements: of("S1-149", "S1-150", "S1-151")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			if role.IsTenant(a.Person.Organisation) && len(a.Person.Roles) > 0 {
				a.Person.Roles, a.Role = role.Of(a.Person.Organisation), ""
			}
			return judge(a)
		})},
	{mutant.Mutant{ID: "roles-technical-maps", Family: mutant.Roles, Severity: mutant.H, Class: mutant.Admin,
		Text: "lets the Technischer Admin change the mapping", Requirements: of("S1-149")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			d := judge(a)
			if d2 := judge(instead(a, role.TechnischerAdmin, role.AccountAdmin)); !d.OK && d2.OK {
				return d2
			}
			return d
		})},
	{mutant.Mutant{ID: "roles-account-admin-technical", Family: mutant.Roles, Severity: mutant.H, Class: mutant.Admin,
		Text: "lets the Account Admin change SMTP settings and domains", Requirements: of("S1-151", "S1-048")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			d := judge(a)
			if d2 := judge(instead(a, role.AccountAdmin, role.TechnischerAdmin)); !d.OK && d2.OK {
				return d2
			}
			return d
		})},
	{mutant.Mutant{ID: "roles-account-admin-makes-people", Family: mutant.Roles, Severity: mutant.H, Class: mutant.Admin,
		Text: "lets the Account Admin make administrators", Requirements: of("S1-150", "S1-048")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			d := judge(a)
			if d2 := judge(instead(a, role.AccountAdmin, role.UserAdmin)); !d.OK && d2.OK {
				return d2
			}
			return d
		})},
	{mutant.Mutant{ID: "roles-power-never-ends", Family: mutant.Roles, Severity: mutant.H, Class: mutant.Time,
		Text: "ignores the end of a power of attorney", Requirements: of("S1-048", "S1-159", "S1-167")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			powers := append([]role.PowerOfAttorney(nil), a.Powers...)
			for i := range powers {
				powers[i].Until, powers[i].Over = noEnd, false
			}
			a.Powers = powers
			return judge(a)
		})},
	{mutant.Mutant{ID: "roles-power-any-role", Family: mutant.Roles, Severity: mutant.H, Class: mutant.Admin,
		Text: "takes a power of attorney for one role for all", Requirements: of("S1-048", "S1-185")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			powers := append([]role.PowerOfAttorney(nil), a.Powers...)
			for i := range powers {
				powers[i].Roles = role.Of(role.KDNGmbH)
			}
			a.Powers = powers
			return judge(a)
		})},
	{mutant.Mutant{ID: "roles-power-any-tenant", Family: mutant.Roles, Severity: mutant.C, Class: mutant.Admin,
		Text: "takes a power of attorney of one tenant for all", Requirements: of("S1-048")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			powers := append([]role.PowerOfAttorney(nil), a.Powers...)
			for i := range powers {
				powers[i].Tenant = a.Tenant
			}
			a.Powers = powers
			return judge(a)
		})},
	{mutant.Mutant{ID: "roles-kdn-without-power", Family: mutant.Roles, Severity: mutant.C, Class: mutant.Admin,
		Text: "lets KDN GmbH administer municipalities without power of attorney", Requirements: of("S1-048", "S1-159")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			if a.Person.Organisation == role.KDNGmbH && a.Tenant != "" {
				return yes("S1-048")
			}
			return judge(a)
		})},
	{mutant.Mutant{ID: "roles-kdn-never", Family: mutant.Roles, Severity: mutant.M, Class: mutant.Admin,
		Text: "knows no powers of attorney", Requirements: of("S1-048", "S1-167")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			a.Powers = nil
			return judge(a)
		})},
	{mutant.Mutant{ID: "roles-no-change-request", Family: mutant.Roles, Severity: mutant.H, Class: mutant.Admin,
		Text: "lets the operator change a tenant's settings without change request", Requirements: of("S0-065", "S1-041")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			d := judge(a)
			if !d.OK && d.Rule == "D10b" {
				return yes("S0-065")
			}
			return d
		})},
	{mutant.Mutant{ID: "roles-no-order", Family: mutant.Roles, Severity: mutant.H, Class: mutant.Admin,
		Text: "lets the operator intervene in an account without written order", Requirements: of("S0-062", "S0-063")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			d := judge(a)
			if !d.OK && d.Rule == "S0-062" {
				return yes("S0-062")
			}
			return d
		})},
	{mutant.Mutant{ID: "roles-operator-nothing", Family: mutant.Roles, Severity: mutant.M, Class: mutant.Admin,
		Text: "refuses the operator also what a change request covers", Requirements: of("S0-065", "S1-041")},
		allowed(func(a role.Act, judge func(role.Act) role.Decision) role.Decision {
			if a.Person.Organisation == role.Operator && a.Tenant != "" {
				a.ChangeRequest = nil
			}
			return judge(a)
		})},
	{mutant.Mutant{ID: "roles-long-commissioning", Family: mutant.Roles, Severity: mutant.M, Class: mutant.Admin,
		Text: "takes a power of attorney for commissioning of 90 days", Requirements: of("S1-159")},
		fault.Config(func(c *gateway.Config) { c.PoA.MaxCommissioning = 90 * 24 * brief * 2 })},
	{mutant.Mutant{ID: "roles-eight-tenants", Family: mutant.Roles, Severity: mutant.M, Class: mutant.Admin,
		Text: "enrols no more than eight tenants", Requirements: of("S1-014")},
		fault.Config(func(c *gateway.Config) { c.Pilot.MaxTenants = 8 })},
}

// instead is the act as if the person had one role instead of another.
func instead(a role.Act, have, want role.Role) role.Act {
	list := append([]role.Role(nil), a.Person.Roles...)
	for i := range list {
		if list[i] == have {
			list[i] = want
		}
	}
	a.Person.Roles = list
	if a.Role == have {
		a.Role = want
	}
	return a
}

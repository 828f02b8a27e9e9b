package actors

import "strings"

// The persons. Names are role titles.
const (
	// Representative is the person entitled to represent an authority, as its order sheet names it.
	Representative = "representative"
	// OperatorAdmin and OperatorSupport are BaK ESV's people.
	OperatorAdmin   = "operator-admin"
	OperatorSupport = "operator-support"
	// SIDAdministrator is SID's access to a state authority's account, when its order sheet names it (S1-042).
	SIDAdministrator = "sid-administrator"
	// KDNClerk administers for municipalities.
	KDNClerk = "kdn-clerk"
)

// Users is a tenant's User Admin.
func Users(tenant string) string { return tenant + "-users" }

// Tech is a tenant's Technischer Admin, who is its Account Admin too (S1-140).
func Tech(tenant string) string { return tenant + "-tech" }

// Account is a tenant's person who is Account Admin only.
func Account(tenant string) string { return tenant + "-account" }

// Password is what a person at the gateway has chosen. The bench's people have no secrets.
func Password(person string) string { return "password of " + person }

// sid is an act of BaK ESV's Administrator on a change request.
func sid(cr, operation string, args map[string]any) Act {
	return Act{Person: OperatorAdmin, Organisation: Operator, Role: Administrator, ChangeRequest: cr, Operation: operation, Args: args}
}

// Support acts as BaK ESV's Support Administrator, on a change request or without.
func Support(cr string) Actor {
	return func(_, operation string, args map[string]any) Act {
		return Act{Person: OperatorSupport, Organisation: Operator, Role: SupportAdministrator, ChangeRequest: cr, Operation: operation, Args: args}
	}
}

// Intervention is an act of BaK ESV in a tenant's account settings, on its written order and a change request, either
// of which may be missing (D10a).
func Intervention(cr, order string, args map[string]any) Act {
	a := sid(cr, "account.change", args)
	a.Order = order
	return a
}

// OwnRole is the person of a tenant who has a role, "" for a role that tenants do not have.
func OwnRole(tenant, role string) string {
	return map[string]string{UserAdmin: Users(tenant), TechnischerAdmin: Tech(tenant), AccountAdmin: Tech(tenant)}[role]
}

// Own is an act of a tenant's own person in a role.
func Own(tenant, role, operation string, args map[string]any) Act {
	return Act{Person: OwnRole(tenant, role), Organisation: tenant, Role: role, Operation: operation, Args: args}
}

// KDN is an act of KDN GmbH in a role, on the power of attorney that a tenant gave it last.
func (c *Cast) KDN(tenant, role, operation string, args map[string]any) Act {
	return Act{Person: KDNClerk, Organisation: KDNGmbH, Role: role, PowerOfAttorney: c.powers[tenant+"/"+KDNGmbH], Operation: operation, Args: args}
}

// roles splits "technischer-admin, account-admin".
func roles(list string) []string {
	var out []string
	for _, r := range strings.Split(list, ",") {
		out = append(out, strings.TrimSpace(r))
	}
	return out
}

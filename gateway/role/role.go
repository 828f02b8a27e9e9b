// Package role decides who may do what at the Gateway Connector-Frontend (D8): by the role of a person, by a
// power of attorney of the tenant (D9), by change request and written order (D10a to D10c).
//
// It is one pure function over a table whose rows carry the statements that they follow. It leaves out what an
// operation does, who signs in how, and where the grounds are kept (package register).
package role

import (
	"slices"
	"time"
)

// Role is a role at the Gateway Connector-Frontend (D8). The roles of one person combine.
type Role string

const (
	// Administrator of the operator, also Wartungs-Administrator of BaK ESV (S0-035).
	Administrator Role = "administrator"
	// SupportAdministrator of the operator: tenants' settings by change request, nothing of the platform.
	SupportAdministrator Role = "support-administrator"
	// UserAdmin of a tenant manages its gateway administrators (S1-150).
	UserAdmin Role = "user-admin"
	// TechnischerAdmin of a tenant has domains, direction, SMTP inbound settings, CatchAll and BounceAll (S1-151).
	TechnischerAdmin Role = "technischer-admin"
	// AccountAdmin of a tenant has the address mapping (S1-149).
	AccountAdmin Role = "account-admin"
)

// Of lists the roles of an organisation's people: the operator's two, everybody else's three.
func Of(organisation string) []Role {
	if organisation == Operator {
		return []Role{Administrator, SupportAdministrator}
	}
	return []Role{UserAdmin, TechnischerAdmin, AccountAdmin}
}

// Organisations that are not tenants. A tenant's organisation is its id.
const (
	// Operator is SID with its basic component BaK ESV (S0-005).
	Operator = "operator"
	// KDNGmbH acts for municipalities by power of attorney (S1-048).
	KDNGmbH = "kdn-gmbh"
)

// IsTenant reports whether an organisation is a tenant.
func IsTenant(organisation string) bool {
	return organisation != "" && organisation != Operator && organisation != KDNGmbH
}

// Person is somebody who has signed in.
type Person struct {
	// Organisation is Operator, KDNGmbH or the id of a tenant.
	Organisation string
	// Name is the person's short name, unique in the organisation.
	Name string
	// Roles are the person's own. Those of KDN GmbH's people say which roles of a power of attorney they may
	// use; none of them means all.
	Roles []Role
}

// Act is one attempt to do something, with everything that the decision depends on.
type Act struct {
	Person Person
	// Role limits the act to one role; empty lets any role of the person count.
	Role      Role
	Operation Operation
	// Tenant is whose area the act is in; empty for the platform.
	Tenant string
	// Objects are the names by which a change request or an order may call what is changed, the first of
	// them the usual one.
	Objects []string
	At      time.Time
	// Powers are the powers of attorney to judge by: the one that was named, or all that the organisation holds.
	Powers []PowerOfAttorney
	// ChangeRequest and Order are those that were named; nil when none was, or when it does not exist.
	ChangeRequest *ChangeRequest
	Order         *Order
	// AccountAccess says that the person's organisation is named as administrator of the tenant's De-Mail
	// account on the order sheet (S1-042, S1-162).
	AccountAccess bool
}

// Decision is the answer to an act.
type Decision struct {
	OK bool
	// Rule is the statement or decision that decided: "S1-149", "D9".
	Rule string
	// Requirements are all statements on which the rule rests.
	Requirements []string
	// Reason says why not, Fix what to do, and WhoFixes who can: "tenant", "operator", "kdn-gmbh". Empty when OK.
	Reason, Fix, WhoFixes string
	// Role is the role that counted and PowerOfAttorney the number of the power by which it did.
	Role            Role
	PowerOfAttorney string
}

// has limits the roles of somebody to the one in which he acts.
func (a Act) has(own []Role) []Role {
	if a.Role == "" {
		return own
	}
	if slices.Contains(own, a.Role) {
		return []Role{a.Role}
	}
	return nil
}

// common is the first role that is in both lists, empty for none.
func common(a, b []Role) Role {
	for _, r := range a {
		if slices.Contains(b, r) {
			return r
		}
	}
	return ""
}

package role

import (
	"fmt"
	"slices"
	"strings"
)

// Allowed decides an act. It is pure: what is not in the act does not count.
func Allowed(a Act) Decision {
	r, ok := rows[a.Operation]
	if !ok {
		return Decision{Rule: "D8", Reason: fmt.Sprintf("there is no operation %q", a.Operation), Fix: "use one of the contract's", WhoFixes: KDNGmbH}
	}
	d := &judge{a, r}
	switch {
	case IsTenant(a.Person.Organisation):
		return d.tenant()
	case a.Person.Organisation == Operator && !(r.Attorney && len(a.Powers) > 0):
		return d.operator()
	case a.Person.Organisation == KDNGmbH && a.Operation == AccountChange:
		return d.account()
	case a.Person.Organisation == KDNGmbH && r.Others:
		return d.yes(a.Role)
	}
	return d.attorney()
}

// judge is one decision in the making.
type judge struct {
	Act
	row *Row
}

func (j *judge) yes(as Role) Decision {
	return Decision{OK: true, Rule: j.row.Rule, Requirements: j.row.Requirements, Role: as}
}

func (j *judge) no(rule, who, fix, format string, args ...any) Decision {
	req := j.row.Requirements
	if !slices.Contains(req, rule) {
		req = append([]string{rule}, req...)
	}
	return Decision{Rule: rule, Requirements: req, Reason: fmt.Sprintf(format, args...), Fix: fix, WhoFixes: who}
}

// tenant judges a tenant's own people. The answer is the same for another tenant's area and for nobody's, so
// that a tenant cannot find out who else is enrolled.
func (j *judge) tenant() Decision {
	if j.Tenant != j.Person.Organisation && !j.row.Others {
		return j.no("S1-154", "tenant", "act in the own tenant", "this is not an area of %s", j.Person.Organisation)
	}
	if len(j.row.Tenant) == 0 {
		return j.no(j.row.Rule, Operator, "ask the operator, by a change request", "only the operator may do this")
	}
	as := common(j.has(j.Person.Roles), j.row.Tenant)
	if as == "" {
		return j.no(j.row.Rule, "tenant", "ask the User Admin of the tenant for the role", "this takes the role %s", list(j.row.Tenant))
	}
	return j.yes(as)
}

// operator judges the operator's people (D10a to D10c).
func (j *judge) operator() Decision {
	as := common(j.row.Operator, j.has(j.Person.Roles))
	if as == "" {
		if len(j.row.Operator) == 0 {
			return j.no("S0-062", "tenant", "leave it to the tenant", "the operator has no role for this")
		}
		return j.no("S0-035", Operator, "sign in as somebody with that role", "this takes the role %s of the operator", list(j.row.Operator))
	}
	if as == SupportAdministrator && j.row.Ground != NoGround && j.Tenant == "" {
		return j.no("S0-035", Operator, "leave it to the Administrator", "the platform is the Administrator's")
	}
	switch j.row.Ground {
	case OnOrder:
		return j.intervention(as)
	case OnChangeRequest:
		if d := j.changeRequest(); !d.OK {
			return d
		}
	}
	return j.yes(as)
}

// changeRequest judges the ground of D10b: it names tenant and object, and is open.
func (j *judge) changeRequest() Decision {
	file := fmt.Sprintf("file a change request of kind %s that names tenant and object", j.row.Kind)
	no := func(format string, args ...any) Decision { return j.no("D10b", Operator, file, format, args...) }
	c := j.ChangeRequest
	switch {
	case c == nil:
		return no("the operator changes settings only on a change request (service %q)", Service)
	case c.Service != Service:
		return no("change request %s is not of service %q", c.Number, Service)
	case !c.Open:
		return no("change request %s is closed", c.Number)
	case c.Tenant != j.Tenant && !(c.Tenant == "" && j.row.Kind == Platform):
		return no("change request %s is not about this tenant", c.Number)
	case c.Kind != j.row.Kind:
		return no("change request %s is about %s, this is about %s", c.Number, c.Kind, j.row.Kind)
	case c.Object != j.Tenant && !covers(c.Object, j.Objects):
		return no("change request %s is about %q", c.Number, c.Object)
	}
	return j.yes("")
}

// intervention judges the operator in a tenant's account settings (D10a, D10c).
func (j *judge) intervention(as Role) Decision {
	if j.AccountAccess {
		d := j.yes(as)
		d.Rule = "D10c"
		return d
	}
	no := func(format string, args ...any) Decision {
		return j.no("S0-062", "tenant", "file the tenant's written order, with object and period", format, args...)
	}
	o := j.Order
	switch {
	case o == nil:
		return no("the operator does not intervene in a tenant's account settings without its written order")
	case o.Tenant != j.Tenant:
		return no("order %s is not of this tenant", o.Number)
	case j.At.Before(o.From) || !j.At.Before(o.Until):
		return no("order %s does not count at this time", o.Number)
	case !covers(o.Object, j.Objects):
		return no("order %s is about %q", o.Number, o.Object)
	}
	if d := j.changeRequest(); !d.OK {
		d.Rule = "S0-064"
		return d
	}
	d := j.yes(as)
	d.Rule = "D10a"
	return d
}

// account judges KDN GmbH in a tenant's account settings: it must be named on the order sheet (S1-162).
func (j *judge) account() Decision {
	if !j.AccountAccess {
		return j.no("S1-162", "tenant", "name KDN GmbH as administrator on the order sheet of the account",
			"KDN GmbH is not an administrator of this De-Mail account")
	}
	d := j.yes(j.Role)
	d.Rule = "S1-162"
	return d
}

// attorney judges others by the powers of attorney they hold (D9). Of several that fail, the one that came
// closest gives the reason.
func (j *judge) attorney() Decision {
	if !j.row.Attorney {
		return j.no(j.row.Rule, "tenant", "leave it to the tenant or the operator", "a power of attorney does not reach this")
	}
	allowed := j.row.Tenant
	if own := j.Person.Roles; j.Person.Organisation != Operator && len(own) > 0 {
		allowed = slices.DeleteFunc(slices.Clone(allowed), func(r Role) bool { return !slices.Contains(own, r) })
	}
	if j.Role != "" {
		allowed = slices.DeleteFunc(slices.Clone(allowed), func(r Role) bool { return r != j.Role })
	}
	if len(allowed) == 0 {
		return j.no(j.row.Rule, j.Person.Organisation, "act in that role", "this takes the role %s", list(j.row.Tenant))
	}
	best, why := -1, "there is no power of attorney of this tenant for "+j.Person.Organisation
	for _, p := range j.Powers {
		rank, reason := j.weigh(p, allowed)
		if reason == "" {
			d := j.yes(common(p.Roles, allowed))
			d.PowerOfAttorney = p.Number
			return d
		}
		if rank > best {
			best, why = rank, reason
		}
	}
	d := j.no("D9", "tenant", "file a power of attorney of the tenant with the role "+list(j.row.Tenant), "%s", why)
	d.Requirements = append(needs(j.row.Tenant), d.Requirements...)
	return d
}

// weigh says why p does not allow the act, and how close it came; the reason is empty when it does.
func (j *judge) weigh(p PowerOfAttorney, allowed []Role) (rank int, reason string) {
	switch {
	case p.Tenant != j.Tenant || p.Holder != j.Person.Organisation:
		return 0, fmt.Sprintf("power of attorney %s is not one of this tenant for %s", p.Number, j.Person.Organisation)
	case common(p.Roles, allowed) == "":
		return 1, fmt.Sprintf("power of attorney %s is for the role %s", p.Number, list(p.Roles))
	}
	switch p.At(j.At) {
	case WasRevoked:
		return 2, fmt.Sprintf("power of attorney %s was revoked", p.Number)
	case Ended:
		return 3, fmt.Sprintf("power of attorney %s has ended", p.Number)
	case Pending:
		return 4, fmt.Sprintf("power of attorney %s is not yet in force", p.Number)
	}
	return 5, ""
}

// needs are the statements that ask for a power of attorney in a role.
func needs(roles []Role) []string {
	s := []string{"S1-048"}
	for _, r := range roles {
		s = append(s, map[Role][]string{UserAdmin: {"S1-185"}, TechnischerAdmin: {"S1-159", "S1-176"}, AccountAdmin: {"S1-159", "S1-169"}}[r]...)
	}
	slices.Sort(s)
	return slices.Compact(s)
}

func list(roles []Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, " or ")
}

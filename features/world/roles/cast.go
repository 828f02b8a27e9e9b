package roles

import (
	"errors"
	"slices"
	"strings"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/features/world/office"
)

// The tenant whose part is administered, and another one.
const (
	home  = "annaberg"
	other = "radebeul"
)

// short is how long the power of attorney lasts that ends while its holder is signed in.
const short = 2 * time.Second

var tenantRoles = []contract.Role{contract.UserAdmin, contract.TechnischerAdmin, contract.AccountAdmin}

// cast is the people and their papers. At any time KDN GmbH holds one power of attorney at most, so that a product
// that looks for one by itself is judged as one that wants it named.
type cast struct {
	o     *office.Office
	now   func() time.Time
	pass  func(time.Duration) error
	admin contract.As // of the home tenant
	// power is the number of the power of attorney that is held now.
	power string
}

// somebody is a person of an organisation by name.
func somebody(name string, role contract.Role, org string) contract.As {
	return contract.As{Person: name, Role: role, Org: org}
}

// gather makes everybody who is there from the beginning.
func (c *cast) gather() error {
	for _, r := range tenantRoles {
		if err := c.o.Enrol(office.Person("", r, home)); err != nil {
			return err
		}
	}
	for _, as := range []contract.As{somebody(home+"-left", contract.UserAdmin, home), somebody(home+"-third", contract.AccountAdmin, home), somebody(other+"-all", contract.UserAdmin, other)} {
		if err := c.o.Enrol(as, tenantRoles...); err != nil {
			return err
		}
	}
	if err := c.o.Prepare(c.admin, contract.UserRevoke{Org: home, Person: home + "-left", Reason: "left the authority"}, nil); err != nil {
		return err
	}
	cr, err := c.o.ChangeRequest("mapping", home, home)
	if err != nil {
		return err
	}
	spare, err := c.grant(home, tenantRoles, c.now().Add(48*time.Hour), time.Time{})
	return errors.Join(err, c.o.File("known", cr), c.o.File("spare", spare))
}

// grant lets a tenant give KDN GmbH a power of attorney.
func (c *cast) grant(tenant string, in []contract.Role, from, until time.Time) (number string, err error) {
	by := c.admin
	if tenant == other {
		by = somebody(other+"-all", contract.UserAdmin, other)
	}
	var made contract.PowerOfAttorney
	err = c.o.Prepare(by, contract.PowerOfAttorneyGrant{Tenant: tenant, Holder: contract.KDNGmbH, Roles: in, From: from, Until: until, Purpose: "administration", Document: "Vollmacht"}, &made)
	return made.PowerOfAttorney, err
}

// revoke ends the power of attorney that is held.
func (c *cast) revoke(tenant string) error {
	by := c.admin
	if tenant == other {
		by = somebody(other+"-all", contract.UserAdmin, other)
	}
	return c.o.Prepare(by, contract.PowerOfAttorneyRevoke{PowerOfAttorney: c.power, Reason: "end of the contract"}, nil)
}

// enter makes what an actor of KDN GmbH acts on in a role; leave takes it away again.
func (c *cast) enter(actor string, role contract.Role) (leave func() error, err error) {
	now, tenant, in := c.now(), home, tenantRoles
	from, until := now, time.Time{}
	leave = func() error { return c.revoke(tenant) }
	switch actor {
	case "kdn-none":
		c.power = ""
		return func() error { return nil }, nil
	case "kdn-pending":
		from = now.Add(24 * time.Hour)
	case "kdn-scope":
		in = slices.DeleteFunc(slices.Clone(tenantRoles), func(r contract.Role) bool { return r == role })
	case "kdn-tenant":
		tenant = other
	case "kdn-expired", "kdn-midway":
		until = now.Add(short)
		leave = func() error { return nil }
	}
	if c.power, err = c.grant(tenant, in, from, until); err != nil {
		return nil, err
	}
	switch actor {
	case "kdn-midway": // is signed in when it ends
		err = c.o.Prepare(c.attorney(actor, contract.AccountAdmin), contract.MappingList{Tenant: home}, nil)
		if err == nil {
			err = c.pass(short + time.Second/2)
		}
	case "kdn-expired":
		err = c.pass(short + time.Second/2)
	case "kdn-revoked":
		err = c.revoke(tenant)
		leave = func() error { return nil }
	}
	return leave, err
}

// attorney is somebody of KDN GmbH with the power of attorney that is held.
func (c *cast) attorney(name string, role contract.Role) contract.As {
	as := somebody(name, role, contract.KDNGmbH)
	as.PowerOfAttorney = c.power
	return as
}

// actor is who acts in a column of the table, with the grounds that the column names; values replace words in braces.
func (c *cast) actor(name string, r Row, values *strings.Replacer) (contract.As, error) {
	role := contract.Role(r.Role)
	switch {
	case slices.Contains(tenantRoles, contract.Role(name)):
		return office.Person("", contract.Role(name), home), nil
	case name == "revoked":
		return somebody(home+"-left", role, home), nil
	case name == "other-tenant":
		return somebody(other+"-all", role, other), nil
	case strings.HasPrefix(name, "kdn-"):
		return c.attorney(name, role), nil
	}
	as := somebody("operator-admin", contract.Administrator, contract.Operator)
	if strings.HasPrefix(name, "support") {
		as = somebody("operator-support", contract.SupportAdministrator, contract.Operator)
	}
	if _, ground, _ := strings.Cut(name, "-"); r.Kind != "" && ground != "" {
		return c.withRequest(as, ground, r, values)
	}
	return as, nil
}

// withRequest lets the operator's person act on a change request: the right one, one about something else, or one
// that is closed.
func (c *cast) withRequest(as contract.As, ground string, r Row, values *strings.Replacer) (contract.As, error) {
	object, tenant := values.Replace(r.Object), values.Replace(r.Tenant)
	if ground == "wrong-cr" {
		object, tenant = other, other
	}
	cr, err := c.o.ChangeRequest(r.Kind, object, tenant)
	as.CR = cr
	if err == nil && ground == "closed-cr" {
		err = c.o.Prepare(as, contract.ChangeRequestClose{CR: cr, State: "done"}, nil)
	}
	return as, err
}

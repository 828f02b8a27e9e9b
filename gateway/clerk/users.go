package clerk

import (
	"cmp"
	"slices"

	"demailbench/gateway/register"
	"demailbench/gateway/role"
)

// MinPassword is the shortest password, in octets.
const MinPassword = 12

// areaOf is the tenant in whose area an organisation's persons are administered; the platform for others.
func areaOf(organisation string) string {
	if role.IsTenant(organisation) {
		return organisation
	}
	return ""
}

func userTarget(o role.Operation, organisation, name string) target {
	return target{o, areaOf(organisation), []string{name, "users"}}
}

// CreateUser creates a person (S1-139, S1-140). The same person with the same roles and password twice is one.
func (k *Clerk) CreateUser(c Caller, p register.Person, secret string) (register.Person, error) {
	// The hash takes time, so it is made before the change begins, but not for who may not create.
	if _, err := k.look(c, userTarget(role.UserCreate, p.Organisation, p.Name)); err != nil {
		return p.Public(), err
	}
	h, err := k.Passwords.Hash(secret)
	if err != nil {
		return p, err
	}
	same := k.Passwords.Matches(k.Now().Persons[register.PersonKey(p.Organisation, p.Name)].Password, secret)
	err = k.change(c, userTarget(role.UserCreate, p.Organisation, p.Name), func(d *draft) *register.Refusal {
		if old, ok := d.next.Persons[register.PersonKey(p.Organisation, p.Name)]; ok {
			if old.Revoked || !same || old.Title != p.Title || !slices.Equal(old.Roles, p.Roles) {
				return register.Refuse(register.Conflict, "S1-150", "tenant", "take another name, or set the roles of that person", "there is or was a person %s already", p.Name).About("person")
			}
			d.before, d.after = old.Public(), old.Public()
			return nil
		}
		if len(secret) < MinPassword {
			return register.Refuse(register.Invalid, "S0-019", "tenant", "take a longer one", "the password has fewer than %d characters", MinPassword).About("password")
		}
		if refusal := d.mayHave(p); refusal != nil {
			return refusal
		}
		p.Password, p.Revoked = h, false
		d.putPerson(p)
		d.after = p.Public()
		return nil
	})
	return p.Public(), err
}

// mayHave judges the roles of a person.
func (d *draft) mayHave(p register.Person) *register.Refusal {
	for _, r := range p.Roles {
		if !slices.Contains(role.Of(p.Organisation), r) {
			return register.Refuse(register.Invalid, "D8", "tenant", "give roles of that organisation", "%s is no role of %s", r, p.Organisation).About("roles")
		}
	}
	if len(p.Roles) == 0 && p.Organisation != role.KDNGmbH {
		return register.Refuse(register.Invalid, "D8", "tenant", "give at least one role", "the person has no role").About("roles")
	}
	if p.Organisation == d.caller.Organisation && p.Name == d.caller.Name {
		return register.Refuse(register.Invalid, "S1-150", "tenant", "let another administrator do it", "nobody changes his own roles").About("roles")
	}
	return d.named(p)
}

// named judges whether the tenant has named the administrators that the operator makes for it (S0-018): at the
// enrolment, or in the change request.
func (d *draft) named(p register.Person) *register.Refusal {
	t, ok := d.next.Tenants[p.Organisation]
	if !ok || !d.operator() || t.TechnicalAdministrator == "" && t.AccountAdministrator == "" {
		return nil
	}
	if i := register.Place(register.ChangeFile, d.caller.ChangeRequest, len(d.next.Changes)); i >= 0 && d.next.Changes[i].Object == p.Name {
		return nil
	}
	for _, n := range []struct {
		role role.Role
		name string
	}{{role.TechnischerAdmin, t.TechnicalAdministrator}, {role.AccountAdmin, t.AccountAdministrator}} {
		if slices.Contains(p.Roles, n.role) && p.Name != t.TechnicalAdministrator && p.Name != t.AccountAdministrator {
			return register.Refuse(register.Invalid, "S0-018", "tenant", "let the tenant name the person, in the enrolment or the change request",
				"tenant %s has not named %s", t.ID, p.Name).About("person")
		}
	}
	return nil
}

// alterUser changes a person by f.
func (k *Clerk) alterUser(c Caller, o role.Operation, organisation, name string, f func(*draft, *register.Person) *register.Refusal) (register.Person, error) {
	var p register.Person
	err := k.change(c, userTarget(o, organisation, name), func(d *draft) *register.Refusal {
		var ok bool
		if p, ok = d.next.Persons[register.PersonKey(organisation, name)]; !ok {
			return register.Refuse(register.Missing, "S1-150", "tenant", "correct the name", "there is no person %q", name).About("person")
		}
		d.before = p.Public()
		if refusal := f(d, &p); refusal != nil {
			return refusal
		}
		d.after = p.Public()
		d.putPerson(p)
		return d.staysAdministered(organisation)
	})
	return p.Public(), err
}

// SetRoles sets a person's roles; what is not listed is gone at once, in open sessions too.
func (k *Clerk) SetRoles(c Caller, organisation, name string, roles []role.Role) (register.Person, error) {
	return k.alterUser(c, role.UserRoles, organisation, name, func(d *draft, p *register.Person) *register.Refusal {
		if p.Revoked {
			return register.Refuse(register.Conflict, "S1-150", "tenant", "create another person", "the access of %s was revoked", name).About("person")
		}
		p.Roles = roles
		return d.mayHave(*p)
	})
}

// Revoke takes all rights from a person. Sessions end at once.
func (k *Clerk) Revoke(c Caller, organisation, name string) (register.Person, error) {
	return k.alterUser(c, role.UserRevoke, organisation, name, func(d *draft, p *register.Person) *register.Refusal {
		p.Revoked = true
		return nil
	})
}

// staysAdministered judges that an organisation has somebody left who can administer its people (S1-147).
func (d *draft) staysAdministered(organisation string) *register.Refusal {
	needed := role.UserAdmin
	switch organisation {
	case role.KDNGmbH:
		return nil
	case role.Operator:
		needed = role.Administrator
	}
	had, active := false, 0
	for _, p := range d.k.Now().Persons {
		had = had || p.Organisation == organisation && !p.Revoked && slices.Contains(p.Roles, needed)
	}
	has := false
	for _, p := range d.next.Persons {
		if p.Organisation == organisation && !p.Revoked {
			active++
			has = has || slices.Contains(p.Roles, needed)
		}
	}
	if had && !has || active == 0 {
		return register.Refuse(register.Conflict, "S1-147", "tenant", "make another one first", "%s would be left without a responsible administrator", organisation)
	}
	return nil
}

// Users lists an organisation's persons by name.
func (k *Clerk) Users(c Caller, organisation string) ([]register.Person, error) {
	s, err := k.look(c, userTarget(role.UserList, organisation, ""))
	if err != nil {
		return nil, err
	}
	var l []register.Person
	for _, p := range s.Persons {
		if p.Organisation == organisation {
			l = append(l, p.Public())
		}
	}
	slices.SortFunc(l, func(a, b register.Person) int { return cmp.Compare(a.Name, b.Name) })
	return l, nil
}

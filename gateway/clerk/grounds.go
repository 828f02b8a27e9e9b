package clerk

import (
	"slices"
	"strings"
	"time"

	"demailbench/gateway/demail"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
)

// Grant puts a power of attorney on file (S1-048) and returns it with its number.
func (k *Clerk) Grant(c Caller, p role.PowerOfAttorney) (role.PowerOfAttorney, error) {
	err := k.change(c, target{role.PowerGrant, p.Tenant, []string{p.Holder, "power-of-attorney", "users"}}, func(d *draft) *register.Refusal {
		if refusal := d.mayGrant(p); refusal != nil {
			return refusal
		}
		p.Number = register.Number(register.PowerFile, len(d.next.Powers)+1)
		d.next.Powers = append(slices.Clip(d.next.Powers), p)
		d.put(register.PowerRecord, p.Number, p)
		d.after = p
		return nil
	})
	return p, err
}

// mayGrant judges a power of attorney (D9).
func (d *draft) mayGrant(p role.PowerOfAttorney) *register.Refusal {
	limit := d.k.o.Limits.Commissioning
	switch {
	case p.Holder != role.KDNGmbH && p.Holder != role.Operator:
		return register.Refuse(register.Invalid, "S1-048", "tenant", "name kdn-gmbh or operator", "%q cannot hold a power of attorney", p.Holder).About("holder")
	case p.Document == "":
		return register.Refuse(register.Invalid, "S1-167", "tenant", "attach the signed power of attorney", "the signed document is missing").About("document")
	case len(p.Roles) == 0:
		return register.Refuse(register.Invalid, "S1-048", "tenant", "name the roles", "the power of attorney has no role").About("roles")
	case !p.Until.IsZero() && !p.Until.After(p.From):
		return register.Refuse(register.Invalid, "D9", "tenant", "correct the period", "it ends before it begins").About("until")
	case p.Purpose == role.Commissioning && (p.Until.IsZero() || p.Until.Sub(p.From) > limit):
		return register.Refuse(register.Invalid, "S1-159", "tenant", "limit it to the commissioning", "for commissioning it lasts at most %d days", int(limit.Hours()/24)).About("until")
	}
	for _, x := range p.Roles {
		if !slices.Contains(role.Of(p.Tenant), x) {
			return register.Refuse(register.Invalid, "D8", "tenant", "give roles of a tenant", "%s is no role of a tenant", x).About("roles")
		}
	}
	if p.Purpose == role.Commissioning && slices.Contains(p.Roles, role.UserAdmin) {
		return register.Refuse(register.Invalid, "S1-159", "tenant", "give technischer-admin and account-admin", "commissioning takes no user-admin").About("roles")
	}
	return nil
}

// RevokePower ends a power of attorney at once.
func (k *Clerk) RevokePower(c Caller, num string) (role.PowerOfAttorney, error) {
	i := register.Place(register.PowerFile, num, len(k.Now().Powers))
	var p role.PowerOfAttorney
	if i >= 0 {
		p = k.Now().Powers[i]
	}
	err := k.change(c, target{role.PowerRevoke, p.Tenant, []string{num, p.Holder, "power-of-attorney", "users"}}, func(d *draft) *register.Refusal {
		if i < 0 {
			return register.Refuse(register.Missing, "S1-048", "tenant", "correct the number", "there is no power of attorney %s", num)
		}
		d.before = d.next.Powers[i]
		p.Revoked = true
		d.next.Powers = slices.Clone(d.next.Powers)
		d.next.Powers[i] = p
		d.put(register.PowerRecord, num, p)
		d.after = p
		return nil
	})
	return p, err
}

// Powers lists a tenant's powers of attorney in the order of their filing.
func (k *Clerk) Powers(c Caller, id string) ([]role.PowerOfAttorney, error) {
	s, err := k.look(c, target{role.PowerList, id, nil})
	if err != nil {
		return nil, err
	}
	return s.PowersOf(id, ""), nil
}

// FileChange files a change request (S0-064, S1-041) and returns it with its number.
func (k *Clerk) FileChange(c Caller, q register.ChangeRequest) (register.ChangeRequest, error) {
	err := k.change(c, target{role.ChangeFile, q.Tenant, []string{q.Object}}, func(d *draft) *register.Refusal {
		switch {
		case q.Service != role.Service:
			return register.Refuse(register.Invalid, "S0-065", role.Operator, "file it under the service "+role.Service, "%.100q is not the gateway's service", q.Service).About("service")
		case strings.TrimSpace(q.Object) == "":
			return register.Refuse(register.Invalid, "D10b", role.Operator, "say what is to be changed", "the object is missing").About("object")
		}
		if owner, ok := d.next.Book.Owner(domainIn(q.Object)); ok && q.Tenant != "" && owner != q.Tenant {
			refusal := register.Refuse(register.Invalid, "S1-154", "tenant", "correct object or tenant", "%.200q is not this tenant's", q.Object)
			return refusal.About("object")
		}
		q.Number, q.State, q.Open = register.Number(register.ChangeFile, len(d.next.Changes)+1), "filed", true
		d.next.Changes = append(slices.Clip(d.next.Changes), q)
		d.put(register.ChangeRecord, q.Number, q)
		d.after = q
		return nil
	})
	return q, err
}

// domainIn is the De-Mail domain that an object names, as a domain or in an address.
func domainIn(object string) string {
	if i := strings.LastIndexByte(object, '@'); i >= 0 {
		object = object[i+1:]
	}
	return canonicalDomain(strings.TrimSpace(object))
}

// CloseChange closes a change request as "done" or "rejected". Nothing can be changed by it any more.
func (k *Clerk) CloseChange(c Caller, num, as string) (register.ChangeRequest, error) {
	var q register.ChangeRequest
	i := register.Place(register.ChangeFile, num, len(k.Now().Changes))
	if i >= 0 {
		q = k.Now().Changes[i]
	}
	err := k.change(c, target{role.ChangeClose, q.Tenant, []string{num}}, func(d *draft) *register.Refusal {
		if i < 0 {
			return register.Refuse(register.Missing, "S0-064", role.Operator, "correct the number", "there is no change request %s", num)
		}
		q = d.next.Changes[i]
		if !q.Open && q.State != as {
			return register.Refuse(register.Conflict, "S0-064", role.Operator, "file another one", "change request %s is closed as %s", num, q.State)
		}
		d.before = q
		q.State, q.Open = as, false
		d.next.Changes = slices.Clone(d.next.Changes)
		d.next.Changes[i] = q
		d.put(register.ChangeRecord, num, q)
		d.after = q
		return nil
	})
	return q, err
}

// ChangeRequest returns one of them. Who asks for one of another tenant learns no more than that there is none for him.
func (k *Clerk) ChangeRequest(c Caller, num string) (register.ChangeRequest, error) {
	s := k.Now()
	i := register.Place(register.ChangeFile, num, len(s.Changes))
	area := areaOf(c.Organisation)
	if i >= 0 && !role.IsTenant(c.Organisation) {
		area = s.Changes[i].Tenant
	}
	on := target{role.ChangeShow, area, []string{num}}
	if _, err := k.look(c, on); err != nil {
		return register.ChangeRequest{}, err
	}
	if i < 0 || area != s.Changes[i].Tenant {
		d := &draft{k: k, at: k.o.Clock.Now(), caller: c}
		return register.ChangeRequest{}, k.log(d, on, register.Refuse(register.Missing, "S1-154", "tenant", "correct the number", "there is no change request %s of this tenant", num))
	}
	return s.Changes[i], nil
}

// Changes lists the change requests that somebody sees, in the order of their filing.
func (k *Clerk) Changes(c Caller) ([]register.ChangeRequest, error) {
	s, err := k.look(c, target{role.ChangeList, areaOf(c.Organisation), nil})
	if err != nil {
		return nil, err
	}
	var l []register.ChangeRequest
	for _, q := range s.Changes {
		if c.Organisation == role.Operator || q.Tenant == c.Organisation {
			l = append(l, q)
		}
	}
	return l, nil
}

// FileOrder puts a tenant's written order on file (S0-063) and returns it with its number.
func (k *Clerk) FileOrder(c Caller, o register.Order) (register.Order, error) {
	err := k.change(c, target{role.OrderFile, o.Tenant, []string{o.Object}}, func(d *draft) *register.Refusal {
		switch {
		case o.SignedBy == "" || o.Document == "":
			return register.Refuse(register.Invalid, "S0-063", "tenant", "let the tenant sign it", "the order must be in writing, with signature and document").About("document")
		case strings.TrimSpace(o.Object) == "":
			return register.Refuse(register.Invalid, "D10a", "tenant", "say what may be changed", "the object is missing").About("object")
		case !o.Until.After(o.From):
			return register.Refuse(register.Invalid, "D10a", "tenant", "correct the period", "the order ends before it begins").About("until")
		}
		o.Number = register.Number(register.OrderFile, len(d.next.Orders)+1)
		d.next.Orders = append(slices.Clip(d.next.Orders), o)
		d.put(register.OrderRecord, o.Number, o)
		d.after = o
		return nil
	})
	return o, err
}

// Orders lists a tenant's written orders in the order of their filing.
func (k *Clerk) Orders(c Caller, id string) ([]register.Order, error) {
	s, err := k.look(c, target{role.OrderList, id, nil})
	if err != nil {
		return nil, err
	}
	var l []register.Order
	for _, o := range s.Orders {
		if o.Tenant == id {
			l = append(l, o)
		}
	}
	return l, nil
}

// Intervene documents an intervention in a tenant's account settings, or its refusal (S0-062..064). The settings
// themselves are at the DMDA.
func (k *Clerk) Intervene(c Caller, id, object, change string) error {
	names := []string{object, canonical(object), demail.Domain(canonical(object))}
	return k.change(c, target{role.AccountChange, id, names}, func(d *draft) *register.Refusal {
		d.after = map[string]string{"object": object, "change": change, "at": d.at.UTC().Format(time.RFC3339)}
		return nil
	})
}

package clerk

import (
	"bytes"
	"net/netip"
	"reflect"
	"slices"
	"time"

	"demailbench/gateway/demail"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/tenant"
)

// Enrol enrols a tenant (S0-015). The same enrolment twice is one.
func (k *Clerk) Enrol(c Caller, t register.Tenant) (register.Tenant, error) {
	err := k.change(c, target{role.TenantEnrol, t.ID, []string{t.ID, Cap}}, func(d *draft) *register.Refusal {
		t.Phase, t.State, t.Enrolled, t.Assigned = "pilot", tenant.Enrolled, d.at, t.Networks
		t.MailDomains, t.Domains = canonicalDomains(t.MailDomains), []tenant.Domain{}
		if old, ok := d.next.Tenants[t.ID]; ok {
			if old.State == tenant.Offboarded || !enrolledAs(old, t) {
				return register.Refuse(register.Conflict, "S0-015", role.Operator, "take another id, or administer that tenant", "there is or was a tenant %s already", t.ID)
			}
			t = old
			d.before, d.after = old, old
			return nil
		}
		if refusal := d.complete(t); refusal != nil {
			return refusal
		}
		d.putTenant(t)
		d.after = t
		return nil
	})
	return t, err
}

// enrolledAs reports whether t was enrolled with the arguments of u.
func enrolledAs(t, u register.Tenant) bool {
	v := t
	v.Name, v.Kind, v.Assigned, v.Networks, v.Transport, v.NextHop, v.MailDomains = u.Name, u.Kind, u.Assigned, u.Networks, u.Transport, u.NextHop, u.MailDomains
	v.TechnicalContact, v.ProcessOwner, v.AccountAccess = u.TechnicalContact, u.ProcessOwner, u.AccountAccess
	v.TechnicalAdministrator, v.AccountAdministrator = u.TechnicalAdministrator, u.AccountAdministrator
	return bytes.Equal(text(t), text(v))
}

func canonicalDomains(names []string) []string {
	l := make([]string, len(names))
	for i, n := range names {
		l[i] = canonicalDomain(n)
	}
	return l
}

// complete judges what an enrolment must name.
func (d *draft) complete(t register.Tenant) *register.Refusal {
	switch {
	case !role.IsTenant(t.ID):
		return register.Refuse(register.Invalid, "S0-015", role.Operator, "take another id", "%q is the name of an organisation", t.ID).About("id")
	case t.TechnicalContact.Mail == "":
		return register.Refuse(register.Invalid, "S0-074", "tenant", "name the technical contact with its e-mail address", "the technical contact is missing").About("technical_contact")
	case t.ProcessOwner.Mail == "":
		return register.Refuse(register.Invalid, "S0-073", "tenant", "name the process owner", "the process owner is missing").About("process_owner")
	case t.TechnicalAdministrator == "" || t.AccountAdministrator == "":
		return register.Refuse(register.Invalid, "S0-018", "tenant", "name the technical customer administrator and the account administrator", "not both administrators are named").About("technical_administrator")
	}
	if l := d.k.o.Limits; d.k.over(d.at) || d.at.Before(l.From) {
		return register.Refuse(register.Invalid, "D23", role.Operator, "ask for the conditions that hold now", "tenants are enrolled from %s on, until %s", day(l.From), day(l.Until))
	}
	n := 0
	for _, other := range d.next.Tenants {
		if other.State != tenant.Offboarded {
			n++
		}
	}
	if limit := d.k.o.Limits.Tenants; n >= limit && !d.raised() {
		return register.Refuse(register.Invalid, "D22", role.Operator, "file a change request of kind platform about "+Cap+" and name it", "the pilot takes %d tenants, and there are %d", limit, n)
	}
	return nil
}

// Cap is the object of a change request that lets more tenants be enrolled than the pilot takes (D22).
const Cap = "pilot.max_tenants"

// raised reports whether the change request on which somebody enrols is about the pilot's number.
func (d *draft) raised() bool {
	i := register.Place(register.ChangeFile, d.caller.ChangeRequest, len(d.next.Changes))
	return i >= 0 && d.next.Changes[i].Object == Cap
}

// day is how a bound of the pilot's term is told.
func day(t time.Time) string {
	if t.IsZero() {
		return "(no bound)"
	}
	return t.Format(time.DateOnly)
}

// alter changes one tenant by f.
func (k *Clerk) alter(c Caller, on target, f func(*draft, *register.Tenant) *register.Refusal) (register.Tenant, error) {
	var t register.Tenant
	err := k.change(c, on, func(d *draft) *register.Refusal {
		t = d.next.Tenants[on.tenant]
		d.before = t
		if refusal := f(d, &t); refusal != nil {
			return refusal
		}
		d.after = t
		if !reflect.DeepEqual(d.before, d.after) {
			d.putTenant(t)
		}
		return nil
	})
	return t, err
}

// SetState suspends, resumes or off-boards a tenant.
func (k *Clerk) SetState(c Caller, id string, to tenant.State, reason string) (register.Tenant, error) {
	operation := map[tenant.State]role.Operation{tenant.Enrolled: role.TenantResume, tenant.Suspended: role.TenantSuspend, tenant.Offboarded: role.TenantOffboard}[to]
	if t := k.Now().Tenants[id]; t.State == tenant.Offboarded && to == tenant.Offboarded {
		operation = role.TenantShow // to off-board twice changes nothing
	}
	t, err := k.alter(c, target{operation, id, []string{id}}, func(d *draft, t *register.Tenant) *register.Refusal {
		if t.State == to {
			return nil
		}
		t.State, t.Reason = to, reason
		if to == tenant.Enrolled {
			t.Reason = ""
		}
		if to == tenant.Offboarded {
			d.clear(t)
		}
		return nil
	})
	return t, err
}

// clear ends what hangs on a tenant that leaves, so that nobody who comes after inherits it (ADR-037). Powers of
// attorney end with the tenant's state.
func (d *draft) clear(t *register.Tenant) {
	for _, p := range d.next.Mapping[t.ID] {
		d.delete(register.MappingRecord, t.ID+"/"+p.Mail)
	}
	delete(d.next.Mapping, t.ID)
	t.Domains = slices.Clone(t.Domains)
	for i := range t.Domains {
		t.Domains[i] = tenant.Domain{Name: t.Domains[i].Name, Direction: t.Domains[i].Direction, Unbound: true}
	}
	for _, p := range d.next.Persons {
		if p.Organisation == t.ID && !p.Revoked {
			p.Revoked = true
			d.putPerson(p)
		}
	}
}

// EndCommissioning ends the powers of attorney that were given for it (S1-159).
func (k *Clerk) EndCommissioning(c Caller, id string) (register.Tenant, error) {
	return k.alter(c, target{role.TenantCommissioned, id, []string{id}}, func(d *draft, t *register.Tenant) *register.Refusal {
		if t.Commissioned.IsZero() {
			t.Commissioned = d.at
		}
		return nil
	})
}

// SetMailDomains sets a tenant's e-mail domains (S0-037).
func (k *Clerk) SetMailDomains(c Caller, id string, domains []string) (register.Tenant, error) {
	return k.alter(c, target{role.MailDomainsSet, id, []string{"mail-domains"}}, func(d *draft, t *register.Tenant) *register.Refusal {
		t.MailDomains = canonicalDomains(domains)
		return nil
	})
}

// Inbound are the SMTP inbound settings of a tenant (S1-141).
type Inbound struct {
	Networks  []netip.Prefix
	Transport tenant.Transport
	// NextHop is "host:port", or empty for the MX of the mail domain.
	NextHop string
	// TechnicalContact is its e-mail address; empty leaves it.
	TechnicalContact string
}

// SetInbound sets them. The operator may assign any network; the tenant's own administrators choose among those
// that are assigned, because the source address tells whose a message is (S0-003).
func (k *Clerk) SetInbound(c Caller, id string, in Inbound) (Inbound, error) {
	t, err := k.alter(c, target{role.InboundSet, id, []string{"smtp-inbound", "smtp"}}, func(d *draft, t *register.Tenant) *register.Refusal {
		if d.operator() && d.decision.PowerOfAttorney == "" {
			t.Assigned = in.Networks
		}
		for _, p := range in.Networks {
			if !inside(t.Assigned, p) {
				return register.Refuse(register.Invalid, "S0-003", role.Operator, "ask the operator to assign the network", "network %v is not assigned to tenant %s", p, id).About("networks")
			}
		}
		t.Networks, t.Transport, t.NextHop = in.Networks, in.Transport, in.NextHop
		if in.TechnicalContact != "" {
			mail, err := demail.Canonical(in.TechnicalContact)
			if err != nil {
				return register.Refuse(register.Invalid, "S0-074", "tenant", "write an e-mail address in ASCII", "%v", err).About("technical_contact")
			}
			t.TechnicalContact.Mail = mail
		}
		return nil
	})
	return inboundOf(t), err
}

func inboundOf(t register.Tenant) Inbound {
	return Inbound{Networks: t.Networks, Transport: t.Transport, NextHop: t.NextHop, TechnicalContact: t.TechnicalContact.Mail}
}

func inside(assigned []netip.Prefix, p netip.Prefix) bool {
	return slices.ContainsFunc(assigned, func(a netip.Prefix) bool {
		return a.IsValid() && a.Bits() <= p.Bits() && a.Contains(p.Addr())
	})
}

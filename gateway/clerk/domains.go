package clerk

import (
	"slices"
	"strings"

	"demailbench/gateway/demail"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/tenant"
)

// alterDomain changes one domain of a tenant by f.
func (k *Clerk) alterDomain(c Caller, o role.Operation, id, name string, f func(*draft, *tenant.Domain) *register.Refusal) (tenant.Domain, error) {
	name = canonicalDomain(name)
	var after tenant.Domain
	err := k.change(c, target{o, id, []string{name}}, func(d *draft) *register.Refusal {
		t := d.next.Tenants[id]
		i := domainOf(t, name)
		if i < 0 {
			return register.Refuse(register.Missing, "S1-138", "tenant", "bind it first", "tenant %s has no domain %q", id, name).About("domain")
		}
		t.Domains = slices.Clone(t.Domains)
		d.before = t.Domains[i]
		if refusal := f(d, &t.Domains[i]); refusal != nil {
			return refusal
		}
		after = t.Domains[i]
		d.after = after
		if d.after != d.before {
			d.putTenant(t)
		}
		return nil
	})
	return after, err
}

// domainOf is the place of a domain among those of a tenant, -1 for none.
func domainOf(t register.Tenant, name string) int {
	return slices.IndexFunc(t.Domains, func(d tenant.Domain) bool { return d.Name == name })
}

// canonicalDomain is a domain's canonical form; what has none stays as it is, for the rules to refuse.
func canonicalDomain(name string) string {
	if c, err := demail.CanonicalDomain(name); err == nil {
		return c
	}
	return name
}

// Bind assigns a De-Mail domain to the gateway with a direction of its own (S1-138, S1-164). To bind it again with
// the same direction changes nothing.
func (k *Clerk) Bind(c Caller, id, name string, direction tenant.Direction) (tenant.Domain, error) {
	name = canonicalDomain(name)
	b := tenant.Domain{Name: name, Direction: direction}
	on := target{role.DomainBind, id, []string{name}}
	problem := k.askBound(c, on, name)
	err := k.change(c, on, func(d *draft) *register.Refusal {
		if refusal := d.mayBind(id, b, problem); refusal != nil {
			return refusal
		}
		t := d.next.Tenants[id]
		t.Domains = slices.Clone(t.Domains)
		switch i := domainOf(t, name); {
		case i < 0:
			t.Domains = append(t.Domains, b)
		case !t.Domains[i].Unbound && t.Domains[i].Direction != direction:
			return register.Refuse(register.Conflict, "S1-138", "tenant", "set the direction instead", "%s is bound already, with direction %s", name, t.Domains[i].Direction).About("direction")
		default:
			d.before = t.Domains[i]
			t.Domains[i].Direction, t.Domains[i].Unbound = direction, false
			b = t.Domains[i]
		}
		d.after = b
		d.putTenant(t)
		return nil
	})
	return b, err
}

// askBound asks the DMDA for somebody who may bind a domain. It waits for the network, so it comes before the change.
func (k *Clerk) askBound(c Caller, on target, name string) error {
	d := &draft{k: k, at: k.o.Clock.Now(), caller: c}
	probe, err := demail.Canonical("postmaster@" + name)
	if k.o.Bound == nil || err != nil || !k.Now().Book.IsDeMail(probe) || k.decide(k.Now(), d, on) != nil {
		return nil // the change refuses it
	}
	return k.o.Bound(name)
}

// mayBind judges a binding beyond what the book does.
func (d *draft) mayBind(id string, b tenant.Domain, problem error) *register.Refusal {
	if b.Direction == "" {
		return register.Refuse(register.Invalid, "S1-164", "tenant", "state both, receive-only or send-only", "the direction of the domain is missing").About("direction")
	}
	if problem != nil {
		return register.Refuse(register.Invalid, "S0-016", "dmda", "let the DMDA bind the domain to the gateway's ITSP, or try again when it can be asked", "%v", problem).About("name")
	}
	if d.operator() {
		return nil
	}
	// A subdomain belongs to whom its domain belongs; only the operator may part them.
	for parent := b.Name; ; {
		_, rest, ok := strings.Cut(parent, ".")
		if !ok {
			return nil
		}
		if owner, taken := d.next.Book.Owner(rest); taken && owner != id {
			return register.Refuse(register.Conflict, "S1-154", "tenant", "correct the name", "%q cannot be this tenant's", b.Name).About("name")
		}
		parent = rest
	}
}

// Unbind removes the assignment. Mapping and settings of the domain stay, without effect, until it is bound again.
func (k *Clerk) Unbind(c Caller, id, name string) (tenant.Domain, error) {
	return k.alterDomain(c, role.DomainUnbind, id, name, func(_ *draft, b *tenant.Domain) *register.Refusal {
		b.Unbound = true
		return nil
	})
}

// SetDirection sets a domain's direction (S1-164..166).
func (k *Clerk) SetDirection(c Caller, id, name string, direction tenant.Direction) (tenant.Domain, error) {
	return k.alterDomain(c, role.DomainDirection, id, name, func(_ *draft, b *tenant.Domain) *register.Refusal {
		b.Direction = direction
		return nil
	})
}

// SetCatchAll sends De-Mails for unmapped addresses to a mailbox of the tenant; empty ends that (D11).
func (k *Clerk) SetCatchAll(c Caller, id, name, mailbox string) (tenant.Domain, error) {
	o := role.CatchAllSet
	if mailbox == "" {
		o = role.CatchAllClear
	}
	return k.alterDomain(c, o, id, name, func(d *draft, b *tenant.Domain) *register.Refusal {
		if b.CatchAll = mailbox; mailbox == "" {
			return nil
		}
		mail, err := demail.Canonical(mailbox)
		if err != nil {
			return register.Refuse(register.Invalid, "D11", "tenant", "write an e-mail address in ASCII", "%v", err).About("mailbox")
		}
		if !slices.Contains(d.next.Tenants[id].MailDomains, demail.Domain(mail)) {
			return register.Refuse(register.Invalid, "D11", "tenant", "name a mailbox of the tenant", "%s is not in a mail domain of tenant %s", mail, id).About("mailbox")
		}
		b.CatchAll = mail
		return nil
	})
}

// SetBounceAll returns De-Mails for unmapped addresses; an empty form ends that (D11). Sender is the De-Mail address
// of the tenant that replies, for tenant.BounceReply.
func (k *Clerk) SetBounceAll(c Caller, id, name string, form tenant.BounceForm, sender string) (tenant.Domain, error) {
	o := role.BounceSet
	if form == "" {
		o = role.BounceClear
	}
	return k.alterDomain(c, o, id, name, func(_ *draft, b *tenant.Domain) *register.Refusal {
		b.BounceAll, b.BounceSender = form, sender
		return nil
	})
}

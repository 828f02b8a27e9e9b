package actors

import (
	"fmt"
	"strings"
	"time"
)

// Service is the name of the gateway's service in change requests (S0-064).
const Service = "Land- De-Mail Gateway"

// TermsVersion is the version of the terms of use that BaK ESV sends (S1-134).
const TermsVersion = "2015-09-24"

// OnChange files a change request of BaK ESV, does what it is about, and closes it.
func (c *Cast) OnChange(tenant, object, kind, what string, do func(cr string) error) error {
	cr, err := c.FileChange(tenant, object, kind, what)
	if err != nil {
		return err
	}
	if err := do(cr); err != nil {
		return err
	}
	return c.do(sid("", "change-request.close", map[string]any{"cr": cr, "state": "done"}), nil)
}

// FileChange files a change request of BaK ESV, on paper and at the gateway, and returns its number there. Kind is
// "users", "smtp", "domains", "mapping", "account" or "platform".
func (c *Cast) FileChange(tenant, object, kind, what string) (cr string, err error) {
	_, err = c.Hand(Document{Kind: ChangeRequest, From: Operator, To: Operator, Tenant: tenant, Fields: map[string]string{"service": Service, "object": object, "description": what}})
	if err != nil {
		return "", err
	}
	var q struct {
		CR string `json:"cr"`
	}
	args := map[string]any{"service": Service, "object": object, "kind": kind, "description": what}
	if tenant != "" {
		args["tenant"] = tenant
	}
	return q.CR, c.do(sid("", "change-request.file", args), &q)
}

// AcceptTerms lets BaK ESV send the terms of use, and the account holder accept them (S0-012, S1-134).
func (c *Cast) AcceptTerms(a *Authority) error {
	_, err := c.Hand(Document{Kind: TermsOfUse, From: a.ID, To: Operator, Tenant: a.ID, Fields: map[string]string{"version": TermsVersion, "accepted_by": Representative}})
	return err
}

// OrderCommissioning gives the order to commission to whom it belongs (S1-137), with the direction of the main domain
// as the form has it; an empty direction is not stated.
func (c *Cast) OrderCommissioning(a *Authority, direction string) error {
	to := KDNGmbH
	if a.State {
		to = Operator
	}
	_, err := c.Hand(Document{Kind: CommissioningOrder, From: a.ID, To: to, Tenant: a.ID, Fields: map[string]string{"domain": a.MainDomain, "mail_server": a.MailServer, "signed_by": Representative}})
	if err != nil {
		return err
	}
	return c.StateDirection(a.ID, to, a.MainDomain, direction)
}

// StateDirection hands in the form with the direction of a domain (S1-164, S1-181).
func (c *Cast) StateDirection(tenant, to, domain, direction string) error {
	_, err := c.Hand(Document{Kind: DirectionForm, From: tenant, To: to, Tenant: tenant, Fields: map[string]string{"domain": domain, "direction": direction, "signed_by": Representative}})
	return err
}

// Enrol lets BaK ESV enrol a tenant on a change request (S0-015).
func (c *Cast) Enrol(a *Authority) error {
	return c.OnChange(a.ID, a.ID, "platform", "enrolment of "+a.Name, func(cr string) error {
		return c.do(sid(cr, "tenant.enrol", c.enrolment(a)), nil)
	})
}

// TryEnrol is Enrol for an enrolment that may be refused, and whose papers may lack some arguments.
func (c *Cast) TryEnrol(a *Authority, lacks ...string) error {
	cr, err := c.FileChange(a.ID, a.ID, "platform", "enrolment of "+a.Name)
	if err != nil {
		return err
	}
	args := c.enrolment(a)
	for _, key := range lacks {
		delete(args, key)
	}
	return c.Try(sid(cr, "tenant.enrol", args))
}

// SupportTriesEnrol lets the Support Administrator try it without a change request.
func (c *Cast) SupportTriesEnrol(a *Authority) error {
	return c.Try(Support("")("", "tenant.enrol", c.enrolment(a)))
}

func (c *Cast) enrolment(a *Authority) map[string]any {
	contact := func(person, mail string) map[string]any {
		return map[string]any{"authority": a.Name, "person": person, "email": mail}
	}
	kind := "municipal"
	if a.State {
		kind = "state"
	}
	return map[string]any{"tenant": a.ID, "name": a.Name, "kind": kind, "networks": a.Networks, "transport": a.Transport, "mail_domains": a.MailDomains,
		"process_owner": contact("Leitung Hauptamt", "hauptamt@"+a.MailDomains[0]), "technical_contact": contact("technischer Ansprechpartner", a.TechnicalContact),
		"technical_administrator": Tech(a.ID), "account_administrator": Account(a.ID)}
}

// GiveAdministrators lets BaK ESV make the tenant's institutional users (S0-017, S1-139, S1-140).
func (c *Cast) GiveAdministrators(tenant string) error {
	return c.OnChange(tenant, tenant, "users", "administrators of "+tenant, func(cr string) error {
		for _, u := range []struct {
			person string
			roles  []string
		}{{Users(tenant), []string{UserAdmin}}, {Tech(tenant), []string{TechnischerAdmin, AccountAdmin}}, {Account(tenant), []string{AccountAdmin}}} {
			if err := c.do(sid(cr, "user.create", User(tenant, u.person, u.roles...)), nil); err != nil {
				return err
			}
		}
		c.own[tenant] = true
		return nil
	})
}

// User are the arguments that make a person of a tenant.
func User(tenant, person string, roles ...string) map[string]any {
	return map[string]any{"org": tenant, "person": person, "name": person, "email": person + "@" + tenant + ".example", "roles": roles, "password": Password(person)}
}

// Power is a power of attorney that a tenant gives KDN GmbH, or SID.
type Power struct {
	// Holder is KDNGmbH or Operator.
	Holder string
	// Roles is a list with commas, For how long it lasts; 0 means without end.
	Roles string
	For   time.Duration
	// Signed: the signed paper is attached. Without it the holder gets no role (S1-167).
	Signed bool
}

// GivePower lets a tenant give KDN GmbH a power of attorney: on paper, and at the gateway, where the tenant's own User
// Admin files it or, before there is one, BaK ESV. One with an end is for the commissioning.
func (c *Cast) GivePower(tenant string, p Power) error {
	args, err := c.power(tenant, p)
	if err != nil {
		return err
	}
	file := func(a Act) error {
		var on struct {
			PowerOfAttorney string `json:"power_of_attorney"`
		}
		err := c.do(a, &on)
		c.powers[tenant+"/"+p.Holder] = on.PowerOfAttorney
		return err
	}
	if c.own[tenant] {
		return file(Own(tenant, UserAdmin, "power-of-attorney.grant", args))
	}
	return c.OnChange(tenant, tenant, "users", "power of attorney of "+tenant, func(cr string) error { return file(sid(cr, "power-of-attorney.grant", args)) })
}

// TryPower is GivePower for one that may be refused.
func (c *Cast) TryPower(tenant string, p Power) error {
	args, err := c.power(tenant, p)
	if err != nil {
		return err
	}
	if c.own[tenant] {
		return c.Try(Own(tenant, UserAdmin, "power-of-attorney.grant", args))
	}
	cr, err := c.FileChange(tenant, tenant, "users", "power of attorney of "+tenant)
	if err != nil {
		return err
	}
	return c.Try(sid(cr, "power-of-attorney.grant", args))
}

// power writes the paper, when it is signed, and the arguments with which it is filed.
func (c *Cast) power(tenant string, p Power) (map[string]any, error) {
	from := c.now()
	args := map[string]any{"tenant": tenant, "holder": p.Holder, "roles": roles(p.Roles), "from": instant(from), "purpose": "administration"}
	fields := map[string]string{"holder": p.Holder, "roles": p.Roles, "from": instant(from), "signed_by": Representative}
	if p.For > 0 {
		until := instant(from.Add(p.For))
		args["until"], args["purpose"], fields["until"] = until, "commissioning", until
	}
	if p.Signed {
		d, err := c.Hand(Document{Kind: PowerOfAttorney, From: tenant, To: p.Holder, Tenant: tenant, Fields: fields})
		if err != nil {
			return nil, err
		}
		args["document"] = d.Number
	}
	return args, nil
}

// RevokePower lets the tenant's User Admin end KDN GmbH's power of attorney.
func (c *Cast) RevokePower(tenant string) error {
	return c.do(Own(tenant, UserAdmin, "power-of-attorney.revoke", map[string]any{"power_of_attorney": c.powers[tenant+"/"+KDNGmbH], "reason": "no longer needed"}), nil)
}

// EndCommissioning lets the tenant's User Admin end the commissioning, and with it the powers of attorney for it.
func (c *Cast) EndCommissioning(tenant string) error {
	return c.do(Own(tenant, UserAdmin, "tenant.commissioned", map[string]any{"tenant": tenant}), nil)
}

// Actor makes an act of whoever administers a tenant: KDN.KDN GmbH, Own, or BaK ESV on a change request.
type Actor func(role, operation string, args map[string]any) Act

// ByKDN, ByTenant and ByOperator are the three.
func (c *Cast) ByKDN(tenant string) Actor {
	return func(role, operation string, args map[string]any) Act { return c.KDN(tenant, role, operation, args) }
}

// BySID acts as BaK ESV on the power of attorney that the tenant gave it.
func (c *Cast) BySID(tenant string) Actor {
	return func(role, operation string, args map[string]any) Act {
		return Act{Person: OperatorAdmin, Organisation: Operator, Role: role, PowerOfAttorney: c.powers[tenant+"/"+Operator], Operation: operation, Args: args}
	}
}

// ByTenant acts as the tenant's own administrator of the role.
func (c *Cast) ByTenant(tenant string) Actor {
	return func(role, operation string, args map[string]any) Act {
		return Own(tenant, role, operation, args)
	}
}

// ByOperator acts as BaK ESV on a change request.
func (c *Cast) ByOperator(cr string) Actor {
	return func(_, operation string, args map[string]any) Act { return sid(cr, operation, args) }
}

// Assign assigns a De-Mail domain to the gateway in the direction that its form states (S1-138, S1-164).
func (c *Cast) Assign(tenant, domain string, by Actor) error {
	return c.do(c.assign(tenant, domain, by), nil)
}

// TryAssign is Assign for what may be refused.
func (c *Cast) TryAssign(tenant, domain string, by Actor) error {
	return c.Try(c.assign(tenant, domain, by))
}

func (c *Cast) assign(tenant, domain string, by Actor) Act {
	args := map[string]any{"tenant": tenant, "domain": domain}
	if direction := c.direction(tenant, domain); direction != "" {
		args["direction"] = direction
	}
	return by(TechnischerAdmin, "domain.bind", args)
}

// direction is what the newest form for a domain states.
func (c *Cast) direction(tenant, domain string) (direction string) {
	for _, f := range c.files {
		if f.Kind == DirectionForm && f.Tenant == tenant && f.Fields["domain"] == domain {
			direction = f.Fields["direction"]
		}
	}
	return direction
}

// Connect sets what leads mail to and from a tenant's own mail server (S1-141).
func (c *Cast) Connect(a *Authority, by Actor) error {
	return c.do(by(TechnischerAdmin, "smtp-inbound.set", map[string]any{"tenant": a.ID, "networks": a.Networks, "transport": a.Transport, "technical_contact": a.TechnicalContact}), nil)
}

// CatchAll leads De-Mails for unmapped addresses of a domain to a mailbox (S1-142).
func (c *Cast) CatchAll(tenant, domain, mailbox string, by Actor) error {
	return c.do(catchAll(tenant, domain, mailbox, by), nil)
}

// TryCatchAll is CatchAll for what may be refused.
func (c *Cast) TryCatchAll(tenant, domain, mailbox string, by Actor) error {
	return c.Try(catchAll(tenant, domain, mailbox, by))
}

func catchAll(tenant, domain, mailbox string, by Actor) Act {
	return by(TechnischerAdmin, "catchall.set", map[string]any{"tenant": tenant, "domain": domain, "address": mailbox})
}

// Map adds a row to the mapping table (S1-149).
func (c *Cast) Map(tenant string, p Pair, by Actor) error {
	return c.do(row(tenant, p, by), nil)
}

// TryMap is Map for what may be refused.
func (c *Cast) TryMap(tenant string, p Pair, by Actor) error { return c.Try(row(tenant, p, by)) }

func row(tenant string, p Pair, by Actor) Act {
	return by(AccountAdmin, "mapping.put", map[string]any{"tenant": tenant, "mail": p.Mail, "demail": p.DeMail})
}

// MakeUser makes a gateway administrator of a tenant, in roles with commas (S1-150).
func (c *Cast) MakeUser(tenant, person, list string, by Actor) error {
	return c.do(by(UserAdmin, "user.create", User(tenant, person, roles(list)...)), nil)
}

// TryUser is MakeUser for what may be refused.
func (c *Cast) TryUser(tenant, person, list string, by Actor) error {
	return c.Try(by(UserAdmin, "user.create", User(tenant, person, roles(list)...)))
}

// CommissionOnChange lets BaK ESV commission the gateway for a state authority, each kind of change on a change
// request of its own (S1-041).
func (c *Cast) CommissionOnChange(a *Authority) error {
	for _, part := range []struct {
		kind string
		do   func(by Actor) error
	}{
		{"domains", func(by Actor) error { return c.Assign(a.ID, a.MainDomain, by) }},
		{"smtp", func(by Actor) error { return c.Connect(a, by) }},
		{"mapping", func(by Actor) error {
			for _, p := range a.Mapping {
				if err := c.Map(a.ID, p, by); err != nil {
					return err
				}
			}
			return nil
		}},
	} {
		if err := c.OnChange(a.ID, a.ID, part.kind, "commissioning of "+a.Name, func(cr string) error { return part.do(c.ByOperator(cr)) }); err != nil {
			return err
		}
	}
	return nil
}

// Commission does all that the gateway needs: the domain, the connection, the initial mapping.
func (c *Cast) Commission(a *Authority, by Actor) error {
	if err := c.Assign(a.ID, a.MainDomain, by); err != nil {
		return err
	}
	if err := c.Connect(a, by); err != nil {
		return err
	}
	for _, p := range a.Mapping {
		if err := c.Map(a.ID, p, by); err != nil {
			return err
		}
	}
	return nil
}

// Announce tells KDN GmbH or SID, and BaK ESV, that production begins (S0-033).
func (c *Cast) Announce(a *Authority) error {
	_, err := c.Hand(Document{Kind: Readiness, From: a.ID, To: Operator, Tenant: a.ID, Fields: map[string]string{"since": instant(c.now()), "signed_by": Representative}})
	return err
}

// Instruct asks KDN GmbH in writing to do something.
func (c *Cast) Instruct(tenant, task string) error {
	_, err := c.Hand(Document{Kind: Instruction, From: tenant, To: KDNGmbH, Tenant: tenant, Fields: map[string]string{"task": task, "signed_by": Representative}})
	return err
}

// OrderIntervention files the tenant's written order to change one object of its account settings (S0-063), on paper
// and at the gateway, and returns its number there.
func (c *Cast) OrderIntervention(tenant, object, reason string, days int) (string, error) {
	from := c.now()
	until := from.Add(time.Duration(days) * 24 * time.Hour)
	d, err := c.Hand(Document{Kind: OrderToIntervene, From: tenant, To: Operator, Tenant: tenant,
		Fields: map[string]string{"object": object, "from": instant(from), "until": instant(until), "signed_by": Representative}})
	if err != nil {
		return "", err
	}
	var o struct {
		Order string `json:"order"`
	}
	err = c.do(sid("", "written-order.file", map[string]any{"tenant": tenant, "object": object, "from": instant(from), "until": instant(until), "reason": reason,
		"signed_by": "representative", "document": d.Number}), &o)
	return o.Order, err
}

// Further is a municipality that exists on paper only: with a name, a domain and a network of its own.
func Further(n int) *Authority {
	id := fmt.Sprintf("gemeinde-%02d", n)
	return &Authority{ID: id, Name: "Gemeinde " + strings.TrimPrefix(id, "gemeinde-"), Networks: []string{fmt.Sprintf("10.2.%d.0/24", 100+n)}, MailServer: "mail." + id + ".example",
		Transport: "starttls", MailDomains: []string{id + ".example"}, MainDomain: id + ".de-mail.de", TechnicalContact: "technik@kdn-gmbh.de"}
}

package admin

import (
	"net/http"
	"net/netip"
	"slices"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/clerk"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/tenant"
)

// ListTenants lists the tenants that the person sees.
func (h *handler) ListTenants(w http.ResponseWriter, r *http.Request, p api.ListTenantsParams) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		l, err := h.Clerk.Tenants(c)
		slices.SortFunc(l, func(a, b register.Tenant) int { return compare(a.ID, b.ID) })
		page, next := pageOf(l, p.After, p.Limit, func(t register.Tenant) string { return t.ID })
		return api.Tenants{Items: each(page, tenantOut), Next: next}, err
	})
}

// EnrolTenant enrols a tenant.
func (h *handler) EnrolTenant(w http.ResponseWriter, r *http.Request) {
	answer(h, w, r, http.StatusCreated, func(c clerk.Caller, b api.Enrolment) (any, error) {
		networks, err := prefixes(b.Networks)
		if err != nil {
			return nil, err
		}
		t, err := h.Clerk.Enrol(c, register.Tenant{ID: b.Id, Name: b.Name, Kind: string(b.Kind), Networks: networks, Transport: tenant.Transport(b.Transport),
			NextHop: b.NextHop, MailDomains: b.MailDomains, ProcessOwner: contactIn(b.ProcessOwner), TechnicalContact: contactIn(b.TechnicalContact),
			TechnicalAdministrator: b.TechnicalAdministrator, AccountAdministrator: b.AccountAdministrator, AccountAccess: b.AccountAccess})
		return tenantOut(t), err
	})
}

// GetTenant shows one tenant.
func (h *handler) GetTenant(w http.ResponseWriter, r *http.Request, id string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		t, err := h.Clerk.Tenant(c, role.TenantShow, id)
		return tenantOut(t), err
	})
}

// SetState suspends, resumes or off-boards.
func (h *handler) SetState(w http.ResponseWriter, r *http.Request, id string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.StateChange) (any, error) {
		t, err := h.Clerk.SetState(c, id, tenant.State(b.State), b.Reason)
		return tenantOut(t), err
	})
}

// EndCommissioning ends the commissioning.
func (h *handler) EndCommissioning(w http.ResponseWriter, r *http.Request, id string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		t, err := h.Clerk.EndCommissioning(c, id)
		return tenantOut(t), err
	})
}

// SetMailDomains sets the tenant's e-mail domains.
func (h *handler) SetMailDomains(w http.ResponseWriter, r *http.Request, id string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.MailDomains) (any, error) {
		t, err := h.Clerk.SetMailDomains(c, id, b.MailDomains)
		return tenantOut(t), err
	})
}

// GetInbound shows the SMTP inbound settings.
func (h *handler) GetInbound(w http.ResponseWriter, r *http.Request, id string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		in, err := h.Clerk.Inbound(c, id)
		return inboundOut(in), err
	})
}

// SetInbound sets them.
func (h *handler) SetInbound(w http.ResponseWriter, r *http.Request, id string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.Inbound) (any, error) {
		networks, err := prefixes(b.Networks)
		if err != nil {
			return nil, err
		}
		in, err := h.Clerk.SetInbound(c, id, clerk.Inbound{Networks: networks, Transport: tenant.Transport(b.Transport), NextHop: b.NextHop, TechnicalContact: b.TechnicalContact})
		return inboundOut(in), err
	})
}

// ListDomains lists the tenant's De-Mail domains.
func (h *handler) ListDomains(w http.ResponseWriter, r *http.Request, id string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		t, err := h.Clerk.Tenant(c, role.DomainList, id)
		return api.Domains{Items: each(t.Domains, domainOut)}, err
	})
}

// BindDomain assigns a domain to the gateway.
func (h *handler) BindDomain(w http.ResponseWriter, r *http.Request, id string) {
	answer(h, w, r, http.StatusCreated, func(c clerk.Caller, b api.Binding) (any, error) {
		d, err := h.Clerk.Bind(c, id, b.Name, tenant.Direction(b.Direction))
		return domainOut(d), err
	})
}

// UnbindDomain removes the assignment.
func (h *handler) UnbindDomain(w http.ResponseWriter, r *http.Request, id, domain string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		d, err := h.Clerk.Unbind(c, id, domain)
		return domainOut(d), err
	})
}

// SetDirection sets the direction of a domain.
func (h *handler) SetDirection(w http.ResponseWriter, r *http.Request, id, domain string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.DirectionSetting) (any, error) {
		d, err := h.Clerk.SetDirection(c, id, domain, tenant.Direction(b.Direction))
		return domainOut(d), err
	})
}

// SetCatchAll sets CatchAll.
func (h *handler) SetCatchAll(w http.ResponseWriter, r *http.Request, id, domain string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.CatchAll) (any, error) {
		if b.Mailbox == "" {
			return nil, register.Refuse(register.Invalid, "D11", "tenant", "name a mailbox of the tenant", "the mailbox is missing").About("mailbox")
		}
		d, err := h.Clerk.SetCatchAll(c, id, domain, b.Mailbox)
		return domainOut(d), err
	})
}

// ClearCatchAll ends CatchAll.
func (h *handler) ClearCatchAll(w http.ResponseWriter, r *http.Request, id, domain string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		d, err := h.Clerk.SetCatchAll(c, id, domain, "")
		return domainOut(d), err
	})
}

// SetBounceAll sets BounceAll.
func (h *handler) SetBounceAll(w http.ResponseWriter, r *http.Request, id, domain string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.BounceAll) (any, error) {
		d, err := h.Clerk.SetBounceAll(c, id, domain, tenant.BounceForm(b.Form), b.Sender)
		return domainOut(d), err
	})
}

// ClearBounceAll ends BounceAll.
func (h *handler) ClearBounceAll(w http.ResponseWriter, r *http.Request, id, domain string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		d, err := h.Clerk.SetBounceAll(c, id, domain, "", "")
		return domainOut(d), err
	})
}

// prefixes reads networks.
func prefixes(texts []string) ([]netip.Prefix, error) {
	l := []netip.Prefix{}
	for _, s := range texts {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, register.Refuse(register.Invalid, "S0-037", "tenant", "write address/length, for example 10.2.12.0/24", "%.50q is not a network", s).About("networks")
		}
		l = append(l, p)
	}
	return l, nil
}

func tenantOut(t register.Tenant) api.Tenant {
	return api.Tenant{Id: t.ID, Name: t.Name, Kind: t.Kind, Phase: t.Phase, State: api.TenantState(t.State), Reason: t.Reason, Commissioning: t.Commissioned.IsZero(),
		Enrolled: t.Enrolled.UTC(), MailDomains: append([]string{}, t.MailDomains...), ProcessOwner: contactOut(t.ProcessOwner), TechnicalContact: contactOut(t.TechnicalContact),
		TechnicalAdministrator: t.TechnicalAdministrator, AccountAdministrator: t.AccountAdministrator, AccountAccess: t.AccountAccess}
}

func contactIn(c api.Contact) register.Contact {
	return register.Contact{Authority: c.Authority, Department: c.Department, Unit: c.Unit, Person: c.Person, Postal: c.Postal, Telephone: c.Telephone, Fax: c.Fax, Mail: c.Mail}
}

func contactOut(c register.Contact) api.Contact {
	return api.Contact{Authority: c.Authority, Department: c.Department, Unit: c.Unit, Person: c.Person, Postal: c.Postal, Telephone: c.Telephone, Fax: c.Fax, Mail: c.Mail}
}

func inboundOut(in clerk.Inbound) api.Inbound {
	return api.Inbound{Networks: each(in.Networks, netip.Prefix.String), Transport: api.Transport(in.Transport), NextHop: in.NextHop, TechnicalContact: in.TechnicalContact}
}

func domainOut(d tenant.Domain) api.Domain {
	out := api.Domain{Name: d.Name, Direction: api.Direction(d.Direction), Bound: !d.Unbound}
	if d.CatchAll != "" {
		out.CatchAll = api.CatchAll{Mailbox: d.CatchAll}
	}
	if d.BounceAll != "" {
		out.BounceAll = api.BounceAll{Form: api.BounceAllForm(d.BounceAll), Sender: d.BounceSender}
	}
	return out
}

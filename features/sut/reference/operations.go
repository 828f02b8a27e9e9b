package reference

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driverkit"
)

// operations maps the contract's operations to the API.
func (c *Client) operations() driverkit.Operations {
	all := c.settings()
	maps.Copy(all, c.people())
	maps.Copy(all, c.service())
	return all
}

// settings are the operations on tenants and what is set for them.
func (c *Client) settings() driverkit.Operations {
	return driverkit.Operations{
		"tenant.enrol": driverkit.Handle(c.enrol),
		"tenant.suspend": driverkit.Handle(func(ctx context.Context, as contract.As, a contract.TenantSuspend) (contract.Tenant, error) {
			return c.setState(ctx, as, a.Tenant, "suspended", a.Reason)
		}),
		"tenant.resume": driverkit.Handle(func(ctx context.Context, as contract.As, a contract.TenantResume) (contract.Tenant, error) {
			return c.setState(ctx, as, a.Tenant, "enrolled", a.Reason)
		}),
		"tenant.offboard": driverkit.Handle(func(ctx context.Context, as contract.As, a contract.TenantOffboard) (contract.Tenant, error) {
			return c.setState(ctx, as, a.Tenant, "offboarded", a.Reason)
		}),
		"tenant.commissioned": driverkit.Handle(c.commissioned),
		"tenant.list":         driverkit.Handle(c.listTenants),
		"domain.bind":         driverkit.Handle(c.bind),
		"domain.direction":    driverkit.Handle(c.setDirection),
		"domain.unbind":       driverkit.Handle(c.unbind),
		"domain.list":         driverkit.Handle(c.listDomains),
		"smtp-inbound.set":    driverkit.Handle(c.setInbound),
		"smtp-inbound.show":   driverkit.Handle(c.showInbound),
		"catchall.set":        driverkit.Handle(c.setCatchAll),
		"catchall.clear":      driverkit.Handle(c.clearCatchAll),
		"bounceall.set":       driverkit.Handle(c.setBounceAll),
		"bounceall.clear":     driverkit.Handle(c.clearBounceAll),
		"mapping.put":         driverkit.Handle(c.putMapping),
		"mapping.delete":      driverkit.Handle(c.deleteMapping),
		"mapping.list":        driverkit.Handle(c.listMapping),
		"mapping.import":      driverkit.Handle(c.importMapping),

		"mapping-table.import": driverkit.Handle(c.importTable),
		"mapping-table.export": driverkit.Handle(c.exportTable),
	}
}

// people are the operations on persons, their grounds and what they did.
func (c *Client) people() driverkit.Operations {
	return driverkit.Operations{
		"user.create":              driverkit.Handle(c.createUser),
		"user.roles":               driverkit.Handle(c.setRoles),
		"user.revoke":              driverkit.Handle(c.revokeUser),
		"user.list":                driverkit.Handle(c.listUsers),
		"power-of-attorney.grant":  driverkit.Handle(c.grantPower),
		"power-of-attorney.revoke": driverkit.Handle(c.revokePower),
		"power-of-attorney.list":   driverkit.Handle(c.listPowers),
		"session.open":             driverkit.Handle(c.openSession),
		"session.close":            driverkit.Handle(c.closeSession),
		"change-request.file":      driverkit.Handle(c.fileChange),
		"change-request.show":      driverkit.Handle(c.showChange),
		"change-request.close":     driverkit.Handle(c.closeChange),
		"written-order.file":       driverkit.Handle(c.fileOrder),
		"account.change":           driverkit.Handle(c.changeAccount),
		"audit.query":              driverkit.Handle(c.queryAudit),
		"queue.query":              driverkit.Handle(c.queryQueue),
	}
}

// tenantOut is a tenant as the API shows it.
type tenantOut struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	State string `json:"state"`
}

func (t tenantOut) contract() contract.Tenant {
	return contract.Tenant{Tenant: t.ID, Name: t.Name, State: t.State}
}

// contactIn is a contact as the API wants it.
func contactIn(c contract.Contact) map[string]string {
	m := map[string]string{"authority": c.Authority, "person": c.Person, "mail": c.Email}
	for key, value := range map[string]string{"department": c.Department, "unit": c.Unit, "postal": c.Postal, "telephone": c.Telephone, "fax": c.Fax} {
		if value != "" {
			m[key] = value
		}
	}
	return m
}

func (c *Client) enrol(ctx context.Context, as contract.As, a contract.TenantEnrol) (contract.Tenant, error) {
	body := map[string]any{"id": a.Tenant, "name": a.Name, "kind": a.Kind, "networks": list(a.Networks), "transport": a.Transport, "mail_domains": list(a.MailDomains)}
	if a.ProcessOwner != nil {
		body["process_owner"] = contactIn(*a.ProcessOwner)
	}
	if a.TechnicalContact != nil {
		body["technical_contact"] = contactIn(*a.TechnicalContact)
	}
	for key, value := range map[string]string{"technical_administrator": a.TechnicalAdministrator, "account_administrator": a.AccountAdministrator} {
		if value != "" {
			body[key] = value
		}
	}
	return c.tenant(ctx, as, a.Tenant, http.MethodPost, path("tenants"), body)
}

// tenant performs an operation of the platform on a tenant.
func (c *Client) tenant(ctx context.Context, as contract.As, id, method, target string, body any) (contract.Tenant, error) {
	var t tenantOut
	as, err := c.ground(ctx, as, id, id, "platform")
	if err == nil {
		err = c.do(ctx, as, method, target, body, &t)
	}
	return t.contract(), err
}

func (c *Client) setState(ctx context.Context, as contract.As, id, state, reason string) (contract.Tenant, error) {
	return c.tenant(ctx, as, id, http.MethodPut, path("tenants", id, "state"), map[string]string{"state": state, "reason": reason})
}

func (c *Client) commissioned(ctx context.Context, as contract.As, a contract.TenantCommissioned) (contract.Tenant, error) {
	return c.tenant(ctx, as, a.Tenant, http.MethodDelete, path("tenants", a.Tenant, "commissioning"), nil)
}

func (c *Client) listTenants(ctx context.Context, as contract.As, _ contract.TenantList) (contract.TenantListResult, error) {
	l := contract.TenantListResult{Tenants: []contract.Tenant{}}
	err := pages(func(after string) (string, error) {
		var page struct {
			Items []tenantOut `json:"items"`
			Next  string      `json:"next"`
		}
		err := c.do(ctx, as, http.MethodGet, path("tenants")+query("after", after, "limit", "1000"), nil, &page)
		for _, t := range page.Items {
			l.Tenants = append(l.Tenants, t.contract())
		}
		return page.Next, err
	})
	return l, err
}

// pages asks until there is no more.
func pages(ask func(after string) (next string, err error)) error {
	for after := ""; ; {
		next, err := ask(after)
		if err != nil || next == "" {
			return err
		}
		after = next
	}
}

// query is a query string of the pairs whose value is not empty.
func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// list is never null in JSON.
func list[T any](l []T) []T { return append([]T{}, l...) }

// inbound are the SMTP inbound settings as the API has them.
type inbound struct {
	Networks         []string `json:"networks"`
	Transport        string   `json:"transport"`
	NextHop          string   `json:"next_hop,omitempty"`
	TechnicalContact string   `json:"technical_contact,omitempty"`
}

func (in inbound) contract(id string) (contract.InboundSettings, error) {
	s := contract.InboundSettings{Tenant: id, Networks: in.Networks, Transport: in.Transport, TechnicalContact: in.TechnicalContact}
	if in.NextHop == "" {
		return s, nil
	}
	host, port, err := net.SplitHostPort(in.NextHop)
	if err != nil {
		return s, fmt.Errorf("next hop: %w", err)
	}
	n, err := strconv.Atoi(port)
	s.NextHop = &contract.NextHop{Host: host, Port: n}
	return s, err
}

func (c *Client) setInbound(ctx context.Context, as contract.As, a contract.SMTPInboundSet) (contract.InboundSettings, error) {
	in := inbound{Networks: list(a.Networks), Transport: a.Transport, TechnicalContact: a.TechnicalContact}
	if a.NextHop != nil {
		in.NextHop = net.JoinHostPort(a.NextHop.Host, strconv.Itoa(a.NextHop.Port))
	}
	as, err := c.ground(ctx, as, a.Tenant, a.Tenant, "smtp")
	if err == nil {
		err = c.do(ctx, as, http.MethodPut, path("tenants", a.Tenant, "smtp-inbound"), in, &in)
	}
	if err != nil {
		return contract.InboundSettings{}, err
	}
	return in.contract(a.Tenant)
}

func (c *Client) showInbound(ctx context.Context, as contract.As, a contract.SMTPInboundShow) (contract.InboundSettings, error) {
	var in inbound
	if err := c.do(ctx, as, http.MethodGet, path("tenants", a.Tenant, "smtp-inbound"), nil, &in); err != nil {
		return contract.InboundSettings{}, err
	}
	return in.contract(a.Tenant)
}

// row is a row of the mapping in both worlds' words.
type row = contract.MappingRow

func (c *Client) putMapping(ctx context.Context, as contract.As, a contract.MappingPut) (r row, err error) {
	if as, err = c.ground(ctx, as, a.Tenant, a.Tenant, "mapping"); err == nil {
		err = c.do(ctx, as, http.MethodPost, path("tenants", a.Tenant, "mapping"), row{Mail: a.Mail, DeMail: a.DeMail}, &r)
	}
	return r, err
}

func (c *Client) deleteMapping(ctx context.Context, as contract.As, a contract.MappingDelete) (contract.Nothing, error) {
	as, err := c.ground(ctx, as, a.Tenant, a.Tenant, "mapping")
	if err == nil {
		err = c.do(ctx, as, http.MethodDelete, path("tenants", a.Tenant, "mapping", a.Mail)+query("demail", a.DeMail), nil, nil)
	}
	return contract.Nothing{}, err
}

func (c *Client) listMapping(ctx context.Context, as contract.As, a contract.MappingList) (contract.MappingListResult, error) {
	l := contract.MappingListResult{Rows: []row{}}
	err := pages(func(after string) (string, error) {
		var page struct {
			Items []row  `json:"items"`
			Next  string `json:"next"`
		}
		err := c.do(ctx, as, http.MethodGet, path("tenants", a.Tenant, "mapping")+query("after", after, "limit", "1000"), nil, &page)
		l.Rows = append(l.Rows, page.Items...)
		return page.Next, err
	})
	return l, err
}

// instant is a time as the API wants it, empty for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

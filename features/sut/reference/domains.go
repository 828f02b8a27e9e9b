package reference

import (
	"context"
	"net/http"

	"demailbench/features/sut/contract"
)

// domainOut is a domain as the API shows it.
type domainOut struct {
	Name      string `json:"name"`
	Direction string `json:"direction"`
	Bound     bool   `json:"bound"`
	CatchAll  struct {
		Mailbox string `json:"mailbox"`
	} `json:"catch_all"`
	BounceAll struct {
		Form string `json:"form"`
	} `json:"bounce_all"`
}

func (d domainOut) contract(id string) contract.Domain {
	out := contract.Domain{Tenant: id, Domain: d.Name, Direction: d.Direction, Bound: d.Bound, Unmapped: contract.UnmappedRule{Rule: "none"}}
	switch {
	case d.CatchAll.Mailbox != "":
		out.Unmapped = contract.UnmappedRule{Rule: "catchall", Address: d.CatchAll.Mailbox}
	case d.BounceAll.Form != "":
		out.Unmapped = contract.UnmappedRule{Rule: "bounceall", Form: d.BounceAll.Form}
	}
	return out
}

// domain performs an operation on one domain.
func (c *Client) domain(ctx context.Context, as contract.As, id, kind, method, target string, body any) (d domainOut, err error) {
	if as, err = c.ground(ctx, as, id, id, kind); err == nil {
		err = c.do(ctx, as, method, target, body, &d)
	}
	return d, err
}

func (c *Client) bind(ctx context.Context, as contract.As, a contract.DomainBind) (contract.Domain, error) {
	body := map[string]string{"name": a.Domain}
	if a.Direction != "" {
		body["direction"] = a.Direction
	}
	d, err := c.domain(ctx, as, a.Tenant, "domains", http.MethodPost, path("tenants", a.Tenant, "domains"), body)
	return d.contract(a.Tenant), err
}

func (c *Client) setDirection(ctx context.Context, as contract.As, a contract.DomainDirection) (contract.Domain, error) {
	d, err := c.domain(ctx, as, a.Tenant, "domains", http.MethodPut, path("tenants", a.Tenant, "domains", a.Domain, "direction"), map[string]string{"direction": a.Direction})
	return d.contract(a.Tenant), err
}

func (c *Client) unbind(ctx context.Context, as contract.As, a contract.DomainUnbind) (contract.Domain, error) {
	d, err := c.domain(ctx, as, a.Tenant, "domains", http.MethodDelete, path("tenants", a.Tenant, "domains", a.Domain), nil)
	return d.contract(a.Tenant), err
}

func (c *Client) listDomains(ctx context.Context, as contract.As, a contract.DomainList) (contract.DomainListResult, error) {
	var l struct {
		Items []domainOut `json:"items"`
	}
	err := c.do(ctx, as, http.MethodGet, path("tenants", a.Tenant, "domains"), nil, &l)
	out := contract.DomainListResult{Domains: []contract.Domain{}}
	for _, d := range l.Items {
		out.Domains = append(out.Domains, d.contract(a.Tenant))
	}
	return out, err
}

// unmapped performs an operation on what happens to unmapped addresses.
func (c *Client) unmapped(ctx context.Context, as contract.As, id, domain, part, method string, body any) (contract.Unmapped, error) {
	d, err := c.domain(ctx, as, id, "smtp", method, path("tenants", id, "domains", domain, part), body)
	return contract.Unmapped{Tenant: id, Domain: d.Name, Rule: d.contract(id).Unmapped.Rule}, err
}

func (c *Client) setCatchAll(ctx context.Context, as contract.As, a contract.CatchallSet) (contract.Unmapped, error) {
	return c.unmapped(ctx, as, a.Tenant, a.Domain, "catch-all", http.MethodPut, map[string]string{"mailbox": a.Address})
}

func (c *Client) clearCatchAll(ctx context.Context, as contract.As, a contract.CatchallClear) (contract.Unmapped, error) {
	return c.unmapped(ctx, as, a.Tenant, a.Domain, "catch-all", http.MethodDelete, nil)
}

func (c *Client) setBounceAll(ctx context.Context, as contract.As, a contract.BounceallSet) (contract.Unmapped, error) {
	body := map[string]string{"form": a.Form}
	if a.From != "" {
		body["sender"] = a.From
	}
	return c.unmapped(ctx, as, a.Tenant, a.Domain, "bounce-all", http.MethodPut, body)
}

func (c *Client) clearBounceAll(ctx context.Context, as contract.As, a contract.BounceallClear) (contract.Unmapped, error) {
	return c.unmapped(ctx, as, a.Tenant, a.Domain, "bounce-all", http.MethodDelete, nil)
}

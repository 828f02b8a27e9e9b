package reference

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"demailbench/features/sut/contract"
)

// userOut is a person as the API shows it.
type userOut struct {
	Organisation string          `json:"organisation"`
	Person       string          `json:"person"`
	Name         string          `json:"name"`
	Roles        []contract.Role `json:"roles"`
	State        string          `json:"state"`
}

func (u userOut) contract() contract.User {
	return contract.User{Org: u.Organisation, Person: u.Person, Name: u.Name, Roles: list(u.Roles), State: u.State}
}

// user performs an operation on one person.
func (c *Client) user(ctx context.Context, as contract.As, org, person, method, target string, body any) (contract.User, error) {
	tenant := org
	if org == contract.Operator || org == contract.KDNGmbH {
		tenant = ""
	}
	var u userOut
	as, err := c.ground(ctx, as, tenant, person, "users")
	if err == nil {
		err = c.do(ctx, as, method, target, body, &u)
	}
	return u.contract(), err
}

func (c *Client) createUser(ctx context.Context, as contract.As, a contract.UserCreate) (contract.User, error) {
	u, err := c.user(ctx, as, a.Org, a.Person, http.MethodPost, path("organisations", a.Org, "users"),
		map[string]any{"person": a.Person, "name": a.Name, "mail": a.Email, "roles": list(a.Roles), "password": a.Password})
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.passwords[a.Org+"/"+a.Person], c.staff[a.Org+"/"+a.Person] = a.Password, true
	}
	return u, err
}

func (c *Client) setRoles(ctx context.Context, as contract.As, a contract.UserRoles) (contract.User, error) {
	return c.user(ctx, as, a.Org, a.Person, http.MethodPut, path("organisations", a.Org, "users", a.Person, "roles"), map[string]any{"roles": list(a.Roles)})
}

func (c *Client) revokeUser(ctx context.Context, as contract.As, a contract.UserRevoke) (contract.User, error) {
	return c.user(ctx, as, a.Org, a.Person, http.MethodDelete, path("organisations", a.Org, "users", a.Person), nil)
}

func (c *Client) listUsers(ctx context.Context, as contract.As, a contract.UserList) (contract.UserListResult, error) {
	var l struct {
		Items []userOut `json:"items"`
	}
	err := c.do(ctx, as, http.MethodGet, path("organisations", a.Org, "users"), nil, &l)
	out := contract.UserListResult{Users: []contract.User{}}
	for _, u := range l.Items {
		out.Users = append(out.Users, u.contract())
	}
	return out, err
}

// powerOut is a power of attorney as the API shows it.
type powerOut struct {
	Number  string          `json:"number"`
	Tenant  string          `json:"tenant"`
	Holder  string          `json:"holder"`
	Roles   []contract.Role `json:"roles"`
	Purpose string          `json:"purpose"`
	From    time.Time       `json:"from"`
	Until   time.Time       `json:"until"`
	State   string          `json:"state"`
}

func (p powerOut) contract() contract.PowerOfAttorney {
	return contract.PowerOfAttorney{PowerOfAttorney: p.Number, Tenant: p.Tenant, Holder: p.Holder, Roles: list(p.Roles), From: p.From, Until: p.Until, Purpose: p.Purpose, State: p.State}
}

func (c *Client) grantPower(ctx context.Context, as contract.As, a contract.PowerOfAttorneyGrant) (contract.PowerOfAttorney, error) {
	body := map[string]any{"holder": a.Holder, "roles": list(a.Roles), "purpose": a.Purpose, "from": instant(a.From)}
	for key, value := range map[string]string{"until": instant(a.Until), "document": a.Document} {
		if value != "" {
			body[key] = value
		}
	}
	var p powerOut
	as, err := c.ground(ctx, as, a.Tenant, a.Tenant, "users")
	if err == nil {
		err = c.do(ctx, as, http.MethodPost, path("tenants", a.Tenant, "powers-of-attorney"), body, &p)
	}
	return p.contract(), err
}

func (c *Client) revokePower(ctx context.Context, as contract.As, a contract.PowerOfAttorneyRevoke) (contract.PowerOfAttorney, error) {
	var p powerOut
	err := c.do(ctx, as, http.MethodDelete, path("powers-of-attorney", a.PowerOfAttorney), nil, &p)
	return p.contract(), err
}

func (c *Client) listPowers(ctx context.Context, as contract.As, a contract.PowerOfAttorneyList) (contract.PowerOfAttorneyListResult, error) {
	var l struct {
		Items []powerOut `json:"items"`
	}
	err := c.do(ctx, as, http.MethodGet, path("tenants", a.Tenant, "powers-of-attorney"), nil, &l)
	out := contract.PowerOfAttorneyListResult{Powers: []contract.PowerOfAttorney{}}
	for _, p := range l.Items {
		out.Powers = append(out.Powers, p.contract())
	}
	return out, err
}

func (c *Client) openSession(ctx context.Context, _ contract.As, a contract.SessionOpen) (contract.SessionOpenResult, error) {
	s, err := c.signIn(ctx, a.Org, a.Person, a.Password)
	if err != nil {
		return contract.SessionOpenResult{}, err
	}
	until, err := time.Parse(time.RFC3339, s.Session.Expires)
	c.mu.Lock()
	defer c.mu.Unlock()
	handle := fmt.Sprintf("s-%d", len(c.handles)+1)
	c.handles[handle] = s.Token
	return contract.SessionOpenResult{Session: handle, Roles: list(s.Session.Roles), Tenants: list(s.Session.Tenants), Until: until}, err
}

func (c *Client) closeSession(ctx context.Context, as contract.As, a contract.SessionClose) (contract.Nothing, error) {
	c.mu.Lock()
	token := c.handles[a.Session]
	c.mu.Unlock()
	answer, err := c.send(ctx, contract.As{Org: as.Org}, token, http.MethodDelete, path("sessions", "current"), "", nil)
	if err != nil || answer.status == http.StatusUnauthorized { // it has ended already
		return contract.Nothing{}, err
	}
	return contract.Nothing{}, answer.judge(nil)
}

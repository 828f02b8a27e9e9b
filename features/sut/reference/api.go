package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driverkit"
)

// path joins segments, each of which may hold anything that a person can type.
func path(segments ...string) string {
	var b strings.Builder
	b.WriteString("/v1")
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	return b.String()
}

// problem is the gateway's no.
type problem struct {
	Title    string `json:"title"`
	Detail   string `json:"detail"`
	Rule     string `json:"rule"`
	Fix      string `json:"fix"`
	WhoFixes string `json:"who_fixes"`
	Field    string `json:"field"`
}

// refusal is the problem in the contract's words.
func (p problem) refusal() error {
	reason := p.Detail
	if p.Field != "" {
		reason = p.Field + ": " + reason
	}
	if p.Fix != "" {
		reason += "; " + p.Fix
	}
	return driverkit.Refuse(p.Rule, reason, contract.Fixer(p.WhoFixes))
}

// answer is what the API said.
type answer struct {
	status int
	text   []byte
}

// maxAnswer bounds an answer in octets; the largest are audit logs.
const maxAnswer = 16 << 20

// send sends one request.
func (c *Client) send(ctx context.Context, as contract.As, token, method, target, contentType string, body []byte) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, "https://"+c.o.Name+target, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if body != nil {
		r.Header.Set("Content-Type", contentType)
	}
	for name, value := range map[string]string{"Acting-Role": string(as.Role), "Power-Of-Attorney": as.PowerOfAttorney, "Change-Request": as.CR, "Written-Order": as.Order} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := c.way(as.Org).Do(r)
	if err != nil {
		return answer{}, err
	}
	defer a.Body.Close() //nolint:errcheck // what was read counts
	text, err := io.ReadAll(io.LimitReader(a.Body, maxAnswer))
	return answer{a.StatusCode, text}, err
}

// judge tells done, refused and failed apart, and decodes a result.
func (a answer) judge(result any) error {
	switch {
	case a.status < 300 && (result == nil || len(a.text) == 0):
		return nil
	case a.status < 300:
		return json.Unmarshal(a.text, result)
	}
	var p problem
	if err := json.Unmarshal(a.text, &p); err != nil || p.Rule == "" || a.status >= 500 {
		return fmt.Errorf("the gateway answers %d: %.500s", a.status, a.text)
	}
	return p.refusal()
}

// do performs a request in the session of the acting person; a session that has ended is opened again.
func (c *Client) do(ctx context.Context, as contract.As, method, target string, body, result any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	a, err := c.inSession(ctx, as, method, target, "application/json", text)
	if err != nil {
		return err
	}
	return a.judge(result)
}

func (c *Client) inSession(ctx context.Context, as contract.As, method, target, contentType string, body []byte) (answer, error) {
	if err := c.know(ctx, as); err != nil {
		return answer{}, err
	}
	for again := false; ; again = true {
		token, err := c.session(ctx, as, again)
		if err != nil {
			return answer{}, err
		}
		a, err := c.send(ctx, as, token, method, target, contentType, body)
		if err != nil || a.status != http.StatusUnauthorized || again {
			return a, err
		}
	}
}

// session is the token of the person's session, opened when there is none or a new one is wanted.
func (c *Client) session(ctx context.Context, as contract.As, fresh bool) (string, error) {
	key := as.Org + "/" + as.Person
	c.mu.Lock()
	token, secret := c.tokens[key], c.passwords[key]
	c.mu.Unlock()
	if token != "" && !fresh {
		return token, nil
	}
	if secret == "" {
		secret = contract.Password(c.o.Secret, as.Org, as.Person)
	}
	s, err := c.signIn(ctx, as.Org, as.Person, secret)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tokens[key] = s.Token
	return s.Token, err
}

// newSession is the answer to a sign-in.
type newSession struct {
	Token   string `json:"token"`
	Session struct {
		Roles   []contract.Role `json:"roles"`
		Tenants []string        `json:"tenants"`
		Expires string          `json:"expires"`
	} `json:"session"`
}

func (c *Client) signIn(ctx context.Context, org, person, secret string) (s newSession, err error) {
	text, err := json.Marshal(map[string]string{"organisation": org, "person": person, "password": secret})
	if err != nil {
		return s, err
	}
	a, err := c.send(ctx, contract.As{Org: org}, "", http.MethodPost, path("sessions"), "application/json", text)
	if err != nil {
		return s, err
	}
	return s, a.judge(&s)
}

// know makes sure that a person of the operator or of KDN GmbH exists: the contract has these people from the
// beginning. The tenants' people are made by operations of the contract.
func (c *Client) know(ctx context.Context, as contract.As) error {
	if as.Org != contract.Operator && as.Org != contract.KDNGmbH || as.Person == Administrator {
		return nil
	}
	key := as.Org + "/" + as.Person
	c.mu.Lock()
	known := c.staff[key]
	c.mu.Unlock()
	if known {
		return nil
	}
	roles := []contract.Role{}
	if as.Org == contract.Operator {
		roles = append(roles, as.Role)
	}
	bench, err := c.ground(ctx, contract.Bench, "", as.Person, "users")
	if err != nil {
		return err
	}
	err = c.do(ctx, bench, http.MethodPost, path("organisations", as.Org, "users"), map[string]any{"person": as.Person, "name": as.Person,
		"roles": roles, "password": contract.Password(c.o.Secret, as.Org, as.Person)}, nil)
	if _, refused := err.(*driverkit.Refusal); err != nil && !refused { // who is there already, by a scenario or an earlier life of the client, is fine
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.staff[key] = true
	return nil
}

// ground gives the bench, which sets the world up without one, a change request. Everybody else has the grounds that
// he names.
func (c *Client) ground(ctx context.Context, as contract.As, tenant, object, kind string) (contract.As, error) {
	if as.Person != Administrator || as.Org != contract.Operator || as.CR != "" {
		return as, nil
	}
	var q struct {
		Number string `json:"number"`
	}
	body := map[string]string{"service": "Land- De-Mail Gateway", "object": object, "kind": kind, "description": "set-up of the bench"}
	if tenant != "" {
		body["tenant"] = tenant
	}
	err := c.do(ctx, as, http.MethodPost, path("change-requests"), body, &q)
	as.CR = q.Number
	return as, err
}

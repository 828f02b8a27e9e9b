package actors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/goccy/go-yaml"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/order"
	"demailbench/sim/dmda/portal"
)

// OrderAccount hands the order sheet of an authority to the provider: main domain, initial mailbox, SID as operator.
// When admin is an office, it is named as administrator who may activate (S1-099, S1-162). The error is a *Returned when the
// provider sends the sheet back.
func (c *Cast) OrderAccount(a *Authority, admin string) error {
	s := order.Template()
	s.Signed, s.OrderedBy, s.Holder, s.LegalForm = true, Representative, a.Name, "Körperschaft des öffentlichen Rechts"
	s.MainDomain, s.Mailbox, s.Reason, s.Gateway, s.Malware = a.MainDomain, a.Mapping[0].DeMail, "erlassende Behörde (S1-095)", true, true
	s.Representatives = []order.Person{{ID: Representative, Address: a.Name + ", Rathaus"}}
	fields := map[string]string{"holder": s.Holder, "main_domain": s.MainDomain, "mailbox": s.Mailbox, "itsp": s.ITSP.Name + " " + s.ITSP.Number, "signed_by": Representative}
	if admin != "" {
		s.Administrators = []order.Person{{ID: admin, Address: "Dresden, " + admin, Activates: true}}
		fields["administrator"] = admin
	}
	d, err := c.Hand(Document{Kind: OrderSheet, From: a.ID, To: DMDA, Tenant: a.ID, Fields: fields})
	if err != nil {
		return err
	}
	text, err := yaml.Marshal(s)
	if err != nil {
		return fmt.Errorf("actors: order sheet: %w", err)
	}
	var taken portal.Taken
	if err := c.staff(http.MethodPost, "/orders/"+url.PathEscape(a.ID), text, &taken); err != nil {
		return err
	}
	if !taken.Opened {
		return &Returned{d, taken.Findings}
	}
	return c.step(a.ID, "register", portal.Step{})
}

// IdentifyAndEnable lets the provider identify the representative in person and enable the account (S1-104 to S1-108).
func (c *Cast) IdentifyAndEnable(a *Authority) error {
	if err := c.step(a.ID, "identify", portal.Step{Person: Representative, Place: a.Name, Agent: "T-Systems"}); err != nil {
		return err
	}
	return c.step(a.ID, "enable", portal.Step{})
}

// Activate signs in at the portal and activates an account (S1-109, S1-110).
func (c *Cast) Activate(id, person string) error {
	return c.portal(id, person, http.MethodPost, "/account/activation", nil, nil)
}

// AddMailbox opens a mailbox in an account (S1-122), AddSubdomain a subdomain (S1-123).
func (c *Cast) AddMailbox(id, person, address string) error {
	return c.portal(id, person, http.MethodPost, "/account/mailboxes", portal.Name{Name: address}, nil)
}

// AddSubdomain opens a subdomain, which brings its mailbox "info" along (S1-183).
func (c *Cast) AddSubdomain(id, person, name string) error {
	return c.portal(id, person, http.MethodPost, "/account/subdomains", portal.Name{Name: name}, nil)
}

// Settings is an account as one of its persons sees it.
func (c *Cast) Settings(id, person string) (s portal.Settings, err error) {
	return s, c.portal(id, person, http.MethodGet, "/account", nil, &s)
}

// EndContract lets the provider end the contract of an account; with release its domains are free at once (S0-059,
// S1-019).
func (c *Cast) EndContract(id, reason string, release bool) error {
	return c.step(id, "end", portal.Step{Reason: reason, Release: release})
}

// BindAccount lets the provider bind an account to the operator with that number, or to none (S0-016).
func (c *Cast) BindAccount(id, itsp string) error {
	return c.step(id, "bind", portal.Step{ITSP: itsp})
}

func (c *Cast) step(id, step string, v portal.Step) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("actors: %w", err)
	}
	return c.staff(http.MethodPost, "/accounts/"+url.PathEscape(id)+"/"+step, text, nil)
}

// staff asks the provider's own people.
func (c *Cast) staff(method, path string, body []byte, result any) error {
	return c.ask(c.cfg.Staff, method, path, c.cfg.StaffKey, body, result)
}

// portal does one thing in a session of a person at level high.
func (c *Cast) portal(id, person, method, path string, body, result any) error {
	in := portal.SignIn{Account: id, Person: person, Level: demail.LevelHigh, Password: id + "-" + person, Code: c.cfg.Code(id, person)}
	text, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("actors: %w", err)
	}
	var s portal.Session
	if err := c.ask(c.cfg.Portal, http.MethodPost, "/session", "", text, &s); err != nil {
		return err
	}
	text = nil
	if body != nil {
		if text, err = json.Marshal(body); err != nil {
			return fmt.Errorf("actors: %w", err)
		}
	}
	if err := c.ask(c.cfg.Portal, method, path, s.Token, text, result); err != nil {
		return err
	}
	return c.ask(c.cfg.Portal, http.MethodDelete, "/session", s.Token, nil, nil)
}

// Denied is the provider's no.
type Denied struct{ Problem portal.Problem }

// Error is the provider's sentence.
func (d *Denied) Error() string {
	return fmt.Sprintf("the DMDA refuses (%d %s): %s", d.Problem.Status, d.Problem.Rule, d.Problem.Error)
}

// ask sends one request and decodes its answer.
func (c *Cast) ask(web http.RoundTripper, method, path, token string, body []byte, result any) error {
	r, err := http.NewRequest(method, "https://portal"+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("actors: %w", err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := web.RoundTrip(r)
	if err != nil {
		return fmt.Errorf("actors: portal: %w", err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		return fmt.Errorf("actors: portal: %w", err)
	}
	if a.StatusCode >= 300 {
		no := &Denied{portal.Problem{Status: a.StatusCode}}
		if err := json.Unmarshal(text, &no.Problem); err != nil {
			return fmt.Errorf("actors: portal answers %d: %w", a.StatusCode, err)
		}
		return no
	}
	if result == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, result)
}

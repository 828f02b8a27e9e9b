package portal

import (
	"io"
	"net/http"

	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/order"
)

// StaffHandler is the API of the provider's own staff, for a listener of its own.
func (p *Portal) StaffHandler() http.Handler {
	return p.mux([]route{
		{"GET /accounts", p.accounts},
		{"POST /orders/{id}", p.order},
		{"POST /accounts/{id}/{step}", p.step},
		{"GET /history", p.history},
		{"POST /notifications", p.notify},
		{"POST /blocks/{what}/{name}", p.block},
	}, p.staff)
}

// Line is an account in the staff's list.
type Line struct {
	ID     string        `json:"id"`
	Holder string        `json:"holder"`
	State  account.State `json:"state"`
	ITSP   string        `json:"itsp"`
	Used   int64         `json:"used"`
}

func (p *Portal) accounts(*http.Request) (any, error) {
	out := []Line{}
	for _, a := range p.cfg.Provider.Accounts().Accounts() {
		out = append(out, Line{ID: a.ID, Holder: a.Holder, State: a.State, ITSP: a.ITSP, Used: p.cfg.Provider.Used(a.ID)})
	}
	return out, nil
}

func (p *Portal) do(what string, do func(d *account.Directory, by account.Actor) error) error {
	return p.cfg.Provider.Change(account.ProviderStaff, what, do)
}

// Taken answers an order: the findings, and whether the account was opened.
type Taken struct {
	Opened   bool     `json:"opened"`
	Findings []string `json:"findings"`
}

// order takes an order sheet in YAML.
func (p *Portal) order(r *http.Request) (any, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	sheet, err := order.Parse("order sheet", text)
	if err != nil {
		return nil, err
	}
	findings := sheet.Check(p.cfg.Provider.Suffixes()...)
	out := Taken{Findings: []string{}}
	for _, f := range findings {
		out.Findings = append(out.Findings, f.String())
	}
	if !order.Complete(findings) {
		return out, nil
	}
	err = p.do("order of "+r.PathValue("id"), func(d *account.Directory, by account.Actor) error {
		return d.Open(sheet.Account(r.PathValue("id"), func(itsp string) bool { _, ok := d.Operator(itsp); return ok }), by)
	})
	out.Opened = err == nil
	return out, err
}

// Step is the request of a step; which fields count depends on the step.
type Step struct {
	Reason string `json:"reason"`
	// Person, Place and Agent are of an identification; Person of a lost token and of a request for support too.
	Person string `json:"person"`
	Place  string `json:"place"`
	Agent  string `json:"agent"`
	// Release gives the domains free at once when a contract ends (S0-059).
	Release bool `json:"release"`
	// Octets is the storage for "storage".
	Octets int64 `json:"octets"`
	// ITSP is the number of the operator for "bind", On is for "gateway".
	ITSP string `json:"itsp"`
	On   bool   `json:"on"`
}

func (p *Portal) step(r *http.Request) (any, error) {
	v, err := read[Step](r)
	if err != nil {
		return nil, err
	}
	id, step := r.PathValue("id"), r.PathValue("step")
	var letters []account.Letter
	err = p.do(step+" "+id, func(d *account.Directory, by account.Actor) (err error) {
		switch step {
		case "register":
			return d.Register(id, by)
		case "identify":
			return d.Identify(id, v.Person, v.Place, v.Agent, by)
		case "enable":
			letters, err = d.Enable(id, by)
			return err
		case "block":
			return d.Block(id, v.Reason, by)
		case "unblock":
			return d.Unblock(id, by)
		case "restrict":
			return d.Restrict(id, v.Reason, by)
		case "lose-token":
			return d.LoseToken(id, v.Person, by)
		case "end":
			return d.End(id, v.Reason, v.Release, by)
		case "announce":
			return d.Announce(id, by)
		case "dissolve":
			return d.Dissolve(id, by)
		case "support": // the hotline for large customers: a request of Person is served or not (S1-100)
			return d.Supports(id, account.Actor{Person: v.Person, At: by.At})
		case "storage":
			return d.SetQuota(id, v.Octets)
		case "bind":
			return d.Bind(id, v.ITSP)
		case "gateway":
			return d.SetGateway(id, v.On)
		}
		return &failure{status: http.StatusNotFound, text: "unknown step " + step}
	})
	if letters == nil {
		return nil, err
	}
	return letters, err
}

func (p *Portal) history(r *http.Request) (any, error) {
	return p.cfg.Provider.Accounts().History(r.URL.Query().Get("account")), nil
}

// Notification is the request of a notification of the provider to an account holder.
type Notification struct {
	To      string `json:"to"`
	Type    string `json:"type"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

func (p *Portal) notify(r *http.Request) (any, error) {
	v, err := read[Notification](r)
	if err != nil {
		return nil, err
	}
	return nil, p.cfg.Provider.Notify(v.To, v.Type, v.Subject, v.Text)
}

// block is the blocking hotline for certificates and gateways (S1-056).
func (p *Portal) block(r *http.Request) (any, error) {
	v, err := read[Step](r)
	if err != nil {
		return nil, err
	}
	name := r.PathValue("name")
	switch r.PathValue("what") {
	case "certificate":
		p.cfg.Provider.BlockCertificate(name, v.Reason)
	case "operator":
		p.cfg.Provider.BlockOperator(name, v.Reason)
	case "account":
		p.cfg.Provider.BlockLink(name, v.Reason)
	default:
		return nil, &failure{status: http.StatusNotFound, text: "certificate, operator or account"}
	}
	return nil, nil
}

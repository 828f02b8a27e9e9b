// Package cast lets the people of the processes (sim/actors) act in a scenario's world: at its gateway by operations
// of the contract, whose answers are in the record, and at its provider by the portal.
//
// It leaves out who these people are and what they do step by step (sim/actors), and every judgement.
package cast

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"demailbench/features/sut/contract"
	"demailbench/sim/actors"
	"demailbench/sim/clock"
	"demailbench/sim/lab"
	"demailbench/sim/record"
)

// Options say in which world. All are required.
type Options struct {
	// Administer does an operation at the gateway; Done notes that the last one must have been done, and its error
	// says that it was not.
	Administer func(as contract.As, operation string, args any) (json.RawMessage, *contract.Refusal, error)
	Done       func() error
	// Tenant is a tenant of the plan, newcomers too.
	Tenant func(id string) (*lab.Tenant, error)
	// Portal and Staff are the ways to the provider's web access and to its staff's, StaffKey opens the latter, and
	// Code is the next one-time code of a person's token.
	Portal, Staff http.RoundTripper
	StaffKey      string
	Code          func(account, person string) string
	Clock         clock.Clock
	Record        *record.Record
}

// Company are the people of one world.
type Company struct {
	*actors.Cast
	o Options
	// made are the roles of persons that the scenario made.
	made map[string]string
}

// New returns a company.
func New(o Options) *Company {
	c := &Company{o: o, made: map[string]string{}}
	c.Cast = actors.New(actors.Config{Frontend: frontend{o}, Portal: o.Portal, Staff: o.Staff, StaffKey: o.StaffKey, Code: o.Code,
		Clock: o.Clock, Record: o.Record})
	return c
}

// frontend is the gateway's administration as the actors know it.
type frontend struct{ o Options }

// Perform implements actors.Frontend.
func (f frontend) Perform(a actors.Act) (actors.Answer, error) {
	as := contract.As{Person: a.Person, Role: contract.Role(a.Role), Org: a.Organisation, PowerOfAttorney: a.PowerOfAttorney, Order: a.Order, CR: a.ChangeRequest}
	if a.Args == nil {
		a.Args = map[string]any{}
	}
	result, refusal, err := f.o.Administer(as, a.Operation, a.Args)
	if err == nil && a.Must {
		err = f.o.Done()
	}
	if err != nil {
		return actors.Answer{}, err
	}
	if refusal != nil {
		return actors.Answer{Refused: true, Rule: refusal.Rule, Reason: refusal.Reason}, nil
	}
	return actors.Answer{Data: result}, nil
}

// on calls f for an authority.
func (c *Company) on(id string, f func(a *actors.Authority) error) error {
	t, err := c.o.Tenant(id)
	if err != nil {
		return err
	}
	a := &actors.Authority{ID: t.ID, Name: t.Name, State: t.Network == "svn", MailServer: t.MailServer, Transport: t.Transport,
		MailDomains: t.MailDomains, MainDomain: t.Domains[0].Name, TechnicalContact: t.TechnicalContact}
	for _, n := range t.Networks {
		a.Networks = append(a.Networks, n.String())
	}
	for _, p := range t.Mapping {
		a.Mapping = append(a.Mapping, actors.Pair{Mail: p.Mail, DeMail: p.DeMail})
	}
	return f(a)
}

// denied makes sure that the provider denied what somebody tried at its portal, and that the record says so.
func (c *Company) denied(who, what string, err error) error {
	var no *actors.Denied
	switch {
	case err == nil:
		return fmt.Errorf("the DMDA let %s %s; it must not", who, what)
	case !errors.As(err, &no):
		return err
	}
	c.o.Record.Add(record.Event{Who: "dmda", Kind: record.Action, Name: "denied at the portal", Detail: fmt.Sprintf("%s tried to %s: %v", who, what, no)})
	return nil
}

// sentBack makes sure that a paper was sent back because a field is missing.
func sentBack(field string, err error) error {
	var no *actors.Returned
	if err == nil || !errors.As(err, &no) || len(no.Missing) == 0 || no.Missing[0] != field {
		return fmt.Errorf("the paper without %s was to be sent back; what happened: %v", field, err)
	}
	return nil
}

// Prepared opens the account of an authority, with an office as its administrator (who, "" for nobody), has it
// activated and enrols it, with administrators of its own. An empty direction is not stated.
func (c *Company) Prepared(id, who, direction string) error {
	return c.on(id, func(a *actors.Authority) error {
		err := first(
			func() error { return c.Cast.OrderAccount(a, persons[who]) },
			func() error { return c.Cast.IdentifyAndEnable(a) },
			func() error { return c.Cast.Activate(a.ID, actors.Representative) },
			func() error { return c.Cast.AcceptTerms(a) },
			func() error { return c.Cast.OrderCommissioning(a, direction) })
		if direction == "" {
			err = sentBack("direction", err)
		}
		if err != nil {
			return err
		}
		return first(func() error { return c.Cast.Enrol(a) }, func() error { return c.GiveAdministrators(a.ID) })
	})
}

// Established is Prepared for both directions; then the own administrators commission the gateway.
func (c *Company) Established(id, who string) error {
	if err := c.Prepared(id, who, "both"); err != nil {
		return err
	}
	return c.on(id, func(a *actors.Authority) error {
		return first(
			func() error { return c.Cast.Commission(a, c.ByTenant(a.ID)) },
			func() error { return c.EndCommissioning(a.ID) },
			func() error { return c.Cast.Announce(a) })
	})
}

// first does one thing after the other until one fails.
func first(steps ...func() error) error {
	for _, do := range steps {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

package vendor

import (
	"context"
	"fmt"
	"slices"

	"demailbench/features/sut"
	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/protocol"
)

// bring lets the driver bring the gateway to where it serves s: reset at first, started again over its data later.
func (a *Adapter) bring(ctx context.Context, r *running, s sut.Setup, again bool) error {
	declared := r.driver.Hello().Capabilities
	if wrong := a.sut.Contradictions(declared); len(wrong) > 0 {
		return fmt.Errorf("sut.yaml and driver contradict each other: %s; correct one of the two", wrong[0])
	}
	first := contract.Args(contract.Reset{})
	switch {
	case again && a.outlived.Load():
		first = contract.NodeKill{} // which starts it again
	case again:
		first = contract.NodeRestart{}
	}
	a.outlived.Store(false)
	if !slices.Contains(declared, first.Operation()) {
		return &sut.Unreliable{Err: fmt.Errorf("driver: it does not declare %s, without which the bench cannot start the gateway; add it, see features/sut/driver/PROTOCOL.md", first.Operation())}
	}
	todo := []contract.Args{first}
	if slices.Contains(declared, contract.TenantEnrol{}.Operation()) {
		todo = append(todo, changes(a.served, s)...)
	}
	for _, args := range todo {
		if err := r.ask(ctx, args); err != nil {
			return err
		}
	}
	return nil
}

// ask lets the driver carry out one operation of the set-up. A gateway that refuses it cannot be judged.
func (r *running) ask(ctx context.Context, args contract.Args) error {
	o, err := driver.Call(ctx, r.driver, contract.Bench, args, nil)
	switch {
	case err != nil:
		return unreliable(ctx, r.p, args.Operation(), err)
	case o.Status == protocol.Refused:
		return fmt.Errorf("%s, which sets the world up, is %s; give the bench a person who may (as.person is %q)", args.Operation(), o.Refusal, contract.Bench.Person)
	case o.Status == protocol.Unsupported:
		return fmt.Errorf("%s, which sets the world up, is unsupported (%s); let the driver take the tenants from the file in DEMAILBENCH_PLACE instead, and not declare tenant.enrol",
			args.Operation(), o.Reason)
	}
	return nil
}

// changes are the operations that make a gateway that serves old serve next. What the contract has no operation
// for is in the place's file only.
func changes(old, next sut.Setup) (todo []contract.Args) {
	had := map[string]sut.Tenant{}
	for _, t := range old.Tenants {
		had[t.ID] = t
	}
	for _, t := range next.Tenants {
		before, enrolled := had[t.ID]
		if !enrolled {
			todo = append(todo, enrolment(t))
		}
		todo = append(todo, domains(before, t)...)
		todo = append(todo, mapping(before, t)...)
	}
	return todo
}

// enrolment has all that an order sheet names (S0-018, S0-073, S0-074). The administrators are roles, as persons are.
func enrolment(t sut.Tenant) contract.Args {
	owner := t.ProcessOwner
	if owner == "" {
		owner = t.TechnicalContact
	}
	e := contract.TenantEnrol{Tenant: t.ID, Name: t.Name, Kind: t.Kind, Transport: t.Transport, MailDomains: t.MailDomains,
		TechnicalContact:       &contract.Contact{Authority: t.Name, Person: "technischer Ansprechpartner", Email: t.TechnicalContact},
		ProcessOwner:           &contract.Contact{Authority: t.Name, Person: "Verfahrensverantwortlicher", Email: owner},
		TechnicalAdministrator: t.ID + "-" + string(contract.TechnischerAdmin), AccountAdministrator: t.ID + "-" + string(contract.AccountAdmin)}
	for _, n := range t.Networks {
		e.Networks = append(e.Networks, n.String())
	}
	return e
}

// domains binds new domains and changes the others; the rule for unmapped addresses comes after, as it may name a
// mailbox of the domain.
func domains(before, t sut.Tenant) (todo []contract.Args) {
	for _, d := range t.Domains {
		i := slices.IndexFunc(before.Domains, func(b sut.Domain) bool { return b.Name == d.Name })
		was := sut.Domain{}
		switch {
		case i < 0:
			todo = append(todo, contract.DomainBind{Tenant: t.ID, Domain: d.Name, Direction: d.Direction})
		default:
			if was = before.Domains[i]; was.Direction != d.Direction {
				todo = append(todo, contract.DomainDirection{Tenant: t.ID, Domain: d.Name, Direction: d.Direction})
			}
		}
		switch {
		case d.CatchAll != was.CatchAll && d.CatchAll != "":
			todo = append(todo, contract.CatchallSet{Tenant: t.ID, Domain: d.Name, Address: d.CatchAll})
		case d.CatchAll != was.CatchAll:
			todo = append(todo, contract.CatchallClear{Tenant: t.ID, Domain: d.Name})
		}
		switch {
		case d.BounceAll == was.BounceAll && d.BounceSender == was.BounceSender:
		case d.BounceAll != "":
			todo = append(todo, contract.BounceallSet{Tenant: t.ID, Domain: d.Name, Form: d.BounceAll, From: d.BounceSender})
		default:
			todo = append(todo, contract.BounceallClear{Tenant: t.ID, Domain: d.Name})
		}
	}
	return todo
}

func mapping(before, t sut.Tenant) (todo []contract.Args) {
	for _, p := range before.Mapping {
		if !slices.Contains(t.Mapping, p) {
			todo = append(todo, contract.MappingDelete{Tenant: t.ID, Mail: p.Mail, DeMail: p.DeMail})
		}
	}
	for _, p := range t.Mapping {
		if !slices.Contains(before.Mapping, p) {
			todo = append(todo, contract.MappingPut{Tenant: t.ID, Mail: p.Mail, DeMail: p.DeMail})
		}
	}
	return todo
}

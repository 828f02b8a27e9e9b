package office

import (
	"time"

	"demailbench/features/check"
	"demailbench/features/sut/contract"
)

// Actor is who acts, in the words of a feature: "User Admin" of "annaberg", "the operator" or "KDN GmbH", on the
// papers with these names.
type Actor struct{ Name, Role, Org, PowerOfAttorney, ChangeRequest, Order string }

// as is who acts, in the contract's words. A tenant's person who is not there yet is enrolled first.
func (f *Office) as(by Actor) (contract.As, error) {
	role, err := Role(by.Role)
	if err != nil {
		return contract.As{}, err
	}
	as := Person(by.Name, role, Org(by.Org))
	if err := f.Enrol(as); err != nil {
		return as, err
	}
	for _, p := range []struct {
		name string
		to   *string
	}{{by.PowerOfAttorney, &as.PowerOfAttorney}, {by.ChangeRequest, &as.CR}, {by.Order, &as.Order}} {
		if p.name == "" {
			continue
		}
		if *p.to, err = f.Paper(p.name); err != nil {
			return as, err
		}
	}
	return as, nil
}

// Does lets somebody do an operation; rows are its arguments, as Form wants them.
func (f *Office) Does(by Actor, operation string, rows [][2]string) error {
	as, err := f.as(by)
	if err != nil {
		return f.Asked(err)
	}
	args, err := f.Form(operation, rows)
	if err == nil {
		_, err = f.Do(as, operation, args)
	}
	return err
}

// Enrolled makes sure that there is such a person.
func (f *Office) Enrolled(by Actor) error {
	_, err := f.as(by)
	return f.Asked(err)
}

// Ended notes how the last operation is expected to have ended: deed.Done, or deed.Refusal by a rule, which may be
// empty.
func (f *Office) Ended(how, rule string) error {
	return f.o.Note(check.Expectation{Kind: check.Operated, Name: f.Last().Number, Text: how, Rule: rule})
}

// AnswerSays notes what the answer to the last operation is expected to say, "path=value".
func (f *Office) AnswerSays(values []string) error {
	return f.o.Note(check.Expectation{Kind: check.Answered, Name: f.Last().Number, Contains: values})
}

// AnswerLists notes items that the list in the answer to the last operation is expected to have, or not to have:
// JSON objects of paths and values.
func (f *Office) AnswerLists(has, not []string) error {
	return f.o.Note(check.Expectation{Kind: check.Listed, Name: f.Last().Number, Contains: has, Not: not})
}

// Audited lets the operator read the audit log of a tenant, or the operator's own for "the operator", and notes
// that it says who did the last operation by which right.
func (f *Office) Audited(org string) error {
	last := f.Last()
	q := contract.AuditQuery{Person: last.As.Person, OperationName: last.Name}
	if tenant := Org(org); tenant != contract.Operator {
		q.Tenant = tenant
	}
	number, err := f.Read(q)
	if err != nil {
		return f.Asked(err)
	}
	return f.o.Note(check.Expectation{Kind: check.Audited, Name: last.Number, Event: number})
}

// FileChangeRequest lets the operator file a change request and keeps its number under a name.
func (f *Office) FileChangeRequest(name, kind, object, tenant string) error {
	number, err := f.ChangeRequest(kind, object, tenant)
	return f.keep(name, number, err)
}

// FileOrder lets the operator file a tenant's written order for d, and keeps its number under a name.
func (f *Office) FileOrder(name, object, tenant string, d time.Duration) error {
	number, err := f.Order(object, tenant, d)
	return f.keep(name, number, err)
}

// FilePower lets a tenant give KDN GmbH a power of attorney for d, 0: without end, and keeps its number under a
// name.
func (f *Office) FilePower(name, tenant, purpose string, d time.Duration, roles ...string) error {
	var in []contract.Role
	for _, words := range roles {
		r, err := Role(words)
		if err != nil {
			return err
		}
		in = append(in, r)
	}
	number, err := f.PowerOfAttorney(tenant, purpose, d, in...)
	return f.keep(name, number, err)
}

func (f *Office) keep(name, number string, err error) error {
	if err != nil {
		return f.Asked(err)
	}
	return f.File(name, number)
}

package office

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"demailbench/features/sut/contract"
)

// roles are the roles as features name them.
var roles = map[string]contract.Role{"Administrator": contract.Administrator, "Support Administrator": contract.SupportAdministrator,
	"User Admin": contract.UserAdmin, "Technischer Admin": contract.TechnischerAdmin, "Account Admin": contract.AccountAdmin}

// Role reads a role as features name it, "User Admin".
func Role(words string) (contract.Role, error) {
	if r, ok := roles[words]; ok {
		return r, nil
	}
	return "", fmt.Errorf("no role %q; use Administrator, Support Administrator, User Admin, Technischer Admin or Account Admin", words)
}

// Org reads an organisation as features name it: "the operator", "KDN GmbH" or a tenant's id.
func Org(words string) string {
	switch words {
	case "the operator":
		return contract.Operator
	case "KDN GmbH":
		return contract.KDNGmbH
	}
	return words
}

// Person is somebody in a role of an organisation. Without a name the role is the name.
func Person(name string, role contract.Role, org string) contract.As {
	if name == "" {
		name = org + "-" + string(role)
	}
	return contract.As{Person: name, Role: role, Org: org}
}

// File keeps the number of a paper under a name; Paper finds it.
func (f *Office) File(name, number string) error {
	if _, ok := f.papers[name]; ok {
		return fmt.Errorf("there is a paper %q already", name)
	}
	f.papers[name] = number
	return nil
}

// numbered are the keys under which answers give the number of what was made.
var numbered = []string{"cr", "order", "power_of_attorney", "session", "backup", "maintenance", "incident", "instance"}

// FileLast keeps the number that the last answer gave.
func (f *Office) FileLast(name string) error {
	var fields map[string]any
	if err := json.Unmarshal(f.Last().Result, &fields); err != nil {
		return fmt.Errorf("%s gave no answer with a number", f.last.Name)
	}
	for _, key := range numbered {
		if n, ok := fields[key].(string); ok {
			return f.File(name, n)
		}
	}
	return fmt.Errorf("the answer to %s has no number; it has %s", f.last.Name, strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
}

// Read lets the operator read an audit log, and returns the number of that operation.
func (f *Office) Read(q contract.AuditQuery) (number string, err error) {
	err = f.Prepare(operator, q, nil)
	return fmt.Sprintf("op-%d", f.count), err
}

// Paper is the number of a paper that was filed under a name.
func (f *Office) Paper(name string) (string, error) {
	if n, ok := f.papers[name]; ok {
		return n, nil
	}
	return "", fmt.Errorf("there is no paper %q; let a step file it first", name)
}

// Password is that of a person of a tenant whom the bench has made.
func (f *Office) Password(org, person string) string {
	return contract.Password(f.o.Secret, org, person)
}

// operator is who files the operator's papers.
var operator = contract.As{Person: "operator-administrator", Role: contract.Administrator, Org: contract.Operator}

// ChangeRequest lets the operator file a change request about something of a tenant, which may be empty, and
// returns its number.
func (f *Office) ChangeRequest(kind, object, tenant string) (string, error) {
	var q contract.ChangeRequest
	err := f.Prepare(operator, contract.ChangeRequestFile{Service: "Land- De-Mail Gateway", Tenant: tenant, Object: object, Kind: kind, Description: "order of the tenant"}, &q)
	return q.CR, err
}

// Order lets the operator file a tenant's written order about something, for d from now, and returns its number.
func (f *Office) Order(object, tenant string, d time.Duration) (string, error) {
	now := f.o.Clock.Now()
	var o contract.WrittenOrder
	err := f.Prepare(operator, contract.WrittenOrderFile{Tenant: tenant, Object: object, From: now, Until: now.Add(d), Reason: "other", SignedBy: "Amtsleitung", Document: "1/2015"}, &o)
	return o.Order, err
}

// Enrol makes a person with roles. The first User Admin of a tenant is made by the operator on a change request
// (S1-139), others by him. The operator's and KDN GmbH's people are there from the beginning.
func (f *Office) Enrol(as contract.As, more ...contract.Role) error {
	if as.Org == contract.Operator || as.Org == contract.KDNGmbH || f.staff[as] {
		return nil
	}
	admin := Person("", contract.UserAdmin, as.Org)
	maker := admin
	if as == admin {
		cr, err := f.ChangeRequest("users", as.Person, as.Org)
		if err != nil {
			return err
		}
		maker = operator
		maker.CR = cr
	} else if err := f.Enrol(admin); err != nil {
		return err
	}
	all := []contract.Role{as.Role}
	for _, r := range more {
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	err := f.Prepare(maker, contract.UserCreate{Org: as.Org, Person: as.Person, Name: strings.ReplaceAll(as.Person, "-", " "), Email: "it@" + as.Org + ".example",
		Roles: all, Password: f.Password(as.Org, as.Person)}, nil)
	f.staff[as] = err == nil
	return err
}

// PowerOfAttorney lets the User Admin of a tenant give KDN GmbH a power of attorney in roles for a purpose, for d
// from now or, when d is 0, without end, and returns its number.
func (f *Office) PowerOfAttorney(tenant, purpose string, d time.Duration, in ...contract.Role) (string, error) {
	admin := Person("", contract.UserAdmin, tenant)
	if err := f.Enrol(admin); err != nil {
		return "", err
	}
	grant := contract.PowerOfAttorneyGrant{Tenant: tenant, Holder: contract.KDNGmbH, Roles: in, From: f.o.Clock.Now(), Purpose: purpose, Document: "Vollmacht"}
	if d > 0 {
		grant.Until = grant.From.Add(d)
	}
	var p contract.PowerOfAttorney
	err := f.Prepare(admin, grant, &p)
	return p.PowerOfAttorney, err
}

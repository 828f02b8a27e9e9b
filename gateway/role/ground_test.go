package role_test

import (
	"strings"
	"testing"
	"time"

	"demailbench/gateway/role"
)

// Powers of attorney (D9): every state of one that would do, and what is close to it.
func TestPowersOfAttorney(t *testing.T) {
	good := power(role.TechnischerAdmin, role.AccountAdmin)
	change := func(f func(*role.PowerOfAttorney)) []role.PowerOfAttorney {
		p := good
		f(&p)
		return []role.PowerOfAttorney{p}
	}
	for _, c := range []struct {
		name   string
		powers []role.PowerOfAttorney
		as     role.Role
		own    []role.Role
		want   string
		reason string
	}{
		{name: "in force", powers: []role.PowerOfAttorney{good}, want: "+S1-149"},
		{name: "missing", want: "-D9", reason: "there is no power of attorney"},
		{name: "of another tenant", powers: change(func(p *role.PowerOfAttorney) { p.Tenant = "pirna" }), want: "-D9", reason: "is not one of this tenant"},
		{name: "for somebody else", powers: change(func(p *role.PowerOfAttorney) { p.Holder = role.Operator }), want: "-D9", reason: "is not one of this tenant"},
		{name: "for another role (S1-169)", powers: change(func(p *role.PowerOfAttorney) { p.Roles = []role.Role{role.UserAdmin} }), want: "-D9", reason: "is for the role user-admin"},
		{name: "revoked", powers: change(func(p *role.PowerOfAttorney) { p.Revoked = true }), want: "-D9", reason: "was revoked"},
		{name: "last instant", powers: change(func(p *role.PowerOfAttorney) { p.Until = at.Add(time.Nanosecond) }), want: "+S1-149"},
		{name: "expired in this instant", powers: change(func(p *role.PowerOfAttorney) { p.Until = at }), want: "-D9", reason: "has ended"},
		{name: "first instant", powers: change(func(p *role.PowerOfAttorney) { p.From = at }), want: "+S1-149"},
		{name: "not yet", powers: change(func(p *role.PowerOfAttorney) { p.From = at.Add(time.Nanosecond) }), want: "-D9", reason: "is not yet in force"},
		{name: "commissioning over (S1-159)", powers: change(func(p *role.PowerOfAttorney) { p.Over = true }), want: "-D9", reason: "has ended"},
		{name: "one of two", powers: append(change(func(p *role.PowerOfAttorney) { p.Revoked = true }), good), want: "+S1-149"},
		{name: "the closest gives the reason", powers: append(change(func(p *role.PowerOfAttorney) { p.Tenant = "pirna" }),
			change(func(p *role.PowerOfAttorney) { p.Until = at })...), want: "-D9", reason: "has ended"},
		{name: "acting in the role", powers: []role.PowerOfAttorney{good}, as: role.AccountAdmin, want: "+S1-149"},
		{name: "acting in another role", powers: []role.PowerOfAttorney{good}, as: role.TechnischerAdmin, want: "-S1-149", reason: "takes the role account-admin"},
		{name: "person may use the role", powers: []role.PowerOfAttorney{good}, own: []role.Role{role.AccountAdmin}, want: "+S1-149"},
		{name: "person may not", powers: []role.PowerOfAttorney{good}, own: []role.Role{role.UserAdmin}, want: "-S1-149", reason: "takes the role account-admin"},
	} {
		a := act(role.MappingPut)
		a.Person = role.Person{Organisation: role.KDNGmbH, Name: "kdn-admin", Roles: c.own}
		a.Powers, a.Role = c.powers, c.as
		d := role.Allowed(a)
		if got := cell(d); got != c.want || !strings.Contains(d.Reason, c.reason) {
			t.Errorf("%s: %s %q, want %s %q", c.name, got, d.Reason, c.want, c.reason)
		}
		if d.OK && (d.PowerOfAttorney != "V-1" || d.Role != role.AccountAdmin) {
			t.Errorf("%s: by %q as %q", c.name, d.PowerOfAttorney, d.Role)
		}
		checkDecision(t, a, d)
	}
	// SID for a state authority, by power of attorney (S1-043).
	a := act(role.MappingPut)
	a.Person = role.Person{Organisation: role.Operator, Name: "x", Roles: []role.Role{role.Administrator}}
	p := good
	p.Holder = role.Operator
	a.Powers = []role.PowerOfAttorney{p}
	if d := role.Allowed(a); !d.OK || d.PowerOfAttorney != "V-1" {
		t.Errorf("SID by power of attorney: %+v", d)
	}
}

// Change requests (D10b).
func TestChangeRequests(t *testing.T) {
	good := role.ChangeRequest{Number: "CR-1", Service: role.Service, Tenant: "annaberg", Object: "poststelle@annaberg.test", Kind: role.Mapping, Open: true}
	for _, c := range []struct {
		name   string
		change func(*role.ChangeRequest)
		want   string
		reason string
	}{
		{"names the object", func(*role.ChangeRequest) {}, "+S1-149", ""},
		{"in another spelling", func(r *role.ChangeRequest) { r.Object = " Poststelle@Annaberg.test" }, "+S1-149", ""},
		{"names its domain", func(r *role.ChangeRequest) { r.Object = "annaberg.de-mail.de" }, "+S1-149", ""},
		{"names the tenant", func(r *role.ChangeRequest) { r.Object = "annaberg" }, "+S1-149", ""},
		{"closed", func(r *role.ChangeRequest) { r.Open = false }, "-D10b", "is closed"},
		{"of another service", func(r *role.ChangeRequest) { r.Service = "Land- E-Mail" }, "-D10b", "is not of service"},
		{"of another tenant", func(r *role.ChangeRequest) { r.Tenant = "pirna" }, "-D10b", "is not about this tenant"},
		{"of no tenant", func(r *role.ChangeRequest) { r.Tenant = "" }, "-D10b", "is not about this tenant"},
		{"about another object", func(r *role.ChangeRequest) { r.Object = "bauamt@annaberg.test" }, "-D10b", "is about"},
		{"about nothing", func(r *role.ChangeRequest) { r.Object = "" }, "-D10b", "is about"},
		{"of another kind", func(r *role.ChangeRequest) { r.Kind = role.Users }, "-D10b", "is about users"},
	} {
		r := good
		c.change(&r)
		a := act(role.MappingPut)
		operator(role.Administrator, false)(&a)
		a.ChangeRequest = &r
		d := role.Allowed(a)
		if got := cell(d); got != c.want || !strings.Contains(d.Reason, c.reason) {
			t.Errorf("%s: %s %q, want %s %q", c.name, got, d.Reason, c.want, c.reason)
		}
		checkDecision(t, a, d)
	}
}

// Account settings (D10a, D10c, S1-162).
func TestAccountSettings(t *testing.T) {
	order := role.Order{Number: "A-1", Tenant: "annaberg", Object: "bau.annaberg.de-mail.de", From: at, Until: at.Add(time.Hour)}
	cr := role.ChangeRequest{Number: "CR-1", Service: role.Service, Tenant: "annaberg", Object: "bau.annaberg.de-mail.de", Kind: role.Account, Open: true}
	for _, c := range []struct {
		name   string
		org    string
		change func(*role.Act)
		want   string
		reason string
	}{
		{"order and change request", role.Operator, func(*role.Act) {}, "+D10a", ""},
		{"no order", role.Operator, func(a *role.Act) { a.Order = nil }, "-S0-062", "without its written order"},
		{"no change request", role.Operator, func(a *role.Act) { a.ChangeRequest = nil }, "-S0-064", "only on a change request"},
		{"order of another tenant", role.Operator, func(a *role.Act) { a.Order.Tenant = "pirna" }, "-S0-062", "is not of this tenant"},
		{"order about something else", role.Operator, func(a *role.Act) { a.Order.Object = "annaberg" }, "-S0-062", "is about"},
		{"order over in this instant", role.Operator, func(a *role.Act) { a.At = a.Order.Until }, "-S0-062", "does not count at this time"},
		{"order not yet", role.Operator, func(a *role.Act) { a.At = a.Order.From.Add(-1) }, "-S0-062", "does not count at this time"},
		{"administrator access of the account (S1-042)", role.Operator, func(a *role.Act) { a.Order, a.ChangeRequest, a.AccountAccess = nil, nil, true }, "+D10c", ""},
		{"KDN GmbH not named", role.KDNGmbH, func(*role.Act) {}, "-S1-162", "is not an administrator"},
		{"KDN GmbH named", role.KDNGmbH, func(a *role.Act) { a.AccountAccess = true }, "+S1-162", ""},
		{"the tenant itself (S0-061)", "annaberg", func(*role.Act) {}, "+S0-062", ""},
	} {
		o, r := order, cr
		a := role.Act{Person: role.Person{Organisation: c.org, Name: "x", Roles: role.Of(c.org)}, Operation: role.AccountChange, Tenant: "annaberg",
			Objects: []string{"bau.annaberg.de-mail.de"}, At: at, Order: &o, ChangeRequest: &r}
		c.change(&a)
		d := role.Allowed(a)
		if got := cell(d); got != c.want || !strings.Contains(d.Reason, c.reason) {
			t.Errorf("%s: %s %q, want %s %q", c.name, got, d.Reason, c.want, c.reason)
		}
		checkDecision(t, a, d)
	}
}

// The platform: no tenant's area.
func TestPlatform(t *testing.T) {
	for _, c := range []struct {
		name string
		who  string
		o    role.Operation
		want string
	}{
		{"a tenant reads the platform's audit log", "user-admin", role.AuditQuery, "-S1-154"},
		{"KDN GmbH reads the platform's audit log", "kdn:user", role.AuditQuery, "-D9"},
		{"the operator does", "support", role.AuditQuery, "+D8"},
		{"Support Administrator makes a person of the operator (S0-035)", "support+cr", role.UserCreate, "-S0-035"},
		{"Administrator makes a person of the operator", "admin+cr", role.UserCreate, "+S1-150"},
		{"without change request", "admin", role.UserCreate, "-D10b"},
		{"a tenant makes a person of the operator", "user-admin", role.UserCreate, "-S1-154"},
		{"somebody does what does not exist", "admin", "gateway.explode", "-D8"},
	} {
		a := act(c.o)
		a.Tenant = ""
		actors[c.who](&a)
		if a.ChangeRequest != nil {
			a.ChangeRequest.Tenant, a.ChangeRequest.Object = "", "annaberg.de-mail.de"
		}
		if d := role.Allowed(a); cell(d) != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, cell(d), d.Reason, c.want)
		}
	}
}

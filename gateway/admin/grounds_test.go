package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/tenant"
)

// API-015 and D10b over the API.
func TestChangeRequests(t *testing.T) {
	o := newOffice(t)
	row := api.Pair{Mail: "x@annaberg.test", Demail: "x@annaberg.de-mail.de"}
	const path = "/v1/tenants/annaberg/mapping"
	o.refused(403, "D10b", "POST", path, row, operatorAdmin)
	o.refused(403, "D10b", "POST", path, row, as{operatorAdmin[0], "Change-Request: CR-99"})
	o.refused(403, "D10b", "POST", path, row, o.cr("pirna", "x@annaberg.test", "mapping"))
	cr := o.cr("annaberg", "x@annaberg.test", "mapping")
	o.call(http.StatusCreated, "POST", path, row, nil, cr)
	number := strings.TrimPrefix(cr[1], "Change-Request: ")
	o.call(http.StatusOK, "PUT", "/v1/change-requests/"+number+"/state", api.Closing{State: "done"}, nil, operatorAdmin)
	o.refused(403, "D10b", "DELETE", path+"/x@annaberg.test", nil, cr)
	o.refused(409, "S0-064", "PUT", "/v1/change-requests/"+number+"/state", api.Closing{State: "rejected"}, operatorAdmin)
	o.refused(422, "S0-065", "POST", "/v1/change-requests", api.NewChangeRequest{Service: "Land- E-Mail", Object: "x", Kind: "users"}, operatorAdmin)
	o.refused(404, "S0-064", "PUT", "/v1/change-requests/CR-99/state", api.Closing{State: "done"}, operatorAdmin)
	var q api.ChangeRequest
	o.call(http.StatusOK, "GET", "/v1/change-requests/"+number, nil, &q, operatorAdmin)
	if q.State != "done" || q.Tenant != "annaberg" {
		t.Errorf("%+v", q)
	}
}

// D10a, S0-062..064 over the API.
func TestInterventions(t *testing.T) {
	o := newOffice(t)
	const path = "/v1/tenants/annaberg/interventions"
	change := api.Intervention{Object: "bau.annaberg.de-mail.de", Change: "first activation of the subdomain"}
	cr := o.cr("annaberg", "bau.annaberg.de-mail.de", "account")
	o.refused(403, "S0-062", "POST", path, change, cr)
	order := api.NewOrder{Object: "bau.annaberg.de-mail.de", From: start, Until: start.Add(time.Hour), Reason: "first-subdomain"}
	o.refused(422, "S0-063", "POST", "/v1/tenants/annaberg/orders", order, operatorAdmin)
	order.SignedBy, order.Document = "Amtsleitung", "Auftrag 2/2015"
	var filed api.Order
	o.call(http.StatusCreated, "POST", "/v1/tenants/annaberg/orders", order, &filed, operatorAdmin)
	o.refused(403, "S0-064", "POST", path, change, as{operatorAdmin[0], "Written-Order: " + filed.Number})
	by := as{cr[0], cr[1], "Written-Order: " + filed.Number}
	o.call(http.StatusCreated, "POST", path, change, nil, by)
	o.refused(403, "S0-062", "POST", path, api.Intervention{Object: "poststelle", Change: "x"}, by)
	o.clock.Advance(29 * time.Minute)
	o.call(http.StatusOK, "GET", "/v1/sessions/current", nil, nil, by)
	o.clock.Advance(29 * time.Minute)
	o.call(http.StatusOK, "GET", "/v1/sessions/current", nil, nil, by)
	o.clock.Advance(2 * time.Minute)
	o.refused(403, "S0-062", "POST", path, change, by)
	var l api.Orders
	o.call(http.StatusOK, "GET", "/v1/tenants/annaberg/orders", nil, &l, operatorAdmin)
	if len(l.Items) != 1 || l.Items[0] != filed {
		t.Errorf("%+v", l)
	}
}

// API-013: powers of attorney over the API, down to the instant, in a session that is open.
func TestPowersOfAttorney(t *testing.T) {
	o := newOffice(t)
	users := o.user("annaberg", "annaberg-users", "user-admin")
	o.user("kdn-gmbh", "kdn-admin")
	o.token("kdn-gmbh/kdn-admin")
	const path = "/v1/tenants/annaberg/powers-of-attorney"
	grant := api.NewPowerOfAttorney{Holder: "kdn-gmbh", Roles: []api.Role{"technischer-admin", "account-admin"}, Purpose: "commissioning", From: start, Until: start.Add(28 * 24 * time.Hour), Document: "Vollmacht"}
	for _, c := range []struct {
		rule   string
		change func(*api.NewPowerOfAttorney)
	}{
		{"S1-159", func(p *api.NewPowerOfAttorney) { p.Until = p.Until.Add(time.Second) }},
		{"S1-159", func(p *api.NewPowerOfAttorney) { p.Until = time.Time{} }},
		{"S1-159", func(p *api.NewPowerOfAttorney) { p.Roles = []api.Role{"user-admin"} }},
		{"S1-167", func(p *api.NewPowerOfAttorney) { p.Document = "" }},
		{"D9", func(p *api.NewPowerOfAttorney) { p.Until = p.From }},
		{"D8", func(p *api.NewPowerOfAttorney) { p.Roles = []api.Role{"administrator"} }},
		{"S1-048", func(p *api.NewPowerOfAttorney) { p.Roles = []api.Role{} }},
		{"S1-048", func(p *api.NewPowerOfAttorney) { p.Holder = "pirna" }},
	} {
		p := grant
		c.change(&p)
		o.refused(422, c.rule, "POST", path, p, users)
	}
	grant.Until = start.Add(20 * time.Minute)
	var p api.PowerOfAttorney
	o.call(http.StatusCreated, "POST", path, grant, &p, users)
	kdn := as{"kdn-gmbh/kdn-admin", "Power-Of-Attorney: " + p.Number}
	add := func(n int) (string, api.Pair) {
		return "/v1/tenants/annaberg/mapping", api.Pair{Mail: fmt.Sprintf("m%d@annaberg.test", n), Demail: "m@annaberg.de-mail.de"}
	}
	route, row := add(1)
	o.call(http.StatusCreated, "POST", route, row, nil, kdn)
	o.refused(403, "D9", "POST", "/v1/tenants/pirna/mapping", api.Pair{Mail: "x@pirna.test", Demail: "x@pirna.de-mail.de"}, kdn)
	o.refused(403, "D9", "POST", route, row, as{kdn[0], "Power-Of-Attorney: V-99"})
	o.refused(403, "D9", "GET", "/v1/organisations/annaberg/users", nil, kdn)
	o.clock.Advance(20*time.Minute - time.Nanosecond)
	_, row = add(2)
	o.call(http.StatusCreated, "POST", route, row, nil, kdn)
	o.clock.Advance(time.Nanosecond)
	_, row = add(3)
	o.refused(403, "D9", "POST", route, row, kdn)
	var s api.Session
	o.call(http.StatusOK, "GET", "/v1/sessions/current", nil, &s, kdn)
	if len(s.Roles)+len(s.Tenants)+len(s.PowersOfAttorney) != 0 {
		t.Errorf("after the end: %+v", s)
	}
	// Unlimited, then revoked; and one that ends with the commissioning.
	number := o.power(time.Time{}, "account-admin")
	o.call(http.StatusCreated, "POST", route, row, nil, as{kdn[0]})
	o.call(http.StatusOK, "DELETE", "/v1/powers-of-attorney/"+number, nil, nil, users)
	_, row = add(4)
	o.refused(403, "D9", "POST", route, row, as{kdn[0]})
	o.refused(403, "S1-154", "DELETE", "/v1/powers-of-attorney/"+number, nil, o.user("pirna", "pirna-users", "user-admin"))
	grant.From, grant.Until = o.clock.Now(), o.clock.Now().Add(24*time.Hour)
	o.call(http.StatusCreated, "POST", path, grant, &p, users)
	o.call(http.StatusCreated, "POST", route, row, nil, as{kdn[0]})
	o.call(http.StatusOK, "DELETE", "/v1/tenants/annaberg/commissioning", nil, nil, users)
	_, row = add(5)
	o.refused(403, "D9", "POST", route, row, as{kdn[0]})
	o.restart()
	o.refused(403, "D9", "POST", route, row, as{kdn[0]})
	var l api.PowersOfAttorney
	o.call(http.StatusOK, "GET", path, nil, &l, users)
	if len(l.Items) != 3 || l.Items[0].State != "ended" || l.Items[1].State != "revoked" || l.Items[2].State != "ended" {
		t.Errorf("%+v", l)
	}
}

// API-027: the cap and the uniqueness of names hold when many come at once.
func TestRace(t *testing.T) {
	o := newOffice(t)
	var requests []*http.Request
	for i := range 8 {
		e := enrolment()
		e.Id = fmt.Sprintf("t%d", i)
		e.Networks, e.MailDomains = []string{fmt.Sprintf("10.%d.0.0/24", 100+i)}, []string{fmt.Sprintf("t%d.test", i%4)}
		requests = append(requests, o.request("POST", "/v1/tenants", e, o.cr(e.Id, e.Id, "platform")))
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for _, r := range requests {
		wg.Add(1)
		go func() {
			defer wg.Done()
			w := httptest.NewRecorder()
			o.h.ServeHTTP(w, r)
			mu.Lock()
			statuses[w.Code]++
			mu.Unlock()
		}()
	}
	wg.Wait()
	if statuses[http.StatusCreated] != 2 || len(o.state().Tenants) != 4 {
		t.Errorf("%v, %d tenants", statuses, len(o.state().Tenants))
	}
}

// API-023 over the API: what was done and tried, by whom, on which ground, before and after.
func TestAudit(t *testing.T) {
	o := newOffice(t)
	users := o.user("annaberg", "annaberg-users", "user-admin")
	account := o.user("annaberg", "annaberg-account", "account-admin")
	o.user("kdn-gmbh", "kdn-admin")
	number := o.power(time.Time{}, "account-admin")
	for _, who := range []string{users[0], account[0], "kdn-gmbh/kdn-admin"} {
		o.token(who)
	}
	const path = "/v1/tenants/annaberg/mapping"
	row := api.Pair{Mail: "x@annaberg.test", Demail: "x@annaberg.de-mail.de"}
	o.call(http.StatusCreated, "POST", path, row, nil, as{"kdn-gmbh/kdn-admin"})
	o.call(http.StatusOK, "PUT", path+"/x@annaberg.test", api.MappingTarget{Demail: "y@annaberg.de-mail.de"}, nil, account)
	o.refused(403, "S1-149", "DELETE", path+"/x@annaberg.test", nil, users)
	cr := o.cr("annaberg", "x@annaberg.test", "mapping")
	o.call(http.StatusNoContent, "DELETE", path+"/x@annaberg.test", nil, nil, cr)
	var l api.AuditLog
	o.call(http.StatusOK, "GET", "/v1/audit?limit=1000", nil, &l, users)
	last := l.Items[len(l.Items)-5:]
	type line struct {
		Person, Organisation, Role, Power, CR, Operation, Object, Before, After, Rule string
		Allowed                                                                       bool
	}
	show := func(v any) string { b, _ := json.Marshal(v); return string(b) }
	want := []line{
		{"kdn-admin", "kdn-gmbh", "account-admin", number, "", "mapping.put", "x@annaberg.test", "null", `{"demail":"x@annaberg.de-mail.de","mail":"x@annaberg.test"}`, "S1-149", true},
		{"annaberg-account", "annaberg", "account-admin", "", "", "mapping.change", "x@annaberg.test", `{"demail":"x@annaberg.de-mail.de","mail":"x@annaberg.test"}`, `{"demail":"y@annaberg.de-mail.de","mail":"x@annaberg.test"}`, "S1-149", true},
		{"annaberg-users", "annaberg", "", "", "", "mapping.delete", "x@annaberg.test", "null", "null", "S1-149", false},
		{"operator-admin", "operator", "administrator", "", "", "change-request.file", "x@annaberg.test", "null", "", "S1-041", true},
		{"operator-admin", "operator", "administrator", "", strings.TrimPrefix(cr[1], "Change-Request: "), "mapping.delete", "x@annaberg.test", `{"demail":"y@annaberg.de-mail.de","mail":"x@annaberg.test"}`, "null", "S1-149", true},
	}
	for i, e := range last {
		got := line{e.Person, e.Organisation, e.Role, e.PowerOfAttorney, e.ChangeRequest, e.Operation, e.Object, show(e.Before), show(e.After), e.Rule, e.Allowed}
		if e.Operation == "change-request.file" {
			got.After = ""
		}
		if got != want[i] {
			t.Errorf("entry %d:\n got %+v\nwant %+v", i, got, want[i])
		}
		if !e.Allowed && e.Reason == "" {
			t.Errorf("a refusal without reason: %+v", e)
		}
	}
	text := show(l)
	if strings.Contains(text, secret) || strings.Contains(text, "argon2") {
		t.Error("a password is in the audit log")
	}
	if l.Chain != api.Intact {
		t.Error("the chain is broken")
	}
	o.refused(403, "D8", "GET", "/v1/audit", nil, account)
	o.call(http.StatusOK, "GET", "/v1/audit?person=annaberg-account&operation=mapping.change", nil, &l, users)
	if len(l.Items) != 1 {
		t.Errorf("filtered: %+v", l)
	}
	o.call(http.StatusOK, "GET", "/v1/audit?limit=1&from=2015-11-02T09:00:00%2B01:00&until=2015-11-02T09:00:01%2B01:00", nil, &l, users)
	if len(l.Items) != 1 || l.Next != l.Items[0].Number {
		t.Errorf("a page: %+v", l)
	}
	o.call(http.StatusOK, "GET", "/v1/audit?until=2015-11-02T07:00:00Z", nil, &l, users)
	if len(l.Items) != 0 {
		t.Errorf("before everything: %+v", l)
	}
	// The trail elsewhere has every entry.
	if n := len(o.noted); int64(n) != o.state().Heads["annaberg"].Number+o.state().Heads["pirna"].Number+o.state().Heads[""].Number {
		t.Errorf("%d entries were noted of %v", n, o.state().Heads)
	}
}

func TestQueue(t *testing.T) {
	o := newOffice(t)
	o.waiting = []Waiting{{ID: "q1", MessageID: "<1@x>", Tenant: "annaberg", Direction: "outbound", From: "a@annaberg.de-mail.de", To: "cz@x.de-mail.de", Tries: 2, Due: start, Answer: "451 later"},
		{ID: "q2", Tenant: "annaberg", Direction: "inbound", Due: start}}
	tech := o.user("annaberg", "annaberg-tech", "technischer-admin")
	var q api.Queue
	o.call(http.StatusOK, "GET", "/v1/queue?limit=1", nil, &q, tech)
	if q.Waiting != 2 || len(q.Items) != 1 || q.Items[0].Answer != "451 later" {
		t.Errorf("%+v", q)
	}
	o.call(http.StatusOK, "GET", "/v1/queue", nil, &q, operatorAdmin)
	o.refused(403, "D8", "GET", "/v1/queue", nil, o.user("annaberg", "annaberg-account", "account-admin"))
	o.user("kdn-gmbh", "kdn-admin")
	o.call(http.StatusOK, "GET", "/v1/queue", nil, &q, as{"kdn-gmbh/kdn-admin"})
}

// A change is in force before it is answered, and a refused one never.
func TestEffective(t *testing.T) {
	o := newOffice(t)
	account := o.user("annaberg", "annaberg-account", "account-admin")
	before := o.book()
	o.refused(422, "S1-154", "POST", "/v1/tenants/annaberg/mapping", api.Pair{Mail: "x@pirna.test", Demail: "x@annaberg.de-mail.de"}, account)
	if o.book() != before {
		t.Error("a refused change made a new book")
	}
	o.call(http.StatusCreated, "POST", "/v1/tenants/annaberg/mapping", api.Pair{Mail: "x@annaberg.test", Demail: "x@annaberg.de-mail.de"}, nil, account)
	if _, r := tenant.NewRules(o.book()).Inbound("x@annaberg.de-mail.de", tenant.Author{}); r != nil {
		t.Errorf("not in force: %v", r)
	}
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	p := o.refused(503, "S0-053", "POST", "/v1/tenants/annaberg/mapping", api.Pair{Mail: "y@annaberg.test", Demail: "x@annaberg.de-mail.de"}, account)
	if p.WhoFixes != "operator" || o.state().Find("annaberg", "y@annaberg.test") >= 0 {
		t.Error("a change without store")
	}
	o.open()
}

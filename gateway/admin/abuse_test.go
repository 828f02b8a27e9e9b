package admin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"demailbench/gateway/admin/api"
)

// paths fills every path of the contract with names that exist.
func paths(o *office) map[string][]string {
	fill := strings.NewReplacer("{tenant}", "annaberg", "{domain}", "annaberg.de-mail.de", "{mail}", "poststelle@annaberg.test", "{organisation}", "annaberg",
		"{person}", "annaberg-users", "{number}", "CR-1")
	l := map[string][]string{}
	for path, item := range o.doc.Paths.Map() {
		for method := range item.Operations() {
			l[fill.Replace(path)] = append(l[fill.Replace(path)], method)
		}
	}
	return l
}

// API-001: nobody does anything without a session.
func TestNobody(t *testing.T) {
	o := newOffice(t)
	for path, methods := range paths(o) {
		for _, method := range methods {
			if path == "/openapi.yaml" || path == "/v1/sessions" {
				continue
			}
			for _, h := range []string{"", "Authorization: Bearer x", "Authorization: Basic eDp4", "Authorization: Bearer", "Cookie: session=x"} {
				by := as{""}
				if h != "" {
					by = as{"", h}
				}
				w := o.do(o.request(method, path, nil, by))
				if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
					t.Errorf("%s %s with %q: %d", method, path, h, w.Code)
				}
			}
		}
	}
	if n := len(o.state().Heads); n != 3 {
		t.Errorf("%d logs: nobody's attempts are not to fill the audit log", n)
	}
}

// API-003: another tenant's names in every place, by somebody with all roles. Nothing of it comes back, and it makes
// no difference whether the other tenant exists.
func TestOtherTenant(t *testing.T) {
	o := newOffice(t)
	all := o.user("annaberg", "annaberg-all", "user-admin", "technischer-admin", "account-admin")
	o.user("pirna", "pirna-users", "user-admin")
	o.cr("pirna", "pirna", "users")
	fill := func(id string) *strings.Replacer {
		return strings.NewReplacer("{tenant}", id, "{domain}", "pirna.de-mail.de", "{mail}", "geheim@pirna.test", "{organisation}", id, "{person}", "pirna-users", "{number}", "CR-2")
	}
	for path, item := range o.doc.Paths.Map() {
		if !strings.Contains(path, "{tenant}") && !strings.Contains(path, "{organisation}") {
			continue
		}
		for method, op := range item.Operations() {
			var answers []string
			for _, id := range []string{"pirna", "nowhere"} {
				body := any(nil)
				if op.RequestBody != nil {
					body = example(o, op.RequestBody.Value.Content)
				}
				r := o.request(method, fill(id).Replace(path), body, all)
				if op.RequestBody != nil && op.RequestBody.Value.Content["text/csv"] != nil {
					r.Header.Set("Content-Type", "text/csv")
				}
				w := o.do(r)
				answers = append(answers, fmt.Sprint(w.Code, w.Body))
				if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "geheim") {
					t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
				}
			}
			if answers[0] != answers[1] {
				t.Errorf("%s %s tells who is enrolled: %s", method, path, answers)
			}
		}
	}
	// In queries, bodies and headers.
	o.refused(403, "S1-154", "GET", "/v1/audit?tenant=pirna", nil, all)
	o.refused(403, "S1-154", "GET", "/v1/queue?tenant=pirna", nil, all)
	o.refused(400, "openapi.yaml", "GET", "/v1/tenants?tenant=pirna", nil, all)
	o.refused(400, "openapi.yaml", "GET", "/v1/audit?tenant=annaberg&tenant=pirna", nil, all)
	o.refused(404, "S1-154", "GET", "/v1/change-requests/CR-2", nil, all)
	o.refused(403, "S1-154", "POST", "/v1/change-requests", api.NewChangeRequest{Service: "Land- De-Mail Gateway", Tenant: "pirna", Object: "x", Kind: "users"}, all)
	o.refused(422, "S1-154", "POST", "/v1/change-requests", api.NewChangeRequest{Service: "Land- De-Mail Gateway", Tenant: "annaberg", Object: "x@pirna.de-mail.de", Kind: "users"}, all)
	var l api.Tenants
	o.call(http.StatusOK, "GET", "/v1/tenants", nil, &l, as{all[0], "X-Tenant: pirna"})
	if len(l.Items) != 1 || l.Items[0].Id != "annaberg" {
		t.Errorf("sees %+v", l)
	}
	var q api.ChangeRequests
	o.call(http.StatusOK, "GET", "/v1/change-requests", nil, &q, all)
	for _, c := range q.Items {
		if c.Tenant != "annaberg" {
			t.Errorf("sees %+v", c)
		}
	}
	// What was tried stands in the own log, not in the other tenant's, who would read of annaberg there.
	var pirna api.AuditLog
	o.call(http.StatusOK, "GET", "/v1/audit", nil, &pirna, as{"pirna/pirna-users"})
	for _, e := range pirna.Items {
		if e.Organisation == "annaberg" {
			t.Errorf("pirna reads %+v", e)
		}
	}
}

// example is a body that the contract allows.
func example(o *office, content map[string]*mediaType) any {
	if m := content["application/json"]; m != nil {
		return sample(m.Schema.Value, 0)
	}
	return "mail;demail\n"
}

// API-003, mass assignment, and API-019: bodies that are not what the contract says. Nothing changes.
func TestBodies(t *testing.T) {
	o := newOffice(t)
	users := o.user("annaberg", "annaberg-users", "user-admin")
	token := o.token(users[0])
	before := o.clerk.Now()
	const path = "/v1/organisations/annaberg/users"
	good := `{"person":"p","name":"n","roles":["account-admin"],"password":"` + secret + `"}`
	for name, body := range map[string]string{
		"unknown key": strings.Replace(good, `{`, `{"tenant":"pirna",`, 1), "organisation": strings.Replace(good, `{`, `{"organisation":"operator",`, 1),
		"stored field": strings.Replace(good, `{`, `{"revoked":false,`, 1), "other case": strings.Replace(good, `"roles"`, `"Roles"`, 1),
		"key twice": strings.Replace(good, `{`, `{"roles":["user-admin"],`, 1), "key twice, escaped": strings.Replace(good, `{`, `{"rol\u0065s":["user-admin"],`, 1),
		"nothing": "", "null": "null", "array": "[" + good + "]", "text": `"x"`, "half": good[:20], "trailing": good + good, "trailing garbage": good + "x",
		"byte order mark": "\ufeff" + good, "not UTF-8": strings.Replace(good, `"n"`, "\"\xff\"", 1), "lone surrogate": strings.Replace(good, `"n"`, `"\ud800"`, 1),
		"NUL": strings.Replace(good, `"n"`, `"\u0000"`, 1), "soft hyphen": strings.Replace(good, `"n"`, `"a\u00adb"`, 1), "right to left": strings.Replace(good, `"n"`, `"\u202egpj"`, 1),
		"deep": strings.Repeat("[", 60000), "deep objects": strings.Repeat(`{"a":`, 10000), "huge number": strings.Replace(good, `"n"`, `1e999`, 1), "NaN": strings.Replace(good, `"n"`, `NaN`, 1),
		"2^63": strings.Replace(good, `"n"`, `9223372036854775808`, 1), "other role": strings.Replace(good, "account-admin", "root", 1), "role twice": strings.Replace(good, `["account-admin"]`, `["account-admin","account-admin"]`, 1),
		"other type": strings.Replace(good, `["account-admin"]`, `"account-admin"`, 1), "short password": strings.Replace(good, secret, "short", 1), "bad name": strings.Replace(good, `"p"`, `"../p"`, 1),
		"homoglyph": strings.Replace(good, `"p"`, `"аdmin"`, 1), "comment": strings.Replace(good, "{", "{/**/", 1),
	} {
		r := httptest.NewRequest("POST", "https://gateway.example"+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		if w := o.do(r); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		} else if strings.Contains(w.Body.String(), secret) {
			t.Errorf("%s: the password is in the answer: %s", name, w.Body)
		}
	}
	o.refused(413, "RFC 9110 15.5.14", "POST", path, `{"person":"`+strings.Repeat("x", 100<<10)+`"}`, users)
	for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=iso-8859-1", "application/json, text/plain", "multipart/form-data"} {
		r := o.request("POST", path, good, users)
		r.Header.Set("Content-Type", contentType)
		if w := o.do(r); w.Code != http.StatusUnsupportedMediaType {
			t.Errorf("content type %q: %d", contentType, w.Code)
		}
	}
	o.refused(400, "openapi.yaml", "GET", path, good, users)
	if o.clerk.Now() != before {
		t.Error("something was changed")
	}
}

// API-007 and API-021: hosts, origins, paths, pages.
func TestRequests(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		name, path string
		change     func(*http.Request)
		status     int
	}{
		{"own name", "/v1/tenants", func(r *http.Request) { r.Host = "GATEWAY.example:8443" }, 200},
		{"address", "/v1/tenants", func(r *http.Request) { r.Host = "172.16.0.25:443" }, 200},
		{"IPv6", "/v1/tenants", func(r *http.Request) { r.Host = "[2001:db8::1]:443" }, 200},
		{"rebound name", "/v1/tenants", func(r *http.Request) { r.Host = "evil.example" }, 421},
		{"other origin", "/v1/tenants", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, 403},
		{"no origin", "/v1/tenants", func(r *http.Request) { r.Header.Set("Origin", "null") }, 403},
		{"own origin", "/v1/tenants", func(r *http.Request) { r.Header.Set("Origin", "https://gateway.example") }, 200},
		{"two sessions", "/v1/tenants", func(r *http.Request) { r.Header.Add("Authorization", r.Header.Get("Authorization")) }, 401},
		{"no path", "/v2/tenants", func(*http.Request) {}, 404},
		{"method", "/v1/tenants", func(r *http.Request) { r.Method = "PATCH" }, 404},
		{"limit -1", "/v1/tenants?limit=-1", func(*http.Request) {}, 400},
		{"limit 0", "/v1/tenants?limit=0", func(*http.Request) {}, 400},
		{"limit 10^9", "/v1/tenants?limit=1000000000", func(*http.Request) {}, 400},
		{"limit 10^30", "/v1/tenants?limit=1000000000000000000000000000000", func(*http.Request) {}, 400},
		{"after 2^63", "/v1/audit?after=9223372036854775808", func(*http.Request) {}, 400},
		{"after -1", "/v1/audit?after=-1", func(*http.Request) {}, 400},
		{"sort", "/v1/tenants?sort=password", func(*http.Request) {}, 400},
		{"filter", "/v1/audit?person=(a%2B)%2B$", func(*http.Request) {}, 400},
		{"NUL in the path", "/v1/tenants/a%00b", func(*http.Request) {}, 400},
		{"dots in the path", "/v1/tenants/..%2f..%2fetc", func(*http.Request) {}, 400},
		{"upper case", "/v1/tenants/ANNABERG", func(*http.Request) {}, 400},
		{"role that is none", "/v1/tenants", func(r *http.Request) { r.Header.Set("Acting-Role", "root") }, 400},
		{"role twice", "/v1/tenants", func(r *http.Request) {
			r.Header.Add("Acting-Role", "administrator")
			r.Header.Add("Acting-Role", "user-admin")
		}, 400},
		{"number that is none", "/v1/tenants", func(r *http.Request) { r.Header.Set("Change-Request", "1 OR 1=1") }, 400},
	} {
		r := o.request("GET", c.path, nil, operatorAdmin)
		c.change(r)
		if w := o.do(r); w.Code != c.status {
			t.Errorf("%s: %d, want %d: %s", c.name, w.Code, c.status, w.Body)
		}
	}
	w := o.do(o.request("GET", "/openapi.yaml", nil, nil))
	if w.Body.String() != string(Contract) {
		t.Error("the contract is not served as it is")
	}
}

// API-005: nobody raises himself, and nobody locks the tenant out.
func TestSelfElevation(t *testing.T) {
	o := newOffice(t)
	users := o.user("annaberg", "annaberg-users", "user-admin")
	account := o.user("annaberg", "annaberg-account", "account-admin")
	const path = "/v1/organisations/annaberg/users/"
	roles := api.RoleSetting{Roles: []api.Role{"user-admin", "technischer-admin"}}
	o.refused(422, "S1-150", "PUT", path+"annaberg-users/roles", roles, users)
	o.refused(403, "S1-150", "PUT", path+"annaberg-account/roles", roles, account)
	o.refused(403, "S1-150", "POST", "/v1/organisations/annaberg/users", api.NewUser{Person: "x", Name: "x", Roles: roles.Roles, Password: secret}, account)
	o.refused(409, "S1-147", "DELETE", path+"annaberg-users", nil, users)
	o.refused(422, "D8", "PUT", path+"annaberg-account/roles", api.RoleSetting{Roles: []api.Role{"administrator"}}, users)
	o.refused(422, "D8", "PUT", path+"annaberg-account/roles", api.RoleSetting{Roles: []api.Role{}}, users)
	o.refused(403, "S1-154", "POST", "/v1/organisations/operator/users", api.NewUser{Person: "x", Name: "x", Roles: []api.Role{"administrator"}, Password: secret}, users)
	o.refused(404, "S1-150", "DELETE", path+"nobody", nil, users)
	// With a second one it goes, and what was taken is gone at once.
	o.call(http.StatusCreated, "POST", "/v1/organisations/annaberg/users", api.NewUser{Person: "second", Name: "second", Roles: []api.Role{"user-admin"}, Password: secret}, nil, users)
	second := as{"annaberg/second"}
	o.token(second[0])
	o.call(http.StatusOK, "DELETE", path+"annaberg-users", nil, nil, second)
	o.refused(401, "S0-019", "GET", "/v1/sessions/current", nil, users)
	o.call(http.StatusOK, "PUT", path+"annaberg-account/roles", api.RoleSetting{Roles: []api.Role{"technischer-admin"}}, nil, second)
	o.refused(403, "S1-149", "POST", "/v1/tenants/annaberg/mapping", api.Pair{Mail: "x@annaberg.test", Demail: "x@annaberg.de-mail.de"}, account)
	o.refused(409, "S1-147", "PUT", path+"second/roles", api.RoleSetting{Roles: []api.Role{"account-admin"}}, o.cr("annaberg", "second", "users"))
	o.refused(409, "S1-150", "POST", "/v1/organisations/annaberg/users", api.NewUser{Person: "annaberg-users", Name: "x", Roles: []api.Role{"user-admin"}, Password: secret}, second)
}

// S0-018: the operator makes the administrators that the tenant has named.
func TestNamed(t *testing.T) {
	o := newOffice(t)
	o.call(http.StatusCreated, "POST", "/v1/tenants", enrolment(), nil, o.cr("zwickau", "zwickau", "platform"))
	const path = "/v1/organisations/zwickau/users"
	u := api.NewUser{Person: "somebody", Name: "x", Roles: []api.Role{"technischer-admin"}, Password: secret}
	o.refused(422, "S0-018", "POST", path, u, o.cr("zwickau", "zwickau", "users"))
	o.call(http.StatusCreated, "POST", path, u, nil, o.cr("zwickau", "somebody", "users")) // named in the change request
	u.Person = "zwickau-tech"
	o.call(http.StatusCreated, "POST", path, u, nil, o.cr("zwickau", "zwickau", "users"))
	o.call(http.StatusCreated, "POST", path, u, nil, o.cr("zwickau", "zwickau", "users")) // twice is once (API-029)
	u.Password += "x"
	o.refused(409, "S1-150", "POST", path, u, o.cr("zwickau", "zwickau", "users"))
}

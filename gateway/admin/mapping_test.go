package admin

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/tenant"
)

// TestMapping: add, change, delete, import (S1-149, D12).
func TestMapping(t *testing.T) {
	o := newOffice(t)
	account := o.user("annaberg", "annaberg-account", "account-admin")
	const path = "/v1/tenants/annaberg/mapping"
	row := api.Pair{Mail: "bauamt@annaberg.test", Demail: "bauamt@annaberg.de-mail.de"}
	o.call(http.StatusCreated, "POST", path, row, nil, account)
	o.call(http.StatusCreated, "POST", path, api.Pair{Mail: "BAUAMT@annaberg.test", Demail: "bauamt@Annaberg.de-mail.de"}, nil, account) // ADR-001, ADR-007
	o.call(http.StatusCreated, "POST", path, api.Pair{Mail: "bau2@annaberg.test", Demail: row.Demail}, nil, account)                     // D12: a copy each
	o.refused(409, "D12", "POST", path, api.Pair{Mail: row.Mail, Demail: "poststelle@annaberg.de-mail.de"}, account)                     // ADR-021
	o.refused(422, "S1-154", "POST", path, api.Pair{Mail: "x@annaberg.test", Demail: "geheim@pirna.de-mail.de"}, account)
	o.refused(422, "S1-154", "POST", path, api.Pair{Mail: "geheim@pirna.test", Demail: "x@annaberg.de-mail.de"}, account)
	for _, a := range []string{`"bauamt"@annaberg.test`, "bau\u212Amt@annaberg.test", "po\u017Ft@annaberg.test", "x@annaberg.test@pirna.test", "@pirna.test:x@annaberg.test", "x@[10.2.12.1]", ""} {
		p := o.refused(422, "S1-041", "POST", path, api.Pair{Mail: a, Demail: "x@annaberg.de-mail.de"}, account) // ADR-001, 003, 005, 009, 033
		if p.Field != "mail" {
			t.Errorf("%q: field %q", a, p.Field)
		}
	}
	o.call(http.StatusOK, "PUT", path+"/bauamt@annaberg.test", api.MappingTarget{Demail: "amt@annaberg.de-mail.de"}, nil, account)
	o.refused(404, "S1-149", "PUT", path+"/nobody@annaberg.test", api.MappingTarget{Demail: "amt@annaberg.de-mail.de"}, account)
	o.refused(422, "S1-154", "PUT", path+"/bauamt@annaberg.test", api.MappingTarget{Demail: "amt@pirna.de-mail.de"}, account)
	o.call(http.StatusNoContent, "DELETE", path+"/bau2@annaberg.test?demail=other@annaberg.de-mail.de", nil, nil, account) // another row: nothing happens
	o.call(http.StatusNoContent, "DELETE", path+"/nobody@annaberg.test", nil, nil, account)
	want := []api.Pair{{Mail: "bau2@annaberg.test", Demail: row.Demail}, {Mail: row.Mail, Demail: "amt@annaberg.de-mail.de"}, {Mail: "poststelle@annaberg.test", Demail: "poststelle@annaberg.de-mail.de"}}
	var l api.Mapping
	for range 2 {
		o.call(http.StatusOK, "GET", path, nil, &l, account)
		if diff := cmp.Diff(want, l.Items); diff != "" {
			t.Error(diff)
		}
		o.restart()
	}
	l = api.Mapping{}
	o.call(http.StatusOK, "GET", path+"?limit=2", nil, &l, account)
	o.call(http.StatusOK, "GET", path+"?limit=2&after="+l.Next, nil, &l, account)
	if len(l.Items) != 1 || l.Items[0] != want[2] {
		t.Errorf("second page: %+v", l)
	}
	o.call(http.StatusNoContent, "DELETE", path+"/poststelle@annaberg.test", nil, nil, account)
	if _, r := tenant.NewRules(o.book()).Inbound("poststelle@annaberg.de-mail.de", tenant.Author{}); r == nil {
		t.Error("a deleted row is in force")
	}
}

func TestImport(t *testing.T) {
	o := newOffice(t)
	account := o.user("annaberg", "annaberg-account", "account-admin")
	post := func(query, text string, status int, result any) {
		t.Helper()
		r := o.request("POST", "/v1/tenants/annaberg/mapping/import"+query, text, account)
		r.Header.Set("Content-Type", "text/csv; charset=utf-8")
		o.want(status, o.do(r), result)
	}
	good := "\ufeffmail;demail\r\nposts\u0074elle@annaberg.test;poststelle@annaberg.de-mail.de\r\na@annaberg.test; a@annaberg.de-mail.de\r\nb@annaberg.test;a@annaberg.de-mail.de\r\n"
	var got api.ImportReport
	post("?dry_run=true", good, http.StatusOK, &got)
	want := api.ImportReport{Rows: 3, Added: 2, Unchanged: 1, Problems: []api.ImportProblem{}}
	if diff := cmp.Diff(want, got); diff != "" || len(o.state().Mapping["annaberg"]) != 1 {
		t.Errorf("dry run: %s, %d rows", diff, len(o.state().Mapping["annaberg"]))
	}
	post("", "mail;demail\na@annaberg.test;x@annaberg.de-mail.de\na@annaberg.test;y@annaberg.de-mail.de\nz@pirna.test;z@pirna.de-mail.de\nposts\u0074elle@annaberg.test;z@annaberg.de-mail.de\n\n\"a;b\nb\u00fcro@annaberg.test;st\u0430dt@annaberg.de-mail.de\n",
		http.StatusOK, &got)
	type problem struct {
		Row, Line    int
		Column, Rule string
	}
	var problems []problem
	for _, p := range got.Problems {
		problems = append(problems, problem{p.Row, p.Line, p.Column, p.Rule})
	}
	all := []problem{{2, 3, "mail", "D12"}, {3, 4, "mail", "S1-154"}, {3, 4, "demail", "S1-154"}, {4, 5, "mail", "D12"}, {5, 7, "", "S1-149"}, {6, 8, "mail", "S1-041"}, {6, 8, "demail", "S1-041"}}
	if diff := cmp.Diff(all, problems); diff != "" || got.Applied || got.Rows != 6 {
		t.Errorf("every problem of every row: %s %+v", diff, got)
	}
	if n := len(o.state().Mapping["annaberg"]); n != 1 {
		t.Errorf("%d rows after a refused import", n)
	}
	post("", good, http.StatusOK, &got)
	if n := len(o.state().Mapping["annaberg"]); !got.Applied || n != 3 {
		t.Errorf("%+v, %d rows", got, n)
	}
	post("", "mail;demail\n=HYPERLINK(1)@annaberg.test;x@annaberg.de-mail.de\nx@annaberg.test;+x@annaberg.de-mail.de\n", http.StatusOK, &got)
	if got.Applied || len(got.Problems) != 2 || got.Problems[0].Row != 1 || got.Problems[1].Value != "+x@annaberg.de-mail.de" {
		t.Errorf("formulas: %+v", got)
	}
	for name, text := range map[string]string{"other columns": "von;nach\n", "a picture": "\x89PNG\r\n\x1a\n\x00", "empty": "",
		"too many rows": "mail;demail\n" + strings.Repeat("a@annaberg.test;a@annaberg.de-mail.de\n", 51)} {
		r := o.request("POST", "/v1/tenants/annaberg/mapping/import", text, account)
		r.Header.Set("Content-Type", "text/csv")
		if w := o.do(r); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	post("", "Amt;E-Mail;De-Mail\r\nB\xfcrgermeister;C@annaberg.test;a@annaberg.de-mail.de\r\n", http.StatusOK, &got)
	if !got.Applied || got.Added != 1 {
		t.Errorf("as Excel saves it: %+v", got)
	}
	o.call(http.StatusCreated, "POST", "/v1/tenants/annaberg/mapping", api.Pair{Mail: "+x@annaberg.test", Demail: "a@annaberg.de-mail.de"}, nil, account)
	w := o.do(o.request("GET", "/v1/tenants/annaberg/mapping/export", nil, account))
	export := "\ufeffmail;demail\r\n'+x@annaberg.test;a@annaberg.de-mail.de\r\na@annaberg.test;a@annaberg.de-mail.de\r\nb@annaberg.test;a@annaberg.de-mail.de\r\nc@annaberg.test;a@annaberg.de-mail.de\r\nposts\u0074elle@annaberg.test;poststelle@annaberg.de-mail.de\r\n"
	if diff := cmp.Diff(export, w.Body.String()); diff != "" || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("export: %s %v", diff, w.Header())
	}
	post("", w.Body.String(), http.StatusOK, &got)
	if got.Unchanged != 5 || len(got.Problems) > 0 {
		t.Errorf("the export comes back as %+v", got)
	}
	if w := o.do(o.request("GET", "/v1/tenants/pirna/mapping/export", nil, account)); w.Code != http.StatusForbidden {
		t.Errorf("another tenant's table: %d", w.Code)
	}
	r := o.request("POST", "/v1/tenants/annaberg/mapping/import", "mail;demail\n"+strings.Repeat("a@annaberg.test;a@annaberg.de-mail.de\n", 1000000), account)
	r.Header.Set("Content-Type", "text/csv")
	if w := o.do(r); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a million rows: %d", w.Code)
	}
}

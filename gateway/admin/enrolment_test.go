package admin

import (
	"net/http"
	"testing"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/tenant"
)

// TestNineCalls enrols a municipality as README.md shows it: SID and KDN GmbH, each signing in once, nine calls.
func TestNineCalls(t *testing.T) {
	o := newOffice(t)
	o.user("kdn-gmbh", "kdn-clerk") // is there once, not for each municipality
	o.tokens = map[string]string{}
	e := enrolment()
	o.call(http.StatusCreated, "POST", "/v1/tenants", e, nil, o.cr("zwickau", "zwickau", "platform"))
	o.call(http.StatusCreated, "POST", "/v1/tenants/zwickau/powers-of-attorney", api.NewPowerOfAttorney{Holder: "kdn-gmbh", Roles: []api.Role{"technischer-admin", "account-admin"},
		Purpose: "commissioning", From: o.clock.Now(), Until: o.clock.Now().AddDate(0, 0, 28), Document: "Vollmacht"}, nil, o.cr("zwickau", "zwickau", "users"))
	kdn := as{"kdn-gmbh/kdn-clerk"}
	o.call(http.StatusCreated, "POST", "/v1/tenants/zwickau/domains", api.Binding{Name: "zwickau.de-mail.de", Direction: "both"}, nil, kdn)
	r := o.request("POST", "/v1/tenants/zwickau/mapping/import", "mail;demail\npost@zwickau.test;post@zwickau.de-mail.de\n", kdn)
	r.Header.Set("Content-Type", "text/csv")
	o.want(http.StatusOK, o.do(r), nil)
	o.call(http.StatusOK, "PUT", "/v1/tenants/zwickau/domains/zwickau.de-mail.de/catch-all", api.CatchAll{Mailbox: "post@zwickau.test"}, nil, kdn)
	rules := tenant.NewRules(o.book())
	who, _ := o.book().Tenant("zwickau")
	if from, r := rules.Sender(who, "post@zwickau.test"); r != nil || from != "post@zwickau.de-mail.de" {
		t.Errorf("outward: %s %v", from, r)
	}
	if d, r := rules.Inbound("irgendwer@zwickau.de-mail.de", tenant.Author{}); r != nil || len(d.Mailboxes) != 1 {
		t.Errorf("inward: %+v %v", d, r)
	}
}

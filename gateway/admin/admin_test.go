package admin

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/tenant"
)

func enrolment() api.Enrolment {
	contact := api.Contact{Authority: "Stadt Zwickau", Person: "Leitung IT", Mail: "it@zwickau.test"}
	return api.Enrolment{Id: "zwickau", Name: "Stadt Zwickau", Kind: "municipal", Networks: []string{"10.4.0.0/24"}, Transport: "starttls", MailDomains: []string{"zwickau.test"},
		TechnicalContact: contact, ProcessOwner: contact, TechnicalAdministrator: "zwickau-tech", AccountAdministrator: "zwickau-account"}
}

// TestCommissioning is the commissioning of S1-136..145 in its order, seen from the mail rules.
func TestCommissioning(t *testing.T) {
	o := newOffice(t)
	cr := o.cr("zwickau", "zwickau", "platform")
	var got api.Tenant
	o.call(http.StatusCreated, "POST", "/v1/tenants", enrolment(), &got, cr)
	want := api.Tenant{Id: "zwickau", Name: "Stadt Zwickau", Kind: "municipal", Phase: "pilot", State: "enrolled", Commissioning: true, Enrolled: start, MailDomains: []string{"zwickau.test"},
		TechnicalContact: enrolment().TechnicalContact, ProcessOwner: enrolment().ProcessOwner, TechnicalAdministrator: "zwickau-tech", AccountAdministrator: "zwickau-account"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	o.call(http.StatusCreated, "POST", "/v1/tenants", enrolment(), nil, cr) // the same twice is one
	o.call(http.StatusCreated, "POST", "/v1/tenants/zwickau/domains", api.Binding{Name: "Zwickau.de-mail.de", Direction: "both"}, nil, o.cr("zwickau", "zwickau.de-mail.de", "domains"))
	users := o.user("zwickau", "zwickau-users", "user-admin")
	for name, roles := range map[string][]api.Role{"zwickau-tech": {"technischer-admin"}, "zwickau-account": {"account-admin"}} {
		o.call(http.StatusCreated, "POST", "/v1/organisations/zwickau/users", api.NewUser{Person: name, Name: name, Roles: roles, Password: secret}, nil, users)
	}
	tech, account := as{"zwickau/zwickau-tech"}, as{"zwickau/zwickau-account"}
	o.call(http.StatusOK, "PUT", "/v1/tenants/zwickau/smtp-inbound", api.Inbound{Networks: []string{"10.4.0.16/28"}, Transport: "starttls", NextHop: "mail.zwickau.test:2525"}, nil, tech)
	o.call(http.StatusOK, "PUT", "/v1/tenants/zwickau/domains/zwickau.de-mail.de/catch-all", api.CatchAll{Mailbox: "info@zwickau.test"}, nil, tech)
	books := o.books
	o.call(http.StatusCreated, "POST", "/v1/tenants/zwickau/mapping", api.Pair{Mail: "Poststelle@zwickau.test", Demail: "poststelle@zwickau.de-mail.de"}, nil, account)
	if o.books != books+1 {
		t.Errorf("the mail rules learnt of %d books", o.books-books)
	}
	rules := tenant.NewRules(o.book())
	if d, r := rules.Inbound("poststelle@zwickau.de-mail.de", tenant.Author{Address: "cz@x.de-mail.de"}); r != nil || d.Mailboxes[0] != "poststelle@zwickau.test" {
		t.Errorf("inbound: %+v, %v", d, r)
	}
	if d, r := rules.Inbound("bauamt@zwickau.de-mail.de", tenant.Author{Address: "cz@x.de-mail.de"}); r != nil || d.Mailboxes[0] != "info@zwickau.test" {
		t.Errorf("CatchAll: %+v, %v", d, r)
	}
	zw, _ := o.book().Tenant("zwickau")
	if from, r := rules.Sender(zw, "poststelle@zwickau.test"); r != nil || from != "poststelle@zwickau.de-mail.de" || zw.NextHop != "mail.zwickau.test:2525" {
		t.Errorf("outbound: %q, %v, next hop %q", from, r, zw.NextHop)
	}
	o.restart()
	again, _ := o.book().Tenant("zwickau")
	if diff := cmp.Diff(zw, again, cmp.Comparer(func(a, b tenant.Domain) bool { return a == b }), cmp.Transformer("text", func(p interface{ String() string }) string { return p.String() })); diff != "" {
		t.Errorf("after a restart: %s", diff)
	}
}

// TestEnrolmentRefused: what is missing or too much, each with its statement and who fixes it.
func TestEnrolmentRefused(t *testing.T) {
	o := newOffice(t)
	cr := o.cr("zwickau", "zwickau", "platform")
	for _, c := range []struct {
		name   string
		change func(*api.Enrolment)
		status int
		rule   string
		field  string
	}{
		{"S0-018", func(e *api.Enrolment) { e.AccountAdministrator = "" }, 422, "S0-018", "technical_administrator"},
		{"S0-074", func(e *api.Enrolment) { e.TechnicalContact = api.Contact{} }, 400, "openapi.yaml", ""},
		{"overlapping network", func(e *api.Enrolment) { e.Networks = []string{"10.2.0.0/16"} }, 409, "S1-154", "networks[0]"},
		{"host bits", func(e *api.Enrolment) { e.Networks = []string{"10.4.0.1/24"} }, 422, "S1-041", "networks[0]"},
		{"no network", func(e *api.Enrolment) { e.Networks = []string{"everywhere"} }, 422, "S0-037", "networks"},
		{"mail domain of another", func(e *api.Enrolment) { e.MailDomains = []string{"Pirna.test"} }, 409, "S1-154", "mail_domains[0]"},
		{"next hop", func(e *api.Enrolment) { e.NextHop = "mail server" }, 422, "S1-141", "next_hop"},
		{"id of somebody else", func(e *api.Enrolment) { e.Id = "pirna" }, 403, "D10b", ""},
		{"homoglyph", func(e *api.Enrolment) { e.MailDomains = []string{"zwic\u212Aau.test"} }, 422, "S1-041", "mail_domains[0]"},
	} {
		e := enrolment()
		c.change(&e)
		body := any(e)
		if c.name == "S0-074" {
			body = `{"id":"zwickau","name":"x","networks":[],"transport":"starttls","mail_domains":[],"technical_contact":{}}`
		}
		p := o.refused(c.status, c.rule, "POST", "/v1/tenants", body, cr)
		if p.Field != c.field {
			t.Errorf("%s: field %q, want %q", c.name, p.Field, c.field)
		}
	}
	p := o.refused(422, "S0-074", "POST", "/v1/tenants", `{"id":"zwickau","name":"x","networks":[],"transport":"starttls","mail_domains":[]}`, cr)
	if p.WhoFixes != "tenant" {
		t.Errorf("who fixes: %s", p.WhoFixes)
	}
	o.call(http.StatusCreated, "POST", "/v1/tenants", enrolment(), nil, cr)
	four := enrolment()
	four.Id, four.Networks, four.MailDomains = "gera", []string{"10.5.0.0/24"}, []string{"gera.test"}
	o.call(http.StatusCreated, "POST", "/v1/tenants", four, nil, o.cr("gera", "gera", "platform"))
	five := enrolment()
	five.Id, five.Networks, five.MailDomains = "jena", []string{"10.6.0.0/24"}, []string{"jena.test"}
	o.refused(422, "D22", "POST", "/v1/tenants", five, o.cr("jena", "jena", "platform"))
	four.Name = "Stadt Jena"
	o.refused(409, "S0-015", "POST", "/v1/tenants", four, o.cr("gera", "gera", "platform"))
	// An off-boarded tenant makes room.
	o.call(http.StatusOK, "PUT", "/v1/tenants/gera/state", api.StateChange{State: "offboarded", Reason: "end"}, nil, o.cr("gera", "gera", "platform"))
	o.call(http.StatusCreated, "POST", "/v1/tenants", five, nil, o.cr("jena", "jena", "platform"))
	six := enrolment()
	six.Id, six.Networks, six.MailDomains = "suhl", []string{"10.7.0.0/24"}, []string{"suhl.test"}
	o.refused(422, "D22", "POST", "/v1/tenants", six, o.cr("suhl", "suhl", "platform"))
	more := o.cr("", "pilot.max_tenants", "platform") // as long as it is open, more may be enrolled
	o.call(http.StatusCreated, "POST", "/v1/tenants", six, nil, more)
}

// TestStates: suspended, resumed, off-boarded, seen from the mail rules; nothing is inherited (ADR-037).
func TestStates(t *testing.T) {
	o := newOffice(t)
	cr := o.cr("annaberg", "annaberg", "platform")
	account := o.user("annaberg", "annaberg-account", "account-admin")
	o.user("kdn-gmbh", "kdn-admin")
	number := o.power(time.Time{}, "account-admin")
	kdn := as{"kdn-gmbh/kdn-admin", "Power-Of-Attorney: " + number}
	for _, who := range []as{account, kdn} {
		o.call(http.StatusOK, "GET", "/v1/tenants/annaberg/mapping", nil, nil, who)
	}
	sender := func() string {
		a, _ := o.book().Tenant("annaberg")
		_, r := tenant.NewRules(o.book()).Sender(a, "poststelle@annaberg.test")
		if r == nil {
			return ""
		}
		return r.Status()
	}
	inbound := func() string {
		_, r := tenant.NewRules(o.book()).Inbound("poststelle@annaberg.de-mail.de", tenant.Author{Address: "cz@x.de-mail.de"})
		if r == nil {
			return ""
		}
		return r.Status()
	}
	for _, c := range []struct{ state, sender, inbound string }{{"suspended", "5.7.1", "4.7.1"}, {"suspended", "5.7.1", "4.7.1"}, {"enrolled", "", ""}, {"offboarded", "5.7.1", "5.7.1"}, {"offboarded", "5.7.1", "5.7.1"}} {
		var got api.Tenant
		o.call(http.StatusOK, "PUT", "/v1/tenants/annaberg/state", api.StateChange{State: api.StateChangeState(c.state), Reason: "x"}, &got, cr)
		if string(got.State) != c.state || sender() != c.sender || inbound() != c.inbound {
			t.Errorf("%s: %s, sender %q, inbound %q", c.state, got.State, sender(), inbound())
		}
	}
	o.refused(401, "S0-019", "GET", "/v1/tenants/annaberg/mapping", nil, account)
	o.refused(403, "D9", "GET", "/v1/tenants/annaberg/mapping", nil, kdn)
	o.refused(409, "D23", "PUT", "/v1/tenants/annaberg/state", api.StateChange{State: "enrolled", Reason: "x"}, cr)
	// Its domains and addresses are free for others.
	o.call(http.StatusCreated, "POST", "/v1/tenants/pirna/domains", api.Binding{Name: "annaberg.de-mail.de", Direction: "both"}, nil, o.cr("pirna", "annaberg.de-mail.de", "domains"))
	if inbound() != "4.2.1" {
		t.Errorf("a domain was inherited with its mapping: %q", inbound())
	}
	o.call(http.StatusOK, "PUT", "/v1/tenants/pirna/mail-domains", api.MailDomains{MailDomains: []string{"pirna.test", "annaberg.test"}}, nil, o.cr("pirna", "mail-domains", "domains"))
	o.restart()
}

// TestDomains: binding, direction, CatchAll and BounceAll.
func TestDomains(t *testing.T) {
	o := newOffice(t)
	tech := o.user("annaberg", "annaberg-tech", "technischer-admin")
	const domains = "/v1/tenants/annaberg/domains"
	o.refused(422, "S1-164", "POST", domains, api.Binding{Name: "bau.annaberg.de-mail.de"}, tech)
	o.refused(422, "S0-008", "POST", domains, api.Binding{Name: "annaberg.example", Direction: "both"}, tech)
	o.refused(409, "S1-154", "POST", domains, api.Binding{Name: "PIRNA.de-mail.de", Direction: "both"}, tech)
	o.refused(409, "S1-154", "POST", domains, api.Binding{Name: "bau.pirna.de-mail.de", Direction: "both"}, tech)
	o.refused(409, "S1-138", "POST", domains, api.Binding{Name: "annaberg.de-mail.de", Direction: "send-only"}, tech)
	for _, name := range []string{"pirna\u3002de-mail.de", "\uFF50irna.de-mail.de", "annaberg.de-mail.de.", "a b.de-mail.de"} { // ADR-011
		o.refused(422, "S1-041", "POST", domains, api.Binding{Name: name, Direction: "both"}, tech)
	}
	o.refused(400, "openapi.yaml", "POST", domains, api.Binding{Name: "pirna\u00AD.de-mail.de", Direction: "both"}, tech)
	var d api.Domain
	o.call(http.StatusCreated, "POST", domains, api.Binding{Name: "bau.annaberg.de-mail.de", Direction: "receive-only"}, &d, tech)
	o.call(http.StatusCreated, "POST", domains, api.Binding{Name: "bau.annaberg.de-mail.de", Direction: "receive-only"}, &d, tech)
	const bau = domains + "/bau.annaberg.de-mail.de"
	o.call(http.StatusOK, "PUT", bau+"/direction", api.DirectionSetting{Direction: "both"}, &d, tech)
	if d != (api.Domain{Name: "bau.annaberg.de-mail.de", Direction: "both", Bound: true}) {
		t.Errorf("%+v", d)
	}
	o.refused(422, "D11", "PUT", bau+"/catch-all", api.CatchAll{Mailbox: "geheim@pirna.test"}, tech)
	o.refused(422, "D11", "PUT", bau+"/catch-all", api.CatchAll{Mailbox: ""}, tech)
	o.call(http.StatusOK, "PUT", bau+"/catch-all", api.CatchAll{Mailbox: "Bau@annaberg.test"}, &d, tech)
	o.refused(409, "S1-157", "PUT", bau+"/bounce-all", api.BounceAll{Form: "refuse"}, tech) // ADR-023
	o.call(http.StatusOK, "DELETE", bau+"/catch-all", nil, &d, tech)
	o.refused(422, "S1-154", "PUT", bau+"/bounce-all", api.BounceAll{Form: "reply", Sender: "geheim@pirna.de-mail.de"}, tech)
	o.call(http.StatusOK, "PUT", bau+"/bounce-all", api.BounceAll{Form: "reply", Sender: "info@bau.annaberg.de-mail.de"}, &d, tech)
	o.refused(409, "S1-157", "PUT", bau+"/catch-all", api.CatchAll{Mailbox: "bau@annaberg.test"}, tech)
	o.call(http.StatusOK, "DELETE", bau+"/bounce-all", nil, &d, tech)
	o.call(http.StatusOK, "DELETE", bau, nil, &d, tech)
	if d.Bound {
		t.Errorf("%+v", d)
	}
	var l api.Domains
	o.call(http.StatusOK, "GET", domains, nil, &l, tech)
	if len(l.Items) != 2 || l.Items[1].Bound {
		t.Errorf("%+v", l)
	}
	o.refused(404, "S1-138", "DELETE", domains+"/nowhere.de-mail.de", nil, tech)
}

// TestInbound: the tenant's administrator moves inside what the operator has assigned.
func TestInbound(t *testing.T) {
	o := newOffice(t)
	tech := o.user("annaberg", "annaberg-tech", "technischer-admin")
	const path = "/v1/tenants/annaberg/smtp-inbound"
	in := api.Inbound{Networks: []string{"10.2.12.128/25"}, Transport: "ipsec", NextHop: "10.2.12.130:25", TechnicalContact: "IT@annaberg.test"}
	o.call(http.StatusOK, "PUT", path, in, nil, tech)
	var got api.Inbound
	o.call(http.StatusOK, "GET", path, nil, &got, tech)
	in.TechnicalContact = "it@annaberg.test"
	if diff := cmp.Diff(in, got); diff != "" {
		t.Error(diff)
	}
	if c := o.book().Contact("annaberg"); c != "it@annaberg.test" {
		t.Errorf("alerts go to %q", c)
	}
	for _, n := range []string{"0.0.0.0/0", "10.2.0.0/16", "10.9.0.0/24"} {
		o.refused(422, "S0-003", "PUT", path, api.Inbound{Networks: []string{n}, Transport: "starttls"}, tech)
	}
	o.call(http.StatusOK, "PUT", path, api.Inbound{Networks: []string{"10.9.0.0/24"}, Transport: "starttls"}, nil, o.cr("annaberg", "smtp-inbound", "smtp"))
	o.refused(409, "S1-154", "PUT", path, api.Inbound{Networks: []string{"10.3.0.0/16"}, Transport: "starttls"}, o.cr("annaberg", "annaberg", "smtp"))
	o.refused(422, "S1-141", "PUT", path, api.Inbound{Networks: []string{}, Transport: "starttls", NextHop: "x:0"}, tech)
}

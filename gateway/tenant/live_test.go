package tenant_test

import (
	"net/netip"
	"strings"
	"testing"

	"demailbench/gateway/demail"
	"demailbench/gateway/tenant"
)

var author = tenant.Author{Address: "cz@x.de-mail.de"}

// A tenant's state decides in both directions; what was said to a session at its beginning does not.
func TestStates(t *testing.T) {
	var live tenant.Live
	var rules tenant.Rules = &live
	live.Replace(book(t, tenants()))
	before, r := rules.Connect(netip.MustParseAddr("10.2.12.25"))
	expect(t, "enrolled", r, "")
	for _, c := range []struct {
		state                     tenant.State
		connect, sender, incoming string
	}{
		{tenant.Suspended, "", "550 5.7.1", "450 4.7.1"},
		{tenant.Enrolled, "", "", ""},
		{tenant.Offboarded, "554 5.7.1", "550 5.7.1", "550 5.7.1"},
	} {
		ts := tenants()
		ts[0].State = c.state
		live.Replace(book(t, ts))
		_, r := rules.Connect(netip.MustParseAddr("10.2.12.25"))
		expect(t, string(c.state)+": connect", r, c.connect)
		_, r = rules.Sender(before, "p@a.test")
		expect(t, string(c.state)+": sender", r, c.sender)
		_, r = rules.Inbound("poststelle@a.de-mail.de", author)
		expect(t, string(c.state)+": inbound", r, c.incoming)
		expect(t, string(c.state)+": others", rules.HeaderFrom(byID(t, live.Book(), "b"), "poststelle@b.de-mail.de", "p@b.test"), "")
	}
	ts := tenants()
	ts[0].State = "gone"
	if _, err := tenant.NewBook(ts, tenant.Options{Canonical: demail.Canonical}); err == nil {
		t.Error("a state that is none was taken")
	}
}

// The line of a tenant is judged as it is now: who loses IPSEC may not go on in clear.
func TestLiveTransport(t *testing.T) {
	var live tenant.Live
	live.Replace(book(t, tenants()))
	b, _ := live.Connect(netip.MustParseAddr("10.3.14.25"))
	expect(t, "IPSEC line", live.Transport(b, netip.MustParseAddr("10.3.14.25"), false), "")
	ts := tenants()
	ts[1].Transport = tenant.STARTTLS
	live.Replace(book(t, ts))
	expect(t, "no more", live.Transport(b, netip.MustParseAddr("10.3.14.25"), false), "530 5.7.0")
}

// A domain that is not assigned to the gateway neither sends nor receives (S1-138), whatever is mapped.
func TestUnbound(t *testing.T) {
	ts := tenants()
	ts[0].Domains[0].Unbound = true
	b := book(t, ts)
	rules := tenant.NewRules(b)
	_, r := rules.Sender(byID(t, b, "a"), "p@a.test")
	expect(t, "sender", r, "550 5.7.1", "S0-016", "S1-138")
	_, r = rules.Inbound("poststelle@a.de-mail.de", author)
	expect(t, "inbound", r, "550 5.7.1", "S0-016")
	_, r = rules.Sender(byID(t, b, "a"), "out@a.test")
	expect(t, "another domain", r, "")
}

// An off-boarded tenant keeps only the way for what it is still owed, and nothing that others want (ADR-037).
func TestOffboarded(t *testing.T) {
	ts := tenants()
	ts[0].State = tenant.Offboarded
	b := book(t, ts)
	if a, ok := b.MailDomain("a.test"); !ok || a.ID != "a" || len(a.Networks) != 1 || a.Mapping != nil {
		t.Errorf("the way to what is still owed: %+v, %v", a, ok)
	}
	ts[1].Networks = append(ts[1].Networks, ts[0].Networks...)
	ts[1].MailDomains = append(ts[1].MailDomains, "a.test")
	ts[1].Domains = append(ts[1].Domains, tenant.Domain{Name: "a.de-mail.de"})
	ts[1].Mapping = append(ts[1].Mapping, tenant.Pair{Mail: "p@a.test", DeMail: "neu@a.de-mail.de"})
	b = book(t, ts)
	if a, _ := b.MailDomain("a.test"); a.ID != "b" {
		t.Errorf("the mail domain is %s's", a.ID)
	}
	if id, ok := b.Owner("a.de-mail.de"); !ok || id != "b" {
		t.Errorf("the De-Mail domain is %s's", id)
	}
	rules := tenant.NewRules(b)
	_, r := rules.Inbound("standesamt@a.de-mail.de", author)
	expect(t, "an address of before", r, "450 4.2.1")
	if from, r := rules.Sender(byID(t, b, "b"), "p@a.test"); r != nil || from != "neu@a.de-mail.de" {
		t.Errorf("%s, %v", from, r)
	}
}

func TestCheckPair(t *testing.T) {
	b := book(t, tenants())
	for _, c := range []struct {
		id, mail, demail string
		known            bool
		rule, other      string
	}{
		{"a", "Neu@a.test", "neu@A.de-mail.de", false, "", ""},
		{"a", "P@a.test", "Poststelle@a.de-mail.de", true, "", ""},
		{"a", "p@a.test", "standesamt@a.de-mail.de", false, "D12", ""},
		{"a", "neu@b.test", "neu@a.de-mail.de", false, "S1-154", ""},
		{"a", "neu@a.test", "neu@b.de-mail.de", false, "S1-154", ""},
		{"c", "neu@a.test", "neu@a.de-mail.de", false, "", ""},
	} {
		p, known, err := b.CheckPair(c.id, tenant.Pair{Mail: c.mail, DeMail: c.demail}, tenant.Options{Canonical: demail.Canonical})
		fault, _ := err.(*tenant.BookError)
		switch {
		case (err == nil) != (c.rule == "" && c.id != "c") || known != c.known:
			t.Errorf("%+v: %v, %v", c, known, err)
		case err == nil && (p.Mail != strings.ToLower(c.mail) || p.DeMail != strings.ToLower(c.demail)):
			t.Errorf("%+v: %+v", c, p)
		case err != nil && fault.Rule() != c.rule:
			t.Errorf("%+v: rule %q", c, fault.Rule())
		}
	}
}

// Who else is enrolled is said for the operator only.
func TestCollisionsNameTheOther(t *testing.T) {
	for name, change := range map[string]func(b *tenant.Tenant){
		"network":        func(b *tenant.Tenant) { b.Networks[0] = netip.MustParsePrefix("10.2.0.0/16") },
		"mail domain":    func(b *tenant.Tenant) { b.MailDomains[0] = "a.test" },
		"De-Mail domain": func(b *tenant.Tenant) { b.Domains[0].Name = "a.de-mail.de" },
	} {
		ts := tenants()
		change(&ts[1])
		_, err := tenant.NewBook(ts, tenant.Options{Canonical: demail.Canonical})
		if fault, ok := err.(*tenant.BookError); !ok || fault.Other != "a" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNextHop(t *testing.T) {
	for hop, good := range map[string]bool{"": true, "10.2.12.25:25": true, "mail.a.test:2525": true, "[2001:db8::1]:25": true,
		"mail.a.test": false, "mail.a.test:0": false, "mail.a.test:65536": false, "mail server:25": false, ":25": false, "b\u00fcro.a.test:25": false} {
		ts := tenants()
		ts[0].NextHop = hop
		if _, err := tenant.NewBook(ts, tenant.Options{Canonical: demail.Canonical}); (err == nil) != good {
			t.Errorf("%q: %v", hop, err)
		}
	}
}

package tenant_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/demail"
	"demailbench/gateway/tenant"
)

// Tenants A (TLS) and B (IPSEC line), as in the security notes: p@a.test <-> poststelle@a.de-mail.de.
func tenants() []tenant.Tenant {
	return []tenant.Tenant{
		{
			ID: "a", Name: "Stadt A", Networks: []netip.Prefix{netip.MustParsePrefix("10.2.12.0/24")},
			MailDomains: []string{"A.test"},
			Domains: []tenant.Domain{{Name: "a.de-mail.de"}, {Name: "in.a.de-mail.de", Direction: tenant.ReceiveOnly},
				{Name: "out.a.de-mail.de", Direction: tenant.SendOnly}},
			Mapping: []tenant.Pair{
				{Mail: "p@a.test", DeMail: "Poststelle@a.de-mail.de"},
				{Mail: "vertretung@a.test", DeMail: "poststelle@a.de-mail.de"},
				{Mail: "standesamt@a.test", DeMail: "standesamt@a.de-mail.de"},
				{Mail: "in@a.test", DeMail: "x@in.a.de-mail.de"},
				{Mail: "out@a.test", DeMail: "x@out.a.de-mail.de"},
			},
			TechnicalContact: "technik@kdn-gmbh.de",
		},
		{
			ID: "b", Name: "Stadt B", Networks: []netip.Prefix{netip.MustParsePrefix("10.3.14.0/24")}, Transport: tenant.IPSEC,
			MailDomains: []string{"b.test"}, Domains: []tenant.Domain{{Name: "b.de-mail.de", Direction: tenant.Both}},
			Mapping: []tenant.Pair{{Mail: "p@b.test", DeMail: "poststelle@b.de-mail.de"}},
		},
	}
}

func book(t *testing.T, ts []tenant.Tenant) *tenant.Book {
	t.Helper()
	b, err := tenant.NewBook(ts, tenant.Options{Canonical: demail.Canonical})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func byID(t *testing.T, b *tenant.Book, id string) tenant.Tenant {
	t.Helper()
	got, ok := b.Tenant(id)
	if !ok {
		t.Fatalf("tenant %s is not in the book", id)
	}
	return got
}

// expect compares a refusal with "550 5.7.1" (or "" for none) and looks for the requirement ids.
func expect(t *testing.T, name string, r *tenant.Refusal, want string, requirements ...string) {
	t.Helper()
	if r == nil {
		if want != "" {
			t.Errorf("%s: allowed, want %s", name, want)
		}
		return
	}
	if got := strings.Join(strings.Fields(r.Error())[:2], " "); got != want {
		t.Errorf("%s: got %v, want %s", name, r, want)
	}
	for _, id := range requirements {
		if !slices.Contains(r.Requirements, id) {
			t.Errorf("%s: requirements %v lack %s", name, r.Requirements, id)
		}
	}
	if r.Text == "" || strings.ContainsAny(r.Text, "\r\n") {
		t.Errorf("%s: public text %q", name, r.Text)
	}
}

func TestConnect(t *testing.T) {
	rules := tenant.NewRules(book(t, tenants()))
	for _, c := range []struct{ src, id, want string }{
		{"10.2.12.25", "a", ""},
		{"::ffff:10.2.12.25", "a", ""},
		{"10.3.14.1", "b", ""},
		{"10.2.13.25", "", "554 5.7.1"},
		{"203.0.113.66", "", "554 5.7.1"},
		{"2001:db8::1", "", "554 5.7.1"},
	} {
		got, r := rules.Connect(netip.MustParseAddr(c.src))
		expect(t, c.src, r, c.want, "S0-003", "S0-004")
		if got.ID != c.id {
			t.Errorf("%s: tenant %q, want %q", c.src, got.ID, c.id)
		}
	}
}

func TestTransport(t *testing.T) {
	b := book(t, tenants())
	rules := tenant.NewRules(b)
	for _, c := range []struct {
		name, id, src string
		tls           bool
		want          string
	}{
		{"way B with TLS", "a", "10.2.12.25", true, ""},
		{"way B in clear", "a", "10.2.12.25", false, "530 5.7.0"},
		{"way A in clear from behind the tunnel", "b", "10.3.14.25", false, ""},
		{"way A with TLS", "b", "10.3.14.25", true, ""},
		{"TLS-023 way A in clear from elsewhere", "b", "10.2.12.25", false, "530 5.7.0"},
		{"TLS-023 way A in clear from outside", "b", "203.0.113.66", false, "530 5.7.0"},
	} {
		expect(t, c.name, rules.Transport(byID(t, b, c.id), netip.MustParseAddr(c.src), c.tls), c.want, "S0-038", "D18")
	}
}

func TestSender(t *testing.T) {
	b := book(t, tenants())
	rules := tenant.NewRules(b)
	for _, c := range []struct {
		id, from, demail, want string
		requirements           []string
	}{
		{"a", "p@a.test", "poststelle@a.de-mail.de", "", nil},
		{"a", "vertretung@a.test", "poststelle@a.de-mail.de", "", nil},
		{"a", "out@a.test", "x@out.a.de-mail.de", "", nil},
		{"a", "", "", "550 5.7.1", []string{"S1-153", "TR-01201-3.1 12"}}, // CMD-023
		{"a", "bauamt@a.test", "", "550 5.7.1", []string{"S1-153", "D13"}},
		{"a", "p+x@a.test", "", "550 5.7.1", []string{"S1-153"}}, // ADR-019
		{"a", "P@A.TEST", "", "550 5.7.1", nil},                  // not canonical: matches nothing
		{"a", "p@b.test", "", "550 5.7.1", []string{"S1-154", "TR-01201-6.1 10.1.2"}},
		{"a", "unbekannt@b.test", "", "550 5.7.1", []string{"S1-154"}},
		{"a", "x@gmail.test", "", "550 5.7.1", []string{"S0-004"}},
		{"a", "poststelle@a.de-mail.de", "", "550 5.7.1", []string{"S0-004"}},
		{"a", "in@a.test", "", "550 5.7.1", []string{"S1-165", "D14"}},
		{"b", "p@b.test", "poststelle@b.de-mail.de", "", nil},
		{"b", "p@a.test", "", "550 5.7.1", []string{"S1-154"}},
	} {
		got, r := rules.Sender(byID(t, b, c.id), c.from)
		expect(t, c.id+" "+c.from, r, c.want, c.requirements...)
		if got != c.demail {
			t.Errorf("%s %s: got %q, want %q", c.id, c.from, got, c.demail)
		}
	}
}

// A tenant must not learn from replies who else is enrolled.
func TestSenderTextHidesOtherTenants(t *testing.T) {
	b := book(t, tenants())
	rules := tenant.NewRules(b)
	_, foreign := rules.Sender(byID(t, b, "a"), "p@b.test")
	_, unknown := rules.Sender(byID(t, b, "a"), "p@nobody.test")
	if foreign.Text != unknown.Text || foreign.Status() != unknown.Status() {
		t.Errorf("replies differ: %q, %q", foreign.Text, unknown.Text)
	}
}

func TestHeaderFrom(t *testing.T) { // ADR-025
	b := book(t, tenants())
	rules := tenant.NewRules(b)
	for _, c := range []struct {
		from, want   string
		requirements []string
	}{
		{"p@a.test", "", nil},
		{"vertretung@a.test", "", nil}, // another mailbox of the same De-Mail address
		{"standesamt@a.test", "550 5.7.1", []string{"TR-01201-6.1 10.1.2", "D13"}},
		{"bauamt@a.test", "550 5.7.1", []string{"S1-153"}},
		{"p@b.test", "550 5.7.1", []string{"S1-154", "TR-01201-6.1 10.1.2"}},
		{"poststelle@a.de-mail.de", "550 5.7.1", nil},
		{"", "550 5.7.1", nil},
	} {
		expect(t, c.from, rules.HeaderFrom(byID(t, b, "a"), "poststelle@a.de-mail.de", c.from), c.want, c.requirements...)
	}
}

func TestRecipient(t *testing.T) { // ADR-013
	b := book(t, tenants())
	rules := tenant.NewRules(b)
	for to, want := range map[string]string{
		"cz@x.de-mail.de": "", "poststelle@b.de-mail.de": "", "x@standort_a.b.de-mail.de": "",
		"x@evil-de-mail.de": "550 5.7.1", "x@de-mail.de.evil.test": "550 5.7.1", "x@de-mail.de": "550 5.7.1",
		"x@a.de-mail.de.evil.test": "550 5.7.1", "x@gmail.test": "550 5.7.1", "p@a.test": "550 5.7.1",
	} {
		got, r := rules.Recipient(byID(t, b, "a"), to)
		expect(t, to, r, want, "D13", "TR-01201-6.1 10.1.3")
		if r == nil && got != to {
			t.Errorf("%s became %s", to, got)
		}
	}
}

func TestPublic(t *testing.T) { // S1-152
	b := book(t, tenants())
	rules := tenant.NewRules(b)
	for address, want := range map[string]string{
		"p@a.test": "poststelle@a.de-mail.de", "cz@x.de-mail.de": "cz@x.de-mail.de",
		"bauamt@a.test": "", "p@b.test": "", "x@gmail.test": "",
	} {
		got, ok := rules.Public(byID(t, b, "a"), address)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%s: got %q, %v; want %q", address, got, ok, want)
		}
	}
}

func TestInbound(t *testing.T) {
	rules := tenant.NewRules(book(t, tenants()))
	for _, c := range []struct {
		to           string
		confirmation bool
		boxes        []string
		want         string
		requirements []string
	}{
		{"poststelle@a.de-mail.de", false, []string{"p@a.test", "vertretung@a.test"}, "", nil}, // D12
		{"x@in.a.de-mail.de", false, []string{"in@a.test"}, "", nil},
		{"x@out.a.de-mail.de", false, nil, "550 5.7.1", []string{"S1-166", "D14"}},
		{"x@out.a.de-mail.de", true, []string{"out@a.test"}, "", nil},
		{"bauamt@a.de-mail.de", false, nil, "450 4.2.1", []string{"D11"}},
		{"x@c.de-mail.de", false, nil, "550 5.7.1", []string{"S0-008", "S0-016"}},
		{"x@sub.b.de-mail.de", false, nil, "550 5.7.1", []string{"S0-016"}},
	} {
		d, r := rules.Inbound(c.to, tenant.Author{Address: "cz@x.de-mail.de", System: c.confirmation})
		expect(t, c.to, r, c.want, c.requirements...)
		if diff := cmp.Diff(c.boxes, d.Mailboxes); diff != "" {
			t.Errorf("%s:\n%s", c.to, diff)
		}
	}
}

func TestBookRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(a, b *tenant.Tenant)
		want   string
	}{
		{"no id", func(a, _ *tenant.Tenant) { a.ID = "" }, `tenant number 1: id "": not a short name; use a-z, 0-9 and hyphen`},
		{"same id", func(_, b *tenant.Tenant) { b.ID = "a" }, `tenant a: id "a": given twice; give every tenant its own id`},
		{"transport", func(a, _ *tenant.Tenant) { a.Transport = "tls" }, `tenant a: transport "tls": no such transport; use starttls or ipsec`},
		{"networks overlap", func(_, b *tenant.Tenant) { b.Networks[0] = netip.MustParsePrefix("10.2.0.0/16") },
			`tenant b: networks[0] "10.2.0.0/16": overlaps 10.2.12.0/24 of tenant a; give the addresses as the gateway sees them, after translation`},
		{"host bits", func(a, _ *tenant.Tenant) { a.Networks[0] = netip.MustParsePrefix("10.2.12.1/24") },
			`tenant a: networks[0] "10.2.12.1/24": not a network prefix; write address/length without host bits`},
		{"S1-154 mail domain of another", func(_, b *tenant.Tenant) { b.MailDomains = append(b.MailDomains, "a.TEST") },
			`tenant b: mail_domains[1] "a.TEST": belongs to tenant a; a mail domain has one tenant`},
		{"De-Mail domain as mail domain", func(a, _ *tenant.Tenant) { a.MailDomains[0] = "a.de-mail.de" },
			`tenant a: mail_domains[0] "a.de-mail.de": is a De-Mail domain; enter it under domains`},
		{"S0-008", func(a, _ *tenant.Tenant) { a.Domains[0].Name = "evil-de-mail.de" },
			`tenant a: domains[0].name "evil-de-mail.de": is no De-Mail domain (S0-008); only domains below de-mail.de are administered here`},
		{"ADR-011 other spelling", func(_, b *tenant.Tenant) { b.Domains[0].Name = "A.DE-mail.de" },
			`tenant b: domains[0].name "A.DE-mail.de": belongs to tenant a; a De-Mail domain has one tenant`},
		{"ADR-011 ideographic dot", func(_, b *tenant.Tenant) { b.Domains[0].Name = "a。de-mail.de" },
			`tenant b: domains[0].name "a。de-mail.de": is no domain name; write a domain name in ASCII`},
		{"direction", func(a, _ *tenant.Tenant) { a.Domains[0].Direction = "none" },
			`tenant a: domains[0].direction "none": no such direction; use both, receive-only or send-only`},
		{"D12 second row", func(a, _ *tenant.Tenant) {
			a.Mapping = append(a.Mapping, tenant.Pair{Mail: "P@a.test", DeMail: "standesamt@a.de-mail.de"})
		}, `tenant a: mapping[5].mail "P@a.test": is mapped to poststelle@a.de-mail.de already (D12); an e-mail address sends under one De-Mail address`},
		{"S1-154 foreign De-Mail address", func(a, _ *tenant.Tenant) { a.Mapping[0].DeMail = "poststelle@b.de-mail.de" },
			`tenant a: mapping[0].demail "poststelle@b.de-mail.de": is not in a De-Mail domain of this tenant (S1-154); add the domain to domains or correct the address`},
		{"S1-154 foreign mailbox", func(a, _ *tenant.Tenant) { a.Mapping[0].Mail = "p@b.test" },
			`tenant a: mapping[0].mail "p@b.test": is not in a mail domain of this tenant (S1-154); add the domain to mail_domains or correct the address`},
		{"CMD-001", func(a, _ *tenant.Tenant) { a.Mapping[0].DeMail = "poststelle@a.de-mail.de\r\nRCPT TO:<leak@x.test>" },
			`tenant a: mapping[0].demail "poststelle@a.de-mail.de\r\nRCPT TO:<leak@x.test>": address "poststelle@a.de-mail.de\r\nRCPT TO:<leak@x.test>": not a mailbox address: octet 0xd; write a De-Mail address in ASCII`},
	} {
		ts := tenants()
		c.change(&ts[0], &ts[1])
		b, err := tenant.NewBook(ts, tenant.Options{Canonical: demail.Canonical})
		var be *tenant.BookError
		if !errors.As(err, &be) || b != nil {
			t.Errorf("%s: got %v, %v; want a *BookError", c.name, b, err)
			continue
		}
		if err.Error() != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, err, c.want)
		}
	}
}

// The book does not change when its caller's slices or the tenants it hands out do.
func TestBookIsItsOwn(t *testing.T) {
	ts := tenants()
	b := book(t, ts)
	ts[0].Mapping[0].DeMail = "standesamt@a.de-mail.de"
	out := byID(t, b, "a")
	out.Mapping[0] = tenant.Pair{}
	b.Tenants()[0].Domains[0].Name = "x"
	got := byID(t, b, "a")
	want := tenant.Pair{Mail: "p@a.test", DeMail: "poststelle@a.de-mail.de"}
	if got.Mapping[0] != want || got.Domains[0].Name != "a.de-mail.de" || got.Transport != tenant.STARTTLS || got.Domains[0].Direction != tenant.Both {
		t.Errorf("the book changed: %+v", got)
	}
	if got.MailDomains[0] != "a.test" {
		t.Errorf("mail domain %q is not canonical", got.MailDomains[0])
	}
}

package tenant_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/demail"
	"demailbench/gateway/tenant"
)

// TestUnmapped is D11: what happens to a De-Mail for an address without a row.
func TestUnmapped(t *testing.T) {
	citizen := tenant.Author{Address: "cz@x.de-mail.de"}
	system := tenant.Author{Address: "eingangsbestaetigung@t-systems.de-mail.de", System: true}
	catchAll := func(a *tenant.Tenant) { a.Domains[0].CatchAll = "Standesamt@A.test" }
	refuse := func(a *tenant.Tenant) { a.Domains[0].BounceAll = tenant.BounceRefuse }
	reply := func(a *tenant.Tenant) {
		a.Domains[0].BounceAll, a.Domains[0].BounceSender = tenant.BounceReply, "Poststelle@a.de-mail.de"
	}
	for _, c := range []struct {
		name   string
		change func(*tenant.Tenant)
		to     string
		from   tenant.Author
		want   tenant.Delivery
		reply  string
		alert  bool
		ids    []string
	}{
		{name: "neither", to: "x@a.de-mail.de", from: citizen, reply: "450 4.2.1", alert: true, ids: []string{"D11", "S1-149"}},
		{name: "CatchAll", change: catchAll, to: "x@a.de-mail.de", from: citizen,
			want: tenant.Delivery{Mailboxes: []string{"standesamt@a.test"}, CatchAll: true}},
		{name: "CatchAll takes confirmations", change: catchAll, to: "x@a.de-mail.de", from: system,
			want: tenant.Delivery{Mailboxes: []string{"standesamt@a.test"}, CatchAll: true}},
		{name: "M-025: a row wins over CatchAll", change: catchAll, to: "poststelle@a.de-mail.de", from: citizen,
			want: tenant.Delivery{Mailboxes: []string{"p@a.test", "vertretung@a.test"}}},
		{name: "M-027: not for a subdomain", change: catchAll, to: "y@in.a.de-mail.de", from: citizen, reply: "450 4.2.1", alert: true},
		{name: "M-027: not for a domain that is not set up", change: catchAll, to: "x@amt.a.de-mail.de", from: citizen, reply: "550 5.7.1", ids: []string{"S0-016"}},
		{name: "not for a send-only domain", change: func(a *tenant.Tenant) { a.Domains[2].CatchAll = "p@a.test" },
			to: "y@out.a.de-mail.de", from: citizen, reply: "550 5.7.1", ids: []string{"S1-166"}},
		{name: "BounceAll refuse", change: refuse, to: "x@a.de-mail.de", from: citizen, reply: "550 5.1.1", ids: []string{"S1-156", "D11"}},
		{name: "BounceAll refuse: a row wins", change: refuse, to: "standesamt@a.de-mail.de", from: citizen,
			want: tenant.Delivery{Mailboxes: []string{"standesamt@a.test"}}},
		{name: "BounceAll reply", change: reply, to: "x@a.de-mail.de", from: citizen, want: tenant.Delivery{Answer: "poststelle@a.de-mail.de"}},
		{name: "M-029: no reply to a system address", change: reply, to: "x@a.de-mail.de", from: system, reply: "550 5.7.1", ids: []string{"TR-01201-3.1 45"}},
		{name: "no reply to the null sender", change: reply, to: "x@a.de-mail.de", reply: "450 4.2.1", alert: true},
		{name: "no reply outside De-Mail", change: reply, to: "x@a.de-mail.de", from: tenant.Author{Address: "x@webmail.test"}, reply: "450 4.2.1", alert: true},
	} {
		ts := tenants()
		if c.change != nil {
			c.change(&ts[0])
		}
		d, r := tenant.NewRules(book(t, ts)).Inbound(c.to, c.from)
		expect(t, c.name, r, c.reply, c.ids...)
		if r != nil {
			if r.Alert != c.alert || c.reply != "550 5.7.1" && d.Tenant != "a" {
				t.Errorf("%s: alert %v to %q", c.name, r.Alert, d.Tenant)
			}
			continue
		}
		c.want.Tenant, c.want.Receipt = "a", tenant.ReceiptOnRequest
		if diff := cmp.Diff(c.want, d); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestUnmappedSettings is what cannot be set.
func TestUnmappedSettings(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*tenant.Tenant)
		want   string
	}{
		{"S1-157", func(a *tenant.Tenant) {
			a.Domains[0].CatchAll, a.Domains[0].BounceAll = "p@a.test", tenant.BounceRefuse
		},
			`tenant a: domains[0].catch_all "p@a.test": CatchAll and BounceAll are both set (S1-157); clear one of them first`},
		{"CatchAll of another tenant", func(a *tenant.Tenant) { a.Domains[0].CatchAll = "p@b.test" },
			`tenant a: domains[0].catch_all "p@b.test": is not in a mail domain of this tenant (S1-154); add the domain to mail_domains or correct the address`},
		{"form", func(a *tenant.Tenant) { a.Domains[0].BounceAll = "discard" },
			`tenant a: domains[0].bounce_all "discard": no such form; use refuse or reply`},
		{"reply of another tenant", func(a *tenant.Tenant) {
			a.Domains[0].BounceAll, a.Domains[0].BounceSender = tenant.BounceReply, "poststelle@b.de-mail.de"
		}, `tenant a: domains[0].bounce_sender "poststelle@b.de-mail.de": is not in a De-Mail domain of this tenant (S1-154); add the domain to domains or correct the address`},
		{"S1-165", func(a *tenant.Tenant) {
			a.Domains[0].BounceAll, a.Domains[0].BounceSender = tenant.BounceReply, "x@in.a.de-mail.de"
		}, `tenant a: domains[0].bounce_sender "x@in.a.de-mail.de": is in a receive-only domain (S1-165); use an address of a domain that sends, or the form refuse`},
		{"receipt mode", func(a *tenant.Tenant) { a.ReceiptMode = "never" },
			`tenant a: receipt_mode "never": no such mode; use on-request or always, as the accounts are set at the DMDA`},
		{"tag", func(a *tenant.Tenant) { a.Options.Tags = []tenant.Tag{{Tag: "[vb]", Option: tenant.Dispatch}} },
			`tenant a: options.tags[0].tag "[vb]": is no tag; write 1 to 40 letters a-z, digits and hyphens, without the brackets`},
		{"tag twice", func(a *tenant.Tenant) {
			a.Options.Tags = []tenant.Tag{{Tag: "vb", Option: tenant.Dispatch}, {Tag: "VB", Option: tenant.Receipt}}
		}, `tenant a: options.tags[1].tag "VB": given twice; a tag asks for one option`},
		{"option", func(a *tenant.Tenant) { a.Options.Tags = []tenant.Tag{{Tag: "vb", Option: "registered"}} },
			`tenant a: options.tags[0].option "registered": no such option (TR-01201-3.4 3.1); use confirmation-of-dispatch, confirmation-of-receipt, confirmation-of-retrieve, authoritative, private`},
		{"policy of a foreign mailbox", func(a *tenant.Tenant) { a.Options.Mailboxes = []tenant.OptionPolicy{{Mail: "p@b.test"}} },
			`tenant a: options.mailboxes[0].mail "p@b.test": is not in a mail domain of this tenant (S1-154); add the domain to mail_domains or correct the address`},
		{"two policies", func(a *tenant.Tenant) {
			a.Options.Mailboxes = []tenant.OptionPolicy{{Mail: "p@a.test"}, {Mail: "P@a.test"}}
		},
			`tenant a: options.mailboxes[1].mail "p@a.test": given twice; a mailbox has one policy`},
		{"preset and forbidden", func(a *tenant.Tenant) {
			a.Options.Mailboxes = []tenant.OptionPolicy{{Mail: "p@a.test", Preset: []tenant.Option{tenant.Private}, Forbid: []tenant.Option{tenant.Private}}}
		}, `tenant a: options.mailboxes[0].preset[0] "private": is forbidden to this mailbox too; take it out of one of the lists`},
	} {
		ts := tenants()
		c.change(&ts[0])
		_, err := tenant.NewBook(ts, tenant.Options{Canonical: demail.Canonical})
		var be *tenant.BookError
		if !errors.As(err, &be) || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}

// TestDirectionChanges is M-005: the next decision sees the new direction, and never another tenant's rules.
func TestDirectionChanges(t *testing.T) {
	ts := tenants()
	var live tenant.Live
	live.Replace(book(t, ts))
	a := byID(t, live.Book(), "a")
	citizen := tenant.Author{Address: "cz@x.de-mail.de"}
	for _, c := range []struct {
		direction       tenant.Direction
		sends, receives string
	}{{tenant.Both, "", ""}, {tenant.ReceiveOnly, "550 5.7.1", ""}, {tenant.SendOnly, "", "550 5.7.1"}, {tenant.Both, "", ""}} {
		ts[0].Domains[0].Direction = c.direction
		live.Replace(book(t, ts))
		_, r := live.Sender(a, "p@a.test")
		expect(t, string(c.direction)+" sends", r, c.sends, "S1-165")
		_, r = live.Inbound("poststelle@a.de-mail.de", citizen)
		expect(t, string(c.direction)+" receives", r, c.receives, "S1-166")
		_, r = live.Inbound("poststelle@a.de-mail.de", tenant.Author{Address: "versandbestaetigung@y.de-mail.de", System: true})
		expect(t, string(c.direction)+" is confirmed", r, "")
	}
}

// TestOptionsOfMailboxes: what either mailbox may not do the message may not; nobody has another tenant's rules.
func TestOptionsOfMailboxes(t *testing.T) {
	ts := tenants()
	ts[0].Options = tenant.OptionRules{Tags: []tenant.Tag{{Tag: "VB", Option: tenant.Dispatch}}, Mailboxes: []tenant.OptionPolicy{
		{Mail: "p@a.test", Preset: []tenant.Option{tenant.Receipt}}, {Mail: "vertretung@a.test", Forbid: []tenant.Option{tenant.Authoritative}}}}
	b := book(t, ts)
	rules := tenant.NewRules(b)
	got := rules.Options(byID(t, b, "a"), "p@a.test", "vertretung@a.test")
	want := tenant.Wishes{Tags: map[string]tenant.Option{"vb": tenant.Dispatch}, Preset: []tenant.Option{tenant.Receipt}, Forbid: []tenant.Option{tenant.Authoritative}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(tenant.Wishes{}, rules.Options(byID(t, b, "b"), "p@a.test")); diff != "" {
		t.Error(diff)
	}
}

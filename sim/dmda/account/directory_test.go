package account_test

import (
	"strings"
	"testing"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/account"
)

func directory(accounts ...account.Account) (*account.Directory, error) {
	itsps := []account.ITSP{{Number: "7100002768", Certificate: "itsp-card"}}
	return account.NewDirectory("t-systems.de-mail.de", []string{"de-mail.de"}, itsps, accounts)
}

func town() account.Account {
	return account.Account{ID: "a", Kind: account.Institution, Domains: []string{"a.de-mail.de"}, Mailboxes: []string{"x@a.de-mail.de", "x@amt.a.de-mail.de"}}
}

func TestWrongAccountsAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*account.Account)
		has    string
	}{
		{"no id", func(a *account.Account) { a.ID = "" }, "id is empty"},
		{"kind", func(a *account.Account) { a.Kind = "firm" }, `kind "firm"`},
		{"receipt", func(a *account.Account) { a.Receipt = "never" }, `receipt "never"`},
		{"operator", func(a *account.Account) { a.ITSP = "1" }, `no ITSP "1"`},
		{"no mailbox", func(a *account.Account) { a.Mailboxes = nil }, "no mailbox"},
		{"not an address", func(a *account.Account) { a.Mailboxes = []string{"x"} }, "has no @"},
		{"not De-Mail", func(a *account.Account) { a.Domains, a.Mailboxes = []string{"a.example"}, []string{"x@a.example"} }, "no De-Mail address"},
		{"other domain", func(a *account.Account) { a.Mailboxes = []string{"x@b.de-mail.de"} }, "outside the account's domains"},
		{"provider's domain", func(a *account.Account) { a.Mailboxes = []string{"x@t-systems.de-mail.de"} }, "outside the account's domains"},
		{"system address", func(a *account.Account) {
			a.Kind, a.Mailboxes = account.Natural, []string{"meldung@t-systems.de-mail.de"}
		}, "reserved"},
		{"twice", func(a *account.Account) { a.Mailboxes = []string{"x@a.de-mail.de", "X@a.de-mail.de"} }, `belongs to account "a"`},
	} {
		a := town()
		c.change(&a)
		if _, err := directory(a); err == nil || !strings.Contains(err.Error(), c.has) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.has)
		}
	}
	if _, err := directory(town(), town()); err == nil || !strings.Contains(err.Error(), "taken") {
		t.Errorf("one account twice: %v", err)
	}
	if _, err := account.NewDirectory("t-systems.de-mail.de", nil, []account.ITSP{{Number: "1", Certificate: "c"}, {Number: "2", Certificate: "c"}}, nil); err == nil {
		t.Error("two operators with one certificate are taken")
	}
}

func TestChangesShowAtOnceAndCopiesDoNotLeak(t *testing.T) {
	d, err := directory(town())
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{d.Bind("a", "7100002768"), d.SetGateway("a", true), d.SetReceipt("a", account.Always)} {
		if err != nil {
			t.Error(err)
		}
	}
	a, ok := d.Owner(demail.MustAddress("X@Amt.A.de-mail.de"))
	if !ok || a.ITSP != "7100002768" || !a.Gateway || a.Receipt != account.Always {
		t.Errorf("account %+v, %v", a, ok)
	}
	a.Gateway = false
	if b, err := d.Account("a"); err != nil || !b.Gateway {
		t.Errorf("a copy changed the directory: %+v, %v", b, err)
	}
	for name, err := range map[string]error{"bind to nobody": d.Bind("a", "1"), "account": d.SetGateway("b", true), "receipt": d.SetReceipt("a", "never")} {
		if err == nil {
			t.Errorf("%s: unknown value taken", name)
		}
	}
}

package order_test

import (
	"slices"
	"strings"
	"testing"

	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/order"
)

const sheet = `signed: true
ordered_by: representative-1
holder: Stadt A
legal_form: Gemeinde
main_domain: stadt-a.de-mail.de
mailbox: poststelle@stadt-a.de-mail.de
reason: Issues administrative acts of its own.
itsp: {name: Staatsbetrieb Sächsische Informatik Dienste - SID, number: "7100002768"}
gateway: true
formal: true
consents_to_malware_scan: true
representatives:
  - {id: representative-1, address: "Rathaus, Zimmer 1"}
administrators:
  - {id: administrator-1, address: "Rathaus, IT", activates: true}
`

func parse(t testing.TB, text string) order.Sheet {
	t.Helper()
	s, err := order.Parse("sheet.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCompleteSheet(t *testing.T) {
	s := parse(t, sheet)
	if f := s.Check("de-mail.de"); len(f) != 0 {
		t.Errorf("findings %v", f)
	}
	a := s.Account("a", func(n string) bool { return n == order.ITSPNumber })
	if a.ITSP != order.ITSPNumber || !a.Gateway || !a.Retrieve || len(a.Persons) != 2 || !a.Persons[1].Activates || !slices.Equal(a.Mailboxes, []string{"poststelle@stadt-a.de-mail.de"}) {
		t.Errorf("account %+v", a)
	}
	if a := s.Account("a", func(string) bool { return false }); a.ITSP != "" || a.Gateway {
		t.Error("an unknown operator was bound (S1-091)")
	}
	if got := order.Template().ITSP; got.Number != "7100002768" || got.Name != order.ITSPName {
		t.Errorf("template %v (S1-092)", got)
	}
}

func TestFindings(t *testing.T) {
	for _, c := range []struct{ old, replacement, want string }{
		{"signed: true\n", "", "incomplete: signed"},
		{"ordered_by: representative-1", "ordered_by: administrator-1", "incomplete: ordered_by"},
		{"main_domain: stadt-a.de-mail.de\n", "", "incomplete: main_domain: missing"},
		{"main_domain: stadt-a.de-mail.de", "main_domain: stadt-a.example", "is not below de-mail.de"},
		{"mailbox: poststelle@stadt-a.de-mail.de\n", "", "incomplete: mailbox: missing"},
		{"mailbox: poststelle@stadt-a", "mailbox: poststelle@stadt-b", "does not lie in the main domain"},
		{"formal: true\nconsents_to_malware_scan: true\n", "", "consents_to_malware_scan"},
		{"reason: Issues administrative acts of its own.\n", "", "review: reason"},
		{"itsp: {name: Staatsbetrieb Sächsische Informatik Dienste - SID, number: \"7100002768\"}\ngateway: true\n", "", "hint: itsp: missing"},
		{"itsp: {name: Staatsbetrieb Sächsische Informatik Dienste - SID, number: \"7100002768\"}\n", "", "incomplete: gateway"},
		{"\"7100002768\"", "\"7100002769\"", "hint: itsp: is not the operator"},
		{"address: \"Rathaus, IT\", ", "", "incomplete: administrators[0]: has no address"},
		{"id: administrator-1", "id: representative-1", "is empty or taken"},
	} {
		var got []string
		for _, f := range parse(t, strings.Replace(sheet, c.old, c.replacement, 1)).Check("de-mail.de") {
			got = append(got, f.String())
		}
		if !strings.Contains(strings.Join(got, "\n"), c.want) {
			t.Errorf("without %q: %q, want %q", c.old, got, c.want)
		}
	}
	if f := order.Template().Check("de-mail.de"); order.Complete(f) || len(f) < 8 {
		t.Errorf("an empty sheet: %v", f)
	}
}

func TestUnknownKeyIsRefused(t *testing.T) {
	if _, err := order.Parse("sheet.yaml", []byte("signed: true\nmain_domian: x\n")); err == nil || !strings.Contains(err.Error(), "main_domian") {
		t.Errorf("error %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sheet)
	f.Add("representatives: [{id: x}]")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := order.Parse("sheet.yaml", []byte(text))
		if err != nil {
			return
		}
		if order.Complete(s.Check("de-mail.de")) {
			a := s.Account("a", func(string) bool { return false })
			if _, err := account.NewDirectory("t-systems.de-mail.de", []string{"de-mail.de"}, nil, []account.Account{a}); err != nil && !strings.Contains(err.Error(), "reserved") {
				t.Errorf("a complete sheet gives no account: %v", err)
			}
		}
	})
}

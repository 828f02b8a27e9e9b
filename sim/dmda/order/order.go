// Package order is the order sheet with which an authority orders a De-Mail account (S1-087 to S1-101): main
// domain, initial mailbox, representatives, administrators and the operator of the gateway.
//
// It checks a sheet as the provider's sales contact does and makes an account of it. It leaves out
// identification and the states that follow (package account), and never decides whether an office needs a
// domain of its own: people do (S1-094 to S1-098).
package order

import (
	"fmt"
	"slices"
	"strings"

	"demailbench/sim/config"
	"demailbench/sim/demail"
	"demailbench/sim/dmda/account"
)

// The operator of the Saxon pilot (S1-091).
const (
	ITSPName   = "Staatsbetrieb Sächsische Informatik Dienste - SID"
	ITSPNumber = "7100002768"
)

// Sheet is an order sheet as it was filled in; fields may be missing.
type Sheet struct {
	// Signed: a representative's signature is on it. OrderedBy is the id of who signed.
	Signed    bool   `yaml:"signed,omitempty"`
	OrderedBy string `yaml:"ordered_by,omitempty"`
	// Holder and LegalForm are the registration data of the authority.
	Holder    string `yaml:"holder,omitempty"`
	LegalForm string `yaml:"legal_form,omitempty"`
	// MainDomain is the future main domain, Mailbox the initial functional mailbox in it.
	MainDomain string `yaml:"main_domain,omitempty"`
	Mailbox    string `yaml:"mailbox,omitempty"`
	// Reason is why this authority has a domain of its own; people judge it (S1-095).
	Reason string `yaml:"reason,omitempty"`
	// ITSP is the operator of the gateway by name and number, Gateway the order to enable it (S0-031).
	ITSP    Operator `yaml:"itsp,omitempty"`
	Gateway bool     `yaml:"gateway,omitempty"`
	// Formal: the authority is entitled to formal service and may ask for confirmations of retrieve.
	Formal bool `yaml:"formal,omitempty"`
	// Malware: the authority consents to the search for malware (De-Mail-G 3(4)).
	Malware bool `yaml:"consents_to_malware_scan,omitempty"`
	// Representatives are listed in the annex; Administrators are registered with them.
	Representatives []Person `yaml:"representatives,omitempty"`
	Administrators  []Person `yaml:"administrators,omitempty"`
}

// Operator is an ITSP on a sheet.
type Operator struct {
	Name   string `yaml:"name,omitempty"`
	Number string `yaml:"number,omitempty"`
}

// Person is somebody on a sheet.
type Person struct {
	// ID names the person by role, for example "representative-1"; Address is where letters go.
	ID      string `yaml:"id,omitempty"`
	Address string `yaml:"address,omitempty"`
	// Activates: an administrator who may activate the account (S1-101).
	Activates bool `yaml:"activates,omitempty"`
}

// Template is the sheet prefilled with the operator's data (S1-092).
func Template() Sheet { return Sheet{ITSP: Operator{Name: ITSPName, Number: ITSPNumber}} }

// Parse reads a sheet in YAML, strictly; name stands in errors, which are *config.Error.
func Parse(name string, data []byte) (Sheet, error) {
	var s Sheet
	_, err := config.Decode(name, data, &s)
	return s, err
}

// Weight is how bad a finding is.
type Weight int

const (
	// Hint: recommended, the sheet is taken all the same.
	Hint Weight = iota
	// Review: people decide, with the reason given.
	Review
	// Incomplete: the sheet goes back.
	Incomplete
)

// String is the weight in a word.
func (w Weight) String() string { return [...]string{"hint", "review", "incomplete"}[w] }

// Finding is something about a sheet.
type Finding struct {
	Weight Weight
	// Field is the key on the sheet, Problem what is the matter, Source the rule.
	Field, Problem, Source string
}

// String is one line for a report.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s (%s)", f.Weight, f.Field, f.Problem, f.Source)
}

// Check looks through a sheet, with the domains below which an address is a De-Mail address.
func (s Sheet) Check(suffixes ...string) []Finding {
	var out []Finding
	add := func(when bool, w Weight, field, problem, source string) {
		if when {
			out = append(out, Finding{w, field, problem, source})
		}
	}
	known := slices.ContainsFunc(s.Representatives, func(p Person) bool { return p.ID == s.OrderedBy })
	add(!s.Signed, Incomplete, "signed", "the sheet is not signed", "S1-087")
	add(!known, Incomplete, "ordered_by", fmt.Sprintf("%q is not one of the representatives", s.OrderedBy), "S0-027")
	add(s.Holder == "", Incomplete, "holder", "missing", "S1-093")
	add(s.LegalForm == "", Incomplete, "legal_form", "missing", "S1-093")
	add(len(s.Representatives) == 0, Incomplete, "representatives", "missing: nobody could be identified", "S1-093, S1-104")
	add(!s.Malware, Incomplete, "consents_to_malware_scan", "missing", "De-Mail-G 3(4)")
	add(s.Reason == "", Review, "reason", "why does this authority have a domain of its own?", "S1-095 to S1-098")
	add(len(s.Administrators) == 0, Hint, "administrators", "none is named", "S1-099")
	add(s.ITSP == Operator{}, Hint, "itsp", "missing: the account cannot be bound to a gateway", "S1-090")
	add(s.ITSP.Number != "" && (s.ITSP.Number != ITSPNumber || s.ITSP.Name != ITSPName), Hint, "itsp", "is not the operator of the pilot", "S1-091")
	add(s.Gateway && s.ITSP.Number == "", Incomplete, "gateway", "a gateway without an operator", "S1-090")
	out = append(out, s.checkAddresses(suffixes)...)
	return append(out, s.checkPersons()...)
}

func (s Sheet) checkAddresses(suffixes []string) []Finding {
	var out []Finding
	add := func(field, problem, source string) { out = append(out, Finding{Incomplete, field, problem, source}) }
	main, err := demail.ParseAddress("x@" + s.MainDomain)
	switch {
	case s.MainDomain == "":
		add("main_domain", "missing", "S1-088")
	case err != nil:
		add("main_domain", err.Error(), "S1-088")
	case !main.Below(suffixes...):
		add("main_domain", fmt.Sprintf("%s is not below %s", s.MainDomain, strings.Join(suffixes, ", ")), "S0-008")
	}
	box, err := demail.ParseAddress(s.Mailbox)
	switch {
	case s.Mailbox == "":
		add("mailbox", "missing", "S1-089")
	case err != nil:
		add("mailbox", err.Error(), "S1-089")
	case box.Domain() != main.Domain():
		add("mailbox", fmt.Sprintf("%s does not lie in the main domain", s.Mailbox), "S1-089")
	}
	return out
}

func (s Sheet) checkPersons() []Finding {
	var out []Finding
	seen := map[string]bool{}
	for i, p := range slices.Concat(s.Representatives, s.Administrators) {
		field := fmt.Sprintf("representatives[%d]", i)
		if i >= len(s.Representatives) {
			field = fmt.Sprintf("administrators[%d]", i-len(s.Representatives))
		}
		if p.ID == "" || seen[p.ID] {
			out = append(out, Finding{Incomplete, field, fmt.Sprintf("id %q is empty or taken", p.ID), "S1-093"})
		}
		if p.Address == "" {
			out = append(out, Finding{Incomplete, field, "has no address for access data", "S1-108"})
		}
		seen[p.ID] = true
	}
	return out
}

// Complete reports whether a sheet can be taken.
func Complete(findings []Finding) bool {
	return !slices.ContainsFunc(findings, func(f Finding) bool { return f.Weight == Incomplete })
}

// Account is the account that a complete sheet orders; credentials come when it is enabled. The operator is
// taken over only where its number is known to the caller.
func (s Sheet) Account(id string, known func(itsp string) bool) account.Account {
	a := account.Account{ID: id, Holder: s.Holder, Kind: account.Institution, Domains: []string{s.MainDomain}, Mailboxes: []string{s.Mailbox}, Retrieve: s.Formal}
	if known(s.ITSP.Number) {
		a.ITSP, a.Gateway = s.ITSP.Number, s.Gateway
	}
	for _, p := range s.Representatives {
		a.Persons = append(a.Persons, account.Person{ID: p.ID, Role: account.Representative, Address: p.Address})
	}
	for _, p := range s.Administrators {
		a.Persons = append(a.Persons, account.Person{ID: p.ID, Role: account.Administrator, Address: p.Address, Activates: p.Activates})
	}
	for i := range a.Persons {
		name := id + "-" + a.Persons[i].ID
		a.Persons[i].Credentials = account.NewCredentials(name, account.SampleSecret(id, a.Persons[i].ID))
	}
	return a
}

package actors

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is a kind of paper that goes from one office to another.
type Kind string

// The papers of the sources' processes.
const (
	// OrderSheet (Auftragsblatt) orders a De-Mail account (S1-087).
	OrderSheet Kind = "order sheet"
	// CommissioningOrder (Auftrag zur Inbetriebnahme) goes to KDN GmbH for a municipality, to SID for a state
	// authority (S1-137).
	CommissioningOrder Kind = "commissioning order"
	// TermsOfUse (Nutzungsbedingungen) are sent by BaK ESV and accepted by the account holder (S0-012, S1-134).
	TermsOfUse Kind = "terms of use"
	// PowerOfAttorney (Vollmacht) lets KDN GmbH act for the tenant (D9).
	PowerOfAttorney Kind = "power of attorney"
	// DirectionForm states the direction of a domain or subdomain (S1-164, S1-181).
	DirectionForm Kind = "direction form"
	// OrderToIntervene is the tenant's written order to change its account settings (S0-063).
	OrderToIntervene Kind = "order to intervene"
	// ChangeRequest is a CR of the service "Land- De-Mail Gateway" (S0-065).
	ChangeRequest Kind = "change request"
	// Readiness (Anzeige des Wirkbetriebs) tells that production begins (S0-033).
	Readiness Kind = "notice of production"
	// Instruction (Arbeitsauftrag) asks the holder of a power of attorney to do something.
	Instruction Kind = "instruction"
)

// forms are the fields that each kind must have to be worked on.
var forms = map[Kind][]string{
	OrderSheet:         {"holder", "main_domain", "mailbox", "itsp", "signed_by"},
	CommissioningOrder: {"domain", "mail_server", "signed_by"},
	TermsOfUse:         {"version", "accepted_by"},
	PowerOfAttorney:    {"holder", "roles", "from", "signed_by"},
	DirectionForm:      {"domain", "direction", "signed_by"},
	OrderToIntervene:   {"object", "from", "until", "signed_by"},
	ChangeRequest:      {"service", "object", "description"},
	Readiness:          {"since", "signed_by"},
	Instruction:        {"task", "signed_by"},
}

// Document is a paper with its fields, as it is put into the recipient's file.
type Document struct {
	// Number is given when it is handed over.
	Number string `json:"number"`
	Kind   Kind   `json:"kind"`
	// From and To are offices, Tenant whose matter it is.
	From   string            `json:"from"`
	To     string            `json:"to"`
	Tenant string            `json:"tenant"`
	Fields map[string]string `json:"fields"`
}

// Missing lists the fields that the form asks for and that are empty, in its order.
func (d Document) Missing() []string {
	return slices.DeleteFunc(slices.Clone(forms[d.Kind]), func(f string) bool { return strings.TrimSpace(d.Fields[f]) != "" })
}

// Returned is the error of a paper that its recipient sends back: nothing was done on it.
type Returned struct {
	Document Document
	// Missing are the fields that the sender owes.
	Missing []string
}

// Error names the paper, what is missing and who owes it.
func (r *Returned) Error() string {
	return fmt.Sprintf("%s sends the %s back: %s is missing; %s owes it", r.Document.To, r.Document.Kind, strings.Join(r.Missing, ", "), r.Document.From)
}

// Package register is what is on record at the gateway's administration: tenants with their domains and mapping,
// persons, powers of attorney, change requests, written orders, as one state that is read as a whole and never
// changes once it was shown.
//
// It leaves out who may change what and how (package clerk), sessions (package signin) and the store.
package register

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"demailbench/gateway/journal"
	"demailbench/gateway/password"
	"demailbench/gateway/role"
	"demailbench/gateway/tenant"
)

// Contact is a process owner or technical contact with the fields of the terms of use (S0-073, S0-074).
type Contact struct {
	Authority  string `json:"authority,omitempty"`
	Department string `json:"department,omitempty"`
	Unit       string `json:"unit,omitempty"`
	Person     string `json:"person,omitempty"`
	Postal     string `json:"postal,omitempty"`
	Telephone  string `json:"telephone,omitempty"`
	Fax        string `json:"fax,omitempty"`
	Mail       string `json:"mail,omitempty"`
}

// Tenant is an enrolled tenant.
type Tenant struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Kind is "municipal" or "state" (S1-137).
	Kind string `json:"kind,omitempty"`
	// Phase is "pilot" (S0-002).
	Phase    string       `json:"phase"`
	State    tenant.State `json:"state"`
	Reason   string       `json:"reason,omitempty"`
	Enrolled time.Time    `json:"enrolled"`
	// Commissioned is when the commissioning ended; zero while it goes on.
	Commissioned time.Time `json:"commissioned,omitzero"`
	// Assigned are the networks that the operator gave the tenant, Networks those of them that are in use.
	Assigned  []netip.Prefix   `json:"assigned"`
	Networks  []netip.Prefix   `json:"networks"`
	Transport tenant.Transport `json:"transport"`
	// NextHop is "host:port", or empty for the MX of the mail domain.
	NextHop     string          `json:"next_hop,omitempty"`
	MailDomains []string        `json:"mail_domains"`
	Domains     []tenant.Domain `json:"domains"`
	// Options and ReceiptMode are what the mail rules know of De-Mail options (D15, D21).
	Options     tenant.OptionRules `json:"options,omitzero"`
	ReceiptMode tenant.ReceiptMode `json:"receipt_mode,omitempty"`
	// TechnicalContact learns of disturbances and maintenance; its Mail is what the mail rules know.
	TechnicalContact Contact `json:"technical_contact"`
	ProcessOwner     Contact `json:"process_owner,omitzero"`
	// TechnicalAdministrator and AccountAdministrator are the persons that the tenant has named (S0-018).
	TechnicalAdministrator string `json:"technical_administrator,omitempty"`
	AccountAdministrator   string `json:"account_administrator,omitempty"`
	// AccountAccess are the organisations named as administrators of the De-Mail account (S1-042, S1-162).
	AccountAccess []string `json:"account_access,omitempty"`
}

// Person is somebody who may sign in.
type Person struct {
	Organisation string        `json:"organisation"`
	Name         string        `json:"person"`
	Title        string        `json:"name"`
	Mail         string        `json:"mail,omitempty"`
	Roles        []role.Role   `json:"roles"`
	Revoked      bool          `json:"revoked,omitempty"`
	Password     password.Hash `json:"password,omitempty"`
}

// Public is the person as a log may show it.
func (p Person) Public() Person {
	p.Password = ""
	return p
}

// ChangeRequest is a change request with what only people read.
type ChangeRequest struct {
	role.ChangeRequest
	Description string `json:"description,omitempty"`
	// State is "filed", "done" or "rejected".
	State string `json:"state"`
}

// Order is a written order with what only people read.
type Order struct {
	role.Order
	// Reason is "emergency", "first-subdomain" or "other"; SignedBy and Document prove the writing.
	Reason   string `json:"reason"`
	SignedBy string `json:"signed_by"`
	Document string `json:"document"`
}

// Row is a row of the mapping as it is stored.
type Row struct {
	Tenant string `json:"tenant"`
	Mail   string `json:"mail"`
	DeMail string `json:"demail"`
}

// State is everything on record. Who changes it makes a copy, puts new values into its maps, and replaces its
// slices instead of writing to them.
type State struct {
	Tenants map[string]Tenant
	// Order has the tenants' ids in the order of enrolment.
	Order []string
	// Mapping has each tenant's rows in the order of their making.
	Mapping map[string][]tenant.Pair
	// Persons are by PersonKey.
	Persons map[string]Person
	Powers  []role.PowerOfAttorney
	Changes []ChangeRequest
	Orders  []Order
	// Heads are the ends of the audit logs by name.
	Heads map[string]journal.Head
	// Book has the tables that the mail rules read.
	Book *tenant.Book
}

// New returns a state without anything on record.
func New() *State {
	return &State{Tenants: map[string]Tenant{}, Mapping: map[string][]tenant.Pair{}, Persons: map[string]Person{}, Heads: map[string]journal.Head{}}
}

// Copy is a state that may be changed without changing s.
func (s *State) Copy() *State {
	n := *s
	n.Tenants, n.Mapping, n.Persons, n.Heads = maps.Clone(s.Tenants), maps.Clone(s.Mapping), maps.Clone(s.Persons), maps.Clone(s.Heads)
	return &n
}

// PersonKey is the key of a person in Persons and in the store.
func PersonKey(organisation, name string) string { return organisation + "/" + name }

// Person finds a person.
func (s *State) Person(organisation, name string) (Person, bool) {
	p, ok := s.Persons[PersonKey(organisation, name)]
	return p, ok
}

// Find is the place of an e-mail address in a tenant's mapping, -1 for none.
func (s *State) Find(id, mail string) int {
	return slices.IndexFunc(s.Mapping[id], func(p tenant.Pair) bool { return p.Mail == mail })
}

// Power is the i-th power of attorney as it stands with its tenant.
func (s *State) Power(i int) role.PowerOfAttorney {
	p := s.Powers[i]
	t := s.Tenants[p.Tenant]
	p.Over = t.State == tenant.Offboarded || p.Purpose == role.Commissioning && !t.Commissioned.IsZero()
	return p
}

// PowersOf are the powers of attorney of a tenant for a holder; an empty name stands for all.
func (s *State) PowersOf(id, holder string) (l []role.PowerOfAttorney) {
	for i, p := range s.Powers {
		if (id == "" || p.Tenant == id) && (holder == "" || p.Holder == holder) {
			l = append(l, s.Power(i))
		}
	}
	return l
}

// Sees lists the tenants that somebody sees at an instant: the operator all, a tenant's people their own, others
// those that have given a power of attorney.
func (s *State) Sees(organisation string, at time.Time) (ids []string) {
	for _, id := range s.Order {
		switch {
		case organisation == role.Operator, organisation == id:
			ids = append(ids, id)
		case !role.IsTenant(organisation):
			if slices.ContainsFunc(s.PowersOf(id, organisation), func(p role.PowerOfAttorney) bool { return p.At(at) == role.Active }) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

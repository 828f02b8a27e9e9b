package tenant

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Options say how NewBook reads tenants.
type Options struct {
	// Suffixes are the domains below which De-Mail addresses live; default "de-mail.de" (S0-008). The
	// suffix itself is no De-Mail domain.
	Suffixes []string
	// Canonical brings an address into its one canonical form; required. It is gateway/demail.Canonical:
	// map, policy, store and wire compare by the same function.
	Canonical func(address string) (string, error)
	// Over says that the service has ended for all tenants (D23): nothing is taken from them any more, and inbound
	// De-Mails stay at the DMDA, as if every domain were unbound. What was accepted before still goes its way.
	Over bool
}

// Book is the validated set of enrolled tenants. It does not change; a new configuration is a new book.
type Book struct {
	tenants  []Tenant
	byID     map[string]int
	suffixes []string
	over     bool
	networks []network
	mail     map[string]int
	domains  map[string]place
	sender   map[string]row
	boxes    map[string][]string
}

// network is one address range of the tenant with index owner.
type network struct {
	prefix netip.Prefix
	owner  int
}

// place is a De-Mail domain with its owner.
type place struct {
	owner int
	Domain
}

// row is what an e-mail address maps to.
type row struct {
	owner  int
	demail string
}

// BookError says what is wrong with an enrolment and what to do.
type BookError struct {
	// Tenant is the tenant's id, or its position ("tenant 3") when it has none.
	Tenant string
	// Field is the key as in the configuration ("mapping[1].demail"), Value what stands there.
	Field, Value string
	Problem, Fix string
	// Other is the id of another tenant with whom it collides. Problem names it: who is not the operator must
	// not read that.
	Other string
}

// Rule is the statement or decision that Problem names in brackets ("D12"), empty for none.
func (e *BookError) Rule() string {
	i, j := strings.LastIndexByte(e.Problem, '('), strings.LastIndexByte(e.Problem, ')')
	if i < 0 || j < i || strings.ContainsAny(e.Problem[i:j], " @") {
		return ""
	}
	return e.Problem[i+1 : j]
}

// Error is one line: tenant, field, value, problem, what to do.
func (e *BookError) Error() string {
	return fmt.Sprintf("tenant %s: %s %.200q: %s; %s", e.Tenant, e.Field, e.Value, e.Problem, e.Fix)
}

// NewBook validates tenants and builds their tables. The error is a *BookError that names tenant, field and
// value; nothing is built then.
func NewBook(tenants []Tenant, o Options) (*Book, error) {
	b := &Book{
		byID: map[string]int{}, mail: map[string]int{}, domains: map[string]place{},
		sender: map[string]row{}, boxes: map[string][]string{}, suffixes: slices.Clone(o.Suffixes), over: o.Over,
	}
	if len(b.suffixes) == 0 {
		b.suffixes = []string{"de-mail.de"}
	}
	if o.Canonical == nil {
		return nil, &BookError{Tenant: "-", Field: "Options.Canonical", Value: "nil", Problem: "no canonical form given", Fix: "pass gateway/demail.Canonical"}
	}
	for i, t := range tenants {
		b.tenants = append(b.tenants, clone(t))
		e := &enrolment{book: b, tenant: &b.tenants[i], owner: i, canonical: o.Canonical}
		if err := e.enter(); err != nil {
			return nil, err
		}
	}
	for i := range b.tenants {
		e := &enrolment{book: b, tenant: &b.tenants[i], owner: i, canonical: o.Canonical}
		if err := e.enterAddresses(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// clone keeps the book from sharing slices with its caller.
func clone(t Tenant) Tenant {
	t.Networks = slices.Clone(t.Networks)
	t.MailDomains = slices.Clone(t.MailDomains)
	t.Domains = slices.Clone(t.Domains)
	t.Mapping = slices.Clone(t.Mapping)
	t.Options.Tags = slices.Clone(t.Options.Tags)
	t.Options.Mailboxes = slices.Clone(t.Options.Mailboxes)
	return t
}

// Tenants returns all tenants in the order given, with canonical addresses and defaults filled in.
func (b *Book) Tenants() []Tenant {
	ts := make([]Tenant, len(b.tenants))
	for i, t := range b.tenants {
		ts[i] = clone(t)
	}
	return ts
}

// Tenant returns the tenant with the id.
func (b *Book) Tenant(id string) (Tenant, bool) {
	i, ok := b.byID[id]
	if !ok {
		return Tenant{}, false
	}
	return clone(b.tenants[i]), true
}

// MailDomain returns the tenant to whom an e-mail domain, in canonical form, belongs; without its mapping.
func (b *Book) MailDomain(domain string) (Tenant, bool) {
	i, ok := b.mail[domain]
	if !ok {
		return Tenant{}, false
	}
	t := b.tenants[i]
	t.Mapping = nil
	return clone(t), true
}

// Contact returns the technical contact of a tenant, empty when there is none.
func (b *Book) Contact(id string) string {
	if i, ok := b.byID[id]; ok {
		return b.tenants[i].TechnicalContact
	}
	return ""
}

// Owner returns the id of the tenant to whom a De-Mail domain, in canonical form, belongs.
func (b *Book) Owner(domain string) (id string, ok bool) {
	at, ok := b.domains[domain]
	if !ok {
		return "", false
	}
	return b.tenants[at.owner].ID, true
}

// CheckPair judges a further row of a tenant's mapping and returns it in canonical form. The error is a *BookError;
// known tells that the book has exactly this row.
func (b *Book) CheckPair(id string, p Pair, o Options) (c Pair, known bool, err error) {
	i, ok := b.byID[id]
	if !ok {
		return Pair{}, false, &BookError{Tenant: id, Field: "tenant", Value: id, Problem: "is not enrolled", Fix: "enrol it first"}
	}
	e := &enrolment{book: b, tenant: &b.tenants[i], owner: i, canonical: o.Canonical}
	if mail, err := o.Canonical(p.Mail); err == nil {
		if demail, err := o.Canonical(p.DeMail); err == nil && b.sender[mail] == (row{i, demail}) {
			return Pair{mail, demail}, true, nil
		}
	}
	c, err = e.pair("", p)
	return c, false, err
}

// IsDeMail reports whether a canonical address lies in a domain below a De-Mail suffix. The match is by whole
// labels: evil-de-mail.de and de-mail.de.evil.test are none.
func (b *Book) IsDeMail(address string) bool { return b.isDeMailDomain(domainOf(address)) }

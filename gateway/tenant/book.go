package tenant

import (
	"fmt"
	"net/netip"
	"slices"
)

// Options say how NewBook reads tenants.
type Options struct {
	// Suffixes are the domains below which De-Mail addresses live; default "de-mail.de" (S0-008). The
	// suffix itself is no De-Mail domain.
	Suffixes []string
	// Canonical brings an address into its one canonical form; required. It is gateway/demail.Canonical:
	// map, policy, store and wire compare by the same function.
	Canonical func(address string) (string, error)
}

// Book is the validated set of enrolled tenants. It does not change; a new configuration is a new book.
type Book struct {
	tenants  []Tenant
	byID     map[string]int
	suffixes []string
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

// place is a De-Mail domain's owner and direction.
type place struct {
	owner     int
	direction Direction
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
		sender: map[string]row{}, boxes: map[string][]string{}, suffixes: slices.Clone(o.Suffixes),
	}
	if len(b.suffixes) == 0 {
		b.suffixes = []string{"de-mail.de"}
	}
	if o.Canonical == nil {
		return nil, &BookError{"-", "Options.Canonical", "nil", "no canonical form given", "pass gateway/demail.Canonical"}
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
		if err := e.enterMapping(); err != nil {
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

// IsDeMail reports whether a canonical address lies in a domain below a De-Mail suffix. The match is by whole
// labels: evil-de-mail.de and de-mail.de.evil.test are none.
func (b *Book) IsDeMail(address string) bool { return b.isDeMailDomain(domainOf(address)) }

package tenant

import "net/netip"

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
	mailDom  map[string]int
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

// NewBook validates tenants and builds their tables. The error is a *BookError that names tenant, field and
// value; nothing is built then.
func NewBook(tenants []Tenant, o Options) (*Book, error) { panic("not yet") }

// Tenants returns all tenants in the order given, with canonical addresses and defaults filled in.
func (b *Book) Tenants() []Tenant { return append([]Tenant(nil), b.tenants...) }

// Tenant returns the tenant with the id.
func (b *Book) Tenant(id string) (Tenant, bool) {
	i, ok := b.byID[id]
	if !ok {
		return Tenant{}, false
	}
	return b.tenants[i], true
}

// NewRules returns the gateway's rules over a book.
func NewRules(b *Book) Rules { panic("not yet") }

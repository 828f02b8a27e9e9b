// Package account is the account management of one De-Mail provider (TR-01201-2.1): who holds which account,
// in which state it is, which addresses belong to it, to which operator of gateways (ITSP) it is bound, which
// persons may sign in and what their roles allow, and the documentation of every change.
//
// It leaves out the contents of mailboxes (sim/dmda), order sheets (package order) and the public directory
// itself: an account only says whether it is to be listed there.
package account

import (
	"maps"
	"slices"
	"time"
)

// The values of Account.Kind.
const (
	Institution = "institution"
	Natural     = "person"
)

// The values of Account.Receipt (D21).
const (
	// OnRequest: a receipt is confirmed when the sender asks for it.
	OnRequest = "on-request"
	// Always: every receipt of a normal message is confirmed (S4-019).
	Always = "always"
)

// Free is how many mailboxes, and Quota how many octets of messages, an account has without extra charge
// (S1-063, D20).
const (
	Free  = 2
	Quota = 1_000_000_000
)

// Account is one De-Mail account.
type Account struct {
	// ID names the account in the bench.
	ID string
	// Holder is the name in X-de-mail-account-holder: institution, person or pseudonym.
	Holder string
	// Kind is Institution or Natural.
	Kind string
	// State is empty in a configuration for Activated.
	State State
	// Since is when the state began, for orders when they came in; Reason why it is blocked or restricted.
	Since  time.Time
	Reason string
	// Domains are the institution's own De-Mail domains, the main domain first; its mailboxes lie in them.
	Domains []string
	// ITSP is the number of the operator to which the account is bound (S0-016); empty for none.
	ITSP string
	// Gateway says that the account is enabled for gateway access (S0-031).
	Gateway bool
	// Receipt is OnRequest or Always; empty means OnRequest.
	Receipt string
	// Retrieve: the holder is a body entitled to formal service, which may ask for confirmations of retrieve
	// (TR-01201-2.1 table 3).
	Retrieve bool
	// NormalOnly: nobody of the account can sign in at level high, so personal messages cannot reach it.
	NormalOnly bool
	// Published: the holder wants an entry in the directory (De-Mail-G 7).
	Published bool
	// Mailboxes are the addresses of the account: those that may send, and where messages come to rest.
	Mailboxes []string
	// Quota is how many octets of messages the account may keep; 0 means the package's Quota.
	Quota int64
	// Forward leads from a mailbox to the De-Mail address to which copies go (TR-01201-3.1 3.1.3.2);
	// KeepPersonal excludes personal messages from that.
	Forward      map[string]string
	KeepPersonal bool
	// Redirect is the De-Mail address to which everything goes on after the contract's end, without a copy
	// (Nachsendeauftrag, TR-01201-3.1 3.1.3.3).
	Redirect string
	// Persons may sign in.
	Persons []Person
	// Ended and Announced date the end of the contract and the notice of dissolution. Released: the domains
	// were given free at once.
	Ended, Announced time.Time
	Released         bool

	before State // what a block interrupted
}

// clone copies what is shared by reference.
func (a Account) clone() Account {
	a.Domains, a.Mailboxes, a.Forward = slices.Clone(a.Domains), slices.Clone(a.Mailboxes), maps.Clone(a.Forward)
	a.Persons = slices.Clone(a.Persons)
	for i := range a.Persons {
		a.Persons[i].access = nil
	}
	return a
}

// Limit is how many octets of messages the account may keep.
func (a Account) Limit() int64 {
	if a.Quota == 0 {
		return Quota
	}
	return a.Quota
}

// Use reports whether a person may use a mailbox: staff the assigned ones, all others every one.
func (a Account) Use(person, mailbox string) bool {
	p := a.person(person)
	return p != nil && slices.Contains(a.Mailboxes, mailbox) && (p.Role != Staff || slices.Contains(p.Mailboxes, mailbox))
}

// ITSP is an operator of gateways: it acts for accounts that are bound to it (S1-026, S1-027).
type ITSP struct {
	// Number is the operator's number at the provider, "7100002768" for SID.
	Number string
	// Name is the operator's name.
	Name string
	// Certificate is the common name of its client certificate, the one on its card.
	Certificate string
	// Push is the "IP:port" at which its gateway takes De-Mails; empty for an operator that takes none.
	Push string
}

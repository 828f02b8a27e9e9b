// Package account is the directory of one De-Mail provider: who holds which account, which addresses belong
// to it, to which operator of gateways (ITSP) it is bound, and what its holder has set.
//
// It leaves out mailboxes and messages (sim/dmda), states of accounts, persons and their sign-in.
package account

// The values of Account.Kind.
const (
	Institution = "institution"
	Person      = "person"
)

// The values of Account.Receipt (D21).
const (
	// OnRequest: a receipt is confirmed when the sender asks for it.
	OnRequest = "on-request"
	// Always: every receipt of a normal message is confirmed (S4-019).
	Always = "always"
)

// Account is one De-Mail account.
type Account struct {
	// ID names the account in the bench.
	ID string
	// Holder is the name in X-de-mail-account-holder: institution, person or pseudonym.
	Holder string
	// Kind is Institution or Person.
	Kind string
	// Domains are the institution's own De-Mail domains; its mailboxes lie in them.
	Domains []string
	// ITSP is the number of the operator to which the account is bound (S0-016); empty for none.
	ITSP string
	// Gateway says that the account is enabled for gateway access (S0-031).
	Gateway bool
	// Receipt is OnRequest or Always; empty means OnRequest.
	Receipt string
	// Mailboxes are the addresses of the account: those that may send, and where messages come to rest.
	Mailboxes []string
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

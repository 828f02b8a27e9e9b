package tenant

import "net/netip"

// Rules are the decisions that the gateway takes about a connection and the addresses of a message. All
// addresses are canonical (gateway/demail); nil means allowed. NewRules is the implementation; a faulty
// gateway for the bench embeds it and replaces single methods.
type Rules interface {
	// Connect finds the tenant to whose networks src belongs (S0-003, S0-004).
	Connect(src netip.Addr) (Tenant, *Refusal)
	// Transport judges whether mail of t may travel on this session (S0-038..040, D18).
	Transport(t Tenant, src netip.Addr, tls bool) *Refusal
	// Sender returns the De-Mail address under which the mailbox envelope of t sends; envelope "" is the
	// null sender (S1-152..154, D13, D14).
	Sender(t Tenant, envelope string) (demail string, r *Refusal)
	// HeaderFrom judges the address of the From field against the De-Mail address that Sender gave: both
	// must be the same account's (TR-01201-6.1 10.1.2, D13).
	HeaderFrom(t Tenant, demail, from string) *Refusal
	// Recipient returns the De-Mail address to which a submission goes (D13, TR-01201-6.1 10.1.3).
	Recipient(t Tenant, to string) (demail string, r *Refusal)
	// Public returns what the De-Mail world may read in place of an address in a message of t: the mapped
	// De-Mail address of a mailbox, a De-Mail address as it is; false when it may read nothing (S1-152).
	Public(t Tenant, address string) (string, bool)
	// Inbound finds the mailboxes for De-Mail address to. confirmation says that the sender is a system
	// address of a DMDA, whose messages pass for send-only domains (D11, D12, D14).
	Inbound(to string, confirmation bool) (Delivery, *Refusal)
}

// Delivery is where an inbound De-Mail goes.
type Delivery struct {
	// Tenant is the tenant's id.
	Tenant string
	// Mailboxes are its e-mail addresses, at least one; each gets a copy.
	Mailboxes []string
}

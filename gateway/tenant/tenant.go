// Package tenant holds the gateway's rules about tenants: who may connect, under which De-Mail address a
// mailbox sends, where a De-Mail goes, and with which words and by which requirement something is refused.
//
// The rules are pure: they look at a Book that does not change and at their arguments, never at a clock, a
// socket or a store. Addresses reach them in the canonical form of gateway/demail; an address in any other
// spelling matches nothing and is refused. The package leaves out SMTP, message headers, powers of attorney
// and the routes on which messages travel.
package tenant

import "net/netip"

// Transport is how a tenant's line to the gateway is protected (S0-038, D18).
type Transport string

const (
	// STARTTLS: way B, TLS is mandatory in both directions (S0-040).
	STARTTLS Transport = "starttls"
	// IPSEC: way A, the line is a tunnel and SMTP inside it may be in clear (S0-039).
	IPSEC Transport = "ipsec"
)

// Direction says which way De-Mails of a domain travel through the gateway (S1-164..166, D14).
type Direction string

const (
	// Both sends and receives.
	Both Direction = "both"
	// ReceiveOnly refuses submission.
	ReceiveOnly Direction = "receive-only"
	// SendOnly leaves inbound De-Mails in the DMDA's mailbox; confirmations and notifications to a mapped
	// sender are delivered all the same.
	SendOnly Direction = "send-only"
)

// State is where a tenant stands.
type State string

const (
	// Enrolled tenants are served.
	Enrolled State = "enrolled"
	// Suspended tenants may not submit, and inbound De-Mails stay at the DMDA until they are resumed.
	Suspended State = "suspended"
	// Offboarded tenants have nothing here any more but what was accepted before and still goes out (D23).
	Offboarded State = "offboarded"
)

// BounceForm is how BounceAll returns a De-Mail (D11).
type BounceForm string

const (
	// BounceRefuse refuses at the push: the DMDA makes the notification.
	BounceRefuse BounceForm = "refuse"
	// BounceReply answers by a new De-Mail of the tenant, where there is somebody to answer.
	BounceReply BounceForm = "reply"
)

// ReceiptMode is when the DMDA confirms the receipt of a De-Mail for the tenant's accounts (S4-019, D21).
type ReceiptMode string

const (
	// ReceiptOnRequest: when the sender has asked for it.
	ReceiptOnRequest ReceiptMode = "on-request"
	// ReceiptAlways: for every De-Mail.
	ReceiptAlways ReceiptMode = "always"
)

// Domain is a De-Mail domain or subdomain of a tenant; a subdomain has its own direction.
type Domain struct {
	Name string `yaml:"name" json:"name"`
	// Direction defaults to Both.
	Direction Direction `yaml:"direction" json:"direction"`
	// Unbound says that the domain is the tenant's, but not assigned to the gateway (S1-138): nothing is sent
	// from it or accepted for it.
	Unbound bool `yaml:"unbound" json:"unbound,omitempty"`
	// CatchAll is the mailbox of the tenant that gets De-Mails to unmapped addresses, BounceAll how they are
	// returned instead. At most one of them is set (S1-157, D11).
	CatchAll  string     `yaml:"catch_all" json:"catch_all,omitempty"`
	BounceAll BounceForm `yaml:"bounce_all" json:"bounce_all,omitempty"`
	// BounceSender is the De-Mail address of the tenant that replies, for BounceReply.
	BounceSender string `yaml:"bounce_sender" json:"bounce_sender,omitempty"`
}

// Pair is one row of the mapping table (S1-149). An e-mail address stands in one row of the whole book; a
// De-Mail address may stand in several, and each of its mailboxes gets a copy (D12).
type Pair struct {
	Mail   string `yaml:"mail" json:"mail"`
	DeMail string `yaml:"demail" json:"demail"`
}

// Tenant is an enrolled institution (Mandant) with what the gateway must know about it.
type Tenant struct {
	// ID is the short name in configuration, log and audit: a-z, 0-9, hyphen.
	ID string `yaml:"id"`
	// Name is the institution's name.
	Name string `yaml:"name"`
	// State defaults to Enrolled.
	State State `yaml:"state"`
	// Networks are its addresses as the gateway sees them, after NAT; no two tenants overlap.
	Networks []netip.Prefix `yaml:"networks"`
	// Transport defaults to STARTTLS.
	Transport Transport `yaml:"transport"`
	// NextHop is "host:port" of its mail server; empty means the MX of the mail domain in the internal view.
	NextHop string `yaml:"next_hop"`
	// MailDomains are its e-mail domains.
	MailDomains []string `yaml:"mail_domains"`
	// Domains are its De-Mail domains.
	Domains []Domain `yaml:"domains"`
	// Mapping is its address table.
	Mapping []Pair `yaml:"mapping"`
	// Options are its rules about De-Mail options.
	Options OptionRules `yaml:"options"`
	// ReceiptMode is what its accounts are set to at the DMDA; BounceReply tells it. It defaults to
	// ReceiptOnRequest.
	ReceiptMode ReceiptMode `yaml:"receipt_mode"`
	// TechnicalContact is the e-mail address that receives alerts (S0-050).
	TechnicalContact string `yaml:"technical_contact"`
	// ProcessOwner is the e-mail address of the other named responsible person (S0-050, S0-073); may be empty.
	ProcessOwner string `yaml:"process_owner"`
}

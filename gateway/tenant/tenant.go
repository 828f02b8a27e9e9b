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

// Domain is a De-Mail domain or subdomain of a tenant; a subdomain has its own direction.
type Domain struct {
	Name string `yaml:"name"`
	// Direction defaults to Both.
	Direction Direction `yaml:"direction"`
}

// Pair is one row of the mapping table (S1-149). An e-mail address stands in one row of the whole book; a
// De-Mail address may stand in several, and each of its mailboxes gets a copy (D12).
type Pair struct {
	Mail   string `yaml:"mail"`
	DeMail string `yaml:"demail"`
}

// Tenant is an enrolled institution (Mandant) with what the gateway must know about it.
type Tenant struct {
	// ID is the short name in configuration, log and audit: a-z, 0-9, hyphen.
	ID string `yaml:"id"`
	// Name is the institution's name.
	Name string `yaml:"name"`
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
	// TechnicalContact is the e-mail address that receives alerts (S0-050).
	TechnicalContact string `yaml:"technical_contact"`
}

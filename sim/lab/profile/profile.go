// Package profile is the description of a world: which network, tenants, zones, accounts and certificates
// belong together, read from YAML and checked one by one and against each other.
//
// It is pure: what Load accepts can be built, and what cannot is refused with file, line, column, field,
// value and what to do. It leaves out building (packages lab and docker) and what scenarios do.
package profile

import (
	"io/fs"
	"net/netip"
	"slices"
	"strings"
	"time"

	"demailbench/sim/config"
	"demailbench/sim/topology"
)

// Suffix is the domain under which every De-Mail domain lies (S0-001).
const Suffix = "de-mail.de"

// Profile is a checked description of a world.
type Profile struct {
	// Name is the profile's name, that of its file.
	Name string
	// Topology is the network.
	Topology *topology.Topology
	// Tenants are the authorities that use the gateway, in the order of the profile.
	Tenants []Tenant
	// Views are what name servers answer with.
	Views []View
	// Accounts are the provider's.
	Accounts *Accounts
	// Certificates are issued anew for each world.
	Certificates []Certificate
	// Keys has the key files at its top, folder pki of the file system that Load read.
	Keys fs.FS

	file   file
	source *config.Source
}

// file is the form of profiles/*.yaml.
type file struct {
	Name         string        `yaml:"name"`
	Topology     string        `yaml:"topology"`
	Tenants      []string      `yaml:"tenants"`
	Zones        []string      `yaml:"zones"`
	Accounts     string        `yaml:"accounts"`
	Certificates []Certificate `yaml:"certificates"`
}

// Tenant is an authority that sends and receives De-Mails by the gateway (Mandant).
type Tenant struct {
	// ID is the tenant's short name, unique in the profile.
	ID string `yaml:"id"`
	// Key is the official municipality key (AGS), empty for who is no municipality.
	Key  string `yaml:"key,omitempty"`
	Name string `yaml:"name"`
	// Newcomer: it has neither account nor enrolment when scenarios begin; Domains and Mapping are what it will
	// order.
	Newcomer bool `yaml:"newcomer,omitempty"`
	// Network is the network the tenant belongs to: "svn" (state) or "kdn" (municipal).
	Network string `yaml:"network"`
	// MailServer and Desk are hosts of the topology: its mail server, and where its staff sit.
	MailServer string `yaml:"mail_server"`
	Desk       string `yaml:"desk"`
	// Networks are where the gateway sees it.
	Networks []config.Prefix `yaml:"networks"`
	// Transport is how mail is protected on the way to the gateway: "starttls", or "ipsec" when the line
	// does it (S0-038..040, D18).
	Transport string `yaml:"transport"`
	// MailDomains are the tenant's e-mail domains.
	MailDomains []string `yaml:"mail_domains"`
	// Domains are its De-Mail domains.
	Domains []Domain `yaml:"domains"`
	// Mapping pairs e-mail addresses with De-Mail addresses (D12).
	Mapping []Pair `yaml:"mapping"`
	// Unmapped are mailboxes that have no De-Mail address.
	Unmapped []string `yaml:"unmapped,omitempty"`
	// TechnicalContact gets alerts; it may be another's mailbox.
	TechnicalContact string `yaml:"technical_contact"`
	// ProcessOwner is the other named responsible person of the enrolment (S0-073); empty: nobody.
	ProcessOwner string `yaml:"process_owner,omitempty"`

	source *config.Source
}

// Domain is a De-Mail domain and the direction for which it is enabled (D14).
type Domain struct {
	Name string `yaml:"name"`
	// Direction is "both", "receive-only" or "send-only".
	Direction string `yaml:"direction"`
}

// Pair maps an e-mail address to its De-Mail address.
type Pair struct {
	Mail   string `yaml:"mail"`
	DeMail string `yaml:"demail"`
}

// Mailboxes are all e-mail addresses of the tenant, mapped ones first.
func (t *Tenant) Mailboxes() []string {
	var list []string
	for _, p := range t.Mapping {
		list = append(list, p.Mail)
	}
	list = append(list, t.Unmapped...)
	if _, domain, _ := strings.Cut(t.ProcessOwner, "@"); slices.Contains(t.MailDomains, domain) {
		list = append(list, t.ProcessOwner)
	}
	return list
}

// View is what one name server tells its clients.
type View struct {
	// Name is what hosts of role dns refer to.
	Name string `yaml:"view"`
	// Clients are the networks that are answered; others are refused.
	Clients []config.Prefix `yaml:"clients"`
	Zones   []Zone          `yaml:"zones"`

	source *config.Source
}

// Zone is a zone for which the server has authority.
type Zone struct {
	// Origin is the zone's name, without the final dot.
	Origin string `yaml:"origin"`
	// Records are lines of a master file (RFC 1035 5.1), without directives.
	Records []string `yaml:"records"`
}

// Accounts are a provider (DMDA) and what it holds.
type Accounts struct {
	Provider Provider `yaml:"provider"`
	// ITSPs are the operators whose gateways may act for accounts.
	ITSPs    []ITSP    `yaml:"itsps"`
	Accounts []Account `yaml:"accounts"`

	source *config.Source
}

// Provider is the DMDA itself.
type Provider struct {
	Name string `yaml:"name"`
	// Domain is the provider's De-Mail domain, Hostname its server's name on the link to the gateways.
	Domain   string `yaml:"domain"`
	Hostname string `yaml:"hostname"`
	// Port is where the link listens.
	Port uint16 `yaml:"port"`
}

// ITSP is an operator of gateways (S1-026).
type ITSP struct {
	Number string `yaml:"number"`
	Name   string `yaml:"name"`
	// Certificate is the name of the profile's certificate that is on the operator's card.
	Certificate string `yaml:"certificate"`
	// Push is "IP:port" of the gateway as the provider sees it.
	Push string `yaml:"push"`
}

// Account is a De-Mail account.
type Account struct {
	ID     string `yaml:"id"`
	Holder string `yaml:"holder"`
	// Kind is "institution" or "person".
	Kind string `yaml:"kind"`
	// Domains are an institution's De-Mail domains.
	Domains []string `yaml:"domains,omitempty"`
	// ITSP is the number of the operator to which the account is bound, Gateway whether it is enabled
	// for its gateway (S0-016, S0-031).
	ITSP    string `yaml:"itsp,omitempty"`
	Gateway bool   `yaml:"gateway,omitempty"`
	// Receipt is "on-request" or "always" (D21).
	Receipt   string   `yaml:"receipt"`
	Mailboxes []string `yaml:"mailboxes"`
	// Retrieve: the holder is entitled to formal service and may ask for confirmations of retrieve.
	Retrieve bool `yaml:"retrieve,omitempty"`
	// NormalOnly: nobody of the account can sign in at level high.
	NormalOnly bool `yaml:"normal_only,omitempty"`
	// Quota is how many octets of messages the account keeps; without it 1 GByte (S1-063).
	Quota int64 `yaml:"quota,omitempty"`
}

// Certificate is what the bench's authority issues for a host.
type Certificate struct {
	// Name is the subject's common name.
	Name string `yaml:"name"`
	// Host is the host that has it.
	Host string `yaml:"host"`
	// Key is a key of fixtures/pki, without ".pem".
	Key string `yaml:"key"`
	// DNS and IPs are the names under which the host proves itself.
	DNS []string      `yaml:"dns,omitempty"`
	IPs []config.Addr `yaml:"ips,omitempty"`
	// Card says that the key is on the operator's card (D16): for clients, unlocked by a PIN.
	Card bool `yaml:"card,omitempty"`
	// From and Until bound the validity.
	From  config.Time `yaml:"from"`
	Until config.Time `yaml:"until"`
}

// Tenant returns the tenant with that id, or nil.
func (p *Profile) Tenant(id string) *Tenant {
	for i := range p.Tenants {
		if p.Tenants[i].ID == id {
			return &p.Tenants[i]
		}
	}
	return nil
}

// Epoch is when scenarios begin, unless they say otherwise (D29).
func (p *Profile) Epoch() time.Time { return p.Topology.Epoch.Time }

// Enrolled are the tenants that the gateway serves when a scenario begins: all but newcomers.
func (p *Profile) Enrolled() []Tenant {
	return slices.DeleteFunc(slices.Clone(p.Tenants), func(t Tenant) bool { return t.Newcomer })
}

// View returns the view of that name, or nil.
func (p *Profile) View(name string) *View {
	for i := range p.Views {
		if p.Views[i].Name == name {
			return &p.Views[i]
		}
	}
	return nil
}

// NameServer is the name server that a host asks: the one in its own address realm, else the one in the
// gateway's realm, which serves the tenants.
func (p *Profile) NameServer(host *topology.Host) *topology.Host {
	realm := func(h *topology.Host) string { return p.Topology.Segment(h.Segment).Realm }
	var central *topology.Host
	for i := range p.Topology.Hosts {
		h := &p.Topology.Hosts[i]
		switch {
		case h.Role != topology.DNS:
		case realm(h) == realm(host):
			return h
		case central == nil && realm(h) == realm(p.Role(topology.Gateway)):
			central = h
		}
	}
	return central
}

// Role is the first host of a role; there is one for gateway and DMDA.
func (p *Profile) Role(r topology.Role) *topology.Host {
	for i := range p.Topology.Hosts {
		if p.Topology.Hosts[i].Role == r {
			return &p.Topology.Hosts[i]
		}
	}
	return nil
}

// Certificate is a host's certificate on the card, or the one for its own connections; nil when there is none.
func (p *Profile) Certificate(host string, card bool) *Certificate {
	for i := range p.Certificates {
		if c := &p.Certificates[i]; c.Host == host && c.Card == card {
			return c
		}
	}
	return nil
}

// PushAddress is where the provider reaches the gateway.
func (i ITSP) PushAddress() (netip.AddrPort, error) { return netip.ParseAddrPort(i.Push) }

package profile

import (
	"fmt"
	"slices"
	"strings"

	"demailbench/sim/config"
	"demailbench/sim/demail"
	"demailbench/sim/topology"
)

func (p *Profile) checkTenants() error {
	ids, domains := map[string]string{}, map[string]string{}
	for i := range p.Tenants {
		t := &p.Tenants[i]
		if !config.IsName(t.ID) {
			return t.source.Fail("id", t.ID, "is not a name", "use lower case letters, digits and hyphens")
		}
		if first := ids[t.ID]; first != "" {
			return t.source.Fail("id", t.ID, "the tenant of "+first+" has this id already", "give each tenant its own")
		}
		ids[t.ID] = t.source.Name
		for _, check := range []func(*Tenant) error{p.checkPlace, p.checkTransport, p.checkDomains, checkMapping, p.checkBound} {
			if err := check(t); err != nil {
				return err
			}
		}
		for i, d := range slices.Concat(t.MailDomains, demailDomains(t)) {
			if owner := domains[d]; owner != "" {
				field := fmt.Sprintf("mail_domains[%d]", i)
				if i >= len(t.MailDomains) {
					field = fmt.Sprintf("domains[%d].name", i-len(t.MailDomains))
				}
				return t.source.Fail(field, d, "belongs to tenant "+owner+" already", "a domain has one tenant")
			}
			domains[d] = t.ID
		}
	}
	return nil
}

func demailDomains(t *Tenant) []string {
	var names []string
	for _, d := range t.Domains {
		names = append(names, d.Name)
	}
	return names
}

// checkPlace judges where the tenant sits in the network and how the gateway sees it.
func (p *Profile) checkPlace(t *Tenant) error {
	if t.Network != "svn" && t.Network != "kdn" {
		return t.source.Fail("network", t.Network, "is not known", "use svn or kdn")
	}
	for _, h := range []struct {
		field, name string
		role        topology.Role
	}{{"mail_server", t.MailServer, topology.Mail}, {"desk", t.Desk, topology.Client}} {
		host := p.Topology.Host(h.name)
		if host == nil {
			return t.source.Fail(h.field, h.name, "is not in "+p.file.Topology, "add the host there, or correct the name")
		}
		if host.Role != h.role {
			return t.source.Fail(h.field, h.name, "has the role "+string(host.Role)+" in "+p.file.Topology, "it must be "+string(h.role))
		}
		if len(host.Domains) > 0 {
			return t.source.Fail(h.field, h.name, "has domains of its own in "+p.file.Topology, "a tenant's domains stand in its own file: remove them there")
		}
	}
	for i := range p.Tenants {
		o := &p.Tenants[i]
		if o == t {
			break
		}
		if o.MailServer == t.MailServer {
			return t.source.Fail("mail_server", t.MailServer, "is the mail server of tenant "+o.ID, "each tenant has its own")
		}
	}
	return p.checkNetworks(t)
}

// checkNetworks makes sure that the gateway will know the tenant by its address.
func (p *Profile) checkNetworks(t *Tenant) error {
	way, err := p.Topology.Way(t.MailServer, p.Role(topology.Gateway).Name)
	if err != nil {
		return t.source.Fail("mail_server", t.MailServer, err.Error(), "correct the routes in "+p.file.Topology)
	}
	for i, n := range t.Networks {
		if n.Prefix != n.Masked() {
			return t.source.Fail(fmt.Sprintf("networks[%d]", i), n.String(), "has host bits set", "the network is "+n.Masked().String())
		}
	}
	if !slices.ContainsFunc(t.Networks, func(n config.Prefix) bool { return n.Contains(way.Source) }) {
		return t.source.Fail("networks", t.Networks[0].String(), fmt.Sprintf("the gateway sees mail server %s as %v, outside these networks", t.MailServer, way.Source),
			"give the translated networks of "+p.file.Topology)
	}
	return nil
}

// checkTransport makes sure that "ipsec" is said only where the line really protects the mail.
func (p *Profile) checkTransport(t *Tenant) error {
	switch t.Transport {
	case "starttls":
		if p.Certificate(t.MailServer, false) == nil {
			return t.source.Fail("transport", t.Transport, "mail server "+t.MailServer+" has no certificate", "add one in "+p.source.Name)
		}
		return nil
	case "ipsec":
	default:
		return t.source.Fail("transport", t.Transport, "is not known", "use starttls or ipsec")
	}
	way, err := p.Topology.Way(t.MailServer, p.Role(topology.Gateway).Name)
	if err != nil {
		return t.source.Fail("mail_server", t.MailServer, err.Error(), "correct the routes in "+p.file.Topology)
	}
	for _, hop := range way.Hops {
		if p.Topology.Router(hop.Router).Interface(hop.Out).Tunnel != nil {
			return nil
		}
	}
	return t.source.Fail("transport", t.Transport, "the way from "+t.MailServer+" to the gateway has no tunnel: mail would cross it in clear",
		"use starttls, or give its router a tunnel in "+p.file.Topology)
}

// checkDomains judges the tenant's De-Mail domains and its technical contact.
func (p *Profile) checkDomains(t *Tenant) error {
	for i, d := range t.Domains {
		at := fmt.Sprintf("domains[%d].", i)
		if !below(d.Name, Suffix) {
			return t.source.Fail(at+"name", d.Name, "is no De-Mail domain", "it must end in ."+Suffix)
		}
		switch d.Direction {
		case "both", "receive-only", "send-only":
		default:
			return t.source.Fail(at+"direction", d.Direction, "is not known", "use both, receive-only or send-only")
		}
	}
	for i, d := range t.MailDomains {
		if below(d, Suffix) || d == Suffix {
			return t.source.Fail(fmt.Sprintf("mail_domains[%d]", i), d, "is a De-Mail domain", "list it under domains")
		}
	}
	if _, err := demail.ParseAddress(t.TechnicalContact); err != nil {
		return t.source.Fail("technical_contact", t.TechnicalContact, "is not an e-mail address", "write it like technik@kdn-gmbh.de")
	}
	if t.ProcessOwner == "" {
		return nil
	}
	a, err := demail.ParseAddress(t.ProcessOwner)
	if err != nil || !slices.Contains(t.MailDomains, a.Domain()) {
		return t.source.Fail("process_owner", t.ProcessOwner, "is not an e-mail address of the tenant", "write a mailbox in one of its mail_domains")
	}
	return nil
}

// below reports whether a domain is below another.
func below(domain, parent string) bool { return strings.HasSuffix(domain, "."+parent) }

// inside splits an address and reports whether its domain is in the list or below one of it. The address
// is returned in its canonical form.
func inside(address string, domains []string) (string, bool, error) {
	a, err := demail.ParseAddress(address)
	if err != nil {
		return "", false, err
	}
	ok := slices.ContainsFunc(domains, func(d string) bool { return a.Domain() == d || below(a.Domain(), d) })
	return a.String(), ok, nil
}

// checkMapping judges the pairs: inside the tenant's own domains, and one De-Mail address for an e-mail
// address (D12).
func checkMapping(t *Tenant) error {
	const form = "is not an address"
	mapped := map[string]string{}
	for i, m := range t.Mapping {
		at := fmt.Sprintf("mapping[%d].", i)
		mail, ok, err := inside(m.Mail, t.MailDomains)
		if err != nil {
			return t.source.Fail(at+"mail", m.Mail, form, "write it like poststelle@stadt.example")
		}
		if !ok {
			return t.source.Fail(at+"mail", m.Mail, "is outside the tenant's mail_domains "+strings.Join(t.MailDomains, ", "), "map own mailboxes only")
		}
		to, ok, err := inside(m.DeMail, demailDomains(t))
		if err != nil {
			return t.source.Fail(at+"demail", m.DeMail, form, "write it like poststelle@stadt."+Suffix)
		}
		if !ok {
			return t.source.Fail(at+"demail", m.DeMail, "is outside the tenant's domains "+strings.Join(demailDomains(t), ", "), "map to own De-Mail addresses only")
		}
		if first := mapped[mail]; first == to {
			return t.source.Fail(at+"mail", m.Mail, "is mapped to "+to+" already", "remove one of the two")
		} else if first != "" {
			return t.source.Fail(at+"mail", m.Mail, "is mapped to "+first+" already: as a sender it would be ambiguous (D12)", "keep one of the two")
		}
		mapped[mail] = to
	}
	for i, u := range t.Unmapped {
		at := fmt.Sprintf("unmapped[%d]", i)
		mail, ok, err := inside(u, t.MailDomains)
		switch {
		case err != nil:
			return t.source.Fail(at, u, form, "write it like bauamt@stadt.example")
		case !ok:
			return t.source.Fail(at, u, "is outside the tenant's mail_domains "+strings.Join(t.MailDomains, ", "), "list own mailboxes only")
		case mapped[mail] != "":
			return t.source.Fail(at, u, "is mapped to "+mapped[mail], "remove it here or there")
		}
	}
	return nil
}

// checkBound judges the tenant's De-Mail domains against the provider's accounts: without an account that
// is opened for the gateway, nothing can be sent (S0-016, S0-031).
func (p *Profile) checkBound(t *Tenant) error {
	for i, d := range t.Domains {
		at := fmt.Sprintf("domains[%d].name", i)
		account := p.Accounts.owner(d.Name)
		switch {
		case t.Newcomer && account == nil:
		case t.Newcomer:
			return t.source.Fail(at, d.Name, "belongs to account "+account.ID+" of "+p.file.Accounts+", but the tenant is a newcomer", "remove the account there, or newcomer here")
		case account == nil:
			return t.source.Fail(at, d.Name, "no account of "+p.file.Accounts+" has this domain", "add it to an account there")
		case account.ITSP == "" || !account.Gateway:
			return t.source.Fail(at, d.Name, "account "+account.ID+" of "+p.file.Accounts+" is not enabled for the gateway",
				"give it itsp and gateway: true")
		}
	}
	for i, m := range t.Mapping {
		a := demail.MustAddress(m.DeMail)
		if t.Newcomer {
			break
		}
		if account := p.Accounts.owner(a.Domain()); account == nil || !slices.Contains(account.Mailboxes, a.String()) {
			return t.source.Fail(fmt.Sprintf("mapping[%d].demail", i), m.DeMail, "is no mailbox of the domain's account in "+p.file.Accounts,
				"add it to the account's mailboxes, or correct it")
		}
	}
	return nil
}

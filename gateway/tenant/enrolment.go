package tenant

import (
	"fmt"
	"net/netip"
	"strings"
)

// enrolment enters one tenant into a book.
type enrolment struct {
	book      *Book
	tenant    *Tenant
	owner     int
	canonical func(string) (string, error)
}

func (e *enrolment) fault(field, value, problem, fix string) error {
	id := e.tenant.ID
	if id == "" {
		id = fmt.Sprintf("number %d", e.owner+1)
	}
	return &BookError{id, field, value, problem, fix}
}

// enter checks and enters everything but the mapping, which needs the domains of all tenants.
func (e *enrolment) enter() error {
	for _, step := range []func() error{e.enterID, e.enterTransport, e.enterNetworks, e.enterMail, e.enterDomains, e.enterContact} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (e *enrolment) enterID() error {
	id := e.tenant.ID
	if id == "" || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return e.fault("id", id, "not a short name", "use a-z, 0-9 and hyphen")
	}
	if _, ok := e.book.byID[id]; ok {
		return e.fault("id", id, "given twice", "give every tenant its own id")
	}
	e.book.byID[id] = e.owner
	return nil
}

func (e *enrolment) enterTransport() error {
	switch e.tenant.Transport {
	case "":
		e.tenant.Transport = STARTTLS
	case STARTTLS, IPSEC:
	default:
		return e.fault("transport", string(e.tenant.Transport), "no such transport", "use starttls or ipsec")
	}
	return nil
}

func (e *enrolment) enterNetworks() error {
	for i, p := range e.tenant.Networks {
		field := fmt.Sprintf("networks[%d]", i)
		if !p.IsValid() || p != p.Masked() {
			return e.fault(field, p.String(), "not a network prefix", "write address/length without host bits")
		}
		for _, n := range e.book.networks {
			if n.owner != e.owner && n.prefix.Overlaps(p) {
				return e.fault(field, p.String(),
					fmt.Sprintf("overlaps %v of tenant %s", n.prefix, e.book.tenants[n.owner].ID),
					"give the addresses as the gateway sees them, after translation")
			}
		}
		e.book.networks = append(e.book.networks, network{p, e.owner})
	}
	return nil
}

func (e *enrolment) enterMail() error {
	for i, d := range e.tenant.MailDomains {
		field := fmt.Sprintf("mail_domains[%d]", i)
		c, err := e.canonicalDomain(d)
		if err != nil {
			return e.fault(field, d, err.Error(), "write a domain name in ASCII")
		}
		if e.book.isDeMailDomain(c) {
			return e.fault(field, d, "is a De-Mail domain", "enter it under domains")
		}
		if other, ok := e.book.mail[c]; ok {
			return e.fault(field, d, "belongs to tenant "+e.book.tenants[other].ID, "a mail domain has one tenant")
		}
		e.tenant.MailDomains[i] = c
		e.book.mail[c] = e.owner
	}
	return nil
}

func (e *enrolment) enterDomains() error {
	for i, d := range e.tenant.Domains {
		field := fmt.Sprintf("domains[%d]", i)
		c, err := e.canonicalDomain(d.Name)
		if err != nil {
			return e.fault(field+".name", d.Name, err.Error(), "write a domain name in ASCII")
		}
		if !e.book.isDeMailDomain(c) {
			return e.fault(field+".name", d.Name, "is no De-Mail domain (S0-008)",
				"only domains below "+strings.Join(e.book.suffixes, ", ")+" are administered here")
		}
		if other, ok := e.book.domains[c]; ok {
			return e.fault(field+".name", d.Name, "belongs to tenant "+e.book.tenants[other.owner].ID, "a De-Mail domain has one tenant")
		}
		switch d.Direction {
		case "":
			d.Direction = Both
		case Both, ReceiveOnly, SendOnly:
		default:
			return e.fault(field+".direction", string(d.Direction), "no such direction", "use both, receive-only or send-only")
		}
		e.tenant.Domains[i] = Domain{c, d.Direction}
		e.book.domains[c] = place{e.owner, d.Direction}
	}
	return nil
}

func (e *enrolment) enterContact() error {
	if e.tenant.TechnicalContact == "" {
		return nil
	}
	c, err := e.canonical(e.tenant.TechnicalContact)
	if err != nil {
		return e.fault("technical_contact", e.tenant.TechnicalContact, err.Error(), "write an e-mail address in ASCII")
	}
	e.tenant.TechnicalContact = c
	return nil
}

func (e *enrolment) enterMapping() error {
	for i, p := range e.tenant.Mapping {
		c, err := e.pair(fmt.Sprintf("mapping[%d]", i), p)
		if err != nil {
			return err
		}
		e.tenant.Mapping[i] = c
		e.book.sender[c.Mail] = row{e.owner, c.DeMail}
		e.book.boxes[c.DeMail] = append(e.book.boxes[c.DeMail], c.Mail)
	}
	return nil
}

// pair checks one row of the mapping: both sides inside the tenant's own domains (S1-154), the e-mail
// address in no other row (D12).
func (e *enrolment) pair(field string, p Pair) (Pair, error) {
	mail, err := e.canonical(p.Mail)
	if err != nil {
		return Pair{}, e.fault(field+".mail", p.Mail, err.Error(), "write an e-mail address in ASCII")
	}
	demail, err := e.canonical(p.DeMail)
	if err != nil {
		return Pair{}, e.fault(field+".demail", p.DeMail, err.Error(), "write a De-Mail address in ASCII")
	}
	if owner, ok := e.book.mail[domainOf(mail)]; !ok || owner != e.owner {
		return Pair{}, e.fault(field+".mail", p.Mail, "is not in a mail domain of this tenant (S1-154)", "add the domain to mail_domains or correct the address")
	}
	if at, ok := e.book.domains[domainOf(demail)]; !ok || at.owner != e.owner {
		return Pair{}, e.fault(field+".demail", p.DeMail, "is not in a De-Mail domain of this tenant (S1-154)", "add the domain to domains or correct the address")
	}
	if r, ok := e.book.sender[mail]; ok {
		return Pair{}, e.fault(field+".mail", p.Mail, "is mapped to "+r.demail+" already (D12)", "an e-mail address sends under one De-Mail address")
	}
	return Pair{mail, demail}, nil
}

// canonicalDomain brings a domain into the form it has in canonical addresses.
func (e *enrolment) canonicalDomain(d string) (string, error) {
	c, err := e.canonical("postmaster@" + d)
	if err != nil {
		return "", fmt.Errorf("is no domain name")
	}
	return domainOf(c), nil
}

func domainOf(address string) string {
	_, d, _ := strings.Cut(address, "@")
	return d
}

func (b *Book) isDeMailDomain(domain string) bool {
	for _, s := range b.suffixes {
		if len(domain) > len(s)+1 && strings.HasSuffix(domain, "."+s) {
			return true
		}
	}
	return false
}

// ownerOf returns the tenant whose network has the address.
func (b *Book) ownerOf(src netip.Addr) (int, bool) {
	src = src.Unmap()
	for _, n := range b.networks {
		if n.prefix.Contains(src) {
			return n.owner, true
		}
	}
	return 0, false
}

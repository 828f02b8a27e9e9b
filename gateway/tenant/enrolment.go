package tenant

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
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
	return &BookError{Tenant: id, Field: field, Value: value, Problem: problem, Fix: fix}
}

// collision is a fault whose other party is another tenant.
func (e *enrolment) collision(field, value, problem string, other int, fix string) error {
	f := e.fault(field, value, problem, fix).(*BookError)
	if other != e.owner {
		f.Other = e.book.tenants[other].ID
	}
	return f
}

// enter checks and enters everything but the mapping, which needs the domains of all tenants.
func (e *enrolment) enter() error {
	steps := []func() error{e.enterID, e.enterState, e.enterTransport, e.enterNextHop, e.enterNetworks, e.enterMail, e.enterDomains, e.enterContact,
		e.enterReceiptMode}
	if e.tenant.State == Offboarded {
		steps = []func() error{e.enterID, e.enterTransport, e.enterContact}
	}
	for _, step := range steps {
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

func (e *enrolment) enterState() error {
	switch e.tenant.State {
	case "":
		e.tenant.State = Enrolled
	case Enrolled, Suspended:
	default:
		return e.fault("state", string(e.tenant.State), "no such state", "use enrolled, suspended or offboarded")
	}
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

func (e *enrolment) enterNextHop() error {
	if e.tenant.NextHop == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(e.tenant.NextHop)
	n, bad := strconv.ParseUint(port, 10, 16)
	_, noAddress := netip.ParseAddr(host)
	_, noName := e.canonicalDomain(host)
	if err != nil || bad != nil || n == 0 || noAddress != nil && noName != nil {
		return e.fault("next_hop", e.tenant.NextHop, "is not the address of a server (S1-141)", `write "host:port", or leave it out to use the MX`)
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
				return e.collision(field, p.String(),
					fmt.Sprintf("overlaps %v of tenant %s", n.prefix, e.book.tenants[n.owner].ID), n.owner,
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
			return e.collision(field, d, "belongs to tenant "+e.book.tenants[other].ID, other, "a mail domain has one tenant")
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
			return e.collision(field+".name", d.Name, "belongs to tenant "+e.book.tenants[other.owner].ID, other.owner, "a De-Mail domain has one tenant")
		}
		switch d.Direction {
		case "":
			d.Direction = Both
		case Both, ReceiveOnly, SendOnly:
		default:
			return e.fault(field+".direction", string(d.Direction), "no such direction", "use both, receive-only or send-only")
		}
		d.Name = c
		e.tenant.Domains[i] = d
		e.book.domains[c] = place{e.owner, d}
	}
	return nil
}

func (e *enrolment) enterContact() error {
	for field, address := range map[string]*string{"technical_contact": &e.tenant.TechnicalContact, "process_owner": &e.tenant.ProcessOwner} {
		if *address == "" {
			continue
		}
		c, err := e.canonical(*address)
		if err != nil {
			return e.fault(field, *address, err.Error(), "write an e-mail address in ASCII")
		}
		*address = c
	}
	return nil
}

func (e *enrolment) enterReceiptMode() error {
	switch e.tenant.ReceiptMode {
	case "":
		e.tenant.ReceiptMode = ReceiptOnRequest
	case ReceiptOnRequest, ReceiptAlways:
	default:
		return e.fault("receipt_mode", string(e.tenant.ReceiptMode), "no such mode", "use on-request or always, as the accounts are set at the DMDA")
	}
	return nil
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

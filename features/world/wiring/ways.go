package wiring

import (
	"fmt"
	"strings"

	"demailbench/reports/failure"
	report "demailbench/reports/wiring"
	"demailbench/sim/lab"
)

// toProvider walks from the gateway's host to the DMDA with the operator's card, and asks for each tenant whether
// it may send.
func (s *Subject) toProvider() {
	port := s.Plan.Accounts.Provider.Port
	s.try(s.Gateway, s.Provider, fmt.Sprintf("port %d", port), s.provider(port))
}

func (s *Subject) provider(port uint16) *report.Finding {
	c, f := s.connect(s.Gateway, s.Provider, port)
	if f != nil {
		return f
	}
	card := s.Lab.CardCertificate()
	t := &talk{s: s, from: s.Gateway, to: s.Provider, conn: c, local: c.LocalAddr().String(), remote: c.RemoteAddr().String(), hello: s.name(s.Gateway), server: s.Plan.Accounts.Provider.Hostname, shown: &card}
	defer t.end()
	return t.about(s.asProvider(t))
}

func (s *Subject) asProvider(t *talk) *report.Finding {
	if f := t.begin(true); f != nil {
		return f
	}
	if f := t.hi(false); f != nil {
		return f
	}
	if _, err := t.say(235, "AUTH EXTERNAL ="); err != nil {
		return t.ungreeted(err)
	}
	for _, tenant := range s.Plan.Enrolled() {
		for _, d := range tenant.Domains {
			from := mapped(&tenant, d.Name)
			if from == "" || d.Direction == "receive-only" {
				continue
			}
			if f := t.mayMail(from, s.Citizen); f != nil {
				f.Key, f.At = "auth.account", from
				return f
			}
		}
	}
	return nil
}

// mapped is a De-Mail address of a tenant in a domain that is mapped, or "".
func mapped(t *lab.Tenant, domain string) string {
	for _, m := range t.Mapping {
		if strings.HasSuffix(m.DeMail, "@"+domain) {
			return m.DeMail
		}
	}
	return ""
}

// mayMail asks whether a mail from one address to another would be taken, and forgets it.
func (t *talk) mayMail(from, to string) *report.Finding {
	refused := func(err error) *report.Finding {
		return &report.Finding{Hop: report.Auth, Key: t.auth(), At: t.to, Fixer: t.s.authorises(t.to), Expected: from, Observed: text(err)}
	}
	if _, err := t.say(250, "MAIL FROM:<"+from+">"); err != nil {
		return refused(err)
	}
	_, err := t.say(250, "RCPT TO:<"+to+">")
	if _, reset := t.say(250, "RSET"); err == nil && reset != nil {
		err = reset
	}
	if err != nil {
		return refused(err)
	}
	return nil
}

// toTenant walks from the gateway's host to a tenant's mail server, and asks for each mapped mailbox whether it is
// there.
func (s *Subject) toTenant(tenant *lab.Tenant) {
	s.try(s.Gateway, tenant.MailServer, "port 25", s.tenant(tenant))
}

func (s *Subject) tenant(tenant *lab.Tenant) *report.Finding {
	c, f := s.connect(s.Gateway, tenant.MailServer, mailPort)
	if f != nil {
		return f
	}
	t := &talk{s: s, from: s.Gateway, to: tenant.MailServer, conn: c, local: c.LocalAddr().String(), remote: c.RemoteAddr().String(), hello: s.name(s.Gateway), server: s.name(tenant.MailServer)}
	defer t.end()
	return t.about(s.mailboxes(t, tenant))
}

func (s *Subject) mailboxes(t *talk, tenant *lab.Tenant) *report.Finding {
	if f := t.begin(false); f != nil {
		return f
	}
	if f := t.hi(tenant.Transport == "starttls"); f != nil {
		return f
	}
	for _, m := range tenant.Mapping {
		if f := t.mayMail(s.Citizen, m.Mail); f != nil {
			f.Hop, f.Key, f.At, f.Expected, f.Fixer = report.Mapping, "mapping.mailbox", m.Mail, m.DeMail, failure.Municipality
			return f
		}
	}
	return nil
}

// fromTenant walks from a tenant's mail server to the gateway, and asks for each mapped mailbox whether it may send.
func (s *Subject) fromTenant(tenant *lab.Tenant) {
	from := tenant.MailServer
	host := s.Plan.Topology.Host(s.Gateway)
	way, err := s.Plan.Topology.Way(from, s.Gateway)
	if err == nil && !s.try(from, host.Hostname, "names", s.address(from, host.Hostname, way.Dial)) {
		return
	}
	s.try(from, s.Gateway, "port 25", s.submission(tenant))
}

func (s *Subject) submission(tenant *lab.Tenant) *report.Finding {
	c, f := s.connect(tenant.MailServer, s.Gateway, mailPort)
	if f != nil {
		return f
	}
	t := &talk{s: s, from: tenant.MailServer, to: s.Gateway, conn: c, local: c.LocalAddr().String(), remote: c.RemoteAddr().String(), hello: s.name(tenant.MailServer), server: s.name(s.Gateway)}
	defer t.end()
	return t.about(s.senders(t, tenant))
}

func (s *Subject) senders(t *talk, tenant *lab.Tenant) *report.Finding {
	if f := t.begin(false); f != nil {
		return f
	}
	if f := t.hi(tenant.Transport == "starttls"); f != nil {
		return f
	}
	var first *report.Finding
	refused := 0
	for _, m := range tenant.Mapping {
		if !sends(tenant, m.DeMail) {
			continue
		}
		if f := t.mayMail(m.Mail, s.Citizen); f != nil {
			if refused++; first == nil {
				first = f
				first.Observed = m.Mail + ": " + first.Observed
			}
		}
	}
	if first != nil && (refused < len(tenant.Mapping) || s.knows(t, tenant)) {
		first.Hop, first.Key, first.Fixer = report.Mapping, "mapping.sender", failure.Municipality
	}
	return first
}

// sends tells whether the domain of a De-Mail address sends.
func sends(t *lab.Tenant, demail string) bool {
	for _, d := range t.Domains {
		if strings.HasSuffix(demail, "@"+d.Name) {
			return d.Direction != "receive-only"
		}
	}
	return false
}

// knows tells whether the gateway takes the client for the tenant's: it then says of an address that nobody has
// mapped something else than of the sender's network. Told apart by a sender in a foreign domain: a gateway that does
// not know the host says the same about everybody.
func (s *Subject) knows(t *talk, tenant *lab.Tenant) bool {
	said := func(from string) string {
		if f := t.mayMail(from, s.Citizen); f != nil {
			return strings.ReplaceAll(f.Observed, from, "")
		}
		return ""
	}
	return len(tenant.Mapping) > 0 && said(tenant.Mapping[0].Mail) != said("somebody@"+s.Plan.Accounts.Provider.Domain)
}

// fromProvider walks from the DMDA to the gateway's outside address with its certificate, and asks for each mapped
// De-Mail address whether it is taken.
func (s *Subject) fromProvider() {
	s.try(s.Provider, s.Gateway, "port 465", s.push())
}

func (s *Subject) push() *report.Finding {
	c, f := s.connect(s.Provider, s.Gateway, providerPort)
	if f != nil {
		return f
	}
	shown := s.Lab.Certificate(s.Provider)
	t := &talk{s: s, from: s.Provider, to: s.Gateway, conn: c, local: c.LocalAddr().String(), remote: c.RemoteAddr().String(), hello: s.Plan.Accounts.Provider.Hostname, server: s.name(s.Gateway), shown: &shown}
	defer t.end()
	return t.about(s.recipients(t))
}

func (s *Subject) recipients(t *talk) *report.Finding {
	if f := t.begin(true); f != nil {
		return f
	}
	if f := t.hi(false); f != nil {
		return f
	}
	for _, tenant := range s.Plan.Enrolled() {
		for _, m := range tenant.Mapping {
			if f := t.mayMail(s.Citizen, m.DeMail); f != nil {
				f.Hop, f.Key, f.At, f.Expected, f.Fixer = report.Mapping, "mapping.recipient", m.DeMail, m.Mail, failure.Municipality
				return f
			}
		}
	}
	return nil
}

// name is a host's name in the DNS.
func (s *Subject) name(host string) string {
	if h := s.Plan.Topology.Host(host); h.Hostname != "" {
		return h.Hostname
	}
	return host + ".example"
}

package world

import (
	"context"
	"crypto/tls"

	"demailbench/features/check"
	"demailbench/features/world/letter"
	"demailbench/features/world/stranger"
	"demailbench/sim/pki"
	"demailbench/sim/wire"
)

// Strangers are visitors of the gateway who say what no mail program does. The mail of each is the one that the next
// steps speak of.
func (w *World) Strangers() *stranger.Visits {
	return &stranger.Visits{Client: w.client, Gateway: w.gatewayAddress(25), Name: w.o.Profile.Topology.Host(w.scene.Gateway).Hostname, Record: w.rec,
		Expect: w.Expect, Citizen: Citizen, Compose: w.mail}
}

// mail composes a mail that a host hands over by itself, to the citizen.
func (w *World) mail(host, envelope, from string) (*letter.Mail, error) {
	m, err := w.desk.Compose(letter.Draft{Envelope: envelope, From: from, To: Citizen})
	if err == nil {
		m.Who, m.Server = host, host
		w.it = m
	}
	return m, err
}

// SubmitsToBoth lets the tenant's mail server submit a clerk's mail to the citizen and to another recipient at once.
func (w *World) SubmitsToBoth(tenant, clerk, other string) error {
	t, err := w.tenant(tenant)
	if err != nil {
		return err
	}
	m, err := w.mail(t.MailServer, clerk, clerk)
	if err != nil {
		return err
	}
	c := w.client(t.MailServer)
	c.STARTTLS = wire.Required
	c.Send(context.Background(), w.gatewayAddress(25), wire.Envelope{From: m.From, To: []string{m.To, other}}, m.Message)
	return w.Expect(check.Expectation{Kind: check.Submitted, Nonce: m.Nonce, Who: m.Who})
}

// RefusedFor expects that the mail was refused for one recipient.
func (w *World) RefusedFor(host, recipient, code string) error {
	return w.Expect(check.Expectation{Kind: check.Rejected, Nonce: w.It().Nonce, Who: host, Code: code, Mailbox: recipient})
}

// NullSenderSubmits lets a host submit a mail with the null sender.
func (w *World) NullSenderSubmits(host, from string) error {
	return w.submit(host, letter.Draft{From: from, To: Citizen}, w.gatewayAddress(25), true)
}

// NobodySubmits lets the tenant's mail server submit a mail of a mailbox that is in no mapping, drawn anew in every run.
func (w *World) NobodySubmits(tenant string) error {
	t, err := w.tenant(tenant)
	if err != nil {
		return err
	}
	nobody := "a" + w.desk.Nonce() + "@" + t.MailDomains[0]
	return w.ServerSubmits(tenant, nobody, nobody)
}

// ShowsNothingOf expects that the header of the mail in the citizen's mailbox shows none of a tenant's e-mail domains.
func (w *World) ShowsNothingOf(tenant string) error {
	t, err := w.tenant(tenant)
	if err != nil {
		return err
	}
	words := []string{w.o.Profile.Topology.Host(t.MailServer).Address.Addr.String()}
	for _, d := range t.MailDomains {
		words = append(words, "@"+d, "mail."+d)
	}
	return w.Expect(check.Expectation{Kind: check.Concealed, Nonce: w.It().Nonce, Mailbox: Citizen, Contains: words})
}

// ShowCertificate lets the DMDA show a certificate of an authority that nobody trusts, or its own again.
func (w *World) ShowCertificate(foreign bool) error {
	cert := w.lab.Certificate(w.scene.Provider)
	if foreign {
		var err error
		if cert, err = w.foreignCertificate(w.o.Profile.Accounts.Provider.Hostname); err != nil {
			return err
		}
	}
	w.lab.DMDA().RenewCertificate(cert)
	return nil
}

// foreignCertificate is one with the right name, of an authority that nobody trusts.
func (w *World) foreignCertificate(name string) (tls.Certificate, error) {
	other, err := w.lab.PKI().Other()
	if err != nil {
		return tls.Certificate{}, err
	}
	return other.Issue(pki.Spec{Name: name, Key: "provider", DNSNames: []string{name}, Server: true, Client: true})
}

// ShowTenantCertificate lets a tenant's mail server show a certificate of an authority that nobody trusts, or its own
// again: somebody else answers in its place, as far as the gateway can see.
func (w *World) ShowTenantCertificate(tenant string, foreign bool) error {
	t, err := w.tenant(tenant)
	if err != nil {
		return err
	}
	server := w.lab.Mail(t.MailServer)
	if server == nil {
		return w.block("another certificate can only be shown by a simulated mail server, and " + t.MailServer + " is a real one")
	}
	name := "foreign certificate at " + t.MailServer
	if !foreign {
		return w.faults.End(name)
	}
	cert, err := w.foreignCertificate(w.o.Profile.Topology.Host(t.MailServer).Hostname)
	if err != nil {
		return err
	}
	return w.begin(name, t.MailServer, func() (func(), error) {
		server.ShowCertificate(&cert)
		return func() { server.ShowCertificate(nil) }, nil
	})
}

package dmda

import (
	"crypto/x509"
	"errors"
	"fmt"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/draft"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// Refusal is why the provider does not send a draft (package draft).
type Refusal = draft.Refusal

func refuse(code int, enhanced, clause, format string, a ...any) *Refusal {
	return draft.Refuse(code, enhanced, clause, format, a...)
}

func reply(r *Refusal) *wire.Reply {
	return &wire.Reply{Code: r.Code, Enhanced: r.Enhanced, Text: r.Text, Cause: errors.New(r.Clause)}
}

// external accepts the certificate of a known ITSP, which may name itself by its number or not at all.
func (s *Server) external(cert *x509.Certificate, identity string) error {
	i, ok := s.accounts.OperatorOfCertificate(cert.Subject.CommonName)
	if !ok {
		return fmt.Errorf("dmda: certificate %q is not that of an ITSP", cert.Subject.CommonName)
	}
	if reason, yes := s.kept("certificate " + Fingerprint(cert)); yes {
		s.alarm("blocked certificate of ITSP %s used: %s", i.Number, reason)
		return fmt.Errorf("dmda: certificate of ITSP %s is blocked: %s", i.Number, reason)
	}
	if reason, yes := s.kept("operator " + i.Number); yes {
		s.alarm("blocked gateway of ITSP %s connects: %s", i.Number, reason)
		return fmt.Errorf("dmda: gateway of ITSP %s is blocked: %s", i.Number, reason)
	}
	if identity != "" && identity != i.Number && identity != i.Certificate {
		return fmt.Errorf("dmda: ITSP %s asks to act as %q", i.Number, identity)
	}
	return nil
}

// policy is the provider behind the link.
type policy Server

// Mail selects the account by the sender: one identity of the ITSP, many accounts (D16).
func (p *policy) Mail(session *wire.Session, from string) *wire.Reply {
	s := (*Server)(p)
	s.mu.Lock()
	delete(s.drafts, session.ID)
	s.mu.Unlock()
	if _, _, r := s.linkAccount(session, from); r != nil {
		return reply(r)
	}
	return nil
}

// linkAccount finds the account for which an ITSP may send, and says why not otherwise.
func (s *Server) linkAccount(session *wire.Session, from string) (Account, demail.Address, *Refusal) {
	if from == "" {
		return Account{}, demail.Address{}, refuse(550, "5.7.1", "D16", "MAIL FROM selects the account and must not be empty")
	}
	addr, err := demail.ParseAddress(from)
	if err != nil {
		return Account{}, addr, refuse(553, "5.1.7", "TR-01201-2.1 2.1", "sender is not a De-Mail address")
	}
	a, ok := s.accounts.Owner(addr)
	itsp, _ := s.accounts.OperatorOfCertificate(session.Cert.Subject.CommonName)
	_, certificate := s.kept("certificate " + Fingerprint(session.Cert))
	_, gateway := s.kept("operator " + itsp.Number)
	_, link := s.kept("account " + a.ID)
	switch {
	case certificate || gateway:
		s.alarm("blocked gateway of ITSP %s sends as %s", itsp.Number, addr)
		return a, addr, refuse(454, "4.7.0", "S1-036, TR-01201-6.1 10.1", "the gateway of ITSP %s is blocked", itsp.Number)
	case !ok && s.mayAsk(addr, itsp.Number):
		return a, addr, refuse(550, "5.1.0", "S0-016, D16", "%s is no mailbox of its account, which is bound to ITSP %s", addr, itsp.Number)
	case !ok:
		s.alarm("ITSP %s sends as %s, which belongs to no account", itsp.Number, addr)
		return a, addr, refuse(550, "5.7.1", "TR-01201-3.1 step 13", "%s belongs to no account of this provider", addr)
	case link:
		return a, addr, refuse(550, "5.7.1", "TR-01201-6.1 10.1", "the account of %s is blocked for gateways", addr)
	case a.ITSP != itsp.Number:
		s.alarm("ITSP %s sends as %s, whose account is not bound to it", itsp.Number, addr)
		return a, addr, refuse(550, "5.7.1", "S0-016, S1-027", "the account of %s is not bound to ITSP %s", addr, itsp.Number)
	case !a.Gateway:
		s.alarm("ITSP %s sends as %s, whose account is not enabled for gateway access", itsp.Number, addr)
		return a, addr, refuse(550, "5.7.1", "S0-031", "the account of %s is not enabled for gateway access", addr)
	}
	return a, addr, nil
}

// mayAsk reports whether an address without a mailbox is in a domain whose account is bound to the ITSP and open for
// gateways: so a gateway learns whether a domain is bound without sending anything.
func (s *Server) mayAsk(addr demail.Address, itsp string) bool {
	a, ok := s.accounts.Holder(addr.Domain())
	return ok && a.ITSP == itsp && a.Gateway
}

// Rcpt refuses what is not a De-Mail address; the draft as a whole is then refused at DATA.
func (p *policy) Rcpt(session *wire.Session, to string) *wire.Reply {
	s := (*Server)(p)
	addr, err := demail.ParseAddress(to)
	if err == nil && addr.Below(s.cfg.Suffixes...) {
		return nil
	}
	s.mu.Lock()
	s.drafts[session.ID] = true
	s.mu.Unlock()
	return reply(refuse(550, "5.1.2", "TR-01201-3.1 step 15", "recipient is not a De-Mail address"))
}

// Data sends the draft. It answers when the message lies in all mailboxes of this provider.
func (p *policy) Data(session *wire.Session, env wire.Envelope, msg record.Message) *wire.Reply {
	s := (*Server)(p)
	s.mu.Lock()
	outside := s.drafts[session.ID]
	delete(s.drafts, session.ID)
	s.mu.Unlock()
	if outside {
		return reply(refuse(554, "5.1.2", "TR-01201-3.1 step 17", "a recipient of this draft is not a De-Mail address: nothing was sent"))
	}
	// The account may have changed since MAIL.
	a, from, r := s.linkAccount(session, env.From)
	if r != nil {
		return reply(r)
	}
	d := &draft.Draft{
		Account: a, From: from, Level: demail.LevelHigh, Mechanism: "X.509 client certificate of ITSP " + a.ITSP,
		Received: fmt.Sprintf("from %s by %s with ESMTPSA", session.Helo, s.cfg.Provider.Hostname), Msg: msg,
	}
	for _, to := range env.To {
		addr, err := demail.ParseAddress(to)
		if err != nil {
			return reply(refuse(553, "5.1.3", "TR-01201-2.1 2.1", "recipient is not a De-Mail address"))
		}
		d.To = append(d.To, addr)
	}
	if err := s.send(d); err != nil {
		return linkReply(err)
	}
	return nil
}

// linkReply turns a Refusal into its reply and anything else into a temporary failure.
func linkReply(err error) *wire.Reply {
	var r *Refusal
	if errors.As(err, &r) {
		return reply(r)
	}
	return &wire.Reply{Code: 451, Enhanced: "4.3.0", Text: "try again later", Cause: err}
}

package dmda

import (
	"crypto/x509"
	"errors"
	"fmt"

	"demailbench/sim/demail"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// Refusal is why the provider does not send a draft: the SMTP reply on the link, an error in the portal.
type Refusal struct {
	// Code and Enhanced are the SMTP reply codes.
	Code     int
	Enhanced string
	// Text is what the sender reads, printable ASCII.
	Text string
	// Clause is the rule, for example "TR-01201-3.1 step 15".
	Clause string
}

// Error is the reply with its clause.
func (r *Refusal) Error() string {
	return fmt.Sprintf("dmda: draft refused: %d %s %s (%s)", r.Code, r.Enhanced, r.Text, r.Clause)
}

func refuse(code int, enhanced, clause, format string, a ...any) *Refusal {
	return &Refusal{Code: code, Enhanced: enhanced, Text: fmt.Sprintf(format, a...), Clause: clause}
}

func (r *Refusal) reply() *wire.Reply {
	return &wire.Reply{Code: r.Code, Enhanced: r.Enhanced, Text: r.Text, Cause: errors.New(r.Clause)}
}

// external accepts the certificate of a known ITSP, which may name itself by its number or not at all.
func (s *Server) external(cert *x509.Certificate, identity string) error {
	i, ok := s.accounts.OperatorOfCertificate(cert.Subject.CommonName)
	if !ok {
		return fmt.Errorf("dmda: certificate %q is not that of an ITSP", cert.Subject.CommonName)
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
		return r.reply()
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
	switch {
	case !ok:
		return a, addr, refuse(550, "5.7.1", "TR-01201-3.1 step 13", "%s belongs to no account of this provider", addr)
	case a.ITSP != itsp.Number:
		return a, addr, refuse(550, "5.7.1", "S0-016, S1-027", "the account of %s is not bound to ITSP %s", addr, itsp.Number)
	case !a.Gateway:
		return a, addr, refuse(550, "5.7.1", "S0-031", "the account of %s is not enabled for gateway access", addr)
	}
	return a, addr, nil
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
	return refuse(550, "5.1.2", "TR-01201-3.1 step 15", "recipient is not a De-Mail address").reply()
}

// Data sends the draft. It answers when the message lies in all mailboxes of this provider.
func (p *policy) Data(session *wire.Session, env wire.Envelope, msg record.Message) *wire.Reply {
	s := (*Server)(p)
	s.mu.Lock()
	outside := s.drafts[session.ID]
	delete(s.drafts, session.ID)
	s.mu.Unlock()
	if outside {
		return refuse(554, "5.1.2", "TR-01201-3.1 step 17", "a recipient of this draft is not a De-Mail address: nothing was sent").reply()
	}
	// The account may have changed since MAIL.
	a, from, r := s.linkAccount(session, env.From)
	if r != nil {
		return r.reply()
	}
	d := draft{
		account: a, from: from, level: demail.LevelHigh, mechanism: "X.509 client certificate of ITSP " + a.ITSP,
		received: fmt.Sprintf("from %s by %s with ESMTPSA", session.Helo, s.cfg.Provider.Hostname), msg: msg,
	}
	for _, to := range env.To {
		addr, err := demail.ParseAddress(to)
		if err != nil {
			return refuse(553, "5.1.3", "TR-01201-2.1 2.1", "recipient is not a De-Mail address").reply()
		}
		d.to = append(d.to, addr)
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
		return r.reply()
	}
	return &wire.Reply{Code: 451, Enhanced: "4.3.0", Text: "try again later", Cause: err}
}

package smtpd

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-smtp"

	"demailbench/gateway/demail"
	"demailbench/gateway/option"
	"demailbench/gateway/tenant"
)

// submission is a session of the tenants' side.
type submission struct {
	transaction
	// sender is the judgement of the envelope sender, which is announced at RCPT (D13).
	sender *tenant.Refusal
}

// Reset forgets the envelope and the judgement of its sender.
func (s *submission) Reset() {
	s.transaction.Reset()
	s.sender = nil
}

// Mail judges transport and form of the sender at once and its right to send at RCPT.
func (s *submission) Mail(from string, _ *smtp.MailOptions) error {
	rules := s.srv.config.Rules
	if r := rules.Transport(s.tenant, s.conn.Peer().Addr.Addr(), s.conn.Secure()); r != nil {
		return s.refuse("MAIL", from, "", r)
	}
	canonical := ""
	if from != "" {
		var err error
		if canonical, err = demail.Canonical(from); err != nil {
			return s.refuse("MAIL", from, "", badAddress(err, 7))
		}
	}
	if r := s.start(); r != nil {
		return s.refuse("MAIL", from, "", r)
	}
	s.envelope = Envelope{Direction: Outbound, Tenant: s.tenant.ID, Origin: canonical}
	s.envelope.From, s.sender = rules.Sender(s.tenant, canonical)
	if s.sender != nil {
		s.envelope.From = from
	}
	return nil
}

// Rcpt refuses whatever would not become a De-Mail; other recipients of the message go on (D13).
func (s *submission) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.sender != nil {
		return s.refuse("RCPT", s.envelope.From, to, s.sender)
	}
	canonical, err := demail.CanonicalDeMail(to)
	if err != nil {
		return s.refuse("RCPT", s.envelope.From, to, badAddress(err, 3))
	}
	address, r := s.srv.config.Rules.Recipient(s.tenant, canonical)
	if r != nil {
		return s.refuse("RCPT", s.envelope.From, to, r)
	}
	s.add(Recipient{Address: address, Original: canonical})
	return nil
}

// Data polices and rewrites the header and stores the message.
func (s *submission) Data(r io.Reader) error {
	return s.receive(r, func(h demail.Header) (demail.Header, *tenant.Refusal) {
		p := submitted{rules: s.srv.config.Rules, tenant: s.tenant, envelope: s.envelope}
		return p.prepare(h)
	})
}

// submitted judges and rewrites the header of one submitted message.
type submitted struct {
	rules    tenant.Rules
	tenant   tenant.Tenant
	envelope Envelope
}

// once lists the fields that a message has at most once (RFC 5322 3.6, RFC 2045 3); of two, parsers pick
// different ones.
var once = []string{"From", "Sender", "Reply-To", "To", "Cc", "Date", "Subject", "Message-ID", "In-Reply-To",
	"References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}

// internal lists the fields that show the tenant's inside and go (S1-152).
var internal = []string{"Received", "Return-Path", "Bcc", "Delivered-To", "X-Originating-IP", "X-Original-To",
	"Envelope-To"}

// visible lists the fields whose addresses are mapped, or removed where the De-Mail world may not read them.
var visible = []string{"To", "Cc", "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc",
	"Disposition-Notification-To", "Return-Receipt-To"}

// prepare returns the header as the DMDA will get it. Fields that need no change keep every octet.
func (p submitted) prepare(h demail.Header) (demail.Header, *tenant.Refusal) {
	for _, check := range []func(demail.Header) *tenant.Refusal{p.checkForm, p.checkFrom, p.checkDeMail, p.checkAutomatic} {
		if r := check(h); r != nil {
			return h, r
		}
	}
	h, r := p.options(h)
	if r != nil {
		return h, r
	}
	out := demail.Header{End: h.End}
	for _, f := range h.Fields {
		f, keep, r := p.rewrite(f)
		if r != nil {
			return h, r
		}
		if keep {
			out.Fields = append(out.Fields, f)
		}
	}
	return out, nil
}

// options applies the tenant's rules for the envelope's and the header's mailbox (S1-080, D15).
func (p submitted) options(h demail.Header) (demail.Header, *tenant.Refusal) {
	from, r := single(h, "From")
	if r != nil {
		return h, r
	}
	return option.Apply(h, p.rules.Options(p.tenant, p.envelope.Origin, from))
}

func (p submitted) checkForm(h demail.Header) *tenant.Refusal {
	for _, f := range h.Fields {
		// RFC 5322 4.5 lets receivers tolerate the blank; parsers that do not see another message.
		if f.Spaced() {
			return malformed("blank before the colon of a header field")
		}
	}
	for _, name := range once {
		if len(h.All(name)) > 1 {
			return malformed(name + " given more than once")
		}
	}
	return nil
}

// checkFrom wants exactly one From with one mailbox, of the envelope sender's account, and a Sender of the
// same if there is one. It never guesses which of several is meant.
func (p submitted) checkFrom(h demail.Header) *tenant.Refusal {
	from, r := single(h, "From")
	if r != nil {
		return r
	}
	if from == "" {
		return malformed("From is missing")
	}
	if r := p.rules.HeaderFrom(p.tenant, p.envelope.From, from); r != nil {
		return r
	}
	sender, r := single(h, "Sender")
	if r != nil || sender == "" {
		return r
	}
	if r := p.rules.HeaderFrom(p.tenant, p.envelope.From, sender); r != nil {
		r := malformed("Sender differs from From")
		r.Requirements = append(r.Requirements, "TR-01201-6.1 10.1.2")
		return r
	}
	return nil
}

// single returns the one address of a field, "" when the field is absent.
func single(h demail.Header, name string) (string, *tenant.Refusal) {
	fs := h.All(name)
	if len(fs) == 0 {
		return "", nil
	}
	l, err := demail.ParseList(fs[0].Value())
	switch {
	case err != nil, len(l.Mailboxes) != 1, l.Groups > 0:
		return "", malformed(name + " must have exactly one mailbox")
	case l.Mailboxes[0].Err != nil:
		r := malformed(name + " has no valid address")
		r.Detail = l.Mailboxes[0].Err.Error()
		return "", r
	}
	return l.Mailboxes[0].Address, nil
}

// checkDeMail refuses X-de-mail fields that are the provider's, unknown, contradictory or malformed (D15).
func (p submitted) checkDeMail(h demail.Header) *tenant.Refusal {
	err := demail.CheckSubmitted(h)
	var field *demail.FieldError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &field) && field.Provider:
		return tenant.Refuse(550, [3]int{5, 7, 1}, err.Error(), "TR-01201-3.1 29", "D15")
	}
	return tenant.Refuse(550, [3]int{5, 6, 0}, err.Error(), "TR-01201-3.4 3.1", "D15")
}

// checkAutomatic refuses answers by machines to the DMDA's own addresses: nobody reads them and they would
// loop (RFC 3834 2).
func (p submitted) checkAutomatic(h demail.Header) *tenant.Refusal {
	machine := isAutomatic(h)
	for _, to := range p.envelope.To {
		if machine && demail.IsSystem(to.Address) {
			return tenant.Refuse(550, [3]int{5, 7, 1}, "automatic message to a De-Mail system address", "RFC 3834 2")
		}
	}
	return nil
}

// isAutomatic reports a message that a machine has written (RFC 3834 2, 5).
func isAutomatic(h demail.Header) bool {
	for _, f := range h.All("Auto-Submitted") {
		if !strings.HasPrefix(strings.ToLower(f.Text()), "no") {
			return true
		}
	}
	for _, f := range h.All("Precedence") {
		switch strings.ToLower(f.Text()) {
		case "bulk", "junk", "list":
			return true
		}
	}
	return len(h.All("List-Id")) > 0
}

// rewrite maps or removes one field (S1-152).
func (p submitted) rewrite(f demail.Field) (demail.Field, bool, *tenant.Refusal) {
	switch {
	case isOne(f, internal):
		return f, false, nil
	case f.Is("From"), f.Is("Sender"):
		return p.mapList(f, func(string) (string, bool) { return p.envelope.From, true })
	case f.Is("Reply-To"):
		return p.replyTo(f)
	case isOne(f, visible):
		return p.mapList(f, p.public)
	}
	return f, true, nil
}

func (p submitted) public(address string) (string, bool) { return p.rules.Public(p.tenant, address) }

// replyTo maps the field and refuses an address that cannot receive De-Mails: the DMDA would send
// confirmations there (TR-01201-3.1 12).
func (p submitted) replyTo(f demail.Field) (demail.Field, bool, *tenant.Refusal) {
	l, err := demail.ParseList(f.Value())
	if err != nil {
		return f, false, malformed("Reply-To is no address list")
	}
	for _, m := range l.Mailboxes {
		if _, ok := p.public(m.Address); m.Err != nil || !ok {
			return f, false, tenant.Refuse(550, [3]int{5, 7, 1}, "Reply-To is no De-Mail address", "TR-01201-3.1 12", "S1-152")
		}
	}
	return p.mapList(f, p.public)
}

func (p submitted) mapList(f demail.Field, public func(string) (string, bool)) (demail.Field, bool, *tenant.Refusal) {
	l, err := demail.ParseList(f.Value())
	if err != nil {
		return f, false, malformed(fmt.Sprintf("%s is no address list", f.Name))
	}
	value, empty := l.Rewrite(public)
	if empty && len(l.Mailboxes) > 0 {
		return f, false, nil
	}
	return f.WithValue(value), true, nil
}

func isOne(f demail.Field, names []string) bool {
	for _, n := range names {
		if f.Is(n) {
			return true
		}
	}
	return false
}

package smtpd

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"demailbench/gateway/demail"
	"demailbench/gateway/tenant"
)

// push is a session of the provider's side: the DMDA hands De-Mails over.
type push struct {
	transaction
	// alone: the envelope is for an unmapped address and takes no other.
	alone bool
}

// AuthMechanisms offers EXTERNAL: the certificate of the handshake is the proof (D16).
func (p *push) AuthMechanisms() []string { return []string{sasl.External} }

// Auth accepts an identity that is empty or one of the DMDA's names.
func (p *push) Auth(mech string) (sasl.Server, error) {
	if mech != sasl.External {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return sasl.NewExternalServer(func(identity string) error {
		for _, name := range p.srv.config.Peers {
			if identity == "" || identity == name {
				return nil
			}
		}
		return p.refuse("AUTH", "", "", tenant.Refuse(535, [3]int{5, 7, 8}, "identity is not the certificate's", "D16"))
	}), nil
}

// Mail notes the De-Mail sender in the DMDA's spelling.
func (p *push) Mail(from string, _ *smtp.MailOptions) error {
	if from != "" {
		if _, err := demail.CanonicalDeMail(from); err != nil {
			return p.refuse("MAIL", from, "", badAddress(err, 7))
		}
	}
	if r := p.start(); r != nil {
		return p.refuse("MAIL", from, "", r)
	}
	p.envelope = Envelope{Direction: Inbound, From: from, Origin: from}
	return nil
}

// Rcpt finds the mailboxes. A message for a second tenant waits for its own transaction, so that no spool
// ever holds two tenants' mail; so does one for an unmapped address, whose trace or answer is its own.
func (p *push) Rcpt(to string, _ *smtp.RcptOptions) error {
	address, err := demail.CanonicalDeMail(to)
	if err != nil {
		return p.refuse("RCPT", p.envelope.From, to, badAddress(err, 3))
	}
	sender, _ := demail.Canonical(p.envelope.From)
	d, r := p.srv.config.Rules.Inbound(address, tenant.Author{Address: sender, System: demail.IsSystem(sender)})
	if r == nil {
		r = p.srv.closed(d.Tenant)
	}
	if r == nil && p.envelope.Tenant != "" && (d.Tenant != p.envelope.Tenant || p.alone || d.CatchAll || d.Answer != "") {
		r = tenant.Refuse(452, [3]int{4, 5, 3}, "one institution or unmapped address at a time, send again", "RFC 5321 4.5.3.1.10")
	}
	if r != nil {
		p.srv.refused(p.conn, Rejection{Tenant: d.Tenant, Verb: "RCPT", From: p.envelope.From, To: address, Refusal: r})
		return smtpError(r)
	}
	p.alone = d.CatchAll || d.Answer != ""
	p.envelope.Tenant, p.envelope.CatchAll = d.Tenant, d.CatchAll
	if d.Answer != "" {
		p.envelope.Answer = Answer{From: d.Answer, Receipt: d.Receipt}
		p.add(Recipient{Address: sender, Original: address})
	}
	for _, box := range d.Mailboxes {
		p.add(Recipient{Address: box, Original: address})
	}
	return nil
}

// Reset forgets the envelope.
func (p *push) Reset() {
	p.transaction.Reset()
	p.alone = false
}

// Data stores the De-Mail unchanged under trace fields (D17).
func (p *push) Data(r io.Reader) error {
	return p.receive(r, func(h demail.Header) (demail.Header, *tenant.Refusal) {
		if r := p.judge(h); r != nil {
			return h, r
		}
		trace, err := p.trace()
		if err != nil {
			return h, storeFailed(err)
		}
		h.Fields = append(trace, h.Fields...)
		return h, nil
	})
}

// judge refuses what must not be delivered as what it says it is, and what must not be answered.
func (p *push) judge(h demail.Header) *tenant.Refusal {
	switch {
	case first(h, "X-de-mail-authoritative") == "yes" && first(h, "X-de-mail-signature-certificate") == "":
		r := tenant.Refuse(550, [3]int{5, 7, 7}, "sender confirmed by the provider, but not signed", "TR-01201-3.1 83", "S4-017")
		r.Alert = true
		return r
	case p.envelope.Answer.From == "":
		return nil
	}
	kind := first(h, "X-de-mail-message-type")
	if isAutomatic(h) || kind != "" && kind != "normal" {
		r := tenant.Unmapped(p.envelope.To[0].Original)
		r.Requirements = append(r.Requirements, "RFC 3834 2")
		return r
	}
	return nil
}

// first is the value of the topmost field of the name: the one that counts (TR-01201-3.4 3.1).
func first(h demail.Header, name string) string {
	if fs := h.All(name); len(fs) > 0 {
		return fs[0].Text()
	}
	return ""
}

// trace is the Received field of RFC 5321 4.4. It names a recipient only when there is one: others may be
// blind copies. A De-Mail that CatchAll took also shows in Delivered-To for whom it was (S1-155, RFC 9228).
func (p *push) trace() ([]demail.Field, error) {
	id := make([]byte, 8)
	config := p.srv.config
	if _, err := io.ReadFull(config.Rand, id); err != nil {
		return nil, fmt.Errorf("make an id for the trace field: %w", err)
	}
	peer := p.conn.Peer()
	var b strings.Builder
	fmt.Fprintf(&b, "Received: from %s (%s)\r\n by %s with ESMTPS id %s", peer.Hello, literal(peer.Addr.Addr()),
		config.Hostname, hex.EncodeToString(id))
	if original, ok := p.only(); ok {
		fmt.Fprintf(&b, "\r\n for <%s>", original)
	}
	fmt.Fprintf(&b, ";\r\n %s\r\n", config.Clock.Now().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	fields := []demail.Field{{Name: "Received", Raw: []byte(b.String()), Colon: len("Received")}}
	if p.envelope.CatchAll {
		raw := "Delivered-To: " + p.envelope.To[0].Original + "\r\n"
		fields = append([]demail.Field{{Name: "Delivered-To", Raw: []byte(raw), Colon: len("Delivered-To")}}, fields...)
	}
	return fields, nil
}

// only returns the De-Mail recipient when all mailboxes are for the same one.
func (p *push) only() (string, bool) {
	first := p.envelope.To[0].Original
	for _, r := range p.envelope.To {
		if r.Original != first {
			return "", false
		}
	}
	return first, true
}

// literal is an address as RFC 5321 4.1.3 writes it.
func literal(a netip.Addr) string {
	if a.Is6() {
		return "[IPv6:" + a.String() + "]"
	}
	return "[" + a.String() + "]"
}

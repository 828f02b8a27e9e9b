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
type push struct{ transaction }

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
// ever holds two tenants' mail.
func (p *push) Rcpt(to string, _ *smtp.RcptOptions) error {
	address, err := demail.CanonicalDeMail(to)
	if err != nil {
		return p.refuse("RCPT", p.envelope.From, to, badAddress(err, 3))
	}
	sender, _ := demail.Canonical(p.envelope.From)
	d, r := p.srv.config.Rules.Inbound(address, demail.IsSystem(sender))
	if r == nil && p.envelope.Tenant != "" && d.Tenant != p.envelope.Tenant {
		r = tenant.Refuse(452, [3]int{4, 5, 3}, "one institution at a time, send again", "RFC 5321 4.5.3.1.10")
	}
	if r != nil {
		return p.refuse("RCPT", p.envelope.From, to, r)
	}
	p.envelope.Tenant = d.Tenant
	for _, box := range d.Mailboxes {
		p.add(Recipient{Address: box, Original: address})
	}
	return nil
}

// Data stores the De-Mail unchanged under one trace field (D17).
func (p *push) Data(r io.Reader) error {
	return p.receive(r, func(h demail.Header) (demail.Header, *tenant.Refusal) {
		trace, err := p.trace()
		if err != nil {
			return h, storeFailed(err)
		}
		h.Fields = append([]demail.Field{trace}, h.Fields...)
		return h, nil
	})
}

// trace is the Received field of RFC 5321 4.4. It names a recipient only when there is one: others may be
// blind copies.
func (p *push) trace() (demail.Field, error) {
	id := make([]byte, 8)
	config := p.srv.config
	if _, err := io.ReadFull(config.Rand, id); err != nil {
		return demail.Field{}, fmt.Errorf("make an id for the trace field: %w", err)
	}
	peer := p.conn.Peer()
	var b strings.Builder
	fmt.Fprintf(&b, "Received: from %s (%s)\r\n by %s with ESMTPS id %s", peer.Hello, literal(peer.Addr.Addr()),
		config.Hostname, hex.EncodeToString(id))
	if original, ok := p.only(); ok {
		fmt.Fprintf(&b, "\r\n for <%s>", original)
	}
	fmt.Fprintf(&b, ";\r\n %s\r\n", config.Clock.Now().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	return demail.Field{Name: "Received", Raw: []byte(b.String()), Colon: len("Received")}, nil
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

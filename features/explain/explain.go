// Package explain says what a stored De-Mail is: field by field what it means and whether it is as the header
// table wants it, whether its proof of integrity holds, and what the document in a confirmation says. It is a
// pure function of the message, for people and in two languages.
//
// It judges a message alone; whether it should have been sent at all is for features/check.
package explain

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/demail/acknowledge"
	"demailbench/sim/demail/sign"
	"demailbench/sim/dmda/confirm"
)

// Options say in which light a message is looked at.
type Options struct {
	// German selects the language; English otherwise.
	German bool
	// Roots are trusted issuers of certificates; nil: whether the issuer is trusted stays open.
	Roots *x509.CertPool
	// At is when the certificate must be valid; zero: the Date of the message.
	At time.Time
}

// Report is what can be said about a message.
type Report struct {
	// Kind is the message's kind in words.
	Kind string
	// Fields are the fields of the header from top to bottom.
	Fields []Field
	// Violations are differences from the header table, empty when there are none.
	Violations []string
	// Proof says whether the integrity header holds, Document about the XML of a confirmation or notification.
	Proof, Document Proof
	german          bool
}

// Field is one field of the header.
type Field struct {
	Name, Value string
	// Meaning says what it means, empty for what De-Mail does not define; Source is the clause.
	Meaning, Source string
}

// Proof is one thing that can be proven.
type Proof struct {
	// Present: there is something to prove. Holds: it was proven. Open: the signature is right, but no
	// trusted issuer is known.
	Present, Holds, Open bool
	// Lines say what was found.
	Lines []string
}

// Message explains a message as octets with CRLF line ends; a message with bare LF is refused, because its
// hash could not be repeated. Errors say what is wrong with the octets as a whole.
func Message(octets []byte, o Options) (Report, error) {
	head, body, found := bytes.Cut(octets, []byte("\r\n\r\n"))
	if !found {
		return Report{}, errors.New("explain: no empty line with CRLF line ends parts header and body; export the message as it is, without changing line ends")
	}
	h, err := demail.ScanHeader(string(head) + "\r\n")
	if err != nil {
		return Report{}, fmt.Errorf("explain: %w", err)
	}
	if o.At.IsZero() {
		date, _ := h.Get("Date")
		if o.At, err = mail.ParseDate(date); err != nil && o.Roots != nil {
			return Report{}, fmt.Errorf("explain: the message has no readable Date, so say at which time its certificate shall be checked: %w", err)
		}
	}
	r := Report{german: o.German, Kind: kindOf(h, o.German)}
	for _, f := range h {
		r.Fields = append(r.Fields, field(f, o.German))
	}
	typ, _ := h.Get(demail.FieldMessageType)
	kind, known := demail.KindOf(typ)
	if known {
		for _, v := range demail.CheckHeader(h, kind) {
			r.Violations = append(r.Violations, v.String())
		}
	}
	r.Proof = proof(h, body, o)
	if known && (kind == demail.Confirmation || kind == demail.Notification) {
		r.Document = document(h, body, kind, o)
	}
	return r, nil
}

// proof proves the integrity header.
func proof(h demail.Header, body []byte, o Options) Proof {
	p, err := sign.Verify(h, bytes.NewReader(body), sign.Trust{Roots: o.Roots, At: o.At})
	_, present := h.Field(demail.FieldIntegrity)
	out := Proof{Present: present, Holds: err == nil}
	say := out.say(o.German)
	var bad *demail.IntegrityError
	switch {
	case err == nil && p.Certificate == nil:
		say("Header and body are as the provider hashed them (%s). A hash shows changes by accident, not by somebody who hashes anew.",
			"Kopf und Inhalt sind so, wie der Diensteanbieter sie gehasht hat (%s). Ein Hashwert zeigt versehentliche Änderungen, nicht die von jemandem, der neu hasht.", p.Hash)
	case err == nil:
		say("Signed by %s (%s/%s), the certificate is valid at %s and its issuer is trusted.",
			"Signiert von %s (%s/%s), das Zertifikat ist am %s gültig und sein Aussteller vertrauenswürdig.", p.Certificate.Subject, p.Hash, p.Algorithm, o.At.Format(time.RFC3339))
	case errors.As(err, &bad) && bad.Reason == demail.ReasonUntrusted && o.Roots == nil:
		out.Open = true
		say("The signature is that of the certificate in the message (%s, %s/%s); name trusted issuers to judge the certificate itself.",
			"Die Signatur ist die des Zertifikats in der Nachricht (%s, %s/%s); nennen Sie vertrauenswürdige Aussteller, um das Zertifikat selbst zu beurteilen.", p.Certificate.Subject, p.Hash, p.Algorithm)
	case errors.As(err, &bad):
		say("%s: %s.", "%s: %s.", reason(bad.Reason, o.German), bad.Detail)
	default:
		say("%v", "%v", err)
	}
	return out
}

// document reads, and of a confirmation proves, the XML part.
func document(h demail.Header, body []byte, kind demail.Kind, o Options) Proof {
	var out Proof
	say := out.say(o.German)
	contentType, _ := h.Get("Content-Type")
	parts, err := confirm.Split(contentType, bytes.NewReader(body))
	if err != nil {
		say("No XML document: %v.", "Kein XML-Dokument: %v.", err)
		return out
	}
	out.Present = true
	m, err := acknowledge.Read(parts.XML)
	if err != nil {
		say("The XML document cannot be read: %v.", "Das XML-Dokument ist nicht lesbar: %v.", err)
		return out
	}
	say("Issued by %s at %s: %s", "Ausgestellt von %s am %s: %s", m.Sender, m.Time.Format(time.RFC3339), m.Subject)
	if !m.Delivery.IsZero() {
		say("The message had come to rest in the mailbox at %s.", "Die Nachricht lag seit %s im Postfach.", m.Delivery.Format(time.RFC3339))
	}
	if m.Hash != "" {
		say("It confirms the message with the integrity header %s", "Sie bestätigt die Nachricht mit dem Integritäts-Header %s", m.Hash)
	}
	if kind == demail.Notification {
		out.Holds = true
		return out
	}
	_, cert, err := acknowledge.Verify(parts.XML, sign.Trust{Roots: o.Roots, At: o.At})
	var bad *demail.IntegrityError
	switch {
	case err == nil:
		out.Holds = true
		say("Its XML signature is that of %s.", "Seine XML-Signatur ist die von %s.", cert.Subject)
	case errors.As(err, &bad) && bad.Reason == demail.ReasonUntrusted && o.Roots == nil:
		out.Open = true
		say("Its XML signature is that of the certificate in the document (%s).", "Seine XML-Signatur ist die des Zertifikats im Dokument (%s).", cert.Subject)
	default:
		say("Its XML signature is not proven: %v.", "Seine XML-Signatur ist nicht bewiesen: %v.", err)
	}
	return out
}

// say appends a line in the language asked for.
func (p *Proof) say(german bool) func(en, de string, a ...any) {
	return func(en, de string, a ...any) {
		if german {
			en = de
		}
		p.Lines = append(p.Lines, fmt.Sprintf(en, a...))
	}
}

// Holds reports whether nothing speaks against the message: header table, proof, document.
func (r Report) Holds() bool {
	good := func(p Proof) bool { return p.Holds || p.Open }
	return len(r.Violations) == 0 && good(r.Proof) && (!r.Document.Present && len(r.Document.Lines) == 0 || good(r.Document))
}

// String is the report as text for people.
func (r Report) String() string {
	var b strings.Builder
	pick := func(en, de string) string {
		if r.german {
			return de
		}
		return en
	}
	fmt.Fprintf(&b, "%s\n\n", r.Kind)
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, shorten(f.Value))
		if f.Meaning != "" {
			fmt.Fprintf(&b, "    %s [%s]\n", f.Meaning, f.Source)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", pick("Header table (TR-01201-3.4 table 1):", "Tabelle der Header-Felder (TR-01201-3.4 Tabelle 1):"))
	if len(r.Violations) == 0 {
		fmt.Fprintf(&b, "  %s\n", pick("as it must be", "wie vorgeschrieben"))
	}
	for _, v := range r.Violations {
		fmt.Fprintf(&b, "  %s\n", v)
	}
	for _, p := range []struct {
		title string
		Proof
	}{{pick("Proof of integrity", "Integritätsnachweis"), r.Proof}, {pick("Document", "Dokument"), r.Document}} {
		if !p.Present && len(p.Lines) == 0 {
			continue
		}
		verdict := pick("does NOT hold", "hält NICHT")
		switch {
		case p.Holds:
			verdict = pick("holds", "hält")
		case p.Open:
			verdict = pick("signature right, issuer open", "Signatur richtig, Aussteller offen")
		}
		fmt.Fprintf(&b, "\n%s: %s\n", p.title, verdict)
		for _, line := range p.Lines {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	return b.String()
}

// shorten keeps long values readable: hashes and certificates.
func shorten(value string) string {
	if r := []rune(value); len(r) > 120 {
		return string(r[:117]) + "..."
	}
	return value
}

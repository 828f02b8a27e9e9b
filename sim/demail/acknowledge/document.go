// Package acknowledge is the XML form of what a De-Mail provider tells its users: Acknowledge-Message for
// confirmations and Notification-Message for notifications (TR-01201-3.4 3.5), with the enveloped XML
// signature of the former.
//
// Documents are written in the form that Exclusive XML Canonicalization would give them, so signing needs no
// XML library, and only documents written so can be proven here; xmlsec1 proves them too. The package leaves
// out the MIME body around a document and its PDF twin (sim/dmda/confirm).
package acknowledge

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"demailbench/sim/demail"
)

// Namespace is that of the documents (TR-01201-3.4 3.5.3).
const Namespace = "urn:de-mail"

// Message is an Acknowledge-Message or, without Hash and Metadata, a Notification-Message.
type Message struct {
	// Notification: the document is a Notification-Message, which has Sender, Subject, Text and Time only.
	Notification bool
	// Sender is who issued it: the system address of a confirmation, the provider's name of a notification.
	Sender string
	// Metadata are the fields of the message that is confirmed.
	Metadata []Metadate
	// Subject and Text say it in words; Text has LF line ends.
	Subject, Text string
	// Hash is the value of X-de-mail-integrity of the message that is confirmed.
	Hash string
	// Time is when the document was made, to the second; Delivery, in a confirmation of retrieve only, when
	// the message came to rest in the mailbox.
	Time, Delivery time.Time
}

// Metadate is one header field of the message that is confirmed.
type Metadate struct {
	// Name is the field's name, Value its value without folding.
	Name, Value string
	// OriginalHeader is the field as it stood in the message, with folding and final CRLF: the octets that
	// were hashed.
	OriginalHeader string
}

// Metadata collects the fields of the header table from a message, in its order, the topmost of doubles
// (TR-01201-3.4 table 24).
func Metadata(h demail.Header) []Metadate {
	var out []Metadate
	seen := map[string]bool{}
	for _, f := range h {
		e, ok := demail.Lookup(f.Name)
		if !ok || seen[e.Name] {
			continue
		}
		seen[e.Name] = true
		out = append(out, Metadate{Name: f.Name, Value: f.Value(), OriginalHeader: f.Raw})
	}
	return out
}

// escape writes text as canonical XML does; what XML cannot hold becomes U+FFFD.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")

func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return 0xfffd
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// content is the document's root in canonical form without signature, and its end tag apart: a signature
// goes before it.
func (m Message) content() (open, end string) {
	var b strings.Builder
	element := func(name, text string) {
		b.WriteString("<" + name + ">" + escape.Replace(clean(text)) + "</" + name + ">")
	}
	root := "Acknowledge-Message"
	if m.Notification {
		root = "Notification-Message"
	}
	b.WriteString("<" + root + ` xmlns="` + Namespace + `">`)
	if m.Notification {
		element("Subject", m.Subject)
		element("Text", m.Text)
		element("Time", m.Time.Format(time.RFC3339))
		element("Sender", m.Sender)
		return b.String(), "</" + root + ">"
	}
	element("Sender", m.Sender)
	b.WriteString("<Metadata>")
	for _, d := range m.Metadata {
		b.WriteString("<Metadate>")
		element("Name", d.Name)
		element("Value", d.Value)
		element("OriginalHeader", d.OriginalHeader)
		b.WriteString("</Metadate>")
	}
	b.WriteString("</Metadata>")
	element("Subject", m.Subject)
	element("Text", m.Text)
	element("Hash", m.Hash)
	element("Time", m.Time.Format(time.RFC3339))
	if !m.Delivery.IsZero() {
		element("DeliveryTime", m.Delivery.Format(time.RFC3339))
	}
	return b.String(), "</" + root + ">"
}

// declaration stands before the root; canonical XML leaves it out.
const declaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// Unsigned is the document without a signature: the form of a notification.
func (m Message) Unsigned() []byte {
	open, end := m.content()
	return []byte(declaration + open + end + "\n")
}

// parsed is what encoding/xml reads from a document.
type parsed struct {
	XMLName  xml.Name
	Sender   string
	Metadata struct{ Metadate []Metadate }
	Subject  string
	Text     string
	Hash     string
	Time     string
	Delivery string     `xml:"DeliveryTime"`
	Sig      *signature `xml:"http://www.w3.org/2000/09/xmldsig# Signature"`
}

type signature struct {
	SignedInfo struct {
		SignatureMethod struct {
			Algorithm string `xml:",attr"`
		}
		Reference struct {
			DigestMethod struct {
				Algorithm string `xml:",attr"`
			}
			DigestValue string
		}
	}
	SignatureValue string
	Certificate    string `xml:"KeyInfo>X509Data>X509Certificate"`
}

// Read reads a document and does not prove it. It refuses what is no such document.
func Read(document []byte) (Message, error) {
	m, _, err := read(document)
	return m, err
}

// MaxDocument is the largest document that Read takes, in octets.
const MaxDocument = 1 << 20

func read(document []byte) (Message, *signature, error) {
	fail := func(err error) (Message, *signature, error) {
		return Message{}, nil, fmt.Errorf("acknowledge: read: %w", err)
	}
	if len(document) > MaxDocument {
		return fail(fmt.Errorf("more than %d octets", MaxDocument))
	}
	var p parsed
	d := xml.NewDecoder(strings.NewReader(string(document)))
	d.Strict = true
	if err := d.Decode(&p); err != nil {
		return fail(err)
	}
	if _, err := d.Token(); err != nil && !errors.Is(err, io.EOF) {
		return fail(err)
	}
	m := Message{Sender: p.Sender, Metadata: p.Metadata.Metadate, Subject: p.Subject, Text: p.Text, Hash: p.Hash}
	switch p.XMLName {
	case xml.Name{Space: Namespace, Local: "Acknowledge-Message"}:
	case xml.Name{Space: Namespace, Local: "Notification-Message"}:
		m.Notification = true
	default:
		return fail(fmt.Errorf("the root is %s in namespace %q", p.XMLName.Local, p.XMLName.Space))
	}
	var err error
	if m.Time, err = time.Parse(time.RFC3339, p.Time); err != nil {
		return fail(fmt.Errorf("Time: %w", err))
	}
	if p.Delivery != "" {
		if m.Delivery, err = time.Parse(time.RFC3339, p.Delivery); err != nil {
			return fail(fmt.Errorf("DeliveryTime: %w", err))
		}
	}
	return m, p.Sig, nil
}

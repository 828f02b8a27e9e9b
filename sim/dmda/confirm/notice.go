package confirm

import (
	"fmt"
	"mime"
	"strings"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/demail/acknowledge"
	"demailbench/sim/demail/sign"
	"demailbench/sim/dmda/message"
)

// Notice is what a message that the provider writes itself shall say: a confirmation or a notification.
type Notice struct {
	// Type is the X-de-mail-message-type; Label stands between the asterisks of the subject (TR-01201-3.4
	// 3.5.1); Note is the X-de-mail-notification-type, for notifications.
	Type, Label, Note string
	// About is the message that it is about; nil for none, then Subject is its subject.
	About   *message.Message
	Subject string
	// To gets it, Cc a copy.
	To demail.Address
	Cc *demail.Address
	// Lead is the first sentences of the text, Receiver whom the text names as recipient.
	Lead, Receiver string
	// Received is when the message came to rest; of a confirmation of retrieve only.
	Received time.Time
}

// Issuer is the provider in whose name a notice is written.
type Issuer struct {
	// Name is the company's, Hostname its server's.
	Name, Hostname string
	Signature      *sign.Signer
	// NoPDF leaves the PDF out, against TR-01201-3.4 3.4.1: for runs with very many confirmations.
	NoPDF bool
}

// The labels of subjects, in the guideline's words.
const (
	LabelDispatch = "Versandbestätigung"
	LabelReceipt  = "Eingangsbestätigung"
	LabelRetrieve = "Abholbestätigung"
	LabelMalware  = "Schadsoftware-Warnung"
	LabelNote     = "Meldung"
)

// Body is the body of a notice that is sent as m: text, XML and PDF of equal content; the XML of a confirmation is signed (TR-01201-3.4
// 3.4.1, 3.5).
func (i Issuer) Body(c Notice, m *message.Message) (Body, error) {
	text := i.facts(c, m)
	d := acknowledge.Message{Notification: m.Kind == demail.Notification, Sender: m.Sender, Subject: "*" + c.Label + "* " + c.original(), Text: text, Time: m.Sent, Delivery: c.Received}
	if d.Notification {
		d.Sender = i.Name
	}
	if m.Kind == demail.Confirmation {
		d.Metadata, d.Hash = acknowledge.Metadata(c.About.Header), c.About.Get(demail.FieldIntegrity)
	}
	octets, err := d.Unsigned(), error(nil)
	if m.Kind == demail.Confirmation {
		octets, err = d.Sign(i.Signature)
	}
	if err != nil {
		return Body{}, err
	}
	var pdf []byte
	if !i.NoPDF {
		if pdf, err = PDF(d); err != nil {
			return Body{}, err
		}
	}
	local, _, _ := strings.Cut(m.ID, "@")
	return Assemble("=_demail_"+local, text, octets, pdf)
}

// original is the subject of what a system message is about, decoded.
func (c Notice) original() string {
	if c.About == nil {
		return c.Subject
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(c.About.Get("Subject"))
	if err != nil {
		return c.About.Get("Subject")
	}
	return subject
}

// facts is the text for people: the facts of TR-01201-3.4 3.5.1, with its labels.
func (i Issuer) facts(c Notice, m *message.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", c.Lead)
	if c.About != nil {
		const minute = "02.01.2006 15:04"
		lines := [][2]string{
			{"Absender", c.About.Sender}, {"Empfänger", c.Receiver}, {"Datum", m.Sent.Format(minute)}, {"Betreff", c.original()},
			{"Nachrichten-ID", c.About.Get(demail.FieldMessageID)}, {"Prüfsumme", c.About.Get(demail.FieldIntegrity)},
		}
		if !c.Received.IsZero() {
			lines = append([][2]string{{"Zeitpunkt des Eingangs", c.Received.Format(minute)}}, lines...)
		}
		for _, line := range lines {
			fmt.Fprintf(&b, "%s: %s\n", line[0], line[1])
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%s, %s\n", i.Name, i.Hostname)
	return b.String()
}

// Fields is the metadata of a confirmation or notification beyond what message.Writer adds: no options, but
// "personal" as the original and always on a confirmation of retrieve; the sender's private-id unchanged
// (TR-01201-3.1 steps 38, 45, 69, function 1).
func (c Notice) Fields() demail.Header {
	var h demail.Header
	if c.About != nil {
		if private, ok := c.About.Header.Get(demail.FieldPrivate); ok && c.Note == "" {
			if c.Type == demail.TypeRetrieve {
				private = "yes"
			}
			h = append(h, demail.NewField(demail.FieldPrivate, private))
		}
		if f, ok := c.About.Header.Field(demail.FieldPrivateID); ok {
			h = append(h, f)
		}
	}
	if c.Note != "" {
		h = append(h, demail.NewField(demail.FieldNotificationType, c.Note))
	}
	return h
}

// Header is the ordinary header of such a message.
func (c Notice) Header(m *message.Message, chosen demail.Recipients, contentType string) demail.Header {
	original := mime.QEncoding.Encode("utf-8", c.Subject)
	if c.About != nil {
		original = c.About.Get("Subject")
	}
	h := demail.Header{
		demail.NewField("From", m.Sender),
		demail.NewField("To", chosen.To[0].String()),
		demail.NewField("Subject", subject(c.Label, original)),
		demail.NewField("Auto-Submitted", "auto-generated"),
		demail.NewField("MIME-Version", "1.0"),
		demail.NewField("Content-Type", contentType),
	}
	if len(chosen.Cc) > 0 {
		h = append(h, demail.NewField("Cc", chosen.Cc[0].String()))
	}
	if c.About != nil {
		if id := c.About.Get("Message-ID"); id != "" {
			h = append(h, demail.NewField("In-Reply-To", id))
		}
	}
	return h
}

// subject is "*label* original" as the original encoded it. The blank between two encoded words does not
// count (RFC 2047 6.2), so it goes into the first one where the original begins with another.
func subject(label, original string) string {
	marked := "*" + label + "*"
	if strings.HasPrefix(original, "=?") {
		marked += " "
	}
	return mime.QEncoding.Encode("utf-8", marked) + " " + original
}

package dmda

import (
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"

	"demailbench/sim/demail"
)

// systemMessage is a message that the provider writes itself: a confirmation or a notification.
type systemMessage struct {
	typ      string // X-de-mail-message-type
	label    string // what stands between the asterisks of the subject (TR-01201-3.4 3.5.1)
	note     string // X-de-mail-notification-type, for notifications
	about    *message
	to       demail.Address
	cc       *demail.Address
	lead     string // first sentence of the text
	receiver string // whom the text names as recipient
}

// confirmDispatch tells the sender that the message was dispatched (TR-01201-3.1 steps 36 to 39).
func (s *Server) confirmDispatch(m outgoing) error {
	to, err := m.replyTo()
	if err != nil {
		return fmt.Errorf("dmda: confirm dispatch of %s: %w", m.id, err)
	}
	var names []string
	for _, a := range m.to {
		names = append(names, a.String())
	}
	return s.write(systemMessage{
		typ: demail.TypeDispatch, label: "Versandbestätigung", about: m.message, to: to, receiver: strings.Join(names, ", "),
		lead: "Die folgende De-Mail wurde an den Empfänger versandt.",
	})
}

// confirmReceipt tells sender and recipient that the message lies in the mailbox (steps 67 to 70).
func (s *Server) confirmReceipt(m *message, rcpt demail.Address) error {
	to, err := m.replyTo()
	if err != nil {
		return fmt.Errorf("dmda: confirm receipt of %s: %w", m.id, err)
	}
	return s.write(systemMessage{
		typ: demail.TypeReceipt, label: "Eingangsbestätigung", about: m, to: to, cc: &rcpt, receiver: rcpt.String(),
		lead: "Die folgende De-Mail liegt seit dem angegebenen Zeitpunkt im Postfach des Empfängers.",
	})
}

// notifyUnknown tells the sender that a recipient does not exist (steps 42 to 45). What the provider wrote
// itself vanishes silently, or two notifications would chase each other.
func (s *Server) notifyUnknown(m *message, rcpt demail.Address) error {
	if m.kind != demail.Normal {
		return nil
	}
	to, err := m.replyTo()
	if err != nil {
		return fmt.Errorf("dmda: notify sender of %s: %w", m.id, err)
	}
	return s.write(systemMessage{
		typ: demail.TypeNotification, label: "Meldung", note: demail.NoteUnknownRecipient, about: m, to: to, receiver: rcpt.String(),
		lead: "Die folgende De-Mail konnte nicht zugestellt werden: Den Empfänger gibt es nicht.",
	})
}

// write makes the message, seals it and carries it to its recipients.
func (s *Server) write(c systemMessage) error {
	id, err := s.newID()
	if err != nil {
		return err
	}
	system, _ := demail.SystemFor(c.typ)
	kind, _ := demail.KindOf(c.typ)
	m := &message{id: id, kind: kind, typ: c.typ, sender: system.At(s.cfg.Provider.Domain), sent: s.now()}
	if m.body, m.size, err = s.writeBody(s.factsText(c, m)); err != nil {
		return fmt.Errorf("dmda: %s of %s: %w", c.typ, c.about.id, err)
	}
	chosen := demail.Recipients{To: []demail.Mailbox{{Address: c.to}}}
	to := []demail.Address{c.to}
	if c.cc != nil && *c.cc != c.to {
		chosen.Cc = []demail.Mailbox{{Address: *c.cc}}
		to = append(to, *c.cc)
	}
	if err := s.complete(m, chosen, s.systemFields(c), s.systemHeader(c, m, chosen)); err != nil {
		return err
	}
	return s.carry(outgoing{m, to})
}

// systemFields is the metadata of a confirmation or notification beyond what complete adds: no options,
// "personal" as the original, the sender's private-id unchanged (TR-01201-3.1 steps 38, 45, 69).
func (s *Server) systemFields(c systemMessage) demail.Header {
	var h demail.Header
	if private, ok := c.about.header.Get(demail.FieldPrivate); ok && c.note == "" {
		h = append(h, demail.NewField(demail.FieldPrivate, private))
	}
	if f, ok := c.about.header.Field(demail.FieldPrivateID); ok {
		h = append(h, f)
	}
	if c.note != "" {
		h = append(h, demail.NewField(demail.FieldNotificationType, c.note))
	}
	return h
}

// systemHeader is the ordinary header of such a message.
func (s *Server) systemHeader(c systemMessage, m *message, chosen demail.Recipients) demail.Header {
	h := demail.Header{
		demail.NewField("From", m.sender),
		demail.NewField("To", chosen.To[0].String()),
		demail.NewField("Subject", subject(c.label, c.about.get("Subject"))),
		demail.NewField("Auto-Submitted", "auto-generated"),
		demail.NewField("MIME-Version", "1.0"),
		demail.NewField("Content-Type", "text/plain; charset=utf-8"),
		demail.NewField("Content-Transfer-Encoding", "quoted-printable"),
	}
	if len(chosen.Cc) > 0 {
		h = append(h, demail.NewField("Cc", chosen.Cc[0].String()))
	}
	if id := c.about.get("Message-ID"); id != "" {
		h = append(h, demail.NewField("In-Reply-To", id))
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

// factsText is the text of a confirmation: the facts of TR-01201-3.4 3.5.1, with its labels.
func (s *Server) factsText(c systemMessage, m *message) string {
	subject, err := new(mime.WordDecoder).DecodeHeader(c.about.get("Subject"))
	if err != nil {
		subject = c.about.get("Subject")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\r\n\r\n", c.lead)
	for _, line := range [][2]string{
		{"Absender", c.about.sender}, {"Empfänger", c.receiver}, {"Datum", m.sent.Format("02.01.2006 15:04")}, {"Betreff", subject},
		{"Nachrichten-ID", c.about.get(demail.FieldMessageID)}, {"Prüfsumme", c.about.get(demail.FieldIntegrity)},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", line[0], line[1])
	}
	fmt.Fprintf(&b, "\r\n%s, %s\r\n", s.cfg.Provider.Name, s.cfg.Provider.Hostname)
	return b.String()
}

// writeBody keeps a text as quoted-printable and returns its hash and size.
func (s *Server) writeBody(text string) (sum string, size int64, err error) {
	w := s.cfg.Bodies.Writer()
	q := quotedprintable.NewWriter(w)
	if _, err = io.WriteString(q, text); err == nil {
		err = q.Close()
	}
	if err != nil {
		w.Abort()
		return "", 0, fmt.Errorf("write text: %w", err)
	}
	return w.Close()
}

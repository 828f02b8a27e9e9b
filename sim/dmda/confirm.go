package dmda

import (
	"fmt"
	"strings"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/confirm"
	"demailbench/sim/dmda/message"
)

// confirmDispatch tells the sender that the message was dispatched (TR-01201-3.1 steps 36 to 39).
func (s *Server) confirmDispatch(m message.Outgoing) error {
	var names []string
	for _, a := range m.To {
		names = append(names, a.String())
	}
	return s.tell(confirm.Notice{
		Type: demail.TypeDispatch, Label: confirm.LabelDispatch, About: m.Message, Receiver: strings.Join(names, ", "),
		Lead: "Die folgende De-Mail wurde an den Empfänger versandt.",
	})
}

// confirmReceipt tells sender and recipient that the message lies in the mailbox (steps 67 to 70).
func (s *Server) confirmReceipt(m *message.Message, rcpt demail.Address) error {
	return s.tell(confirm.Notice{
		Type: demail.TypeReceipt, Label: confirm.LabelReceipt, About: m, Cc: &rcpt, Receiver: rcpt.String(),
		Lead: "Die folgende De-Mail liegt seit dem angegebenen Zeitpunkt im Postfach des Empfängers.",
	})
}

// confirmRetrieve tells sender and recipient that the recipient signed in at level high after the message
// had come to rest (function 1 of TR-01201-3.1 chapter 7).
func (s *Server) confirmRetrieve(m *message.Message, rcpt demail.Address, received time.Time) error {
	return s.tell(confirm.Notice{
		Type: demail.TypeRetrieve, Label: confirm.LabelRetrieve, About: m, Cc: &rcpt, Receiver: rcpt.String(), Received: received,
		Lead: "Der Empfänger der folgenden De-Mail hat sich nach ihrem Eingang sicher an seinem De-Mail-Konto angemeldet.",
	})
}

// notifyUndelivered tells the sender, or who forwarded the message, that a recipient cannot get it (steps 42
// to 45). What the provider wrote itself vanishes silently, or two notifications would chase each other.
func (s *Server) notifyUndelivered(m *message.Message, rcpt demail.Address, note, why string) error {
	if m.Kind != demail.Normal {
		return nil
	}
	return s.tell(confirm.Notice{
		Type: demail.TypeNotification, Label: confirm.LabelNote, Note: note, About: m, Receiver: rcpt.String(),
		Lead: "Die folgende De-Mail konnte nicht zugestellt werden: " + why,
	})
}

// notifyBroken tells both sides that a message does not have the hash it was sealed with: in place of the
// confirmation of receipt (step 69).
func (s *Server) notifyBroken(m *message.Message, rcpt demail.Address) error {
	return s.tell(confirm.Notice{
		Type: demail.TypeNotification, Label: confirm.LabelNote, Note: demail.NoteOther, About: m, Cc: &rcpt, Receiver: rcpt.String(),
		Lead: "Die Integritätssicherung der folgenden De-Mail ist verletzt: Ihr Inhalt entspricht nicht der Prüfsumme. Ein Eingang wird nicht bestätigt.",
	})
}

// warnMalware tells both sides that a message was deleted: by a signed confirmation where one had been asked
// for, else by a notification (steps 54 to 57).
func (s *Server) warnMalware(m *message.Message, rcpt demail.Address, name string) error {
	c := confirm.Notice{
		Type: demail.TypeMalwareNote, Label: confirm.LabelMalware, Note: demail.NoteOther, About: m, Cc: &rcpt, Receiver: rcpt.String(),
		Lead: "In der folgenden De-Mail wurde Schadsoftware gefunden (" + name + "). Sie wurde gelöscht; der Empfänger kann von ihrem Inhalt keine Kenntnis nehmen.",
	}
	for _, option := range []string{demail.FieldDispatch, demail.FieldReceipt, demail.FieldRetrieve} {
		if m.Get(option) == "yes" {
			c.Type, c.Note = demail.TypeMalwareAck, ""
			c.Lead += " Für diese De-Mail war eine Bestätigung angefordert."
			break
		}
	}
	return s.tell(c)
}

// Notify sends an account holder a notification of the provider that is about no message: maintenance of the
// platform (S0-048), storage, a personal message that waits. note is one of the four types of TR-01201-3.4
// 3.1.20.
func (s *Server) Notify(address, note, subject, text string) error {
	to, err := demail.ParseAddress(address)
	if err != nil {
		return fmt.Errorf("dmda: notify: %w", err)
	}
	if demail.NotificationType(note) != note {
		return fmt.Errorf("dmda: notify: type %q is unknown", note)
	}
	return s.write(confirm.Notice{Type: demail.TypeNotification, Label: confirm.LabelNote, Note: note, Subject: subject, To: to, Lead: text})
}

// tell writes a system message to whom confirmations of the message it is about go.
func (s *Server) tell(c confirm.Notice) error {
	var err error
	if c.To, err = c.About.Answers(); err != nil {
		return fmt.Errorf("dmda: %s of %s: %w", c.Type, c.About.ID, err)
	}
	return s.write(c)
}

// write makes the message, seals it and carries it to its recipients.
func (s *Server) write(c confirm.Notice) error {
	id, err := s.newID()
	if err != nil {
		return err
	}
	system, _ := demail.SystemFor(c.Type)
	kind, _ := demail.KindOf(c.Type)
	m := &message.Message{ID: id, Kind: kind, Type: c.Type, Sender: system.At(s.cfg.Provider.Domain), Sent: s.now()}
	body, err := s.issuer.Body(c, m)
	if err != nil {
		return fmt.Errorf("dmda: %s: %w", c.Type, err)
	}
	if m.Body, m.Size, err = s.keep(body.Octets); err != nil {
		return fmt.Errorf("dmda: %s: %w", c.Type, err)
	}
	chosen := demail.Recipients{To: []demail.Mailbox{{Address: c.To}}}
	to := []demail.Address{c.To}
	if c.Cc != nil && *c.Cc != c.To {
		chosen.Cc = []demail.Mailbox{{Address: *c.Cc}}
		to = append(to, *c.Cc)
	}
	if err := s.writer.Complete(m, chosen, c.Fields(), c.Header(m, chosen, body.ContentType), kind == demail.Confirmation); err != nil {
		return err
	}
	return s.carry(message.Outgoing{Message: m, To: to})
}

// keep puts octets into the world's bodies and returns their hash and size.
func (s *Server) keep(octets []byte) (sum string, size int64, err error) {
	w := s.cfg.Bodies.Writer()
	if _, err = w.Write(octets); err != nil {
		w.Abort()
		return "", 0, fmt.Errorf("keep body: %w", err)
	}
	return w.Close()
}

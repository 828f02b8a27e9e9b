package stranger

import (
	"fmt"
	"strings"

	"demailbench/features/check"
	"demailbench/features/world/letter"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// Visits are what strangers do at one gateway.
type Visits struct {
	// Client is the mail client of a host.
	Client func(host string) *wire.Client
	// Gateway is "IP:port" of its listener for tenants, Name the name in its certificate.
	Gateway, Name string
	Record        *record.Record
	// Compose writes a mail to Citizen that a host hands over by itself, under an envelope sender and a From.
	Compose func(host, envelope, from string) (*letter.Mail, error)
	Citizen string
	// Expect notes what is expected and waits for it.
	Expect func(check.Expectation) error
}

// text is the body of a mail about which nothing is said (package letter), as it crosses the wire, with the end of data.
func text(m *letter.Mail) string {
	return "Antrag " + m.Nonce + "\r\n\r\n..\r\n...\r\nEnde\r\n.\r\n"
}

// visit opens a session of a host with the gateway; that the gateway does not answer first, sent before the
// handshake, is noted.
func (w *Visits) visit(host, first string) (*Stranger, error) {
	s, err := Visit(w.Client(host), w.Gateway)
	if err != nil {
		return nil, err
	}
	answered, err := s.Enter(w.Name, first)
	if err != nil {
		s.Close()
		return nil, err
	}
	if !answered && first != "" {
		w.Record.Add(record.Event{Who: host, Kind: record.Action, Name: unanswered, Detail: first})
	}
	return s, nil
}

// unanswered is the name of the action that tells that nobody answered what was sent before the TLS handshake.
const unanswered = "command before the handshake not answered"

// InOneSession lets a host submit two mails in one session, under two senders; the second is the mail that the next
// steps speak of.
func (w *Visits) InOneSession(host, first, second string) error {
	s, err := w.visit(host, "")
	if err != nil {
		return err
	}
	defer s.Close()
	for _, from := range []string{first, second} {
		m, err := w.Compose(host, from, from)
		if err != nil {
			return err
		}
		if err := s.Submit(m, text(m)); err != nil {
			return err
		}
		if from == first {
			if err := w.Expect(check.Expectation{Kind: check.Delivered, Nonce: m.Nonce, Mailbox: w.Citizen}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Hides lets a host submit a mail in whose text another one, from another sender, stands behind a line end that is
// none: "LF . LF" and the like. The hidden mail is the one that the next steps speak of.
func (w *Visits) Hides(host, from, end, hidden string) error {
	s, err := w.visit(host, "")
	if err != nil {
		return err
	}
	defer s.Close()
	outer, err := w.Compose(host, from, from)
	if err != nil {
		return err
	}
	inner, err := w.Compose(host, hidden, hidden)
	if err != nil {
		return err
	}
	octets := strings.NewReplacer("CR", "\r", "LF", "\n", "dot", ".", " ", "").Replace(end)
	smuggled := fmt.Sprintf("MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n%s%s", inner.From, inner.To, inner.Message.Header, text(inner))
	if err := s.Submit(outer, "Antrag "+outer.Nonce+octets+smuggled); err != nil {
		return err
	}
	for { // whoever reads two mails answers more
		if _, err := s.Read(); err != nil {
			return w.Expect(check.Expectation{Kind: check.Rejected, Nonce: outer.Nonce, Who: host, Code: "5"})
		}
	}
}

// Claims lets a host say that it is another address, by the command XCLIENT or a line of the PROXY protocol, and
// submit a mail under a sender.
func (w *Visits) Claims(host, way, address, from string) error {
	m, err := w.Compose(host, from, from)
	if err != nil {
		return err
	}
	s, err := Visit(w.Client(host), w.Gateway)
	if err != nil {
		return err
	}
	defer s.Close()
	if way == "PROXY" {
		if err := s.Write(fmt.Sprintf("PROXY TCP4 %s %s 40000 25\r\n", address, strings.TrimSuffix(w.Gateway, ":25"))); err != nil {
			return err
		}
	}
	if _, err := s.Enter(w.Name, ""); err != nil {
		return w.refusedAtDoor(host, m, err) // a server that hears no SMTP may hang up
	}
	if way == "XCLIENT" {
		if _, err := s.Say("XCLIENT ADDR=%s", address); err != nil {
			return w.refusedAtDoor(host, m, err)
		}
		if _, err := s.Say("EHLO %s", host); err != nil {
			return w.refusedAtDoor(host, m, err)
		}
	}
	return s.Submit(m, text(m))
}

// refusedAtDoor notes that a mail never got as far as its envelope.
func (w *Visits) refusedAtDoor(host string, m *letter.Mail, err error) error {
	w.Record.Add(record.Event{Who: host, Kind: record.Rejected, Verb: "CONNECT", Code: 554, Error: err.Error(), From: m.From, To: []string{m.To}, Msg: &m.Message})
	return nil
}

// Injects lets a host send a command in clear together with STARTTLS (RFC 3207 4.2).
func (w *Visits) Injects(host, command string) error {
	s, err := w.visit(host, command+"\r\n")
	if err != nil {
		w.Record.Add(record.Event{Who: host, Kind: record.Action, Name: unanswered, Detail: err.Error()}) // it broke the session off
		return nil
	}
	s.Close()
	return nil
}

// NotAnswered expects that a host's command before the TLS handshake was not answered.
func (w *Visits) NotAnswered(host string) error {
	return w.Expect(check.Expectation{Kind: check.Happened, Who: host, Event: string(record.Action), Name: unanswered})
}

package dmda

import (
	"errors"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/demail/sign"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/message"
	"demailbench/sim/record"
)

// carry takes a message to the mailboxes of its recipients. There is one provider, so a De-Mail address
// that is not here exists nowhere.
func (s *Server) carry(m message.Outgoing) error {
	s.mu.Lock()
	tamper := s.tamper
	s.mu.Unlock()
	if tamper != nil && m.Kind == demail.Normal {
		changed, err := m.Message.Changed(tamper)
		if err != nil {
			return err
		}
		m.Message = changed
	}
	for _, to := range m.To {
		if err := s.receive(m.Message, to); err != nil {
			return err
		}
	}
	return nil
}

// receive is the recipient's side for one recipient: TR-01201-3.1 steps 41 to 75.
func (s *Server) receive(m *message.Message, to demail.Address) error {
	a, ok := s.accounts.Owner(to)
	if ok && a.State == account.Ended && a.Redirect != "" {
		return s.redirect(m, to, a.Redirect)
	}
	switch personal := m.Get(demail.FieldPrivate) == "yes" || m.Get(demail.FieldRetrieve) == "yes"; {
	case !ok, early(a.State):
		return s.notifyUndelivered(m, to, demail.NoteUnknownRecipient, "Den Empfänger gibt es nicht.")
	case !a.State.Effect().Receive:
		return s.notifyUndelivered(m, to, demail.NoteClosedAccount, "Das Konto des Empfängers ist gesperrt oder geschlossen.")
	case personal && a.NormalOnly && m.Kind == demail.Normal:
		return s.notifyUndelivered(m, to, demail.NoteOther, "Der Empfänger kann sich nicht mit hohem Niveau anmelden.")
	}
	name, err := s.infected(m)
	if err != nil {
		return err
	}
	if name != "" {
		return s.warnMalware(m, to, name)
	}
	intact, err := s.intact(m)
	if err != nil {
		return err
	}
	s.handOver(a, s.deliver(m, a, to))
	if m.Kind == demail.Normal && !m.Forwarded && (a.Receipt == Always || m.Get(demail.FieldReceipt) == "yes") {
		tell := s.confirmReceipt
		if !intact {
			tell = s.notifyBroken
		}
		if err := tell(m, to); err != nil {
			return err
		}
	}
	if target := a.Forward[to.String()]; target != "" {
		return s.forward(m, a, to, target)
	}
	return nil
}

// early are the states in which an account's addresses are reserved and nobody's yet (D7).
func early(s account.State) bool {
	switch s {
	case account.Ordered, account.Registered, account.Identified, account.Enabled:
		return true
	}
	return false
}

// infected is steps 54 and 55; what the provider wrote itself is not searched.
func (s *Server) infected(m *message.Message) (string, error) {
	if m.Kind != demail.Normal || !s.scans().Recipient {
		return "", nil
	}
	f, err := s.examine(m.Header, record.Message{Body: m.Body})
	return f.Malware, err
}

// intact is step 48 without the certificate: hash and presence of the signature.
func (s *Server) intact(m *message.Message) (bool, error) {
	body, err := s.open(m.Body)
	if err != nil {
		return false, err
	}
	defer body.Close()
	_, err = sign.Verify(m.Header, body, sign.Trust{At: m.Sent})
	var bad *demail.IntegrityError
	if err != nil && !errors.As(err, &bad) {
		return false, err
	}
	// One provider: its own certificate needs no issuer to be believed here.
	return err == nil || bad.Reason == demail.ReasonUntrusted || bad.Reason == demail.ReasonExpired, nil
}

// deliver lays a message into a mailbox with the address it was delivered to on top (TR-01201-3.4 3.1.22).
func (s *Server) deliver(m *message.Message, a Account, to demail.Address) *Mail {
	h := append(demail.Header{demail.NewField(demail.FieldEnvelopeTo, to.String())}, m.Header.Without(demail.FieldEnvelopeTo)...)
	mail := &Mail{ID: m.ID, At: s.cfg.Clock.Now(), Folder: Inbox, From: m.Sender, To: to.String(), Type: m.Type, Msg: m.Record(h), origin: m}
	if s.pushAddress(a) != "" {
		mail.Push = Waiting
	}
	s.put(a, to, mail)
	s.cfg.Record.Add(record.Event{Who: s.cfg.Who, Kind: record.Stored, From: m.Sender, To: []string{to.String()}, Msg: &mail.Msg})
	return mail
}

// handOver gives the account's operator its copy, and warns the holder of a mailbox that is nearly full.
func (s *Server) handOver(a Account, mail *Mail) {
	if mail.Push == Waiting {
		s.enqueue(a, mail)
	}
	if s.nearlyFull(a) {
		// The warning is a message like others; its failure must not undo what was delivered.
		_ = s.Notify(a.Mailboxes[0], demail.NoteOther, "Speicherplatz", "Weniger als 10 % des Speicherplatzes sind frei (TR 01201 Teil 3.1, 4.1).")
	}
}

// forward sends a copy on, as received, with Resent fields and the new actual recipient; confirmations are
// not made again (TR-01201-3.1 3.1.3.2, 3.4 3.2). Messages to be confirmed at retrieval, and personal ones
// where the holder wants that, are announced only.
func (s *Server) forward(m *message.Message, a Account, from demail.Address, target string) error {
	to, err := demail.ParseAddress(target)
	if err != nil {
		return err
	}
	for _, f := range m.Header.All("Resent-From") {
		if f.Value() == from.String() { // a loop
			return nil
		}
	}
	if m.Kind != demail.Normal {
		return nil
	}
	if m.Get(demail.FieldRetrieve) == "yes" || m.Get(demail.FieldPrivate) == "yes" && a.KeepPersonal {
		return s.Notify(target, demail.NoteOther, "Neue Nachricht", "Im Postfach "+from.String()+" liegt eine Nachricht, die nicht weitergeleitet wird.")
	}
	id, err := s.newID()
	if err != nil {
		return err
	}
	next := m.Readdressed(to)
	next.Forwarded, next.Forwarder = true, from
	next.Header = append(demail.Header{
		demail.NewField("Resent-From", from.String()), demail.NewField("Resent-To", to.String()),
		demail.NewField("Resent-Date", s.now().Format(time.RFC1123Z)), demail.NewField("Resent-Message-ID", "<"+id+">"),
	}, next.Header...)
	return s.carry(message.Outgoing{Message: next, To: []demail.Address{to}})
}

// redirect sends a message on without keeping it; its confirmations are made where it ends (3.1.3.3, 3.4
// 3.3). One that was redirected before stops here, so that two orders cannot chase it.
func (s *Server) redirect(m *message.Message, from demail.Address, target string) error {
	to, err := demail.ParseAddress(target)
	if err != nil || m.Redirected {
		return s.notifyUndelivered(m, from, demail.NoteClosedAccount, "Das Konto des Empfängers ist geschlossen.")
	}
	next := m.Readdressed(to)
	next.Redirected = true
	return s.carry(message.Outgoing{Message: next, To: []demail.Address{to}})
}

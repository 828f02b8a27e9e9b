package dmda

import (
	"demailbench/sim/demail"
	"demailbench/sim/record"
)

// send checks a draft, makes it into messages and dispatches them (TR-01201-3.1 chapter 6). Its error is a
// *Refusal when the draft may not be sent; then nothing was.
func (s *Server) send(d draft) error {
	if r := s.check(&d); r != nil {
		return r
	}
	return s.dispatch(d)
}

// dispatch is what send does with a draft that passed the checks.
func (s *Server) dispatch(d draft) error {
	out, err := s.messages(&d)
	if err != nil {
		return err
	}
	for _, m := range out {
		s.keepSent(m)
		if d.options.dispatch {
			if err := s.confirmDispatch(m); err != nil {
				return err
			}
		}
		if err := s.carry(m); err != nil {
			return err
		}
	}
	return nil
}

// keepSent lays a copy into the sender's mailbox (TR-01201-3.1 steps 11 and 34).
func (s *Server) keepSent(m outgoing) {
	from, err := demail.ParseAddress(m.sender)
	if err != nil {
		return
	}
	if _, ok := s.accounts.Owner(from); ok {
		s.put(from, &Mail{ID: m.id, At: s.cfg.Clock.Now(), Folder: Sent, From: m.sender, To: m.to[0].String(), Type: m.typ, Msg: m.msg(m.header)})
	}
}

// carry takes a message to the mailboxes of its recipients. There is one provider, so a De-Mail address
// that is not here exists nowhere.
func (s *Server) carry(m outgoing) error {
	for _, to := range m.to {
		a, ok := s.accounts.Owner(to)
		if !ok {
			if err := s.notifyUnknown(m.message, to); err != nil {
				return err
			}
			continue
		}
		s.deliver(m.message, a, to)
		if m.kind == demail.Normal && (a.Receipt == Always || m.get(demail.FieldReceipt) == "yes") {
			if err := s.confirmReceipt(m.message, to); err != nil {
				return err
			}
		}
	}
	return nil
}

// deliver lays a message into a mailbox with the address it was delivered to on top (TR-01201-3.4 3.1.22)
// and hands the account's operator its copy.
func (s *Server) deliver(m *message, a Account, to demail.Address) {
	h := append(demail.Header{demail.NewField(demail.FieldEnvelopeTo, to.String())}, m.header.Without(demail.FieldEnvelopeTo)...)
	mail := &Mail{ID: m.id, At: s.cfg.Clock.Now(), Folder: Inbox, From: m.sender, To: to.String(), Type: m.typ, Msg: m.msg(h)}
	push := s.pushAddress(a) != ""
	if push {
		mail.Push = Waiting
	}
	s.put(to, mail)
	s.cfg.Record.Add(record.Event{Who: s.cfg.Who, Kind: record.Stored, From: m.sender, To: []string{to.String()}, Msg: &mail.Msg})
	if push {
		s.enqueue(a, mail)
	}
}

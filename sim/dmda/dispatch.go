package dmda

import (
	"fmt"
	"io"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/content"
	"demailbench/sim/dmda/draft"
	"demailbench/sim/dmda/message"
	"demailbench/sim/record"
)

// Scan says at which sides the provider looks for malware. Both is what the guideline wants; a scenario that
// needs malware on the recipient's side switches the sender's off, as if its patterns were old.
type Scan struct{ Sender, Recipient bool }

// SetScan sets where malware is looked for.
func (s *Server) SetScan(v Scan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scan = v
}

func (s *Server) scans() Scan {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.scan
}

func (s *Server) scansDrafts() bool { return s.scans().Sender }

// SetTamper makes f change every message between dispatch and mailbox, as somebody on the way between two
// providers would; nil ends that. f must keep Body in step with the world's bodies.
func (s *Server) SetTamper(f func(record.Message) record.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tamper = f
}

// examine looks into the body of a draft or message.
func (s *Server) examine(h demail.Header, m record.Message) (content.Finding, error) {
	body, err := s.cfg.Bodies.Open(m.Body)
	if err != nil {
		return content.Finding{}, err
	}
	defer body.Close()
	return content.Examine(h, body)
}

// today is what an account has sent on this day of legal time at level normal (TR-01201-3.1 3.1.1.1).
func (s *Server) today(account string) (messages, recipients int) {
	return s.counter.Sent(account, s.now().Format(time.DateOnly))
}

// send checks a draft, makes it into messages and dispatches them (TR-01201-3.1 chapter 6). Its error is a
// *Refusal when the draft may not be sent; then nothing was.
func (s *Server) send(d *draft.Draft) error {
	if r := s.rules.Check(d); r != nil {
		return r
	}
	return s.dispatch(d)
}

// dispatch is what send does with a draft that passed the checks.
func (s *Server) dispatch(d *draft.Draft) error {
	if d.Level != demail.LevelHigh {
		s.counter.Add(d.Account.ID, s.now().Format(time.DateOnly), len(d.To))
	}
	out, err := s.writer.Messages(d)
	if err != nil {
		return err
	}
	for _, m := range out {
		s.keepSent(m)
	}
	return s.later(func() error {
		for _, m := range out {
			if d.Options.Dispatch {
				if err := s.confirmDispatch(m); err != nil {
					return err
				}
			}
			if err := s.carry(m); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepSent lays a copy into the sender's mailbox (TR-01201-3.1 steps 11 and 34).
func (s *Server) keepSent(m message.Outgoing) {
	from, err := demail.ParseAddress(m.Sender)
	if err != nil {
		return
	}
	if a, ok := s.accounts.Owner(from); ok {
		s.put(a, from, &Mail{ID: m.ID, At: s.cfg.Clock.Now(), Folder: Sent, From: m.Sender, To: m.To[0].String(), Type: m.Type, Msg: m.Record(m.Header)})
	}
}

// open reads a body by its hash.
func (s *Server) open(hash string) (io.ReadCloser, error) {
	body, err := s.cfg.Bodies.Open(hash)
	if err != nil {
		return nil, fmt.Errorf("dmda: body %s: %w", hash, err)
	}
	return body, nil
}

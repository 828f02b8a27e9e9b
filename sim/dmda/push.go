package dmda

import (
	"context"
	"strings"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/push"
	"demailbench/sim/wire"
)

// pushAddress is where the gateway of an account takes De-Mails; empty for an account without one.
func (s *Server) pushAddress(a Account) string {
	if !a.Gateway {
		return ""
	}
	i, _ := s.accounts.Operator(a.ITSP)
	return i.Push
}

// enqueue hands a message to the queue of its account, which it makes at first use.
func (s *Server) enqueue(a Account, m *Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	q := s.queues[a.ID]
	if q == nil {
		q = push.New(s.cfg.Clock, s.cfg.Retry, s.push)
		s.queues[a.ID] = q
	}
	q.Add(m)
}

// push makes one try to hand a message to the gateway. Its 250 ends it, a 5xx too; everything else is tried
// again without end. The account's access counts at this moment.
func (s *Server) push(ctx context.Context, m *Mail) push.Verdict {
	to, err := demail.ParseAddress(m.To)
	a, ok := s.accounts.Owner(to)
	address := s.pushAddress(a)
	if err != nil || !ok || address == "" {
		return s.pushed(m, NotPushed)
	}
	if s.pushBlocked(a) {
		return push.Again
	}
	c := wire.Client{
		Who: s.cfg.Who, Hostname: s.cfg.Provider.Hostname, Dial: s.cfg.Dial, Clock: s.cfg.Clock, Record: s.cfg.Record,
		Bodies: s.cfg.Bodies, TLS: s.cfg.ClientTLS, ImplicitTLS: true, Timeout: s.cfg.Timeout,
	}
	r := c.Send(ctx, address, wire.Envelope{From: m.From, To: []string{m.To}}, m.Msg).Results[0]
	switch {
	case r.Accepted():
		// The gateway acts at level high (TR-01201-6.1 10.1): taking the message is its sign-in.
		if err := s.retrieved(a.ID, to, m); err != nil {
			s.note("dmda.failure", err.Error())
		}
		return s.pushed(m, Pushed)
	case r.Permanent():
		if err := s.refused(m, to, r); err != nil {
			s.note("dmda.failure", err.Error())
		}
		return s.pushed(m, Refused)
	case r.Verb == "CONNECT" || r.Verb == "TLS" || r.Verb == "EHLO":
		return push.Unreachable
	}
	return push.Again
}

// refused tells the sender of a message that nobody takes behind the gateway: a reply of class 5.1 speaks of the
// address (RFC 3463 3.2), so the notification says that the recipient is unknown (D11, TR-01201-3.1 step 45). Of
// other refusals only the record knows: they are between provider and gateway. The message stays where it is.
func (s *Server) refused(m *Mail, to demail.Address, r wire.Result) error {
	if m.origin == nil || !strings.HasPrefix(r.Enhanced, "5.1.") {
		return nil
	}
	return s.notifyUndelivered(m.origin, to, demail.NoteUnknownRecipient, "Die Institution kennt die Adresse des Empfängers nicht.")
}

// pushBlocked reports that misuse, or a block of the account, keeps its gateway from getting anything.
func (s *Server) pushBlocked(a Account) bool {
	_, gateway := s.kept("operator " + a.ITSP)
	_, link := s.kept("account " + a.ID)
	return gateway || link || !a.State.Effect().Read
}

func (s *Server) pushed(m *Mail, state PushState) push.Verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	m.Push = state
	return push.Final
}

// Waiting is how many De-Mails wait for the gateway to take them, over all mailboxes of an account.
func (s *Server) Waiting(account string) int {
	s.mu.Lock()
	q := s.queues[account]
	s.mu.Unlock()
	if q == nil {
		return 0
	}
	return q.Len()
}

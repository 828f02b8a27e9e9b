package dmda

import (
	"context"
	"time"

	"demailbench/sim/wire"
)

// pushQueue is what waits to be handed to the gateway for one account. One goroutine works on it while
// there is something to do.
type pushQueue struct {
	items   []*pushItem
	working bool
	wake    context.CancelFunc // ends the sleep of the goroutine; nil while it does not sleep
}

// pushItem is one message for one mailbox.
type pushItem struct {
	mail  *Mail
	due   time.Time
	tries int
}

// pushAddress is where the gateway of an account takes De-Mails; empty for an account without one.
func (s *Server) pushAddress(a Account) string {
	if !a.Gateway || a.ITSP == "" {
		return ""
	}
	for _, i := range s.itsps {
		if i.Number == a.ITSP {
			return i.Push
		}
	}
	return ""
}

// enqueue hands a message to the queue of its account.
func (s *Server) enqueue(a *account, m *Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	a.queue.items = append(a.queue.items, &pushItem{mail: m, due: s.cfg.Clock.Now()})
	if a.queue.wake != nil {
		a.queue.wake()
	}
	if !a.queue.working {
		a.queue.working = true
		s.pushes.Add(1)
		go s.work(a)
	}
}

// work pushes what is due, in the order of due times, until the queue is empty or the provider closes.
func (s *Server) work(a *account) {
	defer s.pushes.Done()
	for {
		item, address, wait := s.next(a)
		switch {
		case item == nil:
			return
		case wait != nil:
			wait()
		case address == "":
			s.finish(a, item, NotPushed)
		default:
			s.push(a, item, address)
		}
	}
}

// next picks the item with the earliest due time. Where that lies ahead it returns a wait, which ends early
// when another item arrives.
func (s *Server) next(a *account) (item *pushItem, address string, wait func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range a.queue.items {
		if item == nil || i.due.Before(item.due) {
			item = i
		}
	}
	if item == nil || s.closed {
		a.queue.working = false
		return nil, "", nil
	}
	if d := item.due.Sub(s.cfg.Clock.Now()); d > 0 {
		ctx, cancel := context.WithCancel(s.ctx)
		a.queue.wake = cancel
		return item, "", func() {
			s.cfg.Clock.Sleep(ctx, d)
			s.mu.Lock()
			a.queue.wake = nil
			s.mu.Unlock()
			cancel()
		}
	}
	return item, s.pushAddress(a.Account), nil
}

// push makes one try. The gateway's 250 ends it, a 5xx too; everything else is tried again without end.
func (s *Server) push(a *account, item *pushItem, address string) {
	c := wire.Client{
		Who: s.cfg.Who, Hostname: s.cfg.Provider.Hostname, Dial: s.cfg.Dial, Clock: s.cfg.Clock, Record: s.cfg.Record,
		Bodies: s.cfg.Bodies, TLS: s.cfg.ClientTLS, ImplicitTLS: true, Timeout: s.cfg.Timeout,
	}
	out := c.Send(s.ctx, address, wire.Envelope{From: item.mail.From, To: []string{item.mail.To}}, item.mail.Msg)
	if s.ctx.Err() != nil || len(out.Results) != 1 {
		return
	}
	switch r := out.Results[0]; {
	case r.Accepted():
		s.finish(a, item, Pushed)
	case r.Permanent():
		s.finish(a, item, Refused)
	default:
		s.again(a, item, r.Verb)
	}
}

func (s *Server) finish(a *account, item *pushItem, state PushState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item.mail.Push = state
	for i, have := range a.queue.items {
		if have == item {
			a.queue.items = append(a.queue.items[:i:i], a.queue.items[i+1:]...)
			return
		}
	}
}

// again sets the next try. A gateway that did not get as far as the envelope fails for everything that
// waits, so the rest of the queue waits too.
func (s *Server) again(a *account, item *pushItem, verb string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait := s.cfg.Retry[min(item.tries, len(s.cfg.Retry)-1)]
	item.tries++
	item.due = s.cfg.Clock.Now().Add(wait)
	for _, i := range a.queue.items {
		if (verb == "CONNECT" || verb == "TLS" || verb == "EHLO") && i.due.Before(item.due) {
			i.due = item.due
		}
	}
}

// Waiting is how many De-Mails wait for the gateway to take them, over all mailboxes of an account.
func (s *Server) Waiting(account string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[account]; a != nil {
		return len(a.queue.items)
	}
	return 0
}

package wiring

import (
	"context"
	"errors"
	"time"
)

// Senders hand one mail over and return its nonce.
type Senders struct {
	// Citizen sends to a De-Mail address of a tenant, Clerk from a tenant's mailbox to the citizen.
	Citizen func(to string) (nonce string, err error)
	Clerk   func(tenant, mailbox string) (nonce string, err error)
}

// Through lets one mail go each way, when nothing was found before. gateways are the addresses under which others see
// the gateway; patience is how long a mail may take.
func (s *Subject) Through(by Senders, gateways []string, patience time.Duration) error {
	if !s.found.Good() {
		return nil
	}
	for _, t := range s.Plan.Enrolled() {
		if len(t.Domains) != 1 || t.Domains[0].Direction != "both" || len(t.Mapping) == 0 {
			continue
		}
		m := t.Mapping[0]
		return errors.Join(
			s.send(Mail{From: s.Provider, To: t.MailServer, Gateways: gateways}, patience, func() (string, error) { return by.Citizen(m.DeMail) }),
			s.send(Mail{From: t.MailServer, To: s.Provider, Gateways: gateways}, patience, func() (string, error) { return by.Clerk(t.ID, m.Mail) }))
	}
	return errors.New("no tenant of this world both sends and receives")
}

// send hands a mail over, waits until it is there, or long enough for a retry, and judges.
func (s *Subject) send(m Mail, patience time.Duration, hand func() (string, error)) error {
	m.Since = s.mark()
	var err error
	if m.Nonce, err = hand(); err != nil {
		return err
	}
	ctx, cancel := s.Clock.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		changed := s.Record.Changed()
		if s.arrival(m) != nil {
			break
		}
		select {
		case <-changed:
			continue
		case <-ctx.Done():
		}
		break
	}
	s.judge(m)
	return nil
}

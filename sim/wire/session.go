package wire

import (
	"errors"
	"io"
	"net"
	"slices"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"demailbench/sim/record"
	"demailbench/sim/wire/dialog"
)

// session is the policy as go-smtp calls it.
type session struct{ c *conn }

func newSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{c.Conn().(*stage).conn}, nil
}

// Reset is called after RSET, EHLO and every message.
func (s *session) Reset() { s.c.tx, s.c.mailed = Envelope{}, false }

func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if err := s.strike("MAIL", nil); err != nil {
		return err
	}
	if r := s.c.srv.cfg.Policy.Mail(&s.c.facts, from); r != nil {
		return asSMTP(r)
	}
	s.c.tx, s.c.mailed = Envelope{From: from}, true
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if len(s.c.tx.To) >= s.c.srv.cfg.MaxRecipients {
		return asSMTP(Refuse(452, "4.5.3", "too many recipients"))
	}
	if err := s.strike("RCPT", []string{to}); err != nil {
		return err
	}
	if r := s.c.srv.cfg.Policy.Rcpt(&s.c.facts, to); r != nil {
		return asSMTP(r)
	}
	s.c.tx.To = append(s.c.tx.To, to)
	return nil
}

// Data may return before the end of the message: go-smtp reads on, and the guard has found the end.
func (s *session) Data(r io.Reader) error {
	msg, err := s.c.receive(r)
	if err != nil {
		return asSMTP(err)
	}
	if err := s.strike("END", s.c.tx.To); err != nil {
		return err
	}
	env := Envelope{From: s.c.tx.From, To: slices.Clone(s.c.tx.To)}
	reply := s.c.srv.cfg.Policy.Data(&s.c.facts, env, msg)
	if reply != nil && reply.Code != 250 {
		return asSMTP(reply)
	}
	s.c.srv.cfg.Record.Add(record.Event{
		Who: s.c.srv.cfg.Who, Kind: record.Accepted, Session: s.c.facts.ID, Local: s.c.facts.Local,
		Remote: s.c.facts.Remote, TLS: s.c.facts.TLS, Cert: s.c.subject(), Identity: s.c.facts.Identity,
		From: env.From, To: env.To, Msg: &msg,
	})
	if reply != nil {
		return asSMTP(reply)
	}
	return nil
}

// strike runs a fault inside a command that go-smtp works on.
func (s *session) strike(verb string, to []string) error {
	reply, ok := s.c.fault(verb, to)
	switch {
	case reply != nil:
		return asSMTP(reply)
	case !ok:
		return net.ErrClosed
	}
	return nil
}

// AuthMechanisms is part of go-smtp's door for AUTH; the guard writes the offer itself.
func (s *session) AuthMechanisms() []string { return []string{sasl.External} }

func (s *session) Auth(mech string) (sasl.Server, error) {
	return sasl.NewExternalServer(func(identity string) error {
		if err := s.external(identity); err != nil {
			return err
		}
		s.c.facts.Identity = identity
		if identity == "" {
			s.c.facts.Identity = s.c.subject()
		}
		return nil
	}), nil
}

func (s *session) external(identity string) error {
	if !dialog.Printable([]byte(identity)) {
		return asSMTP(Refuse(501, "5.5.2", "identity is not printable"))
	}
	err := s.c.srv.cfg.External(s.c.facts.Cert, identity)
	var r *Reply
	switch {
	case err == nil:
		return nil
	case errors.As(err, &r):
		return asSMTP(r)
	}
	return asSMTP(&Reply{Code: 535, Enhanced: "5.7.8", Text: "authentication failed", Cause: err})
}

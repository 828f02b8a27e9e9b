package gateway

import (
	"context"

	"demailbench/gateway/audit"
	"demailbench/gateway/demail"
	"demailbench/gateway/queue"
	"demailbench/gateway/smtpd"
)

// intake joins the SMTP edge to the queue: it says where a recipient's copy goes and who is told of failure.
type intake struct {
	q     *queue.Queue
	trail *audit.Trail
}

// Begin opens a spool for a message with the envelope e.
func (in *intake) Begin(_ context.Context, e smtpd.Envelope) (smtpd.Spool, error) {
	env := queue.Envelope{Kind: queue.Inbound, Tenant: e.Tenant, Sender: e.From}
	if e.Direction == smtpd.Outbound {
		env.Kind, env.ReturnPath = queue.Outbound, e.Origin
	}
	for _, to := range e.To {
		r := queue.Recipient{Address: to.Address, Original: to.Original, Route: queue.RouteDMDA}
		if e.Direction == smtpd.Inbound {
			r.Route = queue.RouteMail(demail.Domain(to.Address))
		}
		env.To = append(env.To, r)
	}
	d, err := in.q.Begin(env)
	if err != nil {
		return nil, err
	}
	return &spool{d, in, e}, nil
}

// spool is one message on its way into the queue.
type spool struct {
	*queue.Draft
	in *intake
	e  smtpd.Envelope
}

// Commit makes the message durable and notes suppressed copies.
func (s *spool) Commit() (string, error) {
	r, err := s.Draft.Commit()
	if err != nil {
		return "", err
	}
	for _, to := range r.Suppressed {
		s.in.trail.Suppressed(audit.Mail{ID: r.ID, MessageID: r.MessageID, Kind: string(s.e.Direction), Tenant: s.e.Tenant, From: s.e.From, To: to.Address})
	}
	return r.ID, nil
}

// edge writes to the trail what the SMTP servers decide.
type edge struct{ trail *audit.Trail }

// Accepted notes a message for every recipient.
func (a edge) Accepted(_ context.Context, x smtpd.Acceptance) {
	for _, to := range x.Envelope.To {
		a.trail.Accepted(audit.Mail{ID: x.ID, Kind: string(x.Envelope.Direction), Tenant: x.Envelope.Tenant, From: x.Envelope.From, To: to.Address}, peer(x.Peer), x.Size)
	}
}

// Refused notes a refusal.
func (a edge) Refused(_ context.Context, x smtpd.Rejection) {
	a.trail.Refused(audit.Refusal{Direction: string(x.Direction), Tenant: x.Tenant, Verb: x.Verb, From: x.From, To: x.To,
		Code: x.Refusal.Code, Status: x.Refusal.Status(), Text: x.Refusal.Text, Detail: x.Refusal.Detail,
		Requirements: x.Refusal.Requirements}, peer(x.Peer))
}

func peer(p smtpd.Peer) audit.Peer {
	return audit.Peer{Addr: p.Addr, TLS: p.TLS, Certificate: p.Certificate}
}

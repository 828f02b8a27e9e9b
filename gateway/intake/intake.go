// Package intake joins the SMTP edge to the queue: where a recipient's copy goes, who is told of failure, which
// De-Mails are answered instead of delivered (D11), and what confirmations are about. It writes to the trail what
// the edge decides, and has whoever must act on it told.
//
// The package leaves out the rules (package tenant), headers, durability and delivery.
package intake

import (
	"context"
	"crypto/sha256"

	"demailbench/gateway/alarm"
	"demailbench/gateway/audit"
	"demailbench/gateway/correlation"
	"demailbench/gateway/demail"
	"demailbench/gateway/door"
	"demailbench/gateway/queue"
	"demailbench/gateway/smtpd"
)

// Intake takes messages over for the SMTP servers; it implements smtpd.Intake. All fields are required.
type Intake struct {
	Queue *queue.Queue
	Trail *audit.Trail
	Alarm *alarm.Alarm
	// Contact is a tenant's technical contact, "" when it has none.
	Contact func(tenant string) string
	Clock   door.Clock
	Rand    door.Rand
}

// Begin opens a spool for a message with the envelope e.
func (in *Intake) Begin(ctx context.Context, e smtpd.Envelope) (smtpd.Spool, error) {
	if e.Answer.From != "" {
		return &returned{in: in, ctx: ctx, e: e, sum: sha256.New()}, nil
	}
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
	d, err := in.Queue.Begin(env)
	if err != nil {
		return nil, err
	}
	s := &spool{Draft: d, in: in, ctx: ctx, e: e}
	if from, err := demail.Canonical(e.From); err == nil && e.Direction == smtpd.Inbound && demail.IsSystem(from) {
		return &confirming{spool: s}, nil
	}
	return s, nil
}

// spool is one message on its way into the queue.
type spool struct {
	*queue.Draft
	in  *Intake
	ctx context.Context
	e   smtpd.Envelope
}

// Commit makes the message durable and notes suppressed copies, and how its confirmations will name it.
func (s *spool) Commit() (string, error) {
	if h, err := demail.ScanHeader(s.Header()); err == nil {
		names := correlation.Received
		if s.e.Direction == smtpd.Outbound {
			names = correlation.Sent
		}
		for _, k := range names(s.e.Tenant, h) {
			s.Note(k.Sum)
		}
	}
	r, err := s.Draft.Commit()
	if err != nil {
		return "", err
	}
	for _, to := range r.Suppressed {
		s.in.Trail.Suppressed(audit.Mail{ID: r.ID, MessageID: r.MessageID, Kind: string(s.e.Direction), Tenant: s.e.Tenant, From: s.e.From, To: to.Address})
	}
	for _, to := range s.e.To { // a De-Mail that waited at the DMDA for its address to be mapped is here
		s.in.Alarm.EndUnmapped(s.ctx, to.Original)
	}
	return r.ID, nil
}

// confirming is a confirmation or notification of the DMDA on its way into the queue; a copy of its beginning is
// kept to find what it is about.
type confirming struct {
	*spool
	text []byte
}

// textMax bounds the copy: confirmations have a few kilobytes of XML and a page of PDF.
const textMax = 1 << 20

// Write writes on and keeps the beginning.
func (c *confirming) Write(p []byte) (int, error) {
	c.text = append(c.text, p[:min(len(p), textMax-len(c.text))]...)
	return c.spool.Write(p)
}

// Commit makes the confirmation durable and links it to the message of the same tenant that it is about.
func (c *confirming) Commit() (string, error) {
	id, err := c.spool.Commit()
	if err != nil {
		return "", err
	}
	about := correlation.Read(c.text)
	m := audit.Mail{ID: id, Kind: string(c.e.Direction), Tenant: c.e.Tenant, From: c.e.From, To: c.e.To[0].Original}
	for _, k := range about.Keys(c.e.Tenant) {
		if sent, ok, err := c.in.Queue.Noted(k.Sum); err == nil && ok {
			c.in.Trail.Confirmed(m, about.Kind, sent, k.By)
			return id, nil
		}
	}
	c.in.Trail.Confirmed(m, about.Kind, "", "")
	return id, nil
}

// Edge writes to the trail what the SMTP servers decide, and has whoever must act on it told; it implements
// smtpd.Audit.
type Edge struct {
	Trail *audit.Trail
	Alarm *alarm.Alarm
}

// Accepted notes a message for every recipient.
func (a Edge) Accepted(_ context.Context, x smtpd.Acceptance) {
	for _, to := range x.Envelope.To {
		m := audit.Mail{ID: x.ID, Kind: string(x.Envelope.Direction), Tenant: x.Envelope.Tenant, From: x.Envelope.From, To: to.Address}
		if x.Envelope.Answer.From != "" { // its recipient is its sender: nothing was delivered
			m.To = to.Original
		}
		a.Trail.Accepted(m, peer(x.Peer), x.Size)
	}
}

// Refused notes a refusal.
func (a Edge) Refused(ctx context.Context, x smtpd.Rejection) {
	if x.Refusal.Alert {
		a.Alarm.RaiseUnmapped(ctx, x.Tenant, x.To, x.Refusal.Text)
	}
	a.Trail.Refused(audit.Refusal{Direction: string(x.Direction), Tenant: x.Tenant, Verb: x.Verb, From: x.From, To: x.To,
		Code: x.Refusal.Code, Status: x.Refusal.Status(), Text: x.Refusal.Text, Detail: x.Refusal.Detail,
		Requirements: x.Refusal.Requirements}, peer(x.Peer))
}

func peer(p smtpd.Peer) audit.Peer {
	return audit.Peer{Addr: p.Addr, TLS: p.TLS, Certificate: p.Certificate}
}

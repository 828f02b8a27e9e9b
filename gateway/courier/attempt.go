package courier

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-smtp"

	"demailbench/gateway/notice"
	"demailbench/gateway/queue"
	"demailbench/gateway/store"
)

// attempt is one try to deliver one work.
type attempt struct {
	c        *Courier
	w        *queue.Work
	outcomes map[int64]queue.Outcome
	// host and tls are the server that decided and the TLS version there, empty in clear.
	host, tls string
	// outage names the trouble that an unsafe line of this route is; empty for the DMDA.
	outage string
	// insecure: some server of the route offers no TLS that we may trust. lost: the connection broke after
	// the end of data, before the reply.
	insecure, lost bool
	// trouble is the last one of the route, nil when a server has spoken about the message.
	trouble *trouble

	k    *smtp.Client
	stop context.CancelFunc
}

// run tries the route's servers until one speaks about the message. A panic parks the message: what cannot be
// handled must not take the queue behind it along.
func (a *attempt) run(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			a.all(a.w.Deliveries, queue.Outcome{Verdict: queue.Damaged, Answer: notice.Line(fmt.Sprint("internal error: ", p))})
		}
	}()
	if domain, ok := queue.MailDomain(a.w.Route()); ok {
		a.outage = outageName(a.c.Owner(domain))
	}
	targets, t := a.c.targets(ctx, a.w.Route())
	for _, to := range targets {
		t = a.try(ctx, to)
		a.trouble = t
		if t == nil || ctx.Err() != nil {
			return
		}
		a.insecure = a.insecure || t.insecure
		if t.permanent {
			break
		}
	}
	if ctx.Err() == nil {
		a.all(a.w.Deliveries, t.outcome())
	}
}

// try holds one session. It returns nil when the server has spoken about the recipients; otherwise the next
// server may be tried, unless the trouble is permanent.
func (a *attempt) try(ctx context.Context, to target) *trouble {
	a.close()
	ctx, a.stop = a.c.Clock.WithTimeout(ctx, sessionTimeout)
	k, version, t := a.c.connect(ctx, to)
	if t != nil {
		return t
	}
	a.k, a.host, a.tls = k, to.host, version
	m := a.w.Message
	if err := k.Mail(m.Sender, &smtp.MailOptions{Size: m.Size}); err != nil {
		return refused("MAIL", err)
	}
	taken, t := a.recipients()
	if t != nil || len(taken) == 0 {
		return t
	}
	a.send(taken)
	return nil
}

// recipients names the recipients and returns those that the server took. Trouble means that the connection
// broke before any of them was decided.
func (a *attempt) recipients() (taken []store.Delivery, t *trouble) {
	for _, d := range a.w.Deliveries {
		err := a.k.Rcpt(d.Recipient, nil)
		if err == nil {
			taken = append(taken, d)
			continue
		}
		t := refused("RCPT", err)
		var e *smtp.SMTPError
		if !errors.As(err, &e) || e.Code == 421 { // the session is over; who was not refused waits
			a.rest(t.outcome())
			return nil, nil
		}
		a.outcomes[d.ID] = t.outcome()
	}
	return taken, nil
}

// send transfers the message to the recipients that were taken.
func (a *attempt) send(taken []store.Delivery) {
	content, err := a.c.Store.Open(a.w.Message)
	if err != nil {
		a.unreadable(taken, err)
		return
	}
	defer content.Close()
	data, err := a.k.Data()
	if err != nil {
		a.all(taken, refused("DATA", err).outcome())
		return
	}
	source := &source{r: content}
	if _, err := io.CopyBuffer(data, source, make([]byte, 32<<10)); err != nil {
		a.close() // before the final dot: the server must drop what it has
		if source.err != nil {
			a.unreadable(taken, source.err)
			return
		}
		a.all(taken, problem("DATA", "connection failed during the message", err).outcome())
		return
	}
	reply, err := data.CloseWithResponse()
	if err != nil {
		t := refused("END", err)
		var e *smtp.SMTPError
		a.lost = !errors.As(err, &e)
		a.all(taken, t.outcome())
		return
	}
	a.all(taken, queue.Outcome{Verdict: queue.Delivered, Answer: notice.Line("250 " + reply.StatusText)})
}

// source remembers that reading failed, to tell it from a failure of the connection.
type source struct {
	r   io.Reader
	err error
}

// Read reads from the store.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// unreadable judges an error of the store: damage parks the message, anything else may pass.
func (a *attempt) unreadable(ds []store.Delivery, err error) {
	o := problem("CONTENT", "cannot read the stored message", err).outcome()
	switch {
	case errors.Is(err, store.ErrClosed):
		return
	case errors.Is(err, store.ErrDamaged):
		o.Verdict = queue.Damaged
	}
	a.all(ds, o)
}

func (a *attempt) all(ds []store.Delivery, o queue.Outcome) {
	for _, d := range ds {
		a.outcomes[d.ID] = o
	}
}

// rest gives o to all deliveries without an outcome.
func (a *attempt) rest(o queue.Outcome) {
	for _, d := range a.w.Deliveries {
		if _, done := a.outcomes[d.ID]; !done {
			a.outcomes[d.ID] = o
		}
	}
}

// quit ends the session politely, within quitTimeout.
func (a *attempt) quit() {
	if a.k != nil {
		a.k.CommandTimeout = quitTimeout
		_ = a.k.Quit() // the message is settled: nothing depends on the answer
	}
	a.close()
}

// close cuts the session.
func (a *attempt) close() {
	if a.k != nil {
		_ = a.k.Close() // it may be closed already
		a.k = nil
	}
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
}

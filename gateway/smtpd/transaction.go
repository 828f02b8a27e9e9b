package smtpd

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-smtp"

	"demailbench/gateway/demail"
	"demailbench/gateway/guard"
	"demailbench/gateway/measure"
	"demailbench/gateway/tenant"
)

// transaction is what both sides' sessions share: one envelope at a time, one way into the intake.
type transaction struct {
	srv      *Server
	conn     *guard.Conn
	tenant   tenant.Tenant // whose host this is; tenants' side only
	open     bool          // MAIL has been accepted
	envelope Envelope
}

// Reset forgets the envelope (RSET, EHLO, end of message).
func (t *transaction) Reset() { t.open, t.envelope = false, Envelope{} }

// Logout ends the session; the guard keeps the books.
func (t *transaction) Logout() error { return nil }

// refuse reports a refusal and makes it go-smtp's error.
func (t *transaction) refuse(verb, from, to string, r *tenant.Refusal) error {
	whose := t.tenant.ID
	if whose == "" {
		whose = t.envelope.Tenant
	}
	t.srv.refused(t.conn, Rejection{Tenant: whose, Verb: verb, From: from, To: to, Refusal: r})
	return smtpError(r)
}

// start begins a transaction; go-smtp would let a second MAIL replace the first.
func (t *transaction) start() *tenant.Refusal {
	if t.open {
		return tenant.Refuse(503, [3]int{5, 5, 1}, "nested MAIL command", "RFC 5321 4.1.4")
	}
	if r := t.srv.closed(t.tenant.ID); r != nil { // work began while the session was open
		return r
	}
	t.open = true
	return nil
}

// add appends a recipient unless its address is there already.
func (t *transaction) add(r Recipient) {
	for _, known := range t.envelope.To {
		if known.Address == r.Address {
			return
		}
	}
	t.envelope.To = append(t.envelope.To, r)
}

// receive reads a message, lets prepare judge and change its header, and streams it into the intake. Only
// after the commit it returns the reply 250.
func (t *transaction) receive(r io.Reader, prepare func(demail.Header) (demail.Header, *tenant.Refusal)) error {
	from := t.envelope.From
	size, id, refusal := t.store(r, prepare)
	if refusal != nil {
		return t.refuse("DATA", from, t.envelope.To[0].Original, refusal)
	}
	srv := t.srv
	srv.config.Log.Info("accepted", "session", t.conn.Peer().Session, "tenant", t.envelope.Tenant,
		"direction", string(t.envelope.Direction), "recipients", len(t.envelope.To), "octets", size)
	if srv.config.Audit != nil {
		srv.config.Audit.Accepted(srv.ctx, Acceptance{Peer: t.conn.Peer(), Envelope: t.envelope, ID: id, Size: size})
	}
	return accepted(id)
}

func (t *transaction) store(r io.Reader, prepare func(demail.Header) (demail.Header, *tenant.Refusal)) (int64, string, *tenant.Refusal) {
	body := bufio.NewReaderSize(r, 32<<10)
	header, refusal := t.header(body)
	if refusal == nil {
		header, refusal = prepare(header)
	}
	if refusal != nil {
		return 0, "", refusal
	}
	spool, err := t.srv.config.Intake.Begin(t.srv.ctx, t.envelope)
	if err != nil {
		return 0, "", storeFailed(err)
	}
	size, refusal := t.fill(spool, header.Bytes(), body)
	if refusal != nil {
		spool.Abort()
		return 0, "", refusal
	}
	id, err := spool.Commit()
	if err != nil {
		return 0, "", storeFailed(err)
	}
	return size, id, nil
}

// header reads and scans the header; more trace fields than any honest path has are a loop.
func (t *transaction) header(r *bufio.Reader) (demail.Header, *tenant.Refusal) {
	limits := t.srv.config.Limits
	raw, err := demail.ReadHeader(r, limits.Header)
	if refusal := t.broken(err); refusal != nil {
		return demail.Header{}, refusal
	}
	h, scanErr := demail.ScanHeader(raw)
	switch {
	case errors.Is(err, demail.ErrHeaderTooLarge):
		return h, tenant.Refuse(552, [3]int{5, 3, 4}, "header too large", "D20")
	case scanErr != nil:
		return h, malformed(scanErr.Error())
	case len(h.All("Received")) > limits.Received:
		return h, tenant.Refuse(554, [3]int{5, 4, 6}, "too many Received fields: mail loop", "RFC 5321 6.3")
	}
	return h, nil
}

// fill writes header and body to the spool. The message is judged as a whole: a fault in its last line takes
// all of it back.
func (t *transaction) fill(spool Spool, header []byte, body io.Reader) (int64, *tenant.Refusal) {
	if _, err := spool.Write(header); err != nil {
		return 0, storeFailed(err)
	}
	w := &failing{w: spool}
	meter := measure.NewMeter()
	if t.envelope.Direction == Outbound {
		_, _ = meter.Write(header) // a meter takes everything
		body = io.TeeReader(body, meter)
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{body}, make([]byte, 32<<10))
	if w.err != nil {
		return 0, storeFailed(w.err)
	}
	if refusal := t.broken(err); refusal != nil {
		return 0, refusal
	}
	if limit := t.srv.config.Limits.Net; meter.Net() > limit {
		return 0, tenant.Refuse(552, [3]int{5, 3, 4}, fmt.Sprintf("content exceeds %d octets net of its encoding", limit), "TR-01201-3.1 4.1", "D20")
	}
	return n + int64(len(header)), nil
}

// broken turns a failed read, or octets that the guard has found fault with, into a refusal.
func (t *transaction) broken(err error) *tenant.Refusal {
	switch {
	case t.conn.Fault() != "":
		return tenant.Refuse(554, [3]int{5, 6, 0}, t.conn.Fault(), "RFC 5321 2.3.8", "RFC 5321 4.1.1.4")
	case err == nil, errors.Is(err, demail.ErrHeaderTooLarge):
		return nil
	case errors.Is(err, smtp.ErrDataTooLarge):
		return guard.TooLarge()
	}
	return tenant.Refuse(451, [3]int{4, 4, 2}, "message was cut off", "RFC 5321 4.5.3.2").With(err.Error())
}

// failing tells a writer's error from a reader's.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err != nil {
		f.err = err
	}
	return n, err
}

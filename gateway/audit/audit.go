// Package audit is the gateway's trail: one method per business event, written as one structured record with
// the gateway's time (S1-036, TR-01201-6.1 10). A record names messages, addresses, peers and reasons. Bodies,
// header fields other than the Message-ID, PINs and keys have no way into it.
//
// The package leaves out where records go: that is the handler's business, which must not touch a file
// outside Clock.IO.
package audit

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"demailbench/gateway/door"
)

// Trail writes the events. Its methods may be called by any goroutine.
type Trail struct {
	h     slog.Handler
	clock door.Clock
}

// New returns a trail that writes to log's handler with clock's time.
func New(log *slog.Logger, clock door.Clock) *Trail {
	return &Trail{h: log.Handler(), clock: clock}
}

// Mail names a message and one recipient in a record.
type Mail struct {
	// ID is the queue id; MessageID what sender and receiver know it by.
	ID, MessageID string
	// Kind is "outbound", "inbound" or "notice".
	Kind     string
	Tenant   string
	From, To string
	// Try counts the attempts, from 1.
	Try int
}

func (m Mail) attrs() []slog.Attr {
	a := []slog.Attr{slog.String("id", m.ID), slog.String("message_id", m.MessageID), slog.String("kind", m.Kind),
		slog.String("tenant", m.Tenant), slog.String("from", m.From), slog.String("to", m.To)}
	if m.Try > 0 {
		a = append(a, slog.Int("try", m.Try))
	}
	return a
}

// Peer is the other end of an SMTP session in a record.
type Peer struct {
	Addr netip.AddrPort
	// TLS is empty in clear, else the version.
	TLS string
	// Certificate is the common name of its certificate, when it showed one.
	Certificate string
}

func (p Peer) attrs() []slog.Attr {
	return []slog.Attr{slog.String("peer", p.Addr.String()), slog.String("tls", p.TLS), slog.String("certificate", p.Certificate)}
}

// write stamps the record with the gateway's clock: the logger's own methods would read the wall clock.
func (t *Trail) write(level slog.Level, event string, attrs ...slog.Attr) {
	ctx := context.Background()
	if !t.h.Enabled(ctx, level) {
		return
	}
	r := slog.NewRecord(t.clock.Now(), level, event, 0)
	r.AddAttrs(attrs...)
	// A trail that cannot be written must not stop mail: a handler that must not lose records says so itself.
	_ = t.h.Handle(ctx, r)
}

// Started: the gateway serves; waiting is the number of messages that it recovered.
func (t *Trail) Started(hostname, tenants, provider string, waiting int) {
	t.write(slog.LevelInfo, "started", slog.String("hostname", hostname), slog.String("tenants", tenants),
		slog.String("provider", provider), slog.Int("waiting", waiting))
}

// Stopped: the gateway has drained.
func (t *Trail) Stopped(waiting int) {
	t.write(slog.LevelInfo, "stopped", slog.Int("waiting", waiting))
}

// CardUnlocked: the card took the PIN.
func (t *Trail) CardUnlocked() { t.write(slog.LevelInfo, "card unlocked") }

// CardRefused: the card cannot be used; cause never has the PIN.
func (t *Trail) CardRefused(cause error) {
	t.write(slog.LevelError, "card refused", slog.String("cause", cause.Error()))
}

// Accepted: a message is durable and its peer reads 250.
func (t *Trail) Accepted(m Mail, p Peer, size int64) {
	t.write(slog.LevelInfo, "accepted", append(append(m.attrs(), p.attrs()...), slog.Int64("size", size))...)
}

// Suppressed: the recipient has this message already, so the copy was answered 250 and dropped (D28).
func (t *Trail) Suppressed(m Mail) { t.write(slog.LevelInfo, "duplicate suppressed", m.attrs()...) }

// Refusal is what Refused says.
type Refusal struct {
	Direction, Tenant, Verb, From, To string
	Code                              int
	Status, Text, Detail              string
	Requirements                      []string
}

// Refused: a connection, command or message was refused.
func (t *Trail) Refused(r Refusal, p Peer) {
	t.write(slog.LevelWarn, "refused", append(p.attrs(), slog.String("kind", r.Direction), slog.String("tenant", r.Tenant),
		slog.String("verb", r.Verb), slog.String("from", r.From), slog.String("to", r.To), slog.Int("code", r.Code),
		slog.String("status", r.Status), slog.String("text", r.Text), slog.String("detail", r.Detail),
		slog.Any("requirements", r.Requirements))...)
}

// Delivered: host took responsibility for the message; tls is empty when it went in clear.
func (t *Trail) Delivered(m Mail, host, tls, answer string) {
	t.write(slog.LevelInfo, "delivered", append(m.attrs(), slog.String("host", host), slog.String("tls", tls), slog.String("answer", answer))...)
}

// Deferred: the attempt failed for now; next is the time of the next one.
func (t *Trail) Deferred(m Mail, answer string, next time.Time) {
	t.write(slog.LevelWarn, "deferred", append(m.attrs(), slog.String("answer", answer), slog.Time("next", next))...)
}

// LostReply: the connection was lost after the end of data. The next hop may have the message; the copy of the
// next try carries the same Message-ID (D28).
func (t *Trail) LostReply(m Mail, host string) {
	t.write(slog.LevelWarn, "reply lost", append(m.attrs(), slog.String("host", host))...)
}

// Late: the message is older than the schedule's delay and its sender is told, if there is one to tell.
func (t *Trail) Late(m Mail) { t.write(slog.LevelWarn, "late", m.attrs()...) }

// Failed: the message was given up for this recipient; expired tells that time ran out, not a refusal.
func (t *Trail) Failed(m Mail, answer string, expired bool) {
	t.write(slog.LevelError, "failed", append(m.attrs(), slog.String("answer", answer), slog.Bool("expired", expired))...)
}

// Parked: the message stays in the queue untried until an administrator decides.
func (t *Trail) Parked(m Mail, reason string) {
	t.write(slog.LevelError, "parked", append(m.attrs(), slog.String("reason", reason))...)
}

// Told: a notification or an alert about the message about was queued for m.To. Name is "delay notice",
// "failure notice", "transport alert" or "undeliverable alert".
func (t *Trail) Told(name string, m Mail, about string) {
	t.write(slog.LevelInfo, "told", append(m.attrs(), slog.String("notice", name), slog.String("about", about))...)
}

// OutageEnded: a lasting trouble is over.
func (t *Trail) OutageEnded(name string, since time.Time) {
	t.write(slog.LevelInfo, "outage ended", slog.String("outage", name), slog.Time("since", since))
}

// Alarm: a lasting trouble began; tenant is empty when it is the gateway's own.
func (t *Trail) Alarm(name, tenant, reason string) {
	t.write(slog.LevelError, "alarm", slog.String("outage", name), slog.String("tenant", tenant), slog.String("reason", reason))
}

// CardReplaced: another card is in use from now on, until the end of its certificate.
func (t *Trail) CardReplaced(serial string, until time.Time) {
	t.write(slog.LevelInfo, "card replaced", slog.String("serial", serial), slog.Time("until", until))
}

// Answered: an inbound De-Mail for the unmapped address m.To was returned to its sender by the new De-Mail answer
// (S1-156).
func (t *Trail) Answered(m Mail, answer string) {
	t.write(slog.LevelInfo, "answered", append(m.attrs(), slog.String("answer_id", answer))...)
}

// Confirmed: the confirmation or notification m, of that type, is about the message that was accepted as about;
// by says what links them: "private-id" or "message-id".
func (t *Trail) Confirmed(m Mail, kind, about, by string) {
	t.write(slog.LevelInfo, "confirmed", append(m.attrs(), slog.String("type", kind), slog.String("about", about), slog.String("by", by))...)
}

// Complaints is a logger for parts that know only slog: warnings and errors reach the trail's handler with the
// gateway's time, everything milder is a business event that has a method here.
func (t *Trail) Complaints() *slog.Logger { return slog.New(stamped{t.h, t.clock}) }

// stamped gives records the gateway's time.
type stamped struct {
	slog.Handler
	clock door.Clock
}

// Enabled lets warnings and errors pass.
func (s stamped) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && s.Handler.Enabled(ctx, level)
}

// Handle stamps and writes a record.
func (s stamped) Handle(ctx context.Context, r slog.Record) error {
	r.Time = s.clock.Now()
	return s.Handler.Handle(ctx, r)
}

// WithAttrs keeps the stamp.
func (s stamped) WithAttrs(attrs []slog.Attr) slog.Handler {
	return stamped{s.Handler.WithAttrs(attrs), s.clock}
}

// WithGroup keeps the stamp.
func (s stamped) WithGroup(name string) slog.Handler {
	return stamped{s.Handler.WithGroup(name), s.clock}
}

// Package courier carries what is due to its next hop: De-Mail to the DMDA with the card (D16), De-Mail and
// notices to the tenants' mail servers with the transport security that S0-038..040 and D18 demand. It judges
// what the other side answered (RFC 5321 4.2), tells senders of delay and failure (RFC 3464) and technical
// contacts of a line that is not safe.
//
// When to try again is the queue's decision. Messages are sent as they are stored, octet for octet (D17).
package courier

import (
	"context"
	"crypto/x509"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"demailbench/gateway/alarm"
	"demailbench/gateway/audit"
	"demailbench/gateway/door"
	"demailbench/gateway/queue"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

// Config is what the courier needs. All fields but Operator, MailPort and Noticed are required.
type Config struct {
	// Hostname is the gateway's name in EHLO, notices and Message-IDs.
	Hostname string
	// DMDA is "host:port" of the provider's ITSP link, DMDAName the name its certificate must carry.
	DMDA, DMDAName string
	// Owner finds the tenant to whom an e-mail domain belongs; Tenant finds one by its id.
	Owner  func(mailDomain string) (tenant.Tenant, bool)
	Tenant func(id string) (tenant.Tenant, bool)
	// Operator is the e-mail address that is alerted when a tenant's contact cannot be; empty for nobody.
	Operator string
	// Deliveries is the number of attempts at once.
	Deliveries int
	// MailPort is where mail servers found by MX listen; 0 means 25.
	MailPort uint16
	// GiveUp is the schedule's, for the notices.
	GiveUp time.Duration

	Queue    *queue.Queue
	Store    *store.Store
	Trail    *audit.Trail
	Alarm    *alarm.Alarm
	Dial     door.Dial
	Resolver door.Resolver
	Clock    door.Clock
	Rand     door.Rand
	Card     door.Card
	Roots    *x509.CertPool
	// Noticed, when set, is told what became of each of the gateway's own notices: taken by the recipient's mail
	// server, or given up.
	Noticed func(messageID, answer string, taken bool)
}

// Times of one attempt: RFC 5321 4.5.3.2.
const (
	dialTimeout    = 30 * time.Second
	tlsTimeout     = time.Minute
	commandTimeout = 5 * time.Minute
	blockTimeout   = 3 * time.Minute
	finalTimeout   = 10 * time.Minute
	quitTimeout    = 10 * time.Second
	// sessionTimeout bounds a whole session, so that a server that trickles cannot keep a seat for days.
	sessionTimeout = 2 * time.Hour
)

// Courier delivers from one queue.
type Courier struct {
	Config
	draw sync.Mutex
}

// New returns a courier; it does nothing before Run.
func New(c Config) *Courier {
	if c.MailPort == 0 {
		c.MailPort = mailPort
	}
	return &Courier{Config: c}
}

// Run delivers until ctx ends, then waits for the attempts under way. When hard ends these are broken off;
// what had no reply yet stays in the queue.
func (c *Courier) Run(ctx, hard context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	seats := make(chan struct{}, c.Deliveries)
	for {
		select {
		case seats <- struct{}{}:
		case <-ctx.Done():
			return
		}
		w, err := c.Queue.Due(ctx)
		if err != nil {
			return
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { <-seats }()
			c.handle(hard, w)
		}()
	}
}

// handle makes one attempt, settles it and only then says goodbye to the server: a slow QUIT must not keep a
// delivered message in the queue.
func (c *Courier) handle(ctx context.Context, w *queue.Work) {
	a := &attempt{c: c, w: w, outcomes: map[int64]queue.Outcome{}}
	if !w.Late {
		a.run(ctx)
		defer a.quit()
	}
	if ctx.Err() != nil && len(a.outcomes) == 0 {
		return
	}
	c.settle(ctx, a)
}

// settle stores the outcomes with the notices that they cause, then writes the trail.
func (c *Courier) settle(ctx context.Context, a *attempt) {
	s := c.Queue.Judge(a.w, a.outcomes)
	letters, names := c.letters(a, s)
	var ended []string
	if len(s.Delivered) > 0 && a.outage != "" && !a.insecure {
		ended = append(ended, a.outage)
	}
	res, err := c.Queue.Settle(ctx, s, letters, ended...)
	if err != nil {
		return // the gateway is dying; the next start repeats the attempt
	}
	c.trace(a, s)
	c.noticed(s)
	c.alarms(ctx, a)
	for i, r := range res.Letters {
		for _, d := range r.Queued {
			m := audit.Mail{ID: r.ID, MessageID: r.MessageID, Kind: string(queue.Notice), Tenant: letters[i].Tenant, To: d.Recipient}
			c.Trail.Told(names[i], m, a.w.Message.ID)
		}
	}
	for name, since := range res.Ended {
		c.Trail.OutageEnded(name, since)
	}
}

// noticed tells what became of a notice. Its message has one recipient.
func (c *Courier) noticed(s queue.Settlement) {
	m := s.Work.Message
	if c.Noticed == nil || m.Kind != string(queue.Notice) {
		return
	}
	for _, d := range s.Delivered {
		c.Noticed(m.MessageID, d.Answer, true)
	}
	for _, l := range [][]store.Delivery{s.Failed, s.Expired, s.Parked} {
		for _, d := range l {
			c.Noticed(m.MessageID, d.Answer, false)
		}
	}
}

// alarms tells the operator of what keeps the gateway from the DMDA, and ends it when a session came about.
func (c *Courier) alarms(ctx context.Context, a *attempt) {
	switch {
	case a.w.Route() != queue.RouteDMDA || a.w.Late:
	case a.trouble != nil && a.trouble.card && len(c.Alarm.Named(alarm.PINPrefix)) > 0: // told of, with the cause
	case a.trouble != nil && a.trouble.card:
		c.Alarm.RaiseCard(ctx, a.trouble.answer)
	case a.trouble != nil && a.trouble.banned:
		c.Alarm.RaiseLink(ctx, a.trouble.answer)
	case a.host != "":
		c.Alarm.End(ctx, append(c.Alarm.Named(alarm.PINPrefix), alarm.Card, alarm.Link)...)
	}
}

// trace writes what the settlement says to the trail.
func (c *Courier) trace(a *attempt, s queue.Settlement) {
	for _, d := range s.Delivered {
		c.Trail.Delivered(mail(a.w, d), a.host, a.tls, d.Answer)
	}
	for _, d := range s.Deferred {
		if a.lost {
			c.Trail.LostReply(mail(a.w, d), a.host)
		}
		if !a.w.Late {
			c.Trail.Deferred(mail(a.w, d), d.Answer, d.Due)
		}
	}
	for _, d := range s.Late {
		c.Trail.Late(mail(a.w, d))
	}
	for _, d := range s.Failed {
		c.Trail.Failed(mail(a.w, d), d.Answer, false)
	}
	for _, d := range s.Expired {
		c.Trail.Failed(mail(a.w, d), d.Answer, true)
	}
	for _, d := range s.Parked {
		c.Trail.Parked(mail(a.w, d), d.Answer)
	}
}

func mail(w *queue.Work, d store.Delivery) audit.Mail {
	m := w.Message
	return audit.Mail{ID: m.ID, MessageID: m.MessageID, Kind: m.Kind, Tenant: m.Tenant, From: m.Sender, To: d.Recipient, Try: d.Tries}
}

// token draws a name for a letter's Message-ID and boundary.
func (c *Courier) token() (string, error) {
	c.draw.Lock()
	defer c.draw.Unlock()
	var b [10]byte
	if _, err := io.ReadFull(c.Rand, b[:]); err != nil {
		return "", fmt.Errorf("courier: draw a Message-ID: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:])), nil
}

// Package alarm tells people of lasting troubles: De-Mails that wait at the DMDA because nobody is mapped to their
// address (D11), a card or an account that the DMDA no longer takes, certificates that run out (S1-033, S1-036,
// S1-056). Each trouble has a name and is told once, until it has ended; the trail has its beginning and its end.
//
// The package leaves out how troubles are noticed, and the alert for an unsafe line, which belongs to the
// delivery that it holds up (package courier).
package alarm

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"demailbench/gateway/audit"
	"demailbench/gateway/door"
	"demailbench/gateway/notice"
	"demailbench/gateway/queue"
	"demailbench/gateway/store"
)

// Config is what alarms need; all but Operator is required.
type Config struct {
	// Hostname is the gateway's name in the alerts.
	Hostname string
	// Operator is the e-mail address of the gateway's operator; empty: the trail alone tells.
	Operator string
	// Contact returns the e-mail address of a tenant's technical contact, "" when it has none.
	Contact func(tenant string) string
	Queue   *queue.Queue
	Store   *store.Store
	Trail   *audit.Trail
	Clock   door.Clock
	Rand    door.Rand
}

// Alarm raises and ends alarms. Its methods may be called by any goroutine that may block.
type Alarm struct {
	c  Config
	mu sync.Mutex
	// open are the troubles told of and not ended; it spares the store a change for each that is not there.
	open map[string]bool
}

// New returns the alarms that were open when the gateway ended.
func New(c Config) (*Alarm, error) {
	noted, err := c.Store.Outages()
	if err != nil {
		return nil, fmt.Errorf("alarm: recover: %w", err)
	}
	a := &Alarm{c: c, open: map[string]bool{}}
	for name := range noted {
		a.open[name] = true
	}
	return a, nil
}

// Trouble is one lasting trouble.
type Trouble struct {
	// Name is unique to it: "card", "unmapped/x@a.de-mail.de".
	Name string
	// Tenant is whose technical contact is told; empty, or without a contact: the operator.
	Tenant string
	// Reason is one line for the trail.
	Reason string
	// Subject and Words are the alert.
	Subject, Words string
}

// Raise tells of a trouble unless it is open. What cannot be queued now is told when it is raised again.
func (a *Alarm) Raise(ctx context.Context, t Trouble) {
	if !a.begin(t.Name) {
		return
	}
	to := ""
	if t.Tenant != "" {
		to = a.c.Contact(t.Tenant)
	}
	if to == "" {
		to = a.c.Operator
	}
	token, err := a.token()
	if err != nil {
		a.forget(t.Name)
		return // without randomness nothing is accepted either, which shows
	}
	l := queue.Letter{Outage: t.Name, Envelope: queue.Envelope{Kind: queue.Notice, Tenant: t.Tenant}}
	if _, domain, ok := strings.Cut(to, "@"); ok {
		l.To = []queue.Recipient{{Address: to, Original: to, Route: queue.RouteMail(domain)}}
	}
	l.Text = notice.Alert{Letter: notice.Letter{Hostname: a.c.Hostname, Token: token, To: to, Now: a.c.Clock.Now()}, Subject: t.Subject, Words: t.Words}.Text()
	res, err := a.c.Queue.Tell(ctx, []queue.Letter{l})
	if err != nil {
		a.forget(t.Name)
		return
	}
	a.c.Trail.Alarm(t.Name, t.Tenant, t.Reason)
	for _, r := range res.Letters {
		for _, d := range r.Queued {
			a.c.Trail.Told("alarm "+t.Name, audit.Mail{ID: r.ID, MessageID: r.MessageID, Kind: string(queue.Notice), Tenant: t.Tenant, To: d.Recipient}, "")
		}
	}
}

// begin notes a trouble as open; false when it is already.
func (a *Alarm) begin(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open[name] {
		return false
	}
	a.open[name] = true
	return true
}

func (a *Alarm) forget(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.open, name)
}

// Open reports whether a trouble has been told of and has not ended.
func (a *Alarm) Open(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.open[name]
}

// Named returns the open troubles whose names begin with prefix.
func (a *Alarm) Named(prefix string) (names []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for name := range a.open {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	return names
}

// End ends the named troubles; those that are not open cost nothing.
func (a *Alarm) End(ctx context.Context, names ...string) {
	var open []string
	for _, name := range names {
		if a.Open(name) {
			open = append(open, name)
		}
	}
	if len(open) == 0 {
		return
	}
	res, err := a.c.Queue.Tell(ctx, nil, open...)
	if err != nil {
		return // still open: it ends with the next success
	}
	for _, name := range open {
		a.forget(name)
		since, was := res.Ended[name]
		if was {
			a.c.Trail.OutageEnded(name, since)
		}
	}
}

func (a *Alarm) token() (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var b [10]byte
	if _, err := io.ReadFull(a.c.Rand, b[:]); err != nil {
		return "", fmt.Errorf("alarm: draw a Message-ID: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:])), nil
}

// day is how dates look in alerts.
func day(t time.Time) string { return t.Format("02.01.2006 15:04 MST") }

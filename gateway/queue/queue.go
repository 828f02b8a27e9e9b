// Package queue is the gateway's durable queue: what was answered 250 and is not delivered yet. It takes
// messages over (Begin), says what is due (Due), and settles attempts: delivered, again later, given up (RFC
// 5321 4.5.4.1, D27). The same message to the same recipient is accepted only once (D28).
//
// The store is the truth; the queue keeps envelopes and times in memory, never contents. It leaves out how
// mail travels and what notices say (package courier).
package queue

import (
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"demailbench/gateway/door"
	"demailbench/gateway/store"
)

// Kind is whose message it is, which decides what happens when it cannot be delivered.
type Kind string

const (
	// Outbound goes from a tenant to the DMDA; its sender is told of delay and failure.
	Outbound Kind = "outbound"
	// Inbound goes from the DMDA to a tenant; what cannot be delivered is parked, because its sender is
	// outside and the original stays at the DMDA (S1-115).
	Inbound Kind = "inbound"
	// Notice is the gateway's own: a notification or an alert. Nobody is told of its failure (RFC 5321 6.1).
	Notice Kind = "notice"
)

// RouteDMDA is the route of outbound De-Mail.
const RouteDMDA = "dmda"

// RouteMail is the route to the mail server of an e-mail domain.
func RouteMail(domain string) string { return "mail:" + domain }

// MailDomain returns the domain of a RouteMail; ok is false for other routes.
func MailDomain(route string) (domain string, ok bool) { return strings.CutPrefix(route, "mail:") }

// Schedule is D27.
type Schedule struct {
	// After are the waits before the further tries; the last one repeats.
	After []time.Duration
	// Delay is the age at which the sender is told that his message is late.
	Delay time.Duration
	// GiveUp is the age of the last try. Every message gets one try after it: a gateway that was down for
	// longer gives nothing up unseen.
	GiveUp time.Duration
}

// Options are the queue's doors and times.
type Options struct {
	Clock    door.Clock
	Rand     door.Rand
	Schedule Schedule
	// PerLane is how many deliveries may be under way at once for one tenant on one route, so that nobody's
	// backlog starves others (S1-009).
	PerLane int
	// Held, when set, says which messages must wait although they are due: maintenance. Wake says that it changed. It
	// must not call the queue.
	Held func(store.Message) bool
}

// Memory is how long a message is remembered to suppress duplicates; senders try for 5 days (RFC 5321 4.5.4.1).
const Memory = 30 * 24 * time.Hour

// Queue is the queue over one store. Its methods may be called by any goroutine that may block.
type Queue struct {
	st *store.Store
	o  Options

	mu     sync.Mutex
	groups map[group]*batch
	asleep agenda
	lanes  map[lane]*line
	turn   []lane
	forgot time.Time
	news   chan struct{}
}

// Open recovers the queue from st. Deliveries whose rows are damaged are parked and returned, to be reported.
func Open(st *store.Store, o Options) (*Queue, []store.Delivery, error) {
	q := &Queue{st: st, o: o, groups: map[group]*batch{}, lanes: map[lane]*line{}, news: make(chan struct{}, 1)}
	ms, ds, err := st.Load()
	if err != nil {
		return nil, nil, fmt.Errorf("queue: recover: %w", err)
	}
	byID := make(map[string]store.Message, len(ms))
	for _, m := range ms {
		byID[m.ID] = m
	}
	var damaged []store.Delivery
	sound := map[string][]store.Delivery{}
	for _, d := range ds {
		switch {
		case d.Parked:
		case d.Damaged || byID[d.Message].Damaged:
			d.Parked, d.Answer = true, store.ErrDamaged.Error()
			damaged = append(damaged, d)
		default:
			sound[d.Message] = append(sound[d.Message], d)
		}
	}
	for id, l := range sound {
		q.add(byID[id], l)
	}
	q.forgot = o.Clock.Now()
	err = st.Update(func(tx *store.Tx) error {
		for _, d := range damaged {
			if err := tx.Change(d); err != nil {
				return err
			}
		}
		return tx.ForgetMarks(q.forgot.Add(-Memory))
	})
	if err != nil {
		return nil, nil, fmt.Errorf("queue: recover: %w", err)
	}
	return q, damaged, nil
}

// newID draws a queue id: 16 letters and digits, safe as a file name and in a header field.
func (q *Queue) newID() (string, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var b [10]byte
	if _, err := io.ReadFull(q.o.Rand, b[:]); err != nil {
		return "", fmt.Errorf("queue: draw a message id: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:])), nil
}

// wake tells Due to look again.
func (q *Queue) wake() {
	select {
	case q.news <- struct{}{}:
	default:
	}
}

// Package maintenance keeps the windows of the gateway's own maintenance: planned, changed, begun, ended or
// cancelled by the operator without anybody's consent (S0-051), told by mail to whom they concern (S0-044, S0-050),
// with the proof of each notice, and in force towards mail while the work goes on (S0-053).
//
// It leaves out the rules of deadlines and plans (package ops), the text of notices (package notice), how they
// travel, and how a window counts for the availability (package incident).
package maintenance

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"demailbench/gateway/clerk"
	"demailbench/gateway/notice"
	"demailbench/gateway/ops"
	"demailbench/gateway/queue"
	"demailbench/gateway/register"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

// Kinds of records in the store.
const (
	windowRecord = "maintenance"
	proofRecord  = "maintenance-notice"
)

// File is the file in which windows get their numbers: W-1, W-2.
const File = "W"

// Service is a service of the gateway that work can interrupt.
type Service string

// Services. While one is interrupted, its mail is answered 4xx, and what was taken before waits.
const (
	// Sending is from the tenants to De-Mail, Receiving from De-Mail to the tenants.
	Sending   Service = "sending"
	Receiving Service = "receiving"
	// Administration is this API and the frontend; work at it interrupts no mail.
	Administration Service = "administration"
)

// names are the services for people.
var names = map[Service]string{Sending: "Versand von De-Mails (sending)", Receiving: "Empfang von De-Mails (receiving)",
	Administration: "Administration des Gateways (administration)"}

// Window is a window of maintenance as it is kept.
type Window struct {
	ops.Maintenance
	// Revision counts the plans of this window from 1: each is announced anew.
	Revision int
	// Tenants are those affected; empty: all.
	Tenants []string
	// Reason is why it was cancelled.
	Reason string `json:",omitempty"`
	// PlannedAt is when it got this plan.
	PlannedAt time.Time
	// Overran says that people were told of its overrun.
	Overran bool `json:",omitempty"`
}

// Proof is one notice: to whom, when it was sent, and when his mail server took it.
type Proof struct {
	// Token names the notice in its Message-ID.
	Token    string
	Window   string
	Revision int
	Occasion notice.Occasion
	Address  string
	// For says as whose contact he is told.
	For []ops.Recipient
	// Announced is the window that the notice names.
	Announced ops.Span
	Queued    time.Time
	// Accepted is when his mail server took it, Failed when it was given up; both zero: it is on its way.
	Accepted time.Time `json:",omitzero"`
	Failed   time.Time `json:",omitzero"`
	// Answer is what his mail server said last.
	Answer string `json:",omitempty"`
}

// affects reports whether the window is about a tenant; the empty tenant stands for any.
func (w Window) affects(id string) bool {
	return id == "" || len(w.Tenants) == 0 || slices.Contains(w.Tenants, id)
}

// stops reports whether the window interrupts a service of a tenant now. "" asks whether it does for all tenants.
func (w Window) stops(s Service, id string) bool {
	if w.Phase != ops.Running || !slices.Contains(w.Plan.Services, string(s)) {
		return false
	}
	return len(w.Tenants) == 0 || id != "" && slices.Contains(w.Tenants, id)
}

func (w Window) record() (store.Record, error) {
	body, err := json.Marshal(w)
	return store.Record{Kind: windowRecord, Key: w.Plan.ID, Body: body}, err
}

func (p Proof) record() (store.Record, error) {
	body, err := json.Marshal(p)
	return store.Record{Kind: proofRecord, Key: p.Token, Body: body}, err
}

// Closed is the answer to mail of a service for a tenant while work goes on, or nil: come again, nothing is lost
// (S0-053). The empty tenant asks for a connection that may be for any.
func (d *Desk) Closed(s Service, id string) *tenant.Refusal {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.windows {
		if w.stops(s, id) {
			return tenant.Refuse(421, [3]int{4, 3, 2}, fmt.Sprintf("maintenance %s, planned until %s, try again later", w.Plan.ID, w.Plan.Window.Finish().UTC().Format(time.RFC3339)),
				"S0-053", "S0-047")
		}
	}
	return nil
}

// Held reports whether a message that was taken must wait for the end of work. The gateway's own notices never do.
func (d *Desk) Held(m store.Message) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := map[string]Service{string(queue.Outbound): Sending, string(queue.Inbound): Receiving}[m.Kind]
	return s != "" && slices.ContainsFunc(d.windows, func(w Window) bool { return w.stops(s, m.Tenant) })
}

// Windows lists the windows that touch a span of time, for a tenant or for all, in the order of their planning.
func (d *Desk) Windows(c clerk.Caller, from, until time.Time) ([]Window, error) {
	s, err := d.o.Clerk.May(c, clerk.Act{Operation: "maintenance.list"})
	if err != nil {
		return nil, err
	}
	seen := s.Sees(c.Organisation, d.o.Clock.Now())
	d.mu.Lock()
	defer d.mu.Unlock()
	var l []Window
	for _, w := range d.windows {
		mine := len(w.Tenants) == 0 || slices.ContainsFunc(w.Tenants, func(t string) bool { return slices.Contains(seen, t) })
		if mine && (until.IsZero() || w.Plan.Window.Begin().Before(until)) && (from.IsZero() || from.Before(w.Plan.Window.Finish())) {
			l = append(l, w.only(seen))
		}
	}
	return l, nil
}

// only shows a window to somebody who sees these tenants.
func (w Window) only(seen []string) Window {
	w.Tenants = slices.DeleteFunc(slices.Clone(w.Tenants), func(t string) bool { return !slices.Contains(seen, t) })
	return w
}

// Proofs lists the notices of a window in the order of their making.
func (d *Desk) Proofs(c clerk.Caller, number string) ([]Proof, error) {
	if _, err := d.o.Clerk.May(c, clerk.Act{Operation: "maintenance.notices", Objects: []string{number}}); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if register.Place(File, number, len(d.windows)) < 0 {
		return nil, missing(number)
	}
	var l []Proof
	for _, p := range d.proofs {
		if p.Window == number {
			l = append(l, p)
		}
	}
	return l, nil
}

// Deadline says until when the notice of a window must be accepted (S0-044, S0-050, D5, D6).
func (d *Desk) Deadline(w Window) (ops.Deadline, error) {
	return d.o.Calendar.Deadline(w.Plan.Window.Begin(), w.Plan.Window.Duration(), d.o.Rule)
}

// Package incident keeps the interruptions of the service that nobody planned: reported by people, by kind to the
// desk that attends to them (S0-042, S0-043, S0-066), or found by the gateway itself; closed, and classified by whose
// control their cause lay in, with evidence (S0-055, D4).
//
// It leaves out planned work (package maintenance) and how figures are computed (packages ops and availability).
package incident

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"demailbench/gateway/ops"
	"demailbench/gateway/store"
)

// Kinds of records in the store.
const (
	incidentRecord = "incident"
	lifeRecord     = "life"
)

// File is the file in which incidents get their numbers: I-1, I-2.
const File = "I"

// Kind is what a report is about; it decides who attends to it.
type Kind string

// Kinds.
const (
	// Signature is a disturbance of signature or encryption: BaK ESV, in service hours (S0-042).
	Signature Kind = "signature"
	// Platform is a disturbance of the platform: the UHD (S0-043).
	Platform Kind = "platform"
	// Advice is a question about the use of the gateway: BaK ESV, in service hours (S0-066).
	Advice Kind = "advice"
	// Account is a question about a tenant's own De-Mail account: the DMDA, by its contract (S0-067).
	Account Kind = "account"
	// Misuse is a suspected misuse: BaK ESV, which asks the DMDA to block the certificate (S1-036).
	Misuse Kind = "misuse"
)

// Channel is where a report goes.
type Channel struct {
	// Desk is who attends to it, Mail its e-mail address where the sources have one.
	Desk, Mail string
	// InService says that it is attended to in service hours only.
	InService bool
}

// Channels are the report channels by kind, as the terms of use and the service description name them.
var Channels = map[Kind]Channel{
	Signature: {"BaK ESV", "esv@sid.sachsen.de", true}, Platform: {"UHD", "support@egov.sachsen.de", false},
	Advice: {"BaK ESV", "esv@sid.sachsen.de", true}, Account: {"DMDA", "", false}, Misuse: {"BaK ESV", "esv@sid.sachsen.de", false},
}

// Interrupts reports whether reports of this kind are about interruptions of the service.
func (k Kind) Interrupts() bool { return k == Signature || k == Platform }

// Evidence proves in whose control a cause lay.
type Evidence struct {
	What      string `json:"what"`
	Reference string `json:"reference"`
}

// Incident is a ticket.
type Incident struct {
	Number string `json:"number"`
	Kind   Kind   `json:"kind"`
	// Start is when it began, End when it was over; zero while it goes on.
	Start time.Time `json:"start"`
	End   time.Time `json:"end,omitzero"`
	// Reported is when the ticket was made, by Reporter; empty: the gateway itself.
	Reported time.Time `json:"reported"`
	Reporter string    `json:"reporter,omitempty"`
	Impact   string    `json:"impact"`
	// Tenants are those affected; empty: all.
	Tenants []string `json:"tenants,omitempty"`
	// Attended is when its desk attends to it: at once, or when service hours begin (D30).
	Attended time.Time `json:"attended"`
	// Cause is empty until somebody has classified it; then it counts as the operator's.
	Cause    ops.Cause  `json:"cause,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Open reports whether it goes on.
func (i Incident) Open() bool { return i.End.IsZero() }

// proven reports whether the evidence names what it is and where it is kept.
func (i Incident) proven() bool {
	return slices.ContainsFunc(i.Evidence, func(e Evidence) bool {
		return strings.TrimSpace(e.What) != "" && strings.TrimSpace(e.Reference) != ""
	})
}

// Counted reports whether it counts against the operator (D4).
func (i Incident) Counted() bool { return i.Kind.Interrupts() && !(i.Cause.Outside() && i.proven()) }

// affects reports whether it is about a tenant; the empty tenant stands for any.
func (i Incident) affects(id string) bool {
	return id == "" || len(i.Tenants) == 0 || slices.Contains(i.Tenants, id)
}

// interruption is the incident as the rules see it; one that goes on lasts until now.
func (i Incident) interruption(now time.Time) ops.Interruption {
	end := i.End
	if i.Open() {
		end = now
	}
	x := ops.Interruption{ID: i.Number, Span: ops.Between(i.Start, end), Cause: i.Cause}
	if x.Cause == "" {
		x.Cause = ops.OwnFault
	}
	for _, e := range i.Evidence {
		if strings.TrimSpace(e.What) != "" && strings.TrimSpace(e.Reference) != "" {
			x.Evidence = append(x.Evidence, e.What+": "+e.Reference)
		}
	}
	return x
}

func (i Incident) record() (store.Record, error) {
	body, err := json.Marshal(i)
	return store.Record{Kind: incidentRecord, Key: i.Number, Body: body}, err
}

// life is when the gateway began to log.
type life struct {
	First time.Time `json:"first"`
}

func read(r store.Record, v any) error {
	if err := json.Unmarshal(r.Body, v); err != nil {
		return fmt.Errorf("incident: record %s %s cannot be read: %w; restore the database from a backup", r.Kind, r.Key, err)
	}
	return nil
}

package incident

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"demailbench/gateway/clerk"
	"demailbench/gateway/door"
	"demailbench/gateway/journal"
	"demailbench/gateway/ops"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/store"
)

// Options are what a desk works with; all but AtWork are required.
type Options struct {
	Clerk    *clerk.Clerk
	Store    *store.Store
	Clock    door.Clock
	Calendar *ops.Calendar
	// AtWork reports whether planned work was going on when the gateway ended: its stop is then part of the work.
	AtWork func() bool
}

// Desk keeps the incidents. Its methods may be called by any goroutine that may block.
type Desk struct {
	o        Options
	changing sync.Mutex
	mu       sync.Mutex
	l        []Incident
	first    time.Time
	// flaws are what was wrong with the log.
	flaws []ops.Finding
}

// Open reads the incidents and, from the last sign of life, notes the time in which the gateway did not run as an
// interruption. A sign of life in the future means that the clock was set back: it is said beside every figure.
func Open(o Options) (*Desk, error) {
	d := &Desk{o: o}
	records, err := o.Store.Records(incidentRecord, lifeRecord)
	if err != nil {
		return nil, fmt.Errorf("incident: %w", err)
	}
	for _, r := range records {
		var i Incident
		var first life
		if r.Kind == lifeRecord {
			err = read(r, &first)
			d.first = first.First
		} else {
			err = read(r, &i)
			d.l = append(d.l, i)
		}
		if err != nil {
			return nil, err
		}
	}
	return d, d.wake()
}

// wake notes how long the gateway was away.
func (d *Desk) wake() error {
	now := d.o.Clock.Now()
	last, err := d.o.Store.LastAlive()
	if err != nil {
		return fmt.Errorf("incident: %w", err)
	}
	switch {
	case d.first.IsZero():
		d.first = now
		body, err := json.Marshal(life{now})
		if err == nil {
			err = d.o.Clerk.Note(journal.Entry{Operation: "gateway.started", Allowed: true, Rule: "S0-054"}, []store.Record{{Kind: lifeRecord, Key: "first", Body: body}}, nil)
		}
		if err != nil {
			return fmt.Errorf("incident: %w", err)
		}
	case last.IsZero():
		d.flaws = append(d.flaws, ops.Finding{Statement: "S0-054", Verdict: ops.Warn, Text: "the sign of life of the last run is missing: how long the gateway was away is not known"})
	case now.Before(last.Add(-time.Second)):
		d.flaws = append(d.flaws, ops.Finding{Statement: "S0-054", Verdict: ops.Warn,
			Text: fmt.Sprintf("the last sign of life is of %s, after the start at %s: the clock was set back", last.Format(time.RFC3339), now.Format(time.RFC3339))})
	case now.Unix() > last.Unix() && (d.o.AtWork == nil || !d.o.AtWork()):
		i := Incident{Number: register.Number(File, len(d.l)+1), Kind: Platform, Start: last, End: now, Reported: now, Attended: now, Impact: "the gateway did not run"}
		r, err := i.record()
		if err == nil {
			err = d.o.Clerk.Note(journal.Entry{Operation: "incident.open", Object: i.Number, Allowed: true, Rule: "S0-054", Reason: i.Impact}, []store.Record{r}, nil)
		}
		if err != nil {
			return fmt.Errorf("incident: %w", err)
		}
		d.l = append(d.l, i)
	}
	return d.o.Store.Alive(now)
}

// beat is how often the gateway leaves a sign of life: by so much its log may take an interruption for longer.
const beat = time.Minute

// Run leaves signs of life until ctx ends, and a last one then.
func (d *Desk) Run(ctx context.Context) {
	for d.o.Clock.Sleep(ctx, beat) == nil {
		_ = d.o.Store.Alive(d.o.Clock.Now()) // a disk that refuses shows elsewhere; the log then takes the time for down
	}
	_ = d.o.Store.Alive(d.o.Clock.Now())
}

// Report is what somebody reports.
type Report struct {
	Kind    Kind
	Start   time.Time
	Impact  string
	Tenants []string
}

func missing(number string) *register.Refusal {
	return register.Refuse(register.Missing, "S0-043", role.Operator, "correct the number", "there is no incident %s", number)
}

// Begin makes a ticket (S0-042, S0-043).
func (d *Desk) Begin(c clerk.Caller, r Report) (Incident, error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	if r.Kind == "" {
		r.Kind = Platform
	}
	number := register.Number(File, len(d.list())+1)
	return d.change(c, role.IncidentOpen, number, func(_ Incident, at time.Time) (Incident, *register.Refusal) {
		i := Incident{Number: number, Kind: r.Kind, Start: r.Start, Reported: at, Reporter: c.Name, Impact: r.Impact, Tenants: r.Tenants, Attended: at}
		channel, ok := Channels[r.Kind]
		switch {
		case !ok:
			return i, register.Refuse(register.Invalid, "S0-043", role.Operator, "write signature, platform, advice, account or misuse", "%.60q is no kind of incident", r.Kind).About("kind")
		case r.Start.After(at):
			return i, register.Refuse(register.Invalid, "S0-054", role.Operator, "give the time at which it began; planned work is a maintenance", "the incident would begin in the future").About("start")
		case strings.TrimSpace(r.Impact) == "":
			return i, register.Refuse(register.Invalid, "S0-043", role.Operator, "say what users notice", "the impact is missing").About("impact")
		}
		for _, t := range r.Tenants {
			if _, ok := d.o.Clerk.Now().Tenants[t]; !ok {
				return i, register.Refuse(register.Missing, "S0-004", role.Operator, "correct the id", "there is no tenant %q", t).About("tenants")
			}
		}
		if channel.InService {
			var err error
			if i.Attended, err = d.o.Calendar.NextService(at); err != nil {
				return i, register.Refuse(register.Invalid, "D30", role.Operator, "correct the closed days", "%v", err)
			}
		}
		return i, nil
	})
}

// Close ends an incident at the time given.
func (d *Desk) Close(c clerk.Caller, number string, end time.Time) (Incident, error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	return d.change(c, role.IncidentClose, number, func(i Incident, at time.Time) (Incident, *register.Refusal) {
		no := func(kind register.Kind, fix, format string, args ...any) (Incident, *register.Refusal) {
			return i, register.Refuse(kind, "S0-054", role.Operator, fix, format, args...).About("end")
		}
		switch {
		case i.End.Equal(end):
			return i, nil
		case !i.Open():
			return no(register.Conflict, "open another one", "incident %s was closed at %s", number, i.End.Format(time.RFC3339))
		case !end.After(i.Start):
			return no(register.Invalid, "correct the times; was a clock set back?", "the end, %s, is not after the start, %s", end.Format(time.RFC3339), i.Start.Format(time.RFC3339))
		case end.After(at):
			return no(register.Invalid, "close it when it is over", "the end, %s, is in the future", end.Format(time.RFC3339))
		}
		i.End = end
		return i, nil
	})
}

// Classify says whose control the cause lay in. A cause outside the operator's needs evidence (D4), and every
// classification a change request (D10b): it changes what the operator owes.
func (d *Desk) Classify(c clerk.Caller, number string, cause ops.Cause, evidence []Evidence) (Incident, error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	return d.change(c, role.IncidentClassify, number, func(i Incident, _ time.Time) (Incident, *register.Refusal) {
		i.Cause, i.Evidence = cause, evidence
		switch {
		case cause != ops.OwnFault && !cause.Outside():
			return i, register.Refuse(register.Invalid, "D4", role.Operator, "write operator, dmda, tenant, carrier or force-majeure", "%.60q is no cause", cause).About("cause")
		case cause.Outside() && !i.proven():
			return i, register.Refuse(register.Invalid, "D4", role.Operator, "attach what proves it, with where it is kept", "a cause outside the operator's control needs evidence").About("evidence")
		}
		return i, nil
	})
}

// list is the incidents as they stand.
func (d *Desk) list() []Incident {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.l)
}

// List shows the incidents in the order of their making.
func (d *Desk) List(c clerk.Caller) ([]Incident, error) {
	if _, err := d.o.Clerk.May(c, clerk.Act{Operation: role.IncidentList}); err != nil {
		return nil, err
	}
	return d.list(), nil
}

// change does one thing with an incident, new or old, durably. The desk's changing is held.
func (d *Desk) change(c clerk.Caller, o role.Operation, number string, f func(Incident, time.Time) (Incident, *register.Refusal)) (Incident, error) {
	l := d.list()
	at := register.Place(File, number, len(l))
	var next Incident
	err := d.o.Clerk.Perform(c, clerk.Act{Operation: o, Objects: []string{number}}, func(now time.Time) (clerk.Deed, *register.Refusal) {
		var old Incident
		var before any
		switch {
		case at >= 0:
			old, before = l[at], l[at]
		case o != role.IncidentOpen:
			return clerk.Deed{}, missing(number)
		}
		var refusal *register.Refusal
		if next, refusal = f(old, now); refusal != nil {
			return clerk.Deed{}, refusal
		}
		r, err := next.record()
		if err != nil {
			return clerk.Deed{}, register.Refuse(register.Invalid, "S0-054", "gateway", "ask the operator", "%v", err)
		}
		return clerk.Deed{Puts: []store.Record{r}, Before: before, After: next}, nil
	})
	if err != nil {
		return Incident{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if at < 0 {
		d.l = append(d.l, next)
	} else {
		d.l[at] = next
	}
	return next, nil
}

// Interruptions are the incidents that interrupted the service of a tenant, "" for any, as the rules see them, the
// time before the gateway began to log, and what was wrong with the log.
func (d *Desk) Interruptions(tenant string, now time.Time) (l []ops.Interruption, unmeasured ops.Spans, flaws []ops.Finding) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, i := range d.l {
		if x := i.interruption(now); i.Kind.Interrupts() && i.affects(tenant) && x.Seconds() > 0 {
			l = append(l, x)
		}
	}
	return l, ops.Union(ops.Span{Start: 0, End: d.first.Unix()}), slices.Clone(d.flaws)
}

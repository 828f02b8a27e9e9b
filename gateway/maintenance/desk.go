package maintenance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"demailbench/gateway/alarm"
	"demailbench/gateway/audit"
	"demailbench/gateway/clerk"
	"demailbench/gateway/door"
	"demailbench/gateway/notice"
	"demailbench/gateway/ops"
	"demailbench/gateway/queue"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/store"
)

// Options are what a desk works with; all but Operator are required.
type Options struct {
	Clerk    *clerk.Clerk
	Store    *store.Store
	Queue    *queue.Queue
	Alarm    *alarm.Alarm
	Trail    *audit.Trail
	Clock    door.Clock
	Calendar *ops.Calendar
	Rule     ops.NoticeRule
	// Hostname is the gateway's name in notices, Operator the e-mail address for questions; empty: the postmaster.
	Hostname, Operator string
}

// Desk keeps the windows. Its methods may be called by any goroutine that may block, Closed and Held by all.
type Desk struct {
	o Options
	// changing is held during a change, disk included.
	changing sync.Mutex
	// mu guards what follows and is never held while waiting.
	mu      sync.Mutex
	windows []Window
	proofs  []Proof
	byToken map[string]int
	news    chan struct{}
}

// Open reads the windows from the store: work that went on when the gateway ended goes on.
func Open(o Options) (*Desk, error) {
	d := &Desk{o: o, byToken: map[string]int{}, news: make(chan struct{}, 1)}
	if d.o.Operator == "" {
		d.o.Operator = "postmaster@" + o.Hostname
	}
	records, err := o.Store.Records(windowRecord, proofRecord)
	if err != nil {
		return nil, fmt.Errorf("maintenance: %w", err)
	}
	for _, r := range records {
		var w Window
		var p Proof
		if r.Kind == windowRecord {
			err = json.Unmarshal(r.Body, &w)
			d.windows = append(d.windows, w)
		} else {
			err = json.Unmarshal(r.Body, &p)
			d.keep(p)
		}
		if err != nil {
			return nil, fmt.Errorf("maintenance: record %s %s cannot be read: %w; restore the database from a backup", r.Kind, r.Key, err)
		}
	}
	return d, nil
}

// keep puts a proof in its place.
func (d *Desk) keep(p Proof) {
	if i, ok := d.byToken[p.Token]; ok {
		d.proofs[i] = p
		return
	}
	d.byToken[p.Token] = len(d.proofs)
	d.proofs = append(d.proofs, p)
}

// Request is what somebody wants to plan.
type Request struct {
	// Start is an instant with its offset, or a time in Zone by the clock on the wall; see ops.Local.
	Start, Zone string
	Expected    time.Duration
	// Services are affected; none stands for sending and receiving.
	Services []Service
	Effects  string
	// Tenants are affected; none stands for all.
	Tenants []string
}

func missing(number string) *register.Refusal {
	return register.Refuse(register.Missing, "S0-047", role.Operator, "correct the number", "there is no maintenance %s", number)
}

// look reads a request's time zone while the clock knows of the disk.
func (d *Desk) look(r Request) {
	d.o.Clock.IO(func() { _, _ = ops.Zone(r.Zone) }) // one that there is not is refused later
}

// Plan plans a window and announces it.
func (d *Desk) Plan(c clerk.Caller, r Request) (Window, error) {
	d.look(r)
	d.changing.Lock()
	defer d.changing.Unlock()
	number := register.Number(File, len(d.list())+1)
	return d.change(c, role.MaintenancePlan, number, func(_ Window, at time.Time) (Window, notice.Occasion, *register.Refusal) {
		w := Window{Revision: 1, PlannedAt: at}
		var refusal *register.Refusal
		if w.Plan, w.Tenants, refusal = d.plan(number, r, at); refusal != nil {
			return w, "", refusal
		}
		w.Maintenance = ops.NewMaintenance(w.Plan)
		return w, notice.Planned, nil
	})
}

// plan checks a request by the rules.
func (d *Desk) plan(number string, r Request, at time.Time) (ops.Plan, []string, *register.Refusal) {
	if len(r.Services) == 0 {
		r.Services = []Service{Sending, Receiving}
	}
	var services []string
	for _, s := range r.Services {
		if names[s] == "" {
			return ops.Plan{}, nil, register.Refuse(register.Invalid, "S0-045", role.Operator, "name sending, receiving or administration", "%.60q is no service of the gateway", s).About("services")
		}
		services = append(services, string(s))
	}
	known := d.o.Clerk.Now().Tenants
	for _, t := range r.Tenants {
		if _, ok := known[t]; !ok {
			return ops.Plan{}, nil, register.Refuse(register.Missing, "S0-004", role.Operator, "correct the id", "there is no tenant %q", t).About("tenants")
		}
	}
	var others []ops.Plan
	for _, w := range d.list() {
		if w.Plan.ID != number && (w.Phase == ops.Planned || w.Phase == ops.Running) {
			others = append(others, w.Plan)
		}
	}
	p, err := ops.NewPlan(ops.Request{ID: number, Platform: ops.GatewayPlatform, Start: r.Start, Zone: r.Zone, Expected: r.Expected, Services: services, Effects: r.Effects}, at, others)
	if err != nil {
		return p, nil, refusalOf(err)
	}
	return p, slices.Compact(slices.Sorted(slices.Values(r.Tenants))), nil
}

// refusalOf turns the complaints of the rules into one refusal, with all of them in its reason.
func refusalOf(err error) *register.Refusal {
	f, ok := errors.AsType[*ops.Fault](err)
	if !ok {
		return register.Refuse(register.Invalid, "S0-045", role.Operator, "correct the plan", "%v", err)
	}
	rule, kind := "S0-044", register.Invalid
	switch {
	case f.Field == "services", f.Field == "effects":
		rule = "S0-045"
	case f.Field == "phase", strings.HasPrefix(f.Problem, "overlaps"):
		rule, kind = "S0-047", register.Conflict
	}
	return register.Refuse(kind, rule, role.Operator, f.Fix, "%s", strings.ReplaceAll(err.Error(), "\n", "; ")).About(f.Field)
}

// Change gives a window that has not begun another plan and announces it. The same plan again changes nothing.
func (d *Desk) Change(c clerk.Caller, number string, r Request) (Window, error) {
	d.look(r)
	d.changing.Lock()
	defer d.changing.Unlock()
	return d.change(c, role.MaintenanceChange, number, func(w Window, at time.Time) (Window, notice.Occasion, *register.Refusal) {
		p, tenants, refusal := d.plan(number, r, at)
		if refusal != nil {
			return w, "", refusal
		}
		if p.Window == w.Plan.Window && p.Effects == w.Plan.Effects && slices.Equal(p.Services, w.Plan.Services) && slices.Equal(tenants, w.Tenants) {
			return w, "", nil
		}
		m, err := w.Maintenance.Change(p)
		if err != nil {
			return w, "", refusalOf(err)
		}
		w.Maintenance, w.Tenants, w.PlannedAt, w.Revision = m, tenants, at, w.Revision+1
		return w, notice.Changed, nil
	})
}

// Start begins the work: from now on the services are interrupted. Nothing is asked of anybody (S0-051), and a window
// may be begun at another time than planned, which then counts as unannounced (D3).
func (d *Desk) Start(c clerk.Caller, number string) (Window, error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	return d.change(c, role.MaintenanceStart, number, func(w Window, at time.Time) (Window, notice.Occasion, *register.Refusal) {
		if w.Phase == ops.Running {
			return w, "", nil
		}
		m, err := w.Maintenance.Start(at)
		if err != nil {
			return w, "", refusalOf(err)
		}
		w.Maintenance = m
		return w, "", nil
	})
}

// End ends the work: what waited is delivered now. Who was told of an overrun is told of its end.
func (d *Desk) End(c clerk.Caller, number string) (Window, error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	w, err := d.change(c, role.MaintenanceEnd, number, func(w Window, at time.Time) (Window, notice.Occasion, *register.Refusal) {
		if w.Phase == ops.Ended {
			return w, "", nil
		}
		m, err := w.Maintenance.End(at)
		if err != nil {
			return w, "", refusalOf(err)
		}
		w.Maintenance = m
		if w.Overran {
			return w, notice.Over, nil
		}
		return w, "", nil
	})
	if err == nil {
		d.o.Queue.Wake()
	}
	return w, err
}

// Cancel calls a window off that has not begun, and tells everybody who was told of it.
func (d *Desk) Cancel(c clerk.Caller, number, reason string) (Window, error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	return d.change(c, role.MaintenanceCancel, number, func(w Window, _ time.Time) (Window, notice.Occasion, *register.Refusal) {
		if w.Phase == ops.Cancelled {
			return w, "", nil
		}
		m, err := w.Maintenance.Cancel()
		if err != nil {
			return w, "", refusalOf(err)
		}
		w.Maintenance, w.Reason = m, reason
		return w, notice.Cancelled, nil
	})
}

// list is the windows as they stand.
func (d *Desk) list() []Window {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.windows)
}

// change does one thing with a window, new or old: what f makes of it is durable with the proofs of its notices
// before anybody is told. The desk's changing is held.
func (d *Desk) change(c clerk.Caller, o role.Operation, number string, f func(Window, time.Time) (Window, notice.Occasion, *register.Refusal)) (Window, error) {
	windows := d.list()
	i := register.Place(File, number, len(windows))
	var w Window
	var told []Proof
	err := d.o.Clerk.Perform(c, clerk.Act{Operation: o, Objects: []string{number}}, func(at time.Time) (clerk.Deed, *register.Refusal) {
		var before any
		switch {
		case i >= 0:
			w, before = windows[i], windows[i]
		case o != role.MaintenancePlan:
			return clerk.Deed{}, missing(number)
		}
		next, occasion, refusal := f(w, at)
		if refusal != nil {
			return clerk.Deed{}, refusal
		}
		w = next
		told = d.proofsFor(w, occasion, at)
		puts, err := records(w, told)
		if err != nil {
			return clerk.Deed{}, register.Refuse(register.Invalid, "S0-045", "gateway", "ask the operator", "%v", err)
		}
		return clerk.Deed{Puts: puts, Before: before, After: w}, nil
	})
	if err != nil {
		return Window{}, err
	}
	d.publish(w, i, told)
	d.tell(context.Background(), w, told)
	d.wake()
	return w, nil
}

func records(w Window, told []Proof) ([]store.Record, error) {
	r, err := w.record()
	l := []store.Record{r}
	for _, p := range told {
		r, perr := p.record()
		l, err = append(l, r), errors.Join(err, perr)
	}
	return l, err
}

// publish puts a committed window in force.
func (d *Desk) publish(w Window, i int, told []Proof) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i < 0 {
		d.windows = append(d.windows, w)
	} else {
		d.windows[i] = w
	}
	for _, p := range told {
		d.keep(p)
	}
}

func (d *Desk) wake() {
	select {
	case d.news <- struct{}{}:
	default:
	}
}

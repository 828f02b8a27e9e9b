package clerk

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"demailbench/gateway/journal"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

// Caller is who acts, and on which grounds.
type Caller struct {
	Organisation, Name string
	// Role limits the act to one role; empty for none.
	Role role.Role
	// Power, ChangeRequest and Order are the numbers of the grounds that were named.
	Power, ChangeRequest, Order string
}

// target is what an act is about.
type target struct {
	operation role.Operation
	// tenant is whose area it is; empty for the platform.
	tenant string
	// objects are the names of what is changed, the usual one first.
	objects []string
}

// draft is a change in the making: the state as it will be, and what must be stored for it.
type draft struct {
	k    *Clerk
	next *register.State
	at   time.Time
	// act is the decision's; operator tells that the operator's people act.
	decision role.Decision
	caller   Caller
	// touched says that the mail rules change.
	touched bool
	puts    []store.Record
	deletes []store.Record
	lines   []journal.Line
	entries []journal.Entry
	// before and after are for the audit log.
	before, after any
	err           error
}

func (d *draft) operator() bool { return d.caller.Organisation == role.Operator }

// change does one thing: decide, change, check, commit. A refused attempt is committed to the audit log too. The
// error is a *register.Refusal, or the store's.
func (k *Clerk) change(c Caller, on target, f func(*draft) *register.Refusal) error {
	k.changing.Lock()
	defer k.changing.Unlock()
	s := k.Now()
	d := &draft{k: k, next: s.Copy(), at: k.o.Clock.Now(), caller: c}
	refusal := k.decide(s, d, on)
	if refusal == nil {
		refusal = f(d)
	}
	if refusal == nil && d.touched {
		var err error
		if d.next.Book, err = k.newBook(d.next); err != nil {
			refusal = register.Broken(err, d.operator())
		}
	}
	if refusal != nil {
		d = &draft{k: k, next: s.Copy(), at: d.at, caller: c, decision: d.decision}
	}
	d.note(d.entry(on, refusal))
	if err := d.commit(); err != nil {
		return err
	}
	if refusal != nil {
		return refusal
	}
	return nil
}

// look decides an act that changes nothing and returns the state to look at. Only a refusal is logged.
func (k *Clerk) look(c Caller, on target) (*register.State, error) {
	s := k.Now()
	d := &draft{k: k, at: k.o.Clock.Now(), caller: c}
	refusal := k.decide(s, d, on)
	if refusal == nil {
		return s, nil
	}
	return nil, k.log(d, on, refusal)
}

// log commits a refusal to the audit log and returns it, or the store's error.
func (k *Clerk) log(d *draft, on target, refusal *register.Refusal) error {
	k.changing.Lock()
	defer k.changing.Unlock()
	d.next = k.Now().Copy()
	d.note(d.entry(on, refusal))
	if err := d.commit(); err != nil {
		return err
	}
	return refusal
}

// decide asks the rules, then whether there is such a tenant.
func (k *Clerk) decide(s *register.State, d *draft, on target) *register.Refusal {
	p, ok := s.Persons[register.PersonKey(d.caller.Organisation, d.caller.Name)]
	if !ok || p.Revoked {
		return register.Refuse(register.Unknown, "S0-019", "tenant", "sign in as somebody else", "the access of this person has ended")
	}
	d.decision = k.o.Allowed(k.act(s, d, on, p))
	if !d.decision.OK {
		return register.Denied(d.decision)
	}
	t, enrolled := s.Tenants[on.tenant]
	switch {
	case on.tenant == "" || on.operation == role.TenantEnrol || on.operation == role.ChangeFile: // it may come first
	case !enrolled:
		return register.Refuse(register.Missing, "S0-004", role.Operator, "enrol it, or correct the id", "there is no tenant %q", on.tenant)
	case t.State == tenant.Offboarded && role.KindOf(on.operation) != "":
		return register.Refuse(register.Conflict, "D23", role.Operator, "enrol it again under another id", "tenant %s is off-boarded", on.tenant)
	}
	return nil
}

func (k *Clerk) act(s *register.State, d *draft, on target, p register.Person) role.Act {
	a := role.Act{Person: role.Person{Organisation: p.Organisation, Name: p.Name, Roles: p.Roles}, Role: d.caller.Role,
		Operation: on.operation, Tenant: on.tenant, Objects: on.objects, At: d.at,
		AccountAccess: slices.Contains(s.Tenants[on.tenant].AccountAccess, p.Organisation)}
	if d.caller.Power != "" {
		if i := register.Place(register.PowerFile, d.caller.Power, len(s.Powers)); i >= 0 {
			a.Powers = []role.PowerOfAttorney{s.Power(i)}
		}
	} else if p.Organisation == role.KDNGmbH {
		a.Powers = s.PowersOf(on.tenant, p.Organisation)
	}
	if i := register.Place(register.ChangeFile, d.caller.ChangeRequest, len(s.Changes)); i >= 0 {
		a.ChangeRequest = &s.Changes[i].ChangeRequest
	}
	if i := register.Place(register.OrderFile, d.caller.Order, len(s.Orders)); i >= 0 {
		a.Order = &s.Orders[i].Order
	}
	return a
}

// entry is the audit log's about the attempt.
func (d *draft) entry(on target, refusal *register.Refusal) journal.Entry {
	e := journal.Entry{Tenant: on.tenant, Person: d.caller.Name, Organisation: d.caller.Organisation, Role: string(d.decision.Role),
		PowerOfAttorney: d.caller.Power, ChangeRequest: d.caller.ChangeRequest, Order: d.caller.Order, Operation: string(on.operation),
		Before: text(d.before), After: text(d.after), Allowed: refusal == nil, Rule: d.decision.Rule}
	if len(on.objects) > 0 {
		e.Object = on.objects[0]
	}
	if e.Role == "" {
		e.Role = string(d.caller.Role)
	}
	if e.PowerOfAttorney == "" {
		e.PowerOfAttorney = d.decision.PowerOfAttorney
	}
	if refusal != nil {
		e.Rule, e.Reason = refusal.Rule, refusal.Reason
	}
	return e
}

// text is v in JSON, empty for nothing.
func text(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage(`"cannot be shown"`) // an entry without details is better than none
	}
	return b
}

// log is the audit log into which an entry belongs: the tenant's, unless there is none, or somebody of another
// tenant tried: that stands in his own tenant's log.
func (d *draft) log(e journal.Entry) string {
	if role.IsTenant(e.Organisation) {
		return e.Organisation
	}
	if _, ok := d.next.Tenants[e.Tenant]; ok {
		return e.Tenant
	}
	return ""
}

// note adds an entry to its log.
func (d *draft) note(e journal.Entry) {
	e.At = d.at
	name := d.log(e)
	l, head, err := journal.Append(name, d.next.Heads[name], e)
	if err != nil {
		d.err = err
		return
	}
	d.next.Heads[name] = head
	d.lines, d.entries = append(d.lines, l), append(d.entries, e)
}

// commit makes the draft durable and puts it in force. The register's changing is held.
func (d *draft) commit() error {
	if d.err != nil {
		return d.err
	}
	if d.touched && d.next.Book == d.k.Now().Book {
		var err error
		if d.next.Book, err = d.k.newBook(d.next); err != nil {
			return err
		}
	}
	err := d.k.o.Store.Update(func(tx *store.Tx) error {
		for _, p := range d.deletes {
			if err := tx.DeleteRecord(p.Kind, p.Key); err != nil {
				return err
			}
		}
		for _, p := range d.puts {
			if err := tx.PutRecord(p); err != nil {
				return err
			}
		}
		for _, l := range d.lines {
			if err := tx.AppendLine(l); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, store.ErrClosed) {
		return ErrStopping
	}
	if err != nil {
		return err
	}
	d.publish()
	return nil
}

func (d *draft) publish() {
	d.k.mu.Lock()
	d.k.s = d.next
	d.k.mu.Unlock()
	if d.touched && d.k.o.Changed != nil {
		d.k.o.Changed(d.next.Book)
	}
	if d.k.o.Noted != nil {
		for i, l := range d.lines {
			d.k.o.Noted(l, d.entries[i])
		}
	}
}

// put stores a record; what cannot be encoded ends the draft.
func (d *draft) put(kind, key string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		d.err = err
		return
	}
	d.puts = append(d.puts, store.Record{Kind: kind, Key: key, Body: body})
}

func (d *draft) delete(kind, key string) {
	d.deletes = append(d.deletes, store.Record{Kind: kind, Key: key})
}

func (d *draft) putTenant(t register.Tenant) {
	if _, ok := d.next.Tenants[t.ID]; !ok {
		d.next.Order = append(slices.Clip(d.next.Order), t.ID)
	}
	d.next.Tenants[t.ID] = t
	d.put(register.TenantRecord, t.ID, t)
	d.touched = true
}

func (d *draft) addPairs(id string, ps ...tenant.Pair) {
	d.next.Mapping[id] = append(slices.Clip(d.next.Mapping[id]), ps...)
	for _, p := range ps {
		d.put(register.MappingRecord, id+"/"+p.Mail, register.Row{Tenant: id, Mail: p.Mail, DeMail: p.DeMail})
	}
	d.touched = true
}

func (d *draft) putPerson(p register.Person) {
	d.next.Persons[register.PersonKey(p.Organisation, p.Name)] = p
	d.put(register.PersonRecord, register.PersonKey(p.Organisation, p.Name), p)
}

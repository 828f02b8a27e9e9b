// Package clerk carries out what persons want of the administration: each act is decided by package role, checked
// by the rules of package tenant, and committed together with its entry in the audit log. The next message meets
// the new rules.
//
// It leaves out HTTP (package admin), sessions (package signin) and what the rules say to mail (package tenant).
package clerk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"demailbench/gateway/demail"
	"demailbench/gateway/door"
	"demailbench/gateway/journal"
	"demailbench/gateway/password"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

// Options say how a clerk works. Store, Clock and Rand are required.
type Options struct {
	Store *store.Store
	Clock door.Clock
	// Rand makes the salts of passwords. Any goroutine may read from it.
	Rand io.Reader
	// Suffixes are the domains below which De-Mail addresses live; default de-mail.de (S0-008).
	Suffixes []string
	Limits   Limits
	// Cost is what a password hash costs; default password.Recommended.
	Cost password.Cost
	// Allowed decides who may do what; default role.Allowed.
	Allowed func(role.Act) role.Decision
	// Bound says why the DMDA has not bound a De-Mail domain to the gateway's ITSP (S0-016), or why it cannot be asked;
	// nil asks nobody. It may wait for the network.
	Bound func(domain string) error
	// Changed is told about every new book, in order, before the change is answered.
	Changed func(*tenant.Book)
	// Noted is told about every new line of an audit log, so that there is a trace of it elsewhere.
	Noted func(journal.Line, journal.Entry)
}

// Limits bound what can be administered.
type Limits struct {
	// Tenants is the number of enrolled tenants; default 20 (D22).
	Tenants int
	// Commissioning is the longest power of attorney for commissioning; default 28 days (D9).
	Commissioning time.Duration
	// Mapping is the number of rows of one tenant; default 10,000.
	Mapping int
	// From and Until are the term of the pilot operation (D23): enrolments from From on, the service until Until; the
	// zero time for no bound.
	From, Until time.Time
}

// fill replaces what is zero.
func fill[T comparable](to *T, otherwise T) {
	var zero T
	if *to == zero {
		*to = otherwise
	}
}

// ErrStopping means that the gateway takes no changes because it is ending.
var ErrStopping = errors.New("clerk: the gateway is stopping: try again later")

// Clerk works on the register in one store. Its methods may be called by any goroutine that may block.
type Clerk struct {
	o Options

	// changing is held during a change, disk included: there is one at a time.
	changing sync.Mutex
	// mu guards s and is never held while waiting.
	mu sync.Mutex
	s  *register.State
	// Passwords makes and checks hashes.
	Passwords *password.Hasher
}

// Open reads the register from the store.
func Open(o Options) (*Clerk, error) {
	fill(&o.Limits.Tenants, 20)
	fill(&o.Limits.Mapping, 10000)
	fill(&o.Limits.Commissioning, 28*24*time.Hour)
	fill(&o.Cost, password.Recommended)
	if o.Allowed == nil {
		o.Allowed = role.Allowed
	}
	k := &Clerk{o: o, s: register.New(), Passwords: password.NewHasher(o.Cost, o.Rand)}
	records, err := o.Store.Records(register.Kinds...)
	if err != nil {
		return nil, fmt.Errorf("clerk: %w", err)
	}
	for _, r := range records {
		if err := k.s.Load(r); err != nil {
			return nil, err
		}
	}
	if k.s.Heads, err = o.Store.Heads(); err != nil {
		return nil, fmt.Errorf("clerk: %w", err)
	}
	if k.s.Book, err = k.newBook(k.s); err != nil {
		return nil, fmt.Errorf("clerk: the stored enrolments contradict each other: %w", err)
	}
	return k, nil
}

func (k *Clerk) rules() tenant.Options {
	return tenant.Options{Suffixes: k.o.Suffixes, Canonical: demail.Canonical, Over: k.over(k.o.Clock.Now())}
}

// over reports whether the pilot operation has ended (D23).
func (k *Clerk) over(at time.Time) bool {
	return !k.o.Limits.Until.IsZero() && !at.Before(k.o.Limits.Until)
}

// Refresh puts the rules anew in force, which the clock has changed: at the end of the pilot operation.
func (k *Clerk) Refresh() error {
	k.changing.Lock()
	defer k.changing.Unlock()
	d := &draft{k: k, next: k.Now().Copy(), at: k.o.Clock.Now(), touched: true}
	d.note(journal.Entry{Operation: "pilot.end", Object: "pilot", Allowed: true, Rule: "D23"})
	return d.commit()
}

func (k *Clerk) newBook(s *register.State) (*tenant.Book, error) {
	return tenant.NewBook(s.Enrolments(), k.rules())
}

// Now is what is on record at this moment. It does not change.
func (k *Clerk) Now() *register.State {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.s
}

// Import makes the configuration's tenants those on record. It does nothing once there is somebody who administers:
// from then on the tenants are what was made of them.
func (k *Clerk) Import(tenants []tenant.Tenant) error {
	k.changing.Lock()
	defer k.changing.Unlock()
	book, err := tenant.NewBook(tenants, k.rules())
	if err != nil {
		return err
	}
	tenants = book.Tenants()
	s := k.Now()
	if len(s.Persons) > 0 || bytes.Equal(text(s.Enrolments()), text(tenants)) {
		return nil
	}
	d := &draft{k: k, next: s.Copy(), at: k.o.Clock.Now(), touched: true}
	d.next.Order = nil
	for id, t := range s.Tenants {
		for _, p := range s.Mapping[id] {
			d.delete(register.MappingRecord, id+"/"+p.Mail)
		}
		delete(d.next.Mapping, id)
		delete(d.next.Tenants, id)
		d.delete(register.TenantRecord, t.ID)
	}
	for _, t := range tenants {
		d.enter(t)
		d.note(journal.Entry{Tenant: t.ID, Operation: "tenant.import", Object: t.ID, Allowed: true, Rule: "S0-015", After: text(d.next.Tenants[t.ID])})
	}
	return d.commit()
}

// enter adds a tenant with its mapping, which somebody else has checked.
func (d *draft) enter(t tenant.Tenant) {
	d.putTenant(register.Tenant{ID: t.ID, Name: t.Name, Phase: "pilot", State: tenant.Enrolled, Enrolled: d.at, Assigned: t.Networks, Networks: t.Networks,
		Transport: t.Transport, NextHop: t.NextHop, MailDomains: t.MailDomains, Domains: t.Domains,
		Options: t.Options, ReceiptMode: t.ReceiptMode, TechnicalContact: register.Contact{Mail: t.TechnicalContact},
		ProcessOwner: register.Contact{Mail: t.ProcessOwner}})
	d.addPairs(t.ID, t.Mapping...)
}

// Bootstrap makes the operator's first Administrator, unless the person exists.
func (k *Clerk) Bootstrap(name, secret string) error {
	if len(secret) < MinPassword {
		return fmt.Errorf("clerk: the password of the first Administrator has fewer than %d characters: choose a longer one", MinPassword)
	}
	if _, ok := k.Now().Person(role.Operator, name); ok {
		return nil
	}
	h, err := k.Passwords.Hash(secret)
	if err != nil {
		return err
	}
	k.changing.Lock()
	defer k.changing.Unlock()
	d := &draft{k: k, next: k.Now().Copy(), at: k.o.Clock.Now()}
	p := register.Person{Organisation: role.Operator, Name: name, Title: "Administrator", Roles: []role.Role{role.Administrator}, Password: h}
	d.putPerson(p)
	d.note(journal.Entry{Operation: "user.create", Object: name, Allowed: true, Rule: "S0-035", After: text(p.Public())})
	return d.commit()
}

// Note commits an entry of the audit log together with records of another kind than the register's.
func (k *Clerk) Note(e journal.Entry, puts, deletes []store.Record) error {
	k.changing.Lock()
	defer k.changing.Unlock()
	d := &draft{k: k, next: k.Now().Copy(), at: k.o.Clock.Now(), puts: puts, deletes: deletes}
	d.note(e)
	return d.commit()
}

// SetPassword replaces the hash of the caller's own password; deletes are committed with it.
func (k *Clerk) SetPassword(c Caller, h password.Hash, deletes []store.Record) error {
	return k.change(c, target{role.PasswordChange, areaOf(c.Organisation), []string{c.Name}}, func(d *draft) *register.Refusal {
		p, _ := d.next.Person(c.Organisation, c.Name)
		p.Password = h
		d.putPerson(p)
		d.deletes = append(d.deletes, deletes...)
		return nil
	})
}

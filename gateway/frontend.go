package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"demailbench/gateway/admin"
	"demailbench/gateway/clerk"
	"demailbench/gateway/httpd"
	"demailbench/gateway/journal"
	"demailbench/gateway/role"
	"demailbench/gateway/signin"
	"demailbench/gateway/tenant"
)

// openRegister reads what is administered, imports the configuration's tenants as long as nobody administers, and
// puts the mail rules in force.
func (g *Gateway) openRegister(configured *tenant.Book) (err error) {
	from, until, fault := g.c.Pilot.term()
	if fault != nil {
		return fault
	}
	g.clerk, err = clerk.Open(clerk.Options{Store: g.store, Clock: g.d.Clock, Rand: g.d.Rand, Suffixes: g.c.Suffixes, Cost: g.c.Admin.Password,
		Limits:  clerk.Limits{Tenants: g.c.Pilot.MaxTenants, Commissioning: g.c.PoA.MaxCommissioning, Mapping: g.c.Admin.Mapping, From: from, Until: until},
		Allowed: g.d.Allowed, Bound: g.bound(), Changed: g.live.Replace, Noted: g.noted})
	if err != nil {
		return err
	}
	if err := g.clerk.Import(configured.Tenants()); err != nil {
		return err
	}
	g.live.Replace(g.clerk.Now().Book)
	return nil
}

// term ends the service when the pilot operation ends (D23).
func (g *Gateway) term(ctx context.Context) {
	_, until, _ := g.c.Pilot.term() // New has judged it
	left := until.Sub(g.d.Clock.Now())
	if until.IsZero() || left <= 0 || g.d.Clock.Sleep(ctx, left) != nil {
		return
	}
	if err := g.clerk.Refresh(); err != nil {
		g.trail.Complaints().Error("the end of the pilot operation is not in force", "error", err)
	}
}

// bound is who is asked whether a domain is bound: the DMDA by its link, unless the configuration says that it is
// taken on trust.
func (g *Gateway) bound() func(domain string) error {
	switch {
	case g.d.Bound != nil:
		return g.d.Bound
	case g.c.DMDA.Binding == BindingTrust:
		return nil
	}
	return func(domain string) error { return g.courier.Bound(g.hard, domain) }
}

// noted leaves a trace of the audit log in the trail, where who changes the database cannot reach it.
func (g *Gateway) noted(l journal.Line, e journal.Entry) {
	g.trail.Administered(l.Log, l.Number, l.Hash, e)
}

// newAdmin makes the administration's API, unless the configuration wants none.
func (g *Gateway) newAdmin() error {
	if g.c.Listen.Admin == "" {
		return nil
	}
	if err := g.bootstrap(); err != nil {
		return err
	}
	gate, err := signin.Open(signin.Options{Clerk: g.clerk, Store: g.store, Clock: g.d.Clock, Rand: g.d.Rand, Longest: g.c.Admin.Session, Idle: g.c.Admin.Idle})
	if err != nil {
		return err
	}
	handler, err := admin.NewHandler(admin.Options{Clerk: g.clerk, Gate: gate, Clock: g.d.Clock, Hostname: g.c.Hostname, Queue: g.waiting,
		Maintenance: g.maintenance, Incidents: g.incidents, Account: g.account, Backup: g.backup, Log: g.trail.Complaints()})
	if err != nil {
		return err
	}
	if g.admin, err = httpd.New(handler, g.certificate(), g.d.Clock, g.trail.Complaints()); err != nil {
		return err
	}
	g.onAdmin, err = g.listen(g.c.Listen.Admin)
	return err
}

// bootstrap makes the first Administrator when there is nobody of the name.
func (g *Gateway) bootstrap() error {
	if _, ok := g.clerk.Now().Person(role.Operator, g.c.Admin.Administrator); ok {
		return nil
	}
	if g.d.AdministratorPassword == "" {
		return errors.New("the administration has nobody who could sign in: give a password for the first Administrator (files.administrator, or Deps.AdministratorPassword)")
	}
	if err := g.clerk.Bootstrap(g.c.Admin.Administrator, g.d.AdministratorPassword); err != nil {
		return fmt.Errorf("first Administrator: %w", err)
	}
	return nil
}

// waiting lists the deliveries that wait for some tenants, the oldest first.
func (g *Gateway) waiting(tenants []string) []admin.Waiting {
	var l []admin.Waiting
	for _, w := range g.queue.Waiting() {
		if !slices.Contains(tenants, w.Message.Tenant) {
			continue
		}
		for _, d := range w.Deliveries {
			l = append(l, admin.Waiting{ID: w.Message.ID, MessageID: w.Message.MessageID, Tenant: w.Message.Tenant, Direction: w.Message.Kind,
				From: w.Message.Sender, To: d.Recipient, Tries: d.Tries, Due: d.Due, Answer: d.Answer})
		}
	}
	return l
}

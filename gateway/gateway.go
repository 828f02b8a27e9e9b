// Package gateway is the reference De-Mail gateway: it takes e-mail from enrolled tenants, sends it as
// De-Mail through the DMDA, and hands inbound De-Mail to the tenants' mail servers (TR-01201-6.1 chapter
// 10, S0-001..005). New puts the parts together from a Config and the doors, Run serves.
//
// It leaves out the web frontends; files other than the data directory are the
// business of the caller, who hands over keys, certificates and the card as values.
package gateway

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"

	"demailbench/gateway/alarm"
	"demailbench/gateway/audit"
	"demailbench/gateway/card"
	"demailbench/gateway/clerk"
	"demailbench/gateway/courier"
	"demailbench/gateway/door"
	"demailbench/gateway/httpd"
	"demailbench/gateway/incident"
	"demailbench/gateway/intake"
	"demailbench/gateway/maintenance"
	"demailbench/gateway/queue"
	"demailbench/gateway/role"
	"demailbench/gateway/smtpd"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

// Deps are the doors and secrets by which the outside enters. Dial, Listen, Resolver, Clock, Rand, Log, Card and Roots
// are required.
type Deps struct {
	Dial     door.Dial
	Listen   door.Listen
	Resolver door.Resolver
	Clock    door.Clock
	Rand     door.Rand
	// Log receives the audit trail (package audit) as structured records. Its handler must not touch a
	// file outside Clock.IO.
	Log *slog.Logger
	// Card is the ITSP's card: client certificate towards the DMDA (D16). PIN unlocks it once, in New;
	// empty means that the card is unlocked already. A wrong PIN is never tried again: mail waits, Healthy
	// says why, and the operator is alerted. ReplaceCard puts another one in its place.
	Card door.Card
	PIN  string
	// Certificate is the gateway's own for both listeners; ReplaceCertificate puts another one in its place.
	Certificate tls.Certificate
	// Roots sign the DMDA's and the tenants' certificates.
	Roots *x509.CertPool
	// Rules, when set, replaces the rules of package tenant by what it makes of them: the way to build a
	// gateway that is wrong on purpose.
	Rules func(tenant.Rules) tenant.Rules
	// Allowed, when set, decides in place of role.Allowed who may administer what.
	Allowed func(role.Act) role.Decision
	// Promises, when set, replaces the rules of package ops by what it makes of them.
	Promises func(Promises) Promises
	// Bound, when set, says in place of the DMDA why a De-Mail domain is not bound to the gateway's ITSP (S0-016); it
	// is asked before a domain is assigned to the gateway.
	Bound func(domain string) error
	// AdministratorPassword is that of the operator's first person (Config.Admin), at least 12 octets. It is needed
	// with Config.Listen.Admin until that person exists, and never changes the person.
	AdministratorPassword string
	// Disk, when set, is called before every change of the disk; see store.Options.
	Disk func(operation string)
}

// Gateway is one instance over one data directory.
type Gateway struct {
	c     Config
	d     Deps
	trail *audit.Trail
	card  *card.Slot
	own   atomic.Pointer[tls.Certificate]

	// live are the mail rules, over the newest book of the clerk.
	live  tenant.Live
	clerk *clerk.Clerk
	admin *httpd.Server
	// onAdmin is nil without administration.
	onAdmin net.Listener

	alarm             *alarm.Alarm
	store             *store.Store
	queue             *queue.Queue
	courier           *courier.Courier
	maintenance       *maintenance.Desk
	incidents         *incident.Desk
	tenants, provider *smtpd.Server
	onTenants         net.Listener
	onProvider        net.Listener
	conns             connections

	// hard ends everything; it is cancelled by Kill and when draining took too long.
	hard    context.Context
	sever   context.CancelFunc
	parts   sync.WaitGroup
	mu      sync.Mutex
	state   state
	stopped chan struct{}
}

type state int

const (
	built state = iota
	running
	ended
)

// errEnded is what a gateway says of itself after its end.
var errEnded = errors.New("gateway: has ended: build a new one on the same data directory")

// New builds a gateway, opens the listeners and the data directory, and recovers the queue. Nothing is served
// before Run. On an error nothing stays open; a fault of c is a *ConfigError.
func New(c Config, d Deps) (*Gateway, error) {
	c = c.withDefaults()
	if fault := c.check(); fault != nil {
		return nil, fault
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	d.Rand = &sharedRand{r: d.Rand}
	g := &Gateway{c: c, d: d, trail: audit.New(d.Log, d.Clock), card: card.NewSlot(d.Card, d.Clock.Now), stopped: make(chan struct{})}
	g.own.Store(&d.Certificate)
	g.hard, g.sever = context.WithCancel(context.Background())
	if err := g.build(); err != nil {
		g.abandon()
		return nil, fmt.Errorf("gateway: start: %w", err)
	}
	g.unlock()
	return g, nil
}

func (d Deps) check() error {
	for _, part := range []struct {
		name    string
		missing bool
	}{{"Dial", d.Dial == nil}, {"Listen", d.Listen == nil}, {"Resolver", d.Resolver == nil}, {"Clock", d.Clock == nil},
		{"Rand", d.Rand == nil}, {"Log", d.Log == nil}, {"Card", d.Card == nil}, {"Roots", d.Roots == nil}} {
		if part.missing {
			return fmt.Errorf("gateway: Deps.%s is missing: pass it to New", part.name)
		}
	}
	return nil
}

// build opens and joins the parts.
func (g *Gateway) build() (err error) {
	book, err := g.c.book()
	if err != nil {
		return err
	}
	rules := tenant.Rules(&g.live)
	if g.d.Rules != nil {
		rules = g.d.Rules(rules)
	}
	if g.onTenants, err = g.listen(g.c.Listen.Tenants); err != nil {
		return err
	}
	if g.onProvider, err = g.listen(g.c.Listen.Provider); err != nil {
		return err
	}
	if g.store, err = store.Open(g.c.Data, store.Options{Clock: g.d.Clock, Disk: g.d.Disk}); err != nil {
		return err
	}
	if err := g.openRegister(book); err != nil {
		return err
	}
	if err := g.recover(); err != nil {
		return err
	}
	if g.alarm, err = g.newAlarm(); err != nil {
		return err
	}
	if err := g.openOperation(); err != nil {
		return err
	}
	g.courier = g.newCourier()
	if err := g.newServers(rules); err != nil {
		return err
	}
	return g.newAdmin()
}

func (g *Gateway) listen(address string) (net.Listener, error) {
	l, err := g.d.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return &listener{l, &g.conns}, nil
}

// recover takes up the queue of the last run.
func (g *Gateway) recover() (err error) {
	s := queue.Schedule{After: g.c.Retry.After, Delay: g.c.Retry.DelayNotice, GiveUp: g.c.Retry.GiveUp}
	q, damaged, err := queue.Open(g.store, queue.Options{Clock: g.d.Clock, Rand: g.d.Rand, Schedule: s, PerLane: g.c.Limits.PerRoute, Held: g.held})
	if err != nil {
		return err
	}
	for _, d := range damaged {
		g.trail.Parked(audit.Mail{ID: d.Message, To: d.Recipient, Try: d.Tries}, d.Answer)
	}
	g.queue = q
	return nil
}

func (g *Gateway) newCourier() *courier.Courier {
	return courier.New(courier.Config{
		Hostname: g.c.Hostname, DMDA: g.c.DMDA.Address, DMDAName: g.c.DMDA.ServerName, Operator: g.c.Operator,
		Owner:  func(domain string) (tenant.Tenant, bool) { return g.live.Book().MailDomain(domain) },
		Tenant: func(id string) (tenant.Tenant, bool) { return g.live.Book().Tenant(id) }, Deliveries: g.c.Limits.Deliveries, MailPort: g.c.MailPort, GiveUp: g.c.Retry.GiveUp,
		Queue: g.queue, Store: g.store, Trail: g.trail, Alarm: g.alarm, Dial: g.conns.dial(g.d.Dial), Resolver: g.d.Resolver,
		Clock: g.d.Clock, Rand: g.d.Rand, Card: g.card, Roots: g.d.Roots, Noticed: g.maintenance.Settled,
	})
}

// contact is a tenant's technical contact.
func (g *Gateway) contact(id string) string { return g.live.Book().Contact(id) }

func (g *Gateway) newAlarm() (*alarm.Alarm, error) {
	return alarm.New(alarm.Config{Hostname: g.c.Hostname, Operator: g.c.Operator, Contact: g.contact, Queue: g.queue,
		Store: g.store, Trail: g.trail, Clock: g.d.Clock, Rand: g.d.Rand})
}

func (g *Gateway) newServers(rules tenant.Rules) (err error) {
	in := &intake.Intake{Queue: g.queue, Trail: g.trail, Alarm: g.alarm, Contact: g.contact, Clock: g.d.Clock, Rand: g.d.Rand}
	c := smtpd.Config{Hostname: g.c.Hostname, Rules: rules, Intake: in, Audit: intake.Edge{Trail: g.trail, Alarm: g.alarm},
		Clock: g.d.Clock, Rand: g.d.Rand, Log: g.trail.Complaints(), Certificate: g.certificate(), Roots: g.d.Roots,
		Peers: []string{g.c.DMDA.Client}, Limits: smtpd.Limits{Message: g.c.Limits.Message, Net: g.c.Limits.Net}, Closed: g.closed}
	if g.tenants, err = smtpd.NewTenants(c); err != nil {
		return err
	}
	g.provider, err = smtpd.NewProvider(c)
	return err
}

// abandon closes what build has opened.
func (g *Gateway) abandon() {
	g.sever()
	for _, l := range []net.Listener{g.onTenants, g.onProvider, g.onAdmin} {
		if l != nil {
			_ = l.Close() // nothing was served on it
		}
	}
	if g.store != nil {
		_ = g.store.Close() // the cause of the abandonment is reported
	}
}

// Addrs are the addresses that the gateway listens on.
type Addrs struct {
	// Tenants takes submissions (SMTP, STARTTLS), Provider the DMDA's pushes (implicit TLS).
	Tenants, Provider net.Addr
	// Admin serves the administration (HTTPS); nil without it.
	Admin net.Addr
}

// Addrs returns the listeners' addresses; they are known as soon as New returns.
func (g *Gateway) Addrs() Addrs {
	a := Addrs{Tenants: g.onTenants.Addr(), Provider: g.onProvider.Addr()}
	if g.onAdmin != nil {
		a.Admin = g.onAdmin.Addr()
	}
	return a
}

// Healthy reports why the gateway cannot do its work now, or nil: it serves, the store takes commits and the
// card gives its certificate. It waits for a commit.
func (g *Gateway) Healthy() error {
	g.mu.Lock()
	s := g.state
	g.mu.Unlock()
	switch s {
	case built:
		return errors.New("gateway: does not serve yet: call Run")
	case ended:
		return errEnded
	}
	if err := g.store.Update(func(*store.Tx) error { return nil }); err != nil {
		return fmt.Errorf("gateway: the store takes no commits: %w", err)
	}
	if err := g.card.Ready(); err != nil {
		return fmt.Errorf("gateway: the card cannot be used: %w", err)
	}
	return nil
}

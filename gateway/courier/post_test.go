package courier

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"demailbench/gateway/alarm"
	"demailbench/gateway/audit"
	"demailbench/gateway/door"
	"demailbench/gateway/door/doortest"
	"demailbench/gateway/queue"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

// post is a courier in a small world: the DMDA, two tenants (annaberg by STARTTLS, pirna behind an IPSEC line),
// and the mail server of the technical contacts.
type post struct {
	t      *testing.T
	clock  *doortest.Clock
	net    *doortest.Net
	names  *doortest.Names
	events *doortest.Events
	card   *doortest.Card
	queue  *queue.Queue
	store  *store.Store
	ca     *doortest.Authority
	dir    string
	// body is added to the messages.
	body string

	dmda, annaberg, pirna, contact *peer
	courier                        *Courier
}

var tenants = []tenant.Tenant{
	{ID: "annaberg", Name: "Stadt Annaberg-Buchholz", Networks: []netip.Prefix{netip.MustParsePrefix("10.2.12.0/24")},
		Transport: tenant.STARTTLS, MailDomains: []string{"annaberg.example"}, TechnicalContact: "technik@kdn-gmbh.example"},
	{ID: "pirna", Name: "Stadt Pirna", Networks: []netip.Prefix{netip.MustParsePrefix("10.3.14.0/24")},
		Transport: tenant.IPSEC, MailDomains: []string{"pirna.example"}, TechnicalContact: "technik@kdn-gmbh.example"},
}

// newPost builds the world; the peers serve after start.
func newPost(t *testing.T) *post {
	clock := doortest.NewClock(start)
	ca, err := doortest.NewAuthority("ca", clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	p := &post{t: t, clock: clock, net: doortest.NewNet(), events: doortest.NewEvents(), ca: ca,
		dmda: &peer{}, annaberg: &peer{}, pirna: &peer{}, contact: &peer{}}
	p.names = &doortest.Names{
		MX: map[string][]*net.MX{"annaberg.example": {{Host: "mail.annaberg.example.", Pref: 10}}, "kdn-gmbh.example": {{Host: "mail.kdn-gmbh.example.", Pref: 10}}},
		IP: map[string][]netip.Addr{"mail.annaberg.example": {netip.MustParseAddr("10.2.12.25")}, "pirna.example": {netip.MustParseAddr("10.3.14.25")},
			"mail.kdn-gmbh.example": {netip.MustParseAddr("10.2.0.26")}, "itsp.example": {netip.MustParseAddr("198.51.100.10")}},
		Fail: map[string]error{},
	}
	p.card = &doortest.Card{Cert: p.cert("itsp-card", "itsp-card"), PIN: "1234"}
	if err := p.card.Unlock("1234"); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *post) cert(key, name string) tls.Certificate {
	c, err := p.ca.Issue(key, name)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

func (p *post) server(c tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c}, Time: p.clock.Now}
}

func (p *post) on(host, port string) net.Listener {
	l, err := p.net.On(host)("tcp", ":"+port)
	if err != nil {
		p.t.Fatal(err)
	}
	return l
}

// start opens peers and queue and runs the courier.
func (p *post) start() {
	t := p.t
	link := p.server(p.cert("provider", "itsp.example"))
	link.ClientAuth, link.ClientCAs = tls.RequireAndVerifyClientCert, p.ca.Pool()
	p.dmda.serve(t, p.on("198.51.100.10", "465"), link, true)
	p.annaberg.serve(t, p.on("10.2.12.25", "25"), p.server(p.cert("annaberg", "mail.annaberg.example")), false)
	p.pirna.serve(t, p.on("10.3.14.25", "25"), nil, false)
	p.contact.serve(t, p.on("10.2.0.26", "25"), p.server(p.cert("kdn-gmbh", "mail.kdn-gmbh.example")), false)
	p.run(p.net.From("172.16.0.25"), p.ca.Pool())
}

// run opens the queue and runs a courier over dial.
func (p *post) run(dial door.Dial, roots *x509.CertPool) {
	var err error
	p.dir = p.t.TempDir()
	if p.store, err = store.Open(p.dir, store.Options{Clock: p.clock}); err != nil {
		p.t.Fatal(err)
	}
	sched := queue.Schedule{After: []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour},
		Delay: 4 * time.Hour, GiveUp: 120 * time.Hour}
	rnd := &sharedRand{r: rand.NewChaCha8([32]byte{7})}
	if p.queue, _, err = queue.Open(p.store, queue.Options{Clock: p.clock, Rand: rnd, Schedule: sched, PerLane: 5}); err != nil {
		p.t.Fatal(err)
	}
	trail := audit.New(slog.New(p.events), p.clock)
	alarms, err := alarm.New(alarm.Config{Hostname: "gateway.example", Operator: "esv@kdn-gmbh.example", Queue: p.queue, Store: p.store,
		Trail: trail, Clock: p.clock, Rand: rnd})
	if err != nil {
		p.t.Fatal(err)
	}
	p.courier = New(Config{Hostname: "gateway.example", Alarm: alarms, DMDA: "itsp.example:465", DMDAName: "itsp.example", Operator: "esv@sid.example",
		Owner: func(d string) (tenant.Tenant, bool) {
			for _, t := range tenants {
				if t.MailDomains[0] == d {
					return t, true
				}
			}
			return tenant.Tenant{}, false
		},
		Tenant: func(id string) (tenant.Tenant, bool) {
			for _, t := range tenants {
				if t.ID == id {
					return t, true
				}
			}
			return tenant.Tenant{}, false
		},
		Deliveries: 4, GiveUp: sched.GiveUp, Queue: p.queue, Store: p.store, Trail: trail,
		Dial: dial, Resolver: p.names, Clock: p.clock, Rand: rnd, Card: p.card, Roots: roots})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); p.courier.Run(ctx, ctx) }()
	p.t.Cleanup(func() { cancel(); <-done; _ = p.store.Close() })
}

// outbound queues a message of annaberg for citizens.
func (p *post) outbound(id string, to ...string) string {
	e := queue.Envelope{Kind: queue.Outbound, Tenant: "annaberg", Sender: "poststelle@annaberg.de-mail.de", ReturnPath: "poststelle@annaberg.example"}
	for _, a := range to {
		e.To = append(e.To, queue.Recipient{Address: a, Original: a, Route: queue.RouteDMDA})
	}
	return p.accept(e, id)
}

// inbound queues a De-Mail for a mailbox of the domain.
func (p *post) inbound(id, tenant, mailbox string) string {
	_, domain, _ := bytes.Cut([]byte(mailbox), []byte("@"))
	return p.accept(queue.Envelope{Kind: queue.Inbound, Tenant: tenant, Sender: "cz@x.de-mail.de",
		To: []queue.Recipient{{Address: mailbox, Original: "poststelle@" + tenant + ".de-mail.de", Route: queue.RouteMail(string(domain))}}}, id)
}

func (p *post) accept(e queue.Envelope, id string) string {
	text := "From: a@b\r\nMessage-ID: <" + id + ">\r\nSubject: secret subject\r\n\r\n..line\r\nsecret body of " + id + "\r\n" + p.body
	d, err := p.queue.Begin(e)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := io.WriteString(d, text); err != nil {
		p.t.Fatal(err)
	}
	if _, err := d.Commit(); err != nil {
		p.t.Fatal(err)
	}
	return text
}

// again waits until the queue sleeps until d after start, then moves the clock there.
func (p *post) again(d time.Duration) {
	p.clock.Await(start.Add(d))
	p.clock.AdvanceTo(start.Add(d))
}

// sharedRand lets the couriers of a test draw at once, as the gateway's door does.
type sharedRand struct {
	mu sync.Mutex
	r  io.Reader
}

func (s *sharedRand) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}

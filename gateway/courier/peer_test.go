package courier

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"demailbench/gateway/audit"
	"demailbench/gateway/door"
	"demailbench/gateway/door/doortest"
	"demailbench/gateway/queue"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

var start = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// peer is a mail server of a test: go-smtp with answers that the test chooses.
type peer struct {
	mu sync.Mutex
	// answer judges a command; nil means accepted. For "END" the message has been read.
	answer func(p *peer, verb, arg string) error
	got    []letter
	verbs  []string
	// clear has every octet that came in.
	clear bytes.Buffer
	// dialog may replace the SMTP server altogether.
	dialog func(net.Conn)
}

// letter is what a peer took.
type letter struct {
	from, text string
	to         []string
	tls        bool
}

func (p *peer) letters() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letter(nil), p.got...)
}

func (p *peer) set(answer func(p *peer, verb, arg string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

func (p *peer) judge(verb, arg string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.verbs = append(p.verbs, verb)
	if p.answer == nil {
		return nil
	}
	return p.answer(p, verb, arg)
}

// serve starts the peer on l; cfg offers STARTTLS, implicit begins with TLS.
func (p *peer) serve(t *testing.T, l net.Listener, cfg *tls.Config, implicit bool) {
	l = &tap{l, p}
	if p.dialog != nil {
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go p.dialog(c)
			}
		}()
		t.Cleanup(func() { l.Close() })
		return
	}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if err := p.judge("CONNECT", ""); err != nil {
			return nil, err
		}
		return &session{p: p, c: c}, nil
	}))
	s.Domain, s.ErrorLog, s.MaxLineLength = "peer.example", log.New(io.Discard, "", 0), 4000
	if implicit {
		l = tls.NewListener(l, cfg)
	} else {
		s.TLSConfig = cfg
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
}

// tap keeps what comes in.
type tap struct {
	net.Listener
	p *peer
}

// Accept wraps the connection.
func (t *tap) Accept() (net.Conn, error) {
	c, err := t.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &tapped{c, t.p}, nil
}

type tapped struct {
	net.Conn
	p *peer
}

// Read copies the octets.
func (c *tapped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.p.mu.Lock()
	c.p.clear.Write(b[:n])
	c.p.mu.Unlock()
	return n, err
}

type session struct {
	p *peer
	c *smtp.Conn
	l letter
}

func (s *session) Reset()        { s.l = letter{} }
func (s *session) Logout() error { return nil }
func (s *session) AuthMechanisms() []string {
	return []string{sasl.External}
}
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewExternalServer(func(string) error { return s.p.judge("AUTH", "") }), nil
}
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.l.from = from
	_, s.l.tls = s.c.TLSConnectionState()
	return s.p.judge("MAIL", from)
}
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.p.judge("RCPT", to); err != nil {
		return err
	}
	s.l.to = append(s.l.to, to)
	return nil
}
func (s *session) Data(r io.Reader) error {
	if err := s.p.judge("DATA", ""); err != nil {
		return err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.l.text = string(b)
	if err := s.p.judge("END", ""); err != nil {
		if err == errLost {
			s.take()
			s.c.Conn().Close()
		}
		return err
	}
	s.take()
	return nil
}

func (s *session) take() {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.got = append(s.p.got, s.l)
}

// errLost takes the message and loses the reply.
var errLost = &smtp.SMTPError{Code: 451, Message: "reply lost"}

func code(c int, status [3]int, text string) error {
	return &smtp.SMTPError{Code: c, EnhancedCode: smtp.EnhancedCode(status), Message: text}
}

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
	rnd := rand.NewChaCha8([32]byte{7})
	if p.queue, _, err = queue.Open(p.store, queue.Options{Clock: p.clock, Rand: rnd, Schedule: sched, PerLane: 5}); err != nil {
		p.t.Fatal(err)
	}
	c := New(Config{Hostname: "gateway.example", DMDA: "itsp.example:465", DMDAName: "itsp.example", Operator: "esv@sid.example",
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
		Deliveries: 4, GiveUp: sched.GiveUp, Queue: p.queue, Store: p.store, Trail: audit.New(slog.New(p.events), p.clock),
		Dial: dial, Resolver: p.names, Clock: p.clock, Rand: rnd, Card: p.card, Roots: roots})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); c.Run(ctx, ctx) }()
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

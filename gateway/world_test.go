package gateway

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"demailbench/gateway/door/doortest"
)

var start = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// server is a mail server of a test that keeps what it takes.
type server struct {
	mu  sync.Mutex
	got []mail
	// more is signalled at every mail.
	more *sync.Cond
}

type mail struct{ from, to, text string }

// wait waits for n mails.
func (s *server) wait(n int) []mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.got) < n {
		s.more.Wait()
	}
	return append([]mail(nil), s.got...)
}

func (s *server) mails() []mail { return s.wait(0) }

type session struct {
	s        *server
	from, to string
}

func (x *session) Reset()                                      {}
func (x *session) Logout() error                               { return nil }
func (x *session) AuthMechanisms() []string                    { return []string{sasl.External} }
func (x *session) Mail(from string, _ *smtp.MailOptions) error { x.from = from; return nil }
func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error   { x.to = to; return nil }
func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewExternalServer(func(string) error { return nil }), nil
}
func (x *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.got = append(x.s.got, mail{x.from, x.to, string(b)})
	x.s.more.Broadcast()
	return nil
}

// world is the gateway's surroundings: the DMDA and the mail server of one tenant.
type world struct {
	t      *testing.T
	clock  *doortest.Clock
	net    *doortest.Net
	events *doortest.Events
	ca     *doortest.Authority
	names  *doortest.Names
	card   *doortest.Card
	seed   byte

	dmda, tenant *server
	dmdaCert     tls.Certificate
}

func newWorld(t *testing.T) *world {
	clock := doortest.NewClock(start)
	ca, err := doortest.NewAuthority("ca", clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: clock, net: doortest.NewNet(), events: doortest.NewEvents(), ca: ca}
	w.names = &doortest.Names{MX: map[string][]*net.MX{"annaberg.example": {{Host: "mail.annaberg.example.", Pref: 10}}},
		IP: map[string][]netip.Addr{"mail.annaberg.example": {netip.MustParseAddr("10.2.12.25")}, "itsp.example": {netip.MustParseAddr("198.51.100.10")}}}
	w.dmdaCert = w.cert("provider", "itsp.example")
	w.card = &doortest.Card{Cert: w.cert("itsp-card", "itsp-card"), PIN: "123456"}
	w.tenant = w.serve("10.2.12.25:25", w.cert("annaberg", "mail.annaberg.example"), false)
	w.provider()
	return w
}

// provider starts a new, empty DMDA in place of the last one.
func (w *world) provider() { w.dmda = w.serve("198.51.100.10:465", w.dmdaCert, true) }

func (w *world) cert(key, name string) tls.Certificate {
	c, err := w.ca.Issue(key, name)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) serve(address string, cert tls.Certificate, implicit bool) *server {
	host, port, _ := net.SplitHostPort(address)
	l, err := w.net.On(host)("tcp", ":"+port)
	if err != nil {
		w.t.Fatal(err)
	}
	s := &server{}
	s.more = sync.NewCond(&s.mu)
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{s: s}, nil }))
	srv.Domain, srv.ErrorLog = host, log.New(io.Discard, "", 0)
	cfg := &tls.Config{Certificates: []tls.Certificate{cert}, Time: w.clock.Now}
	if implicit {
		cfg.ClientAuth, cfg.ClientCAs = tls.RequireAndVerifyClientCert, w.ca.Pool()
		l = tls.NewListener(l, cfg)
		srv.AllowInsecureAuth = true
	} else {
		srv.TLSConfig = cfg
	}
	go srv.Serve(l)
	w.t.Cleanup(func() { srv.Close() })
	return s
}

// config is the least that a gateway needs.
func config(data string) Config {
	return Config{Hostname: "gateway.example", Data: data,
		Listen: Listen{Tenants: ":25", Provider: ":465"},
		DMDA:   DMDA{Address: "itsp.example:465"},
		Tenants: []Tenant{{ID: "annaberg", Name: "Stadt Annaberg-Buchholz", Networks: []string{"10.2.12.0/24"},
			MailDomains: []string{"annaberg.example"}, Domains: []Domain{{Name: "annaberg.de-mail.de"}},
			Mapping:          []Pair{{Mail: "poststelle@annaberg.example", DeMail: "poststelle@annaberg.de-mail.de"}},
			TechnicalContact: "technik@annaberg.example"}}}
}

func (w *world) deps() Deps {
	w.seed++
	return Deps{Dial: w.net.From("172.16.0.25"), Listen: w.net.On("172.16.0.25"), Resolver: w.names, Clock: w.clock,
		Rand: rand.NewChaCha8([32]byte{w.seed}), Log: slog.New(w.events), Card: w.card, PIN: "123456",
		Certificate: w.cert("gateway", "gateway.example"), Roots: w.ca.Pool()}
}

// life is a gateway with its Run.
type life struct {
	*Gateway
	cancel context.CancelFunc
	done   chan error
}

func (w *world) gateway(c Config, d Deps) *life {
	g, err := New(c, d)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &life{g, cancel, make(chan error, 1)}
	go func() { r.done <- g.Run(ctx); close(r.done) }()
	w.t.Cleanup(func() { g.Kill(); cancel(); <-r.done })
	return r
}

// submit sends a mail of the tenant to a citizen and returns the server's verdict on it.
func (w *world) submit(id, body string) error {
	c, err := w.net.From("10.2.12.25")(context.Background(), "tcp", "172.16.0.25:25")
	if err != nil {
		return err
	}
	k, err := smtp.NewClientStartTLS(c, &tls.Config{ServerName: "gateway.example", RootCAs: w.ca.Pool(), Time: w.clock.Now})
	if err != nil {
		return err
	}
	defer k.Close()
	text := "From: Poststelle <poststelle@annaberg.example>\r\nTo: cz@x.de-mail.de\r\nMessage-ID: <" + id + "@annaberg.example>\r\nSubject: " + id + "\r\n\r\n" + body
	return k.SendMail("poststelle@annaberg.example", []string{"cz@x.de-mail.de"}, strings.NewReader(text))
}

// push hands a De-Mail to the gateway as the DMDA does.
func (w *world) push(text string) error { return w.pushTo("poststelle@annaberg.de-mail.de", text) }

func (w *world) pushTo(to, text string) error { return w.pushFrom("cz@x.de-mail.de", to, text) }

func (w *world) pushFrom(from, to, text string) error {
	c, err := w.net.From("198.51.100.10")(context.Background(), "tcp", "172.16.0.25:465")
	if err != nil {
		return err
	}
	k := smtp.NewClient(tls.Client(c, &tls.Config{ServerName: "gateway.example", RootCAs: w.ca.Pool(), Time: w.clock.Now,
		Certificates: []tls.Certificate{w.dmdaCert}}))
	defer k.Close()
	return k.SendMail(from, []string{to}, strings.NewReader(text))
}

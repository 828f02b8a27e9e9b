package dmda_test

import (
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"io"
	"math/rand"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/demail"
	"demailbench/sim/demail/sign"
	"demailbench/sim/dmda"
	"demailbench/sim/pki"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

const (
	sid         = "7100002768"
	linkAddress = "198.51.100.10:465"
	pushAddress = "192.0.2.25:465"
	poststelle  = "poststelle@annaberg-buchholz.de-mail.de"
	standesamt  = "standesamt@annaberg-buchholz.de-mail.de"
	sakd        = "info@sakd.de-mail.de"
	kdn         = "kdn@kdn-sachsen.de-mail.de"
	citizen     = "pn_buergerin@t-systems.de-mail.de"
	clerk       = "pn_sachbearbeiter@t-systems.de-mail.de"
)

// gateway stands for the operator's gateway: it takes what is pushed and gives the reply that a test sets.
type gateway struct {
	mu    sync.Mutex
	reply func(env wire.Envelope) *wire.Reply
	got   []wire.Envelope
	msgs  []record.Message
}

func (g *gateway) Mail(*wire.Session, string) *wire.Reply { return nil }
func (g *gateway) Rcpt(*wire.Session, string) *wire.Reply { return nil }
func (g *gateway) Data(_ *wire.Session, env wire.Envelope, msg record.Message) *wire.Reply {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.reply != nil {
		if r := g.reply(env); r != nil {
			return r
		}
	}
	g.got, g.msgs = append(g.got, env), append(g.msgs, msg)
	return nil
}

func (g *gateway) ids() (ids []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range g.msgs {
		ids = append(ids, header(m).value(demail.FieldMessageID))
	}
	return ids
}

// world is a provider, a gateway that takes its pushes and the clients around them, on a virtual clock.
type world struct {
	t      *testing.T
	clock  *clock.Virtual
	net    *memNet
	rec    *record.Record
	bodies *record.Bodies
	pki    *pki.Authority
	dmda   *dmda.Server
	gw     *gateway
	push   *wire.Server
	card   tls.Certificate
	undo   []func()
}

func accounts() []dmda.Account {
	return []dmda.Account{
		{ID: "annaberg", Holder: "Stadt Annaberg-Buchholz", Kind: dmda.Institution, Domains: []string{"annaberg-buchholz.de-mail.de"}, ITSP: sid, Gateway: true, Receipt: dmda.Always, Retrieve: true, Mailboxes: []string{poststelle, standesamt}},
		{ID: "sakd", Holder: "SAKD", Kind: dmda.Institution, Domains: []string{"sakd.de-mail.de"}, Receipt: dmda.OnRequest, Mailboxes: []string{sakd}},
		{ID: "kdn", Holder: "KDN GmbH", Kind: dmda.Institution, Domains: []string{"kdn-sachsen.de-mail.de"}, ITSP: sid, Quota: 100_000, Mailboxes: []string{kdn}},
		{ID: "buergerin", Holder: "Bürgerin (Pseudonym)", Kind: dmda.Person, Mailboxes: []string{citizen}},
		{ID: "sachbearbeiter", Holder: "Sachbearbeiter (Pseudonym)", Kind: dmda.Person, NormalOnly: true, Mailboxes: []string{clerk}},
	}
}

func newWorld(t *testing.T) *world { return newUnkindWorld(t, dmda.Unkindness{}) }

// signer is the provider's signature, under a certificate for its domain.
func (w *world) signer() *sign.Signer {
	w.t.Helper()
	cert := w.issue(pki.Spec{Name: "t-systems.de-mail.de", Key: "provider", Signature: true})
	s, err := sign.New(cert.PrivateKey.(crypto.Signer), cert.Certificate[0], sign.ECDSA, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func newUnkindWorld(t *testing.T, unkind dmda.Unkindness) *world {
	t.Helper()
	w := &world{t: t, gw: &gateway{}}
	w.clock = clock.NewVirtual(time.Date(2015, 11, 2, 8, 0, 0, 0, time.FixedZone("MEZ", 3600)), clock.Options{})
	w.net = newMemNet(w.clock)
	w.rec = record.New(w.clock.Now)
	w.bodies = record.NewBodies(t.TempDir(), w.clock.IO)
	var err error
	if w.pki, err = pki.New(os.DirFS("../../fixtures/pki"), w.clock.Now); err != nil {
		t.Fatal(err)
	}
	w.card = w.issue(pki.Spec{Name: "itsp-card", Key: "itsp-card", Client: true})
	w.startGateway()
	provider := w.issue(pki.Spec{Name: "itsp.t-systems.example", Key: "provider", IPs: []netip.Addr{netip.MustParseAddr("198.51.100.10")}, Client: true, Server: true})
	w.dmda, err = dmda.New(dmda.Config{
		Who:       "dmda",
		Provider:  dmda.Provider{Name: "T-Systems International GmbH", Domain: "t-systems.de-mail.de", Hostname: "itsp.t-systems.example"},
		ITSPs:     []dmda.ITSP{{Number: sid, Name: "SID", Certificate: "itsp-card", Push: pushAddress}, {Number: "4711", Name: "other", Certificate: "spare-1"}},
		Signature: w.signer(), Unkindness: unkind, Accounts: accounts(), TLS: w.pki.MutualConfig(provider), ClientTLS: w.pki.ClientConfig("192.0.2.25", provider),
		Dial: w.net.dialer("198.51.100.10"), Clock: w.clock, Record: w.rec, Bodies: w.bodies, Rand: rand.New(rand.NewSource(1)),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.serve(w.dmda.Serve, w.net.listen(linkAddress), w.dmda.Close)
	return w
}

func (w *world) issue(s pki.Spec) tls.Certificate {
	w.t.Helper()
	c, err := w.pki.Issue(s)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) startGateway() {
	w.t.Helper()
	cert := w.issue(pki.Spec{Name: "gateway.central.example", Key: "gateway", IPs: []netip.Addr{netip.MustParseAddr("192.0.2.25")}, Server: true})
	var err error
	w.push, err = wire.NewServer(wire.Config{Who: "gateway", Hostname: "gateway.central.example", TLS: w.pki.MutualConfig(cert), ImplicitTLS: true,
		Clock: w.clock, Record: w.rec, Bodies: w.bodies, Policy: w.gw})
	if err != nil {
		w.t.Fatal(err)
	}
	w.serve(w.push.Serve, w.net.listen(pushAddress), w.push.Close)
}

func (w *world) serve(run func(net.Listener) error, l net.Listener, stop func() error) {
	done := make(chan error, 1)
	go func() { done <- run(l) }()
	w.undo = append(w.undo, func() {
		if err := stop(); err != nil {
			w.t.Errorf("close: %v", err)
		}
		if err := <-done; err != nil {
			w.t.Errorf("serve: %v", err)
		}
	})
}

// drive runs f in virtual time, then closes the world.
func (w *world) drive(f func()) {
	w.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for i := len(w.undo) - 1; i >= 0; i-- {
				w.undo[i]()
			}
		}()
		f()
	}()
	if err := w.clock.Run(done); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) wait(d time.Duration) { w.clock.Sleep(context.Background(), d) }

func (w *world) body(text string) (sum string, size int64) {
	w.t.Helper()
	b := w.bodies.Writer()
	io.WriteString(b, text)
	sum, size, err := b.Close()
	if err != nil {
		w.t.Error(err)
	}
	return sum, size
}

func (w *world) message(head, body string) record.Message {
	sum, size := w.body(body)
	return record.Message{Header: head + "\r\n", Body: sum, Size: int64(len(head)+2) + size}
}

func (w *world) client(cert tls.Certificate) *wire.Client {
	return &wire.Client{Who: "gateway", Hostname: "gateway.central.example", Dial: w.net.dialer("192.0.2.25"), Clock: w.clock, Record: w.rec,
		Bodies: w.bodies, TLS: w.pki.ClientConfig("198.51.100.10", cert), ImplicitTLS: true, External: true}
}

// send submits on the ITSP link as the gateway does.
func (w *world) send(from string, to []string, msg record.Message) wire.Outcome {
	return w.client(w.card).Send(context.Background(), linkAddress, wire.Envelope{From: from, To: to}, msg)
}

func (w *world) plain(from, to, extra string) record.Message {
	return w.message("From: "+from+"\r\nTo: "+to+"\r\nSubject: Bescheid\r\nMessage-ID: <1@annaberg-buchholz.example>\r\n"+extra, "Guten Tag\r\n")
}

func (w *world) holder(account string) *dmda.Holder {
	w.t.Helper()
	h, err := w.dmda.SignIn(account, demail.LevelHigh)
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

func (w *world) inbox(address string) []dmda.Mail {
	w.t.Helper()
	m, err := w.dmda.Mailbox(address)
	if err != nil {
		w.t.Error(err)
	}
	return m
}

type head struct{ demail.Header }

func header(m record.Message) head {
	h, err := demail.ScanHeader(m.Header)
	if err != nil {
		panic(err)
	}
	return head{h}
}

func (h head) value(name string) string {
	v, _ := h.Get(name)
	return v
}

func (w *world) text(m record.Message) string {
	w.t.Helper()
	r, err := w.bodies.Open(m.Body)
	if err != nil {
		w.t.Error(err)
		return ""
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		w.t.Error(err)
	}
	return string(b)
}

func (w *world) trust() sign.Trust { return sign.Trust{Roots: w.pki.Pool(), At: w.clock.Now()} }

// verify checks header table, integrity and signature of a stored message.
func (w *world) verify(m dmda.Mail) {
	w.t.Helper()
	h := header(m.Msg)
	kind, ok := demail.KindOf(m.Type)
	if !ok {
		w.t.Errorf("message type %q", m.Type)
	}
	for _, v := range demail.CheckHeader(h.Header, kind) {
		w.t.Errorf("%s in %s: %s", m.Type, m.To, v)
	}
	if _, err := sign.Verify(h.Header, strings.NewReader(w.text(m.Msg)), w.trust()); err != nil {
		w.t.Errorf("%s in %s: %v", m.Type, m.To, err)
	}
	if got := int64(len(m.Msg.Header) + len(w.text(m.Msg))); got != m.Msg.Size {
		w.t.Errorf("%s in %s: size %d, octets %d", m.Type, m.To, m.Msg.Size, got)
	}
}

// stored counts the Stored events of a mailbox.
func (w *world) stored(address string) int {
	n := 0
	for _, e := range w.rec.Events() {
		if e.Kind == record.Stored && e.To[0] == address {
			n++
		}
	}
	return n
}

func refusal(t *testing.T, err error) *dmda.Refusal {
	t.Helper()
	var r *dmda.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("error %v is no *Refusal", err)
	}
	return r
}

// The certificates of a renewal: the same names, other serial numbers.
var (
	pkiCard     = pki.Spec{Name: "itsp-card", Key: "itsp-card", Client: true}
	pkiProvider = pki.Spec{Name: "itsp.t-systems.example", Key: "provider", IPs: []netip.Addr{netip.MustParseAddr("198.51.100.10")}, Client: true, Server: true}
)

package process_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"demailbench/features/sut"
	"demailbench/gateway"
	"demailbench/sim/clock"
	"demailbench/sim/dns"
	"demailbench/sim/pki"
)

// guest is the reference gateway on the machine's sockets, in the test's process so that it can be wired
// wrongly in every way.
type guest struct {
	// needs, refuse and alter are the mistakes: what it declares, why it does not start, how it differs.
	needs  sut.Needs
	refuse error
	alter  func(c *gateway.Config, d *gateway.Deps, p sut.Place)
	// late is how long after it has said that it is ready it listens, deaf that it does not end.
	late time.Duration
	deaf bool
	// crash, when set, ends it.
	crash <-chan struct{}
}

func (*guest) Subject() (vendor, product, version string) { return "test", "guest", "1" }

func (g *guest) Needs() sut.Needs { return g.needs }

func (g *guest) Launch(ctx context.Context, s sut.Setup, p sut.Place) (sut.Gateway, error) {
	if g.refuse != nil {
		return nil, g.refuse
	}
	c := sut.Configure(s, p.Data)
	c.Listen.Tenants, c.Listen.Provider, c.MailPort, c.Files.Probe = p.Tenants.String(), p.Provider.String(), p.MailPort, p.Probe
	card := pki.NewCard(p.Card, p.PIN)
	roots := x509.NewCertPool()
	for _, r := range p.Roots {
		roots.AddCert(r)
	}
	udp := func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
	d := gateway.Deps{Dial: udp, Listen: net.Listen, Resolver: dns.NewStub(udp, clock.Real(), p.Names.String()), Clock: clock.Real(), Rand: rand.Reader,
		Log: slog.New(slog.NewJSONHandler(p.Log, nil)), Card: card, PIN: p.PIN, Certificate: p.Certificate, Roots: roots}
	if g.alter != nil {
		g.alter(&c, &d, p)
	}
	d.Resolver.LookupNetIP(ctx, "ip4", c.Files.Probe+".") // the answer does not matter
	r := &resident{deaf: g.deaf, crash: g.crash, over: make(chan struct{})}
	if g.late > 0 {
		r.begun.Go(func() {
			if clock.Real().Sleep(context.Background(), g.late) == nil {
				r.begin(c, d)
			}
		})
		return r, nil
	}
	return r, r.begin(c, d)
}

// resident is a guest that runs.
type resident struct {
	deaf  bool
	crash <-chan struct{}
	over  chan struct{}
	begun sync.WaitGroup
	g     *gateway.Gateway
	stop  context.CancelFunc
	ran   sync.WaitGroup
	once  sync.Once
}

func (r *resident) begin(c gateway.Config, d gateway.Deps) (err error) {
	if r.g, err = gateway.New(c, d); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	r.ran.Go(func() { r.g.Run(ctx) })
	if r.crash != nil {
		go func() {
			<-r.crash
			r.end(r.g.Kill)
		}()
	}
	return nil
}

func (r *resident) end(how func()) {
	r.once.Do(func() {
		how()
		r.ran.Wait()
		close(r.over)
	})
	<-r.over
}

func (r *resident) Stop() error {
	r.begun.Wait()
	if r.g == nil {
		return nil
	}
	r.end(r.stop)
	if r.deaf {
		return errors.New("it had not ended in time and was killed")
	}
	return nil
}

func (r *resident) Kill()                  { r.Stop() }
func (r *resident) Healthy() error         { return nil }
func (r *resident) Ended() <-chan struct{} { return r.over }
func (r *resident) Cause() (string, bool)  { return "exit status 2", false }

package reference

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/protocol"
	"demailbench/gateway"
	"demailbench/gateway/door/doortest"
	"demailbench/gateway/password"
	"demailbench/sim/clock"
	"demailbench/sim/ipnet"
	"demailbench/sim/record"
)

var (
	_     driver.Driver = (*Client)(nil)
	epoch               = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)
)

// world is the reference gateway on a host of the simulated network and the bench's client on another, on virtual
// time.
type world struct {
	t     *testing.T
	clock *clock.Virtual
	c     *Client
	g     *gateway.Gateway
	start func()
}

// inWorld runs f against a gateway with one tenant.
func inWorld(t *testing.T, f func(*world)) {
	t.Helper()
	clk := clock.NewVirtual(epoch, clock.Options{Limit: 90 * 24 * time.Hour, Stall: time.Minute})
	n := ipnet.New(clk, 1, record.New(clk.Now))
	segment := n.AddSegment("central")
	hosts := map[string]*ipnet.Host{}
	for name, address := range map[string]string{"gateway": "172.16.0.25/24", "desk": "172.16.0.77/24"} {
		h, err := n.AddHost(name, ipnet.HostConfig{Segment: segment, Address: netip.MustParsePrefix(address)})
		if err != nil {
			t.Fatal(err)
		}
		hosts[name] = h
	}
	ca, err := doortest.NewAuthority("ca", clk.Now)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Issue("gateway", "gateway.example")
	if err != nil {
		t.Fatal(err)
	}
	secret := []byte("seed of the run")
	w := &world{t: t, clock: clk}
	w.c = New(Options{Dial: func(ctx context.Context, _ string) (net.Conn, error) {
		return hosts["desk"].Dial(ctx, "tcp", "172.16.0.25:443")
	},
		Name: "gateway.example", Roots: ca.Pool(), Now: clk.Now, Secret: secret})
	config := gateway.Config{Hostname: "gateway.example", Data: t.TempDir(), Listen: gateway.Listen{Tenants: ":25", Provider: ":465", Admin: ":443"},
		DMDA:  gateway.DMDA{Address: "198.51.100.10:465", Binding: gateway.BindingTrust},
		Admin: gateway.Admin{Administrator: Administrator, Password: password.Cost{Time: 1, Memory: 8, Threads: 1}},
		Tenants: []gateway.Tenant{{ID: "pirna", Name: "Stadt Pirna", Networks: []string{"10.3.14.0/24"}, MailDomains: []string{"pirna.example"},
			Domains: []gateway.Domain{{Name: "pirna.de-mail.de"}}}}}
	lives := byte(0)
	var stop context.CancelFunc
	var ended chan error
	w.start = func() {
		lives++
		g, err := gateway.New(config, gateway.Deps{Dial: hosts["gateway"].Dial, Listen: hosts["gateway"].Listen, Resolver: &doortest.Names{}, Clock: clock.WithDisk(clk, 2*time.Millisecond),
			Rand: rand.NewChaCha8([32]byte{lives}), Log: slog.New(slog.DiscardHandler), Card: &doortest.Card{Cert: cert, PIN: "1"}, PIN: "1", Certificate: cert, Roots: ca.Pool(),
			AdministratorPassword: contract.Password(secret, contract.Operator, Administrator)})
		if err != nil {
			t.Error(err)
			return
		}
		w.g = g
		var ctx context.Context
		ctx, stop = context.WithCancel(context.Background())
		ended = make(chan error, 1)
		go func(g *gateway.Gateway, ended chan error) { ended <- g.Run(ctx) }(g, ended)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.start()
		f(w)
		w.c.Close()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		n.Close()
	}()
	if err := clk.Run(done); err != nil {
		t.Fatal(err)
	}
}

// do carries out an operation and holds the answer against the contract's schemas.
func (w *world) do(as contract.As, args contract.Args, result any) driver.Outcome {
	w.t.Helper()
	r, err := contract.NewRequest(as, args)
	if err != nil {
		w.t.Errorf("%s: %v", args.Operation(), err)
		return driver.Outcome{}
	}
	o, err := w.c.Do(context.Background(), driver.Op{Request: r})
	if err != nil {
		w.t.Errorf("%s: %v", args.Operation(), err)
		return o
	}
	op, _ := contract.Lookup(r.Name)
	switch o.Status {
	case protocol.Done:
		if err := op.CheckResult(o.Data); err != nil {
			w.t.Errorf("%s: result %s: %v", r.Name, o.Data, err)
		}
		if result != nil {
			if err := json.Unmarshal(o.Data, result); err != nil {
				w.t.Error(err)
			}
		}
	case protocol.Refused:
		text, _ := json.Marshal(o.Refusal)
		if err := contract.CheckRefusal(text); err != nil {
			w.t.Errorf("%s: refusal %s: %v", r.Name, text, err)
		}
	}
	return o
}

// done wants an operation to be carried out.
func (w *world) done(as contract.As, args contract.Args, result any) {
	w.t.Helper()
	if o := w.do(as, args, result); o.Status != protocol.Done {
		w.t.Errorf("%s by %s: %s %v", args.Operation(), as.Person, o.Status, o.Refusal)
	}
}

// refused wants a refusal by a rule.
func (w *world) refused(rule string, as contract.As, args contract.Args) {
	w.t.Helper()
	if o := w.do(as, args, nil); o.Status != protocol.Refused || o.Refusal.Rule != rule {
		w.t.Errorf("%s by %s: %s %v, want a refusal by %s", args.Operation(), as.Person, o.Status, o.Refusal, rule)
	}
}

var operator = contract.As{Person: "operator-admin", Role: contract.Administrator, Org: contract.Operator}

// on files a change request about annaberg and returns the operator acting on it.
func (w *world) on(object, kind string) contract.As {
	w.t.Helper()
	var q contract.ChangeRequest
	w.done(operator, contract.ChangeRequestFile{Service: "Land- De-Mail Gateway", Tenant: "annaberg", Object: object, Kind: kind, Description: "x"}, &q)
	as := operator
	as.CR = q.CR
	return as
}

func enrolment() contract.TenantEnrol {
	c := &contract.Contact{Authority: "Stadt Annaberg-Buchholz", Unit: "IT", Person: "Leitung IT", Email: "it@annaberg.example"}
	return contract.TenantEnrol{Tenant: "annaberg", Name: "Stadt Annaberg-Buchholz", Kind: "municipal", Networks: []string{"10.2.12.0/24"}, Transport: "starttls",
		MailDomains: []string{"annaberg.example"}, ProcessOwner: c, TechnicalContact: c, TechnicalAdministrator: "annaberg-tech", AccountAdministrator: "annaberg-account"}
}

func person(name string, role contract.Role) contract.As {
	return contract.As{Person: name, Role: role, Org: "annaberg"}
}

// enrol enrols annaberg with its three administrators.
func (w *world) enrol() (users, tech, account contract.As) {
	w.t.Helper()
	w.done(w.on("annaberg", "platform"), enrolment(), nil)
	w.done(w.on("annaberg.de-mail.de", "domains"), contract.DomainBind{Tenant: "annaberg", Domain: "annaberg.de-mail.de", Direction: "both"}, nil)
	users = person("annaberg-users", contract.UserAdmin)
	w.done(w.on("annaberg-users", "users"), contract.UserCreate{Org: "annaberg", Person: "annaberg-users", Name: "User Admin", Email: "it@annaberg.example",
		Roles: []contract.Role{contract.UserAdmin}, Password: "example-only-1"}, nil)
	tech, account = person("annaberg-tech", contract.TechnischerAdmin), person("annaberg-account", contract.AccountAdmin)
	for _, p := range []contract.As{tech, account} {
		w.done(users, contract.UserCreate{Org: "annaberg", Person: p.Person, Name: p.Person, Email: "it@annaberg.example", Roles: []contract.Role{p.Role}, Password: "example-only-2"}, nil)
	}
	return users, tech, account
}

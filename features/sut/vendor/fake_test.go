//go:build unix

package vendor_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"testing"

	"demailbench/features/sut"
	"demailbench/features/sut/contract"
	"demailbench/features/sut/driverkit"
	"demailbench/features/sut/vendor"
	"demailbench/gateway"
	"demailbench/sim/clock"
	"demailbench/sim/dns"
	"demailbench/sim/pki"
)

// TestMain makes the test program the drivers that the tests start.
func TestMain(m *testing.M) {
	switch manner := os.Getenv("FAKE"); manner {
	case "":
		os.Exit(m.Run())
	case "mute":
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "sleep":
		select {}
	case "hook":
		fmt.Fprintln(os.Stderr, "the service manager is away")
		os.Exit(7)
	default:
		d := &fake{manner: manner}
		err := driverkit.Kit{Version: "fake 1", Timeout: context.WithTimeout, Operations: d.operations()}.Serve(context.Background(), os.Stdin, os.Stdout)
		d.end()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(9)
		}
	}
}

// fake is a driver with the reference gateway in its own process.
type fake struct {
	manner string
	g      *gateway.Gateway
	stop   context.CancelFunc
	done   chan struct{}
	asked  []sut.Tenant
}

func (d *fake) operations() driverkit.Operations {
	o := driverkit.Operations{
		"reset": driverkit.Handle(func(ctx context.Context, _ contract.As, _ contract.Reset) (contract.Nothing, error) {
			return contract.Nothing{}, d.reset(ctx)
		}),
		"node.restart": driverkit.Handle(func(ctx context.Context, _ contract.As, _ contract.NodeRestart) (contract.NodeRestartResult, error) {
			return contract.NodeRestartResult{Instances: []string{"one"}}, d.start(ctx)
		}),
	}
	switch d.manner {
	case "no reset":
		delete(o, "reset")
	case "enrols", "lies":
		o["tenant.enrol"], o["domain.bind"], o["mapping.put"] = driverkit.Handle(d.enrol), driverkit.Handle(d.bind), driverkit.Handle(d.put)
	}
	return o
}

// reset is what most manners are about.
func (d *fake) reset(ctx context.Context) error {
	switch d.manner {
	case "hangs":
		select {}
	case "dies":
		fmt.Fprintln(os.Stderr, "no licence")
		os.Exit(3)
	case "garbage":
		fmt.Println("INFO the product is being reset")
	case "fails":
		return errors.New("the product is on holiday")
	case "does nothing":
		return nil
	case "leaves":
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "FAKE=sleep")
		if err := c.Start(); err != nil {
			return err
		}
	}
	d.asked = nil
	return d.start(ctx)
}

// journal is the gateway's log, in which a driver that dies later reads when.
type journal string

func (j journal) Write(p []byte) (int, error) {
	if j == "dies later" && bytes.Contains(p, []byte(`"msg":"accepted"`)) {
		os.Exit(3)
	}
	return os.Stderr.Write(p)
}

// start starts the gateway where the bench says, with the tenants of the file or those that it was asked for.
func (d *fake) start(ctx context.Context) error {
	d.end()
	s, p, err := vendor.Read(os.Getenv("DEMAILBENCH_PLACE"))
	if err != nil {
		return err
	}
	if d.manner == "enrols" || d.manner == "lies" {
		s.Tenants = d.asked
	}
	c := sut.Configure(s, p.Data)
	c.Listen.Tenants, c.Listen.Provider, c.MailPort, c.Files.Probe = p.Tenants.String(), p.Provider.String(), p.MailPort, p.Probe
	if d.manner == "elsewhere" {
		c.Listen.Tenants = "127.16.0.99:0"
	}
	roots := x509.NewCertPool()
	for _, r := range p.Roots {
		roots.AddCert(r)
	}
	dial := new(net.Dialer).DialContext
	deps := gateway.Deps{Dial: dial, Listen: net.Listen, Resolver: dns.NewStub(dial, clock.Real(), p.Names.String()), Clock: clock.Real(), Rand: rand.Reader,
		Log: slog.New(slog.NewJSONHandler(journal(d.manner), nil)), Card: pki.NewCard(p.Card, p.PIN), PIN: p.PIN, Certificate: p.Certificate, Roots: roots}
	_, _ = deps.Resolver.LookupNetIP(ctx, "ip4", p.Probe+".") // the answer does not matter
	if d.g, err = gateway.New(c, deps); err != nil {
		return err
	}
	running, stop := context.WithCancel(context.Background())
	g, done := d.g, make(chan struct{})
	d.stop, d.done = stop, done
	go func() {
		defer close(done)
		_ = g.Run(running) // what it says is in its log
	}()
	return nil
}

func (d *fake) end() {
	if d.stop != nil {
		d.stop()
		<-d.done
		d.stop = nil
	}
}

// enrol, bind and put make the gateway serve what they are asked to; a liar's put only says so.
func (d *fake) enrol(ctx context.Context, _ contract.As, a contract.TenantEnrol) (contract.Tenant, error) {
	t := sut.Tenant{ID: a.Tenant, Name: a.Name, Transport: a.Transport, MailDomains: a.MailDomains, TechnicalContact: a.TechnicalContact.Email}
	for _, n := range a.Networks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return contract.Tenant{}, err
		}
		t.Networks = append(t.Networks, p)
	}
	d.asked = append(d.asked, t)
	return contract.Tenant{Tenant: a.Tenant, Name: a.Name, State: "enrolled"}, d.start(ctx)
}

func (d *fake) bind(ctx context.Context, _ contract.As, a contract.DomainBind) (contract.Domain, error) {
	t := &d.asked[len(d.asked)-1]
	t.Domains = append(t.Domains, sut.Domain{Name: a.Domain, Direction: a.Direction})
	return contract.Domain{Tenant: a.Tenant, Domain: a.Domain, Direction: a.Direction, Bound: true, Unmapped: contract.UnmappedRule{Rule: "none"}}, d.start(ctx)
}

func (d *fake) put(ctx context.Context, _ contract.As, a contract.MappingPut) (contract.MappingRow, error) {
	row := contract.MappingRow{Mail: a.Mail, DeMail: a.DeMail}
	if d.manner == "lies" {
		return row, nil
	}
	t := &d.asked[len(d.asked)-1]
	t.Mapping = append(t.Mapping, sut.Pair{Mail: a.Mail, DeMail: a.DeMail})
	return row, d.start(ctx)
}

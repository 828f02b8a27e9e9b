// Package attach gives a gateway that runs outside the bench its place on the machine: the bridge to its host in the
// world, what it is told about where it lives, and the look whether it is there as declared. It leaves out when it
// is started and ended (features/world).
package attach

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"demailbench/features/check"
	"demailbench/features/sut"
	"demailbench/sim/bridge"
	"demailbench/sim/clock"
	"demailbench/sim/lab"
	"demailbench/sim/record"
)

// Ports inside that a bridge carries: mail, and the link to the provider.
const (
	mailPort     = 25
	providerPort = 465
	// adminPort is where people administer the gateway.
	adminPort = 443
	// controlPort stands, on the gateway's own address, for where its adapter talks to it.
	controlPort = 80
)

// AdminPort is where people administer the gateway, inside.
const AdminPort = adminPort

// Options say to which world. All are required.
type Options struct {
	Profile *lab.Profile
	Lab     *lab.Lab
	Scene   check.Scene
	Foreign sut.Foreign
	Machine bridge.Doors
	// Run starts containers on the gateway's host; nil on a fabric without containers, where the gateway lives on the
	// machine behind a bridge.
	Run    func(ctx context.Context, host string, i sut.Image) (sut.Guest, error)
	Clock  clock.Clock
	Record *record.Record
	// Administered is set when people administer the gateway.
	Administered bool
	// Dir is the scenario's directory, Log takes what the gateway writes about itself.
	Dir string
	Log io.Writer
	// Ready is how long the gateway may take until it is ready, Drain how long until it has ended.
	Ready, Drain time.Duration
}

// Attachment is the place.
type Attachment struct {
	o Options
	// Way leads between the gateway and the world.
	Way Way
	// Probe is the name that the gateway must ask for before it is ready.
	Probe string
}

// New gives every peer of the gateway its place on the machine, or, where the gateway is a container, nothing: it is
// where everybody is.
func New(options Options) (*Attachment, error) {
	w := &Attachment{o: options}
	if options.Run != nil {
		w.Way = inside{w}
		return w, nil
	}
	return w, w.build()
}

// build makes a bridge.
func (w *Attachment) build() error {
	t := w.o.Profile.Topology
	needs := w.o.Foreign.Needs()
	gateway := t.Host(w.o.Scene.Gateway)
	o := bridge.Options{Who: gateway.Name, Inside: w.o.Lab.Embedded(gateway.Name), Doors: w.o.Machine, Clock: w.o.Clock, Record: w.o.Record,
		Gateway: gateway.Address.Addr, Names: w.o.Lab.NameServer(gateway.Name), Outward: []uint16{mailPort, providerPort}, TruePorts: needs.TruePorts,
		Inward: map[uint16]netip.AddrPort{mailPort: needs.Tenants, providerPort: needs.Provider}}
	if w.o.Administered {
		o.Inward[adminPort] = netip.AddrPort{}
	}
	if port := w.o.Profile.Accounts.Provider.Port; port != providerPort && port != mailPort {
		o.Outward = append(o.Outward, port)
	}
	for _, h := range t.Hosts {
		if way, err := t.Way(gateway.Name, h.Name); err == nil && h.Name != gateway.Name {
			o.Peers = append(o.Peers, way.Dial)
		}
	}
	b, err := bridge.New(o)
	if err != nil {
		return err
	}
	for _, h := range t.Hosts { // who can be seen by the gateway must have a place of its own
		if way, err := t.Way(h.Name, gateway.Name); err == nil {
			if _, err := b.Table().Addr(way.Source); err != nil {
				b.Close()
				return err
			}
		}
	}
	w.Way = bridged{b}
	return nil
}

// Place is what the gateway is given, with its data in a directory.
func (w *Attachment) Place(data string) (sut.Place, error) {
	p := sut.Place{Tenants: w.Way.Listener(mailPort), Provider: w.Way.Listener(providerPort), Names: w.Way.Names(),
		MailPort: w.Way.Port(mailPort), Probe: w.Probe, Certificate: w.o.Lab.Certificate(w.o.Scene.Gateway), Card: w.o.Lab.CardCertificate(),
		Roots: []*x509.Certificate{w.o.Lab.PKI().Root()}, Data: data, Files: filepath.Join(w.o.Dir, "sut"), Secrets: filepath.Join(w.o.Dir, "work", "sut"),
		Log: w.o.Log, Ready: w.o.Ready, Drain: w.o.Drain, Dial: w.o.Machine.Dial, Clock: w.o.Clock}
	if w.o.Run != nil {
		p.Dial = func(ctx context.Context, _, to netip.AddrPort) (net.Conn, error) {
			return w.o.Lab.Host(w.o.Scene.Gateway).Dial(ctx, "tcp", to.String())
		}
		p.Run = func(ctx context.Context, i sut.Image) (sut.Guest, error) { return w.o.Run(ctx, w.o.Scene.Gateway, i) }
	}
	_, p.PIN = w.o.Lab.Card()
	if w.o.Administered {
		p.Admin = w.Way.Listener(adminPort)
	}
	at, err := w.Way.Address(netip.AddrPortFrom(w.o.Profile.Topology.Host(w.o.Scene.Gateway).Address.Addr, controlPort))
	if err != nil {
		return p, err
	}
	p.Control = at
	for dir, mode := range map[string]os.FileMode{p.Files: 0o755, p.Secrets: 0o700} {
		w.o.Clock.IO(func() { err = os.MkdirAll(dir, mode) })
		if err != nil {
			return p, fmt.Errorf("make a directory for the gateway's files: %w", err)
		}
	}
	return p, nil
}

// Networks are networks of the world, "10.2.12.0/24", as the gateway sees them.
func (w *Attachment) Networks(networks []string) ([]string, error) {
	theirs := []string{}
	for _, n := range networks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return nil, err
		}
		places, err := w.Way.Prefix(p)
		if err != nil {
			return nil, err
		}
		for _, place := range places {
			theirs = append(theirs, place.String())
		}
	}
	return theirs, nil
}

// Translate is the setup with the machine's addresses and ports in place of the world's.
func (w *Attachment) Translate(s sut.Setup) (sut.Setup, error) {
	s.Provider = fmt.Sprintf("%s:%d", w.o.Profile.Accounts.Provider.Hostname, w.Way.Port(w.o.Profile.Accounts.Provider.Port))
	for i := range s.Tenants {
		var networks []netip.Prefix
		for _, n := range s.Tenants[i].Networks {
			places, err := w.Way.Prefix(n)
			if err != nil {
				return s, fmt.Errorf("tenant %s: %w", s.Tenants[i].ID, err)
			}
			networks = append(networks, places...)
		}
		s.Tenants[i].Networks = networks
	}
	return s, nil
}

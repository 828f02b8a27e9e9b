package world

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"demailbench/features/check"
	"demailbench/features/sut"
	"demailbench/sim/bridge"
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

// admit builds the bridge to a foreign gateway, starts it, and lets it into the world when the pre-flight
// says that it is there as declared. The error is a *Miswired when it is not.
func (w *World) admit() error {
	w.rec.Add(record.Event{Who: "bench", Kind: record.Action, Name: "clock", Detail: w.Clock()})
	if err := w.openBridge(); err != nil {
		return w.miswired(&Miswired{Hop: "bridge", Err: err})
	}
	var nonce [8]byte
	w.rand.Read(nonce[:])
	_, domain, _ := strings.Cut(w.o.Profile.Topology.Host(w.scene.Gateway).Hostname, ".")
	w.probe = "n" + hex.EncodeToString(nonce[:]) + "." + domain
	if err := w.start(); err != nil {
		return w.miswired(err)
	}
	if err := w.preflight(); err != nil {
		return w.miswired(err)
	}
	return w.bridge.Listen()
}

// miswired notes that the gateway is not there as declared, so nothing can be judged.
func (w *World) miswired(m *Miswired) error {
	w.blocked = true
	name := check.Impossible
	if u := new(sut.Unreliable); errors.As(m, &u) {
		name = check.Unjudged
	}
	w.rec.Add(record.Event{Who: "bench", Kind: record.Action, Name: name, Detail: m.Error()})
	return m
}

// openBridge gives every peer of the gateway its place on the machine.
func (w *World) openBridge() error {
	t := w.o.Profile.Topology
	needs := w.o.Foreign.Needs()
	gateway := t.Host(w.scene.Gateway)
	o := bridge.Options{Who: gateway.Name, Inside: w.lab.Embedded(gateway.Name), Doors: w.o.Machine, Clock: w.clock, Record: w.rec,
		Gateway: gateway.Address.Addr, Names: w.lab.NameServer(gateway.Name), Outward: []uint16{mailPort, providerPort}, TruePorts: needs.TruePorts,
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
	var err error
	if w.bridge, err = bridge.New(o); err != nil {
		return err
	}
	for _, h := range t.Hosts { // who can be seen by the gateway must have a place of its own
		if way, err := t.Way(h.Name, gateway.Name); err == nil {
			if _, err := w.bridge.Table().Addr(way.Source); err != nil {
				return err
			}
		}
	}
	return nil
}

// start starts the gateway on the data that are there. Its own connections pass from now on.
func (w *World) start() *Miswired {
	s, err := w.translated()
	if err != nil {
		return &Miswired{Hop: "bridge", Err: err}
	}
	p, err := w.place()
	if err != nil {
		return &Miswired{Hop: "bench", Err: err, Fix: "make the run's directory writable"}
	}
	w.bridge.Connect()
	ctx, cancel := w.clock.WithTimeout(context.Background(), w.waits.Ready)
	defer cancel()
	g, err := w.o.Foreign.Launch(ctx, s, p)
	if err != nil {
		w.bridge.Down()
		if u := new(sut.Unreliable); errors.As(err, &u) {
			return &Miswired{Hop: "driver of the gateway", Err: err} // a driver's fault says itself what to do
		}
		return &Miswired{Hop: "start of the gateway", Err: err, Fix: "read sut.log, and start it by hand with the configuration in sut/"}
	}
	w.setRunning(g)
	w.rec.Add(record.Event{Who: "bench", Kind: record.Gateway, Text: "start"})
	return nil
}

// launch starts the gateway again after it was killed.
func (w *World) launch() error {
	if m := w.start(); m != nil {
		return w.miswired(m)
	}
	return w.bridge.Listen()
}

// place is what the gateway is given.
func (w *World) place() (sut.Place, error) {
	p := sut.Place{Tenants: w.bridge.Listener(mailPort), Provider: w.bridge.Listener(providerPort), Names: w.bridge.Names(),
		MailPort: w.bridge.Port(mailPort), Probe: w.probe, Certificate: w.lab.Certificate(w.scene.Gateway), Card: w.lab.CardCertificate(),
		Roots: []*x509.Certificate{w.lab.PKI().Root()}, Data: w.data, Files: filepath.Join(w.o.Dir, "sut"), Secrets: filepath.Join(w.o.Dir, "work", "sut"),
		Log: &w.log, Ready: w.waits.Ready, Drain: w.waits.Drain, Dial: w.o.Machine.Dial, Clock: w.clock}
	_, p.PIN = w.lab.Card()
	if w.o.Administered {
		p.Admin = w.bridge.Listener(adminPort)
	}
	at, err := w.bridge.Address(netip.AddrPortFrom(w.o.Profile.Topology.Host(w.scene.Gateway).Address.Addr, controlPort))
	if err != nil {
		return p, err
	}
	p.Control = at
	for dir, mode := range map[string]os.FileMode{p.Files: 0o755, p.Secrets: 0o700} {
		w.clock.IO(func() { err = os.MkdirAll(dir, mode) })
		if err != nil {
			return p, fmt.Errorf("make a directory for the gateway's files: %w", err)
		}
	}
	return p, nil
}

// translated is the setup with the machine's addresses and ports in place of the world's.
func (w *World) translated() (sut.Setup, error) {
	s := w.setup()
	s.Provider = fmt.Sprintf("%s:%d", w.o.Profile.Accounts.Provider.Hostname, w.bridge.Port(w.o.Profile.Accounts.Provider.Port))
	for i := range s.Tenants {
		var networks []netip.Prefix
		for _, n := range s.Tenants[i].Networks {
			places, err := w.bridge.Table().Prefix(n)
			if err != nil {
				return s, fmt.Errorf("tenant %s: %w", s.Tenants[i].ID, err)
			}
			networks = append(networks, places...)
		}
		s.Tenants[i].Networks = networks
	}
	return s, nil
}

// ended is closed when a foreign gateway has ended by itself; nil when that cannot be seen.
func (w *World) ended() <-chan struct{} {
	if m, ok := w.running().(sut.Mortal); ok {
		return m.Ended()
	}
	return nil
}

// stopForeign ends the gateway, and notes when it had ended already or does not end.
func (w *World) stopForeign(g sut.Gateway) {
	e := record.Event{Who: w.scene.Gateway, Kind: record.Gateway, Text: "stop"}
	if m, ok := g.(sut.Mortal); ok {
		select {
		case <-m.Ended():
			var outside bool
			e.Text = check.Ended
			if e.Error, outside = m.Cause(); outside {
				e.Detail = check.Outside
			}
		default:
		}
	}
	if err := g.Stop(); err != nil && e.Text == "stop" {
		e.Text, e.Error = check.Overdue, err.Error()
	}
	w.setRunning(nil)
	w.rec.Add(e)
}

// killForeign ends the gateway as kill -9 does. Its directory is as it was in that instant.
func (w *World) killForeign() {
	w.bridge.Down()
	if g := w.running(); g != nil {
		g.Kill()
	}
	w.setRunning(nil)
	w.rec.Add(record.Event{Who: "bench", Kind: record.Gateway, Text: "kill"})
}

// lacks returns why the gateway's vendor says that it has no such operation.
func (w *World) lacks(operation string) (reason string, lacks bool) {
	if l, ok := w.o.Foreign.(sut.Limited); ok {
		return l.Lacks(operation)
	}
	return "", false
}

// offers is an error that blocks the scenario when the gateway's vendor has declared that it has no such operation.
func (w *World) offers(operation string) error {
	if reason, lacks := w.lacks(operation); lacks {
		return w.block(fmt.Sprintf("UNSUPPORTED: the scenario needs %s, and sut.yaml declares that the gateway has it not: %s", operation, reason))
	}
	return nil
}

// Sever ends a foreign gateway that still runs, whatever went wrong: nothing may be left. It may be called at
// any time, and again.
func (w *World) Sever() {
	g := w.running()
	if !w.onWall() || g == nil {
		return
	}
	if w.bridge != nil {
		w.bridge.Down()
	}
	g.Kill()
	w.setRunning(nil)
}

package world

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"demailbench/features/check"
	"demailbench/features/sut"
	"demailbench/features/world/attach"
	"demailbench/features/world/preflight"
	"demailbench/reports/wiring"
	"demailbench/sim/record"
)

// Miswired is the error of a world whose foreign gateway is not there as declared.
type Miswired = preflight.Miswired

// admit builds the bridge to a foreign gateway, starts it, and lets it into the world when the pre-flight
// says that it is there as declared. The error is a *Miswired when it is not.
func (w *World) admit() error {
	w.rec.Add(record.Event{Who: "bench", Kind: record.Action, Name: "clock", Detail: w.Clock()})
	var err error
	o := attach.Options{Profile: w.o.Profile, Lab: w.lab, Scene: w.scene, Foreign: w.o.Foreign, Machine: w.o.Machine, Clock: w.clock, Record: w.rec,
		Administered: w.o.Administered, Dir: w.o.Dir, Log: &w.log, Ready: w.waits.Ready, Drain: w.waits.Drain}
	if w.containers != nil {
		o.Run = w.containers.Run
	}
	w.attached, err = attach.New(o)
	if err != nil {
		return w.miswired(&Miswired{Hop: "bridge", Err: err, Part: wiring.Port})
	}
	w.bridge = w.attached.Way
	var nonce [8]byte
	w.rand.Read(nonce[:])
	_, domain, _ := strings.Cut(w.o.Profile.Topology.Host(w.scene.Gateway).Hostname, ".")
	w.attached.Probe = "n" + hex.EncodeToString(nonce[:]) + "." + domain
	if m := w.start(); m != nil {
		return w.miswired(m)
	}
	if m := w.attached.Check(w.ended); m != nil {
		return w.miswired(m)
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

// start starts the gateway on the data that are there. Its own connections pass from now on.
func (w *World) start() *Miswired {
	s, err := w.attached.Translate(w.setup())
	if err != nil {
		return &Miswired{Hop: "bridge", Err: err}
	}
	p, err := w.attached.Place(w.data)
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
	w.bridge.Down() // what hooks (L1) or a person (L0) leave running is cut off, so that it is as stopped
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

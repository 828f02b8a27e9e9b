package world

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"

	"demailbench/features/sut"
	"demailbench/features/world/plan"
	"demailbench/sim/clock"
	"demailbench/sim/record"
)

// startGateway starts the gateway under test on its host, over the data that are there.
func (w *World) startGateway() error {
	host := w.lab.Host(w.scene.Gateway)
	card, pin := w.Reader().Card()
	d := sut.Doors{Dial: host.Dial, Listen: host.Listen, Resolver: w.lab.Resolver(w.scene.Gateway), Clock: clock.WithDisk(w.clock, diskTime),
		Rand: rand.NewChaCha8(w.stream(fmt.Sprintf("gateway-%d", w.lives))), Log: slog.New(slog.NewJSONHandler(&w.log, nil)), Card: card, PIN: pin,
		Certificate: w.lab.Certificate(w.scene.Gateway), Roots: w.lab.PKI().Pool(), Data: w.data}
	g, err := w.o.Adapter.Start(w.setup(), d)
	if err != nil {
		return err
	}
	w.setRunning(g)
	w.rec.Add(record.Event{Who: "bench", Kind: record.Gateway, Text: "start"})
	return nil
}

// running is the gateway, nil when it does not run.
func (w *World) running() sut.Gateway {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.gateway
}

func (w *World) setRunning(g sut.Gateway) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gateway = g
}

// stopGateway ends a gateway that runs. A foreign one that does not end as told is the judge's business.
func (w *World) stopGateway() error {
	g := w.running()
	if g == nil {
		return nil
	}
	if w.onWall() {
		w.stopForeign(g)
		return nil
	}
	if err := g.Stop(); err != nil {
		return fmt.Errorf("stop the gateway: %w", err)
	}
	return nil
}

// setup says what the gateway is to serve, from the world's plan.
func (w *World) setup() sut.Setup {
	if w.altered != nil {
		return plan.Copy(*w.altered)
	}
	s := plan.Setup(w.o.Profile, w.scene.Gateway, w.lab.ProviderClient())
	s.Administration = w.administration()
	return s
}

// Change alters what the gateway is to serve and starts it anew on the same data, as an operator does who has
// changed its configuration.
func (w *World) Change(c plan.Change) error {
	if w.o.Administered {
		return fmt.Errorf("people administer this scenario's gateway, which no longer reads a configuration; let one of them do %q", c.Operation)
	}
	if err := w.offers(c.Operation); err != nil {
		return err
	}
	s := w.setup()
	if err := c.Apply(&s); err != nil {
		return err
	}
	w.altered = &s
	if err := w.StopGateway(); err != nil {
		return err
	}
	return w.Restart()
}

// ArmKill kills the gateway in the instant in which host reads a 250 of it for the end of data. What the
// gateway had on its disk in that instant is all that the next one finds.
func (w *World) ArmKill(host string) error {
	if err := w.offers("node.kill"); err != nil {
		return err
	}
	seen := make(chan struct{})
	var once sync.Once
	w.rec.Watch(func(e record.Event) {
		if e.Kind == record.Sent && e.Who == host && w.isGateway(e.Remote) {
			once.Do(func() {
				if w.bridge != nil {
					w.bridge.Down() // in this very instant; ending a process takes longer
				}
				close(seen)
			})
		}
	})
	w.armed = make(chan error, 1)
	go func() {
		<-seen
		w.armed <- w.kill()
	}()
	return nil
}

// kill copies the gateway's directory as it stands and ends the gateway without a chance to write more.
func (w *World) kill() error {
	g := w.running()
	if g == nil {
		return errors.New("the gateway does not run, so it cannot be killed; kill it before it is stopped, or start it again first")
	}
	w.lives++
	if w.onWall() {
		w.killForeign()
		return nil
	}
	next := filepath.Join(w.o.Dir, "work", fmt.Sprintf("gateway-%d", w.lives))
	var err error
	w.clock.IO(func() { err = os.CopyFS(next, os.DirFS(w.data)) })
	if err != nil {
		return fmt.Errorf("copy the gateway's disk: %w", err)
	}
	g.Kill()
	w.setRunning(nil)
	w.data = next
	w.rec.Add(record.Event{Who: "bench", Kind: record.Gateway, Text: "kill"})
	return nil
}

// Killed waits until the armed kill has happened.
func (w *World) Killed() error {
	if w.armed == nil {
		return errors.New("no kill was armed; say first in which instant")
	}
	ctx, cancel := w.clock.WithTimeout(context.Background(), w.waits.Kill)
	defer cancel()
	select {
	case err := <-w.armed:
		return err
	case <-ctx.Done():
		return fmt.Errorf("the instant in which the gateway was to be killed did not come within %v", w.waits.Kill)
	}
}

// Restart starts the gateway again on what the killed one had made durable.
func (w *World) Restart() error {
	if w.onWall() {
		return w.launch()
	}
	return w.startGateway()
}

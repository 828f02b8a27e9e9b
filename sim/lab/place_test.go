package lab_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"demailbench/fixtures"
	"demailbench/sim/clock"
	"demailbench/sim/lab"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// place is a built world with its clock.
type place struct {
	testing.TB
	*lab.Lab
	clock  *clock.Virtual
	record *record.Record
	bodies *record.Bodies
}

func load(t testing.TB, name string) *lab.Profile {
	t.Helper()
	p, err := lab.Load(fixtures.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// in builds the world of p, runs f in it on the virtual clock, takes it down, and returns its events.
func in(t testing.TB, p *lab.Profile, seed uint64, f func(w *place)) []record.Event {
	t.Helper()
	clk := clock.NewVirtual(p.Epoch(), clock.Options{})
	w := &place{TB: t, clock: clk, record: record.New(clk.Now), bodies: record.NewBodies(t.TempDir(), clk.IO)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var err error
		if w.Lab, err = lab.Build(p, lab.Options{Clock: clk, Seed: seed, Record: w.record, Bodies: w.bodies}); err != nil {
			t.Error(err)
			return
		}
		f(w)
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := clk.Run(done); err != nil {
		t.Fatal(err)
	}
	return w.record.Events()
}

// message makes a small message.
func (w *place) message(subject string) record.Message {
	body := w.bodies.Writer()
	const text = "Guten Tag\r\n"
	body.Write([]byte(text))
	sum, size, err := body.Close()
	if err != nil {
		w.Fatal(err)
	}
	header := "From: <poststelle@annaberg-buchholz.example>\r\nSubject: " + subject + "\r\n\r\n"
	return record.Message{Header: header, Body: sum, Size: int64(len(header)) + size}
}

// sink is a mail server on the gateway's host that takes everything.
type sink struct{}

func (sink) Mail(*wire.Session, string) *wire.Reply                        { return nil }
func (sink) Rcpt(*wire.Session, string) *wire.Reply                        { return nil }
func (sink) Data(*wire.Session, wire.Envelope, record.Message) *wire.Reply { return nil }

// sinkAt starts a sink on a host, and returns what ends it.
func (w *place) sinkAt(host string, port int) (end func()) {
	s, err := wire.NewServer(wire.Config{Who: host, Hostname: "gateway.central.example", TLS: w.PKI().ServerConfig(w.Certificate(host)),
		Clock: w.clock, Record: w.record, Bodies: w.bodies, Policy: sink{}})
	if err != nil {
		w.Error(err)
		return func() {}
	}
	l, err := w.Host(host).Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		w.Error(err)
		return func() {}
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	return func() {
		s.Close()
		if err := <-served; err != nil {
			w.Error(err)
		}
	}
}

func (w *place) wait(d time.Duration) {
	if err := w.clock.Sleep(context.Background(), d); err != nil {
		w.Error(err)
	}
}

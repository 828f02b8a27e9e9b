//go:build linux

package docker_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/fixtures"
	"demailbench/sim/clock"
	"demailbench/sim/config"
	"demailbench/sim/docker"
	"demailbench/sim/lab"
	"demailbench/sim/record"
	"demailbench/sim/topology"
)

// table is a file of fixtures/parity.
type table struct {
	Profile string   `yaml:"profile"`
	Reject  []string `yaml:"reject,omitempty"`
	Probes  []probe  `yaml:"probes"`
	Names   []query  `yaml:"names,omitempty"`
}

type probe struct {
	ID      string   `yaml:"id"`
	From    string   `yaml:"from"`
	To      string   `yaml:"to"`
	At      string   `yaml:"at,omitempty"`
	Without []string `yaml:"without,omitempty"`
	Outcome string   `yaml:"outcome"`
	Seen    string   `yaml:"seen,omitempty"`
	By      []string `yaml:"by,omitempty"`
}

// answer is what a probe finds.
type answer struct {
	Outcome, Seen string
	By            []string
}

type query struct {
	ID     string   `yaml:"id"`
	From   string   `yaml:"from"`
	MX     string   `yaml:"mx,omitempty"`
	A      string   `yaml:"a,omitempty"`
	Answer []string `yaml:"answer,omitempty"`
	Seen   string   `yaml:"seen,omitempty"`
}

// TestParity asks both fabrics the same questions: each must answer as the table says.
func TestParity(t *testing.T) {
	for _, name := range []string{"saxony", "small"} {
		var tab table
		if _, err := config.Read(fixtures.FS, "parity/"+name+".yaml", &tab); err != nil {
			t.Fatal(err)
		}
		t.Run(name+"/embedded", func(t *testing.T) { tab.run(t, nil) })
		t.Run(name+"/docker", func(t *testing.T) {
			e, image := require(t)
			tab.run(t, func(r *record.Record) lab.Fabric {
				return docker.New(docker.Options{Engine: e, Image: image, Record: r})
			})
		})
	}
}

// place is a world on one of the fabrics.
type place struct {
	testing.TB
	*lab.Lab
	record *record.Record
}

func (tab table) run(t *testing.T, fabric func(*record.Record) lab.Fabric) {
	loaded, err := lab.Load(fixtures.FS, tab.Profile)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := loaded.At(time.Now())
	for i := range p.Topology.Routers {
		if r := &p.Topology.Routers[i]; slices.Contains(tab.Reject, r.Name) {
			r.Default = "reject"
		}
	}
	clk := clock.Real()
	o := lab.Options{Clock: clk, Seed: 1, Record: record.New(clk.Now)}
	o.Bodies = record.NewBodies(t.TempDir(), clk.IO)
	if fabric != nil {
		o.Fabric = fabric(o.Record)
	}
	l, err := lab.Build(p, o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	w := place{t, l, o.Record}
	for _, x := range tab.Probes {
		if diff := cmp.Diff(answer{x.Outcome, x.Seen, x.By}, w.ask(x)); diff != "" {
			t.Errorf("%s %s -> %s: %s", x.ID, x.From, x.To, diff)
		}
	}
	for _, x := range tab.Names {
		got, seen := w.resolve(x)
		if diff := cmp.Diff([]any{x.Answer, x.Seen}, []any{got, seen}); diff != "" {
			t.Errorf("%s %s: %s", x.ID, x.From, diff)
		}
	}
}

// patience is how long a probe waits: less than until the dialling host asks again, whose second question would be
// taken for the next probe's.
const patience = 800 * time.Millisecond

// ask makes a probe's connection.
func (w place) ask(x probe) answer {
	if len(x.Without) > 0 {
		rows := w.Matrix()
		left := slices.DeleteFunc(slices.Clone(rows), func(r topology.Row) bool { return slices.Contains(x.Without, r.ID) })
		if err := w.SetMatrix(left); err != nil {
			w.Fatal(err)
		}
		defer w.SetMatrix(rows)
	}
	_, port, _ := strings.Cut(x.To, ":")
	if x.At != "" {
		if l, err := w.Host(x.At).Listen("tcp", ":"+port); err == nil { // else somebody listens already
			w.Cleanup(func() { l.Close() })
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					c.Close()
				}
			}()
		}
	}
	from := len(w.record.Events())
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := w.Host(x.From).Dial(ctx, "tcp", x.To)
	a := answer{Outcome: outcome(err)}
	if err == nil {
		defer c.Close()
	}
	w.await(func() bool {
		a.By, a.Seen = w.deciders(from), w.seen(from, x.At, err == nil)
		return slices.Equal(a.By, x.By) && a.Seen == x.Seen
	})
	return a
}

// await looks again until ok: routers report after the answer. Half a second is long.
func (w place) await(ok func() bool) {
	for end := time.Now().Add(500 * time.Millisecond); !ok() && time.Now().Before(end); {
		select {
		case <-w.record.Changed():
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func outcome(err error) string {
	var late net.Error
	switch {
	case err == nil:
		return "open"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "unreachable"
	case errors.As(err, &late) && late.Timeout(), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "dropped"
	}
	return err.Error()
}

// deciders lists "router/rule" of the TCP flows and drops since from.
func (w place) deciders(from int) (by []string) {
	for _, e := range w.record.Events()[from:] {
		if (e.Kind == record.Flow || e.Kind == record.Drop) && e.Rule != "" && e.Proto == "tcp" {
			if id := e.Who + "/" + e.Rule; !slices.Contains(by, id) {
				by = append(by, id)
			}
		}
	}
	slices.Sort(by)
	return by
}

// seen is the source as the listener's host saw it.
func (w place) seen(from int, host string, open bool) string {
	for _, e := range w.record.Events()[from:] {
		if open && e.Kind == record.ConnOpen && e.Who == host {
			return netip.MustParseAddrPort(e.Remote).Addr().String()
		}
	}
	return ""
}

// resolve asks for a name.
func (w place) resolve(x query) (answer []string, seen string) {
	from := len(w.record.Events())
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var missing *net.DNSError
	if x.MX != "" {
		list, err := w.Resolver(x.From).LookupMX(ctx, x.MX)
		if err != nil && !(errors.As(err, &missing) && missing.IsNotFound) {
			w.Errorf("%s: %v", x.ID, err)
		}
		for _, mx := range list {
			answer = append(answer, mx.Host)
		}
	} else {
		list, err := w.Resolver(x.From).LookupNetIP(ctx, "ip4", x.A)
		if err != nil && !(errors.As(err, &missing) && missing.IsNotFound) {
			w.Errorf("%s: %v", x.ID, err)
		}
		for _, a := range list {
			answer = append(answer, fmt.Sprint(a))
		}
	}
	for _, e := range w.record.Events()[from:] {
		if e.Kind == record.Query && x.Seen != "" {
			seen = netip.MustParseAddrPort(e.Remote).Addr().String()
		}
	}
	return answer, seen
}

package lab_test

import (
	"context"
	"encoding/json"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/clock"
	"demailbench/sim/lab"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// TestSameSeedSameRecord builds the world twice: what everybody saw must be equal, but for TLS's own chance.
func TestSameSeedSameRecord(t *testing.T) {
	p := load(t, "saxony")
	run := func(seed uint64) []string {
		events := in(t, p, seed, func(w *place) {
			defer w.sinkAt("gateway", 25)()
			for _, tenant := range p.Tenants {
				server := netip.AddrPortFrom(p.Topology.Host(tenant.MailServer).Address.Addr, 25).String()
				env := wire.Envelope{From: tenant.Mapping[0].Mail, To: []string{"pn_buergerin@t-systems.de-mail.de"}}
				w.Client(tenant.Desk).Send(context.Background(), server, env, w.message(tenant.ID))
			}
			w.wait(time.Hour)
		})
		var lines []string
		for _, e := range events {
			e.Seq = 0 // events of one instant have no order among hosts
			line, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, string(line))
		}
		slices.Sort(lines)
		return lines
	}
	first := run(7)
	if len(first) < 80 {
		t.Errorf("only %d events", len(first))
	}
	if diff := cmp.Diff(first, run(7)); diff != "" {
		t.Errorf("two runs with one seed differ:\n%s", diff)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	p := load(t, "saxony")
	in(t, p, 1, func(*place) {})
	before := runtime.NumGoroutine()
	for range 3 {
		in(t, p, 1, func(w *place) {
			// An open conversation and a queued mail, as a scenario that fails leaves them.
			if _, err := w.Host("annaberg-desk").Dial(context.Background(), "tcp", "192.168.10.25:25"); err != nil {
				t.Error(err)
			}
			env := wire.Envelope{From: "bauamt@annaberg-buchholz.example", To: []string{"a@t-systems.de-mail.de"}}
			w.Client("annaberg-desk").Send(context.Background(), "192.168.10.25:25", env, w.message("x"))
		})
	}
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
	}
	buf := make([]byte, 64<<10)
	t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
}

func TestBuildRefusesTheDate(t *testing.T) {
	p := load(t, "saxony")
	clk := clock.NewVirtual(p.Epoch().AddDate(3, 0, 0), clock.Options{})
	o := lab.Options{Clock: clk, Record: record.New(clk.Now), Bodies: record.NewBodies(t.TempDir(), clk.IO)}
	_, err := lab.Build(p, o)
	want := `profiles/saxony.yaml:9:154: certificates[0].until: "2017-05-01T00:00:00+02:00": certificate gateway has expired when the scenario begins, ` +
		`2018-11-02T08:00:00+01:00; extend it, or correct the scenario's date`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	o.AnyDate = true
	done := make(chan struct{})
	go func() {
		defer close(done)
		w, err := lab.Build(p, o)
		if err != nil {
			t.Errorf("a scenario about expired certificates: %v", err)
			return
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := clk.Run(done); err != nil {
		t.Error(err)
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, name := range []string{"small", "saxony"} {
		p := load(b, name)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				in(b, p, 1, func(*place) {})
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b, "saxony")
	}
}

package router_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"demailbench/sim/firewall"
	"demailbench/sim/nat"
	"demailbench/sim/record"
)

// Two municipalities with the same addresses reach the gateway and are reached, each under its own.
func TestSourcesSeen(t *testing.T) {
	w := newWorld(t)
	w.run(func() {
		w.serve("gateway", "mail-a", "mail-b", "mail-c")
		tests := []struct{ from, to, want string }{
			{"mail-a", "172.16.0.25:25", "10.2.12.25"},
			{"desk-a", "172.16.0.25:25", "10.2.12.40"},
			{"mail-b", "172.16.0.25:25", "10.2.13.25"},
			{"desk-b", "172.16.0.25:25", "10.2.13.1"},
			{"mail-c", "172.16.0.25:25", "10.3.14.25"},
			{"gateway", "10.2.12.25:25", "172.16.0.25"},
			{"gateway", "10.2.13.25:25", "172.16.0.25"},
			{"gateway", "10.3.14.25:25", "172.16.0.25"},
			{"desk-a", "10.2.12.25:25", "10.2.12.40"}, // hairpin
			{"desk-b", "10.2.13.25:25", "10.2.13.1"},  // hairpin
		}
		for _, test := range tests {
			if got := w.seenAs(test.from, test.to); got != test.want {
				t.Errorf("%s at %s is seen as %s, want %s", test.from, test.to, got, test.want)
			}
		}
	})
}

// Which errors does a caller get, and what does the record say?
func TestRefusals(t *testing.T) {
	tests := []struct {
		name   string
		action firewall.Action
		to     string
		want   error
		detail string
		rule   string
	}{
		{"allowed but closed", firewall.Allow, "172.16.0.25:99", syscall.ECONNREFUSED, "", ""},
		{"dropped", "", "172.16.0.25:99", context.DeadlineExceeded, "rule", "default:drop"},
		{"reset", firewall.RejectReset, "172.16.0.25:99", syscall.ECONNREFUSED, "rule", "M-99"},
		{"prohibited", firewall.RejectProhibited, "172.16.0.25:99", syscall.EHOSTUNREACH, "rule", "M-99"},
		{"nobody there", firewall.Allow, "172.16.0.77:99", syscall.EHOSTUNREACH, "no neighbour", ""},
		{"nowhere", firewall.Allow, "203.0.113.1:99", syscall.EHOSTUNREACH, "no route", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.run(func() {
				if test.action != "" {
					err := w.core.SetMatrix([]firewall.Entry{{ID: "M-99", Protocol: "tcp", Ports: firewall.Port(99), Action: test.action}}, false)
					if err != nil {
						t.Error(err)
					}
				}
				if _, err := w.dial("mail-a", test.to); !errors.Is(err, test.want) {
					t.Errorf("got %v, want %v", err, test.want)
				}
			})
			for _, e := range w.rec.Events() {
				if e.Kind == record.Drop && e.Who == "core" {
					if e.Detail != test.detail || e.Rule != test.rule || !strings.HasPrefix(e.Local, "10.2.12.25:") || e.Remote != test.to {
						t.Errorf("drop %q by %q of %s > %s", e.Detail, e.Rule, e.Local, e.Remote)
					}
					return
				}
			}
			if test.detail != "" {
				t.Error("no drop in the record")
			}
		})
	}
}

// A row that is missing, then added, then taken away again with its flows.
func TestMatrixChanges(t *testing.T) {
	w := newWorld(t)
	w.run(func() {
		w.serve("gateway")
		if err := w.core.SetMatrix(nil, false); err != nil {
			t.Error(err)
		}
		if got := w.seenAs("mail-a", "172.16.0.25:25"); !strings.Contains(got, "deadline exceeded") && !strings.Contains(got, "timeout") {
			t.Errorf("without a row: %s", got)
		}
		before, err := w.core.Probe("kdn", nat.TupleOf(nat.TCP, "10.2.12.25:4000", "172.16.0.25:25"))
		if err != nil || before.Allowed() || before.Rule != "default:drop" {
			t.Errorf("probe without a row: %+v, %v", before, err)
		}
		if err := w.core.SetMatrix(coreConfig().Matrix, false); err != nil {
			t.Error(err)
		}
		c, err := w.dial("mail-a", "172.16.0.25:25")
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		if n := len(w.core.Flows()); n != 1 {
			t.Errorf("%d flows", n)
		}
		if err := w.core.SetMatrix(nil, true); err != nil {
			t.Error(err)
		}
		fmt.Fprint(c, "hello\n")
		c.SetReadDeadline(w.clk.Now().Add(10 * time.Second))
		if n, err := io.ReadAll(c); !errors.Is(err, os.ErrDeadlineExceeded) || strings.Contains(string(n), "hello") {
			t.Errorf("after the row was taken away: %q, %v", n, err)
		}
	})
}

// A cut line stalls, the same connection goes on when it is healed.
func TestCutHeals(t *testing.T) {
	w := newWorld(t)
	w.run(func() {
		w.serve("gateway")
		c, err := w.dial("mail-a", "172.16.0.25:25")
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		greeting := make([]byte, 64)
		c.Read(greeting)
		w.core.Link("kdn").Cut()
		fmt.Fprint(c, "hello")
		c.SetReadDeadline(w.clk.Now().Add(time.Minute))
		if _, err := c.Read(greeting); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("over a cut line: %v", err)
		}
		w.core.Link("kdn").Heal()
		c.SetReadDeadline(w.clk.Now().Add(2 * time.Minute))
		if n, err := io.ReadFull(c, greeting[:5]); err != nil || string(greeting[:n]) != "hello" {
			t.Errorf("after the repair: %q, %v", greeting[:n], err)
		}
	})
}

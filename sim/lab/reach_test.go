package lab_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/record"
	"demailbench/sim/topology"
	"demailbench/sim/wire"
)

// TestGatewaySeesTranslatedSources submits mail from the desk of every tenant to the tenant's own server,
// which takes it to the gateway: under the tenant's own network address, though three LANs are the same.
func TestGatewaySeesTranslatedSources(t *testing.T) {
	p := load(t, "saxony")
	events := in(t, p, 1, func(w *place) {
		defer w.sinkAt("gateway", 25)()
		for _, tenant := range p.Tenants {
			server := netip.AddrPortFrom(p.Topology.Host(tenant.MailServer).Address.Addr, 25).String()
			env := wire.Envelope{From: tenant.Mapping[0].Mail, To: []string{"pn_buergerin@t-systems.de-mail.de"}}
			out := w.Client(tenant.Desk).Send(context.Background(), server, env, w.message(tenant.ID))
			if err := out.Err(); err != nil {
				w.Errorf("%s: %v", tenant.Desk, err)
			}
		}
		w.wait(time.Minute)
	})
	got := map[string]string{}
	for _, e := range events {
		if e.Kind == record.Accepted && e.Who == "gateway" {
			host, _, _ := net.SplitHostPort(e.Remote)
			got[e.From] = host + " TLS " + e.TLS
		}
	}
	want := map[string]string{
		"sakd@sakd.de":                         "10.1.11.25 TLS 1.3",
		"poststelle@annaberg-buchholz.example": "10.2.12.25 TLS 1.3",
		"poststelle@radebeul.example":          "10.2.13.25 TLS 1.3",
		"poststelle@pirna.example":             "10.3.14.25 TLS 1.3",
		"poststelle@freital.example":           "10.2.15.25 TLS 1.3",
		"poststelle@lfd.example":               "10.1.16.25 TLS 1.3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestReach runs the table of who reaches whom at which port, and which entry decided.
func TestReach(t *testing.T) {
	cases := []struct {
		from, to string
		port     int
		want     string
	}{
		{"annaberg-mail", "172.16.0.25", 25, "router-annaberg M-111, core M-111"},
		{"annaberg-desk", "172.16.0.25", 25, "router-annaberg default:drop"},
		{"kdn-stranger", "172.16.0.25", 25, "core default:drop"},
		{"gateway", "10.2.12.25", 25, "core M-112, router-annaberg M-112"},
		{"gateway", "10.3.14.25", 25, "core M-132, router-pirna M-132"},
		{"gateway", "10.2.0.26", 25, "core M-003"},
		{"gateway", "198.51.100.10", 465, "core M-001, edge M-001"},
		{"gateway", "203.0.113.25", 25, "core default:drop"},
		{"sid", "203.0.113.25", 25, "core M-004, edge M-004"},
		{"dmda", "192.0.2.25", 465, "edge M-002, core M-002"},
		{"dmda", "192.0.2.25", 25, "edge default:drop"},
		{"internet-host", "192.0.2.25", 465, "edge default:drop"},
		{"sakd-mail", "10.2.12.25", 25, "router-sakd default:drop"},
		{"radebeul-desk", "172.16.0.53", 53, "router-radebeul M-124, core M-124.2"},
		{"pirna-mail", "172.16.0.26", 25, "router-pirna M-135, core M-135"},
	}
	p := load(t, "saxony")
	in(t, p, 1, func(w *place) {
		defer w.sinkAt("gateway", 25)()
		defer w.sinkAt("gateway", 465)()
		for _, c := range cases {
			before := len(w.record.Events())
			ctx, cancel := w.clock.WithTimeout(context.Background(), 10*time.Second)
			conn, err := w.Host(c.from).Dial(ctx, "tcp", fmt.Sprintf("%s:%d", c.to, c.port))
			cancel()
			if err == nil {
				conn.Close()
			}
			if got := rules(w.record.Events()[before:], c.to); got != c.want {
				t.Errorf("%s to %s:%d: got %q, want %q (%v)", c.from, c.to, c.port, got, c.want, err)
			}
			if denied := strings.Contains(c.want, "default"); denied != (err != nil) {
				t.Errorf("%s to %s:%d: dial says %v", c.from, c.to, c.port, err)
			}
		}
	})
}

// rules lists which routers decided by which rule, first packets only.
func rules(events []record.Event, to string) string {
	var list []string
	for _, e := range events {
		if e.Kind != record.Flow && e.Kind != record.Drop {
			continue
		}
		if r := e.Who + " " + e.Rule; !slices.Contains(list, r) && e.Proto == "tcp" {
			list = append(list, r)
		}
	}
	return strings.Join(list, ", ")
}

// TestNamesByView asks from both sides of split DNS.
func TestNamesByView(t *testing.T) {
	p := load(t, "saxony")
	in(t, p, 1, func(w *place) {
		ctx := context.Background()
		for _, c := range []struct{ host, name, want string }{
			{"annaberg-mail", "mail.sakd.de", "[10.1.11.25]"},
			{"gateway", "itsp.t-systems.example", "[198.51.100.10]"},
			{"gateway", "mail.radebeul.example", "[10.2.13.25]"},
			{"internet-host", "gateway.central.example", "[192.0.2.25]"},
			{"pirna-desk", "gateway.central.example", "[172.16.0.25]"},
		} {
			got, err := w.Resolver(c.host).LookupNetIP(ctx, "ip4", c.name)
			if err != nil || fmt.Sprint(got) != c.want {
				t.Errorf("%s asks for %s: %v %v, want %s", c.host, c.name, got, err, c.want)
			}
		}
		var missing *net.DNSError
		_, err := w.Resolver("gateway").LookupMX(ctx, "annaberg-buchholz.de-mail.de")
		if !errors.As(err, &missing) || !missing.IsNotFound {
			t.Errorf("MX of a De-Mail domain: %v, want an authoritative denial", err)
		}
		if _, err := w.Resolver("internet-host").LookupMX(ctx, "sakd.de"); err == nil {
			t.Error("the Internet learns the MX of an internal domain")
		}
	})
}

// TestSetMatrix takes a flow away and gives it back.
func TestSetMatrix(t *testing.T) {
	p := load(t, "saxony")
	in(t, p, 1, func(w *place) {
		defer w.sinkAt("gateway", 25)()
		dial := func() error {
			ctx, cancel := w.clock.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			conn, err := w.Host("annaberg-mail").Dial(ctx, "tcp", "172.16.0.25:25")
			if err == nil {
				conn.Close()
			}
			return err
		}
		rows := w.Matrix()
		without := slices.DeleteFunc(slices.Clone(rows), func(r topology.Row) bool { return r.ID == "M-111" })
		for _, step := range []struct {
			rows []topology.Row
			ok   bool
		}{{rows, true}, {without, false}, {rows, true}} {
			if err := w.SetMatrix(step.rows); err != nil {
				t.Error(err)
			}
			if err := dial(); (err == nil) != step.ok {
				t.Errorf("with %d rows: %v, want ok %v", len(step.rows), err, step.ok)
			}
		}
		if err := w.SetMatrix(append(w.Matrix(), rows[0])); err == nil {
			t.Error("a matrix with one row twice is taken")
		}
	})
}

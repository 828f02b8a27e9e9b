package lab_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/pcapgo"

	"demailbench/fixtures"
	"demailbench/sim/clock"
	"demailbench/sim/ipnet"
	"demailbench/sim/lab"
	"demailbench/sim/record"
	"demailbench/sim/topology"
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

// TestOrdinaryMail goes from a desk over the central relay to the Internet, and from the relay to another
// tenant.
func TestOrdinaryMail(t *testing.T) {
	p := load(t, "saxony")
	in(t, p, 1, func(w *place) {
		env := wire.Envelope{From: "bauamt@annaberg-buchholz.example", To: []string{"buergerin@webmail.example", "technik@kdn-gmbh.de", "haushalt@sakd.de"}}
		if err := w.Client("annaberg-desk").Send(context.Background(), "192.168.10.25:25", env, w.message("Rundbrief")).Err(); err != nil {
			t.Error(err)
		}
		w.wait(5 * time.Minute)
		for host, box := range map[string]string{"internet-mail": env.To[0], "kdn-gmbh": env.To[1], "sakd-mail": env.To[2]} {
			if n := len(w.Mail(host).Mailbox(box)); n != 1 {
				t.Errorf("%d messages for %s at %s, want 1", n, box, host)
			}
		}
	})
}

// TestProviderLink proves card, certificates and names of the link to the provider in both directions.
func TestProviderLink(t *testing.T) {
	p := load(t, "saxony")
	events := in(t, p, 1, func(w *place) {
		card, pin := w.Card()
		if err := card.Unlock(pin); err != nil {
			t.Error(err)
			return
		}
		cert, err := card.Certificate()
		if err != nil {
			t.Error(err)
			return
		}
		c := w.Client("gateway")
		c.ImplicitTLS, c.External, c.TLS = true, true, w.PKI().ClientConfig(p.Accounts.Provider.Hostname, cert)
		addrs, err := w.Resolver("gateway").LookupNetIP(context.Background(), "ip4", p.Accounts.Provider.Hostname)
		if err != nil {
			t.Error(err)
			return
		}
		env := wire.Envelope{From: "poststelle@annaberg-buchholz.de-mail.de", To: []string{"pn_buergerin@t-systems.de-mail.de"}}
		msg := w.message("Bescheid")
		msg.Header = strings.Replace(msg.Header, "poststelle@annaberg-buchholz.example", env.From, 1)
		msg.Size += int64(len(env.From) - len("poststelle@annaberg-buchholz.example"))
		out := c.Send(context.Background(), netip.AddrPortFrom(addrs[0], p.Accounts.Provider.Port).String(), env, msg)
		w.wait(time.Minute)
		t.Logf("provider says: %v", out.Err())
	})
	seen := ""
	for _, e := range events {
		if e.Kind == record.Session && e.Who == "dmda" && e.Text == "auth" {
			seen = e.Remote[:strings.Index(e.Remote, ":")] + " " + e.Cert
		}
	}
	if seen != "192.0.2.25 itsp-card" {
		t.Errorf("the provider saw %q at AUTH, want 192.0.2.25 itsp-card", seen)
	}
}

// TestCarrierSeesOnlyESP proves that nothing of an IPSEC line shows on the segment that carries it.
func TestCarrierSeesOnlyESP(t *testing.T) {
	p := load(t, "saxony")
	var file bytes.Buffer
	in(t, p, 1, func(w *place) {
		capture := w.Net().Capture(&file, ipnet.CaptureOptions{})
		if _, err := w.Resolver("pirna-mail").LookupMX(context.Background(), "sakd.de"); err != nil {
			t.Error(err)
		}
		if err := capture.Close(); err != nil {
			t.Error(err)
		}
	})
	r, err := pcapgo.NewNgReader(&file, pcapgo.NgReaderOptions{WantMixedLinkType: true})
	if err != nil {
		t.Fatal(err)
	}
	const esp = 50
	carried := 0
	for {
		data, info, err := r.ReadPacketData()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		iface, err := r.Interface(info.InterfaceIndex)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(iface.Name, "router-pirna.carrier") {
			continue
		}
		carried++
		if data[9] != esp {
			t.Errorf("IP protocol %d on the carrier (%s)", data[9], iface.Name)
		}
	}
	if carried == 0 {
		t.Error("nothing crossed the carrier")
	}
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

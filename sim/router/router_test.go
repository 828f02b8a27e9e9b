package router_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/firewall"
	"demailbench/sim/ipnet"
	"demailbench/sim/nat"
	"demailbench/sim/record"
	"demailbench/sim/router"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/pcapgo"
)

var epoch = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }
func addr(s string) netip.Addr     { return netip.MustParseAddr(s) }

// world is a small state network: the gateway in the central segment, a core router, and municipalities
// that all live in 192.168.10.0/24.
//
//	gateway - central - core - kdn ------ router-a [1:1 10.2.12.0/24] - lan-a
//	                      |      `------- router-b [1:1 .25, rest masqueraded to 10.2.13.1] - lan-b
//	                      `--- carrier == router-c [IPSEC line; 1:1 10.3.14.0/24] - lan-c
type world struct {
	t    testing.TB
	clk  *clock.Virtual
	rec  *record.Record
	net  *ipnet.Net
	seg  map[string]*ipnet.Segment
	host map[string]*ipnet.Host
	core *router.Router
}

func (w *world) segment(name string) *ipnet.Segment {
	if w.seg[name] == nil {
		w.seg[name] = w.net.AddSegment(name)
	}
	return w.seg[name]
}

func (w *world) addHost(name, segment, address, gateway string) {
	w.t.Helper()
	h, err := w.net.AddHost(name, ipnet.HostConfig{Segment: w.segment(segment), Address: prefix(address), Gateway: addr(gateway)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.host[name] = h
}

func (w *world) addRouter(name string, cfg router.Config, interfaces ...router.Interface) *router.Router {
	w.t.Helper()
	r, err := router.New(name, w.net, w.clk, w.rec, cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, i := range interfaces {
		if err := r.AddInterface(i); err != nil {
			w.t.Fatal(err)
		}
	}
	return r
}

// on is an interface on a segment. The KDN is narrower than the LANs, so that path MTU discovery is at work.
func (w *world) on(segment, address string) router.Interface {
	i := router.Interface{Name: segment, Zone: segment, Address: prefix(address), Segment: w.segment(segment)}
	if segment == "kdn" {
		i.MTU = 1400
	}
	return i
}

var secret = []byte("a secret of thirty-two octets ...")

func line(over, peer, address string) router.Interface {
	return router.Interface{Name: "line", Zone: "line", Address: prefix(address), Tunnel: &router.Tunnel{Over: over, Peer: addr(peer), Secret: secret}}
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, clk: clock.NewVirtual(epoch, clock.Options{}), seg: map[string]*ipnet.Segment{}, host: map[string]*ipnet.Host{}}
	w.rec = record.New(w.clk.Now)
	w.net = ipnet.New(w.clk, 1, w.rec)
	w.addHost("gateway", "central", "172.16.0.25/24", "172.16.0.1")
	for _, x := range []string{"a", "b", "c"} {
		w.addHost("mail-"+x, "lan-"+x, "192.168.10.25/24", "192.168.10.1")
		w.addHost("desk-"+x, "lan-"+x, "192.168.10.40/24", "192.168.10.1")
	}
	w.core = w.addRouter("core", coreConfig(), w.on("central", "172.16.0.1/24"), w.on("kdn", "10.2.0.1/24"),
		w.on("carrier", "100.64.0.1/24"), line("carrier", "100.64.0.14", "10.3.0.1/24"))
	open := firewall.Policy{Default: firewall.Allow}
	def := prefix("0.0.0.0/0")
	routers := []*router.Router{w.core,
		w.addRouter("router-a", router.Config{Policy: open, Routes: []router.Route{{To: def, Via: addr("10.2.0.1")}},
			NAT: nat.Rules{Static: []nat.Static{{Interface: "kdn", Inside: prefix("192.168.10.0/24"), Outside: prefix("10.2.12.0/24")}}}},
			w.on("lan-a", "192.168.10.1/24"), w.on("kdn", "10.2.0.12/24")),
		w.addRouter("router-b", router.Config{Policy: open, Routes: []router.Route{{To: def, Via: addr("10.2.0.1")}},
			NAT: nat.Rules{Static: []nat.Static{{Interface: "kdn", Inside: prefix("192.168.10.25/32"), Outside: prefix("10.2.13.25/32")}},
				Masquerade: []nat.Masquerade{{Interface: "kdn", From: prefix("192.168.10.0/24"), To: addr("10.2.13.1")}}}},
			w.on("lan-b", "192.168.10.1/24"), w.on("kdn", "10.2.0.13/24")),
		w.addRouter("router-c", router.Config{Policy: open, Routes: []router.Route{{To: def, Interface: "line"}},
			NAT: nat.Rules{Static: []nat.Static{{Interface: "line", Inside: prefix("192.168.10.0/24"), Outside: prefix("10.3.14.0/24")}}}},
			w.on("lan-c", "192.168.10.1/24"), w.on("carrier", "100.64.0.14/24"), line("carrier", "100.64.0.1", "10.3.0.14/24")),
	}
	for _, r := range routers {
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func coreConfig() router.Config {
	return router.Config{
		Routes: []router.Route{{To: prefix("10.2.12.0/24"), Via: addr("10.2.0.12")}, {To: prefix("10.2.13.0/24"), Via: addr("10.2.0.13")},
			{To: prefix("10.3.14.0/24"), Interface: "line"}},
		Matrix: []firewall.Entry{
			{ID: "M-01", Protocol: "tcp", Ports: firewall.Port(25), From: firewall.Party{Zone: "kdn"}, To: firewall.Party{Zone: "central"}},
			{ID: "M-02", Protocol: "tcp", Ports: firewall.Port(25), From: firewall.Party{Zone: "line"}, To: firewall.Party{Zone: "central"}},
			{ID: "M-03", Protocol: "tcp", Ports: firewall.Port(25), From: firewall.Party{Zone: "central"}},
			{ID: "M-04", Protocol: "udp", To: firewall.Party{Zone: "central"}},
		},
	}
}

// run runs f beside the clock and closes the network while the clock still runs.
func (w *world) run(f func()) {
	w.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer w.net.Close()
		f()
	}()
	if err := w.clk.Run(done); err != nil {
		w.t.Fatal(err)
	}
}

// serve tells every caller on port 25 its address, then echoes.
func (w *world) serve(hosts ...string) {
	for _, h := range hosts {
		l, err := w.host[h].Listen("tcp", ":25")
		if err != nil {
			w.t.Fatal(err)
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					fmt.Fprintf(c, "%s\n", c.RemoteAddr())
					io.Copy(c, c)
				}()
			}
		}()
	}
}

func (w *world) dial(from, to string) (net.Conn, error) {
	ctx, cancel := w.clk.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	return w.host[from].Dial(ctx, "tcp", to)
}

// seenAs dials and returns the address under which the other side sees the caller, without the port.
func (w *world) seenAs(from, to string) string {
	c, err := w.dial(from, to)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	buf := make([]byte, 64)
	n, err := c.Read(buf)
	if err != nil {
		return err.Error()
	}
	host, _, _ := strings.Cut(string(buf[:n]), ":")
	return host
}

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

// The carrier sees ESP and nothing else, and every packet on every link has right checksums.
func TestCarrierSeesOnlyESP(t *testing.T) {
	w := newWorld(t)
	var file bytes.Buffer
	w.run(func() {
		capture := w.net.Capture(&file, ipnet.CaptureOptions{})
		w.serve("gateway", "mail-a", "mail-b", "mail-c")
		for _, from := range []string{"mail-a", "desk-b", "mail-c"} {
			w.seenAs(from, "172.16.0.25:25")
			w.dial(from, "172.16.0.25:99") // dropped
			w.dial(from, "172.16.0.77:25") // host unreachable
		}
		if err := capture.Close(); err != nil {
			t.Error(err)
		}
	})
	if dir := os.Getenv("CAPTURE_DIR"); dir != "" {
		os.WriteFile(filepath.Join(dir, "router.pcapng"), file.Bytes(), 0o644)
	}
	in, err := pcapgo.NewNgReader(&file, pcapgo.NgReaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for {
		raw, info, err := in.ReadPacketData()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		i, err := in.Interface(info.InterfaceIndex)
		if err != nil {
			t.Fatal(err)
		}
		if f := router.Fault(raw); f != "" {
			t.Errorf("%s: %s is wrong in %x", i.Name, f, raw)
		}
		link, _, _ := strings.Cut(i.Name, ":")
		seen[link+" "+nat.Protocol(raw[9]).String()]++
	}
	for _, link := range []string{"core.carrier", "router-c.carrier"} {
		if seen[link+" esp"] == 0 || seen[link+" tcp"] > 0 || seen[link+" icmp"] > 0 {
			t.Errorf("%s carried %v", link, seen)
		}
	}
	if seen["router-c.lan-c tcp"] == 0 || seen["router-c.lan-c icmp"] == 0 || seen["core.kdn tcp"] == 0 {
		t.Errorf("carried %v", seen)
	}
}

// Path MTU discovery works through NAT and through the tunnel, in both directions.
func TestBigTransfers(t *testing.T) {
	const size = 1 << 20
	for _, test := range []struct{ name, from, to string }{
		{"path behind NAT", "mail-a", "172.16.0.25:25"},
		{"path, from the other side", "gateway", "10.2.12.25:25"},
		{"tunnel", "mail-c", "172.16.0.25:25"},
		{"tunnel, from the other side", "gateway", "10.3.14.25:25"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.run(func() {
				w.serve("gateway", "mail-a", "mail-c")
				c, err := w.dial(test.from, test.to)
				if err != nil {
					t.Error(err)
					return
				}
				defer c.Close()
				go c.Write(make([]byte, size))
				c.SetReadDeadline(w.clk.Now().Add(time.Hour))
				greeting, err := readLine(c)
				if err != nil {
					t.Error(greeting, err)
				}
				if n, err := io.ReadFull(c, make([]byte, size)); err != nil {
					t.Errorf("%d of %d octets came back: %v", n, size, err)
				}
			})
		})
	}
}

func readLine(c net.Conn) (string, error) {
	var line []byte
	for b := make([]byte, 1); ; {
		if _, err := c.Read(b); err != nil || b[0] == '\n' {
			return string(line), err
		}
		line = append(line, b[0])
	}
}

// An ICMP port unreachable finds its way back through 1:1 NAT, masquerade and the tunnel.
func TestPortUnreachable(t *testing.T) {
	w := newWorld(t)
	w.run(func() {
		for _, from := range []string{"mail-a", "desk-b", "mail-c"} {
			c, err := w.host[from].Dial(context.Background(), "udp", "172.16.0.25:4000")
			if err != nil {
				t.Error(err)
				continue
			}
			c.Write([]byte("x"))
			c.SetReadDeadline(w.clk.Now().Add(5 * time.Second))
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("%s: %v", from, err)
			}
			c.Close()
		}
	})
}

// pinger is a host that is nothing but a network card.
type pinger struct{ got chan []byte }

func (p pinger) Receive(f ipnet.Frame) { p.got <- f.Packet }

// An echo goes through NAT and comes back to its sender with its identifier, answered by a real stack.
func TestPing(t *testing.T) {
	w := newWorld(t)
	card := pinger{make(chan []byte, 1)}
	_, port := w.net.Attach("pinger", card, w.segment("lan-b"), []netip.Addr{addr("192.168.10.99")}, ipnet.Params{})
	w.run(func() {
		if err := w.core.SetMatrix([]firewall.Entry{{ID: "M-09", Protocol: "icmp"}}, false); err != nil {
			t.Error(err)
		}
		for _, to := range []string{"172.16.0.25", "192.168.10.1", "10.2.0.13", "10.2.0.1", "10.2.12.25"} {
			port.Send(ipnet.Frame{Packet: router.Echo("192.168.10.99:7", to+":0"), Next: addr("192.168.10.1")})
			reply := <-card.got
			if got, want := router.Describe(reply), "icmp "+to+" > 192.168.10.99 type 0 id 7"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if f := router.Fault(reply); f != "" {
				t.Errorf("%s is wrong", f)
			}
		}
	})
}

// Two runs from one seed write the same record.
func TestRepeats(t *testing.T) {
	run := func() []record.Event {
		w := newWorld(t)
		w.run(func() {
			w.serve("gateway", "mail-a")
			for _, from := range []string{"mail-a", "desk-a", "desk-b", "mail-c"} {
				w.seenAs(from, "172.16.0.25:25")
				w.seenAs(from, "172.16.0.25:99")
			}
		})
		return w.rec.Events()
	}
	if diff := cmp.Diff(run(), run()); diff != "" {
		t.Error(diff)
	}
}

package router_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/firewall"
	"demailbench/sim/ipnet"
	"demailbench/sim/nat"
	"demailbench/sim/record"
	"demailbench/sim/router"
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

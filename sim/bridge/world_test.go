package bridge_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"demailbench/sim/bridge"
	"demailbench/sim/bridge/loopback"
	"demailbench/sim/clock"
	"demailbench/sim/dns"
	"demailbench/sim/ipnet"
	"demailbench/sim/record"
)

// place is a small world on the wall clock with a bridge to a gateway at 10.2.0.25: peers at 10.2.12.25
// (annaberg), 10.2.13.25 (radebeul) and 10.2.99.25 (which only the name server knows), the name server at
// 10.2.0.53.
type place struct {
	testing.TB
	clk    clock.Clock
	net    *ipnet.Net
	rec    *record.Record
	names  *dns.Server
	bridge *bridge.Bridge
	o      bridge.Options
}

var hosts = []struct{ name, addr string }{
	{"gateway", "10.2.0.25"}, {"annaberg", "10.2.12.25"}, {"radebeul", "10.2.13.25"}, {"elsewhere", "10.2.99.25"}, {"dns", "10.2.0.53"},
}

func newPlace(t testing.TB) *place {
	t.Helper()
	before := runtime.NumGoroutine()
	w := &place{TB: t, clk: clock.Real()}
	w.rec = record.New(w.clk.Now)
	w.net = ipnet.New(w.clk, 1, w.rec)
	segment := w.net.AddSegment("lan")
	for _, h := range hosts {
		if _, err := w.net.AddHost(h.name, ipnet.HostConfig{Segment: segment, Address: netip.PrefixFrom(netip.MustParseAddr(h.addr), 16)}); err != nil {
			t.Fatal(err)
		}
	}
	w.serveNames()
	w.o = bridge.Options{Who: "gateway", Inside: w.net.Host("gateway"), Doors: loopback.Doors(), Clock: w.clk, Record: w.rec,
		Gateway: w.net.Host("gateway").Addr(), Names: netip.MustParseAddrPort("10.2.0.53:53"),
		Peers: []netip.Addr{w.net.Host("annaberg").Addr(), w.net.Host("radebeul").Addr()}, Outward: []uint16{25, 465},
		Inward: map[uint16]netip.AddrPort{25: {}}}
	var err error
	if w.bridge, err = bridge.New(w.o); err != nil {
		t.Fatal(err)
	}
	w.bridge.Connect()
	if err := w.bridge.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.bridge.Close()
		w.names.Close()
		w.net.Close()
		w.wait("goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
	})
	return w
}

func (w *place) serveNames() {
	w.Helper()
	host := w.net.Host("dns")
	var err error
	w.names, err = dns.NewServer(dns.Config{Who: "dns", Views: []dns.View{{Name: "internal", Clients: []netip.Prefix{netip.MustParsePrefix("10.2.0.0/16")},
		Zones: []dns.Zone{{Origin: "example", Records: []string{
			"@ 300 IN SOA dns hostmaster 1 3600 600 86400 300", "@ 300 IN NS dns", "dns 300 IN A 10.2.0.53",
			"annaberg 300 IN MX 10 mail.annaberg", "mail.annaberg 300 IN A 10.2.12.25", "elsewhere 300 IN A 10.2.99.25",
		}}}}}}, w.rec)
	if err != nil {
		w.Fatal(err)
	}
	packets, err := host.ListenPacket("udp", ":53")
	if err != nil {
		w.Fatal(err)
	}
	streams, err := host.Listen("tcp", ":53")
	if err != nil {
		w.Fatal(err)
	}
	if err := w.names.Serve(packets, streams); err != nil {
		w.Fatal(err)
	}
}

// gateway opens the gateway's own listener on the machine.
func (w *place) gateway() net.Listener {
	w.Helper()
	l, err := loopback.Listen(w.bridge.Listener(25))
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { l.Close() })
	return l
}

// peer opens a listener of a host inside.
func (w *place) peer(host string, port int) net.Listener {
	w.Helper()
	l, err := w.net.Host(host).Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { l.Close() })
	return l
}

// dialGateway connects a host inside to the gateway.
func (w *place) dialGateway(host string) (net.Conn, error) {
	ctx, cancel := w.clk.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return w.net.Host(host).Dial(ctx, "tcp", "10.2.0.25:25")
}

// dialOut is what the gateway does on the machine to reach a peer inside.
func (w *place) dialOut(peer string) net.Conn {
	w.Helper()
	at, err := w.bridge.Address(netip.MustParseAddrPort(peer))
	if err != nil {
		w.Fatal(err)
	}
	c, err := loopback.Dial(context.Background(), netip.AddrPort{}, at)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { c.Close() })
	c.SetDeadline(w.clk.Now().Add(10 * time.Second)) // against a test that hangs
	return c
}

// resolver is the gateway's resolver on the machine.
func (w *place) resolver() *dns.Stub {
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
	return dns.NewStub(dial, w.clk, w.bridge.Names().String())
}

// wait waits for something that another goroutine does.
func (w *place) wait(what string, ok func() bool) {
	w.Helper()
	for range 1000 {
		if ok() {
			return
		}
		w.clk.Sleep(context.Background(), 5*time.Millisecond)
	}
	w.Errorf("waited in vain for %s", what)
}

// noted are the remarks of the bridge and the failed dials of the gateway in the record.
func (w *place) noted() string {
	var lines []string
	for _, e := range w.rec.Events() {
		switch {
		case e.Kind == record.Action:
			lines = append(lines, e.Detail)
		case e.Kind == record.ConnDial && e.Error != "":
			lines = append(lines, "dial "+e.Remote+": "+e.Error)
		}
	}
	return strings.Join(lines, "\n")
}

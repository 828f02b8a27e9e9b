package router_test

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"testing"

	"demailbench/sim/clock"
	"demailbench/sim/firewall"
	"demailbench/sim/ipnet"
	"demailbench/sim/nat"
	"demailbench/sim/record"
	"demailbench/sim/router"
)

func emptyWorld(t testing.TB) *world {
	w := &world{t: t, clk: clock.NewVirtual(epoch, clock.Options{}), seg: map[string]*ipnet.Segment{}, host: map[string]*ipnet.Host{}}
	w.rec = record.New(w.clk.Now)
	w.net = ipnet.New(w.clk, 1, w.rec)
	return w
}

// municipality adds number n, which lives in 192.168.10.0/24 like all others and is 10.2.n.0/24 outside.
func (w *world) municipality(n, hosts int) {
	lan := fmt.Sprintf("lan-%d", n)
	uplink := w.on("backbone", fmt.Sprintf("10.1.0.%d/16", n))
	w.addRouter(fmt.Sprintf("router-%d", n), router.Config{
		Policy: firewall.Policy{Default: firewall.Allow},
		Routes: []router.Route{{To: prefix("10.2.1.0/24"), Via: addr("10.1.0.1")}, {To: prefix("10.2.2.0/24"), Via: addr("10.1.0.2")}},
		NAT: nat.Rules{Static: []nat.Static{{Interface: "backbone", Inside: prefix("192.168.10.0/24"),
			Outside: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 2, byte(n), 0}), 24)}}},
	}, w.on(lan, "192.168.10.1/24"), uplink)
	for h := range hosts {
		w.addHost(fmt.Sprintf("host-%d-%d", n, h), lan, fmt.Sprintf("192.168.10.%d/24", 20+h), "192.168.10.1")
	}
}

// One TCP stream through two routers with 1:1 NAT each, MTU 1500.
func BenchmarkStream(b *testing.B) {
	w := emptyWorld(b)
	w.municipality(1, 1)
	w.municipality(2, 1)
	w.run(func() {
		l, err := w.host["host-1-0"].Listen("tcp", ":25")
		if err != nil {
			b.Error(err)
			return
		}
		got := make(chan int64)
		go func() {
			c, err := l.Accept()
			if err != nil {
				close(got)
				return
			}
			n, _ := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{c}, make([]byte, 256<<10))
			got <- n
		}()
		c, err := w.host["host-2-0"].Dial(context.Background(), "tcp", "10.2.1.20:25")
		if err != nil {
			b.Error(err)
			return
		}
		chunk := make([]byte, 256<<10)
		b.SetBytes(int64(len(chunk)))
		b.ResetTimer()
		for range b.N {
			if _, err := c.Write(chunk); err != nil {
				b.Error(err)
				return
			}
		}
		c.Close()
		if n := <-got; n != int64(b.N*len(chunk)) {
			b.Errorf("%d octets arrived of %d", n, b.N*len(chunk))
		}
	})
}

// 500 hosts behind 50 routers, all in 192.168.10.0/24. One operation is setting it all up.
func BenchmarkSetUp(b *testing.B) {
	const routers, hosts = 50, 10
	var before, after runtime.MemStats
	for range b.N {
		b.StopTimer()
		runtime.GC()
		runtime.ReadMemStats(&before)
		b.StartTimer()
		w := emptyWorld(b)
		for n := range routers {
			w.municipality(n+1, hosts)
		}
		b.StopTimer()
		runtime.GC()
		runtime.ReadMemStats(&after)
		w.net.Close()
		b.StartTimer()
	}
	used := after.HeapInuse + after.StackInuse - before.HeapInuse - before.StackInuse
	b.ReportMetric(float64(used)/1024/(routers*hosts), "KiB/host")
}

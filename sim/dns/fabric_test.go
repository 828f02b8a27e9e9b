package dns_test

import (
	"context"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/dns"
	"demailbench/sim/ipnet"
)

// fabric is one name server and one client on a segment of the simulated network.
type fabric struct {
	*network
	net            *ipnet.Net
	server, client *ipnet.Host
}

func newFabric(t *testing.T) *fabric {
	t.Helper()
	f := &fabric{network: newNetwork()}
	f.net = ipnet.New(f.clk, 1, f.rec)
	segment := f.net.AddSegment("central")
	host := func(name, addr string) *ipnet.Host {
		h, err := f.net.AddHost(name, ipnet.HostConfig{Segment: segment, Address: netip.MustParsePrefix(addr), Link: ipnet.Params{Latency: oneWay / 2}})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	f.server, f.client = host("dns", "172.16.0.53/24"), host("gateway", "172.16.0.25/24")
	return f
}

func (f *fabric) serve(t *testing.T) *dns.Server {
	t.Helper()
	s, err := dns.NewServer(split(), f.rec)
	if err != nil {
		t.Fatal(err)
	}
	pc, err := f.server.ListenPacket("udp", first)
	if err != nil {
		t.Fatal(err)
	}
	l, err := f.server.Listen("tcp", first)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(pc, l); err != nil {
		t.Fatal(err)
	}
	return s
}

// The same server and stub on real IP: datagrams, the change to TCP, a cut link, a closed port, and an end
// that leaves no goroutine. Times are those of the links.
func TestOnFabric(t *testing.T) {
	before := runtime.NumGoroutine()
	f := newFabric(t)
	var got []outcome
	f.run(t, func() {
		defer f.net.Close()
		s := f.serve(t)
		stub := dns.NewStub(f.client.Dial, f.clk, first)
		bg := context.Background()
		got = append(got, f.mx(bg, stub, "radebeul.example"))
		many := f.ip(bg, stub, "ip4", "many.radebeul.example")
		if len(many.Found) != 40 || many.Took != 3*2*oneWay {
			t.Errorf("forty addresses by TCP: %+v", many)
		}
		f.net.Link("dns").Cut()
		got = append(got, f.mx(bg, stub, "radebeul.example"))
		f.net.Link("dns").Heal()
		got = append(got, f.mx(bg, stub, "radebeul.example"))
		s.Close()
		got = append(got, f.mx(bg, stub, "radebeul.example"))
	})
	const trip = 2 * oneWay
	want := []outcome{
		{Found: []string{"mail.radebeul.example."}, Took: trip},
		{Err: "no answer: context deadline exceeded", Temporary: true, Timeout: true, Took: 10 * time.Second},
		{Found: []string{"mail.radebeul.example."}, Took: trip},
		{Err: "connection refused", Temporary: true, Took: 2 * trip},
	}
	for i := range got {
		if want[i].Err == "connection refused" && got[i].Temporary && !got[i].Timeout {
			got[i].Err = want[i].Err // the text is the socket's
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if after := runtime.NumGoroutine(); after > before+1 {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

package ipnet_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"demailbench/sim/ipnet"
)

func TestDatagrams(t *testing.T) {
	w := newLAN(t, 1, 2, ipnet.Params{})
	w.run(t, func() {
		server, err := w.hosts[0].ListenPacket("udp", ":53")
		if err != nil {
			t.Error(err)
			return
		}
		go func() {
			b := make([]byte, 1500)
			for {
				n, from, err := server.ReadFrom(b)
				if err != nil {
					return
				}
				server.WriteTo(append([]byte("re:"), b[:n]...), from)
			}
		}()
		c, err := w.hosts[1].Dial(context.Background(), "udp", w.address(0, 53))
		if err != nil {
			t.Error(err)
			return
		}
		if _, ok := c.(net.PacketConn); !ok {
			t.Error("a dialled UDP connection is no net.PacketConn: DNS libraries would speak TCP framing")
		}
		c.Write([]byte("question"))
		b := make([]byte, 100)
		n, err := c.Read(b)
		if string(b[:n]) != "re:question" || err != nil {
			t.Errorf("answer %q, %v", b[:n], err)
		}
		if got := c.RemoteAddr().String(); got != "10.0.0.1:53" {
			t.Errorf("remote address %s", got)
		}
		c.SetDeadline(w.clk.Now().Add(5 * time.Second))
		if _, err := c.Read(b); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("silence: %v", err)
		}
		w.clk.AfterFunc(time.Second, func() { c.Close() })
		c.SetDeadline(time.Time{})
		if _, err := c.Read(b); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
		server.Close()
	})
}

// rejecter is a router that forwards nothing and, when told to, answers with ICMP port unreachable.
type rejecter struct {
	port    ipnet.Port
	address netip.Addr
	answer  bool
}

func (r *rejecter) Receive(f ipnet.Frame) {
	if !r.answer {
		return
	}
	in := header.IPv4(f.Packet)
	inner := f.Packet[:min(len(f.Packet), int(in.HeaderLength())+8)]
	out := make([]byte, 20+8+len(inner))
	header.IPv4(out).Encode(&header.IPv4Fields{
		TotalLength: uint16(len(out)), TTL: 64, Protocol: 1,
		SrcAddr: in.DestinationAddress(), DstAddr: in.SourceAddress(),
	})
	header.IPv4(out).SetChecksum(^header.IPv4(out).CalculateChecksum())
	copy(out[28:], inner)
	out[20], out[21] = byte(header.ICMPv4DstUnreachable), byte(header.ICMPv4PortUnreachable)
	binary.BigEndian.PutUint16(out[22:], ^checksum.Checksum(out[20:], 0))
	source := in.SourceAddress()
	r.port.Send(ipnet.Frame{Packet: out, Next: netip.AddrFrom4(source.As4())})
}

func TestPortUnreachable(t *testing.T) {
	w := newLAN(t, 1, 1, ipnet.Params{})
	router := &rejecter{address: netip.MustParseAddr("10.0.99.1")}
	_, router.port = w.net.Attach("router", router, w.seg, []netip.Addr{router.address}, ipnet.Params{})
	client, err := w.net.AddHost("client", ipnet.HostConfig{
		Segment: w.seg, Address: netip.MustParsePrefix("10.0.99.2/24"), Gateway: router.address,
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(address string) (time.Duration, error) {
		from := w.clk.Elapsed()
		c, err := client.Dial(context.Background(), "udp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(w.clk.Now().Add(5 * time.Second))
		c.Write([]byte("question"))
		_, err = c.Read(make([]byte, 100))
		return w.clk.Elapsed() - from, err
	}
	w.run(t, func() {
		if took, err := ask("192.0.2.53:53"); !errors.Is(err, os.ErrDeadlineExceeded) || took != 5*time.Second {
			t.Errorf("silent router: %v after %v", err, took)
		}
		router.answer = true
		if took, err := ask("192.0.2.53:53"); !errors.Is(err, syscall.ECONNREFUSED) || took > time.Millisecond {
			t.Errorf("answering router: %v after %v", err, took)
		}
	})
}

func TestClosedPortAnswers(t *testing.T) {
	w := newLAN(t, 1, 2, ipnet.Params{})
	w.run(t, func() {
		c, err := w.hosts[1].Dial(context.Background(), "udp", w.address(0, 53))
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		c.Write([]byte("question"))
		if _, err := c.Read(make([]byte, 100)); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("closed port: %v", err)
		}
		// A server is not disturbed by clients that are gone.
		server, _ := w.hosts[1].ListenPacket("udp", ":53")
		defer server.Close()
		server.WriteTo([]byte("late answer"), &net.UDPAddr{IP: w.hosts[0].Addr().AsSlice(), Port: 4711})
		server.SetReadDeadline(w.clk.Now().Add(time.Second))
		if _, _, err := server.ReadFrom(make([]byte, 100)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("server's read: %v", err)
		}
	})
}

func TestAddHostRefuses(t *testing.T) {
	w := newLAN(t, 1, 1, ipnet.Params{})
	defer w.net.Close()
	prefix := netip.MustParsePrefix("10.0.0.7/24")
	got := map[string]string{}
	for name, cfg := range map[string]ipnet.HostConfig{
		"h1":      {Segment: w.seg, Address: prefix},
		"nowhere": {Address: prefix},
		"no addr": {Segment: w.seg},
		"twin":    {Segment: w.seg, Address: netip.MustParsePrefix("10.0.0.1/24")},
		"remote":  {Segment: w.seg, Address: prefix, Gateway: netip.MustParseAddr("10.9.9.9")},
		"link":    {Segment: w.seg, Address: prefix, LinkName: "h1"},
	} {
		if _, err := w.net.AddHost(name, cfg); err != nil {
			got[name] = err.Error()
		}
	}
	want := map[string]string{
		"h1":      `ipnet: host "h1": the name is taken; give each host its own`,
		"nowhere": `ipnet: host "nowhere": it has no segment`,
		"no addr": `ipnet: host "no addr": address invalid Prefix is not an IPv4 address with a prefix length`,
		"twin":    `ipnet: host "twin": address 10.0.0.1 is taken on segment "lan"`,
		"remote":  `ipnet: host "remote": router 10.9.9.9 is not within 10.0.0.0/24`,
		"link":    `ipnet: host "link": a link "h1" exists already; set LinkName`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
}

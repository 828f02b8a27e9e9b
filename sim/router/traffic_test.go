package router_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"demailbench/sim/firewall"
	"demailbench/sim/ipnet"
	"demailbench/sim/nat"
	"demailbench/sim/record"
	"demailbench/sim/router"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/pcapgo"
)

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

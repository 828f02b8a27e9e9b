package router

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"demailbench/sim/nat"
	"demailbench/sim/router/esp"
)

var secret = []byte("a secret of thirty-two octets ...")

// ends are two planes joined by a tunnel over 100.64.0.0/24: a with lan 10.1.0.0/24, b with 10.9.0.0/24.
func ends(t testing.TB) (a, b *plane) {
	tunnel := func(peer string) *Tunnel {
		return &Tunnel{Over: "carrier", Peer: netip.MustParseAddr(peer), Secret: secret}
	}
	a = newPlane(t, Config{Routes: []Route{{To: prefix("10.9.0.0/24"), Interface: "line"}}},
		Interface{Name: "lan", Address: prefix("10.1.0.1/24")}, Interface{Name: "carrier", Address: prefix("100.64.0.14/24")},
		Interface{Name: "line", Address: prefix("10.3.0.14/24"), Tunnel: tunnel("100.64.0.1")})
	b = newPlane(t, Config{Routes: []Route{{To: prefix("10.1.0.0/24"), Interface: "line"}}},
		Interface{Name: "lan", Address: prefix("10.9.0.1/24")}, Interface{Name: "carrier", Address: prefix("100.64.0.1/24")},
		Interface{Name: "line", Address: prefix("10.3.0.1/24"), Tunnel: tunnel("100.64.0.14")})
	return a, b
}

func TestTunnel(t *testing.T) {
	a, b := ends(t)
	r := a.receive(a.iface("lan"), with(tcp("10.1.0.5:4000", "10.9.0.5:25", nat.SYN), func(b []byte) { b[1] = 0xb8 }), epoch)
	if r.out.Name != "carrier" || describe(r.frame.Packet) != "50 100.64.0.14 > 100.64.0.1" || r.frame.Next.String() != "100.64.0.1" {
		t.Fatalf("left as %s by %s to %v", describe(r.frame.Packet), r.out.Name, r.frame.Next)
	}
	outer := r.frame.Packet
	if f := fault(outer); f != "" || outer[1] != 0xb8 || outer[6] != 0x40 {
		t.Errorf("outer header %x: %s", outer[:20], f)
	}
	copied := bytes.Clone(outer)
	if got := outcome(t, b, "carrier", outer, epoch); got != "lan 10.9.0.5 tcp 10.1.0.5:4000 > 10.9.0.5:25 flags 02 [flow default:allow]" {
		t.Errorf("arrived as %s", got)
	}
	if got := outcome(t, b, "carrier", copied, epoch); got != " [drop esp replay]" {
		t.Errorf("a replay: %s", got)
	}
	forged := with(bytes.Clone(copied), func(b []byte) { b[27] = 9; b[40] ^= 1 })
	if got := outcome(t, b, "carrier", forged, epoch); got != " [drop esp authentication]" {
		t.Errorf("a forgery: %s", got)
	}
	if got := outcome(t, b, "carrier", with(bytes.Clone(copied), func(b []byte) { b[15] = 99 }), epoch); got != " [drop esp without tunnel]" {
		t.Errorf("from a stranger: %s", got)
	}
	answer := b.receive(b.iface("lan"), tcp("10.9.0.5:25", "10.1.0.5:4000", nat.SYN|nat.ACK), epoch)
	if got := outcome(t, a, "carrier", answer.frame.Packet, epoch); got != "lan 10.1.0.5 tcp 10.9.0.5:25 > 10.1.0.5:4000 flags 12" {
		t.Errorf("the answer arrived as %s", got)
	}
}

// What does not fit the tunnel is answered with the tunnel's own MTU; the carrier never sees it.
func TestTunnelMTU(t *testing.T) {
	a, b := ends(t)
	most := esp.InnerMTU(1500)
	fits := udp("10.1.0.5:1", "10.9.0.5:1", make([]byte, most-28)...)
	r := a.receive(a.iface("lan"), fits, epoch)
	if len(r.frame.Packet) > 1500 || len(r.frame.Packet) < 1497 {
		t.Errorf("the largest inner packet makes %d octets", len(r.frame.Packet))
	}
	if r := b.receive(b.iface("carrier"), r.frame.Packet, epoch); len(r.frame.Packet) != most {
		t.Errorf("arrived with %d octets, want %d", len(r.frame.Packet), most)
	}
	big := func() []byte { return udp("10.1.0.5:1", "10.9.0.5:1", make([]byte, most-27)...) }
	if got := outcome(t, a, "lan", big(), epoch); !strings.Contains(got, "type 3 code 4 mtu 1446 ") || !strings.HasSuffix(got, "[drop too big]") {
		t.Errorf("one octet more: %s", got)
	}
}

// A narrower carrier beyond lowers the tunnel's MTU (RFC 4301 8.2.1); only errors about our own packets do.
func TestTunnelPathMTU(t *testing.T) {
	a, _ := ends(t)
	outer := a.receive(a.iface("lan"), udp("10.1.0.5:1", "10.9.0.5:1", 1), epoch).frame.Packet
	tooBig := func(quote []byte, mtu byte) []byte {
		return with(errorAbout("100.64.0.99:0", "100.64.0.14:0", 3, 4, quote, 28), func(b []byte) { b[26], b[27] = mtu, 0 })
	}
	wrong := bytes.Clone(outer)
	wrong[20]++
	if got := outcome(t, a, "carrier", tooBig(wrong, 4), epoch); got != " [drop error about a tunnel]" {
		t.Errorf("other SPI: %s", got)
	}
	if got := outcome(t, a, "carrier", tooBig(outer, 5), epoch); got != "" {
		t.Errorf("too big: %s", got)
	}
	if got, want := a.iface("line").mtu, esp.InnerMTU(0x500); got != want {
		t.Errorf("tunnel MTU %d, want %d", got, want)
	}
	if got := outcome(t, a, "carrier", tooBig(outer, 6), epoch); got != " [drop error about a tunnel]" || a.iface("line").mtu != esp.InnerMTU(0x500) {
		t.Errorf("a larger MTU: %s", got)
	}
}

package router

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"demailbench/sim/nat"
)

var secret = []byte("a secret of thirty-two octets ...")

func endpoints(t testing.TB) (a, b *association) {
	t.Helper()
	left, right := netip.MustParseAddr("100.64.0.14"), netip.MustParseAddr("100.64.0.1")
	a, err := newAssociation(secret, left, right)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = newAssociation(secret, right, left); err != nil {
		t.Fatal(err)
	}
	return a, b
}

func TestSealOpen(t *testing.T) {
	a, b := endpoints(t)
	for size := range 1500 {
		inner := bytes.Repeat([]byte{byte(size)}, size)
		packet, err := a.seal(nil, inner)
		if err != nil {
			t.Fatal(err)
		}
		if len(packet) != sealedSize(size) || len(packet)%4 != 0 {
			t.Fatalf("%d octets became %d, want %d", size, len(packet), sealedSize(size))
		}
		if size >= 16 && bytes.Contains(packet, inner[:16]) {
			t.Fatal("the inner packet is legible")
		}
		got, err := b.open(packet)
		if err != nil || !bytes.Equal(got, inner) {
			t.Fatalf("%d octets came out as %d: %v", size, len(got), err)
		}
	}
	if a.out.spi == a.in.spi || a.out.spi < 256 {
		t.Errorf("SPIs %d and %d", a.out.spi, a.in.spi)
	}
}

// The packet is what RFC 4303 and RFC 4106 say, opened by hand.
func TestESPFormat(t *testing.T) {
	a, _ := endpoints(t)
	packet, err := a.seal(nil, []byte("inner"))
	if err != nil {
		t.Fatal(err)
	}
	material, err := hkdf.Key(sha256.New, secret, nil, "esp 100.64.0.14 > 100.64.0.1", 40)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(material[:32])
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := append(append([]byte(nil), material[32:36]...), packet[8:16]...) // salt, IV
	plain, err := gcm.Open(nil, nonce, packet[16:], packet[:8])
	if err != nil {
		t.Fatal(err)
	}
	if want := []byte("inner\x01\x01\x04"); !bytes.Equal(plain, want) { // padding 1, pad length 1, IPv4
		t.Errorf("plain text %q, want %q", plain, want)
	}
	if sequence := binary.BigEndian.Uint32(packet[4:]); sequence != 1 {
		t.Errorf("first sequence number %d", sequence)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func([]byte) []byte
		want   error
	}{
		{"short", func(b []byte) []byte { return b[:20] }, errPayload},
		{"other SPI", func(b []byte) []byte { b[0]++; return b }, errSPI},
		{"other sequence number", func(b []byte) []byte { b[7]++; return b }, errForged},
		{"sequence number 0", func(b []byte) []byte { b[7] = 0; return b }, errReplay},
		{"IV", func(b []byte) []byte { b[9]++; return b }, errForged},
		{"body", func(b []byte) []byte { b[20]++; return b }, errForged},
		{"check value", func(b []byte) []byte { b[len(b)-1]++; return b }, errForged},
		{"cut", func(b []byte) []byte { return b[:len(b)-4] }, errForged},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, b := endpoints(t)
			packet, err := a.seal(nil, []byte("inner packet"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.open(test.change(bytes.Clone(packet))); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if _, err := b.open(bytes.Clone(packet)); err != nil {
				t.Errorf("after the forgery the right packet fails: %v", err)
			}
			if _, err := b.open(bytes.Clone(packet)); !errors.Is(err, errReplay) {
				t.Errorf("the right packet again: %v, want replay", err)
			}
		})
	}
}

func TestSequenceEnds(t *testing.T) {
	a, _ := endpoints(t)
	a.sent = 1<<32 - 2
	if _, err := a.seal(nil, nil); err != nil {
		t.Errorf("last number: %v", err)
	}
	if _, err := a.seal(nil, nil); !errors.Is(err, errWorn) {
		t.Errorf("beyond the last number: %v", err)
	}
}

// RFC 4303 3.4.3: the window, against a plain memory of all numbers.
func TestWindow(t *testing.T) {
	for _, order := range [][]uint32{
		{1, 2, 3, 2, 3, 4}, {5, 1, 2, 3, 4, 5, 1}, {64, 1, 65, 1, 2, 66, 2}, {1, 1000, 1, 937, 936, 937, 1000},
		{100, 36, 37, 36, 164, 100, 101}, {1, 65, 1}, {0, 1, 0}, {1 << 31, 1<<32 - 1, 1<<32 - 64, 1<<32 - 65, 1<<32 - 1},
	} {
		var w window
		seen, top := map[uint32]bool{}, uint32(0)
		for i, n := range order {
			want := n != 0 && !seen[n] && (n > top || top-n < 64)
			if got := w.fresh(n); got != want {
				t.Errorf("%v: number %d at %d is fresh %v, want %v", order, n, i, got, want)
			}
			if want {
				w.accept(n)
				seen[n], top = true, max(top, n)
			}
		}
	}
}

// Every carrier MTU is used as far as it goes and never exceeded.
func TestInnerMTU(t *testing.T) {
	for mtu := 576; mtu <= 9000; mtu++ {
		inner := innerMTU(mtu)
		if 20+sealedSize(inner) > mtu || 20+sealedSize(inner+1) <= mtu {
			t.Fatalf("carrier %d: inner %d makes %d, one more makes %d", mtu, inner, 20+sealedSize(inner), 20+sealedSize(inner+1))
		}
	}
}

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
	most := innerMTU(1500)
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
	if got, want := a.iface("line").mtu, innerMTU(0x500); got != want {
		t.Errorf("tunnel MTU %d, want %d", got, want)
	}
	if got := outcome(t, a, "carrier", tooBig(outer, 6), epoch); got != " [drop error about a tunnel]" || a.iface("line").mtu != innerMTU(0x500) {
		t.Errorf("a larger MTU: %s", got)
	}
}

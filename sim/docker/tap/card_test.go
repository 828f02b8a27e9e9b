package tap

import (
	"bytes"
	"net/netip"
	"os"
	"syscall"
	"testing"

	"demailbench/sim/clock"
	"demailbench/sim/ipnet"
)

// pair is a card whose device is one end of a socket pair; frames of the container are written to the other.
func pair(t testing.TB, name, own string, has func(netip.Addr) bool) (*Card, *os.File) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	inside := os.NewFile(uintptr(fds[1]), "inside")
	t.Cleanup(func() { inside.Close() })
	return New(name, os.NewFile(uintptr(fds[0]), "outside"), netip.MustParseAddr(own), has), inside
}

// ip is an IPv4 packet without payload, of a protocol.
func ip(protocol byte, from, to string) []byte {
	b := make([]byte, 28)
	b[0], b[3], b[8], b[9] = 0x45, 28, 64, protocol
	copy(b[12:], netip.MustParseAddr(from).AsSlice())
	copy(b[16:], netip.MustParseAddr(to).AsSlice())
	return b
}

func ethernet(to [6]byte, typ uint16, payload []byte) []byte {
	return append(append(append(to[:], 2, 0xde, 0, 0, 0, 9), byte(typ>>8), byte(typ)), payload...)
}

// TestPass joins two cards by a segment: what one container sends, the other gets, addressed to its card.
func TestPass(t *testing.T) {
	n := ipnet.New(clock.Real(), 1, nil)
	s := n.AddSegment("lan")
	a, insideA := pair(t, "a", "10.0.0.1", s.Has)
	b, insideB := pair(t, "b", "10.0.0.2", s.Has)
	for _, c := range []*Card{a, b} {
		_, port := n.Attach(c.name, c, s, []netip.Addr{netip.AddrFrom4([4]byte(c.mac[2:6]))}, ipnet.Params{})
		c.Start(port)
		defer c.Close()
	}
	packet := ip(17, "10.0.0.1", "10.0.0.2")
	if _, err := insideA.Write(ethernet(MAC(netip.MustParseAddr("10.0.0.2")), typeIPv4, packet)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2000)
	got, err := insideB.Read(buf)
	if err != nil || !bytes.Equal(buf[header:got], packet) || [6]byte(buf[:6]) != b.mac {
		t.Errorf("b's container got % x, %v", buf[:got], err)
	}
	ask := func(who string) []byte {
		arp := append([]byte{0, 1, 8, 0, 6, 4, 0, 1}, a.mac[:]...)
		arp = append(arp, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0)
		return ethernet([6]byte{255, 255, 255, 255, 255, 255}, typeARP, append(arp, netip.MustParseAddr(who).AsSlice()...))
	}
	for _, who := range []string{"10.0.0.3", "10.0.0.2"} { // nobody answers for the first
		if _, err := insideA.Write(ask(who)); err != nil {
			t.Fatal(err)
		}
	}
	got, err = insideA.Read(buf)
	if answer := buf[header:got]; err != nil || got != header+arpSize || [6]byte(answer[8:14]) != MAC(netip.MustParseAddr("10.0.0.2")) {
		t.Errorf("ARP answer % x, %v", buf[:got], err)
	}
}

// TestLine sends a packet through an IPSEC line: the carrier sees ESP only, and a replayed packet goes nowhere.
func TestLine(t *testing.T) {
	n := ipnet.New(clock.Real(), 1, nil)
	carrier := n.AddSegment("carrier")
	secret := bytes.Repeat([]byte{7}, 32)
	always := func(netip.Addr) bool { return true }
	ends := map[string]*os.File{}
	var cards []*Card
	for own, peer := range map[string]string{"100.64.0.1": "100.64.0.14", "100.64.0.14": "100.64.0.1"} {
		over, _ := pair(t, "over "+own, own, carrier.Has)
		card, inside := pair(t, "line "+own, "10.3.0.1", always)
		if _, err := NewLine(card, over, netip.MustParseAddr(own), netip.MustParseAddr(peer), secret); err != nil {
			t.Fatal(err)
		}
		_, port := n.Attach(own, over, carrier, []netip.Addr{netip.MustParseAddr(own)}, ipnet.Params{})
		over.Start(port)
		card.Start(ipnet.Port{})
		ends[own] = inside
		cards = append(cards, over, card)
	}
	packet := ip(17, "10.1.1.1", "10.2.2.2")
	if _, err := ends["100.64.0.1"].Write(ethernet(MAC(netip.MustParseAddr("10.3.0.14")), typeIPv4, packet)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2000)
	got, err := ends["100.64.0.14"].Read(buf)
	if err != nil || !bytes.Equal(buf[header:got], packet) {
		t.Errorf("the other end got % x, %v", buf[:got], err)
	}
	for _, c := range cards {
		c.Close()
	}
	sealed := (&Line{esp: cards[0].lines[0].esp, own: cards[0].lines[0].own, peer: cards[0].lines[0].peer}).seal(packet)
	if bytes.Contains(sealed, packet[12:]) || sealed[9] != protoESP {
		t.Errorf("the carrier sees % x", sealed)
	}
}

// FuzzResolve feeds a card frames of every kind.
func FuzzResolve(f *testing.F) {
	f.Add(ethernet(MAC(netip.MustParseAddr("10.0.0.2")), typeIPv4, ip(6, "10.0.0.1", "10.0.0.2")))
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, frame []byte) {
		c, inside := pair(t, "a", "10.0.0.1", func(netip.Addr) bool { return true })
		c.Watch(func(local, remote netip.AddrPort) {})
		c.Start(ipnet.Port{})
		if len(frame) > 0 {
			_, _ = inside.Write(frame) // too large is no frame
		}
		inside.Close()
		<-c.done
	})
}

// Package tap joins a network interface of a container to the simulated network's links: what the container's kernel
// sends comes out of a file (a TAP device) as Ethernet, and goes on over an ipnet link as the embedded hosts'
// packets do. Latency, loss, cuts and captures are therefore the same code on both fabrics.
//
// It leaves out how the device got into the container (package node) and who is on the segment (package ipnet).
package tap

import (
	"encoding/binary"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"

	"demailbench/sim/ipnet"
	"demailbench/sim/router/esp"
)

// Ethernet (IEEE 802.3) and ARP (RFC 826).
const (
	header   = 14
	typeIPv4 = 0x0800
	typeARP  = 0x0806
	arpSize  = 28
)

// MAC is the hardware address under which a neighbour is known on every segment: local, made of its IP address, so
// that the neighbour meant by a frame can be read off the frame.
func MAC(a netip.Addr) [6]byte {
	b := a.As4()
	return [6]byte{0x02, 0xde, b[0], b[1], b[2], b[3]}
}

// neighbour is whom a frame's destination means.
func neighbour(mac []byte) (netip.Addr, bool) {
	if mac[0] != 0x02 || mac[1] != 0xde {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte(mac[2:6])), true
}

// Card is the far end of a container's network interface; it implements ipnet.Receiver.
type Card struct {
	name string
	file *os.File
	mac  [6]byte
	has  func(netip.Addr) bool
	port ipnet.Port
	// out takes a packet that the container sent; lines are the IPSEC lines that this interface carries.
	out   func(packet []byte, next netip.Addr)
	lines []*Line
	done  chan struct{}
	// accepted is told of connections that the container's programs accept.
	accepted atomic.Pointer[func(local, remote netip.AddrPort)]
}

// Watch calls accepted with both ends of every TCP connection that a program in the container accepts, as its kernel
// says so (SYN and ACK, RFC 9293 3.5), for programs that do not write to the record themselves. A repeated answer is
// told again.
func (c *Card) Watch(accepted func(local, remote netip.AddrPort)) { c.accepted.Store(&accepted) }

// notice looks for the answer that opens a connection.
func (c *Card) notice(packet []byte) {
	f := c.accepted.Load()
	if f == nil || packet[9] != protoTCP {
		return
	}
	at := int(packet[0]&15) * 4
	const syn, ack = 2, 16
	if len(packet) < at+14 || packet[at+13]&(syn|ack) != syn|ack {
		return
	}
	end := func(address, port int) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(packet[address:address+4])), binary.BigEndian.Uint16(packet[port:]))
	}
	(*f)(end(12, at), end(16, at+2))
}

// New makes the card of the interface whose address is own, over the device's file. The card says who answers on the
// segment: has. It owns the file.
func New(name string, file *os.File, own netip.Addr, has func(netip.Addr) bool) *Card {
	c := &Card{name: name, file: file, mac: MAC(own), has: has, done: make(chan struct{})}
	c.out = func(packet []byte, next netip.Addr) { c.port.Send(ipnet.Frame{Packet: packet, Next: next}) }
	return c
}

// Name is what captures call this end of the link.
func (c *Card) Name() string { return c.name }

// Start passes on what the container sends, over p, until Close.
func (c *Card) Start(p ipnet.Port) {
	c.port = p
	go c.read()
}

// Close takes the interface away. What the container sends from then on is lost.
func (c *Card) Close() {
	c.file.Close()
	<-c.done
}

// Receive implements ipnet.Receiver: the packet goes into the container, or is what a line carries.
func (c *Card) Receive(f ipnet.Frame) {
	for _, l := range c.lines {
		if l.takes(f.Packet) {
			l.open(f.Packet)
			return
		}
	}
	c.write(f.Packet)
}

func (c *Card) write(packet []byte) {
	frame := make([]byte, header, header+len(packet))
	copy(frame, c.mac[:])
	from := MAC(netip.IPv4Unspecified())
	copy(frame[6:], from[:])
	binary.BigEndian.PutUint16(frame[12:], typeIPv4)
	_, _ = c.file.Write(append(frame, packet...)) // a full queue loses, as a wire does
}

func (c *Card) read() {
	defer close(c.done)
	buf := make([]byte, 65536)
	for {
		n, err := c.file.Read(buf)
		if err != nil {
			return
		}
		frame := buf[:n]
		if n < header {
			continue
		}
		switch binary.BigEndian.Uint16(frame[12:]) {
		case typeARP:
			c.resolve(frame[header:])
		case typeIPv4:
			if next, ok := neighbour(frame); ok && n > header+ipHeader {
				c.notice(frame[header:])
				c.out(append([]byte(nil), frame[header:]...), next)
			}
		}
	}
}

// resolve answers an ARP request for whoever is on the segment. What nobody answers for, the kernel reports to the
// sender as unreachable host.
func (c *Card) resolve(arp []byte) {
	if len(arp) < arpSize || binary.BigEndian.Uint16(arp[6:]) != 1 {
		return
	}
	asked := netip.AddrFrom4([4]byte(arp[24:28]))
	asker := netip.AddrFrom4([4]byte(arp[14:18]))
	if asked == asker || !c.has(asked) || MAC(asked) == c.mac {
		return
	}
	from := MAC(asked)
	answer := make([]byte, header+arpSize)
	copy(answer, arp[8:14])
	copy(answer[6:], from[:])
	binary.BigEndian.PutUint16(answer[12:], typeARP)
	body := answer[header:]
	copy(body, []byte{0, 1, 8, 0, 6, 4, 0, 2})
	copy(body[8:], from[:])
	copy(body[14:], arp[24:28])
	copy(body[18:], arp[8:14])
	copy(body[24:], arp[14:18])
	_, _ = c.file.Write(answer)
}

// Line is one end of an IPSEC line (S0-039): an interface in the container whose packets go over the carrier's card
// as ESP, sealed here, since kernels without ESP exist.
type Line struct {
	card      *Card
	own, peer netip.Addr

	mu  sync.Mutex
	esp *esp.Association
}

// NewLine joins the interface card to the interface carrier, whose address is own; peer is the other end's. Both ends
// know the secret.
func NewLine(card, carrier *Card, own, peer netip.Addr, secret []byte) (*Line, error) {
	association, err := esp.New(secret, own, peer)
	if err != nil {
		return nil, err
	}
	l := &Line{card: card, own: own, peer: peer, esp: association}
	card.out = func(packet []byte, _ netip.Addr) {
		if sealed := l.seal(packet); sealed != nil {
			carrier.port.Send(ipnet.Frame{Packet: sealed, Next: peer})
		}
	}
	carrier.lines = append(carrier.lines, l)
	return l, nil
}

const (
	ipHeader = 20
	protoESP = 50
	protoTCP = 6
)

// takes reports whether a packet of the carrier belongs to the line.
func (l *Line) takes(packet []byte) bool {
	return len(packet) >= ipHeader && packet[9] == protoESP && netip.AddrFrom4([4]byte(packet[12:16])) == l.peer &&
		netip.AddrFrom4([4]byte(packet[16:20])) == l.own
}

func (l *Line) seal(inner []byte) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	size := ipHeader + esp.SealedSize(len(inner))
	b := make([]byte, ipHeader, size)
	b[0], b[1], b[6], b[8], b[9] = 0x45, inner[1], 0x40, 64, protoESP
	binary.BigEndian.PutUint16(b[2:], uint16(size))
	copy(b[12:], l.own.AsSlice())
	copy(b[16:], l.peer.AsSlice())
	b, err := l.esp.Seal(b, inner)
	if err != nil {
		return nil // the sequence numbers are used up: the line is dead
	}
	binary.BigEndian.PutUint16(b[4:], uint16(l.esp.Sent()))
	binary.BigEndian.PutUint16(b[10:], checksum(b[:ipHeader]))
	return b
}

// open takes a packet of the carrier; one that is forged or replayed is dropped.
func (l *Line) open(packet []byte) {
	l.mu.Lock()
	inner, err := l.esp.Open(packet[int(packet[0]&15)*4:])
	l.mu.Unlock()
	if err == nil {
		l.card.write(inner)
	}
}

// checksum is RFC 1071's over a header of even length.
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

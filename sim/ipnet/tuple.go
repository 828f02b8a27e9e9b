package ipnet

import (
	"encoding/binary"
	"net/netip"
	"strconv"
)

// tuple identifies a flow: addresses, protocol and, where there are, ports.
type tuple struct {
	src, dst         [4]byte
	proto            byte
	srcPort, dstPort uint16
}

const (
	protoICMP = 1
	protoTCP  = 6
	protoUDP  = 17
)

// parseTuple reads what it can: a packet that is too short has zero fields, and only the first fragment
// of a datagram has ports.
func parseTuple(packet []byte) (t tuple) {
	if len(packet) < 20 {
		return t
	}
	t.src, t.dst, t.proto = [4]byte(packet[12:16]), [4]byte(packet[16:20]), packet[9]
	header := int(packet[0]&0x0f) * 4
	fragment := binary.BigEndian.Uint16(packet[6:8]) & 0x1fff
	if (t.proto == protoTCP || t.proto == protoUDP) && fragment == 0 && len(packet) >= header+4 {
		t.srcPort = binary.BigEndian.Uint16(packet[header:])
		t.dstPort = binary.BigEndian.Uint16(packet[header+2:])
	}
	return t
}

func (t tuple) source() string      { return t.end(t.src, t.srcPort) }
func (t tuple) destination() string { return t.end(t.dst, t.dstPort) }

func (t tuple) end(a [4]byte, port uint16) string {
	addr := netip.AddrFrom4(a)
	if t.proto == protoTCP || t.proto == protoUDP {
		return netip.AddrPortFrom(addr, port).String()
	}
	return addr.String()
}

// protocol is the protocol's name, or its number where the bench has no name for it.
func (t tuple) protocol() string {
	switch t.proto {
	case protoICMP:
		return "icmp"
	case protoTCP:
		return "tcp"
	case protoUDP:
		return "udp"
	}
	return strconv.Itoa(int(t.proto))
}

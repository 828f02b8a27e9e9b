package router

import (
	"encoding/binary"

	"demailbench/sim/nat"
)

// quoteLimit is how much of a packet an ICMP error quotes: the whole error has at most 576 octets (RFC 1812
// 4.3.2.3).
const quoteLimit = 576 - ipHeader - 8

// ipPacket makes an IPv4 packet with an empty payload of n octets and a right header checksum.
func ipPacket(protocol nat.Protocol, src, dst [4]byte, n int) []byte {
	b := make([]byte, ipHeader+n)
	b[0] = 0x45
	binary.BigEndian.PutUint16(b[ipTotal:], uint16(len(b)))
	b[ipTTL], b[ipProtocol] = 64, byte(protocol)
	copy(b[ipSource:], src[:])
	copy(b[ipDest:], dst[:])
	binary.BigEndian.PutUint16(b[ipChecksum:], checksum(b[:ipHeader]))
	return b
}

// icmpAbout makes an ICMP error about p as it arrived, from the router's address src; nil where none may be
// sent (RFC 1122 3.2.2, RFC 1812 4.3.2.7). The value is the second word: the MTU of codeTooBig.
func icmpAbout(p *packet, src [4]byte, kind, code byte, value uint32) []byte {
	if p.icmpError() || !unicast(p.tuple.Src.Addr) || !unicast(p.tuple.Dst.Addr) {
		return nil
	}
	quote := p.raw[:min(len(p.raw), quoteLimit)]
	b := ipPacket(nat.ICMP, src, p.tuple.Src.Addr, 8+len(quote))
	m := b[ipHeader:]
	m[0], m[1] = kind, code
	binary.BigEndian.PutUint32(m[4:], value)
	copy(m[8:], quote)
	binary.BigEndian.PutUint16(m[2:], checksum(m))
	return b
}

// resetAbout makes the TCP reset for a segment nobody wants (RFC 9293 3.5.2); nil for a reset.
func resetAbout(p *packet) []byte {
	flags := p.flags()
	if flags&nat.RST != 0 {
		return nil
	}
	b := ipPacket(nat.TCP, p.tuple.Dst.Addr, p.tuple.Src.Addr, 20)
	t := b[ipHeader:]
	binary.BigEndian.PutUint16(t, p.tuple.Dst.Port)
	binary.BigEndian.PutUint16(t[2:], p.tuple.Src.Port)
	t[12] = 5 << 4
	if flags&nat.ACK != 0 {
		copy(t[4:8], p.payload[8:12])
		t[13] = byte(nat.RST)
	} else {
		length := uint32(len(p.payload) - int(p.payload[12]>>4)*4)
		if flags&nat.SYN != 0 {
			length++
		}
		if flags&nat.FIN != 0 {
			length++
		}
		binary.BigEndian.PutUint32(t[8:], binary.BigEndian.Uint32(p.payload[4:])+length)
		t[13] = byte(nat.RST | nat.ACK)
	}
	pseudo := sum(b[ipSource:ipHeader], uint64(nat.TCP)+uint64(len(t)))
	binary.BigEndian.PutUint16(t[16:], ^fold(sum(t, pseudo)))
	return b
}

// echoReply turns an echo into its reply, in place.
func echoReply(p *packet) []byte {
	b, m := p.raw, p.payload
	copy(b[ipSource:], p.tuple.Dst.Addr[:])
	copy(b[ipDest:], p.tuple.Src.Addr[:])
	b[ipTTL] = 64
	m[0] = icmpEchoReply
	m[2], m[3] = 0, 0
	binary.BigEndian.PutUint16(m[2:], checksum(m))
	b[ipChecksum], b[ipChecksum+1] = 0, 0
	binary.BigEndian.PutUint16(b[ipChecksum:], checksum(b[:len(b)-len(m)]))
	return b
}

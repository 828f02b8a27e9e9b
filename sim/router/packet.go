package router

import (
	"encoding/binary"
	"net/netip"

	"demailbench/sim/nat"
)

// Offsets in the IPv4 header (RFC 791 3.1).
const (
	ipTotal    = 2
	ipFragment = 6
	ipTTL      = 8
	ipProtocol = 9
	ipChecksum = 10
	ipSource   = 12
	ipDest     = 16
	ipHeader   = 20 // its length without options
)

// dontFragment is in the octet at ipFragment.
const dontFragment = 0x40

// ICMP types (RFC 792).
const (
	icmpEchoReply   = 0
	icmpUnreachable = 3
	icmpEcho        = 8
	icmpExceeded    = 11
	icmpParameter   = 12
)

// Codes of icmpUnreachable (RFC 792, RFC 1812 5.2.7.1).
const (
	codeNet        = 0
	codeHost       = 1
	codeProtocol   = 2
	codePort       = 3
	codeTooBig     = 4
	codeProhibited = 13
)

// packet is an IPv4 packet and where its parts are. The slices share one array.
type packet struct {
	raw     []byte // header and payload, without padding
	payload []byte
	tuple   nat.Tuple
}

// parse takes a packet apart. The reason is empty, or why the router cannot handle the packet; its tuple
// is then filled as far as it could be read.
func parse(raw []byte) (p packet, reason string) {
	if len(raw) < ipHeader || raw[0]>>4 != 4 {
		return p, "malformed"
	}
	header, total := int(raw[0]&15)*4, int(binary.BigEndian.Uint16(raw[ipTotal:]))
	if header < ipHeader || total < header || total > len(raw) {
		return p, "malformed"
	}
	p.raw, p.payload = raw[:total:total], raw[header:total:total]
	p.tuple.Protocol = nat.Protocol(raw[ipProtocol])
	copy(p.tuple.Src.Addr[:], raw[ipSource:])
	copy(p.tuple.Dst.Addr[:], raw[ipDest:])
	if checksum(raw[:header]) != 0 {
		return p, "checksum"
	}
	// More fragments, or an offset. Without reassembly the matrix could not see the ports of the rest.
	if binary.BigEndian.Uint16(raw[ipFragment:])&0x3fff != 0 {
		return p, "fragment"
	}
	if !p.ports(p.payload) {
		return p, "malformed"
	}
	return p, ""
}

// ports reads ports and identifiers from the transport header and reports whether it is complete.
func (p *packet) ports(b []byte) bool {
	switch p.tuple.Protocol {
	case nat.TCP:
		if len(b) < 20 || b[12]>>4 < 5 || int(b[12]>>4)*4 > len(b) {
			return false
		}
	case nat.UDP:
		if len(b) < 8 || int(binary.BigEndian.Uint16(b[4:])) != len(b) {
			return false
		}
	case nat.ICMP:
		if len(b) < 8 {
			return false
		}
	case nat.ESP:
		return len(b) >= 8
	}
	p.tuple.Src.Port, p.tuple.Dst.Port = portsOf(p.tuple.Protocol, b)
	return true
}

// portsOf reads the ports from the first 8 octets of a transport header. An echo's identifier belongs to
// the side that asks.
func portsOf(protocol nat.Protocol, b []byte) (src, dst uint16) {
	switch protocol {
	case nat.TCP, nat.UDP:
		return binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	case nat.ICMP:
		switch b[0] {
		case icmpEcho:
			return binary.BigEndian.Uint16(b[4:]), 0
		case icmpEchoReply:
			return 0, binary.BigEndian.Uint16(b[4:])
		}
	}
	return 0, 0
}

func (p *packet) flags() nat.Flags {
	if p.tuple.Protocol == nat.TCP {
		return nat.Flags(p.payload[13])
	}
	return 0
}

// opens reports whether the packet may begin a flow: of TCP only a SYN, of ICMP only an echo.
func (p *packet) opens() bool {
	switch p.tuple.Protocol {
	case nat.TCP:
		return p.flags().Opens()
	case nat.ICMP:
		return p.payload[0] == icmpEcho
	}
	return true
}

// icmpError reports whether the packet quotes another one.
func (p *packet) icmpError() bool {
	if p.tuple.Protocol != nat.ICMP || len(p.payload) == 0 {
		return false
	}
	t := p.payload[0]
	return t == icmpUnreachable || t == icmpExceeded || t == icmpParameter
}

// translate rewrites the packet to a new tuple with incremental checksums: an error that was in the packet
// before stays one.
func (p *packet) translate(to nat.Tuple) {
	if to == p.tuple {
		return
	}
	d := rewriteHeader(p.raw, p.tuple, to)
	rewriteTransport(p.payload, p.tuple, to, d)
	p.tuple = to
}

// rewriteHeader sets the addresses of the IP header b and returns the change, which the pseudo header of
// TCP and UDP shares.
func rewriteHeader(b []byte, from, to nat.Tuple) (d delta) {
	d.addr(from.Src.Addr, to.Src.Addr)
	d.addr(from.Dst.Addr, to.Dst.Addr)
	copy(b[ipSource:], to.Src.Addr[:])
	copy(b[ipDest:], to.Dst.Addr[:])
	d.apply(b[ipChecksum:])
	return d
}

// rewriteTransport sets the ports in b, which holds at least 8 octets of the transport header: a quote in an
// ICMP error has no more.
func rewriteTransport(b []byte, from, to nat.Tuple, d delta) {
	switch from.Protocol {
	case nat.TCP, nat.UDP:
		d.word(from.Src.Port, to.Src.Port)
		d.word(from.Dst.Port, to.Dst.Port)
		binary.BigEndian.PutUint16(b, to.Src.Port)
		binary.BigEndian.PutUint16(b[2:], to.Dst.Port)
		switch {
		case from.Protocol == nat.UDP:
			d.applyUDP(b[6:8])
		case len(b) >= 18:
			d.apply(b[16:18])
		}
	case nat.ICMP:
		old, id := from.Src.Port, to.Src.Port
		switch b[0] {
		case icmpEcho:
		case icmpEchoReply:
			old, id = from.Dst.Port, to.Dst.Port
		default:
			return
		}
		var own delta // ICMP has no pseudo header
		own.word(old, id)
		binary.BigEndian.PutUint16(b[4:], id)
		own.apply(b[2:4])
	}
}

// decrementTTL takes one from the TTL, the high octet of its checksum word.
func decrementTTL(b []byte) {
	var d delta
	old := binary.BigEndian.Uint16(b[ipTTL:])
	d.word(old, old-0x100)
	b[ipTTL]--
	d.apply(b[ipChecksum:])
}

// unicast reports whether an address can stand for one host that a router may answer (RFC 1812 4.2.2.11,
// 5.3.7).
func unicast(a [4]byte) bool {
	ip := netip.AddrFrom4(a)
	return a[0] != 0 && a[0] < 224 && !ip.IsLoopback()
}

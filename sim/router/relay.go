package router

import (
	"encoding/binary"
	"time"

	"demailbench/sim/nat"
)

// quoted reads the tuple of the packet that an ICMP error quotes, of which at least the IP header and 8
// octets must be there, and where its transport header begins.
func quoted(b []byte) (t nat.Tuple, transport int, ok bool) {
	if len(b) < ipHeader || b[0]>>4 != 4 {
		return t, 0, false
	}
	transport = int(b[0]&15) * 4
	if transport < ipHeader || len(b) < transport+8 || binary.BigEndian.Uint16(b[ipFragment:])&0x1fff != 0 {
		return t, 0, false
	}
	t.Protocol = nat.Protocol(b[ipProtocol])
	copy(t.Src.Addr[:], b[ipSource:])
	copy(t.Dst.Addr[:], b[ipDest:])
	t.Src.Port, t.Dst.Port = portsOf(t.Protocol, b[transport:])
	return t, transport, true
}

// relayError translates an ICMP error and the packet quoted in it (RFC 5508 4), so that the one who sent
// that packet recognises it.
func (p *plane) relayError(in *iface, pkt *packet, at time.Time) result {
	if checksum(pkt.payload) != 0 { // RFC 5508 REQ-3
		return dropped(p.name, pkt, "checksum", "")
	}
	quote := pkt.payload[8:]
	was, transport, ok := quoted(quote)
	if !ok {
		return dropped(p.name, pkt, "malformed", "")
	}
	if was.Protocol == nat.ESP && p.owns(was.Src.Addr) {
		return p.tunnelError(pkt, quote, was)
	}
	flow, dir := p.table.Lookup(was.Reverse(), at)
	if flow == nil || pkt.tuple.Dst.Addr != was.Src.Addr {
		return dropped(p.name, pkt, reasonState, "")
	}
	is := flow.Leaves(dir).Reverse() // the quoted packet as it was before we translated it
	leaves := pkt.tuple
	leaves.Dst.Addr = is.Src.Addr
	out, next := p.lookup(leaves.Dst.Addr)
	if reason, _, _ := p.obstacle(pkt, out, next); reason != "" {
		return dropped(p.name, pkt, reason, "")
	}
	if pkt.tuple.Src.Addr == was.Dst.Addr {
		leaves.Src.Addr = is.Dst.Addr
	} else { // from a router on the way: its inside address must not show either (RFC 5508 REQ-5)
		leaves.Src.Addr = p.table.Alias(out.Name, leaves.Src.Addr)
	}
	d := rewriteHeader(quote, was, is)
	rewriteTransport(quote[transport:], was, is, d)
	m := pkt.payload
	m[2], m[3] = 0, 0
	binary.BigEndian.PutUint16(m[2:], checksum(m))
	return p.send(out, next, pkt, leaves, at)
}

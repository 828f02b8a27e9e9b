package router

import (
	"encoding/binary"
	"net/netip"
	"time"

	"demailbench/sim/ipnet"
	"demailbench/sim/nat"
	"demailbench/sim/router/esp"
)

// tunnelFrom is the tunnel whose peer sent the ESP packet to its own end, or nil.
func (p *plane) tunnelFrom(pkt *packet) *iface {
	for _, i := range p.ifaces {
		if i.Tunnel != nil && i.over.addr == pkt.tuple.Dst.Addr && i.Tunnel.Peer.As4() == pkt.tuple.Src.Addr {
			return i
		}
	}
	return nil
}

// encapsulate sends an inner packet through a tunnel. The outer packet is the router's own: no matrix and
// no NAT apply to it.
func (p *plane) encapsulate(t *iface, inner []byte) result {
	src, dst := t.over.addr, t.Tunnel.Peer.As4()
	outer := packet{tuple: nat.Tuple{Src: nat.Endpoint{Addr: src}, Dst: nat.Endpoint{Addr: dst}, Protocol: nat.ESP}}
	out, next := p.lookup(dst)
	if out != t.over {
		return dropped(p.name, &outer, "no route", "")
	}
	size := esp.SealedSize(len(inner))
	b := ipPacket(nat.ESP, src, dst, size)
	b, err := t.esp.Seal(b[:ipHeader], inner)
	if err != nil {
		return dropped(p.name, &outer, err.Error(), "")
	}
	b[1] = inner[1] // RFC 4301 5.1.2.1: the traffic class is copied
	binary.BigEndian.PutUint16(b[4:], uint16(t.esp.Sent()))
	b[ipFragment] = dontFragment
	b[ipChecksum], b[ipChecksum+1] = 0, 0
	binary.BigEndian.PutUint16(b[ipChecksum:], checksum(b[:ipHeader]))
	if !out.reaches(next) {
		return dropped(p.name, &outer, "no neighbour", "")
	}
	return result{out: out, frame: ipnet.Frame{Packet: b, Next: next}}
}

// decapsulate handles a packet from a tunnel's peer: what is in it arrives at the tunnel's interface.
func (p *plane) decapsulate(t *iface, pkt *packet, at time.Time) result {
	inner, err := t.esp.Open(pkt.payload)
	if err != nil {
		return dropped(p.name, pkt, err.Error(), "")
	}
	return p.receive(t, inner, at)
}

// tunnelError handles an ICMP error about an ESP packet of ours. Only "too big" has a consequence: the
// tunnel takes smaller packets from now on (RFC 4301 8.2.1).
func (p *plane) tunnelError(pkt *packet, quote []byte, was nat.Tuple) result {
	header := int(quote[0]&15) * 4
	for _, t := range p.ifaces {
		if t.Tunnel == nil || t.over.addr != was.Src.Addr || t.Tunnel.Peer != netip.AddrFrom4(was.Dst.Addr) ||
			binary.BigEndian.Uint32(quote[header:]) != t.esp.SPI() {
			continue
		}
		mtu := esp.InnerMTU(int(binary.BigEndian.Uint16(pkt.payload[6:])))
		if pkt.payload[0] == icmpUnreachable && pkt.payload[1] == codeTooBig && mtu >= 68 && mtu < t.mtu {
			t.mtu = mtu
			return result{}
		}
	}
	return dropped(p.name, pkt, "error about a tunnel", "")
}

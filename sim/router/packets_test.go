package router

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"demailbench/sim/firewall"
	"demailbench/sim/nat"
	"demailbench/sim/record"
	"demailbench/sim/router/esp"
)

// The tests make and check packets with code of their own: a mistake in the router's arithmetic must not
// agree with itself.

// onesSum adds big-endian words with end-around carry after every step (RFC 1071 1).
func onesSum(total uint16, b []byte) uint16 {
	for i := 0; i < len(b); i += 2 {
		word := uint16(b[i]) << 8
		if i+1 < len(b) {
			word |= uint16(b[i+1])
		}
		next := total + word
		if next < total {
			next++
		}
		total = next
	}
	return total
}

func pseudoHeader(raw []byte, length int) uint16 {
	s := onesSum(0, raw[12:20])
	return onesSum(s, []byte{0, raw[9], byte(length >> 8), byte(length)})
}

// fault names the first thing that is wrong with a packet's lengths and checksums, "" when it is right.
func fault(raw []byte) string {
	header := int(raw[0]&15) * 4
	if int(binary.BigEndian.Uint16(raw[2:])) != len(raw) {
		return "total length"
	}
	if onesSum(0, raw[:header]) != 0xffff {
		return "IP header checksum"
	}
	return transportFault(raw, raw[header:])
}

func transportFault(raw, b []byte) string {
	switch raw[9] {
	case 6:
		if onesSum(pseudoHeader(raw, len(b)), b) != 0xffff {
			return "TCP checksum"
		}
	case 17:
		if binary.BigEndian.Uint16(b[6:]) != 0 && onesSum(pseudoHeader(raw, len(b)), b) != 0xffff {
			return "UDP checksum"
		}
	case 1:
		if onesSum(0, b) != 0xffff {
			return "ICMP checksum"
		}
		if b[0] == 3 || b[0] == 11 || b[0] == 12 {
			return quoteFault(b[8:])
		}
	}
	return ""
}

// quoteFault checks the packet in an ICMP error. Its transport checksum can be checked when all is quoted.
func quoteFault(q []byte) string {
	header := int(q[0]&15) * 4
	if onesSum(0, q[:header]) != 0xffff {
		return "quoted IP header checksum"
	}
	if int(binary.BigEndian.Uint16(q[2:])) == len(q) {
		if f := transportFault(q, q[header:]); f != "" {
			return "quoted " + f
		}
	}
	return ""
}

// seal sets lengths and checksums of an IPv4 packet whose header has the given length.
func sealed(raw []byte) []byte {
	header := int(raw[0]&15) * 4
	b := raw[header:]
	binary.BigEndian.PutUint16(raw[2:], uint16(len(raw)))
	raw[10], raw[11] = 0, 0
	binary.BigEndian.PutUint16(raw[10:], ^onesSum(0, raw[:header]))
	switch {
	case raw[9] == 6 && len(b) >= 20:
		b[16], b[17] = 0, 0
		binary.BigEndian.PutUint16(b[16:], ^onesSum(pseudoHeader(raw, len(b)), b))
	case raw[9] == 17 && len(b) >= 8:
		binary.BigEndian.PutUint16(b[4:], uint16(len(b)))
		b[6], b[7] = 0, 0
		binary.BigEndian.PutUint16(b[6:], ^onesSum(pseudoHeader(raw, len(b)), b))
		if b[6] == 0 && b[7] == 0 {
			b[6], b[7] = 0xff, 0xff
		}
	case raw[9] == 1 && len(b) >= 8:
		b[2], b[3] = 0, 0
		binary.BigEndian.PutUint16(b[2:], ^onesSum(0, b))
	}
	return raw
}

func ip(protocol byte, src, dst string, payload []byte) []byte {
	raw := make([]byte, 20, 20+len(payload))
	raw[0], raw[6], raw[8], raw[9] = 0x45, 0x40, 64, protocol
	s, d := netip.MustParseAddrPort(src).Addr().As4(), netip.MustParseAddrPort(dst).Addr().As4()
	copy(raw[12:], s[:])
	copy(raw[16:], d[:])
	return sealed(append(raw, payload...))
}

func ports(b []byte, src, dst string) []byte {
	binary.BigEndian.PutUint16(b, netip.MustParseAddrPort(src).Port())
	binary.BigEndian.PutUint16(b[2:], netip.MustParseAddrPort(dst).Port())
	return b
}

func tcp(src, dst string, flags nat.Flags, data ...byte) []byte {
	b := ports(make([]byte, 20), src, dst)
	binary.BigEndian.PutUint32(b[4:], 1000)
	binary.BigEndian.PutUint32(b[8:], 2000)
	b[12], b[13] = 5<<4, byte(flags)
	return ip(6, src, dst, append(b, data...))
}

func udp(src, dst string, data ...byte) []byte {
	return ip(17, src, dst, append(ports(make([]byte, 8), src, dst), data...))
}

// echo carries the identifier as the port of the asking side: src for kind 8, dst for kind 0.
func echo(kind byte, src, dst string) []byte {
	id := netip.MustParseAddrPort(src).Port()
	if kind == 0 {
		id = netip.MustParseAddrPort(dst).Port()
	}
	return ip(1, src, dst, []byte{kind, 0, 0, 0, byte(id >> 8), byte(id), 0, 1, 'd', 'a', 't', 'a', '!'})
}

// first is the first packet of a conversation in a protocol.
func first(p nat.Protocol, src, dst string) []byte {
	switch p {
	case nat.TCP:
		return tcp(src, dst, nat.SYN)
	case nat.UDP:
		return udp(src, dst, 1, 2, 3)
	}
	return echo(8, src, dst)
}

// reply is its answer.
func reply(p nat.Protocol, src, dst string) []byte {
	switch p {
	case nat.TCP:
		return tcp(src, dst, nat.SYN|nat.ACK)
	case nat.UDP:
		return udp(src, dst, 3, 2, 1)
	}
	return echo(0, src, dst)
}

// errorAbout is an ICMP error that quotes at most limit octets.
func errorAbout(from, to string, kind, code byte, quote []byte, limit int) []byte {
	b := append([]byte{kind, code, 0, 0, 0, 0, 0, 0}, quote[:min(len(quote), limit)]...)
	return ip(1, from, to, b)
}

// with changes a packet and makes it right again.
func with(raw []byte, change func([]byte)) []byte {
	change(raw)
	return sealed(raw)
}

// describe tells a packet in one line: protocol, source, destination, and what matters of the protocol.
func describe(raw []byte) string {
	src, dst := netip.AddrFrom4([4]byte(raw[12:16])), netip.AddrFrom4([4]byte(raw[16:20]))
	b := raw[int(raw[0]&15)*4:]
	port := func(i int) uint16 { return binary.BigEndian.Uint16(b[i:]) }
	switch raw[9] {
	case 6:
		return fmt.Sprintf("tcp %v:%d > %v:%d flags %02x", src, port(0), dst, port(2), b[13])
	case 17:
		return fmt.Sprintf("udp %v:%d > %v:%d", src, port(0), dst, port(2))
	case 1:
		if b[0] == 8 || b[0] == 0 {
			return fmt.Sprintf("icmp %v > %v type %d id %d", src, dst, b[0], port(4))
		}
		return fmt.Sprintf("icmp %v > %v type %d code %d mtu %d about (%s)", src, dst, b[0], b[1], port(6), describe(append(b[8:len(b):len(b)], make([]byte, 40)...)))
	}
	return fmt.Sprintf("%d %v > %v", raw[9], src, dst)
}

var epoch = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

// newPlane makes a plane with interfaces "name zone address", all allowed unless cfg has a policy.
func newPlane(t testing.TB, cfg Config, interfaces ...Interface) *plane {
	t.Helper()
	table, err := nat.NewTable(cfg.NAT, cfg.Timeouts, cfg.FlowLimit, 1)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Policy.Default == "" {
		cfg.Policy.Default = firewall.Allow
	}
	p := &plane{name: "router", configured: cfg.Routes, table: table, policy: cfg.Policy, reversePath: cfg.ReversePath, entries: cfg.Matrix}
	for _, c := range interfaces {
		i := &iface{Interface: c, mtu: c.MTU}
		if i.mtu == 0 {
			i.mtu = 1500
		}
		if c.Tunnel != nil {
			i.over = p.iface(c.Tunnel.Over)
			i.mtu = esp.InnerMTU(i.over.mtu)
			if i.esp, err = esp.New(c.Tunnel.Secret, i.over.Address.Addr(), c.Tunnel.Peer); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.add(i); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// municipality is a router with a LAN of 192.168.10.0/24 and an uplink, 1:1 for .25 and .26, masquerade for
// the rest.
func municipality(t testing.TB, cfg Config) *plane {
	cfg.NAT.Static = append(cfg.NAT.Static,
		nat.Static{Interface: "kdn", Inside: prefix("192.168.10.24/29"), Outside: prefix("10.2.12.24/29")})
	cfg.NAT.Masquerade = append(cfg.NAT.Masquerade,
		nat.Masquerade{Interface: "kdn", From: prefix("192.168.10.0/24"), To: netip.MustParseAddr("10.2.12.1")})
	cfg.Routes = append(cfg.Routes, Route{To: prefix("0.0.0.0/0"), Via: netip.MustParseAddr("10.2.0.1")})
	return newPlane(t, cfg, Interface{Name: "lan", Zone: "tenant", Address: prefix("192.168.10.1/24")},
		Interface{Name: "kdn", Zone: "kdn", Address: prefix("10.2.0.12/24")})
}

// pass sends a packet through and describes what left: "interface next packet", or "" for nothing. It
// checks every checksum.
func pass(t testing.TB, p *plane, in string, raw []byte, at time.Time) (string, []record.Event) {
	t.Helper()
	r := p.receive(p.iface(in), raw, at)
	for _, e := range r.events {
		if err := record.Validate(e); err != nil {
			t.Error(err)
		}
	}
	if r.out == nil {
		return "", r.events
	}
	if f := fault(r.frame.Packet); f != "" {
		t.Errorf("%s is wrong in %x", f, r.frame.Packet)
	}
	return fmt.Sprintf("%s %v %s", r.out.Name, r.frame.Next, describe(r.frame.Packet)), r.events
}

// outcome is what pass returns, with the last event in words.
func outcome(t testing.TB, p *plane, in string, raw []byte, at time.Time) string {
	t.Helper()
	left, events := pass(t, p, in, raw, at)
	for _, e := range events {
		switch e.Kind {
		case record.Drop:
			left += " [drop " + e.Detail
		case record.Flow:
			left += " [flow"
		}
		if e.Rule != "" {
			left += " " + e.Rule
		}
		left += "]"
	}
	return left
}

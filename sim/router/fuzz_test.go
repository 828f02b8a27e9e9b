package router

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"demailbench/sim/nat"
	"demailbench/sim/record"
)

// FuzzReceive sends arbitrary packets through a router that has flows of every kind. Whatever comes in:
// no panic, every event is complete, and what leaves has right checksums if it came with right ones.
func FuzzReceive(f *testing.F) {
	static, masked := udp("10.2.12.25:4000", "172.16.0.25:53", 7), tcp("10.2.12.1:4000", "172.16.0.25:25", nat.SYN)
	for in, seeds := range [][][]byte{
		{tcp("192.168.10.25:4000", "172.16.0.25:25", nat.SYN), udp("192.168.10.40:4000", "172.16.0.25:53", 1), echo(8, "192.168.10.40:7", "172.16.0.25:0"),
			tcp("192.168.10.40:4000", "172.16.0.25:25", nat.ACK, 1, 2, 3), tcp("192.168.10.40:4000", "10.2.12.25:25", nat.SYN),
			udp("192.168.10.25:1", "192.168.10.1:53"), echo(8, "192.168.10.25:1", "192.168.10.1:0"),
			with(udp("192.168.10.25:1", "172.16.0.25:53"), func(b []byte) { b[8] = 1 })},
		{tcp("172.16.0.25:25", "10.2.12.1:4000", nat.SYN|nat.ACK), udp("172.16.0.25:53", "10.2.12.25:4000", 9), tcp("172.16.0.25:4", "10.2.12.25:25", nat.SYN),
			errorAbout("10.2.0.1:0", "10.2.12.25:0", 3, 3, static, 1500), errorAbout("10.2.0.1:0", "10.2.12.1:0", 11, 0, masked, 28),
			ip(50, "100.64.0.1:0", "10.2.0.12:0", make([]byte, 40))},
	} {
		for _, raw := range seeds {
			f.Add(raw, in == 1, true)
			f.Add(raw, in == 1, false)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, outside, repair bool) {
		p := municipality(t, Config{})
		prime(t, p)
		if repair {
			raw = repaired(bytes.Clone(raw))
		}
		right := len(raw) >= 20 && plausible(raw) && fault(raw) == ""
		r := p.receive(p.ifaces[map[bool]int{false: 0, true: 1}[outside]], bytes.Clone(raw), epoch.Add(time.Second))
		for _, e := range r.events {
			if err := record.Validate(e); err != nil {
				t.Error(err)
			}
		}
		if r.out == nil && len(r.events) == 0 {
			t.Error("the packet vanished without an event")
		}
		if r.out != nil && right {
			if reason := fault(r.frame.Packet); reason != "" {
				t.Errorf("%s is wrong in %x, made of %x", reason, r.frame.Packet, raw)
			}
		}
	})
}

// prime begins a flow of every kind.
func prime(t testing.TB, p *plane) {
	for _, proto := range protocols {
		pass(t, p, "lan", first(proto, "192.168.10.25:4000", "172.16.0.25:25"), epoch)
		pass(t, p, "lan", first(proto, "192.168.10.40:4000", "172.16.0.25:25"), epoch)
		pass(t, p, "kdn", first(proto, "172.16.0.25:999", "10.2.12.26:25"), epoch)
	}
	pass(t, p, "lan", udp("192.168.10.25:4000", "172.16.0.25:53", 7), epoch)
}

// repaired makes the lengths and checksums of fuzzed octets right where that is possible, so that the fuzzer
// gets behind them.
func repaired(raw []byte) []byte {
	if len(raw) < 20 || len(raw) > 65535 || int(raw[0]&15)*4 < 20 || int(raw[0]&15)*4 > len(raw) {
		return raw
	}
	return sealed(raw)
}

// plausible reports whether fault can look into the packet, and into the one it quotes.
func plausible(raw []byte) bool {
	header := int(raw[0]&15) * 4
	if raw[0]>>4 != 4 || header < 20 || header > len(raw) || int(binary.BigEndian.Uint16(raw[2:])) != len(raw) {
		return false
	}
	b := raw[header:]
	switch raw[9] {
	case 6:
		return len(b) >= 20
	case 17:
		return len(b) >= 8
	case 1:
		if len(b) < 8 || b[0] != 3 && b[0] != 11 && b[0] != 12 {
			return len(b) >= 8
		}
		q := b[8:]
		return len(q) >= 20 && int(q[0]&15)*4 >= 20 && int(q[0]&15)*4 <= len(q) &&
			(int(binary.BigEndian.Uint16(q[2:])) != len(q) || plausible(q))
	}
	return true
}

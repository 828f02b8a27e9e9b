package router

import (
	"net/netip"
	"testing"

	"demailbench/sim/nat"
)

// An ICMP error comes back to who sent the packet, quoting it as he sent it (RFC 5508 4).
func TestRelayError(t *testing.T) {
	const gateway = "172.16.0.25:25"
	tests := []struct {
		name         string
		in, src, dst string // the packet that will be complained about
		back         string // the interface where the error arrives
		from         string // who complains
		fromSeen     string // how the sender sees him
	}{
		{"static, by the peer", "lan", "192.168.10.25:4000", gateway, "kdn", "172.16.0.25:0", "172.16.0.25:0"},
		{"static, by a router beyond", "lan", "192.168.10.25:4000", gateway, "kdn", "10.2.0.1:0", "10.2.0.1:0"},
		{"masquerade, by the peer", "lan", "192.168.10.40:80", gateway, "kdn", "172.16.0.25:0", "172.16.0.25:0"},
		{"masquerade, by a router beyond", "lan", "192.168.10.40:80", gateway, "kdn", "10.2.0.1:0", "10.2.0.1:0"},
		{"static inbound, by the inside host", "kdn", gateway, "10.2.12.25:25", "lan", "192.168.10.25:0", "10.2.12.25:0"},
		{"static inbound, by an inside router with a static address", "kdn", gateway, "10.2.12.25:25", "lan", "192.168.10.26:0", "10.2.12.26:0"},
		{"static inbound, by an inside router without", "kdn", gateway, "10.2.12.25:25", "lan", "192.168.10.99:0", "10.2.12.1:0"},
	}
	errors := []struct {
		kind, code byte
		limit      int
	}{{3, 3, 1500}, {3, 4, 1500}, {11, 0, 28}, {3, 1, 40}, {12, 0, 28}}
	for _, p := range protocols {
		for _, test := range tests {
			for _, e := range errors {
				if p == nat.ICMP && e.limit == 28 && e.kind == 12 {
					continue
				}
				t.Run(p.String()+" "+test.name, func(t *testing.T) {
					plane := municipality(t, Config{})
					sent := first(p, test.src, test.dst)
					left := plane.receive(plane.iface(test.in), append([]byte(nil), sent...), epoch).frame.Packet
					complaint := errorAbout(test.from, netip.AddrPortFrom(netip.AddrFrom4([4]byte(left[12:16])), 0).String(), e.kind, e.code, left, e.limit)
					r := plane.receive(plane.iface(test.back), complaint, epoch)
					if r.out == nil {
						t.Fatalf("the error did not pass: %+v", r.events)
					}
					got := r.frame.Packet
					if f := fault(got); f != "" {
						t.Errorf("%s is wrong", f)
					}
					want := errorAbout(test.fromSeen, test.src, e.kind, e.code, sent, e.limit)
					if describe(got) != describe(want) || r.out.Name != test.in {
						t.Errorf("got  %s by %s\nwant %s by %s", describe(got), r.out.Name, describe(want), test.in)
					}
				})
			}
		}
	}
}

// Errors in the other direction: about the answer.
func TestRelayErrorAboutAnswer(t *testing.T) {
	p := municipality(t, Config{})
	pass(t, p, "lan", tcp("192.168.10.40:80", "172.16.0.25:25", nat.SYN), epoch)
	external := p.table.Flows(epoch)[0].Reply.Dst.String()
	answer := tcp("172.16.0.25:25", external, nat.SYN|nat.ACK)
	inside := p.receive(p.iface("kdn"), append([]byte(nil), answer...), epoch).frame.Packet
	got := outcome(t, p, "lan", errorAbout("192.168.10.40:0", "172.16.0.25:0", 3, 3, inside, 1500), epoch)
	want := "kdn 10.2.0.1 " + describe(errorAbout("10.2.12.1:0", "172.16.0.25:0", 3, 3, answer, 1500))
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRelayErrorRefused(t *testing.T) {
	sent := udp("10.2.12.25:4000", "172.16.0.25:53", 1, 2, 3)
	good := func() []byte { return errorAbout("172.16.0.25:0", "10.2.12.25:0", 3, 3, sent, 1500) }
	tests := []struct {
		name string
		raw  []byte
		want string
	}{
		{"control", good(), "lan 192.168.10.25 icmp 172.16.0.25 > 192.168.10.25 type 3 code 3 mtu 0 about (udp 192.168.10.25:4000 > 172.16.0.25:53)"},
		{"no such flow", errorAbout("172.16.0.25:0", "10.2.12.25:0", 3, 3, udp("10.2.12.25:4001", "172.16.0.25:53"), 1500), " [drop no state]"},
		{"not sent to the one who is quoted", errorAbout("172.16.0.25:0", "10.2.12.26:0", 3, 3, sent, 1500), " [drop no state]"},
		{"quote too short", errorAbout("172.16.0.25:0", "10.2.12.25:0", 3, 3, sent, 27), " [drop malformed]"},
		{"no quote", errorAbout("172.16.0.25:0", "10.2.12.25:0", 3, 3, nil, 0), " [drop malformed]"},
		{"quoted header length", errorAbout("172.16.0.25:0", "10.2.12.25:0", 3, 3, func() []byte { b := append([]byte(nil), sent...); b[0] = 0x44; return b }(), 1500), " [drop malformed]"},
		{"ICMP checksum", func() []byte {
			b := good()
			b[len(b)-1]++
			return b
		}(), " [drop checksum]"},
		{"ttl", with(good(), func(b []byte) { b[8] = 1 }), " [drop ttl]"},
		{"about an error", errorAbout("172.16.0.25:0", "10.2.12.25:0", 3, 3, good(), 1500), " [drop no state]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := municipality(t, Config{})
			pass(t, p, "lan", udp("192.168.10.25:4000", "172.16.0.25:53", 1, 2, 3), epoch)
			if got := outcome(t, p, "kdn", test.raw, epoch); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

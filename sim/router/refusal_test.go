package router

import (
	"net/netip"
	"testing"

	"demailbench/sim/firewall"
	"demailbench/sim/nat"
)

// What does not pass, and what the sender hears of it.
func TestRefusals(t *testing.T) {
	const src, dst = "192.168.10.25:4000", "172.16.0.25:25"
	big := make([]byte, 1400)
	matrix := []firewall.Entry{
		{ID: "M-drop", Protocol: "tcp", Ports: firewall.Port(1), Action: firewall.Drop},
		{ID: "M-rst", Ports: nil, To: firewall.Party{Local: prefix("172.16.0.2/32")}, Action: firewall.RejectReset},
		{ID: "M-icmp", To: firewall.Party{Local: prefix("172.16.0.3/32")}, Action: firewall.RejectProhibited},
	}
	tests := []struct {
		name string
		in   string
		raw  []byte
		want string
	}{
		{"drop", "lan", tcp(src, "172.16.0.25:1", nat.SYN), " [drop rule M-drop]"},
		{"reset", "lan", tcp(src, "172.16.0.2:25", nat.SYN), "lan 192.168.10.25 tcp 172.16.0.2:25 > 192.168.10.25:4000 flags 14 [drop rule M-rst]"},
		{"reset of udp", "lan", udp(src, "172.16.0.2:25"), "lan 192.168.10.25 icmp 192.168.10.1 > 192.168.10.25 type 3 code 13 mtu 0 about (udp 192.168.10.25:4000 > 172.16.0.2:25) [drop rule M-rst]"},
		{"prohibited", "lan", tcp(src, "172.16.0.3:25", nat.SYN), "lan 192.168.10.25 icmp 192.168.10.1 > 192.168.10.25 type 3 code 13 mtu 0 about (tcp 192.168.10.25:4000 > 172.16.0.3:25 flags 02) [drop rule M-icmp]"},
		{"prohibited from outside names the outside address", "kdn", tcp("10.2.0.9:1", "172.16.0.3:25", nat.SYN), "kdn 10.2.0.9 icmp 10.2.0.12 > 10.2.0.9 type 3 code 13 mtu 0 about (tcp 10.2.0.9:1 > 172.16.0.3:25 flags 02) [drop rule M-icmp]"},
		{"unreachable route", "lan", tcp(src, "203.0.113.1:25", nat.SYN), "lan 192.168.10.25 icmp 192.168.10.1 > 192.168.10.25 type 3 code 1 mtu 0 about (tcp 192.168.10.25:4000 > 203.0.113.1:25 flags 02) [drop no route]"},
		{"no neighbour", "kdn", udp("172.16.0.25:4000", "10.2.12.28:25"), "kdn 10.2.0.1 icmp 10.2.0.12 > 172.16.0.25 type 3 code 1 mtu 0 about (udp 172.16.0.25:4000 > 10.2.12.28:25) [drop no neighbour]"},
		{"ttl", "lan", with(tcp(src, dst, nat.SYN), func(b []byte) { b[8] = 1 }), "lan 192.168.10.25 icmp 192.168.10.1 > 192.168.10.25 type 11 code 0 mtu 0 about (tcp 192.168.10.25:4000 > 172.16.0.25:25 flags 02) [drop ttl]"},
		{"too big", "lan", udp(src, dst, big...), "lan 192.168.10.25 icmp 192.168.10.1 > 192.168.10.25 type 3 code 4 mtu 1400 about (udp 192.168.10.25:4000 > 172.16.0.25:25) [drop too big]"},
		{"too big but may be cut", "lan", with(udp(src, dst, big...), func(b []byte) { b[6] = 0 }), " [drop too big, would need fragments]"},
		{"first fragment", "lan", with(udp(src, dst), func(b []byte) { b[6] = 0x20 }), " [drop fragment]"},
		{"later fragment", "lan", with(udp(src, dst), func(b []byte) { b[6], b[7] = 0, 9 }), " [drop fragment]"},
		{"middle of a connection", "lan", tcp(src, dst, nat.ACK), " [drop no state]"},
		{"answer nobody asked for", "lan", tcp(src, dst, nat.SYN|nat.ACK), " [drop no state]"},
		{"echo reply nobody asked for", "lan", echo(0, "192.168.10.25:0", "172.16.0.25:7"), " [drop no state]"},
		{"header checksum", "lan", func() []byte { b := udp(src, dst); b[10]++; return b }(), " [drop checksum]"},
		{"short", "lan", []byte{0x45, 0}, " [drop malformed]"},
		{"empty", "lan", nil, " [drop malformed]"},
		{"IPv6", "lan", with(udp(src, dst), func(b []byte) { b[0] = 0x65 }), " [drop malformed]"},
		{"length beyond the frame", "lan", func() []byte { b := udp(src, dst); b[3]++; return b }(), " [drop malformed]"},
		{"TCP header cut", "lan", ip(6, src, dst, make([]byte, 19)), " [drop malformed]"},
		{"TCP data offset", "lan", with(tcp(src, dst, nat.SYN), func(b []byte) { b[32] = 6 << 4 }), " [drop malformed]"},
		{"source 0.0.0.0", "lan", udp("0.0.0.0:1", dst), " [drop martian source]"},
		{"source multicast", "lan", udp("224.0.0.1:1", dst), " [drop martian source]"},
		{"source is the router", "lan", udp("10.2.0.12:1", dst), " [drop martian source]"},
		{"to multicast", "lan", udp(src, "224.0.0.5:1"), " [drop not unicast]"},
		{"to everyone", "lan", udp(src, "255.255.255.255:1"), " [drop not unicast]"},
		{"to everyone on a segment", "kdn", udp("172.16.0.1:1", "10.2.0.255:1"), " [drop not unicast]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := municipality(t, Config{Matrix: matrix, Routes: []Route{{To: prefix("203.0.113.0/24"), Unreachable: true}}})
			p.iface("kdn").mtu = 1400
			p.iface("lan").neighbour = func(a netip.Addr) bool { return a != netip.MustParseAddr("192.168.10.28") }
			if got := outcome(t, p, test.in, test.raw, epoch); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestRouterItself(t *testing.T) {
	tests := []struct {
		name, in string
		raw      []byte
		want     string
	}{
		{"ping inside", "lan", echo(8, "192.168.10.25:7", "192.168.10.1:0"), "lan 192.168.10.25 icmp 192.168.10.1 > 192.168.10.25 type 0 id 7"},
		{"ping with TTL 1", "lan", with(echo(8, "192.168.10.25:7", "192.168.10.1:0"), func(b []byte) { b[8] = 1 }), "lan 192.168.10.25 icmp 192.168.10.1 > 192.168.10.25 type 0 id 7"},
		{"ping outside address from inside", "lan", echo(8, "192.168.10.25:7", "10.2.0.12:0"), "lan 192.168.10.25 icmp 10.2.0.12 > 192.168.10.25 type 0 id 7"},
		{"ping from far", "kdn", echo(8, "172.16.0.25:7", "10.2.0.12:0"), "kdn 10.2.0.1 icmp 10.2.0.12 > 172.16.0.25 type 0 id 7"},
		{"ping the shared address", "kdn", echo(8, "172.16.0.25:7", "10.2.12.1:0"), "kdn 10.2.0.1 icmp 10.2.12.1 > 172.16.0.25 type 0 id 7"},
		{"tcp", "kdn", tcp("172.16.0.25:7", "10.2.12.1:25", nat.SYN), "kdn 10.2.0.1 tcp 10.2.12.1:25 > 172.16.0.25:7 flags 14 [drop router's own address]"},
		{"tcp reset", "kdn", tcp("172.16.0.25:7", "10.2.12.1:25", nat.RST), " [drop router's own address]"},
		{"udp", "kdn", udp("172.16.0.25:7", "10.2.0.12:53"), "kdn 10.2.0.1 icmp 10.2.0.12 > 172.16.0.25 type 3 code 3 mtu 0 about (udp 172.16.0.25:7 > 10.2.0.12:53) [drop router's own address]"},
		{"other protocol", "kdn", ip(132, "172.16.0.25:7", "10.2.0.12:53", make([]byte, 30)), "kdn 10.2.0.1 icmp 10.2.0.12 > 172.16.0.25 type 3 code 2 mtu 0 about (132 172.16.0.25 > 10.2.0.12) [drop router's own address]"},
		{"esp", "kdn", ip(50, "172.16.0.25:7", "10.2.0.12:53", make([]byte, 30)), " [drop esp without tunnel]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := outcome(t, municipality(t, Config{Policy: firewall.Policy{Default: firewall.Drop}}), test.in, test.raw, epoch); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

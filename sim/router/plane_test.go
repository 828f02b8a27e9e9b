package router

import (
	"net/netip"
	"testing"
	"time"

	"demailbench/sim/firewall"
	"demailbench/sim/nat"
	"demailbench/sim/record"

	"github.com/google/go-cmp/cmp"
)

var protocols = []nat.Protocol{nat.TCP, nat.UDP, nat.ICMP}

// Every translation, from inside and from outside, there and back, in every protocol.
func TestTranslation(t *testing.T) {
	tests := []struct {
		name, in, out string
		src, dst      string // as it arrives
		src2, dst2    string // as it leaves
	}{
		{"static out", "lan", "kdn", "192.168.10.25:4000", "172.16.0.25:25", "10.2.12.25:4000", "172.16.0.25:25"},
		{"static in", "kdn", "lan", "172.16.0.25:4000", "10.2.12.25:25", "172.16.0.25:4000", "192.168.10.25:25"},
		{"masquerade", "lan", "kdn", "192.168.10.40:4000", "172.16.0.25:25", "10.2.12.1:4000", "172.16.0.25:25"},
		{"masquerade, port 80 is below the range", "lan", "kdn", "192.168.10.40:80", "172.16.0.25:25", "10.2.12.1:*", "172.16.0.25:25"},
		{"hairpin", "lan", "lan", "192.168.10.26:4000", "10.2.12.25:25", "10.2.12.26:4000", "192.168.10.25:25"},
		{"hairpin from a masqueraded host", "lan", "lan", "192.168.10.40:4000", "10.2.12.25:25", "10.2.12.1:4000", "192.168.10.25:25"},
	}
	for _, p := range protocols {
		for _, test := range tests {
			t.Run(p.String()+" "+test.name, func(t *testing.T) {
				plane := municipality(t, Config{})
				r := plane.receive(plane.iface(test.in), first(p, test.src, test.dst), epoch)
				if r.out == nil || len(r.events) != 1 || r.events[0].Kind != record.Flow {
					t.Fatalf("did not pass: %+v", r.events)
				}
				left, _ := parse(r.frame.Packet)
				want := nat.TupleOf(p, replacePort(test.src2, left.tuple.Src.Port), test.dst2)
				if p == nat.ICMP {
					want.Dst.Port = 0
				}
				if left.tuple != want || r.out.Name != test.out || left.raw[ipTTL] != 63 {
					t.Fatalf("left %v by %s with TTL %d, want %v by %s", left.tuple, r.out.Name, left.raw[ipTTL], want, test.out)
				}
				if f := fault(r.frame.Packet); f != "" {
					t.Errorf("%s is wrong", f)
				}
				back := left.tuple.Reverse()
				got, events := pass(t, plane, test.out, reply(p, back.Src.String(), back.Dst.String()), epoch)
				wantBack := describe(reply(p, test.dst, test.src))
				if got != test.in+" "+nextHop(test.in, test.src)+" "+wantBack || len(events) != 0 {
					t.Errorf("answer left as %s (%v), want %s", got, events, wantBack)
				}
			})
		}
	}
}

// replacePort fills in "*".
func replacePort(s string, port uint16) string {
	if s[len(s)-1] != '*' {
		return s
	}
	return netip.AddrPortFrom(netip.MustParseAddr(s[:len(s)-2]), port).String()
}

func nextHop(iface, dst string) string {
	if iface == "kdn" {
		return "10.2.0.1"
	}
	return netip.MustParseAddrPort(dst).Addr().String()
}

func TestFlowEvent(t *testing.T) {
	p := municipality(t, Config{Policy: firewall.Policy{Default: firewall.Drop},
		Matrix: []firewall.Entry{{ID: "M-01", Protocol: "tcp", Ports: firewall.Port(25)}}})
	_, got := pass(t, p, "lan", tcp("192.168.10.25:4000", "172.16.0.25:25", nat.SYN), epoch)
	want := []record.Event{{Who: "router", Kind: record.Flow, Rule: "M-01", Proto: "tcp",
		Local: "192.168.10.25:4000", Remote: "172.16.0.25:25", NATLocal: "10.2.12.25:4000", NATRemote: "172.16.0.25:25"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, got = pass(t, p, "lan", tcp("192.168.10.25:4000", "172.16.0.25:26", nat.SYN), epoch)
	want = []record.Event{{Who: "router", Kind: record.Drop, Detail: "rule", Rule: "default:drop", Proto: "tcp",
		Local: "192.168.10.25:4000", Remote: "172.16.0.25:26", Text: "kdn"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The reset must be acceptable to a real stack: RFC 9293 3.5.2.
func TestResetNumbers(t *testing.T) {
	p := municipality(t, Config{})
	syn := p.receive(p.iface("lan"), tcp("192.168.10.25:7", "192.168.10.1:25", nat.SYN, 1, 2, 3), epoch).frame.Packet
	if got, want := syn[24:34], []byte{0, 0, 0, 0, 0, 0, 0x03, 0xec, 0x50, 0x14}; !cmp.Equal(got, want) { // ack 1000+1+3
		t.Errorf("after SYN: %x, want %x", got, want)
	}
	ack := p.receive(p.iface("lan"), tcp("192.168.10.25:7", "192.168.10.1:25", nat.ACK), epoch).frame.Packet
	if got, want := ack[24:34], []byte{0, 0, 0x07, 0xd0, 0, 0, 0, 0, 0x50, 0x04}; !cmp.Equal(got, want) { // seq 2000
		t.Errorf("after ACK: %x, want %x", got, want)
	}
}

// RFC 768: a UDP checksum of 0 means none, and one that comes out as 0 is sent as all ones.
func TestUDPChecksum(t *testing.T) {
	p := municipality(t, Config{})
	none := udp("192.168.10.25:1", "172.16.0.25:53", 9)
	none[26], none[27] = 0, 0
	if left := p.receive(p.iface("lan"), none, epoch).frame.Packet; left[26] != 0 || left[27] != 0 {
		t.Errorf("a checksum %x appeared", left[26:28])
	}
	for data := range 1 << 16 {
		raw := udp("192.168.10.26:1", "172.16.0.25:53", byte(data>>8), byte(data))
		left := p.receive(p.iface("lan"), raw, epoch).frame.Packet
		if f := fault(left); f != "" || left[26] == 0 && left[27] == 0 {
			t.Fatalf("data %04x: checksum %x, %s", data, left[26:28], f)
		}
	}
}

// An error that came with a packet stays one: the router must not hide it.
func TestWrongChecksumStaysWrong(t *testing.T) {
	p := municipality(t, Config{})
	raw := tcp("192.168.10.25:1", "172.16.0.25:25", nat.SYN)
	raw[36] ^= 0x40
	if f := fault(p.receive(p.iface("lan"), raw, epoch).frame.Packet); f != "TCP checksum" {
		t.Errorf("fault %q, want the TCP checksum", f)
	}
}

func TestMatrixUnderTraffic(t *testing.T) {
	allow := []firewall.Entry{{ID: "M-01", Protocol: "tcp", Ports: firewall.Port(25)}}
	p := municipality(t, Config{Policy: firewall.Policy{Default: firewall.Drop}})
	syn := func() []byte { return tcp("192.168.10.25:4000", "172.16.0.25:25", nat.SYN) }
	data := func() []byte { return tcp("192.168.10.25:4000", "172.16.0.25:25", nat.ACK, 1) }
	const passes = "kdn 10.2.0.1 tcp 10.2.12.25:4000 > 172.16.0.25:25 flags "
	steps := []struct {
		change func()
		raw    []byte
		want   string
	}{
		{nil, syn(), " [drop rule default:drop]"},
		{func() { p.compile(allow) }, syn(), passes + "02 [flow M-01]"},
		{func() { p.compile(nil) }, data(), passes + "10"},
		{func() { p.table.Flush() }, data(), " [drop no state]"},
		{nil, syn(), " [drop rule default:drop]"},
	}
	for i, s := range steps {
		if s.change != nil {
			s.change()
		}
		if got := outcome(t, p, "lan", s.raw, epoch); got != s.want {
			t.Errorf("step %d: got %s, want %s", i, got, s.want)
		}
	}
}

func TestReversePath(t *testing.T) {
	for _, on := range []bool{false, true} {
		p := municipality(t, Config{ReversePath: on})
		want := map[bool]string{false: "lan 192.168.10.25 udp 192.168.10.99:1 > 192.168.10.25:1 [flow default:allow]", true: " [drop reverse path]"}[on]
		if got := outcome(t, p, "kdn", udp("192.168.10.99:1", "10.2.12.25:1"), epoch); got != want {
			t.Errorf("reverse path %v: got %s, want %s", on, got, want)
		}
	}
}

func TestExpiredFlowIsNew(t *testing.T) {
	p := municipality(t, Config{})
	pass(t, p, "lan", udp("192.168.10.40:4000", "172.16.0.25:53"), epoch)
	if got := outcome(t, p, "kdn", udp("172.16.0.25:53", "10.2.12.1:4000"), epoch.Add(4*time.Minute)); got != "lan 192.168.10.40 udp 172.16.0.25:53 > 192.168.10.40:4000" {
		t.Errorf("answer in time: %s", got)
	}
	if got := outcome(t, p, "kdn", udp("172.16.0.25:53", "10.2.12.1:4000"), epoch.Add(9*time.Minute)); got[len(got)-len("[drop router's own address]"):] != "[drop router's own address]" {
		t.Errorf("answer too late: %s", got)
	}
}

// A new SYN in place of a closed connection is judged anew.
func TestReopenedFlowIsJudged(t *testing.T) {
	p := municipality(t, Config{})
	const src, dst = "192.168.10.25:4000", "172.16.0.25:25"
	pass(t, p, "lan", tcp(src, dst, nat.SYN), epoch)
	pass(t, p, "lan", tcp(src, dst, nat.RST), epoch)
	p.policy.Default = firewall.Drop
	p.compile(nil)
	if got := outcome(t, p, "lan", tcp(src, dst, nat.SYN), epoch); got != " [drop rule default:drop]" {
		t.Error(got)
	}
}

// Probe agrees with what packets of the same tuple meet, and changes nothing.
func TestProbe(t *testing.T) {
	cfg := Config{Policy: firewall.Policy{Default: firewall.RejectProhibited}, Matrix: []firewall.Entry{
		{ID: "M-01", Protocol: "tcp", Ports: firewall.Port(25)},
		{ID: "M-02", Protocol: "tcp", Ports: firewall.Port(465), ValidFrom: epoch.Add(time.Hour)},
	}}
	tests := []struct {
		src, dst string
		want     Decision
	}{
		{"192.168.10.40:80", "172.16.0.25:25", Decision{Action: firewall.Allow, Rule: "M-01", Interface: "kdn"}},
		{"192.168.10.40:80", "172.16.0.25:465", Decision{Action: firewall.RejectProhibited, Reason: "rule", Rule: "default:reject-prohibited", Dormant: "M-02"}},
		{"192.168.10.40:80", "10.2.0.12:25", Decision{Action: firewall.Drop, Reason: "router's own address"}},
		{"192.168.10.40:80", "203.0.113.1:25", Decision{Action: firewall.Drop, Reason: "no route"}},
	}
	for _, test := range tests {
		p := municipality(t, cfg)
		p.configured = append(p.configured, Route{To: prefix("203.0.113.0/24"), Unreachable: true})
		p.route()
		tuple := nat.TupleOf(nat.TCP, test.src, test.dst)
		var last Decision
		for range 3 {
			last = p.probe(p.iface("lan"), tuple, epoch)
		}
		if n := len(p.table.Flows(epoch)); n != 0 {
			t.Errorf("%s: probing left %d flows", test.dst, n)
		}
		left := last.Left
		last.Left = nat.Tuple{}
		if diff := cmp.Diff(test.want, last); diff != "" {
			t.Errorf("%s: %s", test.dst, diff)
		}
		r := p.receive(p.iface("lan"), tcp(test.src, test.dst, nat.SYN), epoch)
		if last.Reason == "" {
			if pkt, _ := parse(r.frame.Packet); pkt.tuple != left {
				t.Errorf("probe said %v, the packet left as %v", left, pkt.tuple)
			}
			if got := p.probe(p.iface("lan"), tuple, epoch); got.Rule != "established" || got.Left != left {
				t.Errorf("probing a known flow: %+v", got)
			}
		} else if r.events[0].Detail != last.Reason || r.events[0].Rule != last.Rule {
			t.Errorf("probe said %q %q, the packet met %q %q", last.Reason, last.Rule, r.events[0].Detail, r.events[0].Rule)
		}
	}
}

// The forwarding plane alone: a 1500-octet TCP segment of a translated flow.
func BenchmarkPlane(b *testing.B) {
	p := municipality(b, Config{})
	prime(b, p)
	packet := tcp("192.168.10.25:4000", "172.16.0.25:25", nat.ACK, make([]byte, 1460)...)
	raw := make([]byte, len(packet))
	b.SetBytes(int64(len(packet)))
	b.ReportAllocs()
	for range b.N {
		copy(raw, packet)
		if r := p.receive(p.ifaces[0], raw, epoch); r.out == nil {
			b.Fatal(r.events)
		}
	}
}

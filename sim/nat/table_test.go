package nat_test

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"demailbench/sim/nat"

	"github.com/google/go-cmp/cmp"
)

var (
	epoch     = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)
	protocols = []nat.Protocol{nat.TCP, nat.UDP, nat.ICMP}
)

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func newTable(t *testing.T, rules nat.Rules) *nat.Table {
	t.Helper()
	table, err := nat.NewTable(rules, nat.Timeouts{}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// open begins a flow as a router does and returns the tuple that leaves.
func open(table *nat.Table, in, out string, tuple nat.Tuple, at time.Time) (nat.Tuple, error) {
	target := table.Destination(in, tuple, at)
	if target.Translated && target.Outside != in {
		out = target.Outside
	}
	begin, err := table.Source(out, tuple, target.Tuple, at)
	if err != nil {
		return nat.Tuple{}, err
	}
	f, err := table.Add(begin, "M-01", nat.SYN, at)
	if err != nil {
		return nat.Tuple{}, err
	}
	return f.Leaves(nat.Original), nil
}

func mustOpen(t *testing.T, table *nat.Table, in, out string, tuple nat.Tuple, at time.Time) nat.Tuple {
	t.Helper()
	leaves, err := open(table, in, out, tuple, at)
	if err != nil {
		t.Fatalf("%v: %v", tuple, err)
	}
	return leaves
}

// tupleOf leaves out the destination's port where the protocol has none.
func tupleOf(p nat.Protocol, src, dst string) nat.Tuple {
	t := nat.TupleOf(p, src, dst)
	if p == nat.ICMP {
		t.Dst.Port = 0
	}
	return t
}

// RFC 3022 2.1: the host bits stay, both ways, and ports are not touched.
func TestStatic(t *testing.T) {
	rules := nat.Rules{Static: []nat.Static{{Interface: "wan", Inside: prefix("192.168.10.0/24"), Outside: prefix("10.2.12.0/24")}}}
	tests := []struct {
		name, in, out    string
		src, dst         string
		leftSrc, leftDst string
	}{
		{"out", "lan", "wan", "192.168.10.25:1024", "172.16.0.25:25", "10.2.12.25:1024", "172.16.0.25:25"},
		{"in", "wan", "lan", "172.16.0.25:999", "10.2.12.25:25", "172.16.0.25:999", "192.168.10.25:25"},
		{"in, first address", "wan", "lan", "172.16.0.25:999", "10.2.12.0:25", "172.16.0.25:999", "192.168.10.0:25"},
		{"in, last address", "wan", "lan", "172.16.0.25:999", "10.2.12.255:25", "172.16.0.25:999", "192.168.10.255:25"},
		{"not the rule's source", "lan", "wan", "192.168.11.25:1024", "172.16.0.25:25", "192.168.11.25:1024", "172.16.0.25:25"},
		{"not the rule's interface", "lan", "dmz", "192.168.10.25:1024", "172.16.0.25:25", "192.168.10.25:1024", "172.16.0.25:25"},
		{"hairpin", "lan", "lan", "192.168.10.40:1024", "10.2.12.25:25", "10.2.12.40:1024", "192.168.10.25:25"},
	}
	for _, p := range protocols {
		for _, test := range tests {
			t.Run(p.String()+" "+test.name, func(t *testing.T) {
				table := newTable(t, rules)
				orig := tupleOf(p, test.src, test.dst)
				left := mustOpen(t, table, test.in, test.out, orig, epoch)
				if want := tupleOf(p, test.leftSrc, test.leftDst); left != want {
					t.Fatalf("left as %v, want %v", left, want)
				}
				f, d := table.Lookup(left.Reverse(), epoch)
				if f == nil || d != nat.Reply || f.Leaves(d) != orig.Reverse() {
					t.Errorf("the answer %v does not lead back to %v", left.Reverse(), orig.Src)
				}
			})
		}
	}
}

// Two networks with the same addresses, each behind its own table, are told apart by the outside.
func TestIdenticalNetworks(t *testing.T) {
	for i, outside := range []string{"10.1.11.0/24", "10.2.12.0/24"} {
		table := newTable(t, nat.Rules{Static: []nat.Static{{Interface: "wan", Inside: prefix("192.168.10.0/24"), Outside: prefix(outside)}}})
		left := mustOpen(t, table, "lan", "wan", nat.TupleOf(nat.TCP, "192.168.10.25:1024", "172.16.0.25:25"), epoch)
		if want := []string{"10.1.11.25", "10.2.12.25"}[i]; left.Src.IP().String() != want {
			t.Errorf("left as %v, want %v", left.Src, want)
		}
	}
}

func TestPortChoice(t *testing.T) {
	rules := masquerade(0, 0)
	rules.Masquerade[0].Low, rules.Masquerade[0].High = 5000, 5009
	rules.Forward = []nat.Forward{{Interface: "wan", Protocol: nat.TCP,
		Outside: netip.MustParseAddrPort("10.2.13.1:5003"), Inside: netip.MustParseAddrPort("192.168.20.25:25")}}
	table := newTable(t, rules)
	kept := mustOpen(t, table, "lan", "wan", nat.TupleOf(nat.TCP, "192.168.20.40:5007", "172.16.0.1:25"), epoch)
	if kept.Src.Port != 5007 {
		t.Errorf("a free port was not preserved: %v", kept.Src)
	}
	used := map[uint16]bool{kept.Src.Port: true}
	for i := range 8 {
		left := mustOpen(t, table, "lan", "wan", nat.TupleOf(nat.TCP, netip.AddrPortFrom(netip.MustParseAddr("192.168.20.41"), uint16(2000+i)).String(), "172.16.0.1:25"), epoch)
		if p := left.Src.Port; p < 5000 || p > 5009 || p == 5003 || used[p] {
			t.Errorf("flow %d left from port %d: outside the range, forwarded or in use", i, p)
		}
		used[left.Src.Port] = true
	}
	full := nat.TupleOf(nat.TCP, "192.168.20.42:3000", "172.16.0.1:25")
	if _, err := open(table, "lan", "wan", full, epoch); !errors.Is(err, nat.ErrPortsExhausted) {
		t.Errorf("tenth flow over nine ports: %v", err)
	}
	if left := mustOpen(t, table, "lan", "wan", nat.TupleOf(nat.TCP, "192.168.20.42:3000", "172.16.0.2:25"), epoch); !used[left.Src.Port] {
		t.Errorf("another peer did not share a port: %v", left.Src)
	}
	mustOpen(t, table, "lan", "wan", full, epoch.Add(5*time.Minute)) // the others have expired
}

func TestPortChoiceRepeats(t *testing.T) {
	run := func(seed uint64) []nat.Endpoint {
		table, err := nat.NewTable(masquerade(0, 0), nat.Timeouts{}, 0, seed)
		if err != nil {
			t.Fatal(err)
		}
		var left []nat.Endpoint
		for range 3 {
			table.Flush()
			for _, h := range []string{"192.168.20.1:80", "192.168.20.2:80", "192.168.20.3:80"} {
				left = append(left, mustOpen(t, table, "lan", "wan", nat.TupleOf(nat.TCP, h, "172.16.0.1:25"), epoch).Src)
			}
		}
		return left
	}
	if diff := cmp.Diff(run(7), run(7)); diff != "" {
		t.Errorf("one seed, two choices: %s", diff)
	}
	if cmp.Equal(run(7), run(8)) {
		t.Error("two seeds chose the same ports")
	}
}

func TestForward(t *testing.T) {
	rules := masquerade(0, 0)
	rules.Forward = []nat.Forward{{Interface: "wan", Protocol: nat.TCP,
		Outside: netip.MustParseAddrPort("10.2.13.1:25"), Inside: netip.MustParseAddrPort("192.168.20.25:2525")}}
	table := newTable(t, rules)
	left := mustOpen(t, table, "wan", "lan", nat.TupleOf(nat.TCP, "172.16.0.25:40000", "10.2.13.1:25"), epoch)
	if left != nat.TupleOf(nat.TCP, "172.16.0.25:40000", "192.168.20.25:2525") {
		t.Errorf("forwarded as %v", left)
	}
	if got := table.Destination("wan", nat.TupleOf(nat.UDP, "172.16.0.25:40000", "10.2.13.1:25"), epoch); got.Translated {
		t.Errorf("UDP was forwarded by a TCP rule to %v", got.Tuple)
	}
	hairpin := mustOpen(t, table, "lan", "lan", nat.TupleOf(nat.TCP, "192.168.20.40:40000", "10.2.13.1:25"), epoch)
	if hairpin != nat.TupleOf(nat.TCP, "10.2.13.1:40000", "192.168.20.25:2525") {
		t.Errorf("hairpin left as %v", hairpin)
	}
}

func TestESP(t *testing.T) {
	table := newTable(t, masquerade(0, 0))
	if left := mustOpen(t, table, "lan", "wan", nat.TupleOf(nat.ESP, "192.168.20.1:0", "172.16.0.1:0"), epoch); left.Src.String() != "10.2.13.1:0" {
		t.Errorf("left as %v", left)
	}
	if _, err := open(table, "lan", "wan", nat.TupleOf(nat.ESP, "192.168.20.2:0", "172.16.0.1:0"), epoch); !errors.Is(err, nat.ErrClash) {
		t.Errorf("second host to the same peer: %v, want a clash", err)
	}
}

func TestClashAndLimit(t *testing.T) {
	rules := nat.Rules{Static: []nat.Static{
		{Interface: "wan", Inside: prefix("192.168.10.25/32"), Outside: prefix("10.2.12.25/32")}}}
	table := newTable(t, rules)
	mustOpen(t, table, "lan", "wan", nat.TupleOf(nat.TCP, "192.168.10.25:1", "172.16.0.1:25"), epoch)
	// Somebody behind the router uses the translated address as his own.
	if _, err := open(table, "lan", "wan", nat.TupleOf(nat.TCP, "10.2.12.25:1", "172.16.0.1:25"), epoch); !errors.Is(err, nat.ErrClash) {
		t.Errorf("same answer tuple twice: %v", err)
	}
	small, err := nat.NewTable(nat.Rules{}, nat.Timeouts{}, 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{nil, nil, nat.ErrFlowLimit} {
		tuple := nat.TupleOf(nat.UDP, "10.0.0.1:1", "10.0.0.2:1")
		tuple.Src.Port += uint16(i)
		if _, err := open(small, "a", "b", tuple, epoch); !errors.Is(err, want) {
			t.Errorf("flow %d of 2: %v, want %v", i+1, err, want)
		}
	}
	mustOpen(t, small, "a", "b", nat.TupleOf(nat.UDP, "10.0.0.1:9", "10.0.0.2:1"), epoch.Add(5*time.Minute))
}

// RFC 5508 REQ-5: what sends an error from inside is known outside by an outside address.
func TestAlias(t *testing.T) {
	rules := masquerade(0, 0)
	rules.Static = []nat.Static{{Interface: "wan", Inside: prefix("192.168.20.25/32"), Outside: prefix("10.2.13.25/32")}}
	table := newTable(t, rules)
	for addr, want := range map[string]string{"192.168.20.25": "10.2.13.25", "192.168.20.1": "10.2.13.1", "172.16.0.1": "172.16.0.1"} {
		if got := netip.AddrFrom4(table.Alias("wan", netip.MustParseAddr(addr).As4())); got.String() != want {
			t.Errorf("alias of %v is %v, want %v", addr, got, want)
		}
	}
	if !table.Owns(netip.MustParseAddr("10.2.13.1")) || table.Owns(netip.MustParseAddr("10.2.13.25")) {
		t.Error("the table owns masquerade's address and no other")
	}
}

func TestAssign(t *testing.T) {
	rules := masquerade(0, 0)
	rules.Masquerade[0].To = netip.Addr{}
	table := newTable(t, rules)
	tuple := nat.TupleOf(nat.TCP, "192.168.20.40:5007", "172.16.0.1:25")
	if left := mustOpen(t, table, "lan", "wan", tuple, epoch); left != tuple {
		t.Errorf("without an address, left as %v", left)
	}
	table.Flush()
	table.Assign("wan", netip.MustParseAddr("10.2.13.7"))
	if left := mustOpen(t, table, "lan", "wan", tuple, epoch); left.Src.IP().String() != "10.2.13.7" {
		t.Errorf("left as %v", left)
	}
	if rules.Masquerade[0].To.IsValid() {
		t.Error("the caller's rules were changed")
	}
}

package nat_test

import (
	"net/netip"
	"testing"
	"time"

	"demailbench/sim/nat"

	"pgregory.net/rapid"
)

// Whatever happens, two live flows never share a tuple, every flow is found from both sides, and where
// strangers may send, an outside port belongs to one inside endpoint.
func TestTableInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		behaviour := rapid.Uint8Range(0, 2)
		rules := nat.Rules{Masquerade: []nat.Masquerade{{Interface: "wan", To: netip.MustParseAddr("10.2.13.1"), Low: 1, High: 6,
			Mapping: nat.Behaviour(behaviour.Draw(t, "mapping")), Filtering: nat.Behaviour(behaviour.Draw(t, "filtering"))}}}
		table, err := nat.NewTable(rules, nat.Timeouts{UDP: 10 * time.Second}, 12, 0)
		if err != nil {
			t.Fatal(err)
		}
		at := epoch
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 4).Draw(t, "seconds")) * time.Second)
			step(t, table, at)
			invariants(t, table, rules.Masquerade[0], at)
		}
	})
}

func step(t *rapid.T, table *nat.Table, at time.Time) {
	small := rapid.IntRange(1, 3)
	inside := nat.Endpoint{Addr: [4]byte{192, 168, 20, byte(small.Draw(t, "host"))}, Port: uint16(small.Draw(t, "port"))}
	peer := nat.Endpoint{Addr: [4]byte{172, 16, 0, byte(small.Draw(t, "peer"))}, Port: uint16(small.Draw(t, "peer port"))}
	tuple, in, out := nat.Tuple{Src: inside, Dst: peer, Protocol: nat.UDP}, "lan", "wan"
	if rapid.Bool().Draw(t, "from outside") {
		external := nat.Endpoint{Addr: [4]byte{10, 2, 13, 1}, Port: uint16(rapid.IntRange(1, 6).Draw(t, "external"))}
		tuple, in, out = nat.Tuple{Src: peer, Dst: external, Protocol: nat.UDP}, "wan", "lan"
	}
	if f, d := table.Lookup(tuple, at); f != nil {
		table.Advance(f, d, 0, at)
		return
	}
	if in == "wan" && !table.Destination(in, tuple, at).Translated {
		return // filtered
	}
	open(table, in, out, tuple, at)
}

func invariants(t *rapid.T, table *nat.Table, m nat.Masquerade, at time.Time) {
	owner := map[nat.Endpoint]nat.Endpoint{}
	seen := map[nat.Tuple]bool{}
	for _, f := range table.Flows(at) {
		if seen[f.Orig] || seen[f.Reply] {
			t.Fatalf("two flows share a tuple of %v", f.Orig)
		}
		seen[f.Orig], seen[f.Reply] = true, true
		for d, tuple := range []nat.Tuple{f.Orig, f.Reply} {
			if found, dir := table.Lookup(tuple, at); found == nil || found.Orig != f.Orig || int(dir) != d {
				t.Fatalf("%v is not found as direction %d of its flow", tuple, d)
			}
		}
		external, internal := f.Reply.Dst, f.Orig.Src
		if f.Orig.Dst.IP() == m.To { // a stranger's
			external, internal = f.Orig.Dst, f.Reply.Src
		}
		if m.Mapping != nat.EndpointIndependent && m.Filtering != nat.EndpointIndependent {
			continue
		}
		if was, ok := owner[external]; ok && was != internal {
			t.Fatalf("%v stands for %v and %v", external, was, internal)
		}
		owner[external] = internal
	}
}

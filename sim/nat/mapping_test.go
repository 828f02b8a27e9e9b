package nat_test

import (
	"net/netip"
	"testing"
	"time"

	"demailbench/sim/nat"
)

func masquerade(mapping, filtering nat.Behaviour) nat.Rules {
	return nat.Rules{Masquerade: []nat.Masquerade{{Interface: "wan", From: prefix("192.168.20.0/24"),
		To: netip.MustParseAddr("10.2.13.1"), Mapping: mapping, Filtering: filtering}}}
}

// RFC 4787 4.1: which outside endpoint do two flows of one inside endpoint get? Another inside host already
// holds the port that would be preserved, so that the choice shows.
func TestMapping(t *testing.T) {
	tests := []struct {
		behaviour                   nat.Behaviour
		otherPort, otherAddressSame bool
	}{
		{nat.EndpointIndependent, true, true},
		{nat.AddressDependent, true, false},
		{nat.AddressAndPortDependent, false, false},
	}
	for _, p := range protocols {
		for _, test := range tests {
			t.Run(p.String()+" "+test.behaviour.String(), func(t *testing.T) {
				table := newTable(t, masquerade(test.behaviour, nat.AddressAndPortDependent))
				for _, peer := range []string{"172.16.0.1:53", "172.16.0.1:54", "172.16.0.2:53"} {
					open(table, "lan", "wan", tupleOf(p, "192.168.20.99:5000", peer), epoch)
				}
				inside := "192.168.20.25:5000"
				first := mustOpen(t, table, "lan", "wan", tupleOf(p, inside, "172.16.0.1:53"), epoch)
				if first.Src.IP().String() != "10.2.13.1" || first.Src.Port == 5000 {
					t.Fatalf("first flow left as %v", first)
				}
				if p != nat.ICMP { // an echo has no second port at the same address
					second := mustOpen(t, table, "lan", "wan", tupleOf(p, inside, "172.16.0.1:54"), epoch)
					if same := second.Src == first.Src; same != test.otherPort {
						t.Errorf("another port of the peer: same mapping %v, want %v", same, test.otherPort)
					}
				}
				third := mustOpen(t, table, "lan", "wan", tupleOf(p, inside, "172.16.0.2:53"), epoch)
				if same := third.Src == first.Src; same != test.otherAddressSame {
					t.Errorf("another peer: same mapping %v, want %v", same, test.otherAddressSame)
				}
			})
		}
	}
}

// RFC 4787 5: who may send to a mapping that was made by speaking to 172.16.0.1:53?
func TestFiltering(t *testing.T) {
	tests := []struct {
		behaviour           nat.Behaviour
		sameAddress, anyone bool
	}{
		{nat.EndpointIndependent, true, true},
		{nat.AddressDependent, true, false},
		{nat.AddressAndPortDependent, false, false},
	}
	for _, p := range []nat.Protocol{nat.TCP, nat.UDP} {
		for _, mapping := range []nat.Behaviour{nat.EndpointIndependent, nat.AddressDependent, nat.AddressAndPortDependent} {
			for _, test := range tests {
				t.Run(p.String()+" mapping "+mapping.String()+" filtering "+test.behaviour.String(), func(t *testing.T) {
					table := newTable(t, masquerade(mapping, test.behaviour))
					left := mustOpen(t, table, "lan", "wan", tupleOf(p, "192.168.20.25:5000", "172.16.0.1:53"), epoch)
					if f, _ := table.Lookup(left.Reverse(), epoch); f == nil {
						t.Fatal("the answer itself was filtered")
					}
					for from, want := range map[string]bool{"172.16.0.1:54": test.sameAddress, "172.16.0.2:53": test.anyone} {
						stranger := nat.Tuple{Src: nat.EndpointFrom(netip.MustParseAddrPort(from)), Dst: left.Src, Protocol: p}
						got := table.Destination("wan", stranger, epoch)
						if got.Translated != want {
							t.Errorf("from %v admitted %v, want %v", from, got.Translated, want)
						}
						if want && got.Tuple.Dst.String() != "192.168.20.25:5000" {
							t.Errorf("from %v led to %v", from, got.Tuple.Dst)
						}
					}
				})
			}
		}
	}
}

// A stranger's flow keeps the mapping alive, and its answers leave under the mapping.
func TestStrangerKeepsMapping(t *testing.T) {
	table := newTable(t, masquerade(nat.EndpointIndependent, nat.EndpointIndependent))
	left := mustOpen(t, table, "lan", "wan", nat.TupleOf(nat.UDP, "192.168.20.25:5000", "172.16.0.1:53"), epoch)
	late := epoch.Add(4 * time.Minute)
	stranger := nat.Tuple{Src: nat.EndpointFrom(netip.MustParseAddrPort("172.16.0.9:9")), Dst: left.Src, Protocol: nat.UDP}
	mustOpen(t, table, "wan", "lan", stranger, late)
	later := epoch.Add(6 * time.Minute) // the first flow has expired
	table.Expire(later)
	second := stranger
	second.Src.Port = 10
	if got := table.Destination("wan", second, later); !got.Translated {
		t.Error("the mapping ended although a flow used it")
	}
	answer := nat.TupleOf(nat.UDP, "192.168.20.25:5000", "172.16.0.9:9")
	if f, d := table.Lookup(answer, later); f == nil || f.Leaves(d).Src != left.Src {
		t.Error("the answer to the stranger does not leave under the mapping")
	}
}

// RFC 4787 REQ-3: where strangers may send to a port, no two inside endpoints share it.
func TestNoPortOverloading(t *testing.T) {
	for _, b := range []struct{ mapping, filtering nat.Behaviour }{
		{nat.EndpointIndependent, nat.AddressAndPortDependent},
		{nat.AddressAndPortDependent, nat.EndpointIndependent},
	} {
		table := newTable(t, masquerade(b.mapping, b.filtering))
		a := mustOpen(t, table, "lan", "wan", nat.TupleOf(nat.UDP, "192.168.20.25:5000", "172.16.0.1:53"), epoch)
		c := mustOpen(t, table, "lan", "wan", nat.TupleOf(nat.UDP, "192.168.20.26:5000", "172.16.0.2:53"), epoch)
		if a.Src == c.Src {
			t.Errorf("mapping %v, filtering %v: both left as %v", b.mapping, b.filtering, a.Src)
		}
	}
}

package bridge_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"demailbench/sim/bridge"
)

func TestTableAddr(t *testing.T) {
	for _, c := range []struct{ inside, machine string }{
		{"10.2.12.25", "127.2.12.25"},
		{"172.16.0.25", "127.16.0.25"},
		{"198.51.100.10", "127.51.100.10"},
		{"203.0.113.25", "127.0.113.25"},
		{"10.0.0.53", "127.255.0.53"}, // 127.0.0.53 is a resolver on many systems
	} {
		table := bridge.NewTable()
		at, err := table.Addr(netip.MustParseAddr(c.inside))
		if err != nil || at.String() != c.machine {
			t.Errorf("%s stands at %v (%v), want %s", c.inside, at, err, c.machine)
		}
		if back, ok := table.Inside(at); !ok || back.String() != c.inside {
			t.Errorf("%v stands for %v, want %s", at, back, c.inside)
		}
	}
}

func TestTableConflicts(t *testing.T) {
	for _, c := range []struct {
		name   string
		known  []string
		asked  string
		says   string
		accept bool
	}{
		{name: "same after the first octet", known: []string{"10.2.12.25"}, asked: "172.2.12.25", says: "10.2.12.25 and 172.2.12.25 would both stand at 127.2.12.25"},
		{name: "the machine's own network", known: []string{"10.255.0.53"}, asked: "10.0.0.53", says: "10.255.0.53 and 10.0.0.53"},
		{name: "address in another's network", known: []string{"10.2.12.0/24"}, asked: "172.2.12.66", says: "10.2.12.0/24 and 172.2.12.66"},
		{name: "network over another's address", known: []string{"172.2.12.66"}, asked: "10.2.12.0/24", says: "172.2.12.66 and 10.2.12.0/24"},
		{name: "two networks", known: []string{"10.2.12.0/24"}, asked: "172.2.0.0/16", says: "10.2.12.0/24 and 172.2.0.0/16"},
		{name: "again", known: []string{"10.2.12.25", "10.2.12.0/24"}, asked: "10.2.12.0/24", accept: true},
		{name: "network in network", known: []string{"10.2.0.0/16"}, asked: "10.2.12.0/24", accept: true},
		{name: "too wide", asked: "0.0.0.0/0", says: "/8 to /32"},
		{name: "host bits", asked: "10.2.12.25/24", says: "masked"},
		{name: "IPv6", asked: "2001:db8::25", says: "not an IPv4 address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := bridge.NewTable()
			for _, k := range c.known {
				if err := claim(table, k); err != nil {
					t.Fatal(err)
				}
			}
			err := claim(table, c.asked)
			if c.accept != (err == nil) || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v, want %q", c.asked, err, c.says)
			}
			var conflict *bridge.ConflictError
			if err != nil && strings.Contains(c.says, " and ") && !errors.As(err, &conflict) {
				t.Errorf("%T is no conflict", err)
			}
		})
	}
}

// claim asks for the place of an address or network.
func claim(t *bridge.Table, text string) error {
	if p, err := netip.ParsePrefix(text); err == nil {
		_, err = t.Prefix(p)
		return err
	}
	_, err := t.Addr(netip.MustParseAddr(text))
	return err
}

func TestTablePrefix(t *testing.T) {
	for inside, want := range map[string][]string{
		"10.2.12.0/24": {"127.2.12.0/24"},
		"10.0.0.0/8":   {"127.0.0.0/8", "127.255.0.0/24"},
		"10.0.0.0/24":  {"127.255.0.0/24"},
		"10.0.0.16/28": {"127.255.0.16/28"},
		"10.0.0.0/16":  {"127.0.0.0/16", "127.255.0.0/24"},
	} {
		got, err := bridge.NewTable().Prefix(netip.MustParsePrefix(inside))
		var text []string
		for _, p := range got {
			text = append(text, p.String())
		}
		if diff := cmp.Diff(want, text); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", inside, err, diff)
		}
	}
}

// TestTableIsOneToOne claims addresses and networks at random: whoever has a place has it alone, and an
// address is in the place of a network exactly when it is in the network.
func TestTableIsOneToOne(t *testing.T) {
	octet := rapid.SampledFrom([]byte{0, 1, 2, 255})
	rapid.Check(t, func(t *rapid.T) {
		table := bridge.NewTable()
		at := map[netip.Addr]netip.Addr{}
		nets := map[netip.Prefix][]netip.Prefix{}
		for range 12 {
			a := netip.AddrFrom4([4]byte{rapid.SampledFrom([]byte{10, 172}).Draw(t, "first"), octet.Draw(t, "o"), octet.Draw(t, "o"), octet.Draw(t, "o")})
			if rapid.Bool().Draw(t, "network") {
				p := netip.PrefixFrom(a, rapid.SampledFrom([]int{8, 16, 20, 24, 30, 32}).Draw(t, "bits")).Masked()
				if places, err := table.Prefix(p); err == nil {
					nets[p] = places
				}
			} else if m, err := table.Addr(a); err == nil {
				at[a] = m
			}
		}
		taken := map[netip.Addr]bool{}
		for a, m := range at {
			if taken[m] || !m.IsLoopback() {
				t.Fatalf("%v stands at %v, as another does, or outside", a, m)
			}
			taken[m] = true
			for p, places := range nets {
				in := false
				for _, place := range places {
					in = in || place.Contains(m)
				}
				if in != p.Contains(a) {
					t.Fatalf("%v at %v, %v at %v", a, m, p, places)
				}
			}
		}
	})
}

package nat_test

import (
	"net/netip"
	"testing"

	"demailbench/sim/nat"
)

func TestValidate(t *testing.T) {
	addr := netip.MustParseAddr
	static := func(s ...nat.Static) nat.Rules { return nat.Rules{Static: s} }
	masq := func(m ...nat.Masquerade) nat.Rules { return nat.Rules{Masquerade: m} }
	forward := func(f ...nat.Forward) nat.Rules { return nat.Rules{Forward: f} }
	ext, host := netip.MustParseAddrPort("10.2.13.1:25"), netip.MustParseAddrPort("192.168.20.25:25")
	tests := []struct {
		rules nat.Rules
		want  string
	}{
		{static(nat.Static{Inside: prefix("10.0.0.0/24"), Outside: prefix("10.1.0.0/24")}), `nat: static[0]: interface is empty: name the outside interface`},
		{static(nat.Static{Interface: "wan", Outside: prefix("10.1.0.0/24")}), `nat: static[0]: inside invalid Prefix is not an IPv4 prefix`},
		{static(nat.Static{Interface: "wan", Inside: prefix("10.0.0.0/24"), Outside: prefix("fd00::/24")}), `nat: static[0]: outside fd00::/24 is not an IPv4 prefix`},
		{static(nat.Static{Interface: "wan", Inside: prefix("10.0.0.0/24"), Outside: prefix("10.1.0.0/25")}), `nat: static[0]: inside 10.0.0.0/24 and outside 10.1.0.0/25 differ in length: 1:1 needs as many addresses on both sides`},
		{static(nat.Static{Interface: "wan", Inside: prefix("10.0.0.0/24"), Outside: prefix("10.1.0.0/24")}, nat.Static{Interface: "wan", Inside: prefix("10.9.0.5/32"), Outside: prefix("10.1.0.5/32")}),
			`nat: static[1]: outside 10.1.0.5/32 overlaps static[0] outside 10.1.0.0/24 on interface "wan"`},
		{static(nat.Static{Interface: "wan", Inside: prefix("10.0.0.0/24"), Outside: prefix("10.1.0.0/24")}, nat.Static{Interface: "wan", Inside: prefix("10.0.0.5/32"), Outside: prefix("10.2.0.5/32")}),
			`nat: static[1]: inside 10.0.0.5/32 overlaps static[0] inside 10.0.0.0/24 on interface "wan"`},
		{static(nat.Static{Interface: "a", Inside: prefix("10.0.0.0/24"), Outside: prefix("10.1.0.0/24")}, nat.Static{Interface: "b", Inside: prefix("10.0.0.0/24"), Outside: prefix("10.1.0.0/24")}), ``},
		{masq(nat.Masquerade{}), `nat: masquerade[0]: interface is empty: name the outside interface`},
		{masq(nat.Masquerade{Interface: "wan", To: addr("fd00::1")}), `nat: masquerade[0]: to fd00::1 is not an IPv4 address`},
		{masq(nat.Masquerade{Interface: "wan", Low: 9, High: 8}), `nat: masquerade[0]: ports 9-8: the lower bound is above the upper one`},
		{masq(nat.Masquerade{Interface: "wan", High: 8}), `nat: masquerade[0]: ports 0-8: port 0 is no port, begin at 1 or above`},
		{masq(nat.Masquerade{Interface: "wan", Mapping: 7}), `nat: masquerade[0]: mapping behaviour 7 is unknown`},
		{masq(nat.Masquerade{Interface: "wan", To: addr("10.0.0.1")}, nat.Masquerade{Interface: "wan", To: addr("10.0.0.1"), Mapping: nat.EndpointIndependent}),
			`nat: masquerade[1]: to 10.0.0.1 is shared with masquerade[0], which has another behaviour: use a second address`},
		{forward(nat.Forward{Interface: "wan", Protocol: nat.ICMP, Outside: ext, Inside: host}), `nat: forward[0]: protocol icmp has no ports to forward: use tcp or udp`},
		{forward(nat.Forward{Interface: "wan", Protocol: nat.TCP, Inside: host}), `nat: forward[0]: outside invalid AddrPort is not an IPv4 address with a port`},
		{forward(nat.Forward{Interface: "wan", Protocol: nat.TCP, Outside: ext, Inside: host}, nat.Forward{Interface: "wan", Protocol: nat.TCP, Outside: ext, Inside: host}),
			`nat: forward[1]: outside tcp 10.2.13.1:25 is forwarded by forward[0] already`},
		{nat.Rules{}, ``},
	}
	for _, test := range tests {
		got := ""
		if err := test.rules.Validate(); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestTranslates(t *testing.T) {
	rules := nat.Rules{
		Static:     []nat.Static{{Interface: "wan", Inside: prefix("192.168.10.0/24"), Outside: prefix("10.2.12.0/24")}},
		Masquerade: []nat.Masquerade{{Interface: "wan", From: prefix("192.168.20.0/24"), To: netip.MustParseAddr("10.2.13.1")}},
		Forward: []nat.Forward{{Interface: "wan", Protocol: nat.TCP,
			Outside: netip.MustParseAddrPort("10.2.13.1:25"), Inside: netip.MustParseAddrPort("192.168.30.25:25")}},
	}
	tests := []struct {
		local, translated string
		want              bool
	}{
		{"192.168.10.25/32", "10.2.12.25/32", true},
		{"192.168.10.25/32", "10.2.12.26/32", false},
		{"192.168.10.0/24", "10.2.12.0/24", true},
		{"192.168.0.0/16", "10.2.0.0/16", false},
		{"192.168.20.40/32", "10.2.13.1/32", true},
		{"192.168.21.40/32", "10.2.13.1/32", false},
		{"192.168.30.25/32", "10.2.13.1/32", true},
		{"172.16.0.25/32", "192.0.2.25/32", false},
	}
	for _, test := range tests {
		if got := rules.Translates(prefix(test.local), prefix(test.translated)); got != test.want {
			t.Errorf("%s to %s: %v, want %v", test.local, test.translated, got, test.want)
		}
	}
}

func TestParseBehaviour(t *testing.T) {
	for _, b := range []nat.Behaviour{nat.AddressAndPortDependent, nat.AddressDependent, nat.EndpointIndependent} {
		if got, err := nat.ParseBehaviour(b.String()); err != nil || got != b {
			t.Errorf("%v: %v, %v", b, got, err)
		}
	}
	if got, err := nat.ParseBehaviour("Endpoint-Independent"); err != nil || got != nat.EndpointIndependent {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := nat.ParseBehaviour("full cone"); err == nil {
		t.Error("a cone was accepted")
	}
}

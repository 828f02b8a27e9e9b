package router_test

import (
	"net/netip"
	"testing"

	"demailbench/sim/firewall"
	"demailbench/sim/nat"
	"demailbench/sim/router"
)

func TestBadConfig(t *testing.T) {
	tests := []struct {
		cfg  router.Config
		want string
	}{
		{router.Config{}, ``},
		{router.Config{Routes: []router.Route{{}}}, `router "r": routes[0]: to invalid Prefix is not an IPv4 prefix`},
		{router.Config{Routes: []router.Route{{To: prefix("10.0.0.0/8")}}}, `router "r": routes[0]: to 10.0.0.0/8 has neither via nor interface`},
		{router.Config{Routes: []router.Route{{To: prefix("10.0.0.0/8"), Interface: "x", Unreachable: true}}}, `router "r": routes[0]: to 10.0.0.0/8 is unreachable and has a way at the same time`},
		{router.Config{Routes: []router.Route{{To: prefix("10.0.0.0/8"), Via: addr("fd00::1")}}}, `router "r": routes[0]: via fd00::1 is not an IPv4 address`},
		{router.Config{FlowLimit: -1}, `router "r": nat: flow limit -1 is negative`},
		{router.Config{NAT: nat.Rules{Masquerade: []nat.Masquerade{{}}}}, `router "r": nat: masquerade[0]: interface is empty: name the outside interface`},
		{router.Config{Matrix: []firewall.Entry{{ID: "M-01", Protocol: "http"}}}, `router "r": firewall: matrix[0] M-01: protocol "http": use tcp, udp, icmp, esp, or leave it out for any`},
	}
	for _, test := range tests {
		w := emptyWorld(t)
		got := ""
		if _, err := router.New("r", w.net, w.clk, w.rec, test.cfg); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestBadInterface(t *testing.T) {
	w := emptyWorld(t)
	r := w.addRouter("r", router.Config{}, w.on("lan", "10.0.0.1/24"), w.on("carrier", "100.64.0.1/24"), line("carrier", "100.64.0.2", "10.3.0.1/24"))
	w.addHost("host", "wan", "10.9.0.7/24", "10.9.0.1")
	tests := []struct {
		i    router.Interface
		want string
	}{
		{router.Interface{}, `router "r": interface "": name is empty`},
		{router.Interface{Name: "x"}, `router "r": interface "x": address invalid Prefix is not an IPv4 address with a prefix length`},
		{router.Interface{Name: "x", Address: prefix("10.9.0.1/24"), MTU: 20}, `router "r": interface "x": mtu 20: use 68 to 65535 (RFC 791 3.2)`},
		{router.Interface{Name: "x", Address: prefix("10.9.0.1/24")}, `router "r": interface "x": needs either a segment or a tunnel`},
		{w.on("lan", "10.9.0.1/24"), `router "r": interface "lan": name is taken`},
		{w.on("other", "10.0.0.2/24"), `router "r": interface "other": address 10.0.0.2/24 is in the network of interface "lan"`},
		{w.on("wan", "10.9.0.7/24"), `router "r": interface "wan": address 10.9.0.7 is taken on segment "wan"`},
		{router.Interface{Name: "x", Address: prefix("10.9.0.1/24"), Tunnel: &router.Tunnel{Over: "carrier", Peer: addr("100.64.0.2"), Secret: secret}},
			`router "r": interface "x": tunnel to 100.64.0.2 over "carrier" exists already: interface "line"`},
		{router.Interface{Name: "x", Address: prefix("10.9.0.1/24"), Tunnel: &router.Tunnel{Over: "wan", Peer: addr("100.64.0.3"), Secret: secret}},
			`router "r": interface "x": tunnel over "wan": there is no such interface with a segment; add it before the tunnel`},
		{router.Interface{Name: "x", Address: prefix("10.9.0.1/24"), Tunnel: &router.Tunnel{Over: "carrier", Peer: addr("100.64.0.3"), Secret: secret[:8]}},
			`router "r": interface "x": tunnel secret has 8 octets: use at least 16`},
		{router.Interface{Name: "x", Address: prefix("10.9.0.1/24"), Tunnel: &router.Tunnel{Over: "carrier", Secret: secret}},
			`router "r": interface "x": tunnel peer invalid IP is not an IPv4 address`},
	}
	for _, test := range tests {
		got := ""
		if err := r.AddInterface(test.i); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestCheck(t *testing.T) {
	static := func(i string) nat.Rules {
		return nat.Rules{Static: []nat.Static{{Interface: i, Inside: prefix("192.168.10.0/24"), Outside: prefix("10.2.12.0/24")}}}
	}
	tests := []struct {
		cfg  router.Config
		want string
	}{
		{router.Config{Routes: []router.Route{{To: prefix("10.0.0.0/8"), Interface: "x"}}}, `router "r": routes[0]: interface "x" does not exist`},
		{router.Config{Routes: []router.Route{{To: prefix("10.0.0.0/8"), Via: addr("10.7.0.1")}}}, `router "r": routes[0]: via 10.7.0.1 is in no interface's network`},
		{router.Config{Routes: []router.Route{{To: prefix("10.0.0.0/8"), Via: addr("10.7.0.1"), Interface: "lan"}}},
			`router "r": routes[0]: via 10.7.0.1 is not in the network 192.168.10.0/24 of interface "lan"`},
		{router.Config{Routes: []router.Route{{To: prefix("10.0.0.0/8"), Via: addr("192.168.10.9")}}},
			`router "r": routes[0]: via 192.168.10.9: nobody on the segment of interface "lan" has that address`},
		{router.Config{NAT: static("x")}, `router "r": nat: static[0]: interface "x" does not exist`},
		{router.Config{NAT: nat.Rules{Static: []nat.Static{{Interface: "lan", Inside: prefix("192.168.77.0/24"), Outside: prefix("10.2.12.0/24")}}}},
			`router "r": nat: static[0]: inside 192.168.77.0/24: there is no route to it`},
		{router.Config{NAT: nat.Rules{Masquerade: []nat.Masquerade{{Interface: "x"}}}}, `router "r": nat: masquerade[0]: interface "x" does not exist`},
		{router.Config{NAT: nat.Rules{Forward: []nat.Forward{{Interface: "x", Protocol: nat.TCP, Outside: netip.MustParseAddrPort("10.0.0.1:25"), Inside: netip.MustParseAddrPort("192.168.10.25:25")}}}},
			`router "r": nat: forward[0]: interface "x" does not exist`},
		{router.Config{NAT: static("lan"), Routes: []router.Route{{To: prefix("10.0.0.0/8"), Unreachable: true}}}, ``},
	}
	for _, test := range tests {
		w := emptyWorld(t)
		r := w.addRouter("r", test.cfg, w.on("lan", "192.168.10.1/24"))
		got := ""
		if err := r.Check(); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// Masquerade without an address takes the interface's own; NAT addresses on the segment are answered for.
func TestAddresses(t *testing.T) {
	w := emptyWorld(t)
	w.addRouter("r", router.Config{Policy: firewall.Policy{Default: firewall.Allow}, NAT: nat.Rules{
		Static:     []nat.Static{{Interface: "wan", Inside: prefix("192.168.10.24/31"), Outside: prefix("10.9.0.24/31")}},
		Masquerade: []nat.Masquerade{{Interface: "wan"}},
	}}, w.on("lan", "192.168.10.1/24"), w.on("wan", "10.9.0.1/24"))
	w.addHost("inside", "lan", "192.168.10.25/24", "192.168.10.1")
	w.addHost("other", "lan", "192.168.10.40/24", "192.168.10.1")
	w.addHost("outside", "wan", "10.9.0.7/24", "10.9.0.1")
	for a, want := range map[string]bool{"10.9.0.1": true, "10.9.0.24": true, "10.9.0.25": true, "10.9.0.26": false} {
		if got := w.segment("wan").Has(addr(a)); got != want {
			t.Errorf("%s answered for: %v, want %v", a, got, want)
		}
	}
	w.run(func() {
		w.serve("inside", "outside")
		for _, test := range []struct{ from, to, want string }{
			{"other", "10.9.0.7:25", "10.9.0.1"}, {"inside", "10.9.0.7:25", "10.9.0.25"}, {"outside", "10.9.0.25:25", "10.9.0.7"},
		} {
			if got := w.seenAs(test.from, test.to); got != test.want {
				t.Errorf("%s at %s is seen as %s, want %s", test.from, test.to, got, test.want)
			}
		}
	})
}

package topology_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"demailbench/fixtures"
	"demailbench/sim/topology"
)

func TestWithMatrix(t *testing.T) {
	top := saxony(t)
	before := len(top.Entries("core"))
	row := topology.Row{ID: "M-900", Purpose: "made on purpose", From: topology.Party{Host: "kdn-stranger"}, To: topology.Party{Host: "gateway"},
		Protocol: "tcp", Port: 25, RequestedBy: "bench", ApprovedBy: "bench", ImplementedBy: "bench"}
	more, err := top.WithMatrix(append(top.Matrix[:len(top.Matrix):len(top.Matrix)], row))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(more.Entries("core")); got != before+1 {
		t.Errorf("%d entries at core, want %d", got, before+1)
	}
	if got := len(top.Entries("core")); got != before {
		t.Errorf("the original has %d entries at core now, had %d", got, before)
	}
	row.From.Host = "nobody"
	if _, err := top.WithMatrix([]topology.Row{row}); err == nil || !strings.Contains(err.Error(), `"nobody": there is no such host`) {
		t.Errorf("a row of nobody: %v", err)
	}
}

// TestPlanFaults holds faults that need more than the smallest world: each changes the Saxon plan.
func TestPlanFaults(t *testing.T) {
	good, err := fixtures.FS.ReadFile("topologies/saxony.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, old, new, want string }{
		{"answer by another way", "{name: transfer, segment: transfer, address: 172.16.1.2/24}",
			"{name: transfer, segment: transfer, address: 172.16.1.2/24}\n      - {name: central, segment: central, address: 172.16.0.2/24}",
			`matrix[0].to: "dmda": the way leads over core, edge, the answer's over edge; lead both over the same routers`},
		{"route by nobody", "- {to: 172.16.0.0/24, via: 172.16.1.1}", "- {to: 172.16.0.0/24, via: 172.16.1.1}\n      - {to: 172.16.0.26/32, via: 172.16.1.9}",
			`routers[1].routes[1].via: "172.16.1.9": no neighbour of router edge has this address; name another router's interface on a segment or line of edge`},
		{"tunnel over nothing", "tunnel: {over: carrier, peer: 100.64.0.14}", "tunnel: {over: carier, peer: 100.64.0.14}",
			`routers[0].interfaces[5].tunnel.over: "carier": is no interface of core that is listed before and joined to a segment; list the carrier's interface first`},
		{"tunnel to a stranger", "tunnel: {over: carrier, peer: 100.64.0.14}", "tunnel: {over: carrier, peer: 100.64.0.15}",
			`routers[0].interfaces[5].tunnel.peer: "100.64.0.15": no router on segment carrier has a tunnel back from this address; give the other router a tunnel with peer 100.64.0.1`},
		{"ends in two networks", "address: 10.3.0.1/24", "address: 10.4.0.1/24",
			`routers[0].interfaces[5].address: "10.4.0.1/24": the other end is in another network: 10.3.0.14/24; put both ends of a line into one network`},
		{"tunnel without zone", "{name: line-pirna, zone: lines, ", "{name: line-pirna, ",
			`routers[0].interfaces[5].zone: is missing; a tunnel has no segment to take the zone from: give it`},
		{"zone on a segment", "{name: svn, segment: svn, address: 10.1.0.1/24}", "{name: svn, zone: svn, segment: svn, address: 10.1.0.1/24}",
			`routers[0].interfaces[2].zone: "svn": the interface is in the zone of its segment, svn; remove it`},
		{"interface twice", "{name: svn, segment: svn, address: 10.1.0.1/24}", "{name: central, segment: svn, address: 10.1.0.1/24}",
			`routers[0].interfaces[2].name: "central": router core has an interface of this name already; give each its own`},
		{"interface outside", "address: 10.1.0.11/24", "address: 10.1.7.11/24",
			`routers[2].interfaces[1].address: "10.1.7.11/24": is not in segment svn; use an address of 10.1.0.0/24 with the same length`},
		{"segment with host bits", "prefix: 10.1.0.0/24", "prefix: 10.1.0.1/24", `segments[4].prefix: "10.1.0.1/24": has host bits set; the network is 10.1.0.0/24`},
		{"masquerade of nobody", "from: 192.168.20.0/24", "from: 192.168.30.0/24",
			`routers[4].nat.masquerade[0].from: "192.168.30.0/24": no network behind router router-radebeul holds these addresses; use a network of an interface other than kdn, or of a route by one`},
		{"masquerade under a tenant's address", "to: 10.2.13.1}", "to: 10.2.12.1}",
			`routers[4].nat.masquerade[0].to: "10.2.12.1": overlaps 10.2.12.0/24, under which router router-annaberg makes 192.168.10.0/24 known; every translated network must be unique in its realm`},
		{"routes in a circle", "- {to: 10.0.0.0/8, via: 172.16.1.1}", "- {to: 0.0.0.0/0, via: 172.16.1.1}\n      - {to: 10.0.0.0/8, via: 172.16.1.1}", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(string(good), c.old) {
				t.Fatalf("the plan has no %q", c.old)
			}
			data := strings.Replace(string(good), c.old, c.new, 1)
			top, err := topology.Read(fstest.MapFS{"t.yaml": {Data: []byte(data)}}, "t.yaml")
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				if _, err := top.Way("gateway", "radebeul-desk"); err == nil || !strings.Contains(err.Error(), "the routes run in a circle at") {
					t.Errorf("got %v, want a circle", err)
				}
				return
			}
			if err == nil {
				t.Fatal("is taken")
			}
			if _, got, _ := strings.Cut(err.Error(), ": "); got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
		})
	}
}

package topology_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/fixtures"
	"demailbench/sim/topology"
)

func saxony(t testing.TB) *topology.Topology {
	t.Helper()
	top, err := topology.Read(fixtures.FS, "topologies/saxony.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return top
}

// TestWay holds who sees whom under which address, the point of the whole plan.
func TestWay(t *testing.T) {
	top := saxony(t)
	cases := []struct{ from, to, want string }{
		{"annaberg-desk", "annaberg-mail", "dials 192.168.10.25, seen as 192.168.10.40, over "},
		{"annaberg-mail", "gateway", "dials 172.16.0.25, seen as 10.2.12.25, over router-annaberg core"},
		{"sakd-mail", "gateway", "dials 172.16.0.25, seen as 10.1.11.25, over router-sakd core"},
		{"pirna-mail", "gateway", "dials 172.16.0.25, seen as 10.3.14.25, over router-pirna core"},
		{"radebeul-mail", "gateway", "dials 172.16.0.25, seen as 10.2.13.25, over router-radebeul core"},
		{"radebeul-desk", "gateway", "dials 172.16.0.25, seen as 10.2.13.1, over router-radebeul core"},
		{"gateway", "annaberg-mail", "dials 10.2.12.25, seen as 172.16.0.25, over core router-annaberg"},
		{"gateway", "pirna-mail", "dials 10.3.14.25, seen as 172.16.0.25, over core router-pirna"},
		{"gateway", "dmda", "dials 198.51.100.10, seen as 192.0.2.25, over core edge"},
		{"dmda", "gateway", "dials 192.0.2.25, seen as 198.51.100.10, over edge core"},
		{"sid", "internet-mail", "dials 203.0.113.25, seen as 203.0.113.1, over core edge"},
		{"internet-host", "gateway", "dials 192.0.2.25, seen as 203.0.113.66, over edge core"},
		{"sakd-mail", "annaberg-mail", "dials 10.2.12.25, seen as 10.1.11.25, over router-sakd core router-annaberg"},
		{"gateway", "radebeul-desk", "gateway cannot reach radebeul-desk: router edge has no route to 192.168.20.40"},
		{"dmda", "sakd-mail", "dials 10.1.11.25, seen as 198.51.100.10, over edge core router-sakd"},
		{"gateway", "nobody", `there is no host "gateway" or no host "nobody"`},
	}
	for _, c := range cases {
		p, err := top.Way(c.from, c.to)
		var routers []string
		for _, h := range p.Hops {
			routers = append(routers, h.Router)
		}
		got := fmt.Sprintf("dials %v, seen as %v, over %s", p.Dial, p.Source, strings.Join(routers, " "))
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s to %s:\ngot  %s\nwant %s", c.from, c.to, got, c.want)
		}
	}
}

func TestTraceEnds(t *testing.T) {
	top := saxony(t)
	cases := []struct{ from, dst, want string }{
		{"annaberg-desk", "192.168.10.77", "nobody on segment lan-annaberg has the address 192.168.10.77"},
		{"annaberg-desk", "172.16.0.1", "172.16.0.1 is router core itself"},
		{"annaberg-desk", "10.1.11.77", "nobody on segment lan-sakd has the address 192.168.10.77"},
		{"annaberg-desk", "8.8.8.8", "router edge has no route to 8.8.8.8"},
		{"nobody", "8.8.8.8", `there is no host "nobody"`},
	}
	for _, c := range cases {
		_, err := top.Trace(c.from, netip.MustParseAddr(c.dst))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s to %s:\ngot  %v\nwant %s", c.from, c.dst, err, c.want)
		}
	}
}

// TestEntries holds what the matrix of the plan becomes on each router, in the addresses it sees.
func TestEntries(t *testing.T) {
	top := saxony(t)
	got := map[string][]string{}
	for _, r := range top.Routers {
		for _, e := range top.Entries(r.Name) {
			row, _, _ := strings.Cut(e.ID, ".")
			if strings.HasPrefix(row, "M-12") || strings.HasPrefix(row, "M-13") || row < "M-005" {
				got[r.Name] = append(got[r.Name], fmt.Sprintf("%s %s:%v > %s:%v %s/%d", e.ID, e.From.Zone, e.From.Local, e.To.Zone, e.To.Local, e.Protocol, e.Ports[0].Low))
			}
		}
	}
	want := map[string][]string{
		"edge": {
			"M-001 transfer:172.16.0.25/32 > dmda:198.51.100.10/32 tcp/465",
			"M-002 dmda:198.51.100.10/32 > transfer:172.16.0.25/32 tcp/465",
			"M-004 transfer:172.16.0.26/32 > internet:203.0.113.0/24 tcp/25",
		},
		"core": {
			"M-001 central:172.16.0.25/32 > transfer:198.51.100.10/32 tcp/465",
			"M-002 transfer:198.51.100.10/32 > central:172.16.0.25/32 tcp/465",
			"M-003 central:172.16.0.25/32 > kdn:10.2.0.26/32 tcp/25",
			"M-004 central:172.16.0.26/32 > transfer:203.0.113.0/24 tcp/25",
			"M-121 kdn:10.2.13.25/32 > central:172.16.0.25/32 tcp/25",
			"M-122 central:172.16.0.25/32 > kdn:10.2.13.25/32 tcp/25",
			"M-123 kdn:10.2.13.25/32 > central:172.16.0.53/32 udp/53",
			"M-123.2 kdn:10.2.13.1/32 > central:172.16.0.53/32 udp/53",
			"M-124 kdn:10.2.13.25/32 > central:172.16.0.53/32 tcp/53",
			"M-124.2 kdn:10.2.13.1/32 > central:172.16.0.53/32 tcp/53",
			"M-125 kdn:10.2.13.25/32 > central:172.16.0.26/32 tcp/25",
			"M-126 central:172.16.0.26/32 > kdn:10.2.13.25/32 tcp/25",
			"M-127 kdn:10.2.13.1/32 > central:172.16.0.25/32 tcp/443",
			"M-131 lines:10.3.14.25/32 > central:172.16.0.25/32 tcp/25",
			"M-132 central:172.16.0.25/32 > lines:10.3.14.25/32 tcp/25",
			"M-133 lines:10.3.14.0/24 > central:172.16.0.53/32 udp/53",
			"M-134 lines:10.3.14.0/24 > central:172.16.0.53/32 tcp/53",
			"M-135 lines:10.3.14.25/32 > central:172.16.0.26/32 tcp/25",
			"M-136 central:172.16.0.26/32 > lines:10.3.14.25/32 tcp/25",
			"M-137 lines:10.3.14.40/32 > central:172.16.0.25/32 tcp/443",
		},
		"router-radebeul": {
			"M-121 tenant-radebeul:192.168.20.25/32 > kdn:172.16.0.25/32 tcp/25",
			"M-122 kdn:172.16.0.25/32 > tenant-radebeul:192.168.20.25/32 tcp/25",
			"M-123 tenant-radebeul:192.168.20.0/24 > kdn:172.16.0.53/32 udp/53",
			"M-124 tenant-radebeul:192.168.20.0/24 > kdn:172.16.0.53/32 tcp/53",
			"M-125 tenant-radebeul:192.168.20.25/32 > kdn:172.16.0.26/32 tcp/25",
			"M-126 kdn:172.16.0.26/32 > tenant-radebeul:192.168.20.25/32 tcp/25",
			"M-127 tenant-radebeul:192.168.20.40/32 > kdn:172.16.0.25/32 tcp/443",
		},
		"router-pirna": {
			"M-131 tenant-pirna:192.168.10.25/32 > lines:172.16.0.25/32 tcp/25",
			"M-132 lines:172.16.0.25/32 > tenant-pirna:192.168.10.25/32 tcp/25",
			"M-133 tenant-pirna:192.168.10.0/24 > lines:172.16.0.53/32 udp/53",
			"M-134 tenant-pirna:192.168.10.0/24 > lines:172.16.0.53/32 tcp/53",
			"M-135 tenant-pirna:192.168.10.25/32 > lines:172.16.0.26/32 tcp/25",
			"M-136 lines:172.16.0.26/32 > tenant-pirna:192.168.10.25/32 tcp/25",
			"M-137 tenant-pirna:192.168.10.40/32 > lines:172.16.0.25/32 tcp/443",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

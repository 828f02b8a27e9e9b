package firewall_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"demailbench/sim/firewall"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestShadowed(t *testing.T) {
	row := func(id string, change func(*firewall.Entry)) firewall.Entry {
		return submission(func(e *firewall.Entry) {
			e.ID = id
			if change != nil {
				change(e)
			}
		})
	}
	from := func(p string) func(*firewall.Entry) {
		return func(e *firewall.Entry) { e.From = firewall.Party{Zone: "kdn", Local: prefix(p)} }
	}
	ports := func(low, high uint16) func(*firewall.Entry) {
		return func(e *firewall.Entry) { e.Ports = []firewall.Ports{{Low: low, High: high}} }
	}
	valid := func(from, to int) func(*firewall.Entry) {
		return func(e *firewall.Entry) {
			e.ValidFrom, e.ValidTo = epoch.Add(time.Duration(from)*time.Hour), epoch.Add(time.Duration(to)*time.Hour)
		}
	}
	tests := []struct {
		name    string
		entries []firewall.Entry
		want    []firewall.Shadow
	}{
		{"same row twice", []firewall.Entry{row("A", nil), row("B", nil)}, []firewall.Shadow{{Entry: "B", By: []string{"A"}}}},
		{"network before host", []firewall.Entry{row("A", from("10.2.0.0/16")), row("B", from("10.2.12.25/32"))}, []firewall.Shadow{{Entry: "B", By: []string{"A"}}}},
		{"host before network", []firewall.Entry{row("A", from("10.2.12.25/32")), row("B", from("10.2.0.0/16"))}, nil},
		{"two halves", []firewall.Entry{row("A", from("10.2.12.0/25")), row("B", from("10.2.12.128/25")), row("C", from("10.2.12.0/24"))},
			[]firewall.Shadow{{Entry: "C", By: []string{"A", "B"}}}},
		{"two halves but one", []firewall.Entry{row("A", from("10.2.12.0/25")), row("B", from("10.2.12.128/26")), row("C", from("10.2.12.0/24"))}, nil},
		{"two ranges", []firewall.Entry{row("A", ports(1, 100)), row("B", ports(101, 200)), row("C", ports(50, 150))},
			[]firewall.Shadow{{Entry: "C", By: []string{"A", "B"}}}},
		{"other zone", []firewall.Entry{row("A", nil), row("B", func(e *firewall.Entry) { e.From.Zone = "svn" })}, nil},
		{"any zone before one", []firewall.Entry{row("A", func(e *firewall.Entry) { e.From.Zone = "" }), row("B", nil)}, []firewall.Shadow{{Entry: "B", By: []string{"A"}}}},
		{"all zones one by one before any", []firewall.Entry{row("A", nil), row("B", func(e *firewall.Entry) { e.From.Zone = "" })}, nil},
		{"other protocol", []firewall.Entry{row("A", nil), row("B", func(e *firewall.Entry) { e.Protocol = "udp" })}, nil},
		{"any protocol first", []firewall.Entry{row("A", func(e *firewall.Entry) { e.Protocol, e.Ports = "", nil }), row("B", nil)}, []firewall.Shadow{{Entry: "B", By: []string{"A"}}}},
		{"valid longer", []firewall.Entry{row("A", valid(0, 1)), row("B", valid(0, 2))}, nil},
		{"valid in two parts", []firewall.Entry{row("A", valid(0, 1)), row("B", valid(1, 2)), row("C", valid(0, 2))},
			[]firewall.Shadow{{Entry: "C", By: []string{"A", "B"}}}},
		{"suspended rows do not shadow", []firewall.Entry{row("A", func(e *firewall.Entry) { e.Status = firewall.Suspended }), row("B", nil)}, nil},
		{"suspended rows are not shadowed", []firewall.Entry{row("A", nil), row("B", func(e *firewall.Entry) { e.Status = firewall.Requested })}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := newMatrix(t, firewall.Policy{}, test.entries...).Shadowed()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A row is shadowed exactly when no query at any time is decided by it: checked against all queries of a
// small world.
func TestShadowedAgreesWithDecide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var entries []firewall.Entry
		for i := range rapid.IntRange(1, 6).Draw(t, "rows") {
			entries = append(entries, drawEntry(t, i))
		}
		m, err := firewall.New(entries, firewall.Policy{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		decides := map[string]bool{}
		everyQuery(func(q firewall.Query, at time.Time) { decides[m.Decide(q, at).Rule] = true })
		shadowed := map[string]bool{}
		for _, s := range m.Shadowed() {
			shadowed[s.Entry] = true
		}
		for _, e := range entries {
			if decides[e.ID] == shadowed[e.ID] {
				t.Fatalf("%s: decides %v, shadowed %v", e.ID, decides[e.ID], shadowed[e.ID])
			}
		}
	})
}

// drawEntry draws rows whose bounds all lie on the small world of everyQuery: addresses 10.0.0.0 to .3 as
// the only ones, which is why any is never drawn for them.
func drawEntry(t *rapid.T, i int) firewall.Entry {
	net := rapid.SampledFrom([]string{"10.0.0.0/32", "10.0.0.1/32", "10.0.0.2/32", "10.0.0.0/31", "10.0.0.2/31", "10.0.0.0/30"})
	zone := rapid.SampledFrom([]string{"", "a", "b"})
	low := uint16(rapid.IntRange(1, 3).Draw(t, "port"))
	e := firewall.Entry{ID: fmt.Sprintf("M-%d", i),
		From:     firewall.Party{Zone: zone.Draw(t, "from zone"), Local: prefix(net.Draw(t, "from"))},
		To:       firewall.Party{Local: prefix(net.Draw(t, "to"))},
		Protocol: rapid.SampledFrom([]string{"tcp", "udp"}).Draw(t, "protocol"),
		Ports:    []firewall.Ports{{Low: low, High: low + uint16(rapid.IntRange(0, 1).Draw(t, "ports"))}}}
	if rapid.Bool().Draw(t, "limited") {
		e.ValidTo = epoch.Add(time.Hour)
	}
	return e
}

func everyQuery(ask func(firewall.Query, time.Time)) {
	for _, zone := range []string{"a", "b", "c"} {
		for from := range byte(4) {
			for to := range byte(4) {
				for _, protocol := range []uint8{6, 17} {
					for port := range uint16(5) {
						q := firewall.Query{From: zone, Source: netip.AddrFrom4([4]byte{10, 0, 0, from}),
							Destination: netip.AddrFrom4([4]byte{10, 0, 0, to}), Protocol: protocol, Port: port}
						ask(q, epoch)
						ask(q, epoch.Add(2*time.Hour))
					}
				}
			}
		}
	}
}

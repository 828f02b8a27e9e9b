package firewall_test

import (
	"net/netip"
	"testing"
	"time"

	"demailbench/sim/firewall"
)

var epoch = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func newMatrix(t *testing.T, policy firewall.Policy, entries ...firewall.Entry) *firewall.Matrix {
	t.Helper()
	m, err := firewall.New(entries, policy, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// municipality's row: its mail server may submit to the gateway.
func submission(change func(*firewall.Entry)) firewall.Entry {
	e := firewall.Entry{
		ID: "M-01", Purpose: "submission to the gateway", Protocol: "tcp", Ports: firewall.Port(25),
		From:        firewall.Party{Zone: "kdn", Host: "annaberg-mail", Local: prefix("192.168.10.25/32"), Translated: prefix("10.2.12.25/32")},
		To:          firewall.Party{Zone: "central", Host: "gateway", Local: prefix("172.16.0.25/32")},
		RequestedBy: "municipality", ApprovedBy: "SID", ImplementedBy: "KDN GmbH", Status: firewall.Active,
	}
	if change != nil {
		change(&e)
	}
	return e
}

func query(change func(*firewall.Query)) firewall.Query {
	q := firewall.Query{From: "kdn", To: "central", Source: netip.MustParseAddr("10.2.12.25"),
		Destination: netip.MustParseAddr("172.16.0.25"), Protocol: 6, Port: 25}
	if change != nil {
		change(&q)
	}
	return q
}

func TestDecide(t *testing.T) {
	type edit = func(*firewall.Entry)
	type ask = func(*firewall.Query)
	addr := netip.MustParseAddr
	tests := []struct {
		name  string
		entry edit
		query ask
		want  firewall.Decision
	}{
		{"fits", nil, nil, firewall.Decision{Action: "allow", Rule: "M-01"}},
		{"other source", nil, func(q *firewall.Query) { q.Source = addr("10.2.12.40") }, firewall.Decision{Action: "drop", Rule: "default:drop"}},
		{"local address does not count where it is translated", nil, func(q *firewall.Query) { q.Source = addr("192.168.10.25") }, firewall.Decision{Action: "drop", Rule: "default:drop"}},
		{"other destination", nil, func(q *firewall.Query) { q.Destination = addr("172.16.0.26") }, firewall.Decision{Action: "drop", Rule: "default:drop"}},
		{"other zone in", nil, func(q *firewall.Query) { q.From = "svn" }, firewall.Decision{Action: "drop", Rule: "default:drop"}},
		{"other zone out", nil, func(q *firewall.Query) { q.To = "internet" }, firewall.Decision{Action: "drop", Rule: "default:drop"}},
		{"any zone", func(e *firewall.Entry) { e.From.Zone, e.To.Zone = "", "" }, func(q *firewall.Query) { q.From, q.To = "x", "y" }, firewall.Decision{Action: "allow", Rule: "M-01"}},
		{"other protocol", nil, func(q *firewall.Query) { q.Protocol = 17 }, firewall.Decision{Action: "drop", Rule: "default:drop"}},
		{"any protocol", func(e *firewall.Entry) { e.Protocol, e.Ports = "", nil }, func(q *firewall.Query) { q.Protocol, q.Port = 132, 0 }, firewall.Decision{Action: "allow", Rule: "M-01"}},
		{"other port", nil, func(q *firewall.Query) { q.Port = 587 }, firewall.Decision{Action: "drop", Rule: "default:drop"}},
		{"second range", func(e *firewall.Entry) { e.Ports = []firewall.Ports{{Low: 25, High: 25}, {Low: 500, High: 600}} }, func(q *firewall.Query) { q.Port = 600 }, firewall.Decision{Action: "allow", Rule: "M-01"}},
		{"icmp", func(e *firewall.Entry) { e.Protocol, e.Ports = "icmp", nil }, func(q *firewall.Query) { q.Protocol, q.Port = 1, 0 }, firewall.Decision{Action: "allow", Rule: "M-01"}},
		{"any party", func(e *firewall.Entry) { e.From, e.To = firewall.Party{}, firewall.Party{} }, func(q *firewall.Query) { q.Source = addr("1.2.3.4") }, firewall.Decision{Action: "allow", Rule: "M-01"}},
		{"requested only", func(e *firewall.Entry) { e.Status = firewall.Requested }, nil, firewall.Decision{Action: "drop", Rule: "default:drop", Dormant: "M-01"}},
		{"approved only", func(e *firewall.Entry) { e.Status = firewall.Approved }, nil, firewall.Decision{Action: "drop", Rule: "default:drop", Dormant: "M-01"}},
		{"suspended", func(e *firewall.Entry) { e.Status = firewall.Suspended }, nil, firewall.Decision{Action: "drop", Rule: "default:drop", Dormant: "M-01"}},
		{"revoked", func(e *firewall.Entry) { e.Status = firewall.Revoked }, nil, firewall.Decision{Action: "drop", Rule: "default:drop", Dormant: "M-01"}},
		{"no status", func(e *firewall.Entry) { e.Status = "" }, nil, firewall.Decision{Action: "allow", Rule: "M-01"}},
		{"first instant", func(e *firewall.Entry) { e.ValidFrom = epoch }, nil, firewall.Decision{Action: "allow", Rule: "M-01"}},
		{"before", func(e *firewall.Entry) { e.ValidFrom = epoch.Add(1) }, nil, firewall.Decision{Action: "drop", Rule: "default:drop", Dormant: "M-01"}},
		{"last instant", func(e *firewall.Entry) { e.ValidTo = epoch.Add(1) }, nil, firewall.Decision{Action: "allow", Rule: "M-01"}},
		{"over", func(e *firewall.Entry) { e.ValidTo = epoch }, nil, firewall.Decision{Action: "drop", Rule: "default:drop", Dormant: "M-01"}},
		{"explicit drop", func(e *firewall.Entry) { e.Action = firewall.Drop }, nil, firewall.Decision{Action: "drop", Rule: "M-01"}},
		{"reset", func(e *firewall.Entry) { e.Action = firewall.RejectReset }, nil, firewall.Decision{Action: "reject-reset", Rule: "M-01"}},
		{"prohibited", func(e *firewall.Entry) { e.Action = firewall.RejectProhibited }, nil, firewall.Decision{Action: "reject-prohibited", Rule: "M-01"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := newMatrix(t, firewall.Policy{}, submission(test.entry))
			if got := m.Decide(query(test.query), epoch); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestFirstEntryWins(t *testing.T) {
	m := newMatrix(t, firewall.Policy{},
		submission(func(e *firewall.Entry) { e.ID, e.Status = "M-00", firewall.Suspended }),
		submission(func(e *firewall.Entry) { e.Action = firewall.RejectReset }),
		submission(func(e *firewall.Entry) { e.ID = "M-02" }))
	want := firewall.Decision{Action: firewall.RejectReset, Rule: "M-01", Dormant: "M-00"}
	if got := m.Decide(query(nil), epoch); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestPolicy(t *testing.T) {
	policy := firewall.Policy{Default: firewall.RejectProhibited, Zones: map[string]firewall.Action{"internet": firewall.Drop, "lan": firewall.Allow}}
	m := newMatrix(t, policy)
	for zone, want := range map[string]firewall.Decision{
		"kdn":      {Action: firewall.RejectProhibited, Rule: "default:reject-prohibited"},
		"internet": {Action: firewall.Drop, Rule: "default:internet:drop"},
		"lan":      {Action: firewall.Allow, Rule: "default:lan:allow"},
	} {
		if got := m.Decide(firewall.Query{From: zone}, epoch); got != want {
			t.Errorf("from %s: got %+v, want %+v", zone, got, want)
		}
	}
}

// One row serves the router that translates and those beyond it.
func TestPerspective(t *testing.T) {
	row := submission(func(e *firewall.Entry) { e.From.Zone, e.To.Zone = "", "" })
	local, translated := netip.MustParseAddr("192.168.10.25"), netip.MustParseAddr("10.2.12.25")
	for _, translates := range []bool{true, false} {
		m, err := firewall.New([]firewall.Entry{row}, firewall.Policy{}, func(l, x netip.Prefix) bool {
			return translates && l == row.From.Local && x == row.From.Translated
		})
		if err != nil {
			t.Fatal(err)
		}
		for source, want := range map[netip.Addr]bool{local: translates, translated: !translates} {
			got := m.Decide(query(func(q *firewall.Query) { q.Source = source }), epoch)
			if got.Allowed() != want {
				t.Errorf("router translates %v: %v allowed %v, want %v", translates, source, got.Allowed(), want)
			}
		}
	}
}

func TestValidation(t *testing.T) {
	tests := []struct {
		entry func(*firewall.Entry)
		want  string
	}{
		{nil, ``},
		{func(e *firewall.Entry) { e.ID = "" }, `firewall: matrix[0]: id is empty: records could not name the row`},
		{func(e *firewall.Entry) { e.ID = "default" }, `firewall: matrix[0] default: id "default": names that begin with "default" stand for the router's policy`},
		{func(e *firewall.Entry) { e.Protocol = "smtp" }, `firewall: matrix[0] M-01: protocol "smtp": use tcp, udp, icmp, esp, or leave it out for any`},
		{func(e *firewall.Entry) { e.Protocol = "icmp" }, `firewall: matrix[0] M-01: port needs protocol tcp or udp, not "icmp"`},
		{func(e *firewall.Entry) { e.Ports = []firewall.Ports{{Low: 26, High: 25}} }, `firewall: matrix[0] M-01: port 26-25: the lower bound is above the upper one`},
		{func(e *firewall.Entry) { e.ValidFrom, e.ValidTo = epoch, epoch }, `firewall: matrix[0] M-01: valid_to 2015-11-02T08:00:00Z is not after valid_from 2015-11-02T08:00:00Z: the row is never in force`},
		{func(e *firewall.Entry) { e.Status = "ok" }, `firewall: matrix[0] M-01: status "ok": use requested, approved, active, suspended or revoked`},
		{func(e *firewall.Entry) { e.Action = "reject" }, `firewall: matrix[0] M-01: action "reject": use allow, drop, reject-reset or reject-prohibited`},
		{func(e *firewall.Entry) { e.To = firewall.Party{Host: "gateway"} }, `firewall: matrix[0] M-01: to: host "gateway" has no address: a packet shows addresses only`},
		{func(e *firewall.Entry) { e.From.Local = prefix("fd00::/64") }, `firewall: matrix[0] M-01: from: local fd00::/64 is not an IPv4 prefix`},
		{func(e *firewall.Entry) {
			e.From.Local = prefix("192.168.10.0/24")
			e.From.Translated = prefix("10.2.12.0/25")
		},
			`firewall: matrix[0] M-01: from: local 192.168.10.0/24 does not fit into translated 10.2.12.0/25: use prefixes of one length, or one address`},
	}
	for _, test := range tests {
		got := ""
		if _, err := firewall.New([]firewall.Entry{submission(test.entry)}, firewall.Policy{}, nil); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
	_, err := firewall.New([]firewall.Entry{submission(nil), submission(nil)}, firewall.Policy{}, nil)
	if want := `firewall: matrix[1]: id "M-01" is used by matrix[0] already`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = firewall.New(nil, firewall.Policy{Zones: map[string]firewall.Action{"kdn": "refuse"}}, nil)
	if want := `firewall: policy of zone "kdn": firewall: action "refuse": use allow, drop, reject-reset or reject-prohibited`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

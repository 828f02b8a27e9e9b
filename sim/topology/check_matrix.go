package topology

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"demailbench/sim/firewall"
)

// idPattern leaves out the dot, which counts a row's entries, and lower case, which names policies.
var idPattern = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]*$`)

// checkMatrix judges the rows one by one, then together, as each router will have them.
func (t *Topology) checkMatrix() error {
	seen := map[string]int{}
	for i := range t.Matrix {
		row := &t.Matrix[i]
		at := fmt.Sprintf("matrix[%d].", i)
		if !idPattern.MatchString(row.ID) {
			return t.source.Fail(at+"id", row.ID, "is not an id", "use capital letters, digits and hyphens, such as M-101")
		}
		if first, ok := seen[row.ID]; ok {
			return t.source.Fail(at+"id", row.ID, fmt.Sprintf("matrix[%d] has this id already", first), "give each row its own")
		}
		seen[row.ID] = i
		if err := t.checkRow(row, at); err != nil {
			return err
		}
		if err := t.checkWay(row, at); err != nil {
			return err
		}
	}
	return t.checkShadows(seen)
}

func (t *Topology) checkRow(row *Row, at string) error {
	for _, p := range []struct {
		field string
		party Party
	}{{"from", row.From}, {"to", row.To}} {
		switch {
		case (p.party.Host == "") == (p.party.Zone == ""):
			return t.source.Fail(at+p.field, "", "names neither one host nor one zone, or both", "give either host or zone")
		case p.party.Host != "" && t.Host(p.party.Host) == nil:
			return t.source.Fail(at+p.field+".host", p.party.Host, "there is no such host", "name a host of this file")
		case len(t.members(p.party)) == 0:
			return t.source.Fail(at+p.field+".zone", p.party.Zone, "no host is in this zone", "name the zone of a segment with hosts")
		}
	}
	ports := row.Protocol == "tcp" || row.Protocol == "udp"
	_, err := firewall.ProtocolNumber(row.Protocol)
	switch {
	case err != nil:
		return t.source.Fail(at+"protocol", row.Protocol, "is not known", "use tcp, udp, icmp or esp")
	case ports && row.Port == 0:
		return t.source.Fail(at+"port", "", "is missing", "give the destination port: a row that opens all ports is no permission")
	case !ports && row.Port != 0:
		return t.source.Fail(at+"port", fmt.Sprint(row.Port), row.Protocol+" has no ports", "remove it")
	case !row.ValidFrom.IsZero() && !row.ValidTo.IsZero() && !row.ValidFrom.Before(row.ValidTo.Time):
		return t.source.Fail(at+"valid_to", row.ValidTo.Format("2006-01-02T15:04:05Z07:00"), "is not after valid_from", "swap the two or extend the validity")
	}
	switch firewall.Status(row.Status) {
	case "", firewall.Requested, firewall.Approved, firewall.Active, firewall.Suspended, firewall.Revoked:
		return nil
	}
	return t.source.Fail(at+"status", row.Status, "is not known", "use requested, approved, active, suspended or revoked")
}

// checkWay finds out whether the row's flow can exist, and whether answers come back by the same routers:
// a router that sees one direction only takes the answer for a flow that nobody allowed.
func (t *Topology) checkWay(row *Row, at string) error {
	crossed := false
	for _, from := range t.members(row.From) {
		for _, to := range t.members(row.To) {
			if from == to {
				continue
			}
			p, err := t.Way(from.Name, to.Name)
			if err != nil {
				return t.source.Fail(at+"to", row.To.Host+row.To.Zone, err.Error(), "correct the routes, or remove the row")
			}
			crossed = crossed || len(p.Hops) > 0
			if p.Shared {
				continue
			}
			back, err := t.Trace(to.Name, p.Source)
			if err != nil || back.To != from.Name {
				return t.source.Fail(at+"to", to.Name, fmt.Sprintf("answers to %v do not come back to %s", p.Source, from.Name), "correct the routes")
			}
			if out, in := names(p.Hops), names(back.Hops); !slices.Equal(out, reversed(in)) {
				return t.source.Fail(at+"to", to.Name, fmt.Sprintf("the way leads over %s, the answer's over %s", strings.Join(out, ", "), strings.Join(in, ", ")),
					"lead both over the same routers")
			}
		}
	}
	if !crossed {
		return t.source.Fail(at+"to", row.To.Host+row.To.Zone, "the flow crosses no router", "remove the row: nothing decides about it")
	}
	return nil
}

func names(hops []Hop) []string {
	var list []string
	for _, h := range hops {
		list = append(list, h.Router)
	}
	return list
}

func reversed(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// checkShadows finds rows that earlier rows cover on some router: whoever takes the earlier row away will
// wonder why the flow goes on.
func (t *Topology) checkShadows(index map[string]int) error {
	t.entries = t.compile()
	for i, r := range t.Routers {
		m, err := firewall.New(t.entries[r.Name], firewall.Policy{}, nil)
		if err != nil {
			return t.fail(r.Name, err.Error(), "correct the matrix", "routers[%d].name", i)
		}
		for _, s := range m.Shadowed() {
			row := rowOf(s.Entry)
			if len(s.By) == 1 && rowOf(s.By[0]) == row {
				continue // two hosts of one zone may look alike
			}
			return t.fail(row, "is shadowed on router "+r.Name+" by "+strings.Join(s.By, ", ")+": it can never decide",
				"remove it, or move it up", "matrix[%d].id", index[row])
		}
	}
	return nil
}

// Package firewall is the communication matrix (Freischaltungsmatrix) of a network: a table of who may open
// a conversation with whom, with the people who asked for, approved and implemented each row. What is not
// listed is dropped, or rejected where a zone's policy says so.
//
// A matrix is pure: it judges the first packet of a flow at a given time and knows neither packets nor
// flows. Answers of allowed flows pass without being asked again; remembering them is package nat's, acting
// on the decision package router's. Sources are matched as they arrive, destinations as they will leave
// (after DNAT), like the FORWARD chain of Linux. Left out: address groups, logging, rate limits.
package firewall

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Policy says what happens to what no entry names.
type Policy struct {
	// Default is for all zones; Drop when empty.
	Default Action
	// Zones overrides Default for flows that come from a zone.
	Zones map[string]Action
}

// of is the policy for flows from zone, and how decisions refer to it.
func (p Policy) of(zone string) (Action, string) {
	if a, ok := p.Zones[zone]; ok && a != "" {
		return a, "default:" + zone + ":" + string(a)
	}
	if p.Default == "" {
		return Drop, "default:" + string(Drop)
	}
	return p.Default, "default:" + string(p.Default)
}

// Query is the first packet of a flow as the matrix sees it.
type Query struct {
	// From and To are the zones of the interfaces by which it comes and will leave.
	From, To string
	// Source is the address on arrival, Destination the one after DNAT.
	Source, Destination netip.Addr
	// Protocol is the IP protocol number.
	Protocol uint8
	// Port is the destination port after DNAT; 0 for protocols without ports.
	Port uint16
}

// Decision is the matrix's answer.
type Decision struct {
	Action Action
	// Rule is the id of the entry that decided, or "default:<action>" or "default:<zone>:<action>".
	Rule string
	// Dormant is the id of the first entry that fits but is not in force (status or validity), "" when
	// there is none: the usual answer to "but I asked for it".
	Dormant string
}

// Allowed reports whether the flow may begin.
func (d Decision) Allowed() bool { return d.Action == Allow }

// Translator says whether a router translates between a party's local and translated addresses.
type Translator func(local, translated netip.Prefix) bool

// Matrix is a set of entries made ready for one router. It does not change: replace it as a whole.
type Matrix struct {
	entries []Entry
	rules   []rule
	policy  Policy
}

// rule is an entry from one router's point of view.
type rule struct {
	from, to netip.Prefix
	protocol uint8
	entry    *Entry
}

// New checks the entries and prepares them for a router that translates what translates says (nil:
// nothing). The error names the row and the field.
func New(entries []Entry, policy Policy, translates Translator) (*Matrix, error) {
	if translates == nil {
		translates = func(netip.Prefix, netip.Prefix) bool { return false }
	}
	for zone, a := range policy.Zones {
		if _, err := ParseAction(string(a)); err != nil {
			return nil, fmt.Errorf("firewall: policy of zone %q: %w", zone, err)
		}
	}
	if _, err := ParseAction(string(policy.Default)); err != nil {
		return nil, fmt.Errorf("firewall: default policy: %w", err)
	}
	m := &Matrix{entries: append([]Entry(nil), entries...), policy: policy}
	seen := map[string]int{}
	for i := range m.entries {
		e := &m.entries[i]
		if err := e.Validate(); err != nil {
			return nil, fmt.Errorf("firewall: %s: %w", strings.TrimSpace(fmt.Sprintf("matrix[%d] %s", i, e.ID)), err)
		}
		if first, ok := seen[e.ID]; ok {
			return nil, fmt.Errorf("firewall: matrix[%d]: id %q is used by matrix[%d] already", i, e.ID, first)
		}
		seen[e.ID] = i
		number, _ := ProtocolNumber(e.Protocol) // Validate has parsed it
		m.rules = append(m.rules, rule{e.From.seen(translates), e.To.seen(translates), number, e})
	}
	return m, nil
}

// seen is the prefix under which a router meets the party; the zero prefix is any.
func (p Party) seen(translates Translator) netip.Prefix {
	switch {
	case !p.Translated.IsValid():
		return p.Local
	case p.Local.IsValid() && translates(p.Local, p.Translated):
		return p.Local
	}
	return p.Translated
}

// Entries returns the rows in their order.
func (m *Matrix) Entries() []Entry { return append([]Entry(nil), m.entries...) }

// Decide judges q at the given time: the first fitting entry in force, else the policy of the zone.
func (m *Matrix) Decide(q Query, at time.Time) Decision {
	var dormant string
	for i := range m.rules {
		r := &m.rules[i]
		if !r.fits(q) {
			continue
		}
		if !r.entry.InForce(at) {
			if dormant == "" {
				dormant = r.entry.ID
			}
			continue
		}
		return Decision{r.entry.action(), r.entry.ID, dormant}
	}
	action, name := m.policy.of(q.From)
	return Decision{action, name, dormant}
}

func (r *rule) fits(q Query) bool {
	e := r.entry
	switch {
	case e.From.Zone != "" && e.From.Zone != q.From, e.To.Zone != "" && e.To.Zone != q.To:
		return false
	case r.protocol != 0 && r.protocol != q.Protocol:
		return false
	case r.from.IsValid() && !r.from.Contains(q.Source), r.to.IsValid() && !r.to.Contains(q.Destination):
		return false
	}
	for _, p := range e.Ports {
		if q.Port >= p.Low && q.Port <= p.High {
			return true
		}
	}
	return len(e.Ports) == 0
}

// InForce reports whether the entry counts at a time: active and within its validity.
func (e Entry) InForce(at time.Time) bool {
	return (e.Status == "" || e.Status == Active) &&
		(e.ValidFrom.IsZero() || !at.Before(e.ValidFrom)) && (e.ValidTo.IsZero() || at.Before(e.ValidTo))
}

func (e Entry) action() Action {
	if e.Action == "" {
		return Allow
	}
	return e.Action
}

package nat

import "time"

// mapping binds an inside endpoint to an outside one for as long as a flow uses it.
type mapping struct {
	inside, outside    key
	internal, external Endpoint
	rule               int
	flows              map[*Flow]struct{}
}

// key finds a mapping from the inside or from the outside; peer is what the rule's behaviour tells apart.
type key struct {
	rule     int
	protocol Protocol
	endpoint Endpoint
	peer     Endpoint
}

// mappings are the outside ports in use.
type mappings struct {
	rules   []Masquerade
	inside  map[key]*mapping
	outside map[key]*mapping
	cursor  []uint32 // per rule: where the search for a port goes on
	seed    uint64
}

func (m *mappings) init(rules []Masquerade, seed uint64) {
	m.rules, m.seed = rules, seed
	m.clear()
}

func (m *mappings) clear() {
	m.inside, m.outside = map[key]*mapping{}, map[key]*mapping{}
	m.cursor = make([]uint32, len(m.rules))
	for i := range m.cursor {
		// Fibonacci hashing: neighbouring seeds begin far apart.
		m.cursor[i] = uint32((m.seed + uint64(i) + 1) * 0x9e3779b97f4a7c15 >> 40)
	}
}

func (m *mappings) insideKey(rule int, p Protocol, inside, peer Endpoint) key {
	return key{rule, p, inside, m.rules[rule].Mapping.peer(peer)}
}

// outsideKey does not name the rule: rules may share an outside address.
func (m *mappings) outsideKey(rule int, p Protocol, external, peer Endpoint) key {
	return key{0, p, external, m.rules[rule].unique().peer(peer)}
}

// admit finds the inside endpoint for a packet from outside that belongs to no flow, if the rule's
// filtering lets its sender in (RFC 4787 5).
func (m *mappings) admit(rule int, t Tuple, at time.Time) (Endpoint, bool) {
	r := &m.rules[rule]
	if r.Filtering == AddressAndPortDependent || r.To != t.Dst.IP() {
		return Endpoint{}, false
	}
	found := m.outside[m.outsideKey(rule, t.Protocol, t.Dst, t.Src)]
	if found == nil || found.rule != rule {
		return Endpoint{}, false
	}
	for f := range found.flows {
		known := r.Filtering.peer(f.Reply.Src) == r.Filtering.peer(t.Src)
		if known && at.Before(f.Expires) {
			return found.internal, true
		}
	}
	return Endpoint{}, false
}

// add puts a new flow under its mapping.
func (m *mappings) add(rule int, f *Flow) {
	peer, external := f.Reply.Src, f.Reply.Dst
	inside := m.insideKey(rule, f.Orig.Protocol, f.Orig.Src, peer)
	found := m.inside[inside]
	if found == nil || found.external != external {
		found = &mapping{inside: inside, outside: m.outsideKey(rule, f.Orig.Protocol, external, peer),
			internal: f.Orig.Src, external: external, rule: rule, flows: map[*Flow]struct{}{}}
		m.inside[inside], m.outside[found.outside] = found, found
		m.cursor[rule] = uint32(external.Port)
	}
	found.flows[f] = struct{}{}
	f.mapping = found
}

// join lets a flow that strangers began by way of a mapping keep that mapping alive.
func (m *mappings) join(f *Flow) {
	for rule, r := range m.rules {
		if r.Filtering == AddressAndPortDependent || !f.Translated() || r.To != f.Orig.Dst.IP() {
			continue
		}
		found := m.outside[m.outsideKey(rule, f.Orig.Protocol, f.Orig.Dst, f.Orig.Src)]
		if found != nil && found.internal == f.Reply.Src {
			found.flows[f] = struct{}{}
			f.mapping = found
			return
		}
	}
}

func (m *mappings) leave(f *Flow) {
	if f.mapping == nil {
		return
	}
	delete(f.mapping.flows, f)
	if len(f.mapping.flows) == 0 {
		// An expired mapping may have been replaced before its flows were collected.
		if m.inside[f.mapping.inside] == f.mapping {
			delete(m.inside, f.mapping.inside)
		}
		if m.outside[f.mapping.outside] == f.mapping {
			delete(m.outside, f.mapping.outside)
		}
	}
	f.mapping = nil
}

// masquerade chooses the outside endpoint: that of the mapping in use, else the inside port if it is free
// (port preservation), else the next free one after the last choice.
func (t *Table) masquerade(b *Begin, rule int, at time.Time) error {
	r := &t.rules.Masquerade[rule]
	b.Leaves.Src.Addr = r.To.As4()
	if !b.Orig.Protocol.Ports() {
		return t.clash(*b, at)
	}
	inside := t.mappings.insideKey(rule, b.Orig.Protocol, b.Orig.Src, b.Leaves.Dst)
	if found := t.mappings.inside[inside]; found != nil && found.live(at) {
		b.Leaves.Src = found.external
		return t.clash(*b, at)
	}
	low, high := r.ports()
	if p := b.Orig.Src.Port; p >= low && p <= high && t.free(b.Leaves, rule, at) {
		return nil
	}
	span := uint32(high-low) + 1
	next := t.mappings.cursor[rule]
	for i := uint32(1); i <= span; i++ {
		b.Leaves.Src.Port = low + uint16((next+i-uint32(low))%span)
		if t.free(b.Leaves, rule, at) {
			return nil
		}
	}
	return ErrPortsExhausted
}

// free reports whether a new mapping may use the source of leaves.
func (t *Table) free(leaves Tuple, rule int, at time.Time) bool {
	if f, _ := t.Lookup(leaves.Reverse(), at); f != nil {
		return false
	}
	outside := t.mappings.outsideKey(rule, leaves.Protocol, leaves.Src, leaves.Dst)
	if found := t.mappings.outside[outside]; found != nil && found.live(at) {
		return false
	}
	for _, f := range t.rules.Forward {
		if f.Protocol == leaves.Protocol && EndpointFrom(f.Outside) == leaves.Src {
			return false
		}
	}
	return true
}

func (m *mapping) live(at time.Time) bool {
	for f := range m.flows {
		if at.Before(f.Expires) {
			return true
		}
	}
	return false
}

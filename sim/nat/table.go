package nat

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Why a flow cannot begin. The texts are the reasons in the record.
var (
	// ErrPortsExhausted: no outside port or identifier is free (RFC 4787 REQ-3).
	ErrPortsExhausted = errors.New("nat ports exhausted")
	// ErrClash: another flow's answers already look like this one's.
	ErrClash = errors.New("tuple clash")
	// ErrFlowLimit: the table is full.
	ErrFlowLimit = errors.New("flow limit")
)

// sweep is how often expired flows are collected; they are never found in between either.
const sweep = 10 * time.Second

// DefaultFlowLimit is the flow limit of a table that was given none.
const DefaultFlowLimit = 65536

// Table is a router's memory: its flows and the outside ports in use. It is not safe for concurrent use.
// The times given to its methods must not run backwards.
type Table struct {
	rules    Rules
	timeouts Timeouts
	limit    int

	flows    map[Tuple]*Flow // each flow under its Orig and its Reply
	count    int
	begun    uint64
	swept    time.Time
	mappings mappings
}

// NewTable makes an empty table. Limit is the most flows at a time, 0 means DefaultFlowLimit. Seed decides
// where the search for outside ports begins. The error is that of rules.Validate.
func NewTable(rules Rules, timeouts Timeouts, limit int, seed uint64) (*Table, error) {
	if err := rules.Validate(); err != nil {
		return nil, err
	}
	rules.Masquerade = slices.Clone(rules.Masquerade)
	if limit < 0 {
		return nil, fmt.Errorf("nat: flow limit %d is negative", limit)
	}
	if limit == 0 {
		limit = DefaultFlowLimit
	}
	t := &Table{rules: rules, timeouts: timeouts.defaults(), limit: limit, flows: map[Tuple]*Flow{}}
	t.mappings.init(rules.Masquerade, seed)
	return t, nil
}

// Assign gives masquerade rules of an interface that name no outside address the interface's own. A rule
// without address translates nothing.
func (t *Table) Assign(iface string, own netip.Addr) {
	for i := range t.rules.Masquerade {
		if m := &t.rules.Masquerade[i]; m.Interface == iface && !m.To.IsValid() {
			m.To = own
		}
	}
}

// Rules are the table's rules, with the addresses that Assign gave them.
func (t *Table) Rules() Rules { return t.rules }

// Lookup finds the live flow to which a packet with this tuple belongs, and its direction in it; nil when
// there is none.
func (t *Table) Lookup(tuple Tuple, at time.Time) (*Flow, Direction) {
	f := t.flows[tuple]
	if f == nil || !at.Before(f.Expires) {
		return nil, Original
	}
	if tuple == f.Orig {
		return f, Original
	}
	return f, Reply
}

// Advance notes one more packet of f. Flags are those of TCP, 0 for other protocols.
func (t *Table) Advance(f *Flow, d Direction, flags Flags, at time.Time) {
	f.advance(d, flags, &t.timeouts, at)
}

// Target is what destination translation makes of the first packet of a flow.
type Target struct {
	// Tuple is the packet's tuple with the new destination.
	Tuple Tuple
	// Translated is false when no rule fits.
	Translated bool
	// Outside names the outside interface of the rule that did it. When the packet came in elsewhere it is
	// a hairpin (RFC 4787 REQ-9), and its source must be translated as if it left there.
	Outside string
}

// Destination translates the destination of a flow's first packet that arrives at interface in: forwarded
// ports, then static rules, then masqueraded mappings whose filtering admits the sender.
func (t *Table) Destination(in string, tuple Tuple, at time.Time) Target {
	if target := t.destination(tuple, at, func(outside string) bool { return outside == in }); target.Translated {
		return target
	}
	return t.destination(tuple, at, func(outside string) bool { return outside != in })
}

func (t *Table) destination(tuple Tuple, at time.Time, facing func(outside string) bool) Target {
	for _, f := range t.rules.Forward {
		if facing(f.Interface) && f.Protocol == tuple.Protocol && EndpointFrom(f.Outside) == tuple.Dst {
			tuple.Dst = EndpointFrom(f.Inside)
			return Target{tuple, true, f.Interface}
		}
	}
	addr := tuple.Dst.IP()
	for _, s := range t.rules.Static {
		if facing(s.Interface) && s.Outside.Contains(addr) {
			tuple.Dst.Addr = shift(tuple.Dst.Addr, s.Outside, s.Inside)
			return Target{tuple, true, s.Interface}
		}
	}
	for i, m := range t.rules.Masquerade {
		if !facing(m.Interface) {
			continue
		}
		if inside, ok := t.mappings.admit(i, tuple, at); ok {
			tuple.Dst = inside
			return Target{tuple, true, m.Interface}
		}
	}
	return Target{Tuple: tuple}
}

// Begin is what a table needs to remember a new flow, as Source proposes it.
type Begin struct {
	// Orig is the tuple on arrival, Leaves the one after all translation.
	Orig, Leaves Tuple

	rule int // index of the masquerade rule, -1 without
}

// Source translates the source of a flow's first packet, which arrived as orig and has the tuple target
// after Destination, when it leaves by interface out (for a hairpin: Target.Outside). It changes nothing:
// Add does. The error is ErrPortsExhausted or ErrClash.
func (t *Table) Source(out string, orig, target Tuple, at time.Time) (Begin, error) {
	b := Begin{orig, target, -1}
	if t.static(out, &b.Leaves.Src) {
		return b, t.clash(b, at)
	}
	for i, m := range t.rules.Masquerade {
		if m.fits(out, orig.Src.IP()) {
			b.rule = i
			return b, t.masquerade(&b, i, at)
		}
	}
	return b, t.clash(b, at)
}

func (t *Table) static(out string, src *Endpoint) bool {
	for _, s := range t.rules.Static {
		if s.Interface == out && s.Inside.Contains(src.IP()) {
			src.Addr = shift(src.Addr, s.Inside, s.Outside)
			return true
		}
	}
	return false
}

// Alias is the address under which an inside address is known beyond interface out, for what has no flow
// of its own: the sender of an ICMP error inside the translated network (RFC 5508 REQ-5).
func (t *Table) Alias(out string, addr [4]byte) [4]byte {
	e := Endpoint{Addr: addr}
	if t.static(out, &e) {
		return e.Addr
	}
	for _, m := range t.rules.Masquerade {
		if m.fits(out, e.IP()) {
			return m.To.As4()
		}
	}
	return addr
}

// Owns reports whether addr is an outside address that masquerade shares: the router itself stands behind
// it for whatever belongs to no mapping.
func (t *Table) Owns(addr netip.Addr) bool {
	for _, m := range t.rules.Masquerade {
		if m.To == addr {
			return true
		}
	}
	return false
}

func (t *Table) clash(b Begin, at time.Time) error {
	if f, _ := t.Lookup(b.Leaves.Reverse(), at); f != nil {
		return ErrClash
	}
	return nil
}

// Add remembers the flow that Source proposed at the same time, allowed by rule, with its first packet's
// TCP flags. The error is ErrFlowLimit, or ErrClash when the tuple has been taken since.
func (t *Table) Add(b Begin, rule string, flags Flags, at time.Time) (*Flow, error) {
	if at.Sub(t.swept) >= sweep || t.count >= t.limit {
		t.Expire(at)
	}
	if t.count >= t.limit {
		return nil, ErrFlowLimit
	}
	reply := b.Leaves.Reverse()
	t.forget(t.flows[b.Orig])
	if f, _ := t.Lookup(reply, at); f != nil {
		return nil, ErrClash
	}
	t.forget(t.flows[reply])
	t.begun++
	t.count++
	f := &Flow{Orig: b.Orig, Reply: reply, Rule: rule, Began: at, seq: t.begun}
	f.advance(Original, flags, &t.timeouts, at)
	t.flows[f.Orig], t.flows[f.Reply] = f, f
	if b.rule >= 0 {
		t.mappings.add(b.rule, f)
	} else {
		t.mappings.join(f)
	}
	return f, nil
}

// Remove forgets one flow.
func (t *Table) Remove(f *Flow) { t.forget(f) }

func (t *Table) forget(f *Flow) {
	if f == nil || t.flows[f.Orig] != f {
		return
	}
	delete(t.flows, f.Orig)
	delete(t.flows, f.Reply)
	t.count--
	t.mappings.leave(f)
}

// Expire forgets the flows whose time is over and says how many there were.
func (t *Table) Expire(at time.Time) int {
	n := 0
	for key, f := range t.flows {
		if key == f.Orig && !at.Before(f.Expires) {
			t.forget(f)
			n++
		}
	}
	t.swept = at
	return n
}

// Flush forgets all flows and mappings and says how many flows there were.
func (t *Table) Flush() int {
	n := t.count
	clear(t.flows)
	t.count = 0
	t.mappings.clear()
	return n
}

// Flows returns copies of the live flows in the order in which they began.
func (t *Table) Flows(at time.Time) []Flow {
	var flows []Flow
	for key, f := range t.flows {
		if key == f.Orig && at.Before(f.Expires) {
			flows = append(flows, *f)
		}
	}
	slices.SortFunc(flows, func(a, b Flow) int { return cmp.Compare(a.seq, b.seq) })
	return flows
}

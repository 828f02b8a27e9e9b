package firewall

import (
	"encoding/binary"
	"math"
	"net/netip"
	"slices"
	"time"
)

// Shadow is an entry that can never decide.
type Shadow struct {
	// Entry is the row's id.
	Entry string
	// By are the ids of the earlier rows that together take everything it names, in their order.
	By []string
}

// Shadowed finds the entries that earlier ones cover completely, alone or together, at all times of their
// validity. Entries that do not count (requested, suspended ...) neither shadow nor are shadowed.
func (m *Matrix) Shadowed() []Shadow {
	zones := m.zones()
	var shadows []Shadow
	for i := range m.rules {
		if s, ok := shadowed(m.rules[:i], &m.rules[i], zones); ok {
			shadows = append(shadows, s)
		}
	}
	return shadows
}

// maxPieces bounds the work for one entry; an entry that falls into more pieces is taken for visible.
const maxPieces = 4096

func shadowed(earlier []rule, r *rule, zones map[string]uint64) (Shadow, bool) {
	if !r.counts() {
		return Shadow{}, false
	}
	left := r.boxes(zones)
	var by []string
	for i := range earlier {
		if !earlier[i].counts() {
			continue
		}
		hit := false
		for _, b := range earlier[i].boxes(zones) {
			rest, cut := subtract(left, b)
			left, hit = rest, hit || cut
		}
		if hit {
			by = append(by, earlier[i].entry.ID)
		}
		if len(left) == 0 {
			return Shadow{r.entry.ID, by}, true
		}
		if len(left) > maxPieces {
			return Shadow{}, false
		}
	}
	return Shadow{}, false
}

func (r *rule) counts() bool { return r.entry.Status == "" || r.entry.Status == Active }

// zones numbers the zones that entries name from 1; 0 stands for all others.
func (m *Matrix) zones() map[string]uint64 {
	zones := map[string]uint64{}
	for _, e := range m.entries {
		for _, z := range []string{e.From.Zone, e.To.Zone} {
			if _, ok := zones[z]; z != "" && !ok {
				zones[z] = uint64(len(zones)) + 1
			}
		}
	}
	return zones
}

// span is a closed interval.
type span struct{ low, high uint64 }

// box is a set of queries and times: zones, source, destination, protocol, port, time.
type box [7]span

// boxes are the queries that fit the rule, one box for each range of ports.
func (r *rule) boxes(zones map[string]uint64) []box {
	zone := func(name string) span {
		if name == "" {
			return span{0, uint64(len(zones))}
		}
		return span{zones[name], zones[name]}
	}
	b := box{zone(r.entry.From.Zone), zone(r.entry.To.Zone), addresses(r.from), addresses(r.to),
		{0, math.MaxUint8}, {0, math.MaxUint16}, validity(r.entry)}
	if r.protocol != 0 {
		b[4] = span{uint64(r.protocol), uint64(r.protocol)}
	}
	if len(r.entry.Ports) == 0 {
		return []box{b}
	}
	var boxes []box
	for _, p := range r.entry.Ports {
		b[5] = span{uint64(p.Low), uint64(p.High)}
		boxes = append(boxes, b)
	}
	return boxes
}

func addresses(p netip.Prefix) span {
	if !p.IsValid() {
		return span{0, math.MaxUint32}
	}
	a := p.Masked().Addr().As4()
	low := uint64(binary.BigEndian.Uint32(a[:]))
	return span{low, low + 1<<(32-p.Bits()) - 1}
}

// validity counts nanoseconds; an open end reaches as far as numbers do.
func validity(e *Entry) span {
	s := span{0, math.MaxUint64}
	if !e.ValidFrom.IsZero() {
		s.low = instant(e.ValidFrom)
	}
	if !e.ValidTo.IsZero() {
		s.high = instant(e.ValidTo) - 1
	}
	return s
}

// instant keeps the order of times from 1678 to 2262.
func instant(t time.Time) uint64 { return uint64(t.UnixNano()) ^ 1<<63 }

// subtract removes b from every box of from and reports whether anything was removed.
func subtract(from []box, b box) (rest []box, cut bool) {
	for _, f := range from {
		if !f.meets(b) {
			rest = append(rest, f)
			continue
		}
		cut = true
		for i := range f {
			if f[i].low < b[i].low {
				piece := f
				piece[i].high = b[i].low - 1
				rest = append(rest, piece)
				f[i].low = b[i].low
			}
			if f[i].high > b[i].high {
				piece := f
				piece[i].low = b[i].high + 1
				rest = append(rest, piece)
				f[i].high = b[i].high
			}
		}
	}
	return slices.Clip(rest), cut
}

func (a box) meets(b box) bool {
	for i := range a {
		if a[i].high < b[i].low || b[i].high < a[i].low {
			return false
		}
	}
	return true
}

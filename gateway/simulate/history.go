package simulate

import (
	"cmp"
	"slices"

	"demailbench/gateway/ops"
	"demailbench/gateway/simulate/operation"
)

// history is what happened: interruptions with their causes, and the windows announced in time. Each interruption's
// ID is the name of what caused it.
type history struct {
	interruptions []ops.Interruption
	announced     ops.Spans
}

// assemble finds the interruptions in what chance decided. A component is down while fewer nodes work than are
// needed; what is down without any work is a fault, what is down because of work besides is maintenance.
func (p *plan) assemble(d draws) history {
	var h history
	for i, c := range p.model.Components {
		faults := below(d.nodes[i], c.Nodes-c.Needed)
		for _, s := range faults {
			h.interruptions = append(h.interruptions, ops.Interruption{ID: c.Name, Span: s, Cause: ops.OwnFault})
		}
		for _, s := range p.worked(d, i).Minus(faults) {
			h.interruptions = append(h.interruptions, ops.Interruption{ID: operation.MaintenanceName, Span: s, Cause: ops.OwnMaintenance})
		}
	}
	var windows []ops.Span
	for _, w := range d.works {
		if w.announced {
			windows = append(windows, w.window)
		}
	}
	h.announced = ops.Union(windows...)
	h.interruptions = append(h.interruptions, d.outside...)
	return h
}

// worked are the times in which a component is down for its faults and the work at it together.
func (p *plan) worked(d draws, component int) ops.Spans {
	c := p.model.Components[component]
	nodes, whole := slices.Clone(d.nodes[component]), []ops.Span(nil)
	touched := false
	for _, w := range d.works {
		if w.component != component {
			continue
		}
		touched = true
		if !w.rolling {
			whole = append(whole, w.actual)
			continue
		}
		share := w.actual.Seconds() / int64(c.Nodes)
		for n := range nodes {
			start := w.actual.Start + int64(n)*share
			end := start + share
			if n == len(nodes)-1 {
				end = w.actual.End
			}
			nodes[n] = append(slices.Clone(nodes[n]), ops.Span{Start: start, End: end})
		}
	}
	if !touched {
		return nil
	}
	for n := range nodes {
		nodes[n] = ops.Union(nodes[n]...)
	}
	return ops.Union(append(whole, below(nodes, c.Nodes-c.Needed)...)...)
}

// below are the times in which more than spare nodes are missing.
func below(nodes []ops.Spans, spare int) ops.Spans {
	if len(nodes) == 1 && spare == 0 {
		return ops.Union(nodes[0]...)
	}
	type change struct {
		at    int64
		delta int
	}
	var changes []change
	for _, spans := range nodes {
		for _, s := range spans {
			changes = append(changes, change{s.Start, 1}, change{s.End, -1})
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.delta, b.delta)) })
	var out []ops.Span
	missing, since := 0, int64(0)
	for _, c := range changes {
		was := missing > spare
		missing += c.delta
		switch is := missing > spare; {
		case is && !was:
			since = c.at
		case was && !is:
			out = append(out, ops.Span{Start: since, End: c.at})
		}
	}
	return ops.Union(out...)
}

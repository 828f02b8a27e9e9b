package simulate

import (
	"cmp"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"demailbench/gateway/ops"
	"demailbench/gateway/simulate/operation"
)

// warmUp is how long before the history nodes are new, so that not every history begins with new ones.
const warmUp = 366 * 86400

// plan is what all histories have in common, computed once.
type plan struct {
	model   *operation.Model
	span    ops.Span
	months  []ops.Period
	weeks   []ops.Period
	service []ops.Span // shifts, in order, from before the warm-up to beyond the end
	windows [][]window // by maintenance
}

// window is one date of regular work.
type window struct {
	planned ops.Span
	told    bool // when the notice is not forgotten: announced for the account (D3)
}

func newPlan(m *operation.Model) (*plan, error) {
	p := &plan{model: m, span: ops.Between(m.From.At(0), ops.Day{Year: m.From.Year + m.Years, Month: m.From.Month, Day: 1}.At(0))}
	p.months = ops.Months(p.span)
	p.weeks = slices.DeleteFunc(ops.Weeks(p.span), func(w ops.Period) bool { return w.Start < p.span.Start || w.End > p.span.End })
	end := ops.DayOf(p.span.Finish()).Add(366)
	for d := m.From.Add(-367); d.Before(end); d = d.Add(1) {
		if s, ok := m.Calendar.Shift(d); ok {
			p.service = append(p.service, s)
		}
	}
	for _, w := range m.Maintenance {
		dates, err := p.dates(w)
		if err != nil {
			return nil, err
		}
		p.windows = append(p.windows, dates)
	}
	return p, nil
}

// dates are the windows of regular work, each with the verdict on its notice (D5, D6).
func (p *plan) dates(w operation.Maintenance) ([]window, error) {
	var out []window
	for d := p.model.From; d.At(0).Unix() < p.span.End; d = d.Add(1) {
		if !w.On(d) {
			continue
		}
		start := d.At(w.At)
		deadline, err := p.model.Calendar.Deadline(start, w.Planned, p.model.Notice)
		if err != nil {
			return nil, err
		}
		told := false
		if w.Notice > 0 {
			day, err := p.model.Calendar.WorkingDaysBefore(d, w.Notice)
			if err != nil {
				return nil, err
			}
			accepted, _ := p.model.Calendar.Close(day)
			told = deadline.Announces(accepted)
		}
		out = append(out, window{ops.Between(start, start.Add(w.Planned)), told})
	}
	return out, nil
}

// nextService is when a repair begins that was needed at t.
func (p *plan) nextService(t int64) int64 {
	i, _ := slices.BinarySearchFunc(p.service, t, func(s ops.Span, t int64) int { return cmp.Compare(s.End, t+1) })
	if i == len(p.service) {
		return t
	}
	return max(t, p.service[i].Start)
}

// draws are what chance decided in one history.
type draws struct {
	// nodes are the times without a node, by component and node.
	nodes [][]ops.Spans
	works []work
	// outside are the foreign interruptions.
	outside []ops.Interruption
}

// work is maintenance that was done.
type work struct {
	component int
	rolling   bool
	actual    ops.Span
	window    ops.Span
	announced bool
}

// source is a stream of chance for one purpose in one history: what one part draws does not move what another does,
// so that a changed factor meets the same chance otherwise.
func (p *plan) source(run int, purpose string, number int) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose)) // never fails
	return rand.New(rand.NewPCG(p.model.Seed^h.Sum64(), uint64(run)<<16|uint64(number)))
}

// draw lets chance decide a history.
func (p *plan) draw(run int) draws {
	var d draws
	for _, c := range p.model.Components {
		var nodes []ops.Spans
		for n := range c.Nodes {
			r := p.source(run, "component "+c.Name, n)
			nodes = append(nodes, p.renew(r, c.Failure, c.Repair, c.ServiceHours))
		}
		d.nodes = append(d.nodes, nodes)
	}
	for i, m := range p.model.Maintenance {
		r := p.source(run, "maintenance "+m.Name, 0)
		for _, w := range p.windows[i] {
			took, told := m.Duration.Draw(r), r.Float64() >= m.Forgotten
			d.works = append(d.works, work{m.Component, m.Rolling, ops.Span{Start: w.planned.Start, End: w.planned.Start + took}, w.planned, told && w.told})
		}
	}
	for _, o := range p.model.Outside {
		r := p.source(run, "outside "+o.Name, 0)
		for _, s := range p.renew(r, o.Failure, o.Repair, false) {
			i := ops.Interruption{ID: o.Name, Span: s, Cause: o.Cause}
			if r.Float64() < o.Evidence {
				i.Evidence = proven
			}
			d.outside = append(d.outside, i)
		}
	}
	return d
}

var proven = []string{"simulated"}

// renew alternates between failure and repair through the history.
func (p *plan) renew(r *rand.Rand, failure, repair operation.Distribution, serviceHours bool) ops.Spans {
	var out ops.Spans
	for t := p.span.Start - warmUp; ; {
		t += failure.Draw(r)
		if t >= p.span.End {
			return out
		}
		down := t
		if serviceHours {
			t = p.nextService(t)
		}
		if t += repair.Draw(r); t > p.span.Start {
			out = append(out, ops.Span{Start: max(down, p.span.Start), End: min(t, p.span.End)})
		}
	}
}

// year is the index of the year of the history in which an instant lies.
func (p *plan) year(at int64) int {
	t := time.Unix(at, 0).In(ops.Berlin())
	months := (t.Year()-p.model.From.Year)*12 + int(t.Month()-p.model.From.Month)
	return min(max(months/12, 0), p.model.Years-1)
}

package simulate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"demailbench/gateway/ops"
	"demailbench/gateway/simulate/operation"
)

// minutes is a year cut into minutes, for counting: the calendar month and the week of each.
type minutes struct {
	begin       int64
	month, week []int // index; week -1: not wholly inside the year
	weeks       int
}

func cut(p *plan) *minutes {
	m := &minutes{begin: p.span.Start}
	monday := -1
	for at := p.span.Start; at < p.span.End; at += 60 {
		t := time.Unix(at, 0).In(ops.Berlin())
		if t.Weekday() == time.Monday && t.Hour() == 0 && t.Minute() == 0 {
			monday++
		}
		m.month = append(m.month, (t.Year()-p.model.From.Year)*12+int(t.Month()-p.model.From.Month))
		m.week = append(m.week, monday)
	}
	m.weeks = monday
	if end := p.span.Finish(); end.Weekday() == time.Monday {
		m.weeks++
	}
	for i := range m.week {
		if m.week[i] >= m.weeks {
			m.week[i] = -1
		}
	}
	return m
}

const (
	up = iota
	excluded
	announced
	counted
)

// brute judges draws minute by minute, knowing nothing of spans.
func (m *minutes) brute(p *plan, d draws) (months, monthsRaw, weeks, weeksRaw, years int64, down [12]int64) {
	class := make([]int, len(m.month))
	for _, s := range d.all() {
		for at := s.Start; at < min(s.End, p.span.End); at += 60 {
			class[(at-m.begin)/60] = m.classify(p, d, at)
		}
	}
	length, lost, all := [12]int64{}, [12]int64{}, [12]int64{}
	for i, k := range m.month {
		length[k]++
		if class[i] >= announced {
			lost[k]++
		}
		if class[i] > up {
			all[k]++
		}
	}
	good := true
	for k := range 12 {
		down[(int(p.model.From.Month)-1+k)%12] = lost[k] * 60
		kept := (length[k]-lost[k])*1000 >= length[k]*985
		months, monthsRaw, good = months+one(kept), monthsRaw+one((length[k]-all[k])*1000 >= length[k]*985), good && kept
	}
	longest, longestRaw := m.longest(class, counted), m.longest(class, excluded)
	for w := range m.weeks {
		kept := longest[w] <= 240
		weeks, weeksRaw, good = weeks+one(kept), weeksRaw+one(longestRaw[w] <= 240), good && kept
	}
	return months, monthsRaw, weeks, weeksRaw, one(good), down
}

// all are the spans outside of which nothing happens.
func (d draws) all() []ops.Span {
	var out []ops.Span
	for _, nodes := range d.nodes {
		for _, spans := range nodes {
			out = append(out, spans...)
		}
	}
	for _, w := range d.works {
		out = append(out, w.actual)
	}
	for _, o := range d.outside {
		out = append(out, o.Span)
	}
	return out
}

// longest is the longest run of minutes of at least a class by week, with its full length in each week it touches.
func (m *minutes) longest(class []int, least int) []int64 {
	out := make([]int64, m.weeks)
	for i := 0; i < len(class); i++ {
		j := i
		for j < len(class) && class[j] >= least {
			j++
		}
		for k := i; k < j; k++ {
			if w := m.week[k]; w >= 0 {
				out[w] = max(out[w], int64(j-i))
			}
		}
		i = max(i, j-1)
	}
	return out
}

// classify says how the minute at counts.
func (m *minutes) classify(p *plan, d draws, at int64) int {
	told := false
	for _, w := range d.works {
		told = told || w.announced && w.window.Start <= at && at < w.window.End
	}
	out := up
	for _, o := range d.outside {
		if o.Start <= at && at < o.End {
			if len(o.Evidence) > 0 {
				out = max(out, excluded)
			} else {
				out = max(out, counted)
			}
		}
	}
	for i, c := range p.model.Components {
		missing, worked, whole := 0, 0, false
		for n, spans := range d.nodes[i] {
			down, touched := false, false
			for _, s := range spans {
				down = down || s.Start <= at && at < s.End
			}
			for _, w := range d.works {
				if w.component != i || at < w.actual.Start || at >= w.actual.End {
					continue
				}
				whole = whole || !w.rolling
				touched = touched || w.rolling && (at-w.actual.Start)/(w.actual.Seconds()/int64(c.Nodes)) == int64(n)
			}
			if down {
				missing++
			}
			if down || touched {
				worked++
			}
		}
		switch {
		case missing > c.Nodes-c.Needed:
			out = max(out, counted)
		case (whole || worked > c.Nodes-c.Needed) && told:
			out = max(out, announced)
		case whole || worked > c.Nodes-c.Needed:
			out = max(out, counted)
		}
	}
	return out
}

// TestEqualsBruteForce draws histories without any distribution and compares what the simulation counts, by events,
// with counting each minute of the year.
func TestEqualsBruteForce(t *testing.T) {
	calendar, err := ops.NewCalendar(ops.CalendarConfig{State: ops.Saxony})
	if err != nil {
		t.Fatal(err)
	}
	cuts := map[ops.Day]*minutes{}
	rapid.Check(t, func(t *rapid.T) {
		m := &operation.Model{Years: 1, Calendar: calendar, Policy: ops.DefaultPolicy(), Notice: ops.DefaultNoticeRule(),
			From: ops.Day{Year: rapid.SampledFrom([]int{2015, 2016}).Draw(t, "year"), Month: rapid.SampledFrom([]time.Month{time.January, time.September}).Draw(t, "month"), Day: 1}}
		for range rapid.IntRange(1, 3).Draw(t, "components") {
			n := rapid.IntRange(1, 3).Draw(t, "nodes")
			m.Components = append(m.Components, operation.Component{Name: "c", Nodes: n, Needed: rapid.IntRange(1, n).Draw(t, "needed")})
		}
		p, err := newPlan(m)
		if err != nil {
			t.Fatal(err)
		}
		d := drawn(t, p)
		if cuts[m.From] == nil {
			cuts[m.From] = cut(p)
		}
		months, monthsRaw, weeks, weeksRaw, years, down := cuts[m.From].brute(p, d)
		got := newTally()
		got.judge(p, 0, p.assemble(d))
		var gotDown [12]int64
		for i := range got.months {
			gotDown[i] = got.months[i].down
		}
		want := []any{months, monthsRaw, weeks, weeksRaw, years, down, int64(cuts[m.From].weeks)}
		if diff := cmp.Diff(want, []any{got.Months.Kept, got.MonthsRaw.Kept, got.Weeks.Kept, got.WeeksRaw.Kept, got.Years.Kept, gotDown, got.Weeks.Cases}); diff != "" {
			t.Fatal(diff)
		}
	})
}

// drawn is a random history in whole minutes, with lengths around the borders.
func drawn(t *rapid.T, p *plan) draws {
	span := func(step int64) ops.Span {
		length := rapid.OneOf(rapid.SampledFrom([]int64{1, 239, 240, 241, 669, 670}), rapid.Int64Range(1, 3000)).Draw(t, "length") * step
		start := p.span.Start + 60*rapid.Int64Range(0, p.span.Seconds()/60-9001).Draw(t, "start")
		if rapid.Bool().Draw(t, "near the week's border") {
			monday := ops.Week(ops.DayOf(time.Unix(start, 0)))
			start = max(p.span.Start, monday.Start-60*rapid.Int64Range(0, 250).Draw(t, "before"))
		}
		return ops.Span{Start: start, End: start + 60*length}
	}
	var d draws
	for _, c := range p.model.Components {
		var nodes []ops.Spans
		for range c.Nodes {
			var list []ops.Span
			for range rapid.IntRange(0, 4).Draw(t, "failures") {
				list = append(list, span(1))
			}
			nodes = append(nodes, ops.Union(list...))
		}
		d.nodes = append(d.nodes, nodes)
	}
	for range rapid.IntRange(0, 4).Draw(t, "works") {
		i := rapid.IntRange(0, len(p.model.Components)-1).Draw(t, "component")
		w := work{component: i, rolling: rapid.Bool().Draw(t, "rolling"), actual: span(int64(p.model.Components[i].Nodes)), announced: rapid.Bool().Draw(t, "announced")}
		w.window = ops.Span{Start: w.actual.Start - 60*rapid.Int64Range(-200, 200).Draw(t, "early"), End: w.actual.End + 60*rapid.Int64Range(-200, 200).Draw(t, "late")}
		d.works = append(d.works, w)
	}
	for range rapid.IntRange(0, 4).Draw(t, "outside") {
		o := ops.Interruption{ID: "o", Span: span(1), Cause: ops.ByDMDA}
		if rapid.Bool().Draw(t, "proven") {
			o.Evidence = proven
		}
		d.outside = append(d.outside, o)
	}
	return d
}

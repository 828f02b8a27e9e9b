package simulate

import (
	"cmp"
	"slices"
	"time"

	"demailbench/gateway/ops"
)

const (
	// monthBin and weekBin are the widths of the classes in which down-time of months and longest interruptions of
	// weeks are counted, in seconds; the last class is open.
	monthBin, monthBins = 600, 31*144 + 7
	weekBin, weekBins   = 300, 14 * 288
	// longestKept is how many of the longest interruptions are kept.
	longestKept = 10
)

// Share is how often a promise was kept.
type Share struct {
	// Kept of Cases, each a month, a week or a year.
	Kept, Cases int64
	// squares is the sum of the squares of Kept by history, histories their number: for the bounds.
	squares, histories int64
}

func (s *Share) add(kept, cases int64) {
	s.Kept, s.Cases, s.squares, s.histories = s.Kept+kept, s.Cases+cases, s.squares+kept*kept, s.histories+1
}

func (s *Share) merge(o Share) {
	s.Kept, s.Cases, s.squares, s.histories = s.Kept+o.Kept, s.Cases+o.Cases, s.squares+o.squares, s.histories+o.histories
}

// Calendar month of a tally.
type monthTally struct {
	cases, kept, keptRaw, down int64
	bins                       [monthBins]int64
}

// Long is a long interruption as it counts for the week.
type Long struct {
	ops.Span
	// Run is the history in which it was.
	Run int
}

// Tally is what is counted over all histories. It has only sums, so that its memory does not grow with the years and
// the order of the histories does not matter.
type Tally struct {
	// Months and Weeks are single ones (S0-054, S0-056), Years those in which every month and week was kept; the raw
	// shares count every interruption.
	Months, MonthsRaw, Weeks, WeeksRaw, Years Share
	// YearsMonths are years in which every month was kept, YearsWeeks every week.
	YearsMonths, YearsWeeks Share
	// Lost are the seconds of interruption by the name of what caused them, overlaps counted for each.
	Lost map[string]int64
	// Longest are the longest interruptions that count for the week.
	Longest []Long

	months [12]monthTally
	weeks  [weekBins]int64
}

func newTally() *Tally { return &Tally{Lost: map[string]int64{}} }

// judge counts one history by the rules of ops.
func (t *Tally) judge(p *plan, run int, h history) {
	a := ops.Count(p.model.Policy, ops.Classify(h.interruptions, h.announced))
	years := p.model.Years
	badMonth, badWeek := make([]bool, years), make([]bool, years)
	var kept, keptRaw int64
	for i, m := range p.months {
		f := a.Figure(m)
		t.month(p, i, f)
		kept, keptRaw = kept+one(f.Kept), keptRaw+one(f.KeptRaw)
		badMonth[i/12] = badMonth[i/12] || !f.Kept
	}
	t.Months.add(kept, int64(len(p.months)))
	t.MonthsRaw.add(keptRaw, int64(len(p.months)))
	kept, keptRaw = 0, 0
	for _, w := range p.weeks {
		f := a.Week(w)
		t.weeks[min(f.Longest.Seconds()/weekBin, weekBins-1)]++
		kept, keptRaw = kept+one(f.Kept), keptRaw+one(f.KeptRaw)
		if !f.Kept {
			badWeek[p.year(w.Start)] = true
		}
	}
	t.Weeks.add(kept, int64(len(p.weeks)))
	t.WeeksRaw.add(keptRaw, int64(len(p.weeks)))
	var both, months, weeks int64
	for y := range years {
		both, months, weeks = both+one(!badMonth[y] && !badWeek[y]), months+one(!badMonth[y]), weeks+one(!badWeek[y])
	}
	t.Years.add(both, int64(years))
	t.YearsMonths.add(months, int64(years))
	t.YearsWeeks.add(weeks, int64(years))
	for _, i := range h.interruptions {
		t.Lost[i.ID] += i.Seconds()
	}
	t.long(a.Counted, run)
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// month counts the i-th month of a history.
func (t *Tally) month(p *plan, i int, f ops.Figure) {
	m := &t.months[(int(p.model.From.Month)-1+i)%12]
	down := f.Adjusted.Total - f.Adjusted.Up
	m.cases, m.kept, m.keptRaw, m.down = m.cases+1, m.kept+one(f.Kept), m.keptRaw+one(f.KeptRaw), m.down+down
	m.bins[min(down/monthBin, monthBins-1)]++
}

func (t *Tally) long(runs ops.Spans, run int) {
	for _, s := range runs {
		if n := len(t.Longest); n < longestKept || s.Seconds() >= t.Longest[n-1].Seconds() {
			t.Longest = append(t.Longest, Long{s, run})
			t.cut()
		}
	}
}

// cut keeps the longest, in an order that does not depend on when they came.
func (t *Tally) cut() {
	slices.SortFunc(t.Longest, func(a, b Long) int {
		return cmp.Or(cmp.Compare(b.Seconds(), a.Seconds()), cmp.Compare(a.Run, b.Run), cmp.Compare(a.Start, b.Start))
	})
	t.Longest = t.Longest[:min(len(t.Longest), longestKept)]
}

// merge adds the histories of another tally.
func (t *Tally) merge(o *Tally) {
	for _, s := range []struct {
		to   *Share
		from Share
	}{{&t.Months, o.Months}, {&t.MonthsRaw, o.MonthsRaw}, {&t.Weeks, o.Weeks}, {&t.WeeksRaw, o.WeeksRaw}, {&t.Years, o.Years}, {&t.YearsMonths, o.YearsMonths}, {&t.YearsWeeks, o.YearsWeeks}} {
		s.to.merge(s.from)
	}
	for name, seconds := range o.Lost {
		t.Lost[name] += seconds
	}
	for i := range t.months {
		a, b := &t.months[i], &o.months[i]
		a.cases, a.kept, a.keptRaw, a.down = a.cases+b.cases, a.kept+b.kept, a.keptRaw+b.keptRaw, a.down+b.down
		for k := range a.bins {
			a.bins[k] += b.bins[k]
		}
	}
	for k := range t.weeks {
		t.weeks[k] += o.weeks[k]
	}
	t.Longest = append(t.Longest, o.Longest...)
	t.cut()
}

// downAt is the down-time that so many of 1000 months do not exceed: the upper end of the class.
func (m *monthTally) downAt(permille int64) time.Duration {
	var n int64
	for k, count := range m.bins {
		if n += count; n*1000 >= permille*m.cases && n > 0 {
			if k == 0 && m.bins[0] > 0 && m.down == 0 {
				return 0
			}
			return time.Duration(k+1) * monthBin * time.Second
		}
	}
	return 0
}

// weeksOver is how many weeks had a longest interruption in classes from seconds on.
func (t *Tally) weeksOver(seconds int64) int64 {
	var n int64
	for k := seconds / weekBin; k < weekBins; k++ {
		n += t.weeks[k]
	}
	return n
}

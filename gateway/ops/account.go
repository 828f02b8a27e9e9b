package ops

import (
	"fmt"
	"time"
)

// Policy are the parameters of the promise (S0-054..056).
type Policy struct {
	// Target is the availability promised for a month (S0-054, D1).
	Target Ratio
	// WeeklyMax is the longest continuous interruption allowed in an ISO week, inclusive (S0-056, D2).
	WeeklyMax time.Duration
	// AnnouncedForAvailability and AnnouncedForWeekly say for what announced maintenance counts (D3).
	AnnouncedForAvailability, AnnouncedForWeekly bool
}

// DefaultPolicy is 98.5 %, 240 minutes, announced work counted for the first and not for the second (D1 to D3).
func DefaultPolicy() Policy {
	return Policy{Target: Ratio{985, 1000}, WeeklyMax: 240 * time.Minute, AnnouncedForAvailability: true}
}

// Account is what is known of the service's interruptions, ready for figures.
type Account struct {
	// Classes are the interruptions by how they count, Unmeasured the seconds of which nothing is known.
	Classes
	Unmeasured Spans
	// Findings are what must be said beside every figure: exclusions without evidence, late notices, gaps.
	Findings []Finding
	policy   Policy
	// raw is every interruption, down what counts for availability, runs what counts for the week.
	raw, down, runs Spans
}

// NewAccount classifies interruptions. unmeasured are the times in which nothing was measured: they are taken for up
// in the figure and for down in its lower bound, and said in a finding. Interruptions that end before they begin,
// are empty or have an unknown cause are refused: errors.Join of *Fault.
func NewAccount(p Policy, interruptions []Interruption, announcements []Announcement, unmeasured Spans) (*Account, error) {
	if err := checkAll(interruptions); err != nil {
		return nil, err
	}
	var windows []Span
	for _, a := range announcements {
		if a.Announced {
			windows = append(windows, a.Window)
		}
	}
	a := Count(p, Classify(interruptions, Union(windows...)))
	a.Findings = flags(interruptions, announcements)
	a.Unmeasured = Union(unmeasured...).Minus(a.raw)
	if n := a.Unmeasured.Seconds(); n > 0 {
		a.Findings = append(a.Findings, Finding{"S0-054", Warn, fmt.Sprintf("nothing was measured for %v: the figures have a lower bound", time.Duration(n)*time.Second)})
	}
	return a, nil
}

// Count is the account of seconds that are classified already and known in full.
func Count(p Policy, c Classes) *Account {
	a := &Account{Classes: c, policy: p, down: c.Counted, runs: c.Counted}
	both := Union(append(append(make([]Span, 0, len(c.Counted)+len(c.Announced)), c.Counted...), c.Announced...)...)
	if p.AnnouncedForAvailability {
		a.down = both
	}
	if p.AnnouncedForWeekly {
		a.runs = both
	}
	a.raw = Union(append(append(make([]Span, 0, len(both)+len(c.Excluded)), both...), c.Excluded...)...)
	return a
}

// Figure is the availability of a period. The whole period is the base: what is not counted is taken for up (S0-055
// says not counted; it does not shorten the month).
type Figure struct {
	Period
	// Adjusted follows D3 and D4 and decides; Raw counts every interruption; Worst is Adjusted with everything
	// unmeasured taken for down.
	Adjusted, Raw, Worst Ratio
	// Counted, Announced, Excluded and Unmeasured are seconds of the period.
	Counted, Announced, Excluded, Unmeasured int64
	// Kept is whether Adjusted reaches the target, KeptRaw whether Raw does; Certain is false when what was not
	// measured could change Kept.
	Kept, KeptRaw, Certain bool
}

// Figure computes the availability of a period exactly (S0-054, D1).
func (a *Account) Figure(p Period) Figure {
	total, unknown := p.Seconds(), a.Unmeasured.Within(p.Span)
	ratio := func(down int64) Ratio { return Ratio{total - down, total} }
	f := Figure{
		Period: p, Counted: a.Counted.Within(p.Span), Announced: a.Announced.Within(p.Span), Excluded: a.Excluded.Within(p.Span),
		Unmeasured: unknown, Raw: ratio(a.raw.Within(p.Span)),
	}
	down := a.down.Within(p.Span)
	f.Adjusted, f.Worst = ratio(down), ratio(down+unknown)
	f.Kept, f.KeptRaw = f.Adjusted.AtLeast(a.policy.Target), f.Raw.AtLeast(a.policy.Target)
	f.Certain = f.Kept == f.Worst.AtLeast(a.policy.Target)
	return f
}

// WeekFigure is the longest continuous interruption that touches an ISO week.
type WeekFigure struct {
	Period
	// Longest follows D3 and D4 and decides; Raw counts every interruption. Both have their full length, also
	// outside the week (D2).
	Longest, Raw Span
	// Kept is whether Longest is at most the maximum, KeptRaw whether Raw is; Certain is false when something in or
	// beside the week was not measured that could change Kept.
	Kept, KeptRaw, Certain bool
}

// Week judges the longest interruption of a week, a Period of Week or Weeks (S0-056, D2).
func (a *Account) Week(p Period) WeekFigure {
	f := WeekFigure{Period: p, Longest: a.runs.Touching(p.Span).Longest(), Raw: a.raw.Touching(p.Span).Longest()}
	f.Kept, f.KeptRaw, f.Certain = f.Longest.Duration() <= a.policy.WeeklyMax, f.Raw.Duration() <= a.policy.WeeklyMax, true
	if f.Kept && len(a.Unmeasured) > 0 {
		worst := Union(append(append([]Span{}, a.runs...), a.Unmeasured...)...)
		f.Certain = worst.Touching(p.Span).Longest().Duration() <= a.policy.WeeklyMax
	}
	return f
}

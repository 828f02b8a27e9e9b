// Package operation is an operation of the gateway to be simulated, as a YAML file describes it: parts that fail and
// are repaired, regular work, foreign disturbances, and what was promised.
//
// Files are read strictly and every mistake is reported with its line and column. It leaves out the simulation itself.
package operation

import (
	"math"
	"math/rand/v2"
	"time"

	"demailbench/gateway/ops"
)

// Model is an operation to be simulated. Parse makes and checks one; all times are in whole seconds.
type Model struct {
	Title string
	// From is the first day of a month, Years how many years one history has.
	From  ops.Day
	Years int
	// Total is how many years are simulated in all, Seed of what chance.
	Total int
	Seed  uint64
	// Factors is how many years each change of one factor is simulated, 0: no sensitivity.
	Factors int

	Calendar *ops.Calendar
	Policy   ops.Policy
	Notice   ops.NoticeRule

	Components  []Component
	Outside     []Outside
	Maintenance []Maintenance
}

// Component is a part without which there is no service: so many nodes, of which so many are needed.
type Component struct {
	Name          string
	Nodes, Needed int
	// Failure is the time of a node from repair to failure, Repair from the beginning of the repair to its end.
	Failure, Repair Distribution
	// ServiceHours: a repair begins in service hours (D30); otherwise at once.
	ServiceHours bool
}

// Outside is a cause outside the operator's control (S0-055): the DMDA, the network, a tenant.
type Outside struct {
	Name            string
	Cause           ops.Cause
	Failure, Repair Distribution
	// Evidence is the probability that an interruption is proven, and so not counted (D4).
	Evidence float64
}

// Maintenance is regular work at a component.
type Maintenance struct {
	Name      string
	Component int // index
	// Every is week, month, quarter or year; the work is on the Nth Weekday of the (first) month, of a year in Month.
	Every   string
	Weekday time.Weekday
	Nth     int
	Month   time.Month
	// At is the begin by the clock on the wall, Planned the announced duration, Duration the true one.
	At, Planned time.Duration
	Duration    Distribution
	// Rolling work takes one node after the other; otherwise the component stands still.
	Rolling bool
	// Notice is how many working days before the start day, at the end of service hours, the notice is accepted;
	// Forgotten the probability that there is none.
	Notice    int
	Forgotten float64
}

// Kind is a family of distributions.
type Kind string

const (
	// Exponential has a Mean: failures without memory.
	Exponential Kind = "exponential"
	// Lognormal has a Median and a 95th percentile: repairs, of which some take long.
	Lognormal Kind = "lognormal"
	// Fixed has one Value.
	Fixed Kind = "fixed"
	// Empirical takes one of the Values by chance: what was measured.
	Empirical Kind = "empirical"
)

// Distribution is a duration left to chance, in seconds.
type Distribution struct {
	Kind Kind
	// A is the mean, the median or the value; B the 95th percentile.
	A, B float64
	// Values are those of Empirical.
	Values []float64
	// Scale multiplies what is drawn: the same chance, other durations.
	Scale float64
}

// z95 is the 95th percentile of the standard normal distribution.
const z95 = 1.6448536269514722

// Draw takes one duration in seconds by chance, at least one.
func (d Distribution) Draw(r *rand.Rand) int64 {
	x := d.A
	switch d.Kind {
	case Exponential:
		x = d.A * r.ExpFloat64()
	case Lognormal:
		x = d.A * math.Exp(math.Log(d.B/d.A)/z95*r.NormFloat64())
	case Empirical:
		x = d.Values[r.IntN(len(d.Values))]
	}
	if x *= d.Scale; x > maxSeconds {
		x = maxSeconds
	}
	return max(int64(math.Round(x)), 1)
}

// typical is the mean or median, to refuse failures without end.
func (d Distribution) typical() float64 {
	if d.Kind != Empirical {
		return d.A
	}
	var sum float64
	for _, v := range d.Values {
		sum += v
	}
	return sum / float64(len(d.Values))
}

// maxSeconds is longer than any history.
const maxSeconds = 200 * 366 * 86400

// On reports whether the work is done on d.
func (w Maintenance) On(d ops.Day) bool {
	if d.Weekday() != w.Weekday {
		return false
	}
	nth := (d.Day-1)/7 + 1
	switch w.Every {
	case "week":
		return true
	case "month":
		return nth == w.Nth
	case "quarter":
		return nth == w.Nth && d.Month%3 == 1
	}
	return nth == w.Nth && d.Month == w.Month
}

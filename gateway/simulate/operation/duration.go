package operation

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// seconds reads "90d", "36h", "45m", "1h30m" in whole seconds, at least one, at most a hundred years.
func (r *reader) seconds(field, text string) int64 {
	d, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n int64
		n, err = strconv.ParseInt(days, 10, 32)
		d = time.Duration(min(n, 1e5)) * 24 * time.Hour
	}
	switch {
	case text == "":
		r.refuse(field, "", "is missing", "write a number with its unit: 45m, 36h, 90d")
	case err != nil:
		r.refuse(field, text, "is not a duration", "write a number with its unit: 45m, 36h, 90d")
	case d < time.Second || d%time.Second != 0 || d > 36525*24*time.Hour:
		r.refuse(field, text, "is not in whole seconds from one second to a hundred years", "correct it")
	default:
		return int64(d / time.Second)
	}
	return 1
}

// distribution reads a duration left to chance and refuses parameters of another kind.
func (r *reader) distribution(at string, f fileDistribution) Distribution {
	d := Distribution{Kind: Kind(f.Kind), Scale: 1, A: 1}
	needs := map[Kind][]string{Exponential: {"mean"}, Lognormal: {"median", "p95"}, Fixed: {"value"}, Empirical: {"values"}}[d.Kind]
	if needs == nil {
		r.refuse(at+".kind", f.Kind, "is not a known distribution", "write exponential, lognormal, fixed or empirical")
		return d
	}
	given := map[string]string{"mean": f.Mean, "median": f.Median, "p95": f.P95, "value": f.Value, "values": strings.Join(f.Values, ",")}
	for _, name := range []string{"mean", "median", "p95", "value", "values"} {
		if given[name] != "" && !slices.Contains(needs, name) {
			r.refuse(at+"."+name, given[name], "does not belong to "+f.Kind, "an "+f.Kind+" distribution has "+strings.Join(needs, " and "))
		}
	}
	switch d.Kind {
	case Exponential:
		d.A = float64(r.seconds(at+".mean", f.Mean))
	case Lognormal:
		d.A, d.B = float64(r.seconds(at+".median", f.Median)), float64(r.seconds(at+".p95", f.P95))
		if d.B <= d.A {
			r.refuse(at+".p95", f.P95, "is not longer than the median", "write how long 95 of 100 do not exceed")
		}
	case Fixed:
		d.A = float64(r.seconds(at+".value", f.Value))
	case Empirical:
		if len(f.Values) == 0 {
			r.refuse(at+".values", "", "is missing", "write what was measured: [12m, 40m, 3h]")
			return Distribution{Kind: Fixed, A: 1, Scale: 1}
		}
		for i, v := range f.Values {
			d.Values = append(d.Values, float64(r.seconds(at+".values["+strconv.Itoa(i)+"]", v)))
		}
	}
	return d
}

// failure is a distribution that is not shorter than a day: a simulation of something that always fails has no end.
func (r *reader) failure(at string, f fileDistribution) Distribution {
	before := len(r.faults)
	d := r.distribution(at, f)
	if len(r.faults) == before && d.typical() < 86400 {
		r.refuse(at, "", "fails more than once a day", "a part that fails so often is not in operation: give longer times")
	}
	return d
}

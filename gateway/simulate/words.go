package simulate

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"demailbench/gateway/ops"
)

// percent writes a share with one digit, cut off: what was not always kept never reads 100.
func percent(s Share, point string) string {
	return ops.Ratio{Up: s.Kept, Total: s.Cases}.Text(1, point)
}

// bounds writes the bounds of a share with one digit, rounded outwards.
func bounds(s Share, point, to string) string {
	low, high := s.Bounds()
	text := fmt.Sprintf("%.1f %s %.1f", math.Floor(low*1000)/10, to, math.Ceil(high*1000)/10)
	return strings.ReplaceAll(text, ".", point) + " %"
}

// thousands writes 10000 as "10,000" or "10.000".
func thousands(n int, mark string) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + mark + text[i:]
	}
	return text
}

// target writes 985/1000 as "98.5 %".
func (r *Report) target(point string) string {
	text := strings.TrimRight(r.Model.Policy.Target.Text(4, "."), " %0")
	return strings.Replace(strings.TrimSuffix(text, "."), ".", point, 1) + " %"
}

// minutes writes the weekly maximum, "240".
func (r *Report) minutes() string {
	return strconv.FormatFloat(r.Model.Policy.WeeklyMax.Minutes(), 'f', -1, 64)
}

// Headline answers the operator's question in one sentence: how probable is it that a year keeps both promises, and
// what drives it.
func (r *Report) Headline() string {
	t := r.Tally
	text := fmt.Sprintf("A year keeps %s in every month and %s minutes in every week with a probability of %s (95 %% bounds %s; %s years simulated); a single month keeps its promise with %s, a single week with %s",
		r.target("."), r.minutes(), percent(t.Years, "."), bounds(t.Years, ".", "to"), thousands(r.Years, ","), percent(t.Months, "."), percent(t.Weeks, "."))
	if e := r.strongest(); e != nil {
		text += "; what drives it most, in the comparison runs: " + e.text(r.Base, e.English, ".")
	}
	return text + "."
}

// HeadlineGerman is Headline in German.
func (r *Report) HeadlineGerman() string {
	t := r.Tally
	text := fmt.Sprintf("Ein Jahr hält mit einer Wahrscheinlichkeit von %s (95-%%-Grenzen %s; %s Jahre simuliert) in jedem Monat %s und in jeder Woche %s Minuten ein; ein einzelner Monat hält sein Versprechen mit %s, eine einzelne Woche mit %s",
		percent(t.Years, ","), bounds(t.Years, ",", "bis"), thousands(r.Years, "."), r.target(","), r.minutes(), percent(t.Months, ","), percent(t.Weeks, ","))
	if e := r.strongest(); e != nil {
		text += "; am stärksten wirkt, in der Vergleichsrechnung: " + e.text(r.Base, e.German, ",")
	}
	return text + "."
}

// strongest is the factor with the largest effect; nil when none was tried or none has any.
func (r *Report) strongest() *Effect {
	if len(r.Sensitivity) == 0 || r.Sensitivity[0].Years.Kept == r.Base.Kept {
		return nil
	}
	return &r.Sensitivity[0]
}

// hours writes a duration as "12 h 05 min".
func hours(d time.Duration) string {
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %02d min", d/time.Hour, d%time.Hour/time.Minute)
}

package simulate

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
	"time"
)

// canvas is an SVG picture being drawn.
type canvas struct {
	strings.Builder
	width, height float64
}

func newCanvas(title string, width, height float64) *canvas {
	c := &canvas{width: width, height: height}
	fmt.Fprintf(c, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s" font-family="sans-serif" font-size="12">`, width, height, html.EscapeString(title))
	return c
}

func (c *canvas) done() template.HTML {
	return template.HTML(c.String() + "</svg>") // every text went through html.EscapeString
}

func (c *canvas) rect(x, y, w, h float64, fill string) {
	fmt.Fprintf(c, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, x, y, max(w, 0), max(h, 0), fill)
}

func (c *canvas) line(x1, y1, x2, y2 float64, stroke, dash string) {
	fmt.Fprintf(c, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-dasharray="%s"/>`, x1, y1, x2, y2, stroke, dash)
}

func (c *canvas) text(x, y float64, anchor, s string) {
	fmt.Fprintf(c, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x, y, anchor, html.EscapeString(s))
}

const (
	good, bad, grey, dark = "#2a6f97", "#c1440e", "#cccccc", "#333333"
)

// monthPlot shows the availability by calendar month: mean as a bar's end, and what 95 and 99 of 100 months reach.
func (r *Report) monthPlot() template.HTML {
	c := newCanvas("availability by month", 790, 300)
	low := r.lowest()
	y := func(a float64) float64 { return 20 + (1-a)/(1-low)*230 }
	for i := range 5 {
		a := low + (1-low)*float64(i)/4
		c.line(66, y(a), 740, y(a), grey, "")
		c.text(60, y(a)+4, "end", fmt.Sprintf("%.2f %%", a*100))
	}
	goal, _ := r.Model.Policy.Target.Rat().Float64()
	const monthSeconds = 30.4375 * 86400
	for i := range r.Tally.months {
		m := &r.Tally.months[i]
		if m.cases == 0 {
			continue
		}
		x := 70 + float64(i)*56
		reach := func(down time.Duration) float64 { return max(1-down.Seconds()/monthSeconds, low) }
		mean := reach(time.Duration(m.down/m.cases) * time.Second)
		at95, at99 := reach(m.downAt(950)), reach(m.downAt(990))
		c.line(x+20, y(mean), x+20, y(at99), dark, "")
		c.rect(x+8, y(mean)-2, 24, 4, good)
		c.rect(x+12, y(at95)-2, 16, 4, colour(at95 >= goal))
		c.rect(x+14, y(at99)-2, 12, 4, colour(at99 >= goal))
		c.text(x+20, 268, "middle", time.Month(i + 1).String()[:3])
		c.text(x+20, 284, "middle", percent(Share{Kept: m.kept, Cases: m.cases}, "."))
	}
	c.line(60, y(goal), 740, y(goal), bad, "6 4")
	c.text(742, y(goal)+4, "start", r.target("."))
	return c.done()
}

func colour(kept bool) string {
	if kept {
		return good
	}
	return bad
}

// lowest is the lower end of the axis of availability: a little below the target and what 99 of 100 months reach.
func (r *Report) lowest() float64 {
	goal, _ := r.Model.Policy.Target.Rat().Float64()
	low := goal
	for i := range r.Tally.months {
		low = min(low, 1-r.Tally.months[i].downAt(990).Seconds()/(30.4375*86400))
	}
	return max(math.Floor(low*100-0.5)/100, 0)
}

// weekClasses are the classes of the longest weekly interruption, in minutes; the last is open.
var weekClasses = []int64{5, 60, 120, 180, 240, 480, 1440, 2880, 4320}

// weekPlot shows how many weeks exceed each length, on a logarithmic scale: rare weeks decide.
func (r *Report) weekPlot() template.HTML {
	c := newCanvas("weeks by longest interruption", 760, 300)
	total := float64(r.Tally.Weeks.Cases)
	y := func(share float64) float64 { return 20 + min(-math.Log10(max(share, 1e-5))/5, 1)*230 }
	for e := 0; e >= -5; e-- {
		at := math.Pow10(e)
		c.line(60, y(at), 740, y(at), grey, "")
		c.text(54, y(at)+4, "end", fmt.Sprintf("%g %%", at*100))
	}
	limit := int64(r.Model.Policy.WeeklyMax / time.Minute)
	for i, minutes := range weekClasses {
		x := 70 + float64(i)*74
		share := float64(r.Tally.weeksOver(minutes*60)) / total
		c.rect(x, y(share), 50, 250-y(share), colour(minutes < limit))
		c.text(x+25, y(share)-5, "middle", fmt.Sprintf("%.3g %%", share*100))
		c.text(x+25, 268, "middle", fmt.Sprintf("≥ %s", short(minutes)))
	}
	c.text(400, 292, "middle", "longest continuous interruption of the week / längste Unterbrechung der Woche")
	return c.done()
}

func short(minutes int64) string {
	if minutes%60 == 0 {
		return fmt.Sprintf("%d h", minutes/60)
	}
	return fmt.Sprintf("%d min", minutes)
}

// effectsShown is how many factors the picture has; the table has all.
const effectsShown = 12

// sensitivityPlot shows what each factor does to the probability of a good year.
func (r *Report) sensitivityPlot() template.HTML {
	list := r.Sensitivity[:min(len(r.Sensitivity), effectsShown)]
	c := newCanvas("what drives it", 760, float64(40+26*len(list)))
	base := r.Base.Probability()
	x := func(p float64) float64 { return 360 + p*380 }
	for i := range 6 {
		p := float64(i) / 5
		c.line(x(p), 20, x(p), c.height-10, grey, "")
		c.text(x(p), 14, "middle", fmt.Sprintf("%.0f %%", p*100))
	}
	for i, e := range list {
		p, top := e.Years.Probability(), 26+26*float64(i)
		c.text(352, top+14, "end", e.English)
		c.rect(x(min(p, base)), top, math.Abs(x(p)-x(base)), 18, colour(p >= base))
	}
	c.line(x(base), 20, x(base), c.height-10, dark, "")
	return c.done()
}

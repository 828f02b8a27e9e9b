package availability

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"demailbench/gateway/ops"
)

// CSV is the report as one table with a kind of row in its first column: figures, weeks, interruptions, findings.
// Times are Berlin's with their offset; a reader may filter by the first column.
func (r Report) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"kind", "name", "start", "end", "seconds", "adjusted", "raw", "counted_seconds", "announced_seconds", "excluded_seconds", "unmeasured_seconds", "kept", "kept_raw", "certain", "text"}}
	for _, f := range append([]ops.Figure{r.Whole}, r.Months...) {
		kind := "month"
		if len(rows) == 1 {
			kind = "whole"
		}
		rows = append(rows, []string{kind, f.Name, stamp(f.Start), stamp(f.End), number(f.Seconds()), f.Adjusted.Text(4, "."), f.Raw.Text(4, "."),
			number(f.Counted), number(f.Announced), number(f.Excluded), number(f.Unmeasured), yes(f.Kept), yes(f.KeptRaw), yes(f.Certain), ""})
	}
	for _, x := range r.Weeks {
		rows = append(rows, []string{"week", x.Name, stamp(x.Start), stamp(x.End), number(x.Seconds()), number(x.Longest.Seconds()) + " s longest", number(x.Raw.Seconds()) + " s longest",
			"", "", "", "", yes(x.Kept), yes(x.KeptRaw), yes(x.Certain), ""})
	}
	for _, l := range r.Interruptions {
		rows = append(rows, []string{"interruption", l.Source, stamp(l.Start), stamp(l.End), number(l.Seconds()), "", "", "", "", "", "", yes(l.Counted), "", "", l.Class + ", " + string(l.Cause)})
	}
	for _, f := range r.Findings {
		rows = append(rows, []string{"finding", f.Statement, "", "", "", "", "", "", "", "", "", "", "", "", f.Verdict.String() + ": " + f.Text})
	}
	_ = w.WriteAll(rows) // a buffer takes everything
	return b.Bytes()
}

func stamp(unix int64) string { return time.Unix(unix, 0).In(ops.Berlin()).Format(time.RFC3339) }
func number(n int64) string   { return strconv.FormatInt(n, 10) }
func yes(b bool) string       { return map[bool]string{true: "yes", false: "no"}[b] }

// HTML is the report as one page that opens from disk: the answer first, then the timeline, then tables. German and
// English.
func (r Report) HTML() []byte {
	var b bytes.Buffer
	v := page{Title: "Verfügbarkeit des De-Mail-Gateways " + r.Whole.Name, Kept: r.Kept(), Timeline: r.timeline(), Made: r.Made.In(ops.Berlin()).Format("02.01.2006 15:04 MST"),
		Tenant: r.Tenant, Target: r.Policy.Target.Text(2, ","), WeeklyMax: minutes(r.Policy.WeeklyMax)}
	for _, f := range append([]ops.Figure{r.Whole}, r.Months...) {
		v.Figures = append(v.Figures, []string{f.Name, f.Adjusted.Text(3, ","), f.Raw.Text(3, ","), clock(f.Counted), clock(f.Announced), clock(f.Excluded), clock(f.Unmeasured), ja(f.Kept)})
	}
	for _, w := range r.Weeks {
		v.Weeks = append(v.Weeks, []string{w.Name, clock(w.Longest.Seconds()), clock(w.Raw.Seconds()), ja(w.Kept)})
	}
	class := map[string]string{"own": "zählt / counts", "announced": "angekündigt / announced", "excluded": "nicht angerechnet / not counted"}
	for _, l := range r.Interruptions {
		v.Lines = append(v.Lines, []string{l.Source, string(l.Cause), day(l.Begin()), day(l.Finish()), clock(l.Seconds()), class[l.Class]})
	}
	for _, f := range r.Findings {
		v.Findings = append(v.Findings, f.Statement+": "+f.Text)
	}
	if err := pageTemplate.Execute(&b, v); err != nil {
		return []byte("availability: the page could not be written: " + err.Error()) // no report causes this; a test holds it
	}
	return b.Bytes()
}

func ja(b bool) string               { return map[bool]string{true: "ja / yes", false: "NEIN / NO"}[b] }
func day(t time.Time) string         { return t.Format("02.01.2006 15:04:05 MST") }
func minutes(d time.Duration) string { return strconv.Itoa(int(d/time.Minute)) + " min" }

// clock is a length in hours, minutes and seconds, never rounded.
func clock(seconds int64) string {
	return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
}

// page is what the template shows.
type page struct {
	Title, Tenant, Target, WeeklyMax, Made string
	Kept                                   bool
	Timeline                               template.HTML
	Figures, Weeks, Lines                  [][]string
	Findings                               []string
}

// timeline draws a bar for each week: one hour is as wide in each, so a week of 167 or 169 hours is shorter or longer.
func (r Report) timeline() template.HTML {
	const left, width, row = 80.0, 845.0, 22.0 // 169 hours are 845 wide
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %g %g" role="img" aria-label="timeline">`, left+width+5, row*float64(len(r.Weeks))+24)
	for d, name := range []string{"Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"} {
		fmt.Fprintf(&b, `<text x="%g" y="12" font-size="11" fill="#555">%s</text>`, left+float64(d)*120, name)
	}
	colour := map[string]string{"own": "#b00020", "announced": "#e0a100", "excluded": "#6b8fb3"}
	for i, w := range r.Weeks {
		y := 18 + row*float64(i)
		x := func(at int64) float64 { return left + float64(at-w.Start)/3600*5 }
		fmt.Fprintf(&b, `<text x="0" y="%g" font-size="11">%s</text><rect x="%g" y="%g" width="%.2f" height="14" fill="#dde9dd"/>`, y+11, w.Name, left, y, x(w.End)-left)
		for _, l := range r.Interruptions {
			start, end := max(l.Start, w.Start), min(l.End, w.End)
			if start >= end {
				continue
			}
			fmt.Fprintf(&b, `<rect x="%.2f" y="%g" width="%.2f" height="14" fill="%s"><title>%s %s %s</title></rect>`, x(start), y, max(x(end)-x(start), 0.6), colour[l.Class],
				template.HTMLEscapeString(l.Source), l.Class, clock(l.Seconds()))
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // numbers, names of weeks, and what was escaped
}

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="de"><head><meta charset="utf-8"><title>{{.Title}}</title><meta name="viewport" content="width=device-width">
<style>
body{font:15px/1.45 sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}h1{font-size:1.3rem}h2{font-size:1.05rem;margin-top:2rem}
.answer{font-size:1.25rem}table{border-collapse:collapse;margin:.6rem 0}td,th{border-bottom:1px solid #ccc;padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}
svg{width:100%;height:auto}i{display:inline-block;width:1em;height:1em;vertical-align:-.15em;margin:0 .3em 0 1em}@media print{body{margin:0;max-width:none}h2,svg{break-inside:avoid}}
</style></head><body>
<h1>{{.Title}}{{with .Tenant}} ({{.}}){{end}}</h1>
{{if .Kept}}<p class="answer">Die Zusage wurde eingehalten: jeder Monat mindestens {{.Target}}, keine Woche mit mehr als {{.WeeklyMax}} Unterbrechung am Stück.<br>
<span lang="en">The promise was kept: every month at least {{.Target}}, no week with more than {{.WeeklyMax}} of continuous interruption.</span></p>
{{else}}<p class="answer">Die Zusage wurde <b>nicht</b> eingehalten (mindestens {{.Target}} im Monat, höchstens {{.WeeklyMax}} am Stück je Woche).<br>
<span lang="en">The promise was <b>not</b> kept (at least {{.Target}} a month, at most {{.WeeklyMax}} at a stretch in a week).</span></p>{{end}}
{{if .Findings}}<h2>Dazu ist zu sagen / <span lang="en">To be said beside the figures</span></h2><ul>{{range .Findings}}<li lang="en">{{.}}</li>{{end}}</ul>{{end}}
<h2>Zeitverlauf / <span lang="en">Timeline</span></h2>
<p><i style="background:#b00020"></i>zählt / counts<i style="background:#e0a100"></i>angekündigte Wartung / announced maintenance<i style="background:#6b8fb3"></i>nicht angerechnet / not counted</p>
{{.Timeline}}
<h2>Verfügbarkeit / <span lang="en">Availability</span></h2>
<table><tr><th>Zeitraum</th><th>bereinigt / adjusted</th><th>roh / raw</th><th>zählt (h:m:s)</th><th>angekündigt</th><th>nicht angerechnet</th><th>nicht gemessen</th><th>eingehalten</th></tr>
{{range .Figures}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</table>
<h2>Längste Unterbrechung je Woche / <span lang="en">Longest interruption by week</span></h2>
<table><tr><th>Woche</th><th>bereinigt / adjusted</th><th>roh / raw</th><th>eingehalten</th></tr>
{{range .Weeks}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</table>
{{if .Lines}}<h2>Unterbrechungen / <span lang="en">Interruptions</span></h2>
<table><tr><th>Nummer</th><th>Ursache / cause</th><th>Beginn</th><th>Ende</th><th>Dauer</th><th></th></tr>
{{range .Lines}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</table>{{end}}
<p>Erstellt / made: {{.Made}}. Prozente sind abgeschnitten, nicht gerundet; entschieden wird mit ganzen Sekunden. <span lang="en">Percentages are cut off, not rounded; verdicts are drawn from whole seconds.</span></p>
</body></html>
`))

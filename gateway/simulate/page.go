package simulate

import (
	"bytes"
	"cmp"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// page writes the report as one file that opens from disk: the answer first, then pictures, then tables.
func (r *Report) page() ([]byte, error) {
	v := view{
		Title: r.Model.Title, English: unbroken(r.Headline()), German: unbroken(r.HeadlineGerman()), Years: thousands(r.Years, ","), Histories: thousands(r.Histories, ","),
		Seed: strconv.FormatUint(r.Model.Seed, 10), MonthPlot: r.monthPlot(), WeekPlot: r.weekPlot(),
	}
	t := r.Tally
	for _, s := range []struct {
		en, de string
		share  Share
	}{
		{"year: every month and every week", "Jahr: jeder Monat und jede Woche", t.Years}, {"year: every month", "Jahr: jeder Monat", t.YearsMonths},
		{"year: every week", "Jahr: jede Woche", t.YearsWeeks}, {"month", "Monat", t.Months}, {"month, every interruption counted", "Monat, jede Unterbrechung gezählt", t.MonthsRaw},
		{"week", "Woche", t.Weeks}, {"week, every interruption counted", "Woche, jede Unterbrechung gezählt", t.WeeksRaw},
	} {
		v.Shares = append(v.Shares, []string{s.en, s.de, percent(s.share, "."), bounds(s.share, ".", "–")})
	}
	for _, name := range slices.SortedFunc(maps.Keys(t.Lost), func(a, b string) int { return cmp.Or(cmp.Compare(t.Lost[b], t.Lost[a]), cmp.Compare(a, b)) }) {
		v.Causes = append(v.Causes, []string{name, hours(time.Duration(t.Lost[name]/int64(r.Years)) * time.Second)})
	}
	for _, l := range t.Longest {
		v.Longest = append(v.Longest, []string{hours(l.Duration()), l.Begin().Format("2006-01-02 15:04"), l.Finish().Format("2006-01-02 15:04"), strconv.Itoa(l.Run)})
	}
	if len(r.Sensitivity) > 0 {
		v.SensitivityPlot = r.sensitivityPlot()
	}
	for _, e := range r.Sensitivity {
		v.Effects = append(v.Effects, []string{e.English, e.German, percent(e.Years, "."), percent(e.Months, "."), percent(e.Weeks, ".")})
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, v)
	return b.Bytes(), err
}

// unbroken keeps a number and its unit on one line.
func unbroken(s string) string { return strings.ReplaceAll(s, " %", "\u00a0%") }

// view is what the page shows.
type view struct {
	Title, English, German, Years, Histories, Seed string
	MonthPlot, WeekPlot, SensitivityPlot           template.HTML
	Shares, Causes, Longest, Effects               [][]string
}

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}}</title><meta name="viewport" content="width=device-width">
<style>
body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
h1{font-size:1rem;font-weight:normal;color:#555}.answer{font-size:1.4rem;line-height:1.35}
table{border-collapse:collapse;margin:1rem 0}td,th{border-bottom:1px solid #ccc;padding:.2rem .8rem .2rem 0;text-align:left}
svg{width:100%;height:auto}h2{font-size:1.1rem;margin-top:2.5rem}
@media print{body{margin:0;max-width:none}h2,svg{break-inside:avoid}}
</style></head><body>
<h1>{{.Title}}</h1>
<p class="answer">{{.English}}</p>
<p class="answer" lang="de">{{.German}}</p>
<p>{{.Histories}} histories, {{.Years}} years, seed {{.Seed}}. Probabilities are cut off after the first digit, bounds are rounded outwards.
The times of failure and repair are those of the file, not measured here.</p>
<p lang="de">{{.Histories}} Verläufe, {{.Years}} Jahre, Startwert {{.Seed}}. Wahrscheinlichkeiten sind nach der ersten Nachkommastelle abgeschnitten, Grenzen nach außen gerundet.
Die Zeiten bis zum Ausfall und bis zur Wiederherstellung stehen in der Datei; hier wurde nichts gemessen.</p>
<h2>How probable / <span lang="de">Wie wahrscheinlich</span></h2>
<table><tr><th>kept in</th><th lang="de">eingehalten im</th><th>probability / <span lang="de">Wahrscheinlichkeit</span></th><th>95 % bounds / <span lang="de">95-%-Grenzen</span></th></tr>
{{range .Shares}}<tr><td>{{index . 0}}</td><td lang="de">{{index . 1}}</td><td>{{index . 2}}</td><td>{{index . 3}}</td></tr>
{{end}}</table>
<h2>Availability by month / <span lang="de">Verfügbarkeit nach Monaten</span></h2>
<p>Bars from top to bottom: mean, what 95 and what 99 of 100 months reach; below each month how many keep the promise (dashed).</p>
<p lang="de">Balken von oben nach unten: Mittelwert, was 95 und was 99 von 100 Monaten erreichen; unter jedem Monat, wie viele das Versprechen (gestrichelt) halten.</p>
{{.MonthPlot}}
<h2>Longest weekly interruption / <span lang="de">Längste Unterbrechung der Woche</span></h2>
<p>How many weeks have an interruption of at least that length, as it counts.</p>
<p lang="de">Wie viele Wochen eine mindestens so lange Unterbrechung haben, wie sie angerechnet wird.</p>
{{.WeekPlot}}
{{if .Effects}}<h2>What drives it / <span lang="de">Was es bestimmt</span></h2>
<p>Probability that a year keeps both promises when one factor changes and chance stays the same; the line is the unchanged operation.</p>
<p lang="de">Vergleichsrechnung: Wahrscheinlichkeit, dass ein Jahr beide Versprechen hält, wenn sich ein Einflussfaktor ändert und der Zufall gleich bleibt; die Linie ist der unveränderte Betrieb.</p>
{{.SensitivityPlot}}
<table><tr><th>factor</th><th lang="de">Faktor</th><th>year / <span lang="de">Jahr</span></th><th>month / <span lang="de">Monat</span></th><th>week / <span lang="de">Woche</span></th></tr>
{{range .Effects}}<tr><td>{{index . 0}}</td><td lang="de">{{index . 1}}</td><td>{{index . 2}}</td><td>{{index . 3}}</td><td>{{index . 4}}</td></tr>
{{end}}</table>{{end}}
<h2>Interruption in an average year, by cause / <span lang="de">Unterbrechung im mittleren Jahr nach Ursache</span></h2>
<table>{{range .Causes}}<tr><td>{{index . 0}}</td><td>{{index . 1}}</td></tr>
{{end}}</table>
<h2>Longest interruptions / <span lang="de">Längste Unterbrechungen</span></h2>
<table><tr><th>length / <span lang="de">Dauer</span></th><th>begin / <span lang="de">Beginn</span></th><th>end / <span lang="de">Ende</span></th><th>history / <span lang="de">Verlauf</span></th></tr>
{{range .Longest}}<tr><td>{{index . 0}}</td><td>{{index . 1}}</td><td>{{index . 2}}</td><td>{{index . 3}}</td></tr>
{{end}}</table>
</body></html>
`))

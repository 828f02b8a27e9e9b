package reports

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"demailbench/features/check"
	"demailbench/reports/diagram"
	"demailbench/reports/failure"
	"demailbench/reports/messages"
)

//go:embed templates/report.html
var pageText string

//go:embed templates/card.html
var cardText string

var pageTemplate = template.Must(template.Must(template.New("report").Funcs(template.FuncMap{
	"ms":     func(ms int64) string { return (time.Duration(ms) * time.Millisecond).Round(time.Millisecond).String() },
	"clock":  clock,
	"join":   func(s []string) string { return strings.Join(s, ", ") },
	"sign":   sign,
	"class":  func(v check.Verdict) string { return "v-" + strings.ToLower(string(v)) },
	"dir":    dirOf,
	"anchor": anchor,
	"files":  files,
	"first":  func(n int, f []FindingCard) []FindingCard { return f[:min(n, len(f))] },
	"style":  func() template.CSS { return template.CSS(diagram.Style) }, // a constant of ours
}).Parse(pageText)).New("card").Parse(cardText))

// Budgets of report.html in octets, so that it stays under 5 MB whatever happens: cards come in full, then
// in short, then as a line in the list only.
const (
	fullBudget  = 3 << 20
	briefBudget = 3<<20 + 512<<10
	maxPassed   = 1500
	maxListed   = 1500
)

// page is what the templates of report.html and summary.md read.
type page struct {
	*Summary
	T messages.Text
	// Sentence is the verdict in one sentence, Exit the exit code in words.
	Sentence, Exit string
	// Cards are those who did not pass, worst first; Passed are the others.
	Cards  []*Card
	Passed []*Scenario
	// Bodies are the cards as HTML, fewer than Cards when there is no room.
	Bodies []template.HTML
}

// page prepares the page; cards has nil for scenarios that passed.
func (w *writer) page(s *Summary, cards []*Card) *page {
	p := &page{Summary: s, T: w.text, Sentence: sentence(w.text, s)}
	key := "exit." + strconv.Itoa(s.ExitCode)
	if !w.text.Has(key) {
		key = "exit.other"
	}
	p.Exit = w.text.Say(key)
	for i, c := range cards {
		if c != nil {
			p.Cards = append(p.Cards, c)
		} else {
			p.Passed = append(p.Passed, &s.Scenarios[i])
		}
	}
	slices.SortStableFunc(p.Cards, func(a, b *Card) int {
		return slices.Index(check.Verdicts, a.Scenario.Verdict) - slices.Index(check.Verdicts, b.Scenario.Verdict)
	})
	return p
}

// sentence says what the run means.
func sentence(t messages.Text, s *Summary) string {
	subject := strings.TrimSpace(strings.Join(strings.Fields(s.Subject.Vendor+" "+s.Subject.Product+" "+s.Subject.Version), " "))
	bad := 0
	for _, sc := range s.Scenarios {
		if !sc.Verdict.Settled() {
			bad++
		}
	}
	key := "verdict.sentence." + string(s.Verdict)
	switch {
	case s.Preflight != "":
		key = "verdict.sentence.preflight"
	case s.Planned == 0:
		key = "verdict.sentence.empty"
	case !t.Has(key):
		key = "verdict.sentence.open"
	}
	count := bad
	if s.Verdict == check.Fail {
		count = s.Counts[check.Fail]
	}
	if one := key + ".one"; count == 1 && t.Has(one) { // German has another verb for one
		key = one
	}
	return t.Say(key, "subject", subject, "planned", s.Planned, "passed", s.Counts[check.Pass], "failed", s.Counts[check.Fail], "errors", s.Counts[check.Error], "bad", bad)
}

// Word returns the verdict in words.
func (p *page) Word(v check.Verdict) string {
	if key := "verdict.word." + string(v); p.T.Has(key) {
		return p.T.Say(key)
	}
	return p.T.Say("verdict.word.none")
}

// Say and Lang serve the templates.
func (p *page) Say(key string, args ...any) string { return p.T.Say(key, args...) }

// Lang is the language of the page.
func (p *page) Lang() string { return string(p.T.Lang()) }

// Verdicts lists the verdicts that occur, worst first, with their numbers.
func (p *page) Verdicts() []struct {
	Verdict check.Verdict
	N       int
} {
	var out []struct {
		Verdict check.Verdict
		N       int
	}
	for _, v := range check.Verdicts {
		if n := p.Counts[v]; n > 0 {
			out = append(out, struct {
				Verdict check.Verdict
				N       int
			}{v, n})
		}
	}
	return out
}

// Fixers lists who usually fixes what did not pass, with the number of scenarios.
func (p *page) Fixers() []string {
	n := map[string]int{}
	for _, c := range p.Cards {
		n[c.FixerID]++
	}
	var out []string
	for _, who := range failure.Everybody {
		if n[who] > 0 {
			out = append(out, fmt.Sprintf("%s %d", p.T.Say("fixer.short."+who), n[who]))
		}
	}
	if n[failure.Municipality] == 0 {
		out = append(out, p.T.Say("fixer.notyou"))
	}
	return out
}

// NotExecuted is the part of the plan that was not executed.
func (p *page) NotExecuted() int { return p.Planned - p.Executed }

// Listed are the cards that the list at the top names, Unlisted how many more there are.
func (p *page) Listed() []*Card { return p.Cards[:min(len(p.Cards), maxListed)] }

// Unlisted is how many failures the list leaves to results.csv.
func (p *page) Unlisted() int { return max(0, len(p.Cards)-maxListed) }

// PassedShown are the passed scenarios that the table names.
func (p *page) PassedShown() []*Scenario { return p.Passed[:min(len(p.Passed), maxPassed)] }

// PassedLeft is how many it leaves to results.csv.
func (p *page) PassedLeft() int { return max(0, len(p.Passed)-maxPassed) }

// ExcludedShown are the scenarios not selected that the table names.
func (p *page) ExcludedShown() []Excluded { return p.Excluded[:min(len(p.Excluded), maxPassed)] }

// write writes report.html: one file that opens from disk, without scripts and without the net.
func (p *page) write(w io.Writer) error {
	total := 0
	for _, c := range p.Cards {
		if total > briefBudget {
			break
		}
		c.Brief = total > fullBudget
		var buf bytes.Buffer
		if err := pageTemplate.ExecuteTemplate(&buf, "card", struct {
			*Card
			P *page
		}{c, p}); err != nil {
			return err
		}
		total += buf.Len()
		p.Bodies = append(p.Bodies, template.HTML(buf.String())) // made by the template above
	}
	return pageTemplate.ExecuteTemplate(w, "report", p)
}

// sign is the shape that goes with a verdict, so that colour is not the only sign.
func sign(v check.Verdict) string {
	switch v {
	case check.Pass:
		return "✓"
	case check.Fail:
		return "✗"
	case check.Error:
		return "■"
	case check.Warn:
		return "!"
	case check.NotApplicable, check.ExpectedFail:
		return "–"
	}
	return "?"
}

// WriteHTML writes the page of a summary without evidence, in English.
func WriteHTML(w io.Writer, s *Summary) error {
	wr := &writer{text: messages.In(messages.English)}
	cards := make([]*Card, len(s.Scenarios))
	for i := range s.Scenarios {
		if sc := &s.Scenarios[i]; !sc.Verdict.Settled() {
			d := &dossier{sc: sc, dir: dirOf(sc.ID), Failure: failure.Of(sc.Verdict, sc.Reason, sc.Findings, nil)}
			cards[i] = d.card(wr.text, wr.options)
		}
	}
	if err := wr.page(s, cards).write(w); err != nil {
		return fmt.Errorf("write report.html: %w", err)
	}
	return nil
}

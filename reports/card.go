package reports

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"demailbench/features/check"
	"demailbench/reports/course"
	"demailbench/reports/diagram"
	"demailbench/reports/messages"
)

// Said is a text in the language that it really has.
type Said struct {
	Text string
	Lang messages.Lang
}

// Clause is a statement with its text, which is empty without a ledger.
type Clause struct{ ID, Text string }

// Card is what a page shows of one scenario that did not pass.
type Card struct {
	Scenario *Scenario
	Anchor   string
	Name     Said
	Feature  Said
	// Plain says in one sentence what went wrong.
	Plain string
	// Main is the deciding finding, nil when nothing was compared; Reason is then all there is.
	Main   *FindingCard
	Reason Said
	// Words is the rest of a long reason: last words of a process, stacks.
	Words   string
	Clauses []Clause
	Fixer   string
	Why     string
	// FixerShort is Fixer in a word, FixerID one of the constants of package failure.
	FixerShort, FixerID string
	Others              []FindingCard
	// Cut tells that steps were skipped, so that the other findings may be consequences.
	Cut       bool
	Evidence  string
	Sequence  template.HTML
	Topology  template.HTML
	Rows      []RowLine
	Dialogs   []DialogLine
	MoreLines int
	Queries   []course.Question
	MoreDNS   int
	Steps     []StepLine
	Missing   string
	// Brief cards have no drawings and tables, because the page would grow too large.
	Brief bool
}

// FindingCard is one finding in the words of the page.
type FindingCard struct {
	check.Finding
	Said, Step Said
	// RuleSaid is the judge's rule in words.
	RuleSaid           string
	Expected, Observed Said
	At                 string
}

// RowLine is one row of the course as text.
type RowLine struct {
	At, FromTo, Text string
	Failing          bool
}

// DialogLine is one line of an SMTP dialog.
type DialogLine struct {
	At, Session, Said, Reply string
	First, Failing           bool
}

// StepLine is one step.
type StepLine struct {
	At, Status string
	Text       Said
	Error      Said
	Failed     bool
}

// Limits of a card's tables, in lines.
const (
	maxDialogLines = 40
	maxQueries     = 15
	maxOthers      = 5
)

// card makes the card of a scenario.
func (d *dossier) card(t messages.Text, o Options) *Card {
	sc := d.sc
	c := &Card{Scenario: sc, Anchor: anchor(sc.ID), Name: title(t, sc.Name, sc.NameDE), Feature: title(t, sc.Feature, sc.FeatureDE), Plain: d.Plain(t)}
	c.reason(t)
	if d.Main != nil {
		f := d.finding(t, *d.Main)
		c.Main = &f
	}
	for i := range sc.Findings {
		if f := sc.Findings[i]; !f.OK && d.Main != &sc.Findings[i] {
			c.Others = append(c.Others, d.finding(t, f))
		}
	}
	ids := sc.Requirements
	if d.Main != nil && len(d.Main.Requirements) > 0 {
		ids = d.Main.Requirements
	}
	for _, id := range ids {
		text := ""
		if o.Clause != nil {
			text = o.Clause(id, string(t.Lang()))
		}
		c.Clauses = append(c.Clauses, Clause{id, text})
	}
	r := d.Fixer(o.Fixer)
	c.FixerID, c.Fixer, c.Why = r.Who, t.Say("fixer."+r.Who), t.Say(r.Key, r.Args...)
	c.FixerShort = t.Say("fixer.short." + r.Who)
	c.steps(t)
	if d.course == nil {
		c.Missing = missing(t, d)
		return c
	}
	d.illustrate(c, t)
	return c
}

// linked are the files of a scenario that a page links to, when they are there; those that end with a slash
// are directories.
var linked = []string{"timeline.ndjson", "net.pcapng", "sequence.svg", "topology.svg", "dns.txt", "smtp/", "mail/", "driver.ndjson", "sut.log", "repro.sh", "verdict.json"}

// files returns the links of a scenario, relative to the run's directory.
func files(sc *Scenario) []Link {
	var out []Link
	for _, name := range linked {
		path := dirOf(sc.ID) + "/" + name
		if slices.ContainsFunc(sc.Evidence, func(e string) bool {
			return e == path || strings.HasSuffix(name, "/") && strings.HasPrefix(e, path)
		}) {
			out = append(out, Link{name, path})
		}
	}
	return out
}

// Link is a file to open from the page.
type Link struct{ Name, Path string }

// title is an English text or its German one.
func title(t messages.Text, en, de string) Said {
	if t.Lang() == messages.German && de != "" {
		return Said{de, messages.German}
	}
	return Said{en, messages.English}
}

func found(t messages.Text, s string) Said {
	text, lang := t.Finding(s)
	return Said{text, lang}
}

// reason splits the scenario's reason into a line and the rest.
func (c *Card) reason(t messages.Text) {
	line, rest, _ := strings.Cut(c.Scenario.Reason, "\n")
	if rest != "" {
		line = strings.TrimSuffix(line, "; its last words:")
	}
	c.Reason, c.Words = found(t, line), rest
}

func missing(t messages.Text, d *dossier) string {
	why := errorText(d.broken)
	if d.sc.Verdict == check.NotRun {
		why = t.Say("verdict.word.NOT_RUN")
	}
	return t.Say("card.noevidence", "why", why)
}

func errorText(err error) string {
	if err == nil {
		return "-"
	}
	return err.Error()
}

func (d *dossier) finding(t messages.Text, f check.Finding) FindingCard {
	out := FindingCard{Finding: f, Expected: found(t, f.Expected), Observed: found(t, f.Observed), Step: Said{f.Step, messages.English}}
	if out.RuleSaid = f.Rule; t.Has("rule." + f.Rule) {
		out.RuleSaid = t.Say("rule." + f.Rule)
	}
	for _, s := range d.sc.Steps {
		if s.Text == f.Step {
			out.Step = title(t, s.Text, s.TextDE)
		}
	}
	if d.course != nil && f.Event > 0 && f.Event <= len(d.course.Events) {
		out.At = d.course.Events[f.Event-1].At.Format("2006-01-02 15:04:05.000")
	}
	return out
}

func (c *Card) steps(t messages.Text) {
	refuted := map[string]bool{}
	for _, f := range c.Scenario.Findings {
		refuted[f.Step] = refuted[f.Step] || !f.OK && f.Verdict == c.Scenario.Verdict
	}
	for _, s := range c.Scenario.Steps {
		key := "step." + s.Status
		if s.Status == "passed" && refuted[s.Text] {
			key = "step.refuted"
		}
		if !t.Has(key) {
			key = "step.other"
		}
		l := StepLine{At: clock(s.AtMS), Status: t.Say(key), Text: title(t, s.Text, s.TextDE), Failed: s.Status == "failed" || key == "step.refuted"}
		if s.Error != "" && (c.Main == nil || !strings.Contains(s.Error, c.Main.Finding.Observed)) {
			l.Error = found(t, s.Error)
		}
		c.Cut = c.Cut || s.Status == "skipped"
		c.Steps = append(c.Steps, l)
	}
}

// clock writes a span of the world's clock as hours, minutes and seconds.
func clock(ms int64) string {
	return fmt.Sprintf("%d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}

// illustrate adds drawings and tables.
func (d *dossier) illustrate(c *Card, t messages.Text) {
	sequence, topology := d.drawings(diagram.Drawing{Text: t, ID: c.Anchor}, rowsOnPage)
	c.Sequence, c.Topology = template.HTML(sequence), template.HTML(topology) // made by diagram, which escapes
	var day calendar
	for _, r := range d.course.Rows(d.Focus, rowsOnPage) {
		l := RowLine{Text: r.Say(t), FromTo: r.From, Failing: r.Failing}
		if r.To != "" {
			l.FromTo = r.From + " → " + r.To
		}
		if r.Event > 0 {
			l.At = day.stamp(r.At)
		}
		c.Rows = append(c.Rows, l)
	}
	d.dialogs(c, t)
	c.Queries = d.course.Queries(true)
	for i := range c.Queries {
		if said, lang := t.Finding(c.Queries[i].Answer); lang == messages.German {
			c.Queries[i].Answer = said
		}
	}
	if n := len(c.Queries) - maxQueries; n > 0 {
		c.Queries, c.MoreDNS = c.Queries[:maxQueries], n
	}
}

// dialogs takes the SMTP dialogs that are about the mail, or show the failure, or else the last ones.
func (d *dossier) dialogs(c *Card, t messages.Text) {
	all := d.course.Sessions()
	var about []course.Session
	for _, s := range all {
		if slices.ContainsFunc(s.Lines, func(l course.Line) bool {
			return course.About(l.Msg, d.Nonce) || slices.Contains(d.Focus, l.Event)
		}) {
			about = append(about, s)
		}
	}
	if len(about) == 0 {
		about = all[max(0, len(all)-3):]
	}
	var day calendar
	for _, s := range about {
		for i, l := range s.Lines {
			if len(c.Dialogs) == maxDialogLines {
				c.MoreLines++
				continue
			}
			line := DialogLine{At: day.stamp(l.At), Session: s.Name, Said: l.Said, Reply: l.Reply, First: i == 0, Failing: slices.Contains(d.Focus, l.Event) && l.Reply != "250"}
			if l.Msg != nil && l.Said == "DATA" {
				line.Said = t.Say("card.data", "n", l.Msg.Size)
			}
			c.Dialogs = append(c.Dialogs, line)
		}
	}
}

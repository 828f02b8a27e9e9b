package reports

import (
	"path/filepath"
	"strings"

	"demailbench/features/check"
	"demailbench/features/evidence"
	"demailbench/reports/course"
	"demailbench/reports/diagram"
	"demailbench/sim/record"
)

// dossier is one scenario with its evidence, as cards and files need it.
type dossier struct {
	sc *Scenario
	// dir is the scenario's directory as a slash path below the run's.
	dir string
	// course is nil when there is no evidence; broken says why.
	course *course.Course
	broken error

	// main is the finding that decided, nil when none did; expectation is what it is about, assumed tells
	// whether it is a precondition, clause is the event in which the step named it.
	main        *check.Finding
	expectation check.Expectation
	assumed     bool
	clause      int
	// focus are the events that show the failure, nonce the mail that it is about.
	focus []int
	nonce string
	legs  []course.Leg
}

// Limits of drawings: a page shows fewer rows than a file.
const (
	rowsOnPage = 44
	rowsInFile = 300
)

// dirOf returns the directory of a scenario as a slash path below the run's.
func dirOf(id string) string { return "scenarios/" + anchor(id) }

// anchor is a scenario's id as the name of a directory and of a place on the page.
func anchor(id string) string { return strings.ReplaceAll(id, "/", ".") }

// newDossier loads the evidence of sc below root.
func newDossier(root string, sc *Scenario) *dossier {
	d := &dossier{sc: sc, dir: dirOf(sc.ID)}
	if sc.Verdict == check.NotRun {
		return d
	}
	c, err := evidence.Open(filepath.Join(root, filepath.FromSlash(d.dir)))
	if err != nil {
		d.broken = err
	} else {
		d.course = course.New(c.Events, c.Scene)
	}
	d.decide()
	return d
}

// decide finds the deciding finding, what it is about and where the record shows it.
func (d *dossier) decide() {
	at := -1
	for i, f := range d.sc.Findings {
		if !f.OK && (f.Verdict == d.sc.Verdict || at < 0 && d.sc.Verdict != check.Pass) {
			at = i
			if f.Verdict == d.sc.Verdict {
				break
			}
		}
	}
	if at >= 0 {
		d.main = &d.sc.Findings[at]
	}
	if d.course == nil {
		return
	}
	order, clauses, nonces := inJudgesOrder(d.course.Events)
	d.nonce = nonces[len(nonces)-1]
	if at >= 0 && at < len(order) && string(order[at].Kind) == d.main.Rule {
		d.expectation, d.clause, d.nonce = order[at], clauses[at], nonces[at]
		d.assumed = order[at].Assume
	}
	d.point()
}

// inJudgesOrder returns the expectations as the judge takes them, assumptions first, with the events that
// hold them and the mail that each is about: its own or the one before. The last nonce is that of the last
// mail of all.
func inJudgesOrder(events []record.Event) (xs []check.Expectation, clauses []int, nonces []string) {
	all, err := check.Expectations(events)
	last := ""
	if err != nil {
		return nil, nil, []string{last}
	}
	var seqs []int
	for _, e := range events {
		if e.Kind == record.Clause {
			seqs = append(seqs, e.Seq)
		}
	}
	about := make([]string, len(all))
	for i, x := range all {
		if x.Nonce != "" {
			last = x.Nonce
		}
		about[i] = last
	}
	for _, assumed := range []bool{true, false} {
		for i, x := range all {
			if x.Assume == assumed {
				xs, clauses, nonces = append(xs, x), append(clauses, seqs[i]), append(nonces, about[i])
			}
		}
	}
	return xs, clauses, append(nonces, last)
}

// point finds the events to mark and the way of the mail up to them. What is missing has no event of its
// own: then the mark is where it was expected.
func (d *dossier) point() {
	if d.main == nil {
		d.legs = d.course.Way(d.nonce, 0, false)
		return
	}
	until := d.main.Event
	if until == 0 || until > len(d.course.Events) || d.how() == "never" {
		until = d.clause
	}
	if until > 0 {
		d.focus = []int{until}
	}
	until = d.delivery(until)
	related := d.main.Rule != string(check.Delivered) && d.main.Rule != string(check.Unchanged) && d.main.Rule != string(check.Rejected)
	if d.main.Rule == ruleUnclaimed && d.main.Event > 0 {
		related = false
	}
	d.legs = d.course.Way(d.nonce, until, false)
	if related && len(d.legs) == 0 {
		d.legs = d.course.Way(d.nonce, until, true)
	}
}

// delivery returns the event in which a server accepted what event n shows in a mailbox, or n itself:
// servers store first and answer then.
func (d *dossier) delivery(n int) int {
	if n == 0 || n > len(d.course.Events) {
		return n
	}
	at := d.course.Events[n-1]
	for _, e := range d.course.Events[n:] {
		if at.Kind != record.Stored || e.At.Sub(at.At).Seconds() > 1 {
			break
		}
		if e.Kind == record.Accepted && e.Who == at.Who && e.Msg.Body == at.Msg.Body {
			return e.Seq
		}
	}
	return n
}

// how tells in which way the deciding finding's expectation was broken: "never", "more" or "other".
func (d *dossier) how() string {
	o := d.main.Observed
	switch {
	case strings.HasPrefix(o, "it is there never"), strings.HasPrefix(o, "it is not there"), strings.HasPrefix(o, "it was not refused"):
		return "never"
	case strings.HasPrefix(o, "it is there"):
		return "more"
	}
	return "other"
}

// drawings returns both diagrams with at most limit rows.
func (d *dossier) drawings(how diagram.Drawing, limit int) (sequence, topology string) {
	if d.course == nil {
		return "", ""
	}
	rows := d.course.Rows(d.focus, limit)
	id := how.ID
	how.ID = id + "-seq"
	sequence = how.Sequence(d.course, rows)
	how.ID = id + "-top"
	return sequence, how.Topology(d.course, rows, d.legs)
}

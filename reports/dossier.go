package reports

import (
	"path/filepath"
	"strings"

	"demailbench/features/check"
	"demailbench/reports/course"
	"demailbench/reports/diagram"
	"demailbench/reports/failure"
)

// dossier is one scenario with its evidence, as cards and files need it.
type dossier struct {
	sc *Scenario
	// dir is the scenario's directory as a slash path below the run's.
	dir string
	// course is nil when there is no evidence; broken says why.
	course *course.Course
	broken error
	*failure.Failure
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
	if sc.Verdict != check.NotRun {
		d.course, d.broken = course.Open(filepath.Join(root, filepath.FromSlash(d.dir)))
	}
	d.Failure = failure.Of(sc.Verdict, sc.Reason, sc.Findings, d.course)
	return d
}

// drawings returns both diagrams with at most limit rows.
func (d *dossier) drawings(how diagram.Drawing, limit int) (sequence, topology string) {
	if d.course == nil {
		return "", ""
	}
	rows := d.course.Rows(d.Focus, limit)
	id := how.ID
	how.ID = id + "-seq"
	sequence = how.Sequence(d.course, rows)
	how.ID = id + "-top"
	return sequence, how.Topology(d.course, rows, d.Legs)
}

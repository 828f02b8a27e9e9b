package mutant

import (
	"fmt"
	"strings"
)

// Count is how many mutants had which outcome.
type Count struct {
	Killed, Tolerated, Survived, Unmeasurable int
	// Gross are those killed that prove little; they are among Killed.
	Gross int
}

// Measurable are those that had to be killed.
func (c Count) Measurable() int { return c.Killed + c.Survived }

// Total is all of them.
func (c Count) Total() int { return c.Killed + c.Tolerated + c.Survived + c.Unmeasurable }

// Counts counts the reports for which keep holds.
func Counts(reports []Report, keep func(Report) bool) (c Count) {
	for _, r := range reports {
		if !keep(r) {
			continue
		}
		switch r.Outcome {
		case Killed:
			c.Killed++
		case Tolerated:
			c.Tolerated++
		case Survived:
			c.Survived++
		default:
			c.Unmeasurable++
		}
		if r.Gross {
			c.Gross++
		}
	}
	return c
}

// All keeps every report of a gateway; mutants of the world are counted apart.
func All(r Report) bool { return r.Family != World }

// Table is the table of families and outcomes in Markdown.
func Table(reports []Report, date, commit string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| family | mutants | killed | gross | tolerated | survived | unmeasurable |\n|---|---|---|---|---|---|---|\n")
	row := func(name string, c Count) {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d |\n", name, c.Total(), c.Killed, c.Gross, c.Tolerated, c.Survived, c.Unmeasurable)
	}
	for _, f := range Families {
		if f != World {
			row(string(f), Counts(reports, func(r Report) bool { return r.Family == f }))
		}
	}
	all := Counts(reports, All)
	row("**gateways**", all)
	row("of these severity C", Counts(reports, func(r Report) bool { return r.Severity == C && All(r) }))
	row("**the world's parts**", Counts(reports, func(r Report) bool { return r.Family == World }))
	critical := Counts(reports, func(r Report) bool { return r.Severity == C && All(r) })
	fmt.Fprintf(&b, "\nMeasurable mutants killed: %s; of severity C %s. %s, commit %s.\n", share(all), share(critical), date, commit)
	return b.String()
}

func share(c Count) string {
	if c.Measurable() == 0 {
		return "none measured"
	}
	return fmt.Sprintf("%d of %d (%.1f %%)", c.Killed, c.Measurable(), 100*float64(c.Killed)/float64(c.Measurable()))
}

// Markers between which the table stands in a document.
const (
	Begin = "<!-- mutants: written by make mutants -->"
	End   = "<!-- mutants end -->"
)

// Insert puts a table between the markers of a document.
func Insert(document, table string) (string, error) {
	i, j := strings.Index(document, Begin), strings.Index(document, End)
	if i < 0 || j < i {
		return "", fmt.Errorf("the document has no lines %q and %q, one after the other: add them where the table is to stand", Begin, End)
	}
	return document[:i+len(Begin)] + "\n" + table + document[j:], nil
}

package check

import (
	"slices"

	"demailbench/features/check/deed"
)

// deeds judges what people did at the administration.
func (c *Case) deeds(x Expectation) Finding {
	book := deed.Book(c.Events)
	var d deed.Finding
	switch x.Kind {
	case Operated:
		d = book.Ended(x.Name, x.Text, x.Rule)
	case Answered:
		d = book.Answered(x.Name, x.Contains)
	case Listed:
		d = book.Listed(x.Name, x.Contains, x.Not)
	case Audited:
		d = book.Audited(x.Name, x.Event)
	}
	return found(d)
}

// found makes a finding of what a deed is found to be.
func found(d deed.Finding) Finding {
	f := Finding{OK: d.OK, Expected: d.Expected, Observed: d.Observed, Event: d.Event}
	switch {
	case d.Broken:
		f.Verdict = Error
	case d.Doubt:
		f.Verdict = Review
	}
	return f
}

// mapping is the mapping as planned, and what people have added to it.
func (c *Case) mapping() map[string][]string { return deed.Book(c.Events).Mapped(c.Scene.Mapping) }

// unjudged finds the operations that a step asked for and that no expectation speaks of: of them nothing was shown.
func (c *Case) unjudged(xs []Expectation) []Finding {
	var out []Finding
	for _, e := range deed.Book(c.Events).Asked() {
		if !slices.ContainsFunc(xs, func(x Expectation) bool { return x.Name == e.Session }) {
			out = append(out, Finding{Verdict: Inconclusive, Rule: "operation without expectation", Event: e.Seq, Expected: "a step that says how " + e.Name + " ends", Observed: deed.Told(e)})
		}
	}
	return out
}

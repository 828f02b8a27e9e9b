package check

import (
	"maps"
	"slices"

	"demailbench/features/check/deed"
	"demailbench/sim/record"
)

// found makes a finding of what a deed is found to be.
func found(d deed.Finding) Finding {
	f := Finding{OK: d.OK, Expected: d.Expected, Observed: d.Observed, Event: d.Event, Missing: d.Missing}
	switch {
	case d.Broken:
		f.Verdict = Error
	case d.Doubt:
		f.Verdict = Review
	}
	return f
}

func (c *Case) operated(x Expectation) Finding {
	return found(deed.Book(c.Events).Ended(x.Name, x.Text, x.Rule))
}

func (c *Case) answered(x Expectation) Finding {
	return found(deed.Book(c.Events).Answered(x.Name, x.Contains))
}

func (c *Case) listed(x Expectation) Finding {
	return found(deed.Book(c.Events).Listed(x.Name, x.Contains, x.Not))
}

func (c *Case) audited(x Expectation) Finding {
	return found(deed.Book(c.Events).Audited(x.Name, x.Event))
}

// mapping is the mapping as planned, and what people have added to it. It is worked out once for the record as it
// stands: reading every operation again for every message would take hours where thousands administer.
func (c *Case) mapping() map[string][]string {
	if c.mapped.rows != nil && c.mapped.events == len(c.Events) {
		return c.mapped.rows
	}
	all := map[string][]string{}
	maps.Copy(all, c.Scene.Mapping)
	for demail, mails := range deed.Book(c.Events).Mapped() {
		all[demail] = slices.Concat(all[demail], mails)
	}
	c.mapped.rows, c.mapped.events = all, len(c.Events)
	return all
}

// unjudged finds the operations that a step asked for and that no expectation speaks of: of them nothing was shown.
func (c *Case) unjudged(xs []Expectation) []Finding {
	var out []Finding
	for _, e := range c.Events {
		if e.Kind == record.Operation && e.Type != deed.SetUp && e.Text != deed.Unsupported && !slices.ContainsFunc(xs, func(x Expectation) bool { return x.Name == e.Session }) {
			out = append(out, Finding{Verdict: Inconclusive, Rule: "operation without expectation", Event: e.Seq, Expected: "a step that says how " + e.Name + " ends", Observed: deed.Told(e)})
		}
	}
	return out
}

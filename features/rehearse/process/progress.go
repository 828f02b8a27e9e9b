package process

import (
	"fmt"
	"slices"
	"strings"
)

// Progress is one way through a process. Alternative is "A" or "B"; the steps of the other one do not belong to it.
type Progress struct {
	Process     *Process
	Alternative string

	done  map[string]bool
	state string
	// Cycles is how often a decision has led back.
	Cycles int
}

// Begin begins a process.
func (p *Process) Begin(alternative string) *Progress {
	return &Progress{Process: p, Alternative: alternative, done: map[string]bool{}}
}

// OutOfOrder says why a step cannot be done: what is missing, and by its office who owes it.
type OutOfOrder struct {
	Step    Step
	Missing []Step
}

// Error names the missing steps with their offices.
func (o *OutOfOrder) Error() string { return o.Text(false) }

// Text is the error in a language.
func (o *OutOfOrder) Text(german bool) string {
	var parts []string
	for _, m := range o.Missing {
		parts = append(parts, fmt.Sprintf("%s (%s): %s", m.ID, m.Office, m.Sentence(german)))
	}
	if german {
		return fmt.Sprintf("Schritt %s ist noch nicht möglich; zuvor fehlt: %s", o.Step.ID, strings.Join(parts, " "))
	}
	return fmt.Sprintf("step %s cannot be done yet; before it is missing: %s", o.Step.ID, strings.Join(parts, " "))
}

// Do does a step; yes is the answer of a decision and means nothing for others. A decision that says no undoes
// everything from the step on to which it leads back. The error is an *OutOfOrder, or says that there is no such step.
func (g *Progress) Do(id string, yes bool) error {
	s, ok := g.Process.Step(id)
	if !ok || !g.belongs(s) {
		return fmt.Errorf("process %s, alternative %q, has no step %q", g.Process.ID, g.Alternative, id)
	}
	if missing := g.missing(s); len(missing) > 0 {
		return &OutOfOrder{s, missing}
	}
	if s.BackTo != "" && !yes {
		g.back(s.BackTo)
		return nil
	}
	g.done[id] = true
	if s.State != "" {
		g.state = s.State
	}
	return nil
}

func (g *Progress) belongs(s Step) bool { return s.Alternative == "" || s.Alternative == g.Alternative }

// missing are the steps that come first and are not done. Of several ways it is the one of this alternative.
func (g *Progress) missing(s Step) (list []Step) {
	for _, group := range s.After {
		var open []Step
		met := false
		for _, id := range strings.Split(group, "|") {
			before, _ := g.Process.Step(id)
			met = met || g.done[id]
			if g.belongs(before) {
				open = append(open, before)
			}
		}
		if !met && len(open) > 0 {
			list = append(list, open[0])
		}
	}
	return list
}

// back undoes a step and all after it in the order of the source.
func (g *Progress) back(to string) {
	g.Cycles++
	from := slices.IndexFunc(g.Process.Steps, func(s Step) bool { return s.ID == to })
	g.state = ""
	for i, s := range g.Process.Steps {
		switch {
		case i >= from:
			delete(g.done, s.ID)
		case g.done[s.ID] && s.State != "":
			g.state = s.State
		}
	}
}

// State is the state that the last step has led to, empty before the first.
func (g *Progress) State() string { return g.state }

// Next are the steps that can be done now.
func (g *Progress) Next() (list []Step) {
	for _, s := range g.Process.Steps {
		if g.belongs(s) && !g.done[s.ID] && len(g.missing(s)) == 0 {
			list = append(list, s)
		}
	}
	return list
}

// Ended reports whether everything of this alternative is done.
func (g *Progress) Ended() bool {
	return !slices.ContainsFunc(g.Process.Steps, func(s Step) bool { return g.belongs(s) && !g.done[s.ID] })
}

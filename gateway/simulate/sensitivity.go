package simulate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"demailbench/gateway/simulate/operation"
)

// Factor is one change of an operation, in words.
type Factor struct{ English, German string }

// Effect is what one factor changes, with the same chance as without it.
type Effect struct {
	Factor
	Years, Months, Weeks Share
}

type variant struct {
	factor Factor
	model  *operation.Model
}

// variants are the model with one factor changed at a time: failures, repairs, nodes, service hours, maintenance,
// notices, foreign disturbances, evidence.
func variants(m *operation.Model) []variant {
	var out []variant
	add := func(english, german string, change func(*operation.Model)) {
		c := *m
		c.Components, c.Outside, c.Maintenance = slices.Clone(m.Components), slices.Clone(m.Outside), slices.Clone(m.Maintenance)
		change(&c)
		out = append(out, variant{Factor{english, german}, &c})
	}
	for i, c := range m.Components {
		add(c.Name+": half as many failures", c.Name+": halb so viele Ausfälle", func(m *operation.Model) { m.Components[i].Failure.Scale *= 2 })
		add(c.Name+": twice as many failures", c.Name+": doppelt so viele Ausfälle", func(m *operation.Model) { m.Components[i].Failure.Scale /= 2 })
		add(c.Name+": repaired in half the time", c.Name+": in halber Zeit repariert", func(m *operation.Model) { m.Components[i].Repair.Scale /= 2 })
		add(c.Name+": repaired in twice the time", c.Name+": in doppelter Zeit repariert", func(m *operation.Model) { m.Components[i].Repair.Scale *= 2 })
		add(c.Name+": one node more", c.Name+": ein Knoten mehr", func(m *operation.Model) { m.Components[i].Nodes++ })
		if c.ServiceHours {
			add(c.Name+": repaired at any hour", c.Name+": Reparatur rund um die Uhr", func(m *operation.Model) { m.Components[i].ServiceHours = false })
		} else {
			add(c.Name+": repaired in service hours only", c.Name+": Reparatur nur in der Dienstzeit", func(m *operation.Model) { m.Components[i].ServiceHours = true })
		}
	}
	maintenanceVariants(m, add)
	for i, o := range m.Outside {
		add(o.Name+": half as many disturbances", o.Name+": halb so viele Störungen", func(m *operation.Model) { m.Outside[i].Failure.Scale *= 2 })
		add(o.Name+": always with evidence", o.Name+": stets mit Beleg", func(m *operation.Model) { m.Outside[i].Evidence = 1 })
		add(o.Name+": never with evidence", o.Name+": nie mit Beleg", func(m *operation.Model) { m.Outside[i].Evidence = 0 })
	}
	return out
}

func maintenanceVariants(m *operation.Model, add func(english, german string, change func(*operation.Model))) {
	for i, w := range m.Maintenance {
		add(w.Name+": half the time", w.Name+": halbe Dauer", func(m *operation.Model) { m.Maintenance[i].Duration.Scale /= 2 })
		add(w.Name+": twice the time", w.Name+": doppelte Dauer", func(m *operation.Model) { m.Maintenance[i].Duration.Scale *= 2 })
		if w.Forgotten > 0 {
			add(w.Name+": notice never forgotten", w.Name+": Ankündigung nie vergessen", func(m *operation.Model) { m.Maintenance[i].Forgotten = 0 })
		}
		add(w.Name+": never announced", w.Name+": nie angekündigt", func(m *operation.Model) { m.Maintenance[i].Forgotten = 1 })
		if c := m.Components[w.Component]; c.Nodes > c.Needed && !w.Rolling {
			add(w.Name+": one node after the other", w.Name+": Knoten für Knoten", func(m *operation.Model) { m.Maintenance[i].Rolling = true })
		}
	}
}

// sortEffects puts the strongest effect on the year first.
func sortEffects(list []Effect, base Share) {
	slices.SortStableFunc(list, func(a, b Effect) int {
		strength := func(e Effect) int64 { return int64(math.Abs(float64(e.Years.Kept - base.Kept))) }
		return cmp.Compare(strength(b), strength(a))
	})
}

// text writes what the factor does to the probability of a good year.
func (e Effect) text(base Share, name, point string) string {
	return fmt.Sprintf("%s (%s → %s)", name, percent(base, point), percent(e.Years, point))
}

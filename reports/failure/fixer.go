package failure

import (
	"strings"

	"demailbench/features/check"
	"demailbench/reports/course"
	"demailbench/sim/record"
)

// Who usually fixes a failure.
const (
	Gateway      = "gateway"
	Municipality = "municipality"
	Provider     = "provider"
	Network      = "network"
	// Operator is who runs the gateway as a service.
	Operator = "operator"
	// Bench is the test bench: the gateway was not judged.
	Bench = "bench"
)

// Everybody lists them in the order in which a page names them.
var Everybody = []string{Municipality, Gateway, Operator, Provider, Network, Bench}

// Reading is a first reading of who has to fix something: a hint for the person who calls somebody at
// once, never part of a verdict.
type Reading struct {
	// Who is one of the constants.
	Who string
	// Key and Args are the message that says why.
	Key  string
	Args []any
}

// The rules that hold in every scenario, as the judge names them.
const (
	ruleUnclaimed = "unclaimed message"
	ruleStray     = "stray connection"
	ruleClear     = "clear text"
)

// blamed are the rules that only the gateway under test can break, whatever the world does: it sent what
// it must not send.
var blamed = map[string]bool{
	string(check.Nowhere): true, string(check.Encrypted): true, string(check.Hidden): true, string(check.Tries): true,
	string(check.Unchanged): true, ruleUnclaimed: true, ruleStray: true, ruleClear: true, "gateway ended": true, "gateway overdue": true,
}

// Fixer reads from the record who usually fixes it. A missing row of the communication matrix and a refusal
// that names a tenant's setting prove themselves. Else, where the record does not leave the gateway alone as
// the cause, the ledger's word about the broken statement, when it has one, goes first: it returns one of
// the constants or "", and may be nil.
func (f *Failure) Fixer(ledger func(id string) string) Reading {
	stop := f.stop()
	switch {
	case f.verdict == check.Error || f.Assumed:
		return Reading{Bench, "fixer.why.bench", nil}
	case f.Main == nil:
		return Reading{Gateway, "fixer.why.nothing", nil}
	case blamed[f.Main.Rule]:
		return Reading{Gateway, "fixer.why.rule", nil}
	case f.Main.Rule != string(check.Dropped) && f.staged(stop):
		return Reading{Gateway, "fixer.why.staged", nil}
	}
	if r, ok := f.ordered(stop); ok {
		return r
	}
	if ledger != nil {
		for _, id := range f.Main.Requirements {
			if who := ledger(id); who != "" {
				return Reading{who, "fixer.why.ledger", []any{"id", id}}
			}
		}
	}
	switch {
	case f.Main.Rule == string(check.Dropped):
		return Reading{Network, "fixer.why.event", []any{"hop", f.Expectation.Who}}
	case stop != nil:
		return Reading{f.keeper(stop.Stop, stop.Key), "fixer.why.stop", []any{"hop", stop.Stop}}
	case f.course != nil && f.Main.Event > 0 && f.Main.Event <= len(f.course.Events):
		who := f.answerer(f.course.Events[f.Main.Event-1])
		return Reading{f.keeper(who, ""), "fixer.why.event", []any{"hop", who}}
	}
	return Reading{Gateway, "fixer.why.nothing", nil}
}

// settings are what a gateway says when it refuses by a tenant's own order and not by a defect (S1-165, S1-166).
var settings = []string{"domain is send-only", "domain is receive-only"}

// ordered reads from the leg at which the mail stopped what somebody has yet to order: a row of the
// communication matrix, because no row but the router's policy dropped it on the way to or from a tenant, or
// another direction of a domain. It tells whether there is such a thing.
func (f *Failure) ordered(stop *course.Leg) (Reading, bool) {
	if stop == nil || f.Main.Rule == string(check.Dropped) || stop.Event < 1 || stop.Event > len(f.course.Events) {
		return Reading{}, false
	}
	e := f.course.Events[stop.Event-1]
	switch stop.Key {
	case "stop.matrix":
		to := f.course.Host(e.Who, e.Remote)
		if !strings.HasPrefix(e.Rule, "default") || to == f.course.Scene.Provider {
			return Reading{}, false
		}
		return Reading{Municipality, "fixer.why.enabling", []any{"hop", stop.Stop, "target", e.Remote}}, true
	case "stop.refused":
		for _, said := range settings {
			if stop.Stop == f.course.Scene.Gateway && strings.Contains(e.Text, said) {
				return Reading{Municipality, "fixer.why.setting", []any{"said", said}}, true
			}
		}
	}
	return Reading{}, false
}

// stop returns the leg at which the mail stopped, or nil.
func (f *Failure) stop() *course.Leg {
	for i := range f.Legs {
		if f.Legs[i].Stopped {
			return &f.Legs[i]
		}
	}
	return nil
}

// staged tells whether an impairment of the bench was in force when the mail stopped or, without a stop, at
// any time.
func (f *Failure) staged(stop *course.Leg) bool {
	if f.course == nil {
		return false
	}
	active, ever := 0, false
	for _, e := range f.course.Events {
		if stop != nil && e.Seq > stop.Event {
			break
		}
		switch {
		case e.Kind == record.Fault && e.Text == "begin":
			active++
			ever = true
		case e.Kind == record.Fault:
			active--
		}
	}
	return active > 0 || stop == nil && ever
}

// keeper names who keeps the party at which something stopped.
func (f *Failure) keeper(who, key string) string {
	scene := f.course.Scene
	switch {
	case key == "stop.silent" || key == "stop.query" || !f.course.IsHost(who):
		return Network
	case who == scene.Gateway:
		return Gateway
	case strings.HasPrefix(f.course.Zone(who), "tenant"):
		return Municipality
	case who == scene.Provider:
		return Provider
	}
	return Gateway
}

// answerer is the party that decided what event e shows: the server that answered, the router that dropped;
// what lies in a mailbox too often or altered was put there by who delivered it, the gateway.
func (f *Failure) answerer(e record.Event) string {
	switch e.Kind {
	case record.Sent, record.Rejected:
		return f.course.Host(e.Who, e.Remote)
	case record.Stored, record.Accepted:
		return f.course.Scene.Gateway
	}
	return e.Who
}

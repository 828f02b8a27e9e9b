package reports

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
	Bench        = "bench"
)

// reading is a first reading of who has to fix something: a hint for the person who calls somebody at
// once, never part of a verdict.
type reading struct {
	// Who is one of the constants.
	Who string
	// Key and Args are the message that says why.
	Key  string
	Args []any
}

// blamed are the rules that only the gateway under test can break, whatever the world does: it sent what
// it must not send.
var blamed = map[string]bool{
	string(check.Nowhere): true, string(check.Encrypted): true, string(check.Hidden): true, string(check.Tries): true,
	string(check.Unchanged): true, ruleUnclaimed: true, ruleStray: true, ruleClear: true,
}

// The rules that hold in every scenario, as the judge names them.
const (
	ruleUnclaimed = "unclaimed message"
	ruleStray     = "stray connection"
	ruleClear     = "clear text"
)

// read derives who usually fixes finding f of scenario sc. The ledger's word, when it has one, goes first.
func (d *dossier) read(ledger func(id string) string) reading {
	f := d.main
	switch {
	case d.sc.Verdict == check.Error || f != nil && d.assumed:
		return reading{Bench, "fixer.why.bench", nil}
	case f == nil:
		return reading{Gateway, "fixer.why.nothing", nil}
	}
	if ledger != nil {
		for _, id := range f.Requirements {
			if who := ledger(id); who != "" {
				return reading{who, "fixer.why.ledger", []any{"id", id}}
			}
		}
	}
	switch stop := d.stop(); {
	case f.Rule == string(check.Dropped):
		return reading{Network, "fixer.why.event", []any{"hop", orDash(d.expectation.Who)}}
	case blamed[f.Rule]:
		return reading{Gateway, "fixer.why.rule", nil}
	case d.staged(stop):
		return reading{Gateway, "fixer.why.staged", nil}
	case stop != nil:
		return reading{d.keeper(stop.Stop, stop.Key), "fixer.why.stop", []any{"hop", stop.Stop}}
	case f.Event > 0 && d.course != nil:
		who := d.answerer(d.course.Events[f.Event-1])
		return reading{d.keeper(who, ""), "fixer.why.event", []any{"hop", who}}
	}
	return reading{Gateway, "fixer.why.nothing", nil}
}

// stop returns the leg at which the mail stopped, or nil.
func (d *dossier) stop() *course.Leg {
	for i := range d.legs {
		if d.legs[i].Stopped {
			return &d.legs[i]
		}
	}
	return nil
}

// staged tells whether an impairment of the bench was in force when the mail stopped or, without a stop, at
// any time.
func (d *dossier) staged(stop *course.Leg) bool {
	if d.course == nil {
		return false
	}
	active, ever := 0, false
	for _, e := range d.course.Events {
		if stop != nil && e.Seq > stop.Event {
			break
		}
		if e.Kind == record.Fault && e.Text == "begin" {
			active++
			ever = true
		} else if e.Kind == record.Fault {
			active--
		}
	}
	return active > 0 || stop == nil && ever
}

// keeper names who keeps the party at which something stopped.
func (d *dossier) keeper(who, key string) string {
	zone := d.course.Zone(who)
	scene := d.course.Scene
	switch {
	case key == "stop.silent" || key == "stop.query" || !d.course.IsHost(who):
		return Network
	case who == scene.Gateway:
		return Gateway
	case strings.HasPrefix(zone, "tenant"):
		return Municipality
	case who == scene.Provider:
		return Provider
	}
	return Gateway
}

// answerer is the party that decided what event e shows: the server that answered, the router that dropped.
func (d *dossier) answerer(e record.Event) string {
	switch e.Kind {
	case record.Sent, record.Rejected:
		return d.course.Host(e.Who, e.Remote)
	case record.Stored, record.Accepted:
		// What lies in a mailbox too often or altered was put there by who delivered it.
		return d.course.Scene.Gateway
	}
	return e.Who
}

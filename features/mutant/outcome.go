package mutant

import (
	"fmt"

	"demailbench/features/check"
)

// Outcome is what became of a mutant.
type Outcome string

const (
	// Killed: a scenario that carries a statement which the mutant breaks fails.
	Killed Outcome = "killed"
	// Tolerated: no scenario fails, as it must be where the source leaves the choice, or they only warn.
	Tolerated Outcome = "tolerated"
	// Survived: no scenario of its statements fails.
	Survived Outcome = "survived"
	// Unmeasurable: the bench has no means to see the fault, or came to no verdict.
	Unmeasurable Outcome = "unmeasurable"
)

// Outcomes are all of them in the order of tables.
var Outcomes = []Outcome{Killed, Tolerated, Survived, Unmeasurable}

// Result is what one scenario said of a mutant.
type Result struct {
	Scenario string
	// Statements are those that the scenario carries.
	Statements []string
	Verdict    check.Verdict
	Reason     string
}

// Seen is what was observed of one mutant.
type Seen struct {
	// Own are the results of the scenarios that carry its statements, in the order run, up to the first failure.
	Own []Result
	// Others are results of other scenarios, as far as they were run.
	Others []Result
	// Late is set when the mutant took more time than it was given.
	Late bool
}

// Report is the outcome for one mutant.
type Report struct {
	Mutant
	Outcome Outcome
	// KilledBy is the scenario that failed.
	KilledBy string
	// Gross is set for a killed mutant that more than half of the suite fails: it proves little.
	Gross bool
	// Noticed is the first scenario without its statements that fails a mutant which survived: either the mutant
	// or the scenario names the wrong statements.
	Noticed string
	// Why explains an outcome other than killed.
	Why string
}

// String is the report in one line.
func (r Report) String() string {
	note := r.KilledBy
	if r.Outcome != Killed {
		note = r.Why
	}
	if r.Noticed != "" {
		note += "; noticed by " + r.Noticed
	}
	if r.Gross {
		note += " (gross)"
	}
	return fmt.Sprintf("%-12s %s %s: %s", r.Outcome, r.Severity, r.ID, note)
}

// Judge draws the outcome from what was seen.
func Judge(m Mutant, s Seen) Report {
	r := Report{Mutant: m}
	warned, settled := "", 0
	why := ""
	for _, o := range s.Own {
		switch v := o.Verdict; {
		case m.fatal(v):
			r.Outcome, r.KilledBy, r.Gross = Killed, o.Scenario, gross(s)
			return r
		case v == check.Warn, v == check.Review:
			warned = o.Scenario
			settled++
		case v.Settled():
			settled++
		default:
			why = o.Scenario + ": " + o.Reason
		}
	}
	switch {
	case m.Tolerated != "":
		r.Outcome, r.Why = Tolerated, m.Tolerated
		return r
	case warned != "":
		r.Outcome, r.Why = Tolerated, warned+" only warns"
		return r
	case m.Unmeasurable != "":
		r.Outcome, r.Why = Unmeasurable, m.Unmeasurable
		return r
	case len(s.Own) > 0 && settled == 0:
		r.Outcome, r.Why = Unmeasurable, "no scenario came to a verdict; "+why
		return r
	}
	r.Outcome, r.Why = Survived, "no scenario of its statements failed"
	switch {
	case len(s.Own) == 0:
		r.Why = "no scenario carries its statements"
	case s.Late:
		r.Why = "it took longer than it was given before a scenario failed"
	}
	for _, o := range s.Others {
		if m.fatal(o.Verdict) {
			r.Noticed = o.Scenario
			break
		}
	}
	return r
}

// fatal reports whether a verdict kills: a gateway only by failing, a world also when the bench finds that it
// cannot judge in it.
func (m Mutant) fatal(v check.Verdict) bool {
	return v == check.Fail || m.Family == World && (v == check.Inconclusive || v == check.Blocked || v == check.Error)
}

// Fatal reports whether r kills m.
func (m Mutant) Fatal(r Result) bool { return m.fatal(r.Verdict) }

// gross reports whether more than half of the other scenarios that were run fail.
func gross(s Seen) bool {
	bad := 0
	for _, o := range s.Others {
		if o.Verdict == check.Fail || o.Verdict == check.Error {
			bad++
		}
	}
	return 2*bad > len(s.Others) && len(s.Others) >= Sample
}

// Sample is how many other scenarios are run before a mutant is called gross; they are spread evenly over the suite.
const Sample = 24

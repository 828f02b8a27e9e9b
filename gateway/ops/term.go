package ops

import "time"

// Term is how long the pilot runs (D23). Days are inclusive.
type Term struct {
	// Begin is the first day of enrolment, Conditions the last of the price conditions (S1), End the last day of
	// service (S0-057), Latest the last day to which it can be extended (S0-058).
	Begin, Conditions, End, Latest Day
	// Enforced is false for the service after the pilot: Phase is then always TermRunning (D29).
	Enforced bool
}

// DefaultTerm is 2014-08-15 to 2016-08-31, conditions to 2016-08-14, extension at most to 2017-04-30 (D23).
func DefaultTerm() Term {
	return Term{Day{2014, time.August, 15}, Day{2016, time.August, 14}, Day{2016, time.August, 31}, Day{2017, time.April, 30}, true}
}

// TermPhase is where an instant lies in the term.
type TermPhase string

const (
	// TermAhead: no enrolment yet.
	TermAhead TermPhase = "ahead"
	// TermRunning: service.
	TermRunning TermPhase = "running"
	// TermOver: submission is refused, the queue drained, inbound stays at the DMDA (D23).
	TermOver TermPhase = "over"
)

// Phase is the phase at t: the service begins at 0:00 of Begin and ends at 24:00 of End, Berlin time.
func (t Term) Phase(at time.Time) TermPhase {
	switch {
	case !t.Enforced:
		return TermRunning
	case at.Before(t.Begin.At(0)):
		return TermAhead
	case at.Before(t.End.Add(1).At(0)):
		return TermRunning
	}
	return TermOver
}

// Extend moves the end of service. It is refused beyond Latest (S0-058) and for an earlier day than End; the error
// is a *Fault.
func (t Term) Extend(to Day) (Term, error) {
	switch {
	case t.Latest.Before(to):
		return t, &Fault{Field: "end", Value: to.String(), Problem: "is after " + t.Latest.String() + ", when the pilot ends at the latest (S0-058)", Fix: "choose an earlier day"}
	case to.Before(t.End):
		return t, &Fault{Field: "end", Value: to.String(), Problem: "is before the present end, " + t.End.String(), Fix: "an extension moves the end to a later day"}
	}
	t.End = to
	return t, nil
}

// Shift moves the term so that today lies as many days after its beginning as half the term is long, and returns
// the offset in days for the report (D29, world.epoch: today). Holidays are not shifted: calendar rules use true
// dates.
func (t Term) Shift(today Day) (Term, int) {
	half := int(t.End.utc().Sub(t.Begin.utc()).Hours()) / 48
	days := int(today.utc().Sub(t.Begin.Add(half).utc()).Hours() / 24)
	t.Begin, t.Conditions, t.End, t.Latest = t.Begin.Add(days), t.Conditions.Add(days), t.End.Add(days), t.Latest.Add(days)
	return t, days
}

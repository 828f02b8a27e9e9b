package office

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"demailbench/features/check"
	"demailbench/features/sut/contract"
)

// Plan lets the operator plan work from some time on, for d, that concerns these tenants, none: all.
func (f *Office) Plan(when string, d time.Duration, impact string, tenants ...string) error {
	start, err := f.When(when)
	if err != nil {
		return err
	}
	a, err := f.Do(operator, "maintenance.plan", contract.MaintenancePlan{Start: start, End: start.Add(d), Impact: impact, Tenants: tenants})
	return f.keepWork(a, err)
}

// Move lets the operator plan the last work for another time.
func (f *Office) Move(when string, d time.Duration, impact string) error {
	start, err := f.When(when)
	if err != nil {
		return err
	}
	_, err = f.Do(operator, "maintenance.change", contract.MaintenanceChange{Maintenance: f.work, Start: start, End: start.Add(d), Impact: impact})
	return err
}

// keepWork remembers which work is meant from now on.
func (f *Office) keepWork(a Answer, err error) error {
	var w contract.MaintenanceWindow
	if err == nil && len(a.Result) > 0 {
		err = json.Unmarshal(a.Result, &w)
	}
	f.work = w.Maintenance
	return err
}

// Work lets the operator begin, end or cancel the last work: "begins", "ends", or "is cancelled" for a reason.
func (f *Office) Work(how, reason string) error {
	var args contract.Args
	switch how {
	case "begins":
		args = contract.MaintenanceStart{Maintenance: f.work}
	case "ends":
		args = contract.MaintenanceEnd{Maintenance: f.work}
	default:
		args = contract.MaintenanceCancel{Maintenance: f.work, Reason: reason}
	}
	_, err := f.Do(operator, args.Operation(), args)
	return err
}

// UntilWork is how long it is until the planned begin of the last work.
func (f *Office) UntilWork() (time.Duration, error) {
	var l contract.MaintenanceListResult
	if err := f.Prepare(operator, contract.MaintenanceList{From: f.o.Clock.Now().Add(-time.Hour), Until: f.o.Clock.Now().AddDate(2, 0, 0)}, &l); err != nil {
		return 0, f.Asked(err)
	}
	i := slices.IndexFunc(l.Windows, func(w contract.MaintenanceWindow) bool { return w.Maintenance == f.work })
	if i < 0 {
		return 0, fmt.Errorf("the list of maintenance has no %q", f.work)
	}
	return l.Windows[i].Start.Sub(f.o.Clock.Now()), nil
}

// PeopleTold notes how everybody whom the last operation on a maintenance concerns is expected to have been told
// (check.Told); expect waits for it.
func (f *Office) PeopleTold(how string, expect func(check.Expectation) error) error {
	return expect(check.Expectation{Kind: check.Told, Name: f.Last().Number, Text: how})
}

// DeadlineSaid notes that the last answer says until when people must be told.
func (f *Office) DeadlineSaid() error {
	return f.o.Note(check.Expectation{Kind: check.Due, Name: f.Last().Number})
}

// Disturbance lets the operator record an interruption that nobody planned, from and until instants as in RFC 3339; one without end goes
// on.
func (f *Office) Disturbance(kind, from, until string) error {
	start, err := time.Parse(time.RFC3339, from)
	if err != nil {
		return err
	}
	var i contract.Incident
	if err := f.Prepare(operator, contract.IncidentOpen{Start: start, Impact: "De-Mails bleiben liegen", Kind: kind}, &i); err != nil {
		return f.Asked(err)
	}
	f.incident = i.Incident
	if until == "" {
		return nil
	}
	end, err := time.Parse(time.RFC3339, until)
	if err != nil {
		return err
	}
	return f.Asked(f.Prepare(operator, contract.IncidentClose{Incident: i.Incident, End: end}, nil))
}

// PutDown lets the Administrator say whose control the last disturbance lay in, with a document that proves it or "" for none, on a
// change request or without.
func (f *Office) PutDown(cause, document string, onRequest bool) error {
	as := operator
	if onRequest {
		var err error
		if as.CR, err = f.ChangeRequest("platform", f.incident, ""); err != nil {
			return f.Asked(err)
		}
	}
	args := contract.IncidentClassify{Incident: f.incident, Cause: cause}
	if document != "" {
		args.Evidence = []contract.IncidentEvidence{{What: "Nachweis", Reference: document}}
	}
	_, err := f.Do(as, "incident.classify", args)
	return err
}

// Account lets the operator ask for the account of the service of a tenant, "" for all, and notes that it must be what happened.
func (f *Office) Account(from, until time.Time, tenant string) error {
	a, err := f.Do(operator, "availability.report", contract.AvailabilityReport{From: from, Until: until, Tenant: tenant})
	if err != nil || a.Result == nil {
		return err
	}
	return f.o.Note(check.Expectation{Kind: check.Accounted, Name: a.Number})
}

// AccountOf is Account for the time before now.
func (f *Office) AccountOf(last time.Duration, tenant string) error {
	now := f.o.Clock.Now()
	return f.Account(now.Add(-last), now, tenant)
}

// Agrees notes that the last account must agree with what probes from outside measured.
func (f *Office) Agrees() error {
	return f.o.Note(check.Expectation{Kind: check.Probed, Name: f.Last().Number})
}

// Holds notes whether a week ("2016-W10") or month ("2016-03") of the last account is expected to hold.
func (f *Office) Holds(period string, holds bool) error {
	var r contract.AvailabilityReportResult
	if err := json.Unmarshal(f.Last().Result, &r); err != nil {
		return fmt.Errorf("the last answer is no account: %w", err)
	}
	list, i := "weeks", slices.IndexFunc(r.Weeks, func(w contract.AvailabilityWeek) bool { return w.Week == period })
	if i < 0 {
		list, i = "months", slices.IndexFunc(r.Months, func(m contract.AvailabilityMonth) bool { return m.Month == period })
	}
	if i < 0 {
		return fmt.Errorf("the account has no %s", period)
	}
	return f.AnswerSays([]string{list + "." + strconv.Itoa(i) + ".holds=" + strconv.FormatBool(holds)})
}

package admin

import (
	"net/http"
	"time"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/availability"
	"demailbench/gateway/clerk"
	"demailbench/gateway/incident"
	"demailbench/gateway/ops"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
)

// ListIncidents lists the tickets.
func (h *handler) ListIncidents(w http.ResponseWriter, r *http.Request) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		l, err := h.Incidents.List(c)
		return api.Incidents{Items: each(l, incidentOut)}, err
	})
}

// OpenIncident makes a ticket.
func (h *handler) OpenIncident(w http.ResponseWriter, r *http.Request) {
	answer(h, w, r, http.StatusCreated, func(c clerk.Caller, b api.NewIncident) (any, error) {
		i, err := h.Incidents.Begin(c, incident.Report{Kind: incident.Kind(b.Kind), Start: b.Start, Impact: b.Impact, Tenants: b.Tenants})
		return incidentOut(i), err
	})
}

// CloseIncident ends an incident.
func (h *handler) CloseIncident(w http.ResponseWriter, r *http.Request, number string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.IncidentEnd) (any, error) {
		i, err := h.Incidents.Close(c, number, b.End)
		return incidentOut(i), err
	})
}

// ClassifyIncident says whose control the cause lay in.
func (h *handler) ClassifyIncident(w http.ResponseWriter, r *http.Request, number string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.Classification) (any, error) {
		cause := ops.Cause(b.Cause)
		if b.Cause == api.CauseOperator {
			cause = ops.OwnFault
		}
		i, err := h.Incidents.Classify(c, number, cause, each(b.Evidence, func(e api.Evidence) incident.Evidence { return incident.Evidence{What: e.What, Reference: e.Reference} }))
		return incidentOut(i), err
	})
}

func incidentOut(i incident.Incident) api.Incident {
	channel := incident.Channels[i.Kind]
	out := api.Incident{Number: i.Number, Kind: api.IncidentKind(i.Kind), State: api.Closed, Start: i.Start.UTC(), Reported: i.Reported.UTC(), Reporter: i.Reporter,
		Impact: i.Impact, Tenants: append([]string{}, i.Tenants...), Desk: channel.Desk, Mail: channel.Mail, Attended: i.Attended.UTC(), Counted: i.Counted(),
		Cause: api.Cause(causeOut(i.Cause)), Evidence: each(i.Evidence, func(e incident.Evidence) api.Evidence { return api.Evidence{What: e.What, Reference: e.Reference} })}
	if i.Open() {
		out.State = api.Open
	} else {
		out.End = i.End.UTC()
	}
	return out
}

// causeOut is a cause by whose control it lay in.
func causeOut(c ops.Cause) string {
	if c == ops.OwnFault || c == ops.OwnMaintenance {
		return "operator"
	}
	return string(c)
}

// ReportAvailability shows the account of a time.
func (h *handler) ReportAvailability(w http.ResponseWriter, r *http.Request, p api.ReportAvailabilityParams) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		a, err := h.account(c, p.From, p.Until, p.Tenant)
		return accountOut(a), err
	})
}

// TableAvailability shows it as a table.
func (h *handler) TableAvailability(w http.ResponseWriter, r *http.Request, p api.TableAvailabilityParams) {
	h.document(w, r, p.From, p.Until, p.Tenant, "text/csv; charset=utf-8", availability.Report.CSV)
}

// ShowAvailability shows it as a page.
func (h *handler) ShowAvailability(w http.ResponseWriter, r *http.Request, p api.ShowAvailabilityParams) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	h.document(w, r, p.From, p.Until, p.Tenant, "text/html; charset=utf-8", availability.Report.HTML)
}

func (h *handler) document(w http.ResponseWriter, r *http.Request, from, until time.Time, tenant, contentType string, write func(availability.Report) []byte) {
	a, err := h.account(of(r).caller, from, until, tenant)
	if err != nil {
		h.problem(w, h.problemOf(err))
		return
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(write(a)) // who has gone needs no answer
}

// account asks for a report; bad times and bad data are refused by name.
func (h *handler) account(c clerk.Caller, from, until time.Time, tenant string) (availability.Report, error) {
	now := h.Clock.Now()
	if from.IsZero() {
		day := ops.DayOf(now)
		from = ops.Month(day.Year, day.Month).Begin()
	}
	if until.IsZero() {
		until = now
	}
	a, err := h.Account(c, from, until, tenant)
	if l := availability.Faults(err); len(l) > 0 {
		return a, register.Refuse(register.Invalid, "S0-054", role.Operator, l[0].Fix, "%v", err).About(l[0].Field)
	}
	return a, err
}

func accountOut(a availability.Report) api.Availability {
	out := api.Availability{From: a.Whole.Begin().UTC(), Until: a.Whole.Finish().UTC(), TargetPercent: percent(a.Policy.Target), WeeklyMaxSeconds: int64(a.Policy.WeeklyMax.Seconds()),
		Whole: figureOut(a.Whole), Months: each(a.Months, figureOut), Kept: a.Kept(), Weeks: []api.AvailabilityWeek{}, Interruptions: []api.AvailabilityLine{}, Findings: []string{}}
	for _, w := range a.Weeks {
		out.Weeks = append(out.Weeks, api.AvailabilityWeek{Week: w.Name, LongestSeconds: w.Longest.Seconds(), RawSeconds: w.Raw.Seconds(), Kept: w.Kept, KeptRaw: w.KeptRaw, Certain: w.Certain})
	}
	for _, l := range a.Interruptions {
		out.Interruptions = append(out.Interruptions, api.AvailabilityLine{Source: l.Source, Cause: string(l.Cause), Class: api.AvailabilityLineClass(l.Class),
			Start: l.Begin().UTC(), End: l.Finish().UTC(), Counted: l.Counted})
	}
	for _, f := range a.Findings {
		out.Findings = append(out.Findings, f.Statement+" "+f.Verdict.String()+": "+f.Text)
	}
	return out
}

func figureOut(f ops.Figure) api.AvailabilityFigure {
	return api.AvailabilityFigure{Name: f.Name, Start: f.Begin().UTC(), End: f.Finish().UTC(), Seconds: f.Seconds(), AdjustedPercent: percent(f.Adjusted), RawPercent: percent(f.Raw),
		CountedSeconds: f.Counted, AnnouncedSeconds: f.Announced, ExcludedSeconds: f.Excluded, UnmeasuredSeconds: f.Unmeasured, Kept: f.Kept, KeptRaw: f.KeptRaw, Certain: f.Certain}
}

// percent is a ratio in per cent; verdicts are never drawn from it.
func percent(r ops.Ratio) float64 {
	f, _ := r.Rat().Float64()
	return 100 * f
}

// CreateBackup backs everything durable up.
func (h *handler) CreateBackup(w http.ResponseWriter, r *http.Request) {
	answer(h, w, r, http.StatusCreated, func(c clerk.Caller, b api.NewBackup) (any, error) {
		x, err := h.Backup(c, b.Label)
		return api.Backup{Number: x.Number, At: x.At.UTC(), Label: x.Label, Octets: x.Octets, Sha256: x.SHA256, Directory: x.Directory}, err
	})
}

package reference

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driverkit"
)

// service are the operations on maintenance, incidents, availability and backups.
func (c *Client) service() driverkit.Operations {
	return driverkit.Operations{
		"maintenance.plan":    driverkit.Handle(c.planMaintenance),
		"maintenance.change":  driverkit.Handle(c.changeMaintenance),
		"maintenance.start":   driverkit.Handle(c.startMaintenance),
		"maintenance.end":     driverkit.Handle(c.endMaintenance),
		"maintenance.cancel":  driverkit.Handle(c.cancelMaintenance),
		"maintenance.list":    driverkit.Handle(c.listMaintenance),
		"maintenance.notices": driverkit.Handle(c.listNotices),
		"incident.open":       driverkit.Handle(c.openIncident),
		"incident.close":      driverkit.Handle(c.closeIncident),
		"incident.classify":   driverkit.Handle(c.classifyIncident),
		"availability.report": driverkit.Handle(c.reportAvailability),
		"backup.create":       driverkit.Handle(c.createBackup),
	}
}

// windowOut is a window as the API shows it.
type windowOut struct {
	Number    string    `json:"number"`
	State     string    `json:"state"`
	Start     time.Time `json:"start"`
	End       time.Time `json:"end"`
	Services  []string  `json:"services"`
	Effects   string    `json:"effects"`
	Tenants   []string  `json:"tenants"`
	NoticeDue time.Time `json:"notice_due"`
	Notice    string    `json:"notice"`
}

func (w windowOut) contract() contract.MaintenanceWindow {
	return contract.MaintenanceWindow{Maintenance: w.Number, State: w.State, Start: w.Start, End: w.End, Impact: w.Effects, Services: w.Services, Tenants: w.Tenants,
		NoticeDue: w.NoticeDue, Notice: w.Notice}
}

// plan is what the API wants to know of one.
func plan(start, end time.Time, impact string, services, tenants []string) map[string]any {
	m := map[string]any{"start": instant(start), "seconds": int64(end.Sub(start) / time.Second), "effects": impact}
	if len(services) > 0 {
		m["services"] = services
	}
	if len(tenants) > 0 {
		m["tenants"] = tenants
	}
	return m
}

// window performs an operation on a window.
func (c *Client) window(ctx context.Context, as contract.As, method, target string, body any) (contract.MaintenanceWindow, error) {
	var w windowOut
	err := c.do(ctx, as, method, target, body, &w)
	return w.contract(), err
}

func (c *Client) planMaintenance(ctx context.Context, as contract.As, a contract.MaintenancePlan) (contract.MaintenanceWindow, error) {
	return c.window(ctx, as, http.MethodPost, path("maintenance"), plan(a.Start, a.End, a.Impact, a.Services, a.Tenants))
}

func (c *Client) changeMaintenance(ctx context.Context, as contract.As, a contract.MaintenanceChange) (contract.MaintenanceWindow, error) {
	return c.window(ctx, as, http.MethodPut, path("maintenance", a.Maintenance), plan(a.Start, a.End, a.Impact, a.Services, a.Tenants))
}

func (c *Client) startMaintenance(ctx context.Context, as contract.As, a contract.MaintenanceStart) (contract.MaintenanceWindow, error) {
	return c.window(ctx, as, http.MethodPost, path("maintenance", a.Maintenance, "work"), nil)
}

func (c *Client) endMaintenance(ctx context.Context, as contract.As, a contract.MaintenanceEnd) (contract.MaintenanceWindow, error) {
	return c.window(ctx, as, http.MethodDelete, path("maintenance", a.Maintenance, "work"), nil)
}

func (c *Client) cancelMaintenance(ctx context.Context, as contract.As, a contract.MaintenanceCancel) (contract.MaintenanceWindow, error) {
	return c.window(ctx, as, http.MethodPut, path("maintenance", a.Maintenance, "cancellation"), map[string]string{"reason": a.Reason})
}

func (c *Client) listMaintenance(ctx context.Context, as contract.As, a contract.MaintenanceList) (contract.MaintenanceListResult, error) {
	var l struct {
		Items []windowOut `json:"items"`
	}
	err := c.do(ctx, as, http.MethodGet, path("maintenance")+query("from", instant(a.From), "until", instant(a.Until)), nil, &l)
	out := contract.MaintenanceListResult{Windows: []contract.MaintenanceWindow{}}
	for _, w := range l.Items {
		out.Windows = append(out.Windows, w.contract())
	}
	return out, err
}

func (c *Client) listNotices(ctx context.Context, as contract.As, a contract.MaintenanceNotices) (contract.MaintenanceNoticesResult, error) {
	var l struct {
		Items []contract.MaintenanceNotice `json:"items"` // its names are those of the API
	}
	err := c.do(ctx, as, http.MethodGet, path("maintenance", a.Maintenance, "notices"), nil, &l)
	return contract.MaintenanceNoticesResult{Notices: list(l.Items)}, err
}

// incidentOut is a ticket as the API shows it.
type incidentOut struct {
	Number   string    `json:"number"`
	Kind     string    `json:"kind"`
	State    string    `json:"state"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Impact   string    `json:"impact"`
	Tenants  []string  `json:"tenants"`
	Desk     string    `json:"desk"`
	Mail     string    `json:"mail"`
	Attended time.Time `json:"attended"`
	Cause    string    `json:"cause"`
	Counted  bool      `json:"counted"`
}

// incident performs an operation on a ticket.
func (c *Client) incident(ctx context.Context, as contract.As, method, target string, body any) (contract.Incident, error) {
	var i incidentOut
	err := c.do(ctx, as, method, target, body, &i)
	out := contract.Incident{Incident: i.Number, Kind: i.Kind, State: i.State, Start: i.Start, End: i.End, Impact: i.Impact, Tenants: i.Tenants, Channel: i.Desk, Attended: i.Attended,
		Cause: i.Cause, Counted: i.Counted}
	if i.Mail != "" {
		out.Channel = fmt.Sprintf("%s <%s>", i.Desk, i.Mail)
	}
	return out, err
}

func (c *Client) openIncident(ctx context.Context, as contract.As, a contract.IncidentOpen) (contract.Incident, error) {
	body := map[string]any{"start": instant(a.Start), "impact": a.Impact}
	if a.Kind != "" {
		body["kind"] = a.Kind
	}
	if len(a.Tenants) > 0 {
		body["tenants"] = a.Tenants
	}
	return c.incident(ctx, as, http.MethodPost, path("incidents"), body)
}

func (c *Client) closeIncident(ctx context.Context, as contract.As, a contract.IncidentClose) (contract.Incident, error) {
	return c.incident(ctx, as, http.MethodPut, path("incidents", a.Incident, "end"), map[string]string{"end": instant(a.End)})
}

func (c *Client) classifyIncident(ctx context.Context, as contract.As, a contract.IncidentClassify) (contract.Incident, error) {
	as, err := c.ground(ctx, as, "", a.Incident, "platform")
	if err != nil {
		return contract.Incident{}, err
	}
	return c.incident(ctx, as, http.MethodPut, path("incidents", a.Incident, "classification"), map[string]any{"cause": a.Cause, "evidence": list(a.Evidence)})
}

// accountOut is an availability report as the API shows it.
type accountOut struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Target float64   `json:"target_percent"`
	Whole  figureOut `json:"whole"`
	Months []figureOut
	Weeks  []struct {
		Week    string `json:"week"`
		Longest int    `json:"longest_seconds"`
		Kept    bool   `json:"kept"`
	}
	Interruptions []struct {
		contract.Interruption // its names are those of the API
		Cause                 string
	} `json:"interruptions"`
	Findings []string
}

type figureOut struct {
	Name      string  `json:"name"`
	Seconds   int64   `json:"seconds"`
	Adjusted  float64 `json:"adjusted_percent"`
	Raw       float64 `json:"raw_percent"`
	Counted   int64   `json:"counted_seconds"`
	Announced int64   `json:"announced_seconds"`
	Excluded  int64   `json:"excluded_seconds"`
	Kept      bool    `json:"kept"`
}

func (c *Client) reportAvailability(ctx context.Context, as contract.As, a contract.AvailabilityReport) (contract.AvailabilityReportResult, error) {
	params := query("from", instant(a.From), "until", instant(a.Until), "tenant", a.Tenant)
	var r accountOut
	var out contract.AvailabilityReportResult
	if err := c.do(ctx, as, http.MethodGet, path("availability")+params, nil, &r); err != nil {
		return out, err
	}
	out = contract.AvailabilityReportResult{From: r.From, Until: r.Until, RawPercent: r.Whole.Raw, AdjustedPercent: r.Whole.Adjusted, TargetPercent: r.Target, Findings: r.Findings,
		Interruptions: []contract.Interruption{}, Weeks: []contract.AvailabilityWeek{}}
	for _, i := range r.Interruptions {
		out.Interruptions = append(out.Interruptions, i.Interruption)
	}
	for _, w := range r.Weeks {
		out.Weeks = append(out.Weeks, contract.AvailabilityWeek{Week: w.Week, LongestSeconds: w.Longest, Holds: w.Kept})
	}
	for _, m := range r.Months {
		name, _, _ := strings.Cut(m.Name, " ") // a part of a month says so behind its name
		out.Months = append(out.Months, contract.AvailabilityMonth{Month: name, Seconds: m.Seconds, CountedSeconds: m.Counted + m.Announced, RawSeconds: m.Counted + m.Announced + m.Excluded, Holds: m.Kept})
	}
	if a.Document == "" {
		return out, nil
	}
	text, err := c.inSession(ctx, as, http.MethodGet, path("availability."+a.Document)+params, "", nil)
	if err == nil && text.status >= 300 {
		err = text.judge(nil)
	}
	out.Document = string(text.text)
	return out, err
}

func (c *Client) createBackup(ctx context.Context, as contract.As, a contract.BackupCreate) (contract.BackupCreateResult, error) {
	body := map[string]string{}
	if a.Label != "" {
		body["label"] = a.Label
	}
	var b struct {
		Number string `json:"number"`
		Octets int    `json:"octets"`
		SHA256 string `json:"sha256"`
	}
	err := c.do(ctx, as, http.MethodPost, path("backups"), body, &b)
	return contract.BackupCreateResult{Backup: b.Number, Octets: b.Octets, SHA256: b.SHA256}, err
}

package contract

import "time"

// IncidentEvidence proves in whose control a cause lay.
type IncidentEvidence struct {
	What string `json:"what"`
	// Where it is kept.
	Reference string `json:"reference"`
}

// Incident is an interruption that nobody planned.
type Incident struct {
	Incident string `json:"incident"`
	// Whether it goes on: open, closed.
	State  string    `json:"state"`
	Start  time.Time `json:"start"`
	End    time.Time `json:"end,omitzero"`
	Impact string    `json:"impact"`
	// What it is about: signature, platform, advice, account, misuse; left out: platform.
	Kind string `json:"kind,omitempty"`
	// Who attends to it: BaK ESV <esv@sid.sachsen.de>.
	Channel string `json:"channel,omitempty"`
	// From when it is attended to: at once, or from the next service hours (D30).
	Attended time.Time `json:"attended,omitzero"`
	// Affected tenants; left out: all.
	Tenants []string `json:"tenants,omitempty"`
	// Whose control it lay in (D4): operator, dmda, tenant, carrier, force-majeure.
	Cause string `json:"cause,omitempty"`
	// Whether it counts against the operator.
	Counted bool `json:"counted"`
}

// Interruption is a time without service.
type Interruption struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	// Whether it counts for the availability.
	Counted bool `json:"counted"`
	// Id of the incident or maintenance.
	Source string `json:"source"`
	// How it counts (D3, D4): own, announced, excluded.
	Class string `json:"class,omitempty"`
}

// AvailabilityWeek judges one ISO week (S0-056).
type AvailabilityWeek struct {
	// ISO week.
	Week string `json:"week"`
	// Longest continuous interruption.
	LongestSeconds int `json:"longest_seconds"`
	// At most 240 minutes.
	Holds bool `json:"holds"`
}

// AvailabilityMonth judges one calendar month (S0-054).
type AvailabilityMonth struct {
	// Calendar month.
	Month string `json:"month"`
	// Length of the part of it that was asked for.
	Seconds int64 `json:"seconds"`
	// Down-time that counts.
	CountedSeconds int64 `json:"counted_seconds"`
	// All down-time.
	RawSeconds int64 `json:"raw_seconds"`
	// At least 98.5 %.
	Holds bool `json:"holds"`
}

// IncidentOpen are the arguments of incident.open; the result is Incident.
type IncidentOpen struct {
	// What it is about: signature, platform, advice, account, misuse; left out: platform.
	Kind   string    `json:"kind,omitempty"`
	Start  time.Time `json:"start"`
	Impact string    `json:"impact"`
	// Affected tenants; left out: all.
	Tenants []string `json:"tenants,omitempty"`
}

// Operation implements Args.
func (IncidentOpen) Operation() string { return "incident.open" }

// IncidentClose are the arguments of incident.close; the result is Incident.
type IncidentClose struct {
	Incident string    `json:"incident"`
	End      time.Time `json:"end"`
}

// Operation implements Args.
func (IncidentClose) Operation() string { return "incident.close" }

// IncidentClassify are the arguments of incident.classify; the result is Incident.
type IncidentClassify struct {
	Incident string `json:"incident"`
	// Whose control it lay in (D4): operator, dmda, tenant, carrier, force-majeure.
	Cause string `json:"cause"`
	// What proves it.
	Evidence []IncidentEvidence `json:"evidence"`
}

// Operation implements Args.
func (IncidentClassify) Operation() string { return "incident.classify" }

// AvailabilityReport are the arguments of availability.report; the result is AvailabilityReportResult.
type AvailabilityReport struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Tenant string    `json:"tenant,omitempty"`
	// Ask for the report as tenants get it, too: csv, html.
	Document string `json:"document,omitempty"`
}

// Operation implements Args.
func (AvailabilityReport) Operation() string { return "availability.report" }

// AvailabilityReportResult is the result of availability.report.
type AvailabilityReportResult struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	// All interruptions count.
	RawPercent float64 `json:"raw_percent"`
	// Without what is not counted.
	AdjustedPercent float64 `json:"adjusted_percent"`
	// What is promised.
	TargetPercent float64             `json:"target_percent"`
	Interruptions []Interruption      `json:"interruptions"`
	Weeks         []AvailabilityWeek  `json:"weeks"`
	Months        []AvailabilityMonth `json:"months,omitempty"`
	// What must be said beside the figures.
	Findings []string `json:"findings,omitempty"`
	// The report as tenants get it.
	Document string `json:"document,omitempty"`
}

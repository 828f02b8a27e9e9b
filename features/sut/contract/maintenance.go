package contract

import "time"

// MaintenanceWindow is a maintenance of the gateway.
type MaintenanceWindow struct {
	Maintenance string `json:"maintenance"`
	// Where it stands: planned, running, ended, cancelled.
	State  string    `json:"state"`
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Impact string    `json:"impact"`
	// Affected services: sending, receiving, administration; left out: sending and receiving.
	Services []string `json:"services,omitempty"`
	// Affected tenants; left out: all.
	Tenants []string `json:"tenants,omitempty"`
	// Until then the contacts' mail servers must have taken the notice (D5, D6).
	NoticeDue time.Time `json:"notice_due,omitzero"`
	// How the notices stand to that at this moment; one that nobody has taken is late: in-time, warn, late.
	Notice string `json:"notice,omitempty"`
}

// MaintenancePlan are the arguments of maintenance.plan; the result is MaintenanceWindow.
type MaintenancePlan struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	// Effects, as announced (S0-045).
	Impact string `json:"impact"`
	// Affected services: sending, receiving, administration; left out: sending and receiving.
	Services []string `json:"services,omitempty"`
	// Affected tenants; left out: all.
	Tenants []string `json:"tenants,omitempty"`
}

// Operation implements Args.
func (MaintenancePlan) Operation() string { return "maintenance.plan" }

// MaintenanceChange are the arguments of maintenance.change; the result is MaintenanceWindow.
type MaintenanceChange struct {
	Maintenance string    `json:"maintenance"`
	Start       time.Time `json:"start"`
	End         time.Time `json:"end"`
	// Effects, as announced (S0-045).
	Impact string `json:"impact"`
	// Affected services: sending, receiving, administration; left out: sending and receiving.
	Services []string `json:"services,omitempty"`
	// Affected tenants; left out: all.
	Tenants []string `json:"tenants,omitempty"`
}

// Operation implements Args.
func (MaintenanceChange) Operation() string { return "maintenance.change" }

// MaintenanceStart are the arguments of maintenance.start; the result is MaintenanceWindow.
type MaintenanceStart struct {
	Maintenance string `json:"maintenance"`
}

// Operation implements Args.
func (MaintenanceStart) Operation() string { return "maintenance.start" }

// MaintenanceEnd are the arguments of maintenance.end; the result is MaintenanceWindow.
type MaintenanceEnd struct {
	Maintenance string `json:"maintenance"`
}

// Operation implements Args.
func (MaintenanceEnd) Operation() string { return "maintenance.end" }

// MaintenanceCancel are the arguments of maintenance.cancel; the result is MaintenanceWindow.
type MaintenanceCancel struct {
	Maintenance string `json:"maintenance"`
	Reason      string `json:"reason"`
}

// Operation implements Args.
func (MaintenanceCancel) Operation() string { return "maintenance.cancel" }

// MaintenanceList are the arguments of maintenance.list; the result is MaintenanceListResult.
type MaintenanceList struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// Operation implements Args.
func (MaintenanceList) Operation() string { return "maintenance.list" }

// MaintenanceListResult is the result of maintenance.list.
type MaintenanceListResult struct {
	Windows []MaintenanceWindow `json:"windows"`
}

// MaintenanceNotice is the proof of one notice.
type MaintenanceNotice struct {
	// Who was told; empty: somebody without an address.
	Address string `json:"address"`
	// What it tells: planned, changed, cancelled, overrun, over.
	Occasion string    `json:"occasion"`
	Sent     time.Time `json:"sent"`
	// When the recipient's mail server took it; left out: never.
	Accepted time.Time `json:"accepted,omitzero"`
	// When it was given up.
	Failed time.Time `json:"failed,omitzero"`
	// What the mail server said.
	Answer string `json:"answer,omitempty"`
}

// MaintenanceNotices are the arguments of maintenance.notices; the result is MaintenanceNoticesResult.
type MaintenanceNotices struct {
	Maintenance string `json:"maintenance"`
}

// Operation implements Args.
func (MaintenanceNotices) Operation() string { return "maintenance.notices" }

// MaintenanceNoticesResult is the result of maintenance.notices.
type MaintenanceNoticesResult struct {
	Notices []MaintenanceNotice `json:"notices"`
}

package contract

import "time"

// ChangeRequest is a CR of service "Land- De-Mail Gateway".
type ChangeRequest struct {
	CR string `json:"cr"`
	// Name of the service.
	Service string `json:"service"`
	Tenant  string `json:"tenant,omitempty"`
	// What is to be changed: a domain, an address, a setting.
	Object string `json:"object"`
	// What it is about (S1-041): users, smtp, domains, mapping, account, platform.
	Kind string `json:"kind"`
	// Where it stands: filed, done, rejected.
	State string `json:"state"`
}

// WrittenOrder is a tenant's order to intervene in its account settings (S0-063).
type WrittenOrder struct {
	Order  string `json:"order"`
	Tenant string `json:"tenant"`
	// What may be changed.
	Object string    `json:"object"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
}

// ChangeRequestFile are the arguments of change-request.file; the result is ChangeRequest.
type ChangeRequestFile struct {
	// Name of the service.
	Service string `json:"service"`
	Tenant  string `json:"tenant,omitempty"`
	// What is to be changed.
	Object string `json:"object"`
	// What it is about (S1-041): users, smtp, domains, mapping, account, platform.
	Kind        string `json:"kind"`
	Description string `json:"description"`
}

// Operation implements Args.
func (ChangeRequestFile) Operation() string { return "change-request.file" }

// ChangeRequestShow are the arguments of change-request.show; the result is ChangeRequest.
type ChangeRequestShow struct {
	CR string `json:"cr"`
}

// Operation implements Args.
func (ChangeRequestShow) Operation() string { return "change-request.show" }

// ChangeRequestClose are the arguments of change-request.close; the result is ChangeRequest.
type ChangeRequestClose struct {
	CR string `json:"cr"`
	// How it ended: done, rejected.
	State string `json:"state"`
}

// Operation implements Args.
func (ChangeRequestClose) Operation() string { return "change-request.close" }

// WrittenOrderFile are the arguments of written-order.file; the result is WrittenOrder.
type WrittenOrderFile struct {
	Tenant string `json:"tenant"`
	// What may be changed.
	Object string    `json:"object"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	// The exceptional case: emergency, first-subdomain, other.
	Reason string `json:"reason"`
	// Role title of who signed for the tenant.
	SignedBy string `json:"signed_by,omitempty"`
	// Reference of the signed document.
	Document string `json:"document,omitempty"`
}

// Operation implements Args.
func (WrittenOrderFile) Operation() string { return "written-order.file" }

// AccountChange are the arguments of account.change; the result is AccountChangeResult.
type AccountChange struct {
	Tenant string `json:"tenant"`
	// What is changed: a domain, a mailbox.
	Object string `json:"object"`
	Change string `json:"change"`
}

// Operation implements Args.
func (AccountChange) Operation() string { return "account.change" }

// AccountChangeResult is the result of account.change.
type AccountChangeResult struct {
	Tenant string `json:"tenant"`
	// What is changed.
	Object string `json:"object"`
	Change string `json:"change"`
}

package contract

import "time"

// PowerOfAttorney is a Vollmacht on file (D9).
type PowerOfAttorney struct {
	PowerOfAttorney string    `json:"power_of_attorney"`
	Tenant          string    `json:"tenant"`
	Holder          string    `json:"holder"`
	Roles           []Role    `json:"roles"`
	From            time.Time `json:"from"`
	// End; left out: unlimited (unbefristet).
	Until time.Time `json:"until,omitzero"`
	// Commissioning (at most 4 weeks) or administration: commissioning, administration.
	Purpose string `json:"purpose"`
	// Whether it grants anything now: pending, active, ended, revoked.
	State string `json:"state"`
}

// PowerOfAttorneyGrant are the arguments of power-of-attorney.grant; the result is PowerOfAttorney.
type PowerOfAttorneyGrant struct {
	Tenant string    `json:"tenant"`
	Holder string    `json:"holder"`
	Roles  []Role    `json:"roles"`
	From   time.Time `json:"from"`
	// End; left out: unlimited (unbefristet).
	Until time.Time `json:"until,omitzero"`
	// Commissioning or administration: commissioning, administration.
	Purpose string `json:"purpose"`
	// Reference of the signed document; without it the holder gets no role (S1-167, S1-182).
	Document string `json:"document,omitempty"`
}

// Operation implements Args.
func (PowerOfAttorneyGrant) Operation() string { return "power-of-attorney.grant" }

// PowerOfAttorneyRevoke are the arguments of power-of-attorney.revoke; the result is PowerOfAttorney.
type PowerOfAttorneyRevoke struct {
	PowerOfAttorney string `json:"power_of_attorney"`
	Reason          string `json:"reason"`
}

// Operation implements Args.
func (PowerOfAttorneyRevoke) Operation() string { return "power-of-attorney.revoke" }

// PowerOfAttorneyList are the arguments of power-of-attorney.list; the result is PowerOfAttorneyListResult.
type PowerOfAttorneyList struct {
	Tenant string `json:"tenant"`
}

// Operation implements Args.
func (PowerOfAttorneyList) Operation() string { return "power-of-attorney.list" }

// PowerOfAttorneyListResult is the result of power-of-attorney.list.
type PowerOfAttorneyListResult struct {
	Powers []PowerOfAttorney `json:"powers"`
}

package role

import (
	"slices"
	"strings"
	"time"
)

// Service is the name under which change requests of the gateway are filed (S0-064).
const Service = "Land- De-Mail Gateway"

// Purpose is what a power of attorney is for.
type Purpose string

const (
	// Commissioning is limited in time and ends with the commissioning (S1-159).
	Commissioning Purpose = "commissioning"
	// Administration may be unlimited (S1-169, S1-176, S1-185).
	Administration Purpose = "administration"
)

// PowerOfAttorney (Vollmacht) lets an organisation act in a tenant's area in some of the tenant's roles (S1-048).
type PowerOfAttorney struct {
	Number string `json:"number"`
	Tenant string `json:"tenant"`
	// Holder is the organisation that may act.
	Holder  string  `json:"holder"`
	Roles   []Role  `json:"roles"`
	Purpose Purpose `json:"purpose"`
	// From is the first instant at which it is in force, Until the first at which it is no longer; zero: unlimited.
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
	// Document says where the signed paper is.
	Document string `json:"document"`
	Revoked  bool   `json:"revoked,omitempty"`
	// Over says that the commissioning for which it was given has ended, or the tenant has left.
	Over bool `json:"-"`
}

// Validity is whether a power of attorney grants anything.
type Validity string

// What a power of attorney is at some instant.
const (
	Pending    Validity = "pending"
	Active     Validity = "active"
	Ended      Validity = "ended"
	WasRevoked Validity = "revoked"
)

// At is the power's validity at an instant.
func (p PowerOfAttorney) At(at time.Time) Validity {
	switch {
	case p.Revoked:
		return WasRevoked
	case p.Over || !p.Until.IsZero() && !at.Before(p.Until):
		return Ended
	case at.Before(p.From):
		return Pending
	}
	return Active
}

// Kind is what a change request is about (S1-041).
type Kind string

// Kinds of change requests.
const (
	Users    Kind = "users"
	SMTP     Kind = "smtp"
	Domains  Kind = "domains"
	Mapping  Kind = "mapping"
	Account  Kind = "account"
	Platform Kind = "platform"
)

// ChangeRequest is a change request (S0-064, S0-065).
type ChangeRequest struct {
	Number  string `json:"number"`
	Service string `json:"service"`
	// Tenant is empty for the platform.
	Tenant string `json:"tenant,omitempty"`
	// Object is what is to be changed; the tenant's id stands for everything of the kind.
	Object string `json:"object"`
	Kind   Kind   `json:"kind"`
	// Open is false when it was done or rejected.
	Open bool `json:"open"`
}

// Order is a tenant's written order to intervene in its account settings (S0-063).
type Order struct {
	Number string `json:"number"`
	Tenant string `json:"tenant"`
	Object string `json:"object"`
	// From is the first instant at which it counts, Until the first at which it does not any more.
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// covers reports whether object is one of the names of what is changed.
func covers(object string, names []string) bool {
	same := func(name string) bool { return strings.EqualFold(strings.TrimSpace(object), name) }
	return object != "" && slices.ContainsFunc(names, same)
}

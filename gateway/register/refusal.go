package register

import (
	"errors"
	"fmt"

	"demailbench/gateway/role"
	"demailbench/gateway/tenant"
)

// Kind is what sort of no a refusal is.
type Kind string

// Kinds of refusals.
const (
	// Unknown: who asks is not signed in.
	Unknown Kind = "not-signed-in"
	// Forbidden: the person may not do this.
	Forbidden Kind = "not-allowed"
	// Missing: what is named does not exist.
	Missing Kind = "not-found"
	// Conflict: it contradicts what is there.
	Conflict Kind = "conflict"
	// Invalid: it breaks a rule.
	Invalid Kind = "against-a-rule"
	// TooMany: the person or the host must wait.
	TooMany Kind = "too-many-tries"
)

// Refusal is why something was not done; it is for the acting person and has no data of another tenant.
type Refusal struct {
	Kind Kind
	// Rule is the statement or decision that decided, Requirements all on which it rests.
	Rule         string
	Requirements []string
	// Reason says why not, Fix what to do, WhoFixes who can: "tenant", "operator", "kdn-gmbh", "dmda", "gateway".
	Reason, Fix, WhoFixes string
	// Field is the part of the request that is wrong, empty when no single one is.
	Field string
}

// Error is the refusal in one line.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s: %s; %s", r.Rule, r.Reason, r.Fix)
}

// Refuse makes a refusal by one rule.
func Refuse(k Kind, rule, who, fix, format string, args ...any) *Refusal {
	return &Refusal{Kind: k, Rule: rule, Requirements: []string{rule}, Reason: fmt.Sprintf(format, args...), Fix: fix, WhoFixes: who}
}

// About names the part of the request that is wrong.
func (r *Refusal) About(field string) *Refusal {
	r.Field = field
	return r
}

// Denied turns a decision into a refusal.
func Denied(d role.Decision) *Refusal {
	return &Refusal{Kind: Forbidden, Rule: d.Rule, Requirements: d.Requirements, Reason: d.Reason, Fix: d.Fix, WhoFixes: d.WhoFixes}
}

// Broken turns the complaint of the tenants' rules into a refusal. Whom it collides with is the operator's to know.
func Broken(err error, operator bool) *Refusal {
	var e *tenant.BookError
	if !errors.As(err, &e) {
		return Refuse(Invalid, "S1-154", "tenant", "correct it", "%v", err)
	}
	r := Refuse(Invalid, e.Rule(), "tenant", e.Fix, "%.200q %s", e.Value, e.Problem).About(e.Field)
	if e.Other != "" {
		r.Kind, r.Rule, r.Requirements = Conflict, "S1-154", []string{"S1-154", "TR-01201-6.1 10.1.2"}
		if !operator {
			r.Reason = fmt.Sprintf("%.200q cannot be this tenant's", e.Value)
		}
	}
	switch r.Rule {
	case "":
		r.Rule, r.Requirements = "S1-041", []string{"S1-041"}
	case "D12", "S1-157":
		r.Kind = Conflict
	}
	return r
}

package contract

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Role is a role at the Gateway Connector-Frontend (D8).
type Role string

// Roles of the operator, then of a tenant's "institutional users". They combine.
const (
	// Administrator is also the Wartungs-Administrator of BaK ESV (S0-035).
	Administrator        Role = "administrator"
	SupportAdministrator Role = "support-administrator"
	// UserAdmin manages the tenant's gateway administrators (S1-150).
	UserAdmin Role = "user-admin"
	// TechnischerAdmin has domains, direction, SMTP inbound settings, CatchAll and BounceAll (S1-151).
	TechnischerAdmin Role = "technischer-admin"
	// AccountAdmin has the address mapping (S1-149).
	AccountAdmin Role = "account-admin"
)

// Organisations besides the tenants, which are named by their id.
const (
	// Operator is SID with its basic component BaK ESV (S0-005).
	Operator = "operator"
	// KDNGmbH acts for municipalities by power of attorney (S1-048).
	KDNGmbH = "kdn-gmbh"
)

// As says who acts, in which role, on which ground.
type As struct {
	// Person is a role title; the driver signs in as this person with the person's own credentials.
	Person string `json:"person"`
	Role   Role   `json:"role"`
	// Org is Operator, KDNGmbH or the id of a tenant.
	Org string `json:"org"`
	// PowerOfAttorney is the id of the power of attorney on which someone outside the tenant acts (D9).
	PowerOfAttorney string `json:"power_of_attorney,omitempty"`
	// Order is the id of the tenant's written order (D10a), CR that of the change request (D10a, D10b).
	Order string `json:"order,omitempty"`
	CR    string `json:"cr,omitempty"`
}

// Bench is who acts when the bench itself does: reset, clock.set and the like.
var Bench = As{Person: "bench", Role: Administrator, Org: Operator}

// Fixer is who usually clears the ground of a refusal.
type Fixer string

// Who clears the ground of a refusal.
const (
	FixTenant   Fixer = "tenant"
	FixOperator Fixer = "operator"
	FixKDNGmbH  Fixer = "kdn-gmbh"
	FixDMDA     Fixer = "dmda"
	FixNetwork  Fixer = "network"
	FixGateway  Fixer = "gateway"
)

// Refusal is a gateway's no.
type Refusal struct {
	// Rule is a statement ("S1-157"), a decision ("D11"), a clause, or the product's own name of the rule.
	Rule string `json:"rule"`
	// Reason is the sentence that the acting person would read.
	Reason   string `json:"reason"`
	WhoFixes Fixer  `json:"who_fixes"`
}

// String is the refusal in one line.
func (r Refusal) String() string { return fmt.Sprintf("refused by %s: %s", r.Rule, r.Reason) }

// Nothing is an empty object, of operations without arguments or without a result.
type Nothing struct{}

// Args are the arguments of one operation.
type Args interface {
	// Operation is the operation's name.
	Operation() string
}

// Request is an operation ready to be sent.
type Request struct {
	Name string
	As   json.RawMessage
	Args json.RawMessage
}

// NewRequest encodes an operation and makes sure that it is well-formed; the error is jsonschema.Problems, and
// a defect of the bench.
func NewRequest(as As, args Args) (Request, error) {
	r := Request{Name: args.Operation()}
	o, ok := Lookup(r.Name)
	if !ok {
		return r, fmt.Errorf("contract: there is no operation %s", r.Name)
	}
	var err error
	if r.As, err = json.Marshal(as); err != nil {
		return r, fmt.Errorf("contract: %s: as: %w", r.Name, err)
	}
	if r.Args, err = Encode(args); err != nil {
		return r, fmt.Errorf("contract: %s: args: %w", r.Name, err)
	}
	if err := CheckAs(r.As); err != nil {
		return r, fmt.Errorf("contract: %s: %w", r.Name, err)
	}
	if err := o.CheckArgs(r.Args); err != nil {
		return r, fmt.Errorf("contract: %s: %w", r.Name, err)
	}
	return r, nil
}

// Encode writes arguments or a result as the schemas want them: a list without items is an empty list, where
// Go would write null.
func Encode(v any) (json.RawMessage, error) {
	copied := reflect.New(reflect.TypeOf(v)).Elem()
	copied.Set(reflect.ValueOf(v))
	fillLists(copied)
	return json.Marshal(copied.Interface())
}

func fillLists(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fillLists(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fillLists(v.Index(i))
		}
	}
}

// Package contract is what the bench may ask of a gateway besides carrying mail: the operations of its
// administration in the seeds' words, each with who may do it, what goes in and out, and how a gateway says no.
// Every gateway is driven by it, the reference included, through a driver that maps it to the product's own
// interface.
//
// It is data and their checks: JSON Schemas (schema/), descriptions with examples (operations/), and Go types that agree with the schemas. A schema says what is well-formed; arguments that
// break a rule of the service are well-formed too, because refusing them is the gateway's task. It leaves out
// how operations travel (packages protocol and driver) and every verdict.
package contract

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"demailbench/features/sut/jsonschema"
)

// Version is the version of the operations. A driver names the versions it was written for; within one major
// version operations and optional values are only added.
const Version = "1.0"

//go:embed schema/*.json operations/*.json
var files embed.FS

// Operation is one thing that a person can do at the gateway.
type Operation struct {
	// Name is "noun.verb": "mapping.put".
	Name string `json:"name"`
	// Group is the page that describes it.
	Group string `json:"-"`
	// Summary says what it does.
	Summary Text `json:"summary"`
	// Seed is the wording of the source documents, German; empty when they do not name it.
	Seed string `json:"seed"`
	// Statements and Decisions are what it serves: "S1-149", "D12".
	Statements []string `json:"statements"`
	Decisions  []string `json:"decisions"`
	// Roles may do it in their own organisation, RolesWithCR when acting on a change request (D8, D10b).
	Roles       []Role `json:"roles"`
	RolesWithCR []Role `json:"roles_with_cr"`
	// ByPowerOfAttorney says that someone outside the tenant may have a role for it by a power of attorney (D9).
	ByPowerOfAttorney bool `json:"by_power_of_attorney"`
	// Idempotent says that a repetition with equal arguments changes nothing more and is done again.
	Idempotent bool `json:"idempotent"`
	// Reads says that it changes nothing.
	Reads bool `json:"reads"`
	// Optional says that a gateway may lack it. Scenarios that need it are then not selected.
	Optional bool `json:"optional"`
	// Disruptive says that it interrupts the service or loses state, so that no check calls it for a try.
	Disruptive bool `json:"disruptive"`
	// Refusals are the usual grounds for a no.
	Refusals []Ground `json:"refusals"`
	// Examples are well-formed calls with their answers.
	Examples []Example `json:"examples"`

	args, result *jsonschema.Schema
}

// Text is a text in the bench's two languages.
type Text struct {
	EN string `json:"en"`
	DE string `json:"de"`
}

// Ground is one ground for a refusal.
type Ground struct {
	Rule     string `json:"rule"`
	When     string `json:"when"`
	WhoFixes Fixer  `json:"who_fixes"`
}

// Example is one call with its answer: Result or Refusal.
type Example struct {
	As      As              `json:"as"`
	Args    json.RawMessage `json:"args"`
	Result  json.RawMessage `json:"result,omitempty"`
	Refusal *Refusal        `json:"refusal,omitempty"`
}

// Group is one page of operations.
type Group struct {
	// Name is the name of its files; Order its place among the groups.
	Name  string `json:"group"`
	Order int    `json:"order"`
	// Title and About introduce it.
	Title      Text        `json:"title"`
	About      Text        `json:"about"`
	Operations []Operation `json:"operations"`
}

// loaded is the contract, read once.
type loaded struct {
	groups  []Group
	byName  map[string]Operation
	schemas *jsonschema.Set
	as      *jsonschema.Schema
	refusal *jsonschema.Schema
}

// book reads the embedded files. They are part of the program, and a test reads them: a mistake in them panics.
var book = sync.OnceValue(func() *loaded {
	b, err := load()
	if err != nil {
		panic("contract: " + err.Error())
	}
	return b
})

// Groups lists the groups in their order, each with its operations.
func Groups() []Group { return slices.Clone(book().groups) }

// Operations lists all operations, group by group.
func Operations() []Operation {
	var all []Operation
	for _, g := range book().groups {
		all = append(all, g.Operations...)
	}
	return all
}

// Lookup returns the operation with a name. A driver answers an unknown one with "unsupported".
func Lookup(name string) (Operation, bool) {
	o, ok := book().byName[name]
	return o, ok
}

// Names lists the names of all operations, sorted.
func Names() []string {
	var names []string
	for _, o := range Operations() {
		names = append(names, o.Name)
	}
	slices.Sort(names)
	return names
}

// CheckArgs reports what is not well-formed in an operation's arguments: jsonschema.Problems.
func (o Operation) CheckArgs(args []byte) error { return o.args.Check("args", args) }

// CheckResult reports what is not well-formed in its result: jsonschema.Problems.
func (o Operation) CheckResult(data []byte) error { return o.result.Check("data", data) }

// ArgsRows describes the values in the arguments, for documentation.
func (o Operation) ArgsRows() []jsonschema.Row { return o.args.Describe() }

// ResultRows describes the values in the result.
func (o Operation) ResultRows() []jsonschema.Row { return o.result.Describe() }

// CheckAs reports what is not well-formed in an acting person: jsonschema.Problems.
func CheckAs(as []byte) error { return book().as.Check("as", as) }

// CheckRefusal reports what is not well-formed in a refusal: jsonschema.Problems.
func CheckRefusal(refusal []byte) error { return book().refusal.Check("refusal", refusal) }

// RedactArgs returns args with passwords and PINs replaced, for records, and the replaced values.
func (o Operation) RedactArgs(args []byte) (redacted []byte, secrets []string) {
	return redact(o.args, args)
}

// RedactResult returns a result with secrets replaced, and the replaced values.
func (o Operation) RedactResult(data []byte) (redacted []byte, secrets []string) {
	return redact(o.result, data)
}

func redact(s *jsonschema.Schema, data []byte) (redacted []byte, secrets []string) {
	v, err := jsonschema.Parse(data)
	if err != nil {
		return []byte(`"` + jsonschema.Redacted + `"`), nil // what cannot be read cannot be shown to be free of secrets
	}
	out, err := json.Marshal(s.Redact(v, func(secret string) { secrets = append(secrets, secret) }))
	if err != nil {
		return []byte(`"` + jsonschema.Redacted + `"`), secrets
	}
	return out, secrets
}

// Schema returns a published schema file, "common.json" or "<group>.json", for drivers in other languages.
func Schema(file string) ([]byte, error) {
	data, err := files.ReadFile("schema/" + file)
	if err != nil {
		return nil, fmt.Errorf("contract: there is no schema file %s; there are %s", file, strings.Join(SchemaFiles(), ", "))
	}
	return data, nil
}

// SchemaFiles lists the schema files.
func SchemaFiles() []string {
	entries, err := files.ReadDir("schema")
	if err != nil {
		panic("contract: " + err.Error()) // embedded
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

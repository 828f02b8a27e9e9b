// Package mutant says what a mutant is, a gateway or a world that is wrong on purpose, and draws from what the
// scenarios said of it what became of it: the bench's own exam. It leaves out the mutants themselves (package
// catalogue), how scenarios are run against them (package hunt) and mutants that are patches (package patch).
package mutant

import "slices"

// Family is a subject in which gateways go wrong.
type Family string

// The families; a mutant of World is one of the simulated world and not of the gateway.
const (
	Direction   Family = "direction"
	Mapping     Family = "mapping"
	Isolation   Family = "isolation"
	Options     Family = "options and confirmations"
	Transport   Family = "transport security"
	Queue       Family = "queue"
	Maintenance Family = "maintenance and availability"
	Roles       Family = "roles and powers of attorney"
	Sizes       Family = "sizes"
	Network     Family = "network"
	Lying       Family = "lying gateways"
	World       Family = "world"
)

// Families are all of them in the order of tables.
var Families = []Family{Direction, Mapping, Isolation, Options, Transport, Queue, Maintenance, Roles, Sizes, Network, Lying, World}

// Severity is how bad the fault would be in production.
type Severity string

// The severities: C is loss, a leak to another tenant or to the Internet, forged identity; H denial of service,
// broken proof or wrong legal effect; M wrong but recoverable; L polish.
const (
	C Severity = "C"
	H Severity = "H"
	M Severity = "M"
	L Severity = "L"
)

// Class is where the fault shows.
type Class string

// The classes: the wire, the administration, the network, time, or the end of a process.
const (
	Wire    Class = "W"
	Admin   Class = "A"
	Net     Class = "N"
	Time    Class = "T"
	Process Class = "X"
)

// Mutant is one faulty gateway, with one rule broken.
type Mutant struct {
	// ID is its name, in lower case with hyphens.
	ID       string
	Family   Family
	Severity Severity
	Class    Class
	// Text says in a few words what it does.
	Text string
	// Requirements are the statements that it breaks, the chief one first: one of their scenarios has to fail.
	Requirements []string
	// Tolerated says why no scenario may fail it, though it is not what the reference does; empty for most.
	Tolerated string
	// Unmeasurable says what the bench lacks to see it; empty for most.
	Unmeasurable string
}

// Breaks reports whether one of the statements is broken by m.
func (m Mutant) Breaks(statements []string) bool {
	return slices.ContainsFunc(statements, func(s string) bool { return slices.Contains(m.Requirements, s) })
}

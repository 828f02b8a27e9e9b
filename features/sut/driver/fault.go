package driver

import (
	"fmt"
	"strings"
)

// Kind is what a driver did wrong.
type Kind string

// What a driver can do wrong.
const (
	// NotStarted: the program cannot be run.
	NotStarted Kind = "not-started"
	// NoHello: its first line is missing, late or wrong.
	NoHello Kind = "no-hello"
	// Silent: no answer within the deadline, or no end after the end of input.
	Silent Kind = "silent"
	// Flood: a line, or the number of lines, without end.
	Flood Kind = "flood"
	// Garbage: a line that is no message.
	Garbage Kind = "garbage"
	// Twice: a second answer to one operation.
	Twice Kind = "twice"
	// Stranger: an answer to an operation that was not asked for.
	Stranger Kind = "stranger"
	// Died: it ended while it was needed.
	Died Kind = "died"
	// Leftover: it left processes running.
	Leftover Kind = "leftover"
	// Malformed: an answer against the operation's schema.
	Malformed Kind = "malformed"
	// Failed: it says that it could not carry out the operation.
	Failed Kind = "failed"
	// Closed: it is used after its end.
	Closed Kind = "closed"
)

// Fault is a fault of the driver or its wiring. It says nothing about the gateway: the suite makes the scenario
// INCONCLUSIVE.
type Fault struct {
	Kind Kind
	// Operation and ID are those of the operation that was under way, empty when none was.
	Operation, ID string
	// Text says what happened, Next what to do about it.
	Text, Next string
	// Stderr is the end of what the program wrote to its standard error output, without known secrets.
	Stderr string
}

// Error is the fault in one sentence and a remedy; the standard error output follows on lines of its own.
func (f *Fault) Error() string {
	text := "driver: "
	if f.Operation != "" {
		text += f.Operation + ": "
	}
	text += f.Text
	if f.Next != "" {
		text += "; " + f.Next
	}
	if f.Stderr != "" {
		text += "\n  it wrote: " + strings.ReplaceAll(f.Stderr, "\n", "\n            ")
	}
	return text
}

// during returns a copy that names the operation under way.
func (f *Fault) during(name, id string) *Fault {
	c := *f
	c.Operation, c.ID = name, id
	return &c
}

// Remedies, where one fits several faults.
const (
	nextLogs   = "write logs to standard error; standard output takes only the protocol's lines"
	nextTime   = "answer within deadline_ms, if need be with status \"failed\" and the reason; raise limits.deadline in sut.yaml when the product is slow"
	nextDaemon = "let a service manager or container hold what must stay, and end the rest before the program ends"
)

func faultf(kind Kind, next, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Text: fmt.Sprintf(format, args...), Next: next}
}

// Package driver drives a foreign gateway through a program of its vendor: a long-lived driver that speaks lines
// of JSON (L2, Start), or one command per operation (L1, NewHooks). PROTOCOL.md is what the vendor reads.
//
// A driver may hang, flood, print garbage, answer twice or for somebody else, die, or leave children behind. Each
// is a *Fault that says so and what to do; the driver's whole process group is then killed. A fault is one of the
// driver, so the suite makes the scenario INCONCLUSIVE of it, never FAIL. Whether an answer is true is not
// judged here: features/check compares it with the wire.
//
// A foreign program cannot take virtual time. Deadlines are those of the wall clock (Options.Clock); a world
// whose time is virtual is held meanwhile (Options.Hold). Files are left out: the transcript is handed over as
// lines, to be stored with the scenario's evidence.
package driver

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/protocol"
)

// Clock is what a driver's deadlines are measured with: clock.Real.
type Clock interface {
	Now() time.Time
	WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
	// IO brackets the start and the end of programs.
	IO(f func())
}

// Command is a program to start.
type Command struct {
	// Args are the program and its arguments. No shell is involved.
	Args []string
	// Dir is its working directory; empty: that of the bench.
	Dir string
	// Env are variables on top of the bench's own, "NAME=value": addresses of the world, secrets.
	Env []string
	// Secrets are values that must not appear in transcripts and reports: passwords among Env.
	Secrets []string
}

// Options bound what a driver may do. Only Clock is required.
type Options struct {
	Clock Clock
	// Hold stops a virtual world while the driver works, and returns what lets it go on; nil: nothing to stop.
	Hold func() (release func())
	// Deadline is the time for an operation that names none; default 30 s.
	Deadline time.Duration
	// Ready is the time until the hello; default 10 s.
	Ready time.Duration
	// Drain is the time to quit after the end of input; default 5 s.
	Drain time.Duration
	// MaxLine is the longest line or hook output in octets; default protocol.MaxLine.
	MaxLine int
	// MaxUnasked is the number of lines that a driver may send between two results; default 1000.
	MaxUnasked int
	// MaxParallel bounds the operations at once, below what the driver offers; default: its offer, 1 for hooks.
	MaxParallel int
	// Transcript receives what was said, one JSON object a line (driver.ndjson), at most 16 MiB; nil: nobody.
	// It is written under a lock and must not wait: give a buffer.
	Transcript io.Writer
	// Kept is where the transcript will be found, for messages; default "driver.ndjson".
	Kept string
}

func (o Options) withDefaults() Options {
	fill(&o.Deadline, 30*time.Second)
	fill(&o.Ready, 10*time.Second)
	fill(&o.Drain, 5*time.Second)
	fill(&o.MaxLine, protocol.MaxLine)
	fill(&o.MaxUnasked, 1000)
	fill(&o.Kept, "driver.ndjson")
	return o
}

func fill[T comparable](to *T, otherwise T) {
	var zero T
	if *to == zero {
		*to = otherwise
	}
}

// Grace is how long the bench waits beyond an operation's deadline, so that a driver that gives up in time is
// still heard.
const Grace = 500 * time.Millisecond

// Op is an operation to be carried out.
type Op struct {
	contract.Request
	// Scenario is named to the driver, for its logs.
	Scenario string
	// Deadline is the time for the answer; 0: Options.Deadline.
	Deadline time.Duration
}

// Outcome is how an operation ended: protocol.Done, Refused or Unsupported. A driver's "failed" is a *Fault.
type Outcome struct {
	Status protocol.Status
	// Data is the well-formed result when Done.
	Data json.RawMessage
	// Refusal is the gateway's no when Refused.
	Refusal *contract.Refusal
	// Reason says why when Unsupported, if the driver did.
	Reason   string
	Evidence []protocol.Evidence
}

// Driver carries out operations, as many at once as its hello allows; more wait.
type Driver interface {
	// Hello says what it can do.
	Hello() protocol.Hello
	// Do carries out one operation. The error is a *Fault, or that of ctx.
	Do(ctx context.Context, op Op) (Outcome, error)
	// Events takes the events since the last call, oldest first; the newest 1000 are kept.
	Events() []protocol.Event
	// Close ends the driver and whatever it has left running, and returns the first *Fault of its life, if any.
	Close() error
}

// Call carries out an operation of the contract and decodes its result into result (nil: not wanted). Only an
// Outcome that is Done has one.
func Call(ctx context.Context, d Driver, as contract.As, args contract.Args, result any) (Outcome, error) {
	r, err := contract.NewRequest(as, args)
	if err != nil {
		return Outcome{}, err
	}
	o, err := d.Do(ctx, Op{Request: r})
	if err != nil || o.Status != protocol.Done || result == nil {
		return o, err
	}
	return o, json.Unmarshal(o.Data, result)
}

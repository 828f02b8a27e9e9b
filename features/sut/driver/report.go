package driver

import (
	"fmt"
	"strings"
	"time"

	"demailbench/features/sut/protocol"
)

// Grade is what a check has found.
type Grade string

// What a check can find.
const (
	// OK: as it should be.
	OK Grade = "ok"
	// Problem: the driver must be mended before its answers are worth anything.
	Problem Grade = "problem"
	// Note: worth knowing.
	Note Grade = "note"
	// NotChecked: could not be tried.
	NotChecked Grade = "not checked"
)

// Finding is one check with its outcome.
type Finding struct {
	Grade Grade
	// What was checked, and found; Next what to do about it.
	What, Next string
}

// Report is the outcome of Check.
type Report struct {
	// Hello is the driver's, zero when there was none.
	Hello    protocol.Hello
	Findings []Finding
	// Transcript is what was said, one JSON object a line.
	Transcript []byte
	// Elapsed is the time on the wall clock.
	Elapsed time.Duration
}

// Passed reports whether no check has found a problem and the driver could be started at all.
func (r Report) Passed() bool { return r.count(Problem) == 0 && r.count(OK) > 0 }

func (r Report) count(g Grade) int {
	n := 0
	for _, f := range r.Findings {
		if f.Grade == g {
			n++
		}
	}
	return n
}

// String is the report for people: one line a finding with the remedy below it, and a sentence at the end.
func (r Report) String() string {
	var b strings.Builder
	if r.Hello.Version != "" {
		fmt.Fprintf(&b, "%s: protocol %s, %d operations, %d at once\n", r.Hello.Version, r.Hello.Protocol, len(r.Hello.Capabilities), r.Hello.MaxParallel)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "  %-11s %s\n", f.Grade, strings.ReplaceAll(f.What, "\n", "\n              "))
		if f.Next != "" {
			fmt.Fprintf(&b, "              do: %s\n", f.Next)
		}
	}
	verdict := "The driver keeps the protocol and answers what it declares, as far as that shows without carrying mail."
	if !r.Passed() {
		verdict = "The driver must be mended: see each problem above, and the transcript for what was said."
	}
	fmt.Fprintf(&b, "%s %d problems, %d notes, %.1f s.\n", verdict, r.count(Problem), r.count(Note), r.Elapsed.Seconds())
	return b.String()
}

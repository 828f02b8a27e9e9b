// Package attestation makes of a run that conforms a signed package, and recomputes elsewhere what such a package
// says: that its octets are those that were signed, that every verdict follows from the evidence in it, and that
// nothing which the profile requires is missing. It leaves out running (package suite), the archive (reports/parcel)
// and whose key signed: people compare fingerprints.
package attestation

import (
	"fmt"
	"slices"
	"strings"

	"demailbench/features/check"
	"demailbench/features/ledger"
	"demailbench/features/suite"
	"demailbench/reports"
)

// Required are the ids of the scenarios of the core selection that have a statement which binds a gateway: what has
// to be settled before anybody vouches for a run.
func Required(all []suite.Scenario, l *ledger.Ledger) []string {
	var ids []string
	for _, sc := range all {
		if slices.Contains(sc.Tags, "@extended") {
			continue
		}
		if slices.ContainsFunc(sc.Requirements(), func(id string) bool {
			r, err := l.Get(id)
			return err == nil && r.Binding()
		}) {
			ids = append(ids, sc.ID)
		}
	}
	return ids
}

// Open says what is open in a run, one sentence each: planned scenarios without a good verdict, and required ones
// that were not planned, unless partial allows that. Left are the required ones that were not planned.
func Open(s *reports.Summary, required []string, partial bool) (open, left []string) {
	planned := map[string]bool{}
	for _, sc := range s.Scenarios {
		planned[sc.ID] = true
		if !good(sc.Verdict) {
			open = append(open, strings.TrimSuffix(fmt.Sprintf("%s: %s: %s", sc.ID, sc.Verdict, sc.Reason), ": "))
		}
	}
	for _, id := range required {
		if !planned[id] {
			left = append(left, id)
			if !partial {
				open = append(open, id+": required, and not selected")
			}
		}
	}
	switch {
	case s.Preflight != "":
		open = []string{"the pre-flight failed, so nothing was judged: " + s.Preflight}
	case len(s.Scenarios) == 0 || s.Executed < s.Planned:
		open = append(open, fmt.Sprintf("%d scenarios were executed of %d planned", s.Executed, s.Planned))
	case len(open) == 0 && s.ExitCode != check.ExitConforming:
		open = append(open, fmt.Sprintf("the run ended with exit code %d", s.ExitCode))
	}
	return open, left
}

// good tells whether a verdict leaves nothing open for who vouches: a failure that the vendor expects is a failure.
func good(v check.Verdict) bool {
	return v == check.Pass || v == check.Warn || v == check.NotApplicable
}

// OpenError is the refusal of a package.
type OpenError struct{ Open []string }

// shown is how many open things an error lists; the report has them all.
const shown = 20

// Error lists what is open.
func (e *OpenError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "no package: %d things that are required are open:", len(e.Open))
	for i, o := range e.Open {
		if i == shown {
			fmt.Fprintf(&b, "\n  and %d more; the report has them all", len(e.Open)-i)
			break
		}
		b.WriteString("\n  " + o)
	}
	return b.String()
}

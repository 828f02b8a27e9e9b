package preflight

import (
	"errors"

	"demailbench/features/sut"
	"demailbench/reports/failure"
	"demailbench/reports/wiring"
)

// Report tells the error of a gateway that was not brought up.
func Report(err error) *wiring.Report {
	f := wiring.Finding{Hop: wiring.Driver, Key: "driver.start", Fixer: failure.Gateway, Observed: err.Error()}
	var m *Miswired
	var u *sut.Unreliable
	switch {
	case errors.As(err, &u):
		f.Key = "driver.failed"
	case errors.As(err, &m) && m.Part != "":
		f.Hop, f.Key, f.Observed, f.Expected = m.Part, "told", m.Hop+": "+m.Err.Error(), m.Fix
	}
	return &wiring.Report{Findings: []wiring.Finding{f}}
}

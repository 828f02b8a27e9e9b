package attestation

import (
	"fmt"
	"io"
)

// Write says what was found: what the package is to out, the faults to trouble.
func (a *Answer) Write(out, trouble io.Writer) {
	if o := a.Origin; o != nil {
		fmt.Fprintf(out, "gateway:  %s %s %s (%s), profile %s\n", o.Vendor, o.Product, o.Version, o.SUT, o.Profile)
		fmt.Fprintf(out, "run:      %s of %s, seed %d, demailbench %s on %s\n", o.Run, o.Started.Format("2006-01-02 15:04 MST"), o.Seed, o.Tool, o.System)
		fmt.Fprintf(out, "verdict:  %s: %d planned, %d executed%s\n", a.Summary.Verdict, a.Summary.Planned, a.Summary.Executed, a.partly())
	}
	if len(a.Signer.Raw()) > 0 {
		known := ""
		if a.Known {
			known = " (the key of --key)"
		}
		fmt.Fprintf(out, "signed:   %s%s\n", a.Signer.Fingerprint(), known)
	}
	if r := a.Again; r != nil {
		fmt.Fprintf(out, "rejudged: %d scenarios, %d verdicts differ: %s\n", len(r.Again.Scenarios)-len(r.Kept), len(r.Differences), r.Again.Verdict)
	}
	for _, n := range a.Notes {
		fmt.Fprintln(out, "note:    ", n)
	}
	const most = 20
	for i, f := range a.Faults {
		if i == most {
			fmt.Fprintf(trouble, "fault:    and %d more\n", len(a.Faults)-i)
			break
		}
		fmt.Fprintln(trouble, "fault:   ", f)
	}
	if len(a.Faults) == 0 {
		fmt.Fprintln(out, "The package is whole and as it was signed.")
		return
	}
	fmt.Fprintf(trouble, "Do not rely on this package; exit code %d\n", a.ExitCode())
}

// partly says beside the verdict what it does not cover.
func (a *Answer) partly() string {
	if len(a.Left) == 0 {
		return ""
	}
	return fmt.Sprintf("; PARTIAL, %d required scenarios are not in it", len(a.Left))
}

package main

import (
	"fmt"
	"os"

	"demailbench/features/attestation"
	"demailbench/features/ledger"
	"demailbench/features/sut"
	"demailbench/reports/manifest"
)

// verifyCommand holds a signed package against what it says of itself.
type verifyCommand struct {
	sources
	Package string `arg:"" help:"The package, as run --package wrote it."`
	Rejudge bool   `help:"Draw every verdict anew from the evidence in the package."`
	Key     string `help:"The public key that must have signed it." placeholder:"FILE.pub"`
}

// Run verifies and returns the package's exit code.
func (c *verifyCommand) Run() error {
	q := attestation.Question{File: c.Package}
	if c.Key != "" {
		key, err := readPublic("--key", c.Key)
		if err != nil {
			return err
		}
		q.Key = &key
	}
	var err error
	if q.Bench, err = c.bench(); err != nil {
		return err
	}
	if c.Rejudge {
		if q.Work, err = os.MkdirTemp("", "demailbench-verify-"); err != nil {
			return fmt.Errorf("make a directory for the evidence: %w; TMPDIR names another place", err)
		}
		defer os.RemoveAll(q.Work)
	}
	a, err := attestation.Verify(q)
	if err != nil {
		return err
	}
	c.print(a)
	return exitCode(a.ExitCode())
}

// bench is what this bench knows itself.
func (s sources) bench() (attestation.Bench, error) {
	b := attestation.Bench{Tool: sut.Version}
	var err error
	if b.Scenarios, err = s.scenarios(); err != nil {
		return b, err
	}
	if b.Ledger, err = ledger.Load(s.fixtures()); err != nil {
		return b, err
	}
	if b.Features, err = manifest.Tree(s.features()); err != nil {
		return b, err
	}
	b.Fixtures, err = manifest.Tree(s.fixtures())
	return b, err
}

// print says what was found: faults last, where they are read.
func (c *verifyCommand) print(a *attestation.Answer) {
	if o := a.Origin; o != nil {
		fmt.Printf("gateway:  %s %s %s (%s), profile %s\n", o.Vendor, o.Product, o.Version, o.SUT, o.Profile)
		fmt.Printf("run:      %s of %s, seed %d, demailbench %s on %s\n", o.Run, o.Started.Format("2006-01-02 15:04 MST"), o.Seed, o.Tool, o.System)
		fmt.Printf("verdict:  %s: %d planned, %d executed%s\n", a.Summary.Verdict, a.Summary.Planned, a.Summary.Executed, partly(a))
	}
	if len(a.Signer.Raw()) > 0 {
		known := ""
		if a.Known {
			known = " (the key of --key)"
		}
		fmt.Printf("signed:   %s%s\n", a.Signer.Fingerprint(), known)
	}
	if r := a.Again; r != nil {
		fmt.Printf("rejudged: %d scenarios, %d verdicts differ: %s\n", len(r.Again.Scenarios)-len(r.Kept), len(r.Differences), r.Again.Verdict)
	}
	for _, n := range a.Notes {
		fmt.Println("note:    ", n)
	}
	const most = 20
	for i, f := range a.Faults {
		if i == most {
			fmt.Fprintf(os.Stderr, "fault:    and %d more\n", len(a.Faults)-i)
			break
		}
		fmt.Fprintln(os.Stderr, "fault:   ", f)
	}
	if len(a.Faults) == 0 {
		fmt.Println("The package is whole and as it was signed.")
		return
	}
	fmt.Fprintf(os.Stderr, "Do not rely on this package; exit code %d\n", a.ExitCode())
}

// partly says beside the verdict what it does not cover.
func partly(a *attestation.Answer) string {
	if len(a.Left) == 0 {
		return ""
	}
	return fmt.Sprintf("; PARTIAL, %d required scenarios are not in it", len(a.Left))
}

package main

import (
	"fmt"
	"os"

	"demailbench/features/attestation"
	"demailbench/features/ledger"
	"demailbench/features/suite"
	"demailbench/features/sut"
	"demailbench/reports/manifest"
	"demailbench/reports/signer"
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
		key, err := signer.ReadPublic(c.Key)
		if err != nil {
			return &suite.UsageError{Text: fmt.Sprintf("--key: %v", err)}
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
	a.Write(os.Stdout, os.Stderr)
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

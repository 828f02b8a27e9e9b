package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"demailbench/features/attestation"
	"demailbench/features/check"
	"demailbench/features/ledger"
	"demailbench/features/suite"
	"demailbench/reports"
	"demailbench/reports/messages"
	"demailbench/reports/signer"
)

// packaging is the part of run that makes a signed package.
type packaging struct {
	Package string `help:"Make a signed package of the run, when nothing that is required is open." placeholder:"FILE.zip"`
	Key     string `help:"The private key that signs the package; key new makes one." placeholder:"FILE"`
	Partial bool   `help:"Let the package be of a part of what is required; its certificate says which."`
}

// order prepares the package before anything runs, so that a run of an hour does not end with a wrong key. It is nil
// when none is asked for.
func (c *runCommand) order(plan suite.Plan) (*attestation.Order, error) {
	if c.Package == "" {
		if c.Key != "" || c.Partial {
			return nil, &suite.UsageError{Text: "--key and --partial are about the package: name it with --package FILE.zip"}
		}
		return nil, nil
	}
	if c.Key == "" {
		return nil, &suite.UsageError{Text: "--package needs the key that signs: --key FILE; demailbench key new FILE makes one"}
	}
	if _, err := os.Lstat(c.Package); err == nil {
		return nil, &suite.UsageError{Text: fmt.Sprintf("--package %s: is there already, and a package is never replaced; name another", c.Package)}
	}
	o := &attestation.Order{File: c.Package, Partial: c.Partial, Lang: messages.Lang(c.Lang)}
	var err error
	if o.Key, err = signer.ReadKey(c.Key); err != nil {
		return nil, &suite.UsageError{Text: fmt.Sprintf("--key: %v", err)}
	}
	l, err := ledger.Load(c.fixtures())
	if err != nil {
		return nil, &suite.UsageError{Text: err.Error()}
	}
	all, err := c.scenarios()
	if err != nil {
		return nil, err
	}
	o.Required = attestation.Required(all, l)
	return o, c.whole(plan, o)
}

// whole refuses a selection that leaves out what is required, unless a part is asked for.
func (c *runCommand) whole(plan suite.Plan, o *attestation.Order) error {
	var left []string
	for _, id := range o.Required {
		if !slices.ContainsFunc(plan.Run, func(s suite.Scenario) bool { return s.ID == id }) {
			left = append(left, id)
		}
	}
	if len(left) == 0 || c.Partial {
		return nil
	}
	const shown = 5
	text := strings.Join(left[:min(shown, len(left))], ", ")
	if len(left) > shown {
		text += fmt.Sprintf(" and %d more", len(left)-shown)
	}
	return &suite.UsageError{Text: fmt.Sprintf("--package: the selection leaves out %d of %d required scenarios: %s; select them, or add --partial: the certificate then says what was left out",
		len(left), len(o.Required), text)}
}

// pack makes the package and returns the exit code.
func (c *runCommand) pack(o *attestation.Order, s *reports.Summary) exitCode {
	o.Dir = c.Out
	err := attestation.Pack(*o)
	if err == nil {
		fmt.Fprintf(os.Stderr, "Package: %s, signed with %s\nCertificate: %s/certificate.html\n", c.Package, o.Key.Public().Fingerprint(), c.Out)
		return exitCode(s.ExitCode)
	}
	fmt.Fprintln(os.Stderr, "demailbench:", err)
	switch open := new(attestation.OpenError); {
	case !errors.As(err, &open):
		return check.ExitBench
	case s.ExitCode != check.ExitConforming:
		return exitCode(s.ExitCode)
	}
	return check.ExitInconclusive
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"demailbench/features/check"
	"demailbench/features/suite"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/suts"
	"demailbench/sim/clock"
)

type driverCommand struct {
	Reference driverReferenceCommand `cmd:"" hidden:"" help:"The driver of the reference gateway as a program of its own, for sut.yaml."`
	Check     driverCheckCommand     `cmd:"" help:"Is a driver honest and complete? Needs no world: demailbench driver check -- CMD ARGS"`
}

type driverCheckCommand struct {
	Transcript string   `help:"Write what was said to this file, one JSON object a line." type:"path" placeholder:"FILE"`
	Command    []string `arg:"" passthrough:"" help:"The driver and its arguments."`
}

// Run checks a driver: exit code 0 when it passes, 3 when it has a problem, because no verdict on the gateway
// would be possible with it.
func (c *driverCheckCommand) Run() error {
	args := c.Command
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return &suite.UsageError{Text: "driver check needs the driver's command: demailbench driver check -- CMD ARGS"}
	}
	r := driver.Check(context.Background(), driver.Command{Args: args}, driver.CheckOptions{Options: driver.Options{Clock: clock.Real()}})
	fmt.Print(r)
	if c.Transcript != "" {
		if err := os.WriteFile(c.Transcript, r.Transcript, 0o600); err != nil {
			return err
		}
	}
	if !r.Passed() {
		return exitCode(check.ExitPreflight)
	}
	return nil
}

type initCommand struct {
	Out string `help:"The file to write." default:"sut.yaml" type:"path" placeholder:"FILE"`
}

// Run asks and writes sut.yaml; an existing file is never overwritten.
func (c *initCommand) Run() error {
	if _, err := os.Stat(c.Out); !errors.Is(err, fs.ErrNotExist) {
		return &suite.UsageError{Text: c.Out + " exists already; move it away or name another file with --out"}
	}
	text, err := suts.Init(os.Stdin, os.Stderr, suts.Options{Profiles: []string{"saxony"}})
	if err != nil {
		return &suite.UsageError{Text: err.Error()}
	}
	if err := os.WriteFile(c.Out, text, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "demailbench: wrote %s; next: demailbench driver check -- CMD, then demailbench run --sut %s\n", c.Out, c.Out)
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"demailbench/features/check"
	"demailbench/features/suite"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/referencedriver"
	"demailbench/features/sut/suts"
	"demailbench/sim/clock"
)

type driverCommand struct {
	Reference driverReferenceCommand `cmd:"" hidden:"" help:"The driver of the reference gateway as a program of its own, for sut.yaml."`
	Check     driverCheckCommand     `cmd:"" help:"Does a driver keep the protocol? Needs no world: demailbench driver check -- CMD ARGS"`
}

type driverCheckCommand struct {
	Transcript string        `help:"Write what was said to this file, one JSON object a line." type:"path" placeholder:"FILE"`
	Deadline   time.Duration `help:"Time for one operation, as limits.deadline in sut.yaml." default:"30s"`
	Command    []string      `arg:"" passthrough:"" help:"The driver and its arguments."`
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
	if c.Deadline <= 0 {
		return &suite.UsageError{Text: fmt.Sprintf("--deadline %v leaves no time for an answer; write one like 30s", c.Deadline)}
	}
	r := driver.Check(context.Background(), driver.Command{Args: args}, driver.CheckOptions{
		Options: driver.Options{Clock: clock.Real(), Deadline: c.Deadline},
		Budget:  4*c.Deadline + 4*time.Second, // reset is asked for three times
	})
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
	o := suts.Options{Profiles: []string{"saxony"}}
	text, err := suts.Init(os.Stdin, os.Stderr, o)
	if err != nil {
		return &suite.UsageError{Text: err.Error()}
	}
	if err := os.WriteFile(c.Out, text, 0o644); err != nil {
		return err
	}
	next := ""
	if s, err := suts.Parse(c.Out, text, o); err == nil && s.Driver != nil && len(s.Driver.Command) > 0 {
		next = "demailbench driver check -- " + shell(s.Driver.Command) + ", then "
	}
	fmt.Fprintf(os.Stderr, "demailbench: wrote %s; next: %sdemailbench run --sut %s\n", c.Out, next, shell([]string{c.Out}))
	return nil
}

// shell writes a command so that a shell reads the same words.
func shell(command []string) string {
	words := make([]string, len(command))
	for i, w := range command {
		words[i] = w
		if w == "" || strings.ContainsAny(w, " \t\"'\\$`*?[](){}<>|&;#~!") {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// driverReferenceCommand is the driver of fixtures/suts/reference-process.
type driverReferenceCommand struct{}

// Run drives until the standard input ends.
func (driverReferenceCommand) Run() error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-stop
		os.Exit(1) // the gateway ends with the pipe from us to it
	}()
	return referencedriver.Serve()
}

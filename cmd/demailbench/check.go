package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"demailbench/features/check"
	"demailbench/features/suite"
	"demailbench/reports/messages"
	"demailbench/reports/wiring"
	"demailbench/sim/lab"
)

// checkCommand is the pre-flight alone.
type checkCommand struct {
	sources
	SUT  string `name:"sut" help:"The gateway: reference, reference-process, or the path of a vendor's sut.yaml." default:"reference" placeholder:"NAME|FILE"`
	Lang string `help:"en or de." enum:"en,de" default:"en"`
	JSON bool   `help:"Write what was found as JSON to standard output."`
	Out  string `help:"Where record and capture go. Default: a temporary directory, kept when something is wrong." placeholder:"DIR"`
}

// Run looks at the wiring; what is wrong with it is exit code 3.
func (c *checkCommand) Run() error {
	if _, err := lab.Load(c.fixtures(), c.Profile); err != nil {
		return err
	}
	temporary := c.Out == ""
	if temporary {
		var err error
		if c.Out, err = os.MkdirTemp("", "demailbench-check-"); err != nil {
			return fmt.Errorf("make a directory for record and capture: %w; --out names another place", err)
		}
	} else if list, err := os.ReadDir(c.Out); err == nil && len(list) > 0 {
		return &suite.UsageError{Text: fmt.Sprintf("the directory %s is not empty; choose another with --out", c.Out)}
	}
	found, err := c.look()
	if err != nil {
		return fmt.Errorf("%w; record and capture are in %s", err, c.Out)
	}
	capture := filepath.Join(c.Out, suite.WiringID, "net.pcapng")
	if temporary && found.Good() {
		capture = ""
		err = os.RemoveAll(c.Out)
	}
	if err := errors.Join(err, c.write(found, capture)); err != nil {
		return err
	}
	if !found.Good() {
		return exitCode(check.ExitPreflight)
	}
	return nil
}

func (c *checkCommand) write(found *wiring.Report, capture string) error {
	if c.JSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(found)
	}
	return found.Write(os.Stdout, messages.In(messages.Lang(c.Lang)), capture)
}

// look starts the gateway in a worker, because virtual time watches a whole process.
func (c *checkCommand) look() (*wiring.Report, error) {
	r := runCommand{sources: c.sources, SUT: c.SUT, Out: c.Out, Jobs: 1, Fabric: "embedded"}
	if _, err := r.subject(); err != nil {
		return nil, err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	pool, err := r.pool(1)
	if err != nil {
		return nil, err
	}
	return pool.Wiring(ctx)
}

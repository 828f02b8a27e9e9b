package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"demailbench/features/check"
	"demailbench/features/mutant"
	"demailbench/features/mutant/catalogue"
	"demailbench/features/mutant/hunt"
	"demailbench/features/mutant/patch"
	"demailbench/features/subject"
	"demailbench/features/suite"
)

type mutantsCommand struct {
	sources
	Only      []string `help:"Only these mutants: ids, their beginnings at a hyphen, or families." placeholder:"ID"`
	JSON      bool     `name:"json" help:"Print the reports as JSON."`
	Jobs      int      `help:"Mutants at a time; 0 means one for each processor."`
	Keep      string   `help:"Keep the evidence of every run below this directory." placeholder:"DIR"`
	Survivors string   `help:"The mutants that may survive, one id a line; a survivor that is not in it, and one in it that does not survive, is exit code 1." type:"existingfile" placeholder:"FILE"`
	Table     string   `help:"Write the table between the markers of this document." type:"existingfile" placeholder:"FILE"`
	Patch     string   `help:"Hunt the mutant that this patch makes of the sources in the current directory, instead of those of the catalogue." type:"existingfile" placeholder:"FILE"`
	Commit    string   `help:"What the table names as the version that was measured." default:"unknown"`
}

// Run hunts and reports.
func (c *mutantsCommand) Run() error {
	list, err := catalogue.Select(c.Only)
	if err != nil {
		return &suite.UsageError{Text: "--only " + err.Error()}
	}
	ratchet, err := c.ratchet()
	if err != nil {
		return err
	}
	h, err := c.hunt()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.Patch != "" {
		return c.patched(ctx, h)
	}
	began := time.Now()
	reports, err := h.Run(ctx, list)
	if err != nil {
		return err
	}
	spent := time.Since(began).Round(time.Second)
	if err := c.write(reports, spent); err != nil {
		return err
	}
	if c.Survivors == "" {
		return nil
	}
	broken := ratchet.Hold(reports)
	for _, b := range broken {
		fmt.Fprintf(os.Stderr, "%s: %s\n", c.Survivors, b)
	}
	if len(broken) > 0 {
		return exitCode(check.ExitFail)
	}
	return nil
}

// patched hunts the mutant that a patch makes.
func (c *mutantsCommand) patched(ctx context.Context, h *hunt.Hunt) error {
	dir, err := os.MkdirTemp("", "demailbench-patched-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := patch.Make(ctx, ".", dir, c.Patch)
	var fault *patch.Error
	if errors.As(err, &fault) {
		return &suite.UsageError{Text: fault.Error()}
	}
	if err != nil {
		return err
	}
	h.Limit = 10 * time.Minute
	h.Command = func(_, out string) []string {
		return []string{program, "worker", "--seed", "1", "--out", out, "--sut", "reference", "--stall", "4s"}
	}
	r, err := h.Patched(ctx, c.Patch)
	if err != nil {
		return err
	}
	switch r.Outcome {
	case mutant.Killed:
		fmt.Println(r.Outcome, "by", r.KilledBy, r.Requirements)
		return nil
	case mutant.Survived:
		return exitCode(check.ExitFail)
	}
	return exitCode(check.ExitInconclusive)
}

func (c *mutantsCommand) ratchet() (mutant.Ratchet, error) {
	if c.Survivors == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Survivors)
	if err != nil {
		return nil, &suite.UsageError{Text: err.Error()}
	}
	r, err := mutant.ParseRatchet(string(text), catalogue.IDs())
	if err != nil {
		return nil, &suite.UsageError{Text: c.Survivors + ": " + err.Error()}
	}
	return r, nil
}

// hunt prepares the hunt in the reference world.
func (c *mutantsCommand) hunt() (*hunt.Hunt, error) {
	all, err := c.scenarios()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the bench's own program: %w", err)
	}
	if c.Jobs == 0 {
		c.Jobs = runtime.NumCPU()
	}
	return &hunt.Hunt{Scenarios: all, Jobs: c.Jobs, Keep: c.Keep, Command: func(id, out string) []string {
		return append([]string{self, "worker", "--seed", "1", "--out", out, "--sut", subject.Mutant + id, "--stall", "4s"}, c.args()...)
	}, Finished: func(r mutant.Report) { fmt.Fprintln(os.Stderr, r) }}, nil
}

// write prints what was found.
func (c *mutantsCommand) write(reports []mutant.Report, spent time.Duration) error {
	table := mutant.Table(reports, time.Now().UTC().Format(time.DateOnly), c.Commit)
	if c.Table != "" {
		old, err := os.ReadFile(c.Table)
		if err != nil {
			return err
		}
		text, err := mutant.Insert(string(old), table)
		if err != nil {
			return &suite.UsageError{Text: c.Table + ": " + err.Error()}
		}
		if err := os.WriteFile(c.Table, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if c.JSON {
		return mutant.WriteJSON(os.Stdout, reports, spent, c.Commit)
	}
	fmt.Printf("%s%s.\n", table, spent)
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/term"

	"demailbench/features/suite"
	"demailbench/gateway/simulate"
)

type simulateCommand struct {
	File  string  `arg:"" help:"What is simulated: see fixtures/simulations/pilot.yaml." type:"path"`
	Years *int    `help:"How many years in all, instead of the file's." placeholder:"N"`
	Seed  *uint64 `help:"Instead of the file's." placeholder:"N"`
	Out   string  `help:"Where the tables and the page go." default:"reports/out/simulation" type:"path" placeholder:"DIR"`
	Lang  string  `help:"en or de." enum:"en,de" default:"en"`
}

// Run simulates, answers the operator's question in one sentence and writes tables and page.
func (c *simulateCommand) Run() error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return &suite.UsageError{Text: err.Error()}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	live := term.IsTerminal(int(os.Stderr.Fd()))
	o := simulate.Options{Years: c.Years, Seed: c.Seed, Now: time.Now, Progress: func(p simulate.Progress) {
		if live {
			fmt.Fprintf(os.Stderr, "\r\x1b[K%d of %d years, %v left", p.Done, p.Total, p.Left.Round(time.Second))
		}
	}}
	r, err := simulate.Simulate(ctx, c.File, text, o)
	if live {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return err
		}
		return &suite.UsageError{Text: err.Error()}
	}
	headline := r.Headline()
	if c.Lang == "de" {
		headline = r.HeadlineGerman()
	}
	fmt.Println(headline)
	return c.write(r)
}

// write writes the report's files into the directory.
func (c *simulateCommand) write(r *simulate.Report) error {
	files, err := r.Files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return &suite.UsageError{Text: err.Error()}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(c.Out, name), text, 0o644); err != nil {
			return err
		}
	}
	last := "%d years in %d histories. Page and tables: %s\n"
	if c.Lang == "de" {
		last = "%d Jahre in %d Verläufen. Seite und Tabellen: %s\n"
	}
	fmt.Fprintf(os.Stderr, last, r.Years, r.Histories, c.Out)
	return nil
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"demailbench/features/ledger"
	"demailbench/features/mutant/catalogue"
	"demailbench/features/suite"
)

// statements loads the ledger, and the scenarios as it wants them.
func (s sources) statements() (*ledger.Ledger, []ledger.Scenario, error) {
	l, err := ledger.Load(s.fixtures())
	if err != nil {
		return nil, nil, &suite.UsageError{Text: err.Error()}
	}
	all, err := s.scenarios()
	if err != nil {
		return nil, nil, err
	}
	var list []ledger.Scenario
	for _, sc := range all {
		list = append(list, ledger.Scenario{ID: sc.ID, Path: sc.Path, Line: sc.Line, Requirements: sc.Requirements()})
	}
	return l, list, nil
}

type listCommand struct {
	sources
	What string `arg:"" optional:"" enum:"scenarios,requirements,mutants" default:"scenarios" help:"scenarios, requirements or mutants."`
	Lang string `help:"en or de." enum:"en,de" default:"en"`
}

// Run prints one scenario, requirement or mutant a line.
func (c *listCommand) Run() error {
	if c.What == "mutants" {
		for _, m := range catalogue.All() {
			fmt.Printf("%s\t%s\t%s\t%s\t%s\n", m.ID, m.Family, m.Severity, strings.Join(m.Requirements, " "), m.Text)
		}
		return nil
	}
	l, scenarios, err := c.statements()
	if err != nil {
		return err
	}
	if c.What == "requirements" {
		for _, r := range l.All() {
			fmt.Printf("%s  %-13s %s\n", r.ID, r.Status, r.Text(c.Lang))
		}
		return nil
	}
	for _, s := range scenarios {
		fmt.Printf("%-75s %s\n", s.ID, strings.Join(s.Requirements, " "))
	}
	return nil
}

type traceCommand struct {
	sources
	JSON   bool   `help:"Print the trace as JSON instead of writing files."`
	Strict bool   `help:"Fail on every contradiction between statements and scenarios."`
	Out    string `help:"Where the files go." default:"reports/out/trace" placeholder:"DIR"`
}

// Run writes the trace in both directions, or prints it.
func (c *traceCommand) Run() error {
	l, scenarios, err := c.statements()
	if err != nil {
		return err
	}
	m := l.Trace(scenarios)
	if c.JSON {
		err = m.WriteJSON(os.Stdout)
	} else {
		err = writeTrace(m, c.Out)
	}
	if err != nil {
		return err
	}
	problems := l.Strict(scenarios)
	for _, p := range problems {
		fmt.Fprintln(os.Stderr, p)
	}
	if c.Strict && len(problems) > 0 {
		return exitCode(1)
	}
	return nil
}

// writeTrace writes the trace's files into dir.
func writeTrace(m ledger.Matrix, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, write := range map[string]func(f *os.File) error{
		"requirements.csv":  func(f *os.File) error { return m.WriteCSV(f) },
		"requirements.json": func(f *os.File) error { return m.WriteJSON(f) },
		"scenarios.csv":     func(f *os.File) error { return m.WriteScenariosCSV(f) },
	} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if err := write(f); err != nil {
			f.Close()
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	n := m.Counts()
	fmt.Fprintf(os.Stderr, "%d statements: %d tested, %d planned, %d not testable, %d informational. Trace: %s\n",
		len(m.Rows), n[ledger.Tested], n[ledger.Planned], n[ledger.NotTestable], n[ledger.Informational], dir)
	return nil
}

package main

import (
	"fmt"
	"os"
	"path/filepath"

	"demailbench/features/baseline"
	"demailbench/features/suite"
	"demailbench/reports/excerpt"
	"demailbench/reports/shard"
)

// expect reads the baseline of a run.
func (c *runCommand) expect(r *suite.Run) error {
	if c.Baseline == "" {
		return nil
	}
	all, err := c.scenarios()
	if err != nil {
		return err
	}
	for _, sc := range all {
		r.Known = append(r.Known, sc.ID)
	}
	r.Baseline, err = baseline.Read(os.DirFS(filepath.Dir(c.Baseline)), filepath.Base(c.Baseline))
	return err
}

// reportCommand works on runs that are there.
type reportCommand struct {
	Merge  mergeCommand  `cmd:"" help:"Put the parts of a run together that were run with --shard."`
	Failed failedCommand `cmd:"" help:"Copy the reports of a run, and the evidence of what did not pass."`
}

type failedCommand struct {
	Dir string `arg:"" help:"The directory of a run." type:"existingdir"`
	Out string `help:"Where the copy goes." required:"" placeholder:"DIR"`
}

// Run copies; what did not pass is no error of its own.
func (c *failedCommand) Run() error {
	n, err := excerpt.Failed(c.Dir, c.Out)
	if err != nil {
		return &suite.UsageError{Text: "report failed: " + err.Error()}
	}
	fmt.Fprintf(os.Stderr, "%d scenarios did not pass; their evidence is in %s\n", n, c.Out)
	return nil
}

type mergeCommand struct {
	sources
	Dirs []string `arg:"" name:"dir" help:"The directories of all parts." type:"existingdir"`
	Out  string   `help:"Where the whole run goes." required:"" placeholder:"DIR"`
	Lang string   `help:"Language of the reports: en or de." enum:"en,de" default:"en"`
}

// Run merges and returns the whole run's exit code.
func (c *mergeCommand) Run() error {
	l, _, err := c.statements()
	if err != nil {
		return err
	}
	s, err := shard.Merge(c.Dirs, c.Out, reportOptions(c.Lang, l))
	if s == nil {
		return &suite.UsageError{Text: "report merge: " + err.Error()}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s: %d planned, %d executed, from %d parts\nReport: %s/report.html   exit code %d\n", s.Verdict, s.Planned, s.Executed, len(c.Dirs), c.Out, s.ExitCode)
	return exitCode(s.ExitCode)
}

package main

import (
	"fmt"
	"os"

	"demailbench/features/suite"
)

type replayCommand struct {
	Dir string `arg:"" help:"The directory of a run." type:"existingdir"`
}

// Run judges a run's evidence again and says what differs.
func (c *replayCommand) Run() error {
	r, err := suite.ReplayRun(c.Dir)
	if err != nil {
		return err
	}
	for _, s := range r.Changed {
		fmt.Fprintln(os.Stderr, "evidence:", s)
	}
	for _, s := range r.Differences {
		fmt.Fprintln(os.Stderr, "verdict:", s)
	}
	for _, s := range r.Kept {
		fmt.Fprintln(os.Stderr, "not judged again:", s)
	}
	fmt.Fprintf(os.Stderr, "%d scenarios judged again: %d verdicts differ, %d files were changed. Run %s: %s, exit code %d\n",
		len(r.Again.Scenarios)-len(r.Kept), len(r.Differences), len(r.Changed), r.Summary.Run, r.Again.Verdict, r.ExitCode())
	return exitCode(r.ExitCode())
}

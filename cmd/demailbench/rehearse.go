package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"demailbench/features/rehearse"
	"demailbench/features/suite"
	"demailbench/fixtures"
	"demailbench/reports/messages"
)

type rehearseCommand struct {
	File     string `arg:"" optional:"" help:"What the authority has prepared; --template writes one to fill in." placeholder:"FILE"`
	Check    bool   `help:"Only hold the data against the preconditions."`
	Template bool   `help:"Print a complete form with comments."`
	Today    string `help:"The day for which the form is judged, instead of its as_of and of today." placeholder:"YYYY-MM-DD"`
	Lang     string `help:"en or de." enum:"en,de" default:"en"`
}

// Run rehearses an enrolment. It ends with 1 when a precondition is not met.
func (c *rehearseCommand) Run() error {
	switch {
	case c.Template:
		return printTemplate()
	case c.File == "":
		return &suite.UsageError{Text: "rehearse: name the form; demailbench rehearse --template > town.yaml writes one to fill in"}
	}
	form, err := rehearse.Read(os.DirFS(filepath.Dir(c.File)), filepath.Base(c.File))
	if err != nil {
		return err
	}
	today := time.Now()
	if c.Today != "" {
		if today, err = time.ParseInLocation(time.DateOnly, c.Today, time.Local); err != nil {
			return &suite.UsageError{Text: fmt.Sprintf("--today %q is not a day; write it like 2015-11-02", c.Today)}
		}
		form.AsOf.Time = today
	}
	sheet := rehearse.Check(form, today)
	fmt.Print(sheet.Text(messages.Lang(c.Lang)))
	if !sheet.Ready() {
		return exitCode(1)
	}
	return nil
}

// printTemplate prints the example, which has every key and explains it.
func printTemplate() error {
	text, err := fs.ReadFile(fixtures.FS, "rehearsals/example.yaml")
	if err != nil {
		return err
	}
	fmt.Print(string(text))
	return nil
}

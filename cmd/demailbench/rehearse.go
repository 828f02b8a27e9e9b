package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"demailbench/features/rehearse"
	"demailbench/features/rehearse/process"
	"demailbench/features/rehearse/stage"
	"demailbench/features/suite"
	"demailbench/fixtures"
	"demailbench/reports/messages"
)

type rehearseCommand struct {
	File     string `arg:"" optional:"" help:"What the authority has prepared; --template writes one to fill in." placeholder:"FILE"`
	Check    bool   `help:"Only hold the data against the preconditions."`
	Template bool   `help:"Print a complete form with comments."`
	Process  string `help:"Print a process step by step: enrolment, open-account, new-mailbox, new-subdomain, new-administrator." placeholder:"NAME"`
	Today    string `help:"The day for which the form is judged, instead of its as_of and of today." placeholder:"YYYY-MM-DD"`
	Lang     string `help:"en or de." enum:"en,de" default:"en"`
	SUT      string `name:"sut" help:"The gateway to try the data on; see run." default:"reference" placeholder:"NAME|FILE"`
	Out      string `help:"Where the world and the report go. Default: reports/out/rehearsal-<id>-<time>." placeholder:"DIR"`
}

// Run rehearses an enrolment. It ends with 1 when a precondition is not met.
func (c *rehearseCommand) Run() error {
	switch {
	case c.Template:
		return printTemplate()
	case c.Process != "":
		p, err := process.Load(fixtures.FS, c.Process)
		if err != nil {
			return err
		}
		fmt.Print(p.Text(messages.Lang(c.Lang)))
		return nil
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
	if c.Check {
		return c.verdict(sheet, nil)
	}
	return c.verdict(sheet, c.try(sheet))
}

// verdict is 1 when a precondition is not met, whatever else was fine.
func (c *rehearseCommand) verdict(s *rehearse.Sheet, err error) error {
	var code exitCode
	if (err == nil || errors.As(err, &code) && code == 0) && !s.Ready() {
		return exitCode(1)
	}
	return err
}

// try runs the town's own data through a world of its own.
func (c *rehearseCommand) try(sheet *rehearse.Sheet) error {
	say := messages.In(messages.Lang(c.Lang))
	if !sheet.Stageable() {
		fmt.Println("\n" + say.Say("rehearse.stage.not"))
		return nil
	}
	set, err := stage.Set(fixtures.FS, sheet.Form)
	if err != nil {
		return err
	}
	if c.Out == "" {
		c.Out = filepath.Join("reports", "out", "rehearsal-"+set.Tenant+"-"+time.Now().UTC().Format("20060102T150405.000"))
	}
	world := filepath.Join(c.Out, "world")
	for dir, files := range map[string]map[string][]byte{"fixtures": set.Fixtures, "features": set.Features} {
		if err := writeFiles(filepath.Join(world, dir), files); err != nil {
			return err
		}
	}
	fmt.Println("\n" + say.Say("rehearse.stage.begin", "dir", world))
	for _, key := range set.Notes {
		fmt.Println(say.Say(key))
	}
	return exitCode(execute([]string{"run", "--fixtures", filepath.Join(world, "fixtures"), "--features", filepath.Join(world, "features"), "--sut", c.SUT, "--lang", c.Lang,
		"--out", filepath.Join(c.Out, "run")})) // as the user can repeat it
}

// writeFiles writes files below dir.
func writeFiles(dir string, files map[string][]byte) error {
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return &suite.UsageError{Text: err.Error()}
		}
		if err := os.WriteFile(at, text, 0o644); err != nil {
			return &suite.UsageError{Text: err.Error()}
		}
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

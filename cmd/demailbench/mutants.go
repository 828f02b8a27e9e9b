package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"demailbench/features/check"
	"demailbench/features/mutant"
	"demailbench/features/mutant/catalogue"
	"demailbench/features/mutant/hunt"
	"demailbench/features/suite"
)

// mutantPrefix names a mutant where a gateway is expected: --sut mutant:ID.
const mutantPrefix = "mutant:"

type mutantsCommand struct {
	sources
	Only      []string `help:"Only these mutants: ids, their beginnings at a hyphen, or families." placeholder:"ID"`
	JSON      bool     `name:"json" help:"Print the reports as JSON."`
	Jobs      int      `help:"Mutants at a time; 0 means one for each processor."`
	Keep      string   `help:"Keep the evidence of every run below this directory." placeholder:"DIR"`
	Survivors string   `help:"The mutants that may survive, one id a line; a survivor that is not in it, and one in it that does not survive, is exit code 1." type:"existingfile" placeholder:"FILE"`
	Table     string   `help:"Write the table between the markers of this document." type:"existingfile" placeholder:"FILE"`
	Commit    string   `help:"What the table names as the version that was measured." default:"unknown"`
}

// Run hunts and reports.
func (c *mutantsCommand) Run() error {
	list, err := c.selected()
	if err != nil {
		return err
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
	began := time.Now()
	reports, err := h.Run(ctx, list)
	if err != nil {
		return err
	}
	spent := time.Since(began).Round(time.Second)
	if err := c.write(reports, spent); err != nil {
		return err
	}
	worse, better := ratchet.Hold(reports)
	if c.Survivors != "" && len(worse)+len(better) > 0 {
		for _, id := range worse {
			fmt.Fprintf(os.Stderr, "mutant %s survives and is not in %s: write the scenario that it shows to be missing\n", id, c.Survivors)
		}
		for _, id := range better {
			fmt.Fprintf(os.Stderr, "mutant %s does not survive any more: remove it from %s\n", id, c.Survivors)
		}
		return exitCode(check.ExitFail)
	}
	return nil
}

// selected are the mutants to hunt.
func (c *mutantsCommand) selected() (list []mutant.Mutant, err error) {
	entries := catalogue.All()
	if len(c.Only) > 0 {
		entries = nil
		for _, name := range c.Only {
			found := catalogue.Find(name)
			if len(found) == 0 {
				return nil, &suite.UsageError{Text: fmt.Sprintf("--only %s: no mutant and no family of that name; demailbench list mutants has them", name)}
			}
			for _, e := range found {
				if !slices.ContainsFunc(entries, func(x catalogue.Entry) bool { return x.ID == e.ID }) {
					entries = append(entries, e)
				}
			}
		}
	}
	for _, e := range entries {
		list = append(list, e.Mutant)
	}
	return list, nil
}

func (c *mutantsCommand) ratchet() (mutant.Ratchet, error) {
	if c.Survivors == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Survivors)
	if err != nil {
		return nil, &suite.UsageError{Text: err.Error()}
	}
	var known []string
	for _, e := range catalogue.All() {
		known = append(known, e.ID)
	}
	r, err := mutant.ParseRatchet(string(text), known)
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
	if c.Keep != "" {
		if c.Keep, err = filepath.Abs(c.Keep); err != nil {
			return nil, err
		}
	}
	return &hunt.Hunt{Scenarios: all, Slow: slow, Jobs: c.Jobs, Keep: c.Keep, Command: func(id, out string) []string {
		return append([]string{self, "worker", "--seed", "1", "--out", out, "--sut", mutantPrefix + id, "--stall", "4s"}, c.args()...)
	}, Finished: c.finished}, nil
}

// slow reports scenarios that carry many megabytes; they take seconds.
func slow(s suite.Scenario) bool {
	return slices.ContainsFunc(s.Steps, func(step string) bool { return strings.Contains(step, "20 MiB") })
}

func (c *mutantsCommand) finished(r mutant.Report) {
	note := r.KilledBy
	if r.Outcome != mutant.Killed {
		note = r.Why
	}
	if r.Noticed != "" {
		note += "; noticed by " + r.Noticed
	}
	if r.Gross {
		note += " (gross)"
	}
	fmt.Fprintf(os.Stderr, "%-12s %s %s: %s\n", r.Outcome, r.Severity, r.ID, note)
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
		return printJSON(os.Stdout, reports, spent, c.Commit)
	}
	fmt.Printf("%s%s.\n", table, spent)
	return nil
}

type mutantJSON struct {
	ID           string   `json:"id"`
	Family       string   `json:"family"`
	Severity     string   `json:"severity"`
	Class        string   `json:"class"`
	Text         string   `json:"text"`
	Requirement  string   `json:"requirement"`
	Requirements []string `json:"requirements"`
	Outcome      string   `json:"outcome"`
	KilledBy     string   `json:"killed_by"`
	Gross        bool     `json:"gross,omitempty"`
	NoticedBy    string   `json:"noticed_by,omitempty"`
	Why          string   `json:"why,omitempty"`
}

// printJSON writes the reports for programs.
func printJSON(w io.Writer, reports []mutant.Report, spent time.Duration, commit string) error {
	all := mutant.Counts(reports, mutant.All)
	var out struct {
		Mutants []mutantJSON   `json:"mutants"`
		Counts  map[string]int `json:"counts"`
		Seconds float64        `json:"seconds"`
		Commit  string         `json:"commit"`
	}
	out.Mutants = []mutantJSON{}
	for _, r := range reports {
		out.Mutants = append(out.Mutants, mutantJSON{ID: r.ID, Family: string(r.Family), Severity: string(r.Severity), Class: string(r.Class), Text: r.Text,
			Requirement: r.Requirements[0], Requirements: r.Requirements, Outcome: string(r.Outcome), KilledBy: r.KilledBy, Gross: r.Gross, NoticedBy: r.Noticed, Why: r.Why})
	}
	out.Counts = map[string]int{"killed": all.Killed, "tolerated": all.Tolerated, "survived": all.Survived, "unmeasurable": all.Unmeasurable, "gross": all.Gross}
	out.Seconds, out.Commit = spent.Seconds(), commit
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

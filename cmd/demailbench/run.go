package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"demailbench/features"
	"demailbench/features/ledger"
	"demailbench/features/subject"
	"demailbench/features/suite"
	"demailbench/features/sut/vendor"
	"demailbench/fixtures"
	"demailbench/reports"
	"demailbench/reports/messages"
	"demailbench/reports/progress"
	"demailbench/reports/shard"
	"demailbench/sim/bridge/loopback"
	"demailbench/sim/clock"
	"demailbench/sim/lab"
)

// sources are where the features and the world come from: built in, or a directory.
type sources struct {
	Profile  string `help:"The world." default:"saxony"`
	Fixtures string `help:"Read the world from this directory instead of the built-in one." type:"existingdir" placeholder:"DIR"`
	Features string `help:"Read the features from this directory instead of the built-in ones." type:"existingdir" placeholder:"DIR"`
}

func (s sources) fixtures() fs.FS {
	if s.Fixtures != "" {
		return os.DirFS(s.Fixtures)
	}
	return fixtures.FS
}

func (s sources) features() fs.FS {
	if s.Features != "" {
		return os.DirFS(s.Features)
	}
	return features.FS
}

func (s sources) scenarios() ([]suite.Scenario, error) {
	list, err := suite.Load(s.features())
	if err != nil {
		return nil, &suite.UsageError{Text: err.Error()}
	}
	return list, nil
}

// args repeats s for a worker process, and for who runs a scenario again; what is left out is the default.
func (s sources) args() []string {
	var a []string
	if s.Profile != "saxony" {
		a = append(a, "--profile", s.Profile)
	}
	if s.Fixtures != "" {
		a = append(a, "--fixtures", s.Fixtures)
	}
	if s.Features != "" {
		a = append(a, "--features", s.Features)
	}
	return a
}

// repeats are the options that the command repeating one scenario needs.
func (c *runCommand) repeats() []string {
	a := c.args()
	if c.SUT != "reference" {
		a = append(a, "--sut", c.SUT)
	}
	if c.Fabric != "embedded" {
		a = append(a, "--fabric", c.Fabric)
	}
	if c.Unkind {
		a = append(a, "--unkind")
	}
	return a
}

type runCommand struct {
	sources
	IDs        []string `arg:"" optional:"" name:"id" help:"Scenario ids, their beginnings at a slash, or statement ids (S0-038). None: all of the selection."`
	Tags       string   `help:"A tag expression: tags, and, or, not, parentheses." placeholder:"EXPR"`
	All        bool     `help:"Everything that can run here, not only the core selection."`
	Seed       string   `help:"A number, or \"random\". Every identifier and payload follows from it." default:"1"`
	SUT        string   `name:"sut" help:"The gateway under test: reference (in the bench's process, virtual time), reference-process (a program of its own, wall clock), or the path of a vendor's sut.yaml (wall clock)." default:"reference" placeholder:"NAME|FILE"`
	Fabric     string   `help:"What carries the world: embedded (the bench's process) docker (containers and the kernel's routers, on the wall clock; the gateway is a container too), or docker-postfix (with Postfix as the tenants' mail servers)." enum:"embedded,docker,docker-postfix" default:"embedded"`
	OnlyFailed string   `help:"Only what did not pass in this earlier run." type:"existingdir" placeholder:"DIR"`
	DryRun     bool     `help:"Print the plan, with the reason for each exclusion, and run nothing."`
	Jobs       int      `help:"Worker processes; 0 means one for each processor."`
	Unkind     bool     `help:"The provider does, drawn from the seed, what the guideline leaves open: order, folding and case of fields, confirmations after its reply, closed connections, a renewed certificate."`
	Shuffle    uint64   `help:"Run in another order, drawn from this number; 0 keeps the features' order." placeholder:"N"`
	Lang       string   `help:"Language of the reports: en or de." enum:"en,de" default:"en"`
	Out        string   `help:"The run's directory. Default: reports/out/<run>." placeholder:"DIR"`
	Shard      string   `help:"Only this part of what is selected, 1/3 the first of three; report merge puts the parts together." placeholder:"I/N"`
	Baseline   string   `help:"The failures that the vendor expects: id, check, reason, expiry." type:"existingfile" placeholder:"FILE"`
	packaging
	// secrets are those of the sut.yaml, if a vendor's gateway is tested.
	secrets []string
	vendor  bool
}

// Run plans, runs, reports and returns the run's exit code.
func (c *runCommand) Run() error {
	seed, err := parseSeed(c.Seed)
	if err != nil {
		return err
	}
	plan, err := c.plan()
	if err != nil {
		return err
	}
	subject, err := c.subject()
	if err != nil {
		return err
	}
	order, err := c.order(plan)
	if err != nil {
		return err
	}
	if c.DryRun {
		printPlan(plan)
		return nil
	}
	if c.Out == "" {
		c.Out = filepath.Join("reports", "out", fmt.Sprintf("%s-%d", time.Now().UTC().Format("20060102T150405.000"), seed))
	}
	s, err := c.judge(plan, seed, subject)
	if s == nil {
		return err
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demailbench:", err)
	} else if order != nil {
		return c.pack(order, s)
	}
	return exitCode(s.ExitCode)
}

// plan reads the world and the features and selects; nothing has been started when it fails.
func (c *runCommand) plan() (suite.Plan, error) {
	profile, err := lab.Load(c.fixtures(), c.Profile)
	if err != nil {
		return suite.Plan{}, err
	}
	all, err := c.scenarios()
	if err != nil {
		return suite.Plan{}, err
	}
	selection := suite.Selection{IDs: c.IDs, Tags: c.Tags, All: c.All}
	if selection.Shard, err = shard.Parse(c.Shard); err != nil {
		return suite.Plan{}, &suite.UsageError{Text: "--shard: " + err.Error()}
	}
	if c.OnlyFailed != "" {
		if selection.Only, err = suite.NotPassed(c.OnlyFailed); err != nil {
			return suite.Plan{}, err
		}
	}
	plan, err := suite.Select(all, selection)
	if err == nil && c.Fixtures != "" {
		var notes []string
		notes, err = plan.Fit(suite.Own{Dir: c.Fixtures, Fixtures: c.fixtures(), World: profile})
		for _, n := range notes {
			fmt.Fprintln(os.Stderr, "note:", n)
		}
	}
	return plan, err
}

// judge runs the plan until its end or an interrupt.
func (c *runCommand) judge(plan suite.Plan, seed uint64, subject reports.Subject) (*reports.Summary, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	pool, err := c.pool(seed)
	if err != nil {
		return nil, err
	}
	p := progress.New(os.Stderr, len(plan.Run), seed)
	pool.Started, pool.Finished = p.Started, p.Finished
	l, _, err := c.statements()
	if err != nil {
		return nil, err
	}
	origin, err := c.origin()
	if err != nil {
		return nil, err
	}
	r := suite.Run{Plan: plan, Reports: reportOptions(c.Lang, l), Seed: seed, Profile: c.Profile, Out: c.Out, Pool: pool, Shuffle: c.Shuffle,
		Subject: subject, Origin: origin, Secrets: c.secrets, Options: c.repeats(), Shard: c.Shard, Examine: c.vendor}
	if err := c.expect(&r); err != nil {
		return nil, err
	}
	s, err := r.Do(ctx)
	if s != nil {
		p.Summary(s, c.Out, err)
	}
	return s, err
}

// reportOptions says in which language reports are written, and what the ledger knows of a statement.
func reportOptions(lang string, l *ledger.Ledger) reports.Options {
	return reports.Options{Lang: messages.Lang(lang),
		Clause: func(id, lang string) string {
			r, err := l.Get(id)
			if err != nil {
				return ""
			}
			return r.Text(lang)
		},
		Fixer: func(id string) string {
			r, err := l.Get(id)
			if err != nil {
				return ""
			}
			return r.Fixes
		}}
}

// printPlan says what a run would do.
func printPlan(p suite.Plan) {
	for _, s := range p.Run {
		fmt.Println("run     ", s.ID)
	}
	for _, e := range p.Excluded {
		fmt.Printf("exclude  %s: %s\n", e.ID, e.Reason)
	}
	fmt.Printf("%d to run, %d excluded\n", len(p.Run), len(p.Excluded))
}

func (c *runCommand) pool(seed uint64) (*suite.Pool, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the bench's own program: %w", err)
	}
	if c.Jobs == 0 {
		c.Jobs = runtime.NumCPU()
	}
	command := append([]string{self, "worker", "--seed", fmt.Sprint(seed), "--out", c.Out, "--sut", c.SUT, "--fabric", c.Fabric}, c.args()...)
	if c.Unkind {
		command = append(command, "--unkind")
	}
	return &suite.Pool{Command: command, Jobs: c.Jobs}, nil
}

func parseSeed(s string) (uint64, error) {
	if s == "random" {
		var b [4]byte
		rand.Read(b[:])
		return uint64(binary.LittleEndian.Uint32(b[:])), nil
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, &suite.UsageError{Text: fmt.Sprintf("--seed %q is neither a number nor \"random\"", s)}
	}
	return n, nil
}

// subject opens the gateway under test to name it, and makes sure that it can be run as asked.
func (c *runCommand) subject() (reports.Subject, error) {
	self, err := os.Executable()
	if err != nil {
		return reports.Subject{}, fmt.Errorf("find the bench's own program: %w", err)
	}
	g, err := subject.Open(c.SUT, self, c.Fabric)
	if err != nil {
		return reports.Subject{}, err
	}
	if v, ok := g.Foreign.(*vendor.Adapter); ok {
		if v.Profile() != c.Profile {
			return reports.Subject{}, &suite.UsageError{Text: fmt.Sprintf("--profile %s: %s names the world %s; leave --profile out, or change profile there", c.Profile, c.SUT, v.Profile())}
		}
		c.secrets, c.vendor = v.Secrets(), true
		if v.Alone() {
			c.Jobs = 1
		}
	}
	var s reports.Subject
	s.Vendor, s.Product, s.Version = g.Name()
	return s, nil
}

type workerCommand struct {
	sources
	Seed uint64
	Out  string
	SUT  string `name:"sut"`
	// Stall is how much real time may pass without an event; 0 is the world's own.
	Stall  time.Duration
	Unkind bool
	// Fabric is as in runCommand.
	Fabric string `enum:"embedded,docker,docker-postfix" default:"embedded"`
}

// Run serves a pool on standard input and output.
func (c *workerCommand) Run() error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the bench's own program: %w", err)
	}
	g, err := subject.Open(c.SUT, self, c.Fabric)
	if err != nil {
		return err
	}
	fixtures := c.fixtures()
	if g.World != nil {
		fixtures = g.World(fixtures)
	}
	profile, err := lab.Load(fixtures, c.Profile)
	if err != nil {
		return err
	}
	all, err := c.scenarios()
	if err != nil {
		return err
	}
	l, err := ledger.Load(c.fixtures())
	if err != nil {
		return &suite.UsageError{Text: err.Error()}
	}
	r := &suite.Runner{Profile: profile, Fixtures: fixtures, Ledger: l, Seed: c.Seed, Out: c.Out, Stall: c.Stall, Unkind: c.Unkind}
	r.Adapter, r.Foreign, r.Waits, r.Fabric = g.Adapter, g.Foreign, g.Waits, g.Fabric
	if r.Foreign != nil {
		r.Machine = loopback.Doors()
	} else {
		defer clock.Worker()()
	}
	return suite.Work(r, all, os.Stdin, os.Stdout)
}

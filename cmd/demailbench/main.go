// Command demailbench is the test bench: it builds the simulated De-Mail world, runs the features against
// a gateway and reports what it saw. It holds flags and wiring only.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"demailbench/features/check"
	"demailbench/features/suite"
	"demailbench/features/sut"
	"demailbench/features/world/containers"
	"demailbench/sim/config"
)

// commandLine is the whole command line.
type commandLine struct {
	Run      runCommand      `cmd:"" help:"Build the world, run the features against the gateway, judge and report. Without arguments: the reference gateway."`
	Check    checkCommand    `cmd:"" help:"Look whether the gateway is wired as declared: which hop is wrong, who fixes it. Never a verdict."`
	List     listCommand     `cmd:"" help:"List scenarios with the statements they test, or requirements with their status."`
	Explain  explainCommand  `cmd:"" help:"Explain a statement (text, source, scenarios, who fixes it) or a stored De-Mail."`
	Trace    traceCommand    `cmd:"" help:"Trace statements to scenarios and back."`
	Replay   replayCommand   `cmd:"" help:"Judge the evidence of a run again, without any gateway."`
	Rehearse rehearseCommand `cmd:"" help:"Hold what an authority has prepared for its enrolment against every precondition: what is missing, who brings it, by when."`
	Report   reportCommand   `cmd:"" help:"Put the parts of a run together, or take out what did not pass."`
	Verify   verifyCommand   `cmd:"" help:"Check a signed package, and recompute its verdicts."`
	Key      keyCommand      `cmd:"" help:"Make and show the keys that sign packages."`
	Mutants  mutantsCommand  `cmd:"" help:"Run the scenarios against gateways that are wrong on purpose: does the bench notice?"`
	Simulate simulateCommand `cmd:"" help:"How probable is it that the service keeps its promises, over years?"`
	Driver   driverCommand   `cmd:"" help:"Check the driver by which the bench asks a vendor's gateway."`
	Init     initCommand     `cmd:"" help:"Write a sut.yaml by questions."`
	Gateway  gatewayCommand  `cmd:"" help:"Run the reference gateway as an ordinary process on real sockets."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
	Node     nodeCommand     `cmd:"" hidden:"" help:"Be a host or router of the docker fabric, inside a container."`
	Worker   workerCommand   `cmd:"" hidden:"" help:"Run scenarios named on standard input; used by run."`
}

func main() { os.Exit(execute(os.Args[1:])) }

// execute parses args, runs the command and returns the exit code.
func execute(args []string) int {
	var c commandLine
	k, err := kong.New(&c, kong.Name("demailbench"), kong.Description("The test bench for De-Mail gateways."), kong.UsageOnError(), kong.Exit(os.Exit))
	if err != nil {
		fmt.Fprintln(os.Stderr, "demailbench:", err)
		return check.ExitBench
	}
	ctx, err := k.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "demailbench: %v\nTry: demailbench --help\n", err)
		return check.ExitUsage
	}
	err = ctx.Run()
	var code exitCode
	if err == nil || errors.As(err, &code) {
		return int(code)
	}
	fmt.Fprintln(os.Stderr, "demailbench:", err)
	if containers.Unavailable(err) {
		return check.ExitPreflight
	}
	var usage *suite.UsageError
	var config *config.Error
	if errors.As(err, &usage) || errors.As(err, &config) {
		return check.ExitUsage
	}
	return check.ExitBench
}

// exitCode is an exit code that has been explained already.
type exitCode int

// Error names the code, for whoever prints it all the same.
func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println("demailbench", sut.Version)
	return nil
}

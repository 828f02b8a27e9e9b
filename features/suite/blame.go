package suite

import (
	"regexp"
	"strings"

	"demailbench/features/check"
)

// The reference gateway runs in the worker's process: a crash or an endless loop there is the gateway's
// failure, the same in the bench's own code is the bench's. The stack decides, by the first frame that
// belongs to either.

var goroutine = regexp.MustCompile(`(?m)^goroutine \d+.*\[([^\],]+)`)

// blame judges the stacks of a process that crashed (the first goroutine is the culprit) or hung (a
// goroutine that runs is).
func blame(stacks string, hung bool) (check.Verdict, string) {
	for _, g := range split(stacks) {
		state := goroutine.FindStringSubmatch(g)
		if hung && (state == nil || state[1] != "running" && state[1] != "runnable") {
			continue
		}
		switch owner(g) {
		case "gateway":
			if hung {
				return check.Fail, "the gateway hung: it computes without end"
			}
			return check.Fail, "the gateway crashed"
		case "bench":
			if !hung {
				return check.Error, "the bench crashed"
			}
		}
		if !hung {
			break
		}
	}
	if hung {
		return check.Error, "the bench hung"
	}
	return check.Error, "the bench crashed"
}

// split returns the goroutines of a stack dump.
func split(stacks string) []string {
	at := goroutine.FindAllStringIndex(stacks, -1)
	var out []string
	for i, a := range at {
		end := len(stacks)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		out = append(out, stacks[a[0]:end])
	}
	return out
}

// owner is "gateway" or "bench" by the first frame of this module, innermost first; "" when none is ours.
// The driver of the clock is on every hung stack and says nothing.
func owner(goroutine string) string {
	for line := range strings.Lines(goroutine) {
		switch {
		case strings.HasPrefix(line, "demailbench/gateway"), strings.HasPrefix(line, "demailbench/features/mutant"):
			return "gateway"
		case strings.HasPrefix(line, "demailbench/sim/clock."), strings.HasPrefix(line, "main."):
		case strings.HasPrefix(line, "demailbench/"):
			return "bench"
		}
	}
	return ""
}

// Package hunt runs scenarios against mutants, each mutant in processes of its own, and stops at the scenario that
// kills it. It leaves out what the mutants are (package catalogue) and what the results mean (package mutant).
package hunt

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"demailbench/features/mutant"
	"demailbench/features/suite"
	"demailbench/reports"
	"demailbench/sim/clock"
)

// Hunt is one hunt.
type Hunt struct {
	// Scenarios are the suite, in its order.
	Scenarios []suite.Scenario
	// Command is the worker against a mutant, with out as directory for the evidence.
	Command func(id, out string) []string
	// Jobs is the number of mutants at a time.
	Jobs int
	// Limit is the longest wall time for one mutant; 0 is five minutes.
	Limit time.Duration
	// Keep leaves the evidence of every mutant below this directory; empty keeps none.
	Keep string
	// Finished, when set, is told of each report, from one goroutine at a time.
	Finished func(mutant.Report)
}

// Run hunts all mutants and returns a report for each, in their order. When ctx ends, the reports of what has not
// been hunted say so. An error means that there is no place for the evidence.
func (h *Hunt) Run(ctx context.Context, list []mutant.Mutant) ([]mutant.Report, error) {
	dir := h.Keep
	if dir == "" {
		tmp, err := os.MkdirTemp("", "demailbench-mutants-")
		if err != nil {
			return nil, fmt.Errorf("hunt: make a directory for the evidence: %w", err)
		}
		defer os.RemoveAll(tmp)
		dir = tmp
	}
	out := make([]mutant.Report, len(list))
	todo := make(chan int)
	go func() {
		defer close(todo)
		for i := range list {
			todo <- i
		}
	}()
	var told sync.Mutex
	var wg sync.WaitGroup
	for range max(1, min(h.Jobs, len(list))) {
		wg.Go(func() {
			for i := range todo {
				r := h.one(ctx, list[i], filepath.Join(dir, list[i].ID))
				out[i] = r
				told.Lock()
				if h.Finished != nil && ctx.Err() == nil {
					h.Finished(r)
				}
				told.Unlock()
			}
		})
	}
	wg.Wait()
	return out, ctx.Err()
}

// one hunts one mutant.
func (h *Hunt) one(ctx context.Context, m mutant.Mutant, out string) mutant.Report {
	if ctx.Err() != nil {
		return mutant.Report{Mutant: m, Outcome: mutant.Unmeasurable, Why: "the hunt ended before its turn"}
	}
	if h.Keep == "" {
		defer os.RemoveAll(out)
	}
	if m.Unmeasurable != "" {
		return mutant.Judge(m, mutant.Seen{})
	}
	limit := h.Limit
	if limit == 0 {
		limit = 5 * time.Minute
	}
	ctx, cancel := clock.Real().WithTimeout(ctx, limit)
	defer cancel()
	var s mutant.Seen
	own, others := h.order(m)
	s.Own = h.until(ctx, m, own, out, m.Fatal)
	switch killed := len(s.Own) > 0 && m.Fatal(s.Own[len(s.Own)-1]); {
	case killed:
		s.Others = h.sample(ctx, m, others, out)
	case m.Tolerated == "":
		s.Others = h.until(ctx, m, spread(quick(others), mutant.Sample), out, m.Fatal)
	}
	s.Late = ctx.Err() != nil
	return mutant.Judge(m, s)
}

// order parts the suite: the scenarios that carry a statement of m, those of the chief statement first, and the
// rest; slow ones last.
func (h *Hunt) order(m mutant.Mutant) (own, others []suite.Scenario) {
	for _, s := range h.Scenarios {
		if m.Breaks(s.Requirements()) {
			own = append(own, s)
		} else {
			others = append(others, s)
		}
	}
	rank := func(s suite.Scenario) int {
		first := len(m.Requirements)
		for i, r := range m.Requirements {
			if slices.Contains(s.Requirements(), r) {
				first = min(first, i)
			}
		}
		if slow(s) {
			first += 100
		}
		return first
	}
	slices.SortStableFunc(own, func(a, b suite.Scenario) int { return rank(a) - rank(b) })
	slices.SortStableFunc(others, func(a, b suite.Scenario) int { return rank(a) - rank(b) })
	return own, others
}

// until runs scenarios in order up to the first for which stop holds.
func (h *Hunt) until(ctx context.Context, m mutant.Mutant, list []suite.Scenario, out string, stop func(mutant.Result) bool) (seen []mutant.Result) {
	if len(list) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := false
	pool := &suite.Pool{Command: h.Command(m.ID, out), Jobs: 1, Finished: func(r reports.Scenario) {
		if ended {
			return
		}
		one := mutant.Result{Scenario: r.ID, Statements: r.Requirements, Verdict: r.Verdict, Reason: r.Reason}
		if ctx.Err() == nil {
			seen = append(seen, one)
		}
		if stop(one) {
			ended = true
			cancel()
		}
	}}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	pool.Run(ctx, list, order)
	return seen
}

// sample runs a few scenarios that carry no statement of the mutant, and more when most of them fail.
func (h *Hunt) sample(ctx context.Context, m mutant.Mutant, others []suite.Scenario, out string) []mutant.Result {
	others = quick(others)
	never := func(mutant.Result) bool { return false }
	few := h.until(ctx, m, spread(others, 4), out, never)
	bad := 0
	for _, r := range few {
		if m.Fatal(r) {
			bad++
		}
	}
	if 2*bad < len(few) {
		return few
	}
	return h.until(ctx, m, spread(others, mutant.Sample), out, never)
}

// quick leaves out the slow ones.
func quick(list []suite.Scenario) []suite.Scenario {
	return slices.DeleteFunc(slices.Clone(list), slow)
}

// spread takes n scenarios at equal distances.
func spread(list []suite.Scenario, n int) []suite.Scenario {
	if len(list) <= n {
		return list
	}
	out := make([]suite.Scenario, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}

// slow reports scenarios that carry many megabytes: they take seconds.
func slow(s suite.Scenario) bool {
	return slices.ContainsFunc(s.Steps, func(step string) bool { return strings.Contains(step, "20 MiB") })
}

package suite

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"demailbench/features/check"
	"demailbench/reports"
	"demailbench/reports/wiring"
)

// answer is one line of a worker. Last says that it ends after it.
type answer struct {
	Result reports.Scenario `json:"result"`
	// Wiring answers WiringID.
	Wiring *wiring.Report `json:"wiring,omitempty"`
	Last   bool           `json:"last,omitempty"`
}

// Work runs in a worker process: it reads scenario ids, one a line, from in and answers each with its
// result as one line of JSON on out. It returns when in ends, or after a scenario that left the process
// unfit for another.
func Work(r *Runner, all []Scenario, in io.Reader, out io.Writer) error {
	byID := map[string]Scenario{}
	for _, s := range all {
		byID[s.ID] = s
	}
	enc := json.NewEncoder(out)
	sc := bufio.NewScanner(in)
	for sc.Scan() {
		var a answer
		if s, ok := byID[sc.Text()]; ok {
			a.Result = r.Run(s)
		} else if sc.Text() == PreflightID {
			a.Result = r.Preflight()
		} else if sc.Text() == WiringID {
			var err error
			if a.Wiring, err = r.Wiring(); err != nil {
				a.Result.Verdict, a.Result.Reason = check.Error, err.Error()
			}
		} else {
			return fmt.Errorf("worker: no scenario %q", sc.Text())
		}
		a.Last = r.Broken
		if err := enc.Encode(a); err != nil {
			return fmt.Errorf("worker: answer: %w", err)
		}
		if r.Broken {
			return nil
		}
	}
	return sc.Err()
}

// readAnswer reads one answer of a worker.
func readAnswer(r *bufio.Reader) (answer, error) {
	var a answer
	line, err := r.ReadBytes('\n')
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return a, fmt.Errorf("worker wrote %.80q: %w", line, err)
	}
	return a, nil
}

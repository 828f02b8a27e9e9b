package suite

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"

	"demailbench/features/check"
	"demailbench/features/steps"
	"demailbench/reports"
)

// Pool runs scenarios in worker processes, one scenario at a time each, because virtual time watches a
// whole process. A worker that dies costs only the scenario it was running.
type Pool struct {
	// Command starts one worker: the program and its arguments.
	Command []string
	// Jobs is the number of workers.
	Jobs int
	// Started and Finished, when set, are told about each scenario, from one goroutine at a time.
	Started  func(id string)
	Finished func(reports.Scenario)

	mu sync.Mutex
}

// Run runs all scenarios in the order of the indices and returns a result for each, in their own order.
// When ctx ends, what has not begun is NOT_RUN.
func (p *Pool) Run(ctx context.Context, list []Scenario, order []int) []reports.Scenario {
	todo := make(chan Scenario)
	go func() {
		defer close(todo)
		for _, i := range order {
			select {
			case todo <- list[i]:
			case <-ctx.Done():
				return
			}
		}
	}()
	results := map[string]reports.Scenario{}
	var wg sync.WaitGroup
	for range max(1, min(p.Jobs, len(list))) {
		wg.Go(func() { p.serve(ctx, todo, results) })
	}
	wg.Wait()
	var out []reports.Scenario
	for _, s := range list {
		r, ok := results[s.ID]
		if !ok {
			r = without(s, check.NotRun, "the run ended before its turn")
		}
		out = append(out, r)
	}
	return out
}

// result is the frame of a scenario's result, before anything is known of it.
func result(s Scenario) reports.Scenario {
	r := reports.Scenario{ID: s.ID, Name: s.Name, Feature: s.Feature, Path: s.Path, Line: s.Line, Requirements: s.Requirements()}
	r.NameDE, _ = steps.GermanTitle(s.Name)
	r.FeatureDE, _ = steps.GermanTitle(s.Feature)
	return r
}

// without is the result of a scenario that has none of its own.
func without(s Scenario, v check.Verdict, why string) reports.Scenario {
	r := result(s)
	r.Verdict, r.Reason = v, why
	return r
}

// serve feeds one worker after the other until todo is empty.
func (p *Pool) serve(ctx context.Context, todo <-chan Scenario, results map[string]reports.Scenario) {
	var w *workerProcess
	defer func() { w.stop() }()
	for s := range todo {
		p.tell(func() {
			if p.Started != nil {
				p.Started(s.ID)
			}
		})
		var a answer
		var err error
		if w == nil {
			w, err = startWorker(ctx, p.Command)
		}
		if err == nil {
			a, err = w.run(s.ID)
		}
		r := a.Result
		if err != nil {
			r = p.obituary(ctx, s, w, err)
		}
		if err != nil || a.Last {
			w.stop()
			w = nil
		}
		p.tell(func() {
			results[s.ID] = r
			if p.Finished != nil {
				p.Finished(r)
			}
		})
	}
}

// Preflight lets one worker start the gateway once. It returns why no scenario needs to be run, or "".
func (p *Pool) Preflight(ctx context.Context) (why string, v check.Verdict) {
	w, err := startWorker(ctx, p.Command)
	if err != nil {
		return err.Error(), check.Error
	}
	defer w.stop()
	a, err := w.run(PreflightID)
	if err != nil {
		r := p.obituary(ctx, Scenario{ID: PreflightID}, w, err)
		return r.Reason, r.Verdict
	}
	return a.Result.Reason, a.Result.Verdict
}

func (p *Pool) tell(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// obituary is the result of a scenario whose worker gave no answer.
func (p *Pool) obituary(ctx context.Context, s Scenario, w *workerProcess, err error) reports.Scenario {
	if ctx.Err() != nil {
		return without(s, check.NotRun, "interrupted")
	}
	if w == nil {
		return without(s, check.Error, err.Error())
	}
	w.stop()
	last := w.stderr.String()
	verdict, who := blame(last, false)
	text := fmt.Sprintf("%s: the worker process gave no answer (%v)", who, err)
	if last != "" {
		text += "; its last words:\n" + firstLines(last, 20)
	}
	return without(s, verdict, text)
}

func firstLines(s string, n int) string {
	lines := strings.SplitN(strings.TrimSpace(s), "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}

// workerProcess is one running worker.
type workerProcess struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr limited
	once   sync.Once
}

func startWorker(ctx context.Context, command []string) (*workerProcess, error) {
	w := &workerProcess{cmd: exec.CommandContext(ctx, command[0], command[1:]...)}
	w.cmd.Stderr = &w.stderr
	var err error
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.out = bufio.NewReader(out)
	if err := w.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start worker %s: %w", command[0], err)
	}
	return w, nil
}

func (w *workerProcess) run(id string) (answer, error) {
	if _, err := io.WriteString(w.in, id+"\n"); err != nil {
		return answer{}, err
	}
	return readAnswer(w.out)
}

// stop ends the worker; it may be called on nil and more than once.
func (w *workerProcess) stop() {
	if w == nil {
		return
	}
	w.once.Do(func() {
		w.in.Close()
		w.cmd.Wait()
	})
}

// limited keeps the first 64 KiB written to it.
type limited struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write keeps what there is room for and drops the rest.
func (l *limited) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if room := 64<<10 - l.buf.Len(); room > 0 {
		l.buf.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// String is what was kept.
func (l *limited) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

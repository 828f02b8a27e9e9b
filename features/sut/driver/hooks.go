package driver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"

	"demailbench/features/sut/driver/program"
	"demailbench/features/sut/driver/transcript"
	"demailbench/features/sut/jsonschema"
	"demailbench/features/sut/protocol"
)

// Exit codes of a hook.
const (
	// ExitDone: carried out; standard output has the result, or nothing for {}.
	ExitDone = 0
	// ExitRefused: the gateway has refused; standard output has the refusal.
	ExitRefused = 1
	// ExitUnsupported: the product has nothing like it. Every other code means failed.
	ExitUnsupported = 89
)

// Hooks are one command per operation (L1). Several goroutines may use them.
type Hooks struct {
	o        Options
	log      *transcript.Transcript
	commands map[string]Command
	slots    chan struct{}

	mu    sync.Mutex
	last  int64
	fault *Fault
	ended bool
}

// NewHooks drives by commands, by operation name. Nothing is started yet.
func NewHooks(commands map[string]Command, o Options) *Hooks {
	o = o.withDefaults()
	var secrets []string
	for _, c := range commands {
		secrets = append(secrets, c.Secrets...)
	}
	return &Hooks{o: o, log: transcript.New(o.Transcript, o.Clock.Now, secrets), commands: maps.Clone(commands), slots: make(chan struct{}, max(1, o.MaxParallel))}
}

// Hello implements Driver: the capabilities are the operations that have a command.
func (h *Hooks) Hello() protocol.Hello {
	return protocol.Hello{Protocol: protocol.Version, Version: "hooks", Capabilities: slices.Sorted(maps.Keys(h.commands)), MaxParallel: cap(h.slots)}
}

// Events implements Driver; hooks have none.
func (h *Hooks) Events() []protocol.Event { return nil }

// Close implements Driver; every hook has ended already.
func (h *Hooks) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	h.log.End()
	if h.fault == nil {
		return nil
	}
	return h.fault
}

// Do implements Driver.
func (h *Hooks) Do(ctx context.Context, op Op) (Outcome, error) {
	command, ok := h.commands[op.Name]
	if !ok {
		h.log.Text("note", op.Name+": no hook is declared, so it is unsupported")
		return Outcome{Status: protocol.Unsupported, Reason: "no hook is declared"}, nil
	}
	defer hold(h.o)()
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
	id, f := h.begin()
	if f != nil {
		return Outcome{}, f.during(op.Name, "")
	}
	fill(&op.Deadline, h.o.Deadline)
	out, err := h.run(ctx, command, op, id)
	if f, ok := err.(*Fault); ok {
		return Outcome{}, h.record(f.during(op.Name, id))
	}
	if err != nil {
		return Outcome{}, err
	}
	clean(h.log, &out)
	return out, nil
}

func (h *Hooks) begin() (id string, f *Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return "", faultf(Closed, "make new hooks", "the hooks were closed")
	}
	h.last++
	return strconv.FormatInt(h.last, 10), nil
}

// record keeps the first fault for Close.
func (h *Hooks) record(f *Fault) error {
	f.Text = h.log.Mask(f.Text)
	f.Stderr = h.log.Mask(f.Stderr)
	h.log.Text("note", f.Error())
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fault == nil {
		h.fault = f
	}
	return f
}

// said is what a hook has written to its standard output.
type said struct {
	text []byte
	err  error
}

// run runs one command to its end.
func (h *Hooks) run(ctx context.Context, c Command, op Op, id string) (Outcome, error) {
	message := &protocol.Op{ID: id, Name: op.Name, Scenario: op.Scenario, As: op.As, Args: op.Args, DeadlineMS: max(1, op.Deadline.Milliseconds())}
	line, err := protocol.Encode(message)
	if err != nil {
		return Outcome{}, faultf(Malformed, "send less", "the bench cannot write the operation: %v", err)
	}
	h.log.Op(message)
	p, err := startProgram(c, h.o.Clock, h.log.Hear)
	if err != nil {
		return Outcome{}, err
	}
	defer p.Release()
	go func() {
		_, _ = p.In.Write(line) // a hook may end without reading
		_ = p.In.Close()
	}()
	read := make(chan said, 1)
	flooded := make(chan struct{})
	go func() {
		text, err := readAll(p.Out, h.o.MaxLine)
		if err != nil {
			close(flooded)
		}
		read <- said{text, err}
	}()
	if err := h.await(ctx, p, op, flooded); err != nil {
		n := p.Destroy()
		return Outcome{}, h.withRemains(p, err, n)
	}
	return h.conclude(p, op, id, read)
}

// await waits for the end of a hook.
func (h *Hooks) await(ctx context.Context, p *program.Program, op Op, flooded <-chan struct{}) error {
	late, cancel := h.o.Clock.WithTimeout(ctx, op.Deadline+Grace)
	defer cancel()
	select {
	case <-p.Exited:
		return nil
	case <-flooded:
		select {
		case <-p.Exited: // the pipe was closed under the reader
			return nil
		default:
		}
		return faultf(Flood, "write the result only; logs go to standard error", "it wrote more than %d octets", h.o.MaxLine)
	case <-late.Done():
		if err := ctx.Err(); err != nil {
			return err
		}
		return faultf(Silent, nextTime, "the hook did not end within %v and was killed", op.Deadline)
	}
}

// withRemains adds the last words to a fault.
func (h *Hooks) withRemains(p *program.Program, err error, leftover int) error {
	f, ok := err.(*Fault)
	if !ok {
		return err
	}
	p.Await(p.Drained, Grace)
	f.Stderr = p.LastWords()
	if leftover > 0 {
		f.Text += fmt.Sprintf(" (%d of its processes outlived it and were killed)", leftover)
	}
	return f
}

// conclude judges a hook that has ended.
func (h *Hooks) conclude(p *program.Program, op Op, id string, read <-chan said) (Outcome, error) {
	n := p.Sweep()
	var s said
	late, cancel := h.o.Clock.WithTimeout(context.Background(), Grace)
	defer cancel()
	select {
	case s = <-read:
	case <-late.Done():
		return Outcome{}, h.withRemains(p, faultf(Leftover, nextDaemon, "something that the hook started still holds its output"), n)
	}
	h.log.Line("driver", s.text)
	h.log.Text("note", fmt.Sprintf("the hook has ended: %s", p.Ending()))
	switch {
	case n > 0:
		return Outcome{}, h.withRemains(p, faultf(Leftover, nextDaemon, "the hook left %d processes running; they were killed", n), 0)
	case s.err != nil:
		return Outcome{}, h.withRemains(p, faultf(Flood, nextLogs, "its output cannot be taken: %v", s.err), 0)
	}
	r, f := hookResult(id, p, s.text)
	if f == nil {
		var out Outcome
		if out, f = judge(op.Name, r, h.o.Kept); f == nil {
			return out, nil
		}
	}
	return Outcome{}, h.withRemains(p, f, 0)
}

// hookResult turns exit code and output into the message that a driver would have sent.
func hookResult(id string, p *program.Program, output []byte) (*protocol.Result, *Fault) {
	r := &protocol.Result{ID: id}
	output = bytes.TrimSpace(output)
	code := p.ExitCode()
	switch code {
	case ExitUnsupported:
		r.Status = protocol.Unsupported
		return r, nil
	case ExitDone, ExitRefused:
		if code == ExitRefused && len(output) == 0 { // what most programs do when they fail
			return nil, faultf(Failed, "exit 1 with the refusal on standard output when the gateway refused, and with another code when the hook failed", "the hook ended with %s and gave no refusal", p.Ending())
		}
	default:
		return nil, faultf(Failed, "exit 0 for done, 1 for refused by the gateway, 89 for unsupported; everything else is the hook's own failure", "the hook ended with %s", p.Ending())
	}
	if len(output) > 0 {
		v, err := jsonschema.Parse(output)
		if err != nil {
			return nil, faultf(Garbage, nextLogs, "its output is not one JSON object: %v: %.100q", err, string(output))
		}
		if _, ok := v.(jsonschema.Object); !ok {
			return nil, faultf(Garbage, nextLogs, "its output is JSON, but no object: %.100q", string(output))
		}
	}
	if r.Status = protocol.Done; code == ExitRefused {
		r.Status, r.Refusal = protocol.Refused, json.RawMessage(output)
		return r, nil
	}
	r.Data = json.RawMessage(output)
	return r, nil
}

// readAll reads at most max octets; more is an error of the hook's.
func readAll(r io.Reader, max int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(max)+1))
	if err == nil && len(data) > max {
		return nil, fmt.Errorf("it wrote more than %d octets", max)
	}
	return data, err
}

// Package driverkit is for vendors who write their driver in Go: a table of operations, and the loop that speaks
// the protocol (PROTOCOL.md in package driver). What the table lacks is answered with "unsupported".
//
//	kit := driverkit.Kit{Version: "acme-driver 1.0", Timeout: context.WithTimeout, Operations: driverkit.Operations{
//		"mapping.put": driverkit.Handle(putRow), // func putRow(ctx context.Context, as contract.As, a contract.MappingPut) (contract.MappingRow, error)
//	}}
//	err := kit.Serve(context.Background(), os.Stdin, os.Stdout)
//
// It leaves out the product's own interface, and imports nothing that starts or tests a driver.
package driverkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/protocol"
)

// Call is one operation to be carried out.
type Call struct {
	Name string
	// Scenario is for logs only.
	Scenario string
	As       contract.As
	Args     json.RawMessage
	// Deadline is the time that the bench gives.
	Deadline time.Duration

	id  string
	say func(protocol.Message) error

	mu       sync.Mutex
	evidence []protocol.Evidence
}

// Evidence adds what the product said to the answer, for the report. Texts are cut to what the protocol takes.
func (c *Call) Evidence(name, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.evidence) < 20 {
		c.evidence = append(c.evidence, protocol.Evidence{Name: cut(name, 100), Text: cut(text, 65536)})
	}
}

// Event puts a note into the record while the operation is under way.
func (c *Call) Event(text string) error {
	return c.say(&protocol.Event{ID: c.id, Text: cut(text, 4000)})
}

// cut shortens a text to at most n characters, and never to none.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		r = r[:n]
	}
	if len(r) == 0 {
		return "-"
	}
	return string(r)
}

// Handler carries out an operation. Its result is written as JSON. An error that is a *Refusal means that the
// gateway refused, ErrUnsupported that the product has nothing like it, any other that the driver failed.
type Handler func(ctx context.Context, c *Call) (result any, err error)

// Operations are the operations of a driver by name.
type Operations map[string]Handler

// ErrUnsupported is for operations that turn out not to exist in the product.
var ErrUnsupported = errors.New("the product has nothing like it")

// Refusal is the gateway's no as an error.
type Refusal contract.Refusal

// Error implements error.
func (r *Refusal) Error() string { return contract.Refusal(*r).String() }

// Refuse says that the gateway has refused: by which rule, why, and who can clear the ground.
func Refuse(rule, reason string, who contract.Fixer) error {
	return &Refusal{Rule: rule, Reason: reason, WhoFixes: who}
}

// Handle makes a Handler of a function with the contract's Go types.
func Handle[A contract.Args, R any](f func(ctx context.Context, as contract.As, args A) (R, error)) Handler {
	return func(ctx context.Context, c *Call) (any, error) {
		var args A
		if err := json.Unmarshal(c.Args, &args); err != nil {
			return nil, fmt.Errorf("args: %w", err)
		}
		return f(ctx, c.As, args)
	}
}

// Kit is a driver.
type Kit struct {
	// Version is the name and version of the driver.
	Version string
	// MaxParallel is the number of operations at once, 1 to 64; 0 means 1.
	MaxParallel int
	// Operations are what it can do; the hello declares exactly these.
	Operations Operations
	// Timeout makes the context of an operation end at its deadline: context.WithTimeout. Nil: no deadline.
	Timeout func(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
}

// Serve says hello and carries out operations until the input ends; then it waits for those under way and
// returns nil. It returns early when a line cannot be read or written. ctx reaches the handlers.
func (k Kit) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parallel := max(1, k.MaxParallel)
	w := &writer{out: out}
	if err := w.say(&protocol.Hello{Protocol: protocol.Version, Version: cut(k.Version, 200), Contract: contract.Version,
		Capabilities: append([]string{}, slices.Sorted(maps.Keys(k.Operations))...), MaxParallel: parallel}); err != nil {
		return err
	}
	slots := make(chan struct{}, parallel)
	var running sync.WaitGroup
	defer running.Wait()
	lines := protocol.NewLines(in, 0)
	for {
		line, err := lines.Next()
		if errors.Is(err, io.EOF) {
			running.Wait()
			return w.failure()
		}
		if err != nil {
			return fmt.Errorf("driverkit: read: %w", err)
		}
		m, err := protocol.Decode(line)
		if err != nil {
			return fmt.Errorf("driverkit: %w", err)
		}
		op, ok := m.(*protocol.Op)
		if !ok {
			return errors.New("driverkit: the bench sent something else than an op")
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		running.Go(func() {
			defer func() { <-slots }()
			w.fail(w.say(k.carryOut(ctx, op, w.say)))
		})
	}
}

// carryOut does one operation and makes its answer. A panic of a handler is its failure, not the driver's end.
func (k Kit) carryOut(ctx context.Context, op *protocol.Op, say func(protocol.Message) error) (r *protocol.Result) {
	handler, ok := k.Operations[op.Name]
	if !ok {
		return &protocol.Result{ID: op.ID, Status: protocol.Unsupported}
	}
	defer func() {
		if p := recover(); p != nil {
			r = failed(op.ID, fmt.Sprintf("the driver panicked: %v", p))
		}
	}()
	c := &Call{Name: op.Name, Scenario: op.Scenario, Args: op.Args, Deadline: time.Duration(op.DeadlineMS) * time.Millisecond, id: op.ID, say: say}
	if err := json.Unmarshal(op.As, &c.As); err != nil {
		return failed(op.ID, "as: "+err.Error())
	}
	if k.Timeout != nil {
		var cancel context.CancelFunc
		ctx, cancel = k.Timeout(ctx, c.Deadline)
		defer cancel()
	}
	result, err := handler(ctx, c)
	r = answer(op.ID, result, err)
	c.mu.Lock()
	defer c.mu.Unlock()
	r.Evidence = c.evidence
	return r
}

func failed(id, reason string) *protocol.Result {
	return &protocol.Result{ID: id, Status: protocol.Failed, Reason: cut(reason, 4000)}
}

// answer turns what a handler returned into a message.
func answer(id string, result any, err error) *protocol.Result {
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		raw, err := json.Marshal(contract.Refusal(*refusal))
		if err != nil {
			return failed(id, err.Error())
		}
		return &protocol.Result{ID: id, Status: protocol.Refused, Refusal: raw}
	case errors.Is(err, ErrUnsupported):
		return &protocol.Result{ID: id, Status: protocol.Unsupported, Reason: cut(err.Error(), 4000)}
	case err != nil:
		return failed(id, err.Error())
	case result == nil:
		return &protocol.Result{ID: id, Status: protocol.Done}
	}
	raw, err := contract.Encode(result)
	if err != nil {
		return failed(id, "the result cannot be written: "+err.Error())
	}
	return &protocol.Result{ID: id, Status: protocol.Done, Data: raw}
}

// writer writes whole lines and keeps the first failure.
type writer struct {
	mu  sync.Mutex
	out io.Writer
	err error
}

func (w *writer) say(m protocol.Message) error {
	line, err := protocol.Encode(m)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err = w.out.Write(line)
	return err
}

func (w *writer) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Package protocol is how operations travel between the bench and a driver: one JSON object a line, on the
// driver's standard input and output. PROTOCOL.md in package driver tells it on one page.
//
// It holds the messages, their schema and the reading of lines, shared by both ends. It leaves out processes and
// deadlines (package driver), the loop of a driver (package driverkit) and what operations mean (package
// contract).
package protocol

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"

	"demailbench/features/sut/jsonschema"
)

// Version is the version of the protocol, the only one so far. A driver names it in its hello.
const Version = "1"

// MaxLine is the largest line in octets, line break included. The largest answers are audit trails.
const MaxLine = 4 << 20

// Schema is the published JSON Schema of all messages.
//
//go:embed protocol.json
var Schema []byte

// Status is how an operation ended.
type Status string

// How an operation can end.
const (
	// Done: the gateway has carried it out.
	Done Status = "done"
	// Refused: the gateway has said no; the result carries the refusal.
	Refused Status = "refused"
	// Unsupported: the driver does not know the operation, or the product has nothing like it.
	Unsupported Status = "unsupported"
	// Failed: the driver could not find out; that says nothing about the gateway.
	Failed Status = "failed"
)

// Message is one line: *Hello, *Op, *Result or *Event.
type Message interface{ kind() string }

// Hello is a driver's first line.
type Hello struct {
	// Protocol is the version of the protocol it speaks.
	Protocol string `json:"protocol"`
	// Version is the name and version of the driver itself.
	Version string `json:"version"`
	// Contract is the version of the operations it was written for.
	Contract string `json:"contract,omitempty"`
	// Capabilities are the operations that it carries out; all others it answers with Unsupported.
	Capabilities []string `json:"capabilities"`
	// MaxParallel is the number of operations that it takes at once, 1 to 64.
	MaxParallel int `json:"max_parallel"`
}

// Op asks for an operation.
type Op struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Scenario says for which scenario; for logs only.
	Scenario string          `json:"scenario,omitempty"`
	As       json.RawMessage `json:"as"`
	Args     json.RawMessage `json:"args"`
	// DeadlineMS is the time for the answer in milliseconds.
	DeadlineMS int64 `json:"deadline_ms"`
}

// Result answers an Op, once.
type Result struct {
	ID     string `json:"id"`
	Status Status `json:"status"`
	// Data is the operation's result when Done; empty means {}.
	Data json.RawMessage `json:"data,omitempty"`
	// Refusal is there when Refused.
	Refusal json.RawMessage `json:"refusal,omitempty"`
	// Reason says why when Failed or Unsupported.
	Reason   string     `json:"reason,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Evidence is what a driver saw: the product's own answer, a piece of its log.
type Evidence struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Event is something that a driver wants in the record.
type Event struct {
	// ID is that of the Op it belongs to, or empty.
	ID   string `json:"id,omitempty"`
	Text string `json:"text"`
}

func (*Hello) kind() string  { return "hello" }
func (*Op) kind() string     { return "op" }
func (*Result) kind() string { return "result" }
func (*Event) kind() string  { return "event" }

// kinds makes an empty message of each type.
var kinds = map[string]func() Message{
	"hello":  func() Message { return &Hello{} },
	"op":     func() Message { return &Op{} },
	"result": func() Message { return &Result{} },
	"event":  func() Message { return &Event{} },
}

// schemas are the compiled schemas of the messages by type. The schema is part of the program: a mistake in it
// panics, and a test reads it.
var schemas = sync.OnceValue(func() map[string]*jsonschema.Schema {
	set, err := jsonschema.Compile(map[string][]byte{"protocol.json": Schema})
	if err != nil {
		panic("protocol: " + err.Error())
	}
	all := map[string]*jsonschema.Schema{}
	for kind := range kinds {
		if all[kind], err = set.Schema("protocol.json#/$defs/" + kind); err != nil {
			panic("protocol: " + err.Error())
		}
	}
	return all
})

// Decode reads one line. The error says what is wrong with it and what to do, one fault a line.
func Decode(line []byte) (Message, error) {
	v, err := jsonschema.Parse(line)
	if err != nil {
		return nil, fmt.Errorf("the line is not one JSON object: %w", err)
	}
	o, ok := v.(jsonschema.Object)
	if !ok {
		return nil, fmt.Errorf("the line is JSON, but no object; send one object a line")
	}
	kind, _ := o.Get("type")
	name, _ := kind.(string)
	empty, ok := kinds[name]
	if !ok {
		return nil, fmt.Errorf("type is %.100q; use \"hello\", \"result\" or \"event\"", fmt.Sprint(kind))
	}
	if err := schemas()[name].Validate(name, v); err != nil {
		return nil, err
	}
	m := empty()
	if err := json.Unmarshal(line, m); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// Encode writes a message as one line, line break included.
func Encode(m Message) ([]byte, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("protocol: %s: %w", m.kind(), err)
	}
	line := fmt.Appendf(nil, `{"type":%q`, m.kind())
	if len(body) > len("{}") {
		line = append(line, ',')
	}
	line = append(append(line, body[1:]...), '\n')
	if len(line) > MaxLine {
		return nil, fmt.Errorf("protocol: %s has %d octets, a line may have %d", m.kind(), len(line), MaxLine)
	}
	return line, nil
}

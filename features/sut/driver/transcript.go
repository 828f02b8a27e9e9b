package driver

import (
	"encoding/json"
	"io"
	"strings"
	"sync"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/jsonschema"
	"demailbench/features/sut/protocol"
)

// maxTranscript bounds the transcript of one driver in octets.
const maxTranscript = 16 << 20

// Entry is one line of a transcript (driver.ndjson).
type Entry struct {
	At time.Time `json:"at"`
	// Who speaks: "bench", "driver", "stderr", or "note" for what the bench observed.
	Who string `json:"who"`
	// Line is a message of the protocol, Text anything else.
	Line json.RawMessage `json:"line,omitempty"`
	Text string          `json:"text,omitempty"`
}

// transcript writes entries, without secrets.
type transcript struct {
	clock Clock
	w     io.Writer

	mu      sync.Mutex
	written int
	heard   int
	secrets []string
}

func newTranscript(o Options, secrets []string) *transcript {
	t := &transcript{clock: o.Clock, w: o.Transcript}
	t.hide(secrets...)
	return t
}

// minSecret keeps a PIN of one digit from blackening every number of the transcript.
const minSecret = 4

// hide makes every later entry show "***" for a value.
func (t *transcript) hide(values ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, v := range values {
		if len(v) >= minSecret {
			t.secrets = append(t.secrets, v)
		}
	}
}

// mask replaces known secrets, as they are and as JSON writes them.
func (t *transcript) mask(s string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, v := range t.secrets {
		s = strings.ReplaceAll(s, v, jsonschema.Redacted)
		if quoted, err := json.Marshal(v); err == nil {
			s = strings.ReplaceAll(s, string(quoted[1:len(quoted)-1]), jsonschema.Redacted)
		}
	}
	return s
}

// clean masks what a driver wrote freely and reports will show.
func (t *transcript) clean(o *Outcome) {
	o.Reason = t.mask(o.Reason)
	for i := range o.Evidence {
		o.Evidence[i].Text = t.mask(o.Evidence[i].Text)
	}
	if o.Refusal != nil {
		o.Refusal.Reason = t.mask(o.Refusal.Reason)
	}
}

// op notes what is sent, with the operation's secrets hidden from here on.
func (t *transcript) op(op *protocol.Op) {
	shown := *op
	if o, ok := contract.Lookup(op.Name); ok {
		args, secrets := o.RedactArgs(op.Args)
		t.hide(secrets...)
		shown.Args = args
	}
	line, err := protocol.Encode(&shown)
	if err != nil {
		t.text("note", "an operation that cannot be written: "+err.Error())
		return
	}
	t.line("bench", line)
}

// line notes a line; what is no JSON is noted as text.
func (t *transcript) line(who string, line []byte) {
	masked := t.mask(strings.ToValidUTF8(string(line), "\uFFFD"))
	if !json.Valid([]byte(masked)) {
		t.text(who, masked)
		return
	}
	t.write(Entry{Who: who, Line: json.RawMessage(masked)})
}

// maxText bounds one text of the transcript in octets.
const maxText = 2000

// maxHeard bounds the part of the standard error output, so that it does not crowd out the protocol.
const maxHeard = 1 << 20

// hear notes a line of the standard error output.
func (t *transcript) hear(line string) {
	t.mu.Lock()
	before := t.heard
	t.heard += len(line) + 1
	t.mu.Unlock()
	switch {
	case before > maxHeard:
	case before+len(line) >= maxHeard:
		t.text("note", "standard error output is too long; what follows is left off")
	default:
		t.text("stderr", line)
	}
}

func (t *transcript) text(who, text string) {
	text = t.mask(text)
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "..."
	}
	t.write(Entry{Who: who, Text: text})
}

// end lets go of the writer: what comes later is said to nobody.
func (t *transcript) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.w = nil
}

func (t *transcript) write(e Entry) {
	e.At = t.clock.Now()
	line, err := json.Marshal(e)
	if err != nil {
		return // a time outside RFC 3339; the transcript proves nothing by itself
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.w == nil || t.written > maxTranscript:
		return
	case t.written+len(line) > maxTranscript:
		line = []byte(`{"who":"note","text":"the transcript is full; what follows is left off"}`)
		t.written = maxTranscript
	}
	t.written += len(line) + 1
	if _, err := t.w.Write(append(line, '\n')); err != nil {
		t.written = maxTranscript + 1 // a full disk is reported by whoever owns the writer
	}
}

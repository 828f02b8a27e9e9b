// Package transcript keeps what bench and driver said to each other (driver.ndjson), bounded and without secrets: what the
// contract marks as secret in an operation is hidden from then on, wherever it turns up.
//
// It leaves out the protocol itself, and files: lines are handed to a writer.
package transcript

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

// Transcript writes entries. Several goroutines may use it.
type Transcript struct {
	now func() time.Time
	w   io.Writer

	mu      sync.Mutex
	written int
	heard   int
	secrets []string
}

// New writes to w (nil: nobody) with the time of now; secrets are hidden from the first line. w is called under a lock.
func New(w io.Writer, now func() time.Time, secrets []string) *Transcript {
	t := &Transcript{now: now, w: w}
	t.hide(secrets...)
	return t
}

// minSecret keeps a PIN of one digit from blackening every number of the transcript.
const minSecret = 4

// hide makes every later entry show "***" for a value.
func (t *Transcript) hide(values ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, v := range values {
		if len(v) >= minSecret {
			t.secrets = append(t.secrets, v)
		}
	}
}

// Mask replaces known secrets, as they are and as JSON writes them.
func (t *Transcript) Mask(s string) string {
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

// Op notes what is sent, with the operation's secrets hidden from here on.
func (t *Transcript) Op(op *protocol.Op) {
	shown := *op
	if o, ok := contract.Lookup(op.Name); ok {
		args, secrets := o.RedactArgs(op.Args)
		t.hide(secrets...)
		shown.Args = args
	}
	line, err := protocol.Encode(&shown)
	if err != nil {
		t.Text("note", "an operation that cannot be written: "+err.Error())
		return
	}
	t.Line("bench", line)
}

// Line notes a line; what is no JSON is noted as text.
func (t *Transcript) Line(who string, line []byte) {
	masked := t.Mask(strings.ToValidUTF8(string(line), "\uFFFD"))
	if !json.Valid([]byte(masked)) {
		t.Text(who, masked)
		return
	}
	t.write(Entry{Who: who, Line: json.RawMessage(masked)})
}

// maxText bounds one text of the transcript in octets.
const maxText = 2000

// maxHeard bounds the part of the standard error output, so that it does not crowd out the protocol.
const maxHeard = 1 << 20

// Hear notes a line of the standard error output.
func (t *Transcript) Hear(line string) {
	t.mu.Lock()
	before := t.heard
	t.heard += len(line) + 1
	t.mu.Unlock()
	switch {
	case before > maxHeard:
	case before+len(line) >= maxHeard:
		t.Text("note", "standard error output is too long; what follows is left off")
	default:
		t.Text("stderr", line)
	}
}

// Text notes a text: who is "bench", "driver", "stderr" or "note".
func (t *Transcript) Text(who, text string) {
	text = t.Mask(text)
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "..."
	}
	t.write(Entry{Who: who, Text: text})
}

// End lets go of the writer: what comes later is said to nobody.
func (t *Transcript) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.w = nil
}

func (t *Transcript) write(e Entry) {
	e.At = t.now()
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

package transcript_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/sut/driver/transcript"
	"demailbench/features/sut/protocol"
)

func at() time.Time { return time.Date(2016, 1, 4, 8, 0, 0, 0, time.UTC) }

func TestTranscript(t *testing.T) {
	var out bytes.Buffer
	log := transcript.New(&out, at, []string{"t0ken", "no"})
	log.Op(&protocol.Op{ID: "1", Name: "card.pin", As: json.RawMessage(`{}`), Args: json.RawMessage(`{"card":"itsp","pin":"47\"11"}`), DeadlineMS: 5})
	log.Line("driver", []byte(`{"type":"event","text":"pin 47\"11, t0ken, no"}`))
	log.Line("driver", []byte("not JSON, 47\"11"))
	log.Hear("t0ken\x00 \xff")
	log.Text("note", strings.Repeat("long ", 1000))
	log.End()
	log.Text("note", "after the end")
	want := []string{
		`{"at":"2016-01-04T08:00:00Z","who":"bench","line":{"type":"op","id":"1","name":"card.pin","as":{},"args":{"card":"itsp","pin":"***"},"deadline_ms":5}}`,
		`{"at":"2016-01-04T08:00:00Z","who":"driver","line":{"type":"event","text":"pin ***, ***, no"}}`,
		`{"at":"2016-01-04T08:00:00Z","who":"driver","text":"not JSON, ***"}`,
		`{"at":"2016-01-04T08:00:00Z","who":"stderr","text":"***\u0000 \ufffd"}`,
		`{"at":"2016-01-04T08:00:00Z","who":"note","text":"` + strings.Repeat("long ", 400) + `..."}`,
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(out.String()), "\n")); diff != "" {
		t.Error(diff)
	}
	if got := log.Mask("t0ken"); got != "***" {
		t.Error(got)
	}
}

// TestBounds: neither a talkative driver nor a talkative log fills the evidence.
func TestBounds(t *testing.T) {
	var out bytes.Buffer
	log := transcript.New(&out, at, nil)
	noise := strings.Repeat("x", 1000)
	for range 1200 {
		log.Hear(noise)
	}
	if n := out.Len(); n > 2<<20 || !strings.Contains(out.String(), "standard error output is too long") {
		t.Errorf("%d octets of standard error output", n)
	}
	line := []byte(`{"type":"event","text":"` + strings.Repeat("x", 100_000) + `"}`)
	for range 165 {
		log.Line("driver", line)
	}
	if n := out.Len(); n > 16<<20+1000 || strings.Count(out.String(), "the transcript is full") != 1 {
		t.Errorf("%d octets in all", n)
	}
}

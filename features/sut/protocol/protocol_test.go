package protocol_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/sut/protocol"
)

func TestRoundTrip(t *testing.T) {
	for _, m := range []protocol.Message{
		&protocol.Hello{Protocol: "1", Version: "acme-driver 2.3", Contract: "1.0", Capabilities: []string{"reset", "mapping.put"}, MaxParallel: 4},
		&protocol.Op{ID: "7", Name: "mapping.put", Scenario: "mapping/add", As: json.RawMessage(`{"person":"p"}`), Args: json.RawMessage(`{"mail":"ü@b"}`), DeadlineMS: 5000},
		&protocol.Result{ID: "7", Status: protocol.Done, Data: json.RawMessage(`{"a":[1]}`), Evidence: []protocol.Evidence{{Name: "response", Text: "200 OK\n\n{}"}}},
		&protocol.Result{ID: "7", Status: protocol.Refused, Refusal: json.RawMessage(`{"rule":"D12"}`)},
		&protocol.Event{Text: "the card was removed"},
	} {
		line, err := protocol.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(line), "\n") != 1 || line[len(line)-1] != '\n' {
			t.Errorf("not one line: %q", line)
		}
		back, err := protocol.Decode(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if diff := cmp.Diff(m, back); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	cases := []struct{ line, want string }{
		{"", "the line is not one JSON object: the JSON ends too early, after octet 0"},
		{"starting up ...", "the line is not one JSON object: at octet 0: invalid character 's' looking for beginning of value"},
		{"[]", "the line is JSON, but no object; send one object a line"},
		{"{}", `type is "<nil>"; use "hello", "result" or "event"`},
		{`{"type":"bye"}`, `type is "bye"; use "hello", "result" or "event"`},
		{`{"type":1}`, `type is "1"; use "hello", "result" or "event"`},
		{`{"type":"result","id":"1","status":"ok"}`, `result.status: "ok": is not a known value; use "done", "refused", "unsupported", "failed"`},
		{`{"type":"result","status":"done"}`, "result.id: is missing; give it: That of the op"},
		{`{"type":"result","id":7,"status":"done"}`, "result.id: 7: must be a string; it is an integer"},
		{`{"type":"result","id":"1","status":"done","status":"refused"}`, `the line is not one JSON object: at octet 50: key "status" is given twice; keep one`},
		{`{"type":"hello","protocol":"2","version":"x","capabilities":[],"max_parallel":1}`, `hello.protocol: "2": is not a known value; use "1"`},
		{`{"type":"hello","protocol":"1","version":"x","capabilities":["a","a"],"max_parallel":0}`, "hello.capabilities[1]: \"a\": is the same as [0]; keep one\nhello.max_parallel: 0: is less than 1; send a larger number"},
	}
	for _, c := range cases {
		_, err := protocol.Decode([]byte(c.line))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s\ngot  %v\nwant %s", c.line, err, c.want)
		}
	}
}

func TestEncodeRefusesTooLong(t *testing.T) {
	_, err := protocol.Encode(&protocol.Event{Text: strings.Repeat("x", protocol.MaxLine)})
	if err == nil {
		t.Error("a line above the limit was written")
	}
}

func TestLines(t *testing.T) {
	long := strings.Repeat("y", 200_000)
	lines := protocol.NewLines(strings.NewReader("a\n\r\n"+long+"\nrest"), 300_000)
	for _, want := range []string{"a", "\r", long} {
		got, err := lines.Next()
		if err != nil || string(got) != want {
			t.Fatalf("%.20q %v, want %.20q", got, err, want)
		}
	}
	if got, err := lines.Next(); !errors.Is(err, protocol.ErrTruncated) || string(got) != "rest" {
		t.Errorf("%q %v", got, err)
	}
	if _, err := lines.Next(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if got, err := protocol.NewLines(strings.NewReader(long+"\n"), 1000).Next(); !errors.Is(err, protocol.ErrTooLong) || len(got) != 1000 {
		t.Errorf("%d octets, %v", len(got), err)
	}
}

// FuzzDecode: whatever a driver writes is a message or an error, and a message can be written and read again.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"type":"hello","protocol":"1","version":"x","capabilities":["reset"],"max_parallel":1}`, `{"type":"result","id":"1","status":"done","data":{}}`,
		`{"type":"result","id":"1","status":"refused","refusal":{"rule":"D12"},"evidence":[{"name":"a","text":"b"}]}`, `{"type":"event","text":"x"}`,
		`{"type":"op","id":"1","name":"reset","as":{},"args":{},"deadline_ms":1}`, `{"Type":"event","text":"x"}`, "{", "null", `{"type":{"type":"event"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		m, err := protocol.Decode(line)
		if err != nil {
			return
		}
		again, err := protocol.Encode(m)
		if err != nil {
			t.Fatalf("%q was read, but cannot be written: %v", line, err)
		}
		if _, err := protocol.Decode(again); err != nil {
			t.Fatalf("%q became %q: %v", line, again, err)
		}
	})
}

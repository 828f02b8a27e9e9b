package driver

import (
	"bytes"
	"testing"
	"time"

	"demailbench/features/sut/driver/transcript"
	"demailbench/features/sut/protocol"
)

// FuzzTake: whatever lines a driver writes, they are messages in their place or a fault with a remedy.
func FuzzTake(f *testing.F) {
	hello := `{"type":"hello","protocol":"1","version":"x","capabilities":[],"max_parallel":1}` + "\n"
	for _, seed := range []string{
		hello + `{"type":"result","id":"1","status":"done"}`, hello + `{"type":"result","id":"2","status":"done"}` + "\n" + `{"type":"result","id":"2","status":"done"}`,
		hello + hello, hello + `{"type":"event","text":"x"}`, hello + `{"type":"op","id":"1","name":"reset","as":{},"args":{},"deadline_ms":1}`,
		hello + `{"type":"result","id":"01","status":"done"}`, hello + `{"type":"result","id":"-1","status":"failed"}`, "\n\n", "x",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		waiting := make(chan *protocol.Result, 1)
		p := &Process{o: Options{}.withDefaults(), log: transcript.New(nil, func() time.Time { return time.Unix(0, 0) }, nil), first: make(chan protocol.Hello, 1),
			last: 2, pending: map[string]chan *protocol.Result{"1": waiting}, left: map[string]bool{}}
		for line := range bytes.SplitSeq(text, []byte("\n")) {
			f := p.take(line)
			if f == nil {
				continue
			}
			if f.Kind == "" || f.Text == "" || f.Next == "" {
				t.Fatalf("%q: %+v", line, f)
			}
			return
		}
		if len(waiting) == 1 {
			_, fault := judge("mapping.list", <-waiting, "driver.ndjson")
			if fault != nil && fault.Next == "" {
				t.Fatalf("%+v", fault)
			}
		}
	})
}

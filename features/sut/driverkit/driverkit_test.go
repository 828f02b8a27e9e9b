package driverkit_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driverkit"
	"demailbench/features/sut/protocol"
)

// kit is a driver with one operation per way to end.
func kit() driverkit.Kit {
	return driverkit.Kit{Version: "test 1", Operations: driverkit.Operations{
		"mapping.list": driverkit.Handle(func(_ context.Context, as contract.As, a contract.MappingList) (contract.MappingListResult, error) {
			if as.Org != a.Tenant {
				return contract.MappingListResult{}, driverkit.Refuse("S1-154", "not your tenant", contract.FixTenant)
			}
			return contract.MappingListResult{}, nil
		}),
		"reset": func(_ context.Context, c *driverkit.Call) (any, error) {
			c.Evidence("response", "200 OK")
			return nil, c.Event("wiped")
		},
		"node.kill":    func(context.Context, *driverkit.Call) (any, error) { return nil, driverkit.ErrUnsupported },
		"node.restart": func(context.Context, *driverkit.Call) (any, error) { return nil, errors.New("connection refused") },
		"backup.create": func(context.Context, *driverkit.Call) (any, error) {
			var m map[string]int
			m["x"] = 1
			return nil, nil
		},
		"queue.query": func(ctx context.Context, c *driverkit.Call) (any, error) {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		},
	}, Timeout: func(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(ctx)
		if d == time.Millisecond { // stands for a deadline that has passed
			cancel(context.DeadlineExceeded)
		}
		return ctx, func() { cancel(nil) }
	}}
}

func TestServe(t *testing.T) {
	op := func(id, name, as, args, deadline string) string {
		return `{"type":"op","id":"` + id + `","name":"` + name + `","as":` + as + `,"args":` + args + `,"deadline_ms":` + deadline + "}\n"
	}
	as := `{"person":"p","role":"account-admin","org":"annaberg"}`
	in := op("1", "mapping.list", as, `{"tenant":"annaberg"}`, "100") + op("2", "mapping.list", as, `{"tenant":"pirna"}`, "100") +
		op("3", "reset", as, `{}`, "100") + op("4", "node.kill", as, `{}`, "100") + op("5", "node.restart", as, `{}`, "100") +
		op("6", "backup.create", as, `{}`, "100") + op("7", "queue.query", as, `{}`, "1") + op("8", "no.such", as, `{}`, "100") + op("9", "mapping.list", as, `{"tenant":1}`, "100")
	var out bytes.Buffer
	if err := kit().Serve(context.Background(), strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"type":"hello","protocol":"1","version":"test 1","contract":"1.0","capabilities":["backup.create","mapping.list","node.kill","node.restart","queue.query","reset"],"max_parallel":1}`,
		`{"type":"result","id":"1","status":"done","data":{"rows":[]}}`,
		`{"type":"result","id":"2","status":"refused","refusal":{"rule":"S1-154","reason":"not your tenant","who_fixes":"tenant"}}`,
		`{"type":"event","id":"3","text":"wiped"}`,
		`{"type":"result","id":"3","status":"done","evidence":[{"name":"response","text":"200 OK"}]}`,
		`{"type":"result","id":"4","status":"unsupported","reason":"the product has nothing like it"}`,
		`{"type":"result","id":"5","status":"failed","reason":"connection refused"}`,
		`{"type":"result","id":"6","status":"failed","reason":"the driver panicked: assignment to entry in nil map"}`,
		`{"type":"result","id":"7","status":"failed","reason":"context deadline exceeded"}`,
		`{"type":"result","id":"8","status":"unsupported"}`,
		`{"type":"result","id":"9","status":"failed","reason":"args: json: cannot unmarshal number into Go struct field MappingList.tenant of type string"}`,
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(out.String()), "\n")); diff != "" {
		t.Error(diff)
	}
	for line := range strings.Lines(out.String()) {
		if _, err := protocol.Decode([]byte(line)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// TestParallel: with two slots the second operation ends while the first still waits for it.
func TestParallel(t *testing.T) {
	second := make(chan struct{})
	k := driverkit.Kit{Version: "test 1", MaxParallel: 2, Operations: driverkit.Operations{
		"node.restart": func(context.Context, *driverkit.Call) (any, error) {
			<-second
			return contract.NodeRestartResult{}, nil
		},
		"reset": func(context.Context, *driverkit.Call) (any, error) { close(second); return nil, nil },
	}}
	in, w := io.Pipe()
	r, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- k.Serve(context.Background(), in, out) }()
	lines := bufio.NewScanner(r)
	lines.Scan() // hello
	for _, name := range []string{"node.restart", "reset"} {
		line, err := protocol.Encode(&protocol.Op{ID: name, Name: name, As: []byte(`{}`), Args: []byte(`{}`), DeadlineMS: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]bool{}
	for range 2 {
		lines.Scan()
		m, err := protocol.Decode(lines.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		got[m.(*protocol.Result).ID] = m.(*protocol.Result).Status == protocol.Done
	}
	if !got["reset"] || !got["node.restart"] {
		t.Errorf("%v", got)
	}
	w.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestServeRefusesLines(t *testing.T) {
	for _, in := range []string{"hello\n", `{"type":"event","text":"x"}` + "\n", `{"type":"op"`} {
		if err := kit().Serve(context.Background(), strings.NewReader(in), io.Discard); err == nil {
			t.Errorf("%q was taken", in)
		}
	}
}

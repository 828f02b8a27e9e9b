//go:build unix

package driver_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/protocol"
)

func TestHooks(t *testing.T) {
	cases := []struct {
		fake   string
		status protocol.Status
		kind   driver.Kind
		text   string
	}{
		{"hook done", protocol.Done, "", ""},
		{"hook refuses", protocol.Refused, "", ""},
		{"hook unsupported", protocol.Unsupported, "", ""},
		{"hook empty", "", driver.Malformed, "done, but the result is not as agreed: data.rows: is missing"},
		{"hook deaf", "", driver.Malformed, "data.rows: is missing"},
		{"hook refuses bare", "", driver.Failed, "the hook ended with exit status 1 and gave no refusal"},
		{"hook fails", "", driver.Failed, "driver: mapping.list: the hook ended with exit status 7; exit 0 for done, 1 for refused by the gateway, 89 for unsupported; everything else is the hook's own failure\n  it wrote: connection refused"},
		{"hook garbage", "", driver.Garbage, `its output is not one JSON object: at octet 0: invalid character 'O' looking for beginning of value: "OK"`},
		{"hook wrong", "", driver.Malformed, `data.rows: "none": must be an array; it is a string`},
		{"hook hangs", "", driver.Silent, "the hook did not end within 300ms and was killed"},
		{"hook floods", "", driver.Flood, "it wrote more than 200000 octets"},
		{"hook leaves", "", driver.Leftover, "the hook left 1 processes running; they were killed; let a service manager"},
		{"hook leaves far", "", driver.Leftover, "the hook left 1 processes running; they were killed"},
		{"hook falls", "", driver.Failed, "the hook ended with signal: killed"},
		{"hook missing", "", driver.NotStarted, "cannot be started"},
	}
	for _, c := range cases {
		t.Run(c.fake, func(t *testing.T) {
			var log bytes.Buffer
			cmd := command(c.fake)
			if c.fake == "hook missing" {
				cmd.Args = []string{"/no/such/hook"}
			}
			h := driver.NewHooks(map[string]driver.Command{"mapping.list": cmd}, impatient(c.fake, &log))
			out, err := driver.Call(context.Background(), h, someone, list, nil)
			closed := h.Close()
			nothingLeft(t)
			if c.kind == "" {
				if err != nil || out.Status != c.status || closed != nil {
					t.Errorf("%+v %v %v", out, err, closed)
				}
				return
			}
			var f *driver.Fault
			if !errors.As(err, &f) || f.Kind != c.kind || !strings.Contains(f.Error(), c.text) || !errors.Is(closed, err) || f.Next == "" {
				t.Errorf("%v\n(closed: %v)\nwant %s: %s", err, closed, c.kind, c.text)
			}
		})
	}
}

func TestHooksHello(t *testing.T) {
	h := driver.NewHooks(map[string]driver.Command{"reset": command("hook empty"), "mapping.list": command("hook done")}, quick(&bytes.Buffer{}))
	if diff := cmp.Diff([]string{"mapping.list", "reset"}, h.Hello().Capabilities); diff != "" {
		t.Error(diff)
	}
	if out, err := driver.Call(context.Background(), h, contract.Bench, contract.Reset{}, nil); err != nil || out.Status != protocol.Done || string(out.Data) != "{}" {
		t.Errorf("%+v %v", out, err)
	}
	if out, err := driver.Call(context.Background(), h, contract.Bench, contract.NodeKill{}, nil); err != nil || out.Status != protocol.Unsupported {
		t.Errorf("%+v %v", out, err)
	}
	_ = h.Close()
	var f *driver.Fault
	if _, err := driver.Call(context.Background(), h, contract.Bench, contract.Reset{}, nil); !errors.As(err, &f) || f.Kind != driver.Closed {
		t.Errorf("after the end: %v", err)
	}
}

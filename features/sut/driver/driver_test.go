//go:build unix

package driver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/driver/transcript"
	"demailbench/features/sut/protocol"
	"demailbench/sim/clock"
)

// quick are options under which every fault shows soon, and a driver without one has time on a busy machine.
func quick(log *bytes.Buffer) driver.Options {
	return driver.Options{Clock: clock.Real(), Deadline: time.Minute, Ready: time.Minute, Drain: time.Minute, MaxLine: 200_000, MaxUnasked: 100, Transcript: log}
}

// impatient are the options for a fake with a fault that shows by waiting.
func impatient(fake string, log *bytes.Buffer) driver.Options {
	o := quick(log)
	switch fake {
	case "no hello":
		o.Ready = 200 * time.Millisecond
	case "hangs", "reads not", "hook hangs", "slow op":
		o.Deadline = 300 * time.Millisecond
	case "stays":
		o.Drain = 300 * time.Millisecond
	}
	return o
}

var someone = contract.As{Person: "annaberg-account", Role: contract.AccountAdmin, Org: "annaberg"}

// list is an operation that every fake knows.
var list = contract.MappingList{Tenant: "annaberg"}

// TestFaults runs one driver per fault: start, one operation, close. Every fault is told apart, and nothing runs
// afterwards.
func TestFaults(t *testing.T) {
	cases := []struct {
		fake string
		kind driver.Kind
		at   string // where it shows: start, do, close
		text string
	}{
		{"no hello", driver.NoHello, "start", "driver: no hello within 200ms; write the hello line first, flush it, and connect to the product afterwards"},
		{"banner", driver.NoHello, "start", "its first line is no hello: the line is not one JSON object: at octet 0: invalid character 'A' looking for beginning of value: \"Acme driver starting ...\""},
		{"old", driver.NoHello, "start", `its first line is no hello: hello.protocol: "0": is not a known value; use "1"`},
		{"impolite", driver.NoHello, "start", "its first line is no hello: \"{\\\"type\\\":\\\"event\\\""},
		{"stillborn", driver.NoHello, "start", "driver: the driver ended while it was needed (exit status 127); read its last words and driver.ndjson; a driver runs until its input ends\n  it wrote: cannot find libacme.so"},
		{"hangs", driver.Silent, "do", "driver: mapping.list: no answer within 300ms; the driver was killed; answer within deadline_ms"},
		{"reads not", driver.Silent, "do", "no answer within 300ms"},
		{"long line", driver.Flood, "do", "one line has more than 200000 octets"},
		{"chatters", driver.Flood, "do", "and no result among them"},
		{"garbage", driver.Garbage, "do", `a line is no message: the line is not one JSON object: at octet 0: invalid character 'D' looking for beginning of value: "DEBUG got an op"; write logs to standard error`},
		{"half", driver.Garbage, "do", `the output ends in the middle of a line: "{\"type\":\"res"`},
		{"two hellos", driver.Garbage, "do", "a second hello"},
		{"twice", driver.Twice, "close", "operation 1 was answered twice; answer every op once"},
		{"stranger", driver.Stranger, "do", `an answer for "4711", which was not asked for; copy the id of the op into the result`},
		{"dies", driver.Died, "do", "driver: mapping.list: the driver ended while it was needed (exit status 2); read its last words and driver.ndjson; a driver runs until its input ends\n  it wrote: panic: nil"},
		{"falls", driver.Died, "do", "(signal: killed)"},
		{"shuts up", driver.Died, "do", "the driver ended while it was needed (it still runs)"},
		{"dies child", driver.Died, "do", "(1 of its processes outlived it and were killed)"},
		{"stays", driver.Silent, "close", "the driver did not quit within 300ms after the end of its input"},
		{"children", driver.Leftover, "close", "the driver left 1 processes running; they were killed"},
		{"far", driver.Leftover, "close", "the driver left 1 processes running; they were killed"},
		{"wrong data", driver.Malformed, "do", "done, but the result is not as agreed: data.rows[0].mail: 1: must be a string; it is an integer"},
		{"bare no", driver.Malformed, "do", "refused, but: refusal.rule: is missing"},
		{"fails", driver.Failed, "do", "the driver could not carry it out: cannot reach 127.0.0.1:8443"},
	}
	for _, c := range cases {
		t.Run(c.fake, func(t *testing.T) {
			var log bytes.Buffer
			at, err := live(command(c.fake), impatient(c.fake, &log))
			var f *driver.Fault
			if !errors.As(err, &f) {
				t.Fatalf("%s: %v, want a *driver.Fault", at, err)
			}
			if f.Kind != c.kind || at != c.at || !strings.Contains(f.Error(), c.text) {
				t.Errorf("at %s %s:\n%v\nwant at %s %s:\n%s", at, f.Kind, f, c.at, c.kind, c.text)
			}
			if f.Next == "" {
				t.Error("does not say what to do")
			}
			if !strings.Contains(log.String(), `"note"`) {
				t.Errorf("the transcript does not tell it:\n%s", log.String())
			}
			nothingLeft(t)
		})
	}
}

// live starts a driver, lets it do one operation and closes it; it returns the first error and where it showed.
func live(c driver.Command, o driver.Options) (at string, err error) {
	ctx := context.Background()
	d, err := driver.Start(ctx, c, o)
	if err != nil {
		return "start", err
	}
	_, doErr := driver.Call(ctx, d, someone, list, nil)
	closeErr := d.Close()
	if doErr != nil {
		return "do", doErr
	}
	return "close", closeErr
}

// nothingLeft fails when a process that a driver of this test binary has started still runs.
func nothingLeft(t *testing.T) {
	t.Helper()
	environs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range environs {
		env, err := os.ReadFile(file)
		if err == nil && bytes.Contains(env, fmt.Appendf(nil, "DEMAILBENCH_DRIVER=%d-", os.Getpid())) {
			t.Errorf("%s still runs", filepath.Dir(file))
		}
	}
}

func TestGood(t *testing.T) {
	var log bytes.Buffer
	ctx := context.Background()
	d, err := driver.Start(ctx, command("good"), quick(&log))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(protocol.Hello{Protocol: "1", Version: "fake 1", Capabilities: []string{"reset", "mapping.list", "session.open"}, MaxParallel: 2}, d.Hello()); diff != "" {
		t.Error(diff)
	}
	var rows contract.MappingListResult
	out, err := driver.Call(ctx, d, someone, list, &rows)
	if err != nil || out.Status != protocol.Done || len(rows.Rows) != 1 || rows.Rows[0].DeMail != "a@b.de-mail.de" || len(out.Evidence) != 1 {
		t.Errorf("%+v %v", out, err)
	}
	out, err = driver.Call(ctx, d, someone, contract.SessionOpen{Person: "annaberg-account", Org: "annaberg", Password: "s3cret-word"}, nil)
	if err != nil || out.Status != protocol.Refused || *out.Refusal != (contract.Refusal{Rule: "S0-019", Reason: "wrong password", WhoFixes: contract.FixTenant}) {
		t.Errorf("%+v %v", out, err)
	}
	out, err = driver.Call(ctx, d, contract.Bench, contract.NodeKill{}, nil)
	if err != nil || out.Status != protocol.Unsupported {
		t.Errorf("%+v %v", out, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	var f *driver.Fault
	if _, err := driver.Call(ctx, d, someone, list, nil); !errors.As(err, &f) || f.Kind != driver.Closed {
		t.Errorf("after the end: %v", err)
	}
	wellFormed(t, log.String(), "s3cret-word")
	nothingLeft(t)
}

// wellFormed checks that every line is an entry with a time, and that a secret is in none.
func wellFormed(t *testing.T, text, secret string) {
	t.Helper()
	if strings.Contains(text, secret) {
		t.Errorf("the transcript shows a secret:\n%s", text)
	}
	for line := range strings.Lines(text) {
		var e transcript.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.At.IsZero() || e.Who == "" {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// TestSecretsAreMasked: what a driver repeats of an operation's secrets, anywhere, is not shown.
func TestSecretsAreMasked(t *testing.T) {
	var log bytes.Buffer
	c := command("talks")
	c.Env, c.Secrets = append(c.Env, "ACME_TOKEN=t0ken-value"), []string{"t0ken-value"}
	d, err := driver.Start(context.Background(), c, quick(&log))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := driver.Call(context.Background(), d, someone, contract.SessionOpen{Person: "annaberg-account", Org: "annaberg", Password: `pass"word`}, nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), `"who":"stderr"`) {
		t.Errorf("what the driver wrote is missing:\n%s", log.String())
	}
	for _, secret := range []string{`pass\"word`, `pass\\\"word`, "t0ken-value"} {
		wellFormed(t, log.String(), secret)
	}
}

// TestParallel: answers come in any order, and no more operations are under way than the driver takes.
func TestParallel(t *testing.T) {
	d, err := driver.Start(context.Background(), command("backward"), quick(&bytes.Buffer{}))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, args := range []contract.Args{list, contract.Reset{}} {
		wg.Go(func() {
			out, err := driver.Call(context.Background(), d, contract.Bench, args, nil)
			if err != nil || out.Status != protocol.Done || (args.Operation() == "reset") != (string(out.Data) == "{}") {
				t.Errorf("%s: %+v %v", args.Operation(), out, err)
			}
		})
	}
	wg.Wait()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// TestFaultReachesAll: when a driver breaks, every operation under way ends with the fault.
func TestFaultReachesAll(t *testing.T) {
	d, err := driver.Start(context.Background(), command("hangs"), impatient("hangs", &bytes.Buffer{}))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			var f *driver.Fault
			if _, err := driver.Call(context.Background(), d, someone, list, nil); !errors.As(err, &f) || f.Kind != driver.Silent || f.Operation != "mapping.list" {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if err := d.Close(); err == nil {
		t.Error("Close forgot the fault")
	}
}

// TestCancelled: who gives up waiting does not break the driver; the late answer is not a stranger's.
func TestCancelled(t *testing.T) {
	d, err := driver.Start(context.Background(), command("backward"), impatient("hangs", &bytes.Buffer{}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := driver.Call(ctx, d, someone, list, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want context.Canceled", err)
		}
	})
	cancel()
	wg.Wait()
	if out, err := driver.Call(context.Background(), d, contract.Bench, contract.Reset{}, nil); err != nil {
		var f *driver.Fault
		if !errors.As(err, &f) || f.Kind != driver.Silent { // the first never reached the driver: it waits for a second
			t.Errorf("%+v %v", out, err)
		}
	}
	_ = d.Close()
	nothingLeft(t)
}

func TestEvents(t *testing.T) {
	d, err := driver.Start(context.Background(), command("events"), quick(&bytes.Buffer{}))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := driver.Call(context.Background(), d, someone, list, nil); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]protocol.Event{{ID: "1", Text: "working"}, {ID: "2", Text: "working"}, {ID: "3", Text: "working"}}, d.Events()); diff != "" {
		t.Error(diff)
	}
	if got := d.Events(); len(got) != 0 {
		t.Errorf("taken twice: %v", got)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestNotStarted(t *testing.T) {
	for name, c := range map[string]driver.Command{"nothing": {}, "no such program": {Args: []string{"/no/such/driver"}}, "no such folder": {Args: []string{os.Args[0]}, Dir: "/no/such/folder"}} {
		var f *driver.Fault
		if _, err := driver.Start(context.Background(), c, quick(&bytes.Buffer{})); !errors.As(err, &f) || f.Kind != driver.NotStarted || f.Next == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	o := quick(&bytes.Buffer{})
	o.Clock = clock.NewVirtual(time.Unix(0, 0), clock.Options{})
	var f *driver.Fault
	if _, err := driver.Start(context.Background(), command("good"), o); !errors.As(err, &f) || f.Kind != driver.NotStarted || !strings.Contains(f.Text, "virtual clock") {
		t.Errorf("virtual clock: %v", err)
	}
}

// TestHold: a virtual world stands still while a driver works.
func TestHold(t *testing.T) {
	v := clock.NewVirtual(time.Unix(0, 0), clock.Options{})
	o := quick(&bytes.Buffer{})
	holds := 0
	o.Hold = func() func() { v.Hold(); holds++; return v.Release }
	if at, err := live(command("good"), o); err != nil {
		t.Fatal(at, err)
	}
	if v.Held() || holds != 3 {
		t.Errorf("held %d times, still held: %v", holds, v.Held())
	}
}

// TestFailedQuotesTheLog: what a driver says about a failure is rarely as clear as the last line of its log. That
// takes a way of its own, so it is asked for until it is there.
func TestFailedQuotesTheLog(t *testing.T) {
	o := impatient("fails", nil)
	o.Transcript, o.Kept = nil, "scenarios/a.b/driver.ndjson"
	d, err := driver.Start(context.Background(), command("fails"), o)
	if err != nil {
		t.Fatal(err)
	}
	want := "cannot reach 127.0.0.1:8443; read what was said in scenarios/a.b/driver.ndjson\n  it wrote: connect: connection refused"
	for range 1000 {
		if _, err = driver.Call(context.Background(), d, contract.Bench, contract.Reset{}, nil); err != nil && strings.HasSuffix(err.Error(), want) {
			break
		}
	}
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v, want %q at its end", err, want)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	nothingLeft(t)
}

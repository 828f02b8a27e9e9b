//go:build unix

package driver_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/protocol"
	"demailbench/sim/clock"
)

// example is the example driver in front of a process that answers 200 on its address, as a gateway's health
// address does.
func example(t *testing.T) driver.Command {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	data := filepath.Join(t.TempDir(), "data")
	return driver.Command{Args: []string{python, filepath.Join("..", "..", "..", "fixtures", "suts", "example-driver", "driver.py"), "--data", data,
		"--health", "http://127.0.0.1:" + port + "/", "--", python, "-m", "http.server", "--bind", "127.0.0.1", port}}
}

// TestExampleDriver: the example passes its own check, restarts a killed process and stops it at the end.
func TestExampleDriver(t *testing.T) {
	c := example(t)
	r := driver.Check(context.Background(), c, driver.CheckOptions{Options: driver.Options{Clock: clock.Real(), Ready: 20 * time.Second, Deadline: 10 * time.Second, Drain: 10 * time.Second}, Budget: 30 * time.Second})
	if !r.Passed() || !strings.Contains(r.String(), "reset is answered with done, twice; whether it did anything only a run can tell") {
		t.Errorf("%s\n%s", r, r.Transcript)
	}
	nothingLeft(t)
}

func TestExampleDriverKills(t *testing.T) {
	var log bytes.Buffer
	c := example(t)
	d, err := driver.Start(context.Background(), c, driver.Options{Clock: clock.Real(), Ready: 20 * time.Second, Deadline: 20 * time.Second, Drain: 10 * time.Second, Transcript: &log})
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range []contract.Args{contract.Reset{}, contract.NodeKill{}, contract.NodeRestart{}} {
		if out, err := driver.Call(context.Background(), d, contract.Bench, args, nil); err != nil || out.Status != protocol.Done {
			t.Errorf("%s: %+v %v\n%s", args.Operation(), out, err, log.String())
		}
	}
	var nodes contract.InstanceListResult
	if _, err := driver.Call(context.Background(), d, contract.Bench, contract.InstanceList{}, &nodes); err != nil || len(nodes.Instances) != 1 || nodes.Instances[0].State != "ready" {
		t.Errorf("%+v %v", nodes, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	nothingLeft(t)
}

// BenchmarkCheck is the figure of the check: a driver of three operations, all others probed.
func BenchmarkCheck(b *testing.B) {
	for range b.N {
		if r := driver.Check(context.Background(), command("good"), driver.CheckOptions{Options: driver.Options{Clock: clock.Real()}}); !r.Passed() {
			b.Fatal(r)
		}
	}
}

// TestExampleDriverIsSmall holds what the documentation promises.
func TestExampleDriverIsSmall(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "fixtures", "suts", "example-driver", "driver.py"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("\n")); n >= 100 {
		t.Errorf("the example has %d lines, under 100 are promised", n)
	}
}

//go:build linux

package docker_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"demailbench/fixtures"
	"demailbench/sim/clock"
	"demailbench/sim/docker"
	"demailbench/sim/docker/engine"
	"demailbench/sim/ipnet"
	"demailbench/sim/record"
	"demailbench/sim/topology"
)

// holding names the variable that makes the test program a bench that builds a world and waits; its value is the
// program for the containers.
const holding = "DEMAILBENCH_TEST_HOLD"

// wire builds the world small.
func wire(e *engine.Engine, image string) (*docker.Fabric, *ipnet.Net, error) {
	plan, err := topology.Read(fixtures.FS, "topologies/small.yaml")
	if err != nil {
		return nil, nil, err
	}
	rec := record.New(time.Now)
	f, n := docker.New(docker.Options{Engine: e, Image: image, Record: rec}), ipnet.New(clock.Real(), 1, rec)
	fmt.Println("world", f.World())
	return f, n, f.Wire(n, plan, func(a, b netip.Addr) []byte { return make([]byte, 32) })
}

// hold is a bench that is going to be killed.
func hold(program string) {
	e, err := engine.Open(context.Background())
	if err == nil {
		var image string
		if image, err = e.NodeImage(context.Background(), program); err == nil {
			_, _, err = wire(e, image)
		}
	}
	fmt.Println("up", err)
	select {}
}

// gone waits until nothing of a world is left, and says how long that took.
func gone(t *testing.T, e *engine.Engine, world string) {
	t.Helper()
	began := time.Now()
	for left := map[string]bool(nil); time.Since(began) < 20*time.Second; <-time.After(20 * time.Millisecond) {
		var err error
		if left, err = e.Left(context.Background(), world); err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 {
			t.Logf("nothing left of world %s after %v", world, time.Since(began).Round(10*time.Millisecond))
			return
		}
	}
	t.Errorf("something is left of world %s", world)
}

// TestKilled kills benches with a running world and during its start. Nothing of a running one stays; what a killed
// start leaves goes when the next world begins, and a world that lives is spared.
func TestKilled(t *testing.T) {
	e, image := require(t)
	living, net, err := wire(e, image)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		net.Close()
		if err := living.Close(); err != nil {
			t.Error(err)
		}
		gone(t, e, living.World())
	}()
	for _, after := range []time.Duration{0, 300 * time.Millisecond, 900 * time.Millisecond} {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), holding+"="+program)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		world := ""
		for lines.Scan() {
			word, rest, _ := strings.Cut(lines.Text(), " ")
			if word == "world" {
				world = rest
			}
			if word == "world" && after > 0 {
				break
			}
			if word == "up" {
				break
			}
		}
		<-time.After(after)
		if err := c.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait() // it was killed
		if after > 0 {
			// A container that was made and not started stays, and so does a fabric of this age that may be about to start.
			<-time.After(2 * time.Second)
			if _, _, err := e.SweepAt(context.Background(), time.Now().Add(time.Minute)); err != nil {
				t.Error(err)
			}
		}
		gone(t, e, world)
	}
	left, err := e.Left(context.Background(), living.World())
	if err != nil || len(left) != 8 {
		t.Errorf("the world that lives has %d containers, %v, want 8", len(left), err)
	}
	dirs, err := filepath.Glob(filepath.Join(os.TempDir(), "demailbench-world-"+living.World()+"*"))
	if err != nil || len(dirs) != 1 {
		t.Errorf("directories of the living world: %v, %v", dirs, err)
	}
}

// TestGuests starts what vendors may hand in: an image that is not there, one for another machine, a program that ends
// at once, one that ignores being asked to end. Nothing is left of any.
func TestGuests(t *testing.T) {
	e, image := require(t)
	f, net, err := wire(e, image)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		net.Close()
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		gone(t, e, f.World())
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var missing *engine.Unavailable
	if _, err := f.Guest(ctx, "gateway", docker.Guest{Image: "demailbench-nobody:none"}); !errors.As(err, &missing) || !strings.Contains(err.Error(), "build or load it first") {
		t.Errorf("missing image: %v", err)
	}
	if _, err := f.Guest(ctx, "gateway", docker.Guest{Image: "demailbench-nobody:none"}); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("not one sentence: %v", err)
	}
	g, err := f.Guest(ctx, "gateway", docker.Guest{Command: []string{"version"}})
	if err != nil {
		t.Fatal(err)
	}
	<-g.Ended()
	if code, err := g.Code(); code != 0 || err != nil || !strings.Contains(g.Said(), "demailbench") {
		t.Errorf("version ended with %d, %v, said %q", code, err, g.Said())
	}
	g, err = f.Guest(ctx, "gateway", docker.Guest{Command: []string{"gateway", "--config", "/nowhere"}, Apart: true})
	if err != nil {
		t.Fatal(err)
	}
	<-g.Ended()
	if code, err := g.Code(); code == 0 || err != nil {
		t.Errorf("a gateway without configuration ended with %d, %v", code, err)
	}
	if _, err := f.Guest(ctx, "gateway", docker.Guest{Command: []string{"list"}}); err != nil {
		t.Error(err)
	}
}

// TestWithoutEngine: one sentence and exit code 3.
func TestWithoutEngine(t *testing.T) {
	c := exec.Command(program, "run", "--fabric", "docker", "transport/inbound", "--out", filepath.Join(t.TempDir(), "out"))
	c.Env = append(os.Environ(), "DOCKER_HOST=unix:///nowhere/docker.sock")
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("%v", err)
	}
	if text := strings.TrimSpace(string(out)); strings.Contains(text, "\n") || !strings.Contains(text, "no container engine answers") || !strings.Contains(text, "run without --fabric docker") {
		t.Errorf("it says %q", text)
	}
}

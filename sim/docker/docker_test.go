//go:build linux

package docker_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
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

// world is a plan that runs in containers.
type world struct {
	*docker.Fabric
	net    *ipnet.Net
	record *record.Record
	plan   *topology.Topology
}

// require returns the engine and the image of nodes. Without an engine the test is skipped, unless the variable says
// that one must be there.
func require(t testing.TB) (*engine.Engine, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	e, err := engine.Open(ctx)
	var missing *engine.Unavailable
	if errors.As(err, &missing) && os.Getenv("DEMAILBENCH_DOCKER") != "required" {
		t.Skipf("needs a container engine: %v", missing)
	}
	if err != nil {
		t.Fatal(err)
	}
	image, err := e.NodeImage(ctx, program)
	if err != nil {
		t.Fatal(err)
	}
	return e, image
}

// program is demailbench, built once for all tests.
var program string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "demailbench-node-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "demailbench")
		c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "demailbench/cmd/demailbench")
		c.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := c.CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

func build(t testing.TB, name string) *world {
	t.Helper()
	e, image := require(t)
	plan, err := topology.Read(fixtures.FS, "topologies/"+name+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	rec := record.New(time.Now)
	w := &world{Fabric: docker.New(docker.Options{Engine: e, Image: image, Record: rec}), net: ipnet.New(clock.Real(), 1, rec), record: rec, plan: plan}
	began := time.Now()
	if err := w.Wire(w.net, plan, func(a, b netip.Addr) []byte { return make([]byte, 32) }); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d hosts and %d routers up in %v", len(plan.Hosts), len(plan.Routers), time.Since(began))
	t.Cleanup(func() {
		began := time.Now()
		w.net.Close()
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		t.Logf("down in %v", time.Since(began))
	})
	return w
}

func TestWorld(t *testing.T) {
	w := build(t, "saxony")
	l, err := w.Listen("gateway", "tcp", ":25")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, host := range []string{"sakd-mail", "annaberg-mail", "radebeul-mail", "pirna-mail"} {
		c, err := w.Dial(ctx, host, "tcp", "172.16.0.25:25")
		if err != nil {
			t.Error(host, err)
			continue
		}
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Log(host, s.RemoteAddr())
		s.Close()
		c.Close()
	}
	for _, e := range w.record.Events() {
		t.Logf("%+v", e)
	}
}

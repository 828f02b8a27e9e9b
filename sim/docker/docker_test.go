//go:build linux

package docker_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"demailbench/sim/docker/engine"
)

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
	if at := os.Getenv(holding); at != "" {
		hold(at)
	}
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

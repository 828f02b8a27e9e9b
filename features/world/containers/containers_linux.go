// Package containers makes the docker fabric for worlds: it finds the container engine, makes the image of nodes of the
// bench's own program, and runs the gateway under test as a container of the world. It leaves out the fabric itself
// (sim/docker).
package containers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"demailbench/features/sut"
	"demailbench/features/world"
	"demailbench/sim/clock"
	"demailbench/sim/docker"
	"demailbench/sim/docker/engine"
	"demailbench/sim/record"
)

// fabric is the docker fabric as worlds use it.
type fabric struct{ *docker.Fabric }

// Run implements world.Fabric.
func (c fabric) Run(ctx context.Context, host string, i sut.Image) (sut.Guest, error) {
	return c.Guest(ctx, host, docker.Guest{Image: i.Ref, Command: i.Command, Environment: i.Environment, Mounts: i.Mounts, User: i.User, Output: i.Output,
		Apart: i.Ref != ""})
}

// Open finds the container engine and makes the image of nodes of the bench's program self; what it returns makes a
// fabric for each world.
func Open(self string) (func(*record.Record) world.Fabric, error) {
	ctx, cancel := clock.Real().WithTimeout(context.Background(), time.Minute)
	defer cancel()
	e, err := engine.Open(ctx)
	if err != nil {
		return nil, err
	}
	image, err := e.NodeImage(ctx, self)
	if err != nil {
		return nil, fmt.Errorf("docker fabric: %w", err)
	}
	return func(r *record.Record) world.Fabric {
		return fabric{docker.New(docker.Options{Engine: e, Image: image, Record: r})}
	}, nil
}

// Unavailable tells whether there is no engine, or one that cannot be used.
func Unavailable(err error) bool {
	var u *engine.Unavailable
	return errors.As(err, &u)
}

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
	"demailbench/features/world/attach"
	"demailbench/sim/clock"
	"demailbench/sim/docker"
	"demailbench/sim/docker/engine"
	"demailbench/sim/postfix"
	"demailbench/sim/record"
)

// fabric is the docker fabric as worlds use it.
type fabric struct {
	*docker.Fabric
	postfix bool
}

// Mail implements attach.Fabric.
func (f fabric) Mail() postfix.Run {
	if !f.postfix {
		return nil
	}
	return f.Postfix
}

// Run implements attach.Fabric.
func (c fabric) Run(ctx context.Context, host string, i sut.Image) (sut.Guest, error) {
	return c.Guest(ctx, host, docker.Guest{Image: i.Ref, Command: i.Command, Environment: i.Environment, Mounts: i.Mounts, User: i.User, Output: i.Output,
		Silent: true, Apart: i.Ref != ""})
}

// Open finds the container engine and makes the image of nodes of the bench's program self; what it returns makes a
// fabric for each world, with Postfix at the tenants when postfixed.
func Open(self string, postfixed bool) (func(*record.Record) attach.Fabric, error) {
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
	if postfixed {
		if _, err := e.Inspect(ctx, postfix.Image); err != nil {
			return nil, fmt.Errorf("docker fabric: %w; make images builds it", err)
		}
	}
	return func(r *record.Record) attach.Fabric {
		return fabric{docker.New(docker.Options{Engine: e, Image: image, Record: r}), postfixed}
	}, nil
}

// Unavailable tells whether there is no engine, or one that cannot be used.
func Unavailable(err error) bool {
	var u *engine.Unavailable
	return errors.As(err, &u)
}

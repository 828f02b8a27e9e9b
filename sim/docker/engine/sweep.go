//go:build linux

package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// young is how long a world may take from its first container to its running fabric.
const young = 30 * time.Second

// Sweep removes what worlds left behind whose bench was killed, and says which worlds live. A world lives as long as
// its fabric runs; one that was made just now may be about to start.
func (e *Engine) Sweep(ctx context.Context) (alive map[string]bool, removed int, err error) {
	return e.SweepAt(ctx, time.Now())
}

// SweepAt is Sweep as it would be at another time.
func (e *Engine) SweepAt(ctx context.Context, now time.Time) (alive map[string]bool, removed int, err error) {
	all, err := e.list(ctx, Label)
	if err != nil {
		return nil, 0, err
	}
	alive = living(all, now)
	var failed []error
	for _, c := range all {
		if alive[c.Labels[Label]] {
			continue
		}
		if err := e.Remove(c.ID); err != nil {
			failed = append(failed, err)
			continue
		}
		removed++
	}
	return alive, removed, errors.Join(failed...)
}

func living(all []container.Summary, now time.Time) map[string]bool {
	alive := map[string]bool{}
	for _, c := range all {
		if c.Labels[Label+".role"] != RoleFabric {
			continue
		}
		starting := c.State == container.StateCreated && now.Sub(time.Unix(c.Created, 0)) < young
		if c.State == container.StateRunning || starting {
			alive[c.Labels[Label]] = true
		}
	}
	return alive
}

// Left lists the containers of a world that are there, by id, and whether each has ever run.
func (e *Engine) Left(ctx context.Context, world string) (map[string]bool, error) {
	all, err := e.list(ctx, Label+"="+world)
	if err != nil {
		return nil, err
	}
	left := map[string]bool{}
	for _, c := range all {
		left[c.ID] = c.State != container.StateCreated
	}
	return left, nil
}

func (e *Engine) list(ctx context.Context, label string) ([]container.Summary, error) {
	r, err := e.cli.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: make(client.Filters).Add("label", label)})
	if err != nil {
		return nil, fmt.Errorf("list containers: %w", err)
	}
	return r.Items, nil
}

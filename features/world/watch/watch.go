// Package watch has hosts of the world look at the gateway beside the steps of a scenario. It leaves out what they see
// (package probe) and what follows from it.
package watch

import (
	"context"

	"demailbench/sim/probe"
)

// Begin probes in a goroutine of its own until stop is called, which waits for its end.
func Begin(c probe.Config) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		probe.Run(ctx, c)
	}()
	return func() { cancel(); <-done }
}

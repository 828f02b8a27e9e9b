package main

import (
	"os"

	"demailbench/sim/docker/node"
)

// nodeCommand is a host, a router or the fabric of the docker fabric, inside a container.
type nodeCommand struct{}

// Run serves the bench until standard input ends.
func (nodeCommand) Run() error { return node.Run(os.Stdin) }

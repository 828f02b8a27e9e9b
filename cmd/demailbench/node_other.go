//go:build !linux

package main

import "errors"

// nodeCommand is for containers, which run Linux.
type nodeCommand struct{}

// Run refuses.
func (nodeCommand) Run() error { return errors.New("node: only a Linux program can be a container's") }

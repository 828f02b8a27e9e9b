//go:build !unix

package process

import "os/exec"

// alone does nothing here: this system has no process groups.
func alone(*exec.Cmd) {}

// terminate ends the gateway: this system has no signal to drain.
func terminate(c *exec.Cmd) error { return c.Process.Kill() }

// killGroup kills the gateway.
func killGroup(c *exec.Cmd) { _ = c.Process.Kill() }

// killed cannot be told here.
func killed(*exec.ExitError) bool { return false }

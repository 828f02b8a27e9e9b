//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// alone puts the gateway into a process group of its own, so that its children can be ended with it and an
// interrupt at the terminal is the bench's alone.
func alone(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// terminate tells the gateway to drain and end.
func terminate(c *exec.Cmd) error { return c.Process.Signal(syscall.SIGTERM) }

// killGroup kills the gateway and its children; those that have ended need nothing.
func killGroup(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }

// killed tells whether a signal ended the gateway that it does not raise itself.
func killed(e *exec.ExitError) bool {
	status, ok := e.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGTERM || status.Signal() == syscall.SIGINT)
}

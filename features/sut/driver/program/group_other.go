//go:build !unix

package program

import (
	"os"
	"os/exec"
)

// ownGroup does nothing where there are no process groups.
func ownGroup(*exec.Cmd) {}

// signalGroup kills the program alone.
func signalGroup(p *os.Process, _ bool) error { return p.Kill() }

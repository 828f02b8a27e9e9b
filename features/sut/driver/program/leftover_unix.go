//go:build unix && !linux

package program

import "syscall"

// killMarked kills what is left of an ended program's process group; here processes that have left the group
// cannot be found. The group counts as one process.
func killMarked(group int, _ string, found map[int]bool) (alive int) {
	if syscall.Kill(-group, syscall.SIGKILL) != nil {
		return 0
	}
	found[group] = true
	return 1
}

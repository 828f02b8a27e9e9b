package program

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// killMarked kills the processes of an ended program that still run, adds them to found and returns how many there
// were: those of its process group, and those that left it but carry its mark in their environment.
func killMarked(group int, mark string, found map[int]bool) (alive int) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if isLeftover(e.Name(), group, mark) {
			alive++
			found[pid] = true
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended meanwhile
		}
	}
	return alive
}

// isLeftover reports whether a process belongs to the program and still does something.
func isLeftover(pid string, group int, mark string) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // the name before it may hold anything
	fields := strings.Fields(rest)
	if len(fields) < 3 || fields[0] == "Z" || fields[0] == "X" {
		return false
	}
	if fields[2] == strconv.Itoa(group) {
		return true
	}
	env, err := os.ReadFile(filepath.Join("/proc", pid, "environ"))
	if err != nil {
		return false
	}
	for v := range bytes.SplitSeq(env, []byte{0}) {
		if string(v) == marker+"="+mark {
			return true
		}
	}
	return false
}

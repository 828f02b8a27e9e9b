// Package control is the line between the bench and the program in a container: requests, answers and events as
// JSON, one to a packet of a Unix socket that both see, with open files beside them (SCM_RIGHTS). A socket or a
// network device that was opened in the container's network namespace is so used by the bench as if it were its own.
//
// It knows the words of the conversation; what they do is package node's, whom they are said to package docker's.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// Where a container finds the line: the directory is mounted there, the socket is in it.
const (
	// Directory is the mount point, Socket the socket's name in it.
	Directory = "/run/demailbench"
	Socket    = "control"
	// Token is the variable with the word by which the bench knows who calls.
	Token = "DEMAILBENCH_NODE"
)

// The operations of a node, and its events.
const (
	// OpPlug makes a network interface in another container and answers with its other end (Plug).
	OpPlug = "plug"
	// OpConfigure gives interfaces their addresses, and routes (Configure).
	OpConfigure = "configure"
	// OpRules puts a router's translations and matrix in force (ruleset.Rules).
	OpRules = "rules"
	// OpDial, OpListen and OpPacket open a socket and answer with it (Socket).
	OpDial   = "dial"
	OpListen = "listen"
	OpPacket = "packet"
	// EventHello is a node's first word (Hello).
	EventHello = "hello"
	// EventDecision is what a router's rules decided about a packet (ruleset.Decision).
	EventDecision = "decision"
)

// Hello says who has come.
type Hello struct {
	// Token is the variable's value.
	Token string
	// PID is the node in the process namespace that it shares with the fabric.
	PID int
}

// Plug asks for a network interface.
type Plug struct {
	// PID is the process in whose network namespace the interface is to be.
	PID int
	// Interface is its name there, at most 15 characters; MAC its address; MTU in octets, 0 for 1500.
	Interface, MAC string
	MTU            int
}

// Configure is a node's place in the network.
type Configure struct {
	// Interfaces are those that were plugged in.
	Interfaces []Interface
	// Routes are destinations behind other routers.
	Routes []Route
	// Own are addresses that the node answers for although no interface has them.
	Own []string
}

// Interface is an interface's name and its address with the length of the network's prefix.
type Interface struct{ Name, Address string }

// Route leads to a network by a router.
type Route struct{ To, Via string }

// SocketRequest asks for a socket.
type SocketRequest struct {
	// Network and Address are as in package net.
	Network, Address string
	// Timeout bounds a dial; 0 is as long as the kernel tries.
	Timeout time.Duration
}

// message is what goes over the line.
type message struct {
	ID     int             `json:",omitempty"`
	Op     string          `json:",omitempty"`
	Event  string          `json:",omitempty"`
	Body   json.RawMessage `json:",omitempty"`
	Error  string          `json:",omitempty"`
	Errno  int             `json:",omitempty"`
	Expiry bool            `json:",omitempty"`
}

// Failure is an operation that failed in a container.
type Failure struct {
	// Op is the operation, Text what the node said.
	Op, Text string
	// Errno is the system's error number, 0 when it was no system call.
	Errno syscall.Errno
	// Expired is set when the operation took too long.
	Expired bool
}

// Error is what the node said.
func (f *Failure) Error() string { return f.Op + ": " + f.Text }

// Unwrap is the system's error, or os.ErrDeadlineExceeded.
func (f *Failure) Unwrap() error {
	switch {
	case f.Errno != 0:
		return f.Errno
	case f.Expired:
		return os.ErrDeadlineExceeded
	}
	return nil
}

// largest is the longest packet; a matrix of several hundred rows fits.
const largest = 200 << 10

// send writes m with at most one file.
func send(c *net.UnixConn, m message, file *os.File) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if len(text) > largest {
		return fmt.Errorf("control: %s%s has %d octets, more than %d: the plan is too large for containers", m.Op, m.Event, len(text), largest)
	}
	var rights []byte
	if file != nil {
		rights = syscall.UnixRights(int(file.Fd()))
	}
	_, _, err = c.WriteMsgUnix(text, rights, nil)
	return err
}

// receive reads a packet and the file beside it.
func receive(c *net.UnixConn, buf []byte) (m message, file *os.File, err error) {
	rights := make([]byte, syscall.CmsgSpace(4))
	n, r, _, _, err := c.ReadMsgUnix(buf, rights)
	if err != nil {
		return m, nil, err
	}
	if n == 0 && r == 0 {
		return m, nil, net.ErrClosed
	}
	if r > 0 {
		if file, err = unpack(rights[:r]); err != nil {
			return m, nil, err
		}
	}
	if err := json.Unmarshal(buf[:n], &m); err != nil {
		return m, file, fmt.Errorf("control: %w", err)
	}
	return m, file, nil
}

func unpack(rights []byte) (*os.File, error) {
	list, err := syscall.ParseSocketControlMessage(rights)
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	for i := range list {
		fds, err := syscall.ParseUnixRights(&list[i])
		if err == nil && len(fds) == 1 {
			// A device must be told before the runtime takes it; a socket does not mind.
			if err := syscall.SetNonblock(fds[0], true); err != nil {
				return nil, err
			}
			return os.NewFile(uintptr(fds[0]), "received"), nil
		}
	}
	return nil, errors.New("control: a packet without the file that it announces")
}

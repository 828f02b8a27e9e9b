package socket

import (
	"context"
	"errors"
	"os"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// errno turns the stack's error into what a program on an operating system would get, so that errors.Is
// finds syscall.ECONNREFUSED and the like.
func errno(e tcpip.Error) error {
	switch e.(type) {
	case nil:
		return nil
	case *tcpip.ErrConnectionRefused:
		return syscall.ECONNREFUSED
	case *tcpip.ErrConnectionReset:
		return syscall.ECONNRESET
	case *tcpip.ErrConnectionAborted, *tcpip.ErrAborted:
		return syscall.ECONNABORTED
	case *tcpip.ErrTimeout:
		return syscall.ETIMEDOUT
	case *tcpip.ErrHostUnreachable:
		return syscall.EHOSTUNREACH
	case *tcpip.ErrNetworkUnreachable:
		return syscall.ENETUNREACH
	case *tcpip.ErrPortInUse, *tcpip.ErrDuplicateAddress:
		return syscall.EADDRINUSE
	case *tcpip.ErrNoPortAvailable, *tcpip.ErrBadLocalAddress:
		return syscall.EADDRNOTAVAIL
	case *tcpip.ErrClosedForSend:
		return syscall.EPIPE
	case *tcpip.ErrNotConnected:
		return syscall.ENOTCONN
	case *tcpip.ErrMessageTooLong:
		return syscall.EMSGSIZE
	case *tcpip.ErrNotPermitted:
		return syscall.EPERM
	case *tcpip.ErrInvalidEndpointState:
		return syscall.EINVAL
	}
	return errors.New(e.String())
}

// dialEnded is what a dial says whose context ended, in the words of package net.
func dialEnded(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return dialTimeout{}
	}
	return ctx.Err()
}

// dialTimeout is a net.Error; programs look for it in two ways.
type dialTimeout struct{}

// Error implements error.
func (dialTimeout) Error() string { return "i/o timeout" }

// Timeout implements net.Error.
func (dialTimeout) Timeout() bool { return true }

// Temporary implements net.Error.
func (dialTimeout) Temporary() bool { return true }

// Is matches both names of a time-out.
func (dialTimeout) Is(err error) bool {
	return err == context.DeadlineExceeded || err == os.ErrDeadlineExceeded
}

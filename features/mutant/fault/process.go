package fault

import (
	"context"
	"net"
)

// CrashOnAccept is a Listen door behind which the gateway panics when somebody connects.
func CrashOnAccept(listen func(network, address string) (net.Listener, error)) func(network, address string) (net.Listener, error) {
	return func(network, address string) (net.Listener, error) {
		l, err := listen(network, address)
		return crashing{l}, err
	}
}

type crashing struct{ net.Listener }

// Accept panics with the first connection.
func (c crashing) Accept() (net.Conn, error) {
	if _, err := c.Listener.Accept(); err != nil {
		return nil, err
	}
	panic("this gateway crashes on purpose")
}

// HangOnDial is a Dial door behind which the gateway computes for ever.
func HangOnDial(context.Context, string, string) (net.Conn, error) {
	for n := uint(1); ; n++ {
		if n == 0 {
			return nil, nil
		}
	}
}

package bridge

import (
	"context"
	"errors"
	"net"
	"net/netip"
)

var errDown = errors.New("bridge: the gateway is down")

// toGateway opens the machine's connection for a connection request inside.
func (b *Bridge) toGateway(ctx context.Context, remote netip.AddrPort, port uint16) (net.Conn, error) {
	if !b.isConnected() {
		return nil, errDown
	}
	c, err := b.Dial(ctx, remote.Addr(), port)
	if err != nil && b.isConnected() {
		b.note("connection request of %v to port %d is refused: the gateway's listener %v: %v", remote, port, b.Listener(port), err)
	}
	return c, err
}

// join carries octets between both connections until they end.
func (b *Bridge) join(inside, machine net.Conn) {
	if inside == nil {
		reset(machine)
		return
	}
	j, ok := b.newJoint(inside, machine)
	if !ok {
		reset(inside)
		reset(machine)
		return
	}
	defer b.serving.Done()
	defer b.forget(j)
	j.carry(nil, nil)
}

// newJoint takes a pair of connections into account, unless the gateway is down. The caller calls
// b.serving.Done and b.forget at its end.
func (b *Bridge) newJoint(inside, machine net.Conn) (*joint, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.connected || b.closed {
		return nil, false
	}
	j := &joint{inside: inside, machine: machine}
	b.open[j] = true
	b.serving.Add(1)
	return j, true
}

func (b *Bridge) forget(j *joint) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, j)
}

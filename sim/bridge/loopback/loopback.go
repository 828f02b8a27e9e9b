// Package loopback opens real sockets of the machine for the bridge to a gateway that runs outside the
// simulation, and for nothing else: addresses that are not in 127.0.0.0/8 are refused, so a test bench
// whose fixtures carry the addresses of real authorities cannot reach them.
package loopback

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"demailbench/sim/bridge"
)

// Doors are the machine's loopback sockets.
func Doors() bridge.Doors {
	return bridge.Doors{Dial: Dial, Listen: Listen, ListenPacket: ListenPacket}
}

// Dial opens a TCP connection from an address, whose port may be 0; the zero value leaves the choice to the
// system.
func Dial(ctx context.Context, from, to netip.AddrPort) (net.Conn, error) {
	if err := own(to.Addr()); err != nil {
		return nil, err
	}
	var d net.Dialer
	if from.IsValid() {
		if err := own(from.Addr()); err != nil {
			return nil, err
		}
		d.LocalAddr = net.TCPAddrFromAddrPort(from)
	}
	return d.DialContext(ctx, "tcp", to.String())
}

// Listen opens a TCP listener.
func Listen(at netip.AddrPort) (net.Listener, error) {
	if err := own(at.Addr()); err != nil {
		return nil, err
	}
	return net.ListenTCP("tcp", net.TCPAddrFromAddrPort(at))
}

// ListenPacket opens a UDP socket.
func ListenPacket(at netip.AddrPort) (net.PacketConn, error) {
	if err := own(at.Addr()); err != nil {
		return nil, err
	}
	return net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
}

func own(a netip.Addr) error {
	if !a.Is4() || !a.IsLoopback() {
		return fmt.Errorf("loopback: %v is not in 127.0.0.0/8: the bench reaches nothing else", a)
	}
	return nil
}

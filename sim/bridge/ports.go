package bridge

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"syscall"
)

// Ports are moved by an offset below the range from which systems take the ports of outgoing connections
// (32768 on Linux), in steps that keep the last three digits.
const (
	firstOffset = 10_000
	lastOffset  = 31_000
	stepOffset  = 1_000
)

// listen opens the machine's listeners at the first offset at which all are free.
func (b *Bridge) listen() error {
	if b.o.TruePorts {
		return b.explain(b.listenAt(0))
	}
	var err error
	for offset := uint16(firstOffset); offset <= lastOffset; offset += stepOffset {
		if err = b.listenAt(offset); !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return b.explain(err)
}

// listenAt opens all listeners or none.
func (b *Bridge) listenAt(offset uint16) error {
	b.offset, b.reached = offset, map[netip.Addr]bool{}
	err := b.free()
	if err == nil {
		err = b.serveNames()
	}
	for i := 0; err == nil && i < len(b.o.Peers); i++ {
		err = b.reach(b.o.Peers[i])
	}
	if err == nil {
		return nil
	}
	b.mu.Lock()
	for _, l := range b.listeners {
		_ = l.Close() // nothing was served on it
	}
	b.listeners = nil
	b.mu.Unlock()
	b.serving.Wait()
	return err
}

// free makes sure that the gateway will find its own addresses free, where it is to listen at ours.
func (b *Bridge) free() error {
	for port, at := range b.o.Inward {
		if at.IsValid() {
			continue
		}
		l, err := b.o.Doors.Listen(b.Listener(port))
		if err != nil {
			return fmt.Errorf("the gateway's listener at %v: %w", b.Listener(port), err)
		}
		if err := l.Close(); err != nil {
			return err
		}
	}
	return nil
}

// reach opens the listeners that stand for a peer, once.
func (b *Bridge) reach(peer netip.Addr) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return errors.New("the bridge is closed")
	}
	if b.reached[peer] || peer == b.o.Gateway {
		return nil
	}
	b.reached[peer] = true
	for _, port := range b.o.Outward {
		inside := netip.AddrPortFrom(peer, port)
		at, err := b.Address(inside)
		if err != nil {
			return err
		}
		if slices.Contains(b.gatewayListeners(), at) {
			return fmt.Errorf("the gateway listens at %v, which stands for %v: let it listen elsewhere", at, inside)
		}
		l, err := b.o.Doors.Listen(at)
		if err != nil {
			return fmt.Errorf("listen at %v, which stands for %v: %w", at, inside, err)
		}
		b.listeners = append(b.listeners, l)
		b.serving.Go(func() { b.servePeer(l, inside) })
	}
	return nil
}

func (b *Bridge) gatewayListeners() []netip.AddrPort {
	var out []netip.AddrPort
	for port := range b.o.Inward {
		out = append(out, b.Listener(port))
	}
	return out
}

// explain adds what to do to what the machine says.
func (b *Bridge) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EADDRINUSE) && b.o.TruePorts:
		return fmt.Errorf("%w; with true ports only one world can run at a time: run with one job, and end what uses the port", err)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w; no offset from %d to %d is free: end other runs of the bench", err, firstOffset, lastOffset)
	case errors.Is(err, fs.ErrPermission) && b.o.TruePorts:
		return fmt.Errorf("%w; ports below 1024 need a privilege: let the gateway take other ports, or on Linux set net.ipv4.ip_unprivileged_port_start=25", err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%w; this system has only 127.0.0.1: add the address to its loopback interface (macOS: sudo ifconfig lo0 alias ADDRESS)", err)
	}
	return err
}

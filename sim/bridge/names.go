package bridge

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"demailbench/sim/dns"
)

const (
	// patience is how long the world's name server may take for a datagram; who asked asks again.
	patience = 10 * time.Second
	// pending bounds the questions under way; more are dropped, as a name server does.
	pending = 256
	// largest is the largest DNS message.
	largest = 65_535
)

// serveNames opens the name server's stand-in.
func (b *Bridge) serveNames() error {
	at := b.Names()
	packets, err := b.o.Doors.ListenPacket(at)
	if err != nil {
		return fmt.Errorf("name server at %v (UDP): %w", at, err)
	}
	streams, err := b.o.Doors.Listen(at)
	if err != nil {
		_ = packets.Close() // nothing was served on it
		return fmt.Errorf("name server at %v (TCP): %w", at, err)
	}
	b.mu.Lock()
	b.listeners = append(b.listeners, packets, streams)
	b.mu.Unlock()
	b.serving.Go(func() { b.servePackets(packets) })
	b.serving.Go(func() { b.serveStreams(streams) })
	return nil
}

// servePackets asks the world for each datagram, and answers what it answers. Silence inside is silence.
func (b *Bridge) servePackets(pc net.PacketConn) {
	places := make(chan struct{}, pending)
	for {
		buf := make([]byte, largest)
		n, from, err := pc.ReadFrom(buf)
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			continue // of an earlier answer: ECONNREFUSED where systems tell
		}
		select {
		case places <- struct{}{}:
		default:
			continue
		}
		b.serving.Go(func() {
			defer func() { <-places }()
			if answer := b.ask(buf[:n]); answer != nil {
				_, _ = pc.WriteTo(answer, from) // who asked is gone, or asks again
			}
		})
	}
}

// ask asks the world by one datagram; nil is silence.
func (b *Bridge) ask(question []byte) []byte {
	c, err := b.o.Inside.Dial(b.ctx, "udp", b.o.Names.String())
	if err != nil {
		b.note("question to the name server %v: %v", b.o.Names, err)
		return nil
	}
	defer c.Close()
	defer context.AfterFunc(b.ctx, func() { c.Close() })()
	if err := c.SetReadDeadline(b.o.Clock.Now().Add(patience)); err != nil {
		return nil
	}
	if _, err := c.Write(question); err != nil {
		return nil
	}
	answer := make([]byte, largest)
	n, err := c.Read(answer)
	if err != nil || !b.translate(answer[:n]) {
		return nil
	}
	return answer[:n]
}

// translate puts the addresses of the machine into an answer, and makes sure that somebody listens there.
func (b *Bridge) translate(answer []byte) bool {
	err := dns.SubstituteA(answer, func(a netip.Addr) (netip.Addr, error) {
		if err := b.reach(a); err != nil {
			return netip.Addr{}, err
		}
		return b.table.Addr(a)
	})
	if err != nil {
		b.note("an answer of the name server %v is not passed on: %v", b.o.Names, err)
	}
	return err == nil
}

// serveStreams does the same for TCP.
func (b *Bridge) serveStreams(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || b.o.Clock.Sleep(b.ctx, 10*time.Millisecond) != nil {
				return
			}
			continue
		}
		b.serving.Go(func() { b.askByStream(c) })
	}
}

// askByStream joins a connection to one of the world's name server and translates answers on the way.
func (b *Bridge) askByStream(machine net.Conn) {
	ctx, cancel := b.o.Clock.WithTimeout(b.ctx, patience)
	defer cancel()
	inside, err := b.o.Inside.Dial(ctx, "tcp", b.o.Names.String())
	if err != nil {
		reset(machine)
		return
	}
	j := &joint{inside: inside, machine: machine}
	b.mu.Lock()
	b.open[j] = true
	if b.closed {
		j.reset()
	}
	b.mu.Unlock()
	defer b.forget(j)
	b.serving.Go(func() { j.pass(inside, machine) })
	for {
		answer, err := readFramed(inside)
		if err == nil && b.translate(answer[2:]) {
			if _, err = machine.Write(answer); err == nil {
				continue
			}
		}
		if isEnd(err) {
			j.end(machine)
			_ = inside.Close() // it has said all
			return
		}
		j.reset()
		return
	}
}

// readFramed reads a message with its length before it (RFC 1035 4.2.2).
func readFramed(r io.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	message := make([]byte, 2+int(binary.BigEndian.Uint16(length[:])))
	copy(message, length[:])
	_, err := io.ReadFull(r, message[2:])
	if isEnd(err) {
		err = io.ErrUnexpectedEOF
	}
	return message, err
}

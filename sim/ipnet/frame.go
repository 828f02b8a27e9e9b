package ipnet

import "net/netip"

// Frame is one IPv4 packet on a link, with the neighbour it is meant for. Whoever receives a frame owns
// its octets.
type Frame struct {
	// Packet is the whole IPv4 packet, header included.
	Packet []byte
	// Next is the next hop on the segment: the destination itself when it is on the segment, else the
	// router's address. It stands for what ARP would find.
	Next netip.Addr
}

// Receiver takes what arrives on a link: a host's network card, a router's interface, a segment's port.
// Receive must not block and must not send on the same link in the caller's goroutine while the caller
// may hold a lock; hosts therefore queue.
type Receiver interface {
	Receive(f Frame)
}

package socket

import (
	"context"
	"net"
	"net/netip"
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// Relay is what a host does with connection requests to one port instead of listening: it opens a
// connection somewhere else first, and answers the request as that went.
type Relay struct {
	// Open opens the other connection for a request from remote. Its error refuses the request with a
	// reset; as long as it takes, the request goes unanswered, as with a host that is silent. ctx ends
	// with the relay.
	Open func(ctx context.Context, remote netip.AddrPort) (net.Conn, error)
	// Join takes both connections over when the handshake is done. inside is nil when it was not: the
	// requester has gone.
	Join func(inside, other net.Conn)
}

// relays are a host's relays by port.
type relays struct {
	mu sync.Mutex
	by map[uint16]*relay
}

type relay struct {
	Relay
	ctx    context.Context
	cancel context.CancelFunc
}

// AllowRelays prepares the stack for relays. It is called before the host is on a link: the stack reads its handlers
// without a lock, so they are set before the first packet.
func (l *Layer) AllowRelays() {
	f := tcp.NewForwarder(l.Stack, 0, backlog, l.request)
	l.Stack.SetTransportProtocolHandler(tcp.ProtocolNumber, func(id stack.TransportEndpointID, pkt *stack.PacketBuffer) bool {
		return l.relay(id.LocalPort) != nil && f.HandlePacket(id, pkt)
	})
}

// Relay answers connection requests to port by r, where nobody listens, until stop. It is refused with
// false when the port has a relay.
func (l *Layer) Relay(port uint16, r Relay) (stop func(), ok bool) {
	l.relays.mu.Lock()
	defer l.relays.mu.Unlock()
	if l.relays.by[port] != nil {
		return nil, false
	}
	if l.relays.by == nil {
		l.relays.by = map[uint16]*relay{}
	}
	k := &relay{Relay: r}
	k.ctx, k.cancel = context.WithCancel(context.Background())
	l.relays.by[port] = k
	return func() {
		k.cancel()
		l.relays.mu.Lock()
		defer l.relays.mu.Unlock()
		if l.relays.by[port] == k {
			delete(l.relays.by, port)
		}
	}, true
}

func (l *Layer) relay(port uint16) *relay {
	l.relays.mu.Lock()
	defer l.relays.mu.Unlock()
	return l.relays.by[port]
}

// request answers one connection request in a goroutine of its own.
func (l *Layer) request(req *tcp.ForwarderRequest) {
	id := req.ID()
	r := l.relay(id.LocalPort)
	if r == nil {
		req.Complete(true)
		return
	}
	from, _ := netip.AddrFromSlice(id.RemoteAddress.AsSlice()) // the stack's own, of 4 octets
	other, err := r.Open(r.ctx, netip.AddrPortFrom(from, id.RemotePort))
	if err != nil {
		req.Complete(true)
		return
	}
	wq := &waiter.Queue{}
	ep, terr := req.CreateEndpoint(wq)
	req.Complete(terr != nil)
	if terr != nil {
		r.Join(nil, other)
		return
	}
	c := &tcpConn{socket: newSocket(l, "tcp", ep, wq)}
	l.Accepted(netip.AddrPortFrom(l.Addr, id.LocalPort).String(), remoteOf(id))
	r.Join(c, other)
}

func remoteOf(id stack.TransportEndpointID) string {
	return (&net.TCPAddr{IP: net.IP(id.RemoteAddress.AsSlice()), Port: int(id.RemotePort)}).String()
}

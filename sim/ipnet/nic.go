package ipnet

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"demailbench/sim/clock"
)

// receiveQueue is how many packets wait for a host's stack: more than a send buffer holds, because the
// stack crawls out of wide holes.
const receiveQueue = 8192

// nic is a host's network card: a stack.LinkEndpoint whose other side is a link. It queues what arrives:
// delivering in the sender's goroutine would deadlock as soon as an ICMP error comes back while the
// sender holds its endpoint.
type nic struct {
	prefix     netip.Prefix
	gateway    netip.Addr
	mtu        atomic.Uint32
	port       atomic.Pointer[Port]
	dispatcher atomic.Pointer[stack.NetworkDispatcher]

	mu       sync.Mutex
	queue    [][]byte
	draining bool
	closed   bool
	drained  sync.WaitGroup
}

func newNIC(cfg HostConfig) *nic {
	n := &nic{prefix: cfg.Address.Masked(), gateway: cfg.Gateway}
	n.mtu.Store(uint32(cfg.MTU))
	return n
}

// receive queues; a goroutine that lives only while there is work delivers.
func (n *nic) receive(packet []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed || len(n.queue) >= receiveQueue {
		return
	}
	n.queue = append(n.queue, packet)
	if !n.draining {
		n.draining = true
		n.drained.Add(1)
		go n.drain()
	}
}

func (n *nic) drain() {
	defer n.drained.Done()
	var spare [][]byte
	n.mu.Lock()
	defer n.mu.Unlock()
	for len(n.queue) > 0 && !n.closed {
		batch := n.queue
		n.queue = spare[:0]
		n.mu.Unlock()
		for i, packet := range batch {
			n.deliver(packet)
			batch[i] = nil
		}
		spare = batch
		n.mu.Lock()
	}
	n.draining = false
}

func (n *nic) deliver(packet []byte) {
	d := n.dispatcher.Load()
	if d == nil {
		return
	}
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithData(packet)})
	defer pkt.DecRef()
	(*d).DeliverNetworkPacket(header.IPv4ProtocolNumber, pkt)
}

// close drops what is queued and waits for the delivery under way.
func (n *nic) close() {
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	n.drained.Wait()
}

// WritePackets implements stack.LinkWriter.
func (n *nic) WritePackets(pkts stack.PacketBufferList) (int, tcpip.Error) {
	port := n.port.Load()
	if port == nil {
		return 0, &tcpip.ErrClosedForSend{}
	}
	for _, pkt := range pkts.AsSlice() {
		packet := make([]byte, 0, pkt.Size())
		for _, s := range pkt.AsSlices() {
			packet = append(packet, s...)
		}
		port.Send(Frame{Packet: packet, Next: n.next(packet)})
	}
	return pkts.Len(), nil
}

// next is the neighbour that a packet goes to.
func (n *nic) next(packet []byte) netip.Addr {
	dst := netip.AddrFrom4([4]byte(packet[16:20]))
	if n.prefix.Contains(dst) {
		return dst
	}
	return n.gateway
}

// Attach implements stack.LinkEndpoint.
func (n *nic) Attach(d stack.NetworkDispatcher) {
	if d == nil {
		n.dispatcher.Store(nil)
		return
	}
	n.dispatcher.Store(&d)
}

// IsAttached implements stack.LinkEndpoint.
func (n *nic) IsAttached() bool { return n.dispatcher.Load() != nil }

// MTU implements stack.LinkEndpoint.
func (n *nic) MTU() uint32 { return n.mtu.Load() }

// SetMTU implements stack.LinkEndpoint.
func (n *nic) SetMTU(mtu uint32) { n.mtu.Store(mtu) }

// Capabilities implements stack.LinkEndpoint: none, or translated packets would have wrong checksums.
func (*nic) Capabilities() stack.LinkEndpointCapabilities { return 0 }

// MaxHeaderLength implements stack.LinkEndpoint: links carry bare IP packets.
func (*nic) MaxHeaderLength() uint16 { return 0 }

// LinkAddress implements stack.LinkEndpoint.
func (*nic) LinkAddress() tcpip.LinkAddress { return "" }

// SetLinkAddress implements stack.LinkEndpoint.
func (*nic) SetLinkAddress(tcpip.LinkAddress) {}

// Wait implements stack.LinkEndpoint. The stack calls it with a lock held that deliveries need, so
// Host.Close waits for them before.
func (*nic) Wait() {}

// ARPHardwareType implements stack.LinkEndpoint.
func (*nic) ARPHardwareType() header.ARPHardwareType { return header.ARPHardwareNone }

// AddHeader implements stack.LinkEndpoint.
func (*nic) AddHeader(*stack.PacketBuffer) {}

// ParseHeader implements stack.LinkEndpoint.
func (*nic) ParseHeader(*stack.PacketBuffer) bool { return true }

// Close implements stack.LinkEndpoint.
func (*nic) Close() {}

// SetOnCloseAction implements stack.LinkEndpoint.
func (*nic) SetOnCloseAction(func()) {}

// stackClock shows the network's clock to a stack.
type stackClock struct{ net *Net }

// Now implements tcpip.Clock.
func (c stackClock) Now() time.Time { return c.net.clk.Now() }

// NowMonotonic implements tcpip.Clock.
func (c stackClock) NowMonotonic() tcpip.MonotonicTime {
	return tcpip.MonotonicTime{}.Add(c.net.elapsed())
}

// AfterFunc implements tcpip.Clock.
func (c stackClock) AfterFunc(d time.Duration, f func()) tcpip.Timer {
	t := clock.NewTimer(c.net.clk, f)
	t.Reset(d)
	return t
}

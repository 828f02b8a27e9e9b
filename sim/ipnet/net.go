// Package ipnet is the wires and the hosts of the simulated world: IPv4 hosts with a TCP/IP stack of their
// own each, segments and point-to-point lines between them, and what befalls packets on the way (latency,
// loss, a cut). Everything runs in the process, without privileges, on a clock.Clock and from one seed.
//
// It leaves out routing between segments, address translation and firewalls (package router), names
// (package dns) and IPv6. Packages outside this one never see the TCP/IP stack's own types.
package ipnet

import (
	"context"
	"io"
	"net"
	"net/netip"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/record"
)

// Net is one simulated network. Nothing is shared between two of them.
type Net struct{}

// New returns an empty network. The seed decides ports, sequence numbers and the fate of packets, each
// derived by name, so that a further host does not change what happens to the others.
func New(c clock.Clock, seed uint64, rec *record.Record) *Net { panic("not yet") }

// AddSegment adds a shared medium, such as a LAN. A frame goes to the neighbour whose address is its Next.
func (n *Net) AddSegment(name string) *Segment { panic("not yet") }

// AddHost adds a host and its link to cfg.Segment. It refuses names and addresses that are taken.
func (n *Net) AddHost(name string, cfg HostConfig) (*Host, error) { panic("not yet") }

// Attach joins r to segment s as the owner of addrs by a link called name. A router calls it once per
// interface. It panics when the name or an address is taken: check the plan first.
func (n *Net) Attach(name string, r Receiver, s *Segment, addrs []netip.Addr, p Params) (*Link, Port) {
	panic("not yet")
}

// Connect joins a and b by a line of their own called name; pa is what a sends on, pb what b does.
func (n *Net) Connect(name string, a, b Receiver, p Params) (l *Link, pa, pb Port) { panic("not yet") }

// Link returns the link called name, or nil.
func (n *Net) Link(name string) *Link { panic("not yet") }

// Links returns all links in the order in which they were made.
func (n *Net) Links() []*Link { panic("not yet") }

// Host returns the host called name, or nil.
func (n *Net) Host(name string) *Host { panic("not yet") }

// Capture writes every packet on every link to w as pcapng until Close.
func (n *Net) Capture(w io.Writer, o CaptureOptions) *Capture { panic("not yet") }

// Close shuts all hosts down and ends all traffic. No goroutine of the network is left when it returns.
func (n *Net) Close() {}

// Segment is a shared medium without loss of its own: what befalls frames, befalls them on the links.
type Segment struct{}

// Name is the name given to AddSegment.
func (s *Segment) Name() string { panic("not yet") }

// HostConfig describes a host's place in the network.
type HostConfig struct {
	// Segment is where the host is linked to. Required.
	Segment *Segment
	// Address is the host's address with the length of its on-link prefix. Required.
	Address netip.Prefix
	// Gateway is the router to everything else; none if not valid.
	Gateway netip.Addr
	// MTU in octets; 0 means 1500.
	MTU int
	// Link are the properties of the host's link. Latency 0 means 200 us + 7 us x the host's index: a
	// latency of its own decides who is first when several hosts act in the same instant.
	Link Params
	// LinkName names the link; empty means the host's name.
	LinkName string
}

// Host is one IP host. It fulfils the doors: Dial and Listen are methods of it.
type Host struct{}

// Name is the name given to AddHost.
func (h *Host) Name() string { panic("not yet") }

// Addr is the host's own address.
func (h *Host) Addr() netip.Addr { panic("not yet") }

// Link is the host's link to its segment. Forward is away from the host.
func (h *Host) Link() *Link { panic("not yet") }

// Dial opens a connection, with the meaning of net.Dialer.DialContext. The network is "tcp" or "udp" (or
// with a 4), the address "IP:port": who has names resolves them first. Errors are *net.OpError around a
// syscall.Errno, net.ErrClosed, or ctx's end as net.Dialer reports it.
func (h *Host) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	panic("not yet")
}

// Listen opens a TCP listener on "IP:port" or ":port"; port 0 picks a free one.
func (h *Host) Listen(network, address string) (net.Listener, error) { panic("not yet") }

// ListenPacket opens a UDP socket on "IP:port" or ":port".
func (h *Host) ListenPacket(network, address string) (net.PacketConn, error) { panic("not yet") }

// Close shuts the host down: open connections are reset, waiting calls return net.ErrClosed.
func (h *Host) Close() {}

// Params are the properties of a link, or of one direction of it.
type Params struct {
	// Latency is the time a packet takes.
	Latency time.Duration
	// Jitter is the most that chance adds to Latency. Packets never overtake each other.
	Jitter time.Duration
	// Loss is the share of packets that are lost, 0 to 1. Each flow has its own dice.
	Loss float64
	// Rate is the bandwidth in bits per second; 0 means unlimited.
	Rate int64
	// Queue is how many octets wait for a link with a Rate before further ones are dropped; 0 means 1 MiB.
	Queue int
	// MTU is the largest packet in octets; larger ones vanish, as on a line that says nothing. 0 means no limit.
	MTU int
}

// Direction is one of the two ways of a link.
type Direction int

const (
	// Forward is from the first end to the second: from the host or router to the segment.
	Forward Direction = iota
	// Backward is from the second end to the first.
	Backward
)

// Stats count what became of the packets that were sent in one direction.
type Stats struct {
	// Sent, Lost (by chance), Cut (link down), Full (queue), TooBig (MTU) are packets; Octets those sent.
	Sent, Lost, Cut, Full, TooBig, Octets uint64
}

// Link is a line between two ends: a host or router and a segment, or two routers.
type Link struct{}

// Name is unique in the network.
func (l *Link) Name() string { panic("not yet") }

// Cut takes the given directions down, both when none is given. What is on the way is lost too.
func (l *Link) Cut(dirs ...Direction) { panic("not yet") }

// Heal undoes Cut.
func (l *Link) Heal(dirs ...Direction) { panic("not yet") }

// Set changes both directions. Packets on the way keep the time they were promised.
func (l *Link) Set(p Params) { panic("not yet") }

// SetDirection changes one direction.
func (l *Link) SetDirection(d Direction, p Params) { panic("not yet") }

// Params returns the properties of one direction.
func (l *Link) Params(d Direction) Params { panic("not yet") }

// Stats returns the counters of one direction.
func (l *Link) Stats(d Direction) Stats { panic("not yet") }

// Port is the end of a link that its owner sends on. The zero Port swallows everything.
type Port struct{}

// Send puts f on the link, which owns its octets from now on. A link without latency delivers in the
// caller's goroutine: hold no lock.
func (p Port) Send(f Frame) { panic("not yet") }

// CaptureOptions say what a capture keeps.
type CaptureOptions struct {
	// Full is how many octets of packets are kept whole; later ones are cut to Snap octets. 0 means all.
	Full int64
	// Snap is the length to which packets are cut after Full; 0 means 96.
	Snap int
	// IO brackets each write to the capture's writer, which happens in the clock's driver; nil means the
	// clock's own Do.
	IO func(func())
}

// Capture is a running capture.
type Capture struct{}

// TLSKeys takes lines in the NSS key log format (tls.Config.KeyLogWriter); they are stored in the capture,
// which then opens decrypted in Wireshark.
func (c *Capture) TLSKeys() io.Writer { panic("not yet") }

// Close ends the capture and writes what is left. It returns the first error of the writer. Call it from
// an ordinary goroutine, not from a timer.
func (c *Capture) Close() error { panic("not yet") }

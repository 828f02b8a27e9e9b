// Package ipnet is the wires and the hosts of the simulated world: IPv4 hosts with a TCP/IP stack of their
// own each, segments and point-to-point lines between them, and what befalls packets on the way (latency,
// loss, a cut). Everything runs in the process, without privileges, on a clock.Clock and from one seed.
//
// It leaves out routing between segments, address translation and firewalls (package router), names
// (package dns) and IPv6. Packages outside this one never see the TCP/IP stack's own types.
package ipnet

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/ipnet/capture"
	"demailbench/sim/record"
)

// Net is one simulated network. Nothing is shared between two of them.
type Net struct {
	clk   clock.Clock
	seed  uint64
	rec   *record.Record
	start time.Time

	mu       sync.Mutex
	links    []*Link
	byName   map[string]*Link
	hosts    []*Host
	byHost   map[string]*Host
	captures []*capture.Capture
}

// New returns an empty network. The seed decides ports, sequence numbers and the fate of packets, each
// derived by name, so that a further host does not change what happens to the others. Connections and
// undeliverable frames go to rec, which may be nil.
func New(c clock.Clock, seed uint64, rec *record.Record) *Net {
	return &Net{
		clk: c, seed: seed, rec: rec, start: c.Now(),
		byName: map[string]*Link{}, byHost: map[string]*Host{},
	}
}

// elapsed is the time of the network's clock since New.
func (n *Net) elapsed() time.Duration { return n.clk.Now().Sub(n.start) }

// derive is a seed of its own for whoever is called name.
func (n *Net) derive(name string) uint64 {
	h := fnv.New64a()
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n.seed)
	h.Write(b[:])
	io.WriteString(h, name)
	return mix(h.Sum64())
}

// mix spreads the bits of a hash whose inputs differ little.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

func (n *Net) add(e record.Event) {
	if n.rec != nil {
		n.rec.Add(e)
	}
}

// Attach joins r to segment s as the owner of addrs by a link called name. A router calls it once per
// interface, with all addresses that it answers for. Forward is from r to the segment. Attach panics when
// the name or an address is taken: whoever loads a plan checks it first.
func (n *Net) Attach(name string, r Receiver, s *Segment, addrs []netip.Addr, p Params) (*Link, Port) {
	tap := &segmentPort{segment: s}
	l, mine, theirs := n.connect(name, r, tap, nameOf(r, name), s.name, p)
	tap.out = theirs
	if err := s.own(addrs, tap); err != nil {
		panic(err)
	}
	return l, mine
}

// Connect joins a and b by a line of their own called name; pa is what a sends on, pb what b does.
// Forward is from a to b. It panics when the name is taken.
func (n *Net) Connect(name string, a, b Receiver, p Params) (l *Link, pa, pb Port) {
	return n.connect(name, a, b, nameOf(a, "a"), nameOf(b, "b"), p)
}

// nameOf names an end of a link for the capture.
func nameOf(r Receiver, otherwise string) string {
	if named, ok := r.(interface{ Name() string }); ok {
		return named.Name()
	}
	return otherwise
}

func (n *Net) connect(name string, a, b Receiver, from, to string, p Params) (l *Link, pa, pb Port) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.byName[name] != nil {
		panic(fmt.Sprintf("ipnet: a link %q exists already", name))
	}
	l = &Link{name: name}
	l.dirs[Forward] = newDirection(n, name+":"+from+">"+to, b, p)
	l.dirs[Backward] = newDirection(n, name+":"+to+">"+from, a, p)
	for _, c := range n.captures {
		l.tap(c)
	}
	n.links = append(n.links, l)
	n.byName[name] = l
	return l, Port{l.dirs[Forward]}, Port{l.dirs[Backward]}
}

// Link returns the link called name, or nil.
func (n *Net) Link(name string) *Link {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.byName[name]
}

// Links returns all links in the order in which they were made.
func (n *Net) Links() []*Link {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.links)
}

// Host returns the host called name, or nil.
func (n *Net) Host(name string) *Host {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.byHost[name]
}

// CaptureOptions say what a capture keeps.
type CaptureOptions = capture.Options

// Capture is a running capture; see package capture.
type Capture = capture.Capture

// Capture writes every packet that enters a link to w as pcapng until the capture's Close, also on links
// that are made later. A direction of a link is an interface called "<link>:<from>><to>"; a packet that
// the link does not deliver has a comment that says why.
func (n *Net) Capture(w io.Writer, o CaptureOptions) *Capture {
	c := capture.New(n.clk, w, o)
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, l := range n.links {
		l.tap(c)
	}
	n.captures = append(n.captures, c)
	return c
}

// Close takes all links down and shuts all hosts down. Whoever waits on a connection or listener gets
// net.ErrClosed. No goroutine of the network is left when it returns; captures stay open. It may be called
// while the clock is driven or after, but not from a timer.
func (n *Net) Close() {
	n.mu.Lock()
	links, hosts := slices.Clone(n.links), slices.Clone(n.hosts)
	n.mu.Unlock()
	for _, l := range links {
		for _, d := range l.dirs {
			d.close()
		}
	}
	for _, h := range hosts {
		h.Close()
	}
}

package ipnet

import (
	"time"

	"demailbench/sim/ipnet/capture"
)

// Params are the properties of a link, or of one direction of it. The zero value delivers at once.
type Params struct {
	// Latency is the time a packet takes.
	Latency time.Duration
	// Jitter is the most that chance adds to Latency. Packets never overtake each other.
	Jitter time.Duration
	// Loss is the share of packets that are lost, 0 to 1. Each flow has its own dice, so that flows do
	// not disturb each other's luck.
	Loss float64
	// Rate is the bandwidth in bits per second; 0 means unlimited.
	Rate int64
	// Queue is how many octets wait for a link with a Rate before further packets are dropped; 0 means
	// 1 MiB, room for a whole send buffer.
	Queue int
	// MTU is the largest packet in octets; larger ones vanish, as on a line that says nothing. 0 means no
	// limit.
	MTU int
}

const defaultQueue = 1 << 20

// Direction is one of the two ways of a link.
type Direction int

const (
	// Forward is from the first end to the second: from the host or router to the segment.
	Forward Direction = iota
	// Backward is from the second end to the first.
	Backward
)

// Stats count what became of the packets that entered one direction of a link.
type Stats struct {
	// Sent packets were delivered or are on their way; Octets is their size.
	Sent, Octets uint64
	// Lost packets fell to chance, Cut ones to a cut, Full ones found the queue full, TooBig ones were
	// larger than the MTU.
	Lost, Cut, Full, TooBig uint64
}

// Link is a line between two ends: a host or router and a segment, or two routers.
type Link struct {
	name string
	dirs [2]*direction
}

// Name is unique in the network.
func (l *Link) Name() string { return l.name }

// Cut takes the given directions down, both when none is given. What is on the way is lost too.
func (l *Link) Cut(dirs ...Direction) {
	l.each(dirs, func(d *direction) { d.setDown(true) })
}

// Heal undoes Cut.
func (l *Link) Heal(dirs ...Direction) {
	l.each(dirs, func(d *direction) { d.setDown(false) })
}

// Set changes both directions. Packets on the way keep the time they were promised; a cut stays.
func (l *Link) Set(p Params) {
	l.each(nil, func(d *direction) { d.set(p) })
}

// SetDirection changes one direction.
func (l *Link) SetDirection(d Direction, p Params) { l.dirs[d].set(p) }

// Params returns the properties of one direction.
func (l *Link) Params(d Direction) Params {
	l.dirs[d].mu.Lock()
	defer l.dirs[d].mu.Unlock()
	return l.dirs[d].p
}

// Stats returns the counters of one direction.
func (l *Link) Stats(d Direction) Stats {
	l.dirs[d].mu.Lock()
	defer l.dirs[d].mu.Unlock()
	return l.dirs[d].stats
}

func (l *Link) each(dirs []Direction, f func(*direction)) {
	if len(dirs) == 0 {
		dirs = []Direction{Forward, Backward}
	}
	for _, d := range dirs {
		f(l.dirs[d])
	}
}

func (l *Link) tap(c *capture.Capture) {
	for _, d := range l.dirs {
		d.tap(c)
	}
}

// Port is the end of a link that its owner sends on. The zero Port swallows everything.
type Port struct{ out *direction }

// Send puts f on the link, which owns its octets from now on. A link without latency delivers in the
// caller's goroutine: hold no lock.
func (p Port) Send(f Frame) {
	if p.out != nil {
		p.out.send(f)
	}
}

// MTU is the largest packet that Send can pass on, 0 for no limit.
func (p Port) MTU() int {
	if p.out == nil {
		return 0
	}
	p.out.mu.Lock()
	defer p.out.mu.Unlock()
	return p.out.p.MTU
}

package ipnet

import (
	"encoding/binary"
	"hash/fnv"
	"sync"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/ipnet/capture"
)

// direction is one half of a link: a line on which packets keep their order, drained by one timer.
type direction struct {
	net  *Net
	name string
	seed uint64
	dst  Receiver

	mu     sync.Mutex
	p      Params
	down   bool
	closed bool
	stats  Stats
	taps   []tap

	queue []queued
	head  int
	armed bool
	timer *clock.Timer
	busy  time.Duration    // when the rate limiter is free again
	flows map[tuple]uint64 // packets seen of each flow, for its dice
}

type queued struct {
	due   time.Duration
	frame Frame
}

type tap struct {
	capture *capture.Capture
	iface   int
}

func newDirection(n *Net, name string, dst Receiver, p Params) *direction {
	d := &direction{net: n, name: name, seed: n.derive(name), dst: dst, p: p, flows: map[tuple]uint64{}}
	d.timer = clock.NewTimer(n.clk, d.drain)
	return d
}

func (d *direction) set(p Params) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.p = p
}

func (d *direction) setDown(down bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down = down
	if down {
		d.stats.Cut += uint64(d.discard())
	}
}

// close drops everything from now on.
func (d *direction) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	d.discard()
}

// discard empties the line. The caller holds d.mu.
func (d *direction) discard() (packets int) {
	packets = len(d.queue) - d.head
	d.queue, d.head, d.armed = nil, 0, false
	d.busy = 0
	d.timer.Stop()
	return packets
}

func (d *direction) tap(c *capture.Capture) {
	id := c.AddInterface(d.name)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.taps = append(d.taps, tap{c, id})
}

// send decides the fate of f in the sender's goroutine and delivers at once when nothing delays it.
func (d *direction) send(f Frame) {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return
	}
	now := d.net.elapsed()
	due, fate := d.decide(f.Packet, now)
	for _, t := range d.taps {
		t.capture.Packet(t.iface, d.net.start.Add(now), f.Packet, fate)
	}
	if fate != "" {
		d.mu.Unlock()
		return
	}
	d.stats.Sent++
	d.stats.Octets += uint64(len(f.Packet))
	if due <= now && d.head == len(d.queue) {
		d.mu.Unlock()
		d.dst.Receive(f)
		return
	}
	d.queue = append(d.queue, queued{due, f})
	if !d.armed {
		d.armed = true
		d.timer.Reset(due - now)
	}
	d.mu.Unlock()
}

// decide returns when the packet arrives, or why it does not. The caller holds d.mu.
func (d *direction) decide(packet []byte, now time.Duration) (due time.Duration, fate string) {
	p := &d.p
	switch {
	case d.down:
		d.stats.Cut++
		return 0, "link is cut"
	case p.MTU > 0 && len(packet) > p.MTU:
		d.stats.TooBig++
		return 0, "larger than the link's MTU"
	}
	var dice dice
	if p.Loss > 0 || p.Jitter > 0 {
		dice = d.roll(packet)
	}
	if p.Loss > 0 && dice.share() < p.Loss {
		d.stats.Lost++
		return 0, "lost by chance"
	}
	due = now
	if p.Rate > 0 {
		due = max(now, d.busy)
		waiting := float64(due-now) / float64(time.Second) * float64(p.Rate) / 8
		if limit := p.queue(); waiting > float64(limit) {
			d.stats.Full++
			return 0, "queue is full"
		}
		due += time.Duration(float64(len(packet)*8) / float64(p.Rate) * float64(time.Second))
		d.busy = due
	}
	due += p.Latency
	if p.Jitter > 0 {
		due += time.Duration(mix(uint64(dice)) % uint64(p.Jitter))
	}
	if n := len(d.queue); n > d.head {
		due = max(due, d.queue[n-1].due)
	}
	return due, ""
}

func (p *Params) queue() int {
	if p.Queue == 0 {
		return defaultQueue
	}
	return p.Queue
}

// dice is chance for one packet.
type dice uint64

// share is a number from 0 to just below 1.
func (d dice) share() float64 { return float64(d>>11) / (1 << 53) }

// roll depends on the seed, the link, the flow and how many packets of the flow came before, not on what
// other flows do: results do not hang on the order in which hosts of the same instant are served.
func (d *direction) roll(packet []byte) dice {
	t := parseTuple(packet)
	d.flows[t]++
	var b [29]byte
	binary.LittleEndian.PutUint64(b[0:], d.seed)
	copy(b[8:], t.src[:])
	copy(b[12:], t.dst[:])
	b[16] = t.proto
	binary.LittleEndian.PutUint16(b[17:], t.srcPort)
	binary.LittleEndian.PutUint16(b[19:], t.dstPort)
	binary.LittleEndian.PutUint64(b[21:], d.flows[t])
	h := fnv.New64a()
	h.Write(b[:])
	return dice(mix(h.Sum64()))
}

// drain delivers what is due and arms the timer for what comes next.
func (d *direction) drain() {
	for {
		d.mu.Lock()
		if d.head == len(d.queue) {
			d.queue, d.head, d.armed = d.queue[:0], 0, false
			d.mu.Unlock()
			return
		}
		next := d.queue[d.head]
		if now := d.net.elapsed(); next.due > now {
			d.timer.Reset(next.due - now)
			d.mu.Unlock()
			return
		}
		d.queue[d.head] = queued{}
		d.head++
		if d.head > 1024 && d.head*2 > len(d.queue) {
			d.queue = append(d.queue[:0], d.queue[d.head:]...)
			d.head = 0
		}
		d.mu.Unlock()
		d.dst.Receive(next.frame)
	}
}

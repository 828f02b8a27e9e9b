package ipnet

import (
	"fmt"
	"net/netip"
	"sync"

	"demailbench/sim/record"
)

// Segment is a shared medium, such as a LAN: a frame goes to the neighbour whose address is its Next, as
// if by ARP. It has no loss of its own: what befalls frames, befalls them on the links.
type Segment struct {
	net  *Net
	name string

	mu    sync.RWMutex
	ports map[netip.Addr]*segmentPort
}

// AddSegment adds a segment. Its name is what the record calls it.
func (n *Net) AddSegment(name string) *Segment {
	return &Segment{net: n, name: name, ports: map[netip.Addr]*segmentPort{}}
}

// Name is the name given to AddSegment.
func (s *Segment) Name() string { return s.name }

// own makes port the neighbour for addrs.
func (s *Segment) own(addrs []netip.Addr, port *segmentPort) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range addrs {
		if s.ports[a] != nil {
			return fmt.Errorf("ipnet: segment %q has two neighbours with address %v; give one of them another", s.name, a)
		}
		s.ports[a] = port
	}
	return nil
}

func (s *Segment) taken(a netip.Addr) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ports[a] != nil
}

// segmentPort is the segment's end of one link.
type segmentPort struct {
	segment *Segment
	out     Port
}

// Receive implements Receiver: it passes the frame on to the neighbour. A frame whose neighbour does not
// exist, or is the sender, is dropped; who routes is who tells the source.
func (p *segmentPort) Receive(f Frame) {
	p.segment.mu.RLock()
	neighbour := p.segment.ports[f.Next]
	p.segment.mu.RUnlock()
	if neighbour == nil || neighbour == p {
		p.segment.miss(f)
		return
	}
	neighbour.out.Send(f)
}

func (s *Segment) miss(f Frame) {
	t := parseTuple(f.Packet)
	s.net.add(record.Event{
		Kind: record.Drop, Who: s.name, Detail: "no neighbour",
		Local: t.source(), Remote: t.destination(), Proto: t.protocol(),
	})
}

package ipnet

import "net/netip"

// Has reports whether a neighbour on the segment answers for a, as ARP would find out. Routers ask before
// they send, so that they can tell the source of a packet that its destination is not there.
func (s *Segment) Has(a netip.Addr) bool { return s.taken(a) }

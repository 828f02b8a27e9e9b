package router

import "encoding/binary"

// sum is the ones' complement sum of b, added to start, not yet folded.
func sum(b []byte, start uint64) uint64 {
	for ; len(b) >= 4; b = b[4:] {
		start += uint64(binary.BigEndian.Uint32(b))
	}
	if len(b) >= 2 {
		start += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		start += uint64(b[0]) << 8
	}
	return start
}

// fold brings a sum to 16 bits.
func fold(s uint64) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

// checksum is the Internet checksum of b (RFC 1071), whose checksum field must be zero. Of data that has
// its checksum in place it is 0.
func checksum(b []byte) uint16 { return ^fold(sum(b, 0)) }

// delta collects changes of 16-bit words for an incremental update (RFC 1624 3, equation 3). Ports and
// addresses are aligned in every header that carries them, so the sum does not depend on their place.
type delta uint64

// word notes that old became new.
func (d *delta) word(old, new uint16) { *d += delta(^old) + delta(new) }

// addr notes a changed address.
func (d *delta) addr(old, new [4]byte) {
	d.word(binary.BigEndian.Uint16(old[:2]), binary.BigEndian.Uint16(new[:2]))
	d.word(binary.BigEndian.Uint16(old[2:]), binary.BigEndian.Uint16(new[2:]))
}

// apply updates the checksum field at b.
func (d delta) apply(b []byte) {
	old := binary.BigEndian.Uint16(b)
	binary.BigEndian.PutUint16(b, ^fold(uint64(^old)+uint64(d)))
}

// applyUDP does so for UDP, where 0 means that there is no checksum (RFC 768).
func (d delta) applyUDP(b []byte) {
	if binary.BigEndian.Uint16(b) == 0 {
		return
	}
	d.apply(b)
	if binary.BigEndian.Uint16(b) == 0 {
		b[0], b[1] = 0xff, 0xff
	}
}

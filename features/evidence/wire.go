package evidence

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gopacket/gopacket/pcapgo"

	"demailbench/features/check"
)

// wire searches a capture file. It implements check.Wire.
type wire struct{ path string }

// segment is one packet as far as the judge looks into it.
type segment struct {
	number   int
	link     string
	at       time.Time
	src, dst netip.AddrPort
	payload  []byte
}

// each calls f for every TCP or UDP packet and returns the links that the capture knows.
func (w *wire) each(f func(segment)) (links []string, err error) {
	file, err := os.Open(w.path)
	if err != nil {
		return nil, fmt.Errorf("read capture: %w", err)
	}
	defer file.Close()
	r, err := pcapgo.NewNgReader(file, pcapgo.NgReaderOptions{})
	if err != nil {
		return nil, fmt.Errorf("read capture: %w", err)
	}
	for n := 1; ; n++ {
		data, info, err := r.ReadPacketData()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read capture: packet %d: %w", n, err)
		}
		s, ok := dissect(data)
		if !ok {
			continue
		}
		if s.link, err = link(r, info.InterfaceIndex); err != nil {
			return nil, fmt.Errorf("read capture: packet %d: %w", n, err)
		}
		s.number, s.at = n, info.Timestamp
		f(s)
	}
	for i := range r.NInterfaces() {
		name, err := link(r, i)
		if err != nil {
			return nil, fmt.Errorf("read capture: %w", err)
		}
		links = append(links, name)
	}
	return links, nil
}

// link is the name of the link that an interface of the capture stands for.
func link(r *pcapgo.NgReader, index int) (string, error) {
	i, err := r.Interface(index)
	name, _, _ := strings.Cut(i.Name, ":")
	return name, err
}

// dissect reads addresses, ports and payload of an IPv4 packet with TCP or UDP inside.
func dissect(b []byte) (s segment, ok bool) {
	if len(b) < 20 || b[0]>>4 != 4 {
		return s, false
	}
	ihl := int(b[0]&15) * 4
	if len(b) < ihl+8 || binary.BigEndian.Uint16(b[6:])&0x1fff != 0 {
		return s, false
	}
	l4 := b[ihl:]
	s.src = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[12:16])), binary.BigEndian.Uint16(l4))
	s.dst = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[16:20])), binary.BigEndian.Uint16(l4[2:]))
	switch b[9] {
	case 6:
		if len(l4) < 20 || len(l4) < int(l4[12]>>4)*4 {
			return s, false
		}
		s.payload = l4[int(l4[12]>>4)*4:]
	case 17:
		s.payload = l4[8:]
	default:
		return s, false
	}
	return s, true
}

// stream is one direction of a connection on one link.
type stream struct {
	link     string
	src, dst netip.AddrPort
}

// Find returns the packets on links (all, when there are none) in which octets end; they may begin in the
// packet before. A link of which the capture has nothing is an error that matches check.ErrLink.
func (w *wire) Find(octets []byte, links []string) ([]check.Packet, error) {
	var out []check.Packet
	tail := map[stream][]byte{}
	known, err := w.each(func(s segment) {
		if len(s.payload) == 0 || len(links) > 0 && !slices.Contains(links, s.link) {
			return
		}
		k := stream{s.link, s.src, s.dst}
		joined := append(tail[k], s.payload...)
		if bytes.Contains(joined, octets) {
			out = append(out, check.Packet{Number: s.number, Link: s.link, At: s.at})
			joined = nil
		}
		if keep := len(octets) - 1; len(joined) > keep {
			joined = joined[len(joined)-keep:]
		}
		tail[k] = bytes.Clone(joined)
	})
	for _, l := range links {
		if err == nil && !slices.Contains(known, l) {
			err = fmt.Errorf("%w %q", check.ErrLink, l)
		}
	}
	return out, err
}

// Near returns the last packet between two "IP:port" at or before at; an empty local is anybody.
func (w *wire) Near(local, remote string, at time.Time) (check.Packet, bool) {
	l, err1 := netip.ParseAddrPort(local)
	r, err2 := netip.ParseAddrPort(remote)
	var p check.Packet
	if err1 != nil && local != "" || err2 != nil {
		return p, false
	}
	_, err := w.each(func(s segment) {
		if s.at.After(at) { // interfaces share one clock, but packets of one instant may be in any order
			return
		}
		if s.dst == r && (s.src == l || local == "") || s.src == r && (s.dst == l || local == "") {
			p = check.Packet{Number: s.number, Link: s.link, At: s.at}
		}
	})
	return p, err == nil && p.Number > 0
}

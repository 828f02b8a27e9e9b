package dns

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/miekg/dns"
)

// headerLen is the length of a message's header, whose last eight octets count questions and records.
const headerLen = 12

// SubstituteA puts, in place, what to returns for it in place of the address of every A record of the message
// wire, and leaves every other octet as it is: so the answer of one network's name server can be given to
// who lives in another. An error of to, a malformed message and an address that is not IPv4 leave the
// message half done: do not use it.
func SubstituteA(wire []byte, to func(netip.Addr) (netip.Addr, error)) error {
	if len(wire) < headerLen {
		return fmt.Errorf("dns: substitute: %d octets are no message", len(wire))
	}
	count := func(at int) int { return int(binary.BigEndian.Uint16(wire[at:])) }
	off := headerLen
	for range count(4) {
		_, end, err := dns.UnpackDomainName(wire, off)
		if err != nil || end+4 > len(wire) {
			return fmt.Errorf("dns: substitute: malformed question at octet %d", off)
		}
		off = end + 4 // type and class
	}
	for range count(6) + count(8) + count(10) {
		rr, end, err := dns.UnpackRR(wire, off)
		if err != nil || end <= off {
			return fmt.Errorf("dns: substitute: malformed record at octet %d", off)
		}
		if a, ok := rr.(*dns.A); ok && a.Hdr.Rdlength == 4 {
			if err := substitute(wire[end-4:end], to); err != nil {
				return fmt.Errorf("dns: substitute: record of %s: %w", a.Hdr.Name, err)
			}
		}
		off = end
	}
	return nil
}

func substitute(rdata []byte, to func(netip.Addr) (netip.Addr, error)) error {
	addr, err := to(netip.AddrFrom4([4]byte(rdata)))
	if err != nil {
		return err
	}
	if !addr.Is4() {
		return fmt.Errorf("%v is not an IPv4 address", addr)
	}
	octets := addr.As4()
	copy(rdata, octets[:])
	return nil
}

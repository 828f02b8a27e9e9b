//go:build linux

package ruleset

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Attributes of NFLOG (linux/netfilter/nfnetlink_log.h).
const (
	configCommand = 1
	configMode    = 2
	configQueue   = 5
	packetInDev   = 4
	packetPayload = 9
	packetPrefix  = 10
	commandBind   = 1
	// copied is how much of each packet is looked at: headers.
	copied = 64
)

// Follow reports every packet that a rule of Program decides, until the process ends. Packets of known flows reach no
// rule that logs, so it is one decision for a new flow and one for each packet that is refused.
func Follow(decided func(Decision)) error {
	c, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return fmt.Errorf("nflog: %w", err)
	}
	_ = c.SetReadBuffer(4 << 20) // best effort: a burst may be lost otherwise
	if err := configure(c, netlink.Attribute{Type: configCommand, Data: []byte{commandBind}}); err != nil {
		return fmt.Errorf("nflog: %w; the kernel needs nfnetlink_log", err)
	}
	mode := append(binary.BigEndian.AppendUint32(nil, copied), 2, 0)
	if err := configure(c, netlink.Attribute{Type: configMode, Data: mode},
		netlink.Attribute{Type: configQueue, Data: []byte{0, 0, 0, 1}}); err != nil { // one packet at a time
		return fmt.Errorf("nflog: %w", err)
	}
	go func() {
		for {
			messages, err := c.Receive()
			if err != nil {
				continue // packets were lost because of their number
			}
			for _, m := range messages {
				if d, ok := read(m.Data, name); ok {
					decided(d)
				}
			}
		}
	}()
	return nil
}

func configure(c *netlink.Conn, attributes ...netlink.Attribute) error {
	b, err := netlink.MarshalAttributes(attributes)
	if err != nil {
		return err
	}
	_, err = c.Execute(netlink.Message{
		Header: netlink.Header{Type: unix.NFNL_SUBSYS_ULOG<<8 | 1, Flags: netlink.Request | netlink.Acknowledge},
		Data:   append([]byte{unix.AF_INET, 0, 0, logGroup}, b...)})
	return err
}

// name is an interface's, by its number.
func name(index int) string {
	i, err := net.InterfaceByIndex(index)
	if err != nil {
		return ""
	}
	return i.Name
}

// read takes a message of NFLOG apart.
func read(data []byte, name func(int) string) (d Decision, ok bool) {
	if len(data) < 4 {
		return d, false
	}
	attributes, err := netlink.UnmarshalAttributes(data[4:])
	if err != nil {
		return d, false
	}
	for _, a := range attributes {
		switch {
		case a.Type == packetPrefix:
			d.Verdict, d.Rule, _ = strings.Cut(strings.TrimRight(string(a.Data), "\x00"), " ")
		case a.Type == packetInDev && len(a.Data) == 4:
			d.In = name(int(binary.BigEndian.Uint32(a.Data)))
		case a.Type == packetPayload:
			d.tuple(a.Data)
		}
	}
	return d, d.Rule != "" && d.Source != ""
}

// tuple reads addresses and ports off a packet.
func (d *Decision) tuple(packet []byte) {
	if len(packet) < 20 || packet[0]>>4 != 4 {
		return
	}
	from, to := netip.AddrFrom4([4]byte(packet[12:16])), netip.AddrFrom4([4]byte(packet[16:20]))
	d.Protocol, d.Source, d.Destination = fmt.Sprint(packet[9]), from.String(), to.String()
	for protocol, number := range numbers {
		if number == packet[9] {
			d.Protocol = protocol
		}
	}
	if at := int(packet[0]&15) * 4; (d.Protocol == "tcp" || d.Protocol == "udp") && len(packet) >= at+4 {
		d.Source = netip.AddrPortFrom(from, binary.BigEndian.Uint16(packet[at:])).String()
		d.Destination = netip.AddrPortFrom(to, binary.BigEndian.Uint16(packet[at+2:])).String()
	}
}

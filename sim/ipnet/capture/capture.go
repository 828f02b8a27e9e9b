// Package capture keeps the packets of a simulated network as a pcapng file that tcpdump and Wireshark
// read: one interface per link direction, the virtual time of each packet, TLS secrets inside.
//
// Packets pass in timer callbacks, where no file may be touched; they are therefore collected in memory
// and written in chunks when the clock's driver finds the process idle. Choosing what to capture is left
// to package ipnet.
package capture

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"demailbench/sim/clock"
)

// linkTypeIPv4 is LINKTYPE_IPV4. LINKTYPE_RAW would do, but libpcap 1.10 refuses files in which several
// interfaces have it.
const linkTypeIPv4 = layers.LinkType(228)

const (
	// chunk is how much is collected before it is written.
	chunk = 1 << 20
	// most is how much is collected at most while the writer does not keep up.
	most = 64 << 20

	defaultSnap = 96
)

// Options say what a capture keeps.
type Options struct {
	// Full is how many octets of packets are kept whole; later ones are cut to Snap octets, with their
	// true length noted. 0 means all.
	Full int64
	// Snap is the length to which packets are cut after Full; 0 means 96: headers, and a reply's start.
	Snap int
	// IO brackets each write to the capture's writer, which happens in the clock's driver; nil means the
	// clock's own Do, or nothing when it has none.
	IO func(func())
}

// Capture is a running capture. Its methods may be called by any goroutine.
type Capture struct {
	clk clock.Clock
	w   io.Writer
	o   Options

	writing sync.Mutex // one chunk at a time, in order

	mu     sync.Mutex
	buf    *bytes.Buffer // what ng writes to
	ng     *pcapgo.NgWriter
	ifaces int
	kept   int64
	lost   uint64
	armed  bool
	closed bool
	err    error
}

// New returns a capture that writes to w. Nothing but headers is written before the first MiB is full.
func New(c clock.Clock, w io.Writer, o Options) *Capture {
	if o.Snap == 0 {
		o.Snap = defaultSnap
	}
	if o.IO == nil {
		o.IO = func(f func()) { f() }
		if v, ok := c.(interface{ Do(func()) }); ok {
			o.IO = v.Do
		}
	}
	return &Capture{clk: c, w: w, o: o, buf: &bytes.Buffer{}}
}

// Write implements io.Writer for the pcapng encoder; the caller holds c.mu.
type sink struct{ c *Capture }

func (s sink) Write(p []byte) (int, error) { return s.c.buf.Write(p) }

// AddInterface adds a direction of a link and returns its number for Packet.
func (c *Capture) AddInterface(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	iface := pcapgo.NgInterface{Name: name, LinkType: linkTypeIPv4}
	if c.ng == nil {
		ng, err := pcapgo.NewNgWriterInterface(sink{c}, iface, pcapgo.NgWriterOptions{
			SectionInfo: pcapgo.NgSectionInfo{Application: "demailbench"},
		})
		c.fail(err)
		c.ng = ng
	} else {
		_, err := c.ng.AddInterface(iface)
		c.fail(err)
	}
	c.ifaces++
	return c.ifaces - 1
}

// Packet keeps one IPv4 packet that entered interface id at the given time. A comment says what became
// of it when it did not arrive. The packet's octets are not kept beyond the call.
func (c *Capture) Packet(id int, at time.Time, packet []byte, comment string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.err != nil {
		return
	}
	if c.buf.Len() > most {
		c.lost++
		return
	}
	data := packet
	if c.o.Full > 0 && c.kept >= c.o.Full {
		data = packet[:min(len(packet), c.o.Snap)]
	}
	c.kept += int64(len(data))
	var o pcapgo.NgPacketOptions
	if comment != "" {
		o.Comments = []string{comment}
	}
	c.fail(c.ng.WritePacketWithOptions(gopacket.CaptureInfo{
		Timestamp: at, CaptureLength: len(data), Length: len(packet), InterfaceIndex: id,
	}, data, o))
	if c.buf.Len() > chunk && !c.armed {
		c.armed = true
		c.clk.AfterFunc(0, func() { c.o.IO(c.flush) })
	}
}

// fail keeps the first error. The caller holds c.mu.
func (c *Capture) fail(err error) {
	if c.err == nil && err != nil {
		c.err = fmt.Errorf("capture: %w", err)
	}
}

// flush writes what was collected. It runs where waiting for a file is allowed.
func (c *Capture) flush() {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	if c.ng != nil {
		c.fail(c.ng.Flush())
	}
	full := c.buf
	c.buf, c.armed = &bytes.Buffer{}, false
	failed := c.err != nil
	c.mu.Unlock()
	if failed || full.Len() == 0 {
		return
	}
	_, err := c.w.Write(full.Bytes())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail(err)
}

// TLSKeys takes lines in the NSS key log format, as tls.Config.KeyLogWriter writes them. They become
// decryption secrets blocks of the file, ahead of the packets that they open.
func (c *Capture) TLSKeys() io.Writer { return keys{c} }

type keys struct{ c *Capture }

func (k keys) Write(line []byte) (int, error) {
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	if k.c.closed || k.c.ng == nil {
		return len(line), nil
	}
	k.c.fail(k.c.ng.WriteDecryptionSecretsBlock(pcapgo.DSB_SECRETS_TYPE_TLS, line))
	return len(line), nil
}

// Lost counts packets that were not kept because the writer did not keep up.
func (c *Capture) Lost() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

// Close ends the capture and writes what is left, through the clock's IO: call it from an ordinary
// goroutine, not from a timer. It returns the first error of the writer; the file is then cut short.
func (c *Capture) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.clk.IO(c.flush)
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

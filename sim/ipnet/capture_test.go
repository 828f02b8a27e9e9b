package ipnet_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"demailbench/sim/ipnet"
)

// heldWriter is a file that notices when it is written while time could run away.
type heldWriter struct {
	bytes.Buffer
	assert func()
	writes int
}

func (w *heldWriter) Write(p []byte) (int, error) {
	w.assert()
	w.writes++
	return w.Buffer.Write(p)
}

func TestCapture(t *testing.T) {
	w := newLAN(t, 1, 2, ipnet.Params{})
	file := &heldWriter{assert: func() { w.clk.MustHold("capture") }}
	cap := w.net.Capture(file, ipnet.CaptureOptions{})
	w.run(t, func() {
		io.WriteString(cap.TLSKeys(), "CLIENT_RANDOM 00 00\n")
		w.serve(t, 0, 25)
		if _, err := converse(w.hosts[1], w.address(0, 25), strings.Repeat("x", 3000)); err != nil {
			t.Error(err)
		}
		w.hosts[0].Link().Cut()
		ctx, cancel := w.clk.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		w.hosts[1].Dial(ctx, "tcp", w.address(0, 25))
		if err := cap.Close(); err != nil {
			t.Error(err)
		}
	})
	if !bytes.Contains(file.Bytes(), []byte("CLIENT_RANDOM 00 00\n")) {
		t.Error("the TLS key is not in the capture")
	}
	r, err := pcapgo.NewNgReader(&file.Buffer, pcapgo.NgReaderOptions{WantMixedLinkType: true})
	if err != nil {
		t.Fatal(err)
	}
	names, comments := map[string]int{}, map[string]int{}
	last := epoch
	for {
		data, ci, opts, err := r.ReadPacketDataWithOptions()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		iface, err := r.Interface(ci.InterfaceIndex)
		if err != nil || iface.LinkType != layers.LinkType(228) {
			t.Fatalf("interface %d: %v, link type %v", ci.InterfaceIndex, err, iface.LinkType)
		}
		names[iface.Name]++
		for _, c := range opts.Comments {
			comments[c]++
		}
		if ci.Timestamp.Before(last) {
			t.Errorf("packet at %v after one at %v", ci.Timestamp, last)
		}
		last = ci.Timestamp
		verify(t, data)
	}
	for _, name := range []string{"h1:h1>lan", "h1:lan>h1", "h2:h2>lan", "h2:lan>h2"} {
		if names[name] == 0 {
			t.Errorf("no packets on %q, only %v", name, names)
		}
	}
	if comments["link is cut"] < 2 || len(comments) != 1 {
		t.Errorf("comments %v, want those of SYNs on a cut link", comments)
	}
}

// verify checks the checksums of an IPv4 packet with TCP in it.
func verify(t *testing.T, packet []byte) {
	t.Helper()
	ip := header.IPv4(packet)
	if !ip.IsValid(len(packet)) || !ip.IsChecksumValid() {
		t.Errorf("bad IP header in % x", packet)
		return
	}
	segment := header.TCP(ip.Payload())
	payload := segment.Payload()
	if !segment.IsChecksumValid(ip.SourceAddress(), ip.DestinationAddress(), checksum.Checksum(payload, 0), uint16(len(payload))) {
		t.Errorf("bad TCP checksum in % x", packet)
	}
}

// TestCaptureIsBounded transfers more than fits into memory chunks: the file grows while packets pass, and
// packets are cut once enough is kept whole.
func TestCaptureIsBounded(t *testing.T) {
	w := newLAN(t, 1, 2, ipnet.Params{})
	file := &heldWriter{assert: func() { w.clk.MustHold("capture") }}
	cap := w.net.Capture(file, ipnet.CaptureOptions{Full: 4 << 20})
	const size = 16 << 20
	w.run(t, func() {
		l, err := w.hosts[0].Listen("tcp", ":25")
		if err != nil {
			t.Error(err)
			return
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if c, err := l.Accept(); err == nil {
				io.Copy(io.Discard, c)
			}
		}()
		c, err := w.hosts[1].Dial(context.Background(), "tcp", w.address(0, 25))
		if err != nil {
			t.Error(err)
			return
		}
		c.Write(make([]byte, size))
		c.Close()
		<-done
		if err := cap.Close(); err != nil {
			t.Error(err)
		}
	})
	if file.writes < 4 || file.Len() > 4<<20+size/2 || cap.Lost() > 0 {
		t.Errorf("%d octets in %d writes, %d packets not kept", file.Len(), file.writes, cap.Lost())
	}
}

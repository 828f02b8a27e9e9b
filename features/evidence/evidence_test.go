package evidence

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"demailbench/features/check"
	"demailbench/sim/record"
)

var noon = time.Date(2015, 11, 2, 12, 0, 0, 0, time.UTC)

func TestSaveAndOpen(t *testing.T) {
	dir, work := t.TempDir(), t.TempDir()
	b := record.NewBodies(work, func(f func()) { f() })
	w := b.Writer()
	io.WriteString(w, "hello\r\n")
	sum, _, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	rec := record.New(func() time.Time { return noon })
	rec.Add(record.Event{Who: "mta", Kind: record.Stored, To: []string{"a@b"}, Msg: &record.Message{Header: "Subject: x\r\n\r\n", Body: sum, Size: 21}})
	scene := check.Scene{Gateway: "gateway", Zones: map[string]string{"mta": "tenant"}}
	if err := Save(dir, rec.Events(), scene, b); err != nil {
		t.Fatal(err)
	}
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(rec.Events(), c.Events); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(scene, c.Scene); d != "" {
		t.Error(d)
	}
	r, err := c.Body(sum)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, _ := io.ReadAll(r); string(got) != "hello\r\n" {
		t.Errorf("body %q", got)
	}
	if c.Wire != nil {
		t.Error("there is a capture, and none was written")
	}
	if eml, err := os.ReadFile(filepath.Join(dir, Mail, "001-mta.eml")); err != nil || string(eml) != "Subject: x\r\n\r\nhello\r\n" {
		t.Errorf("message file %q, %v", eml, err)
	}
	if err := os.Remove(filepath.Join(dir, Timeline)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil {
		t.Error("opened without a record")
	}
}

// capture writes a file with one TCP packet for each payload, alternating between two links.
func capture(t *testing.T, payloads ...string) *wire {
	t.Helper()
	name := filepath.Join(t.TempDir(), Capture)
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w, err := pcapgo.NewNgWriterInterface(f, pcapgo.NgInterface{Name: "one:a>b", LinkType: 228}, pcapgo.NgWriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddInterface(pcapgo.NgInterface{Name: "two:a>b", LinkType: 228}); err != nil {
		t.Fatal(err)
	}
	for i, p := range payloads {
		buf := gopacket.NewSerializeBuffer()
		ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: []byte{10, 0, 0, 1}, DstIP: []byte{10, 0, 0, 2}}
		tcp := &layers.TCP{SrcPort: 1000, DstPort: 25, Seq: uint32(i)}
		tcp.SetNetworkLayerForChecksum(ip)
		if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, ip, tcp, gopacket.Payload(p)); err != nil {
			t.Fatal(err)
		}
		b := buf.Bytes()
		info := gopacket.CaptureInfo{Timestamp: noon.Add(time.Duration(i) * time.Second), CaptureLength: len(b), Length: len(b), InterfaceIndex: i % 2}
		if err := w.WritePacket(info, b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return &wire{path: name}
}

func TestWire(t *testing.T) {
	w := capture(t, "nothing", "secret here", "first half sec", "x", "ret second half")
	numbers := func(links ...string) []int {
		found, err := w.Find([]byte("secret"), links)
		if err != nil {
			t.Fatal(err)
		}
		var out []int
		for _, p := range found {
			out = append(out, p.Number)
		}
		return out
	}
	// Packet 2 is on link two; packets 3 and 5, on link one, have it across their border.
	if d := cmp.Diff([]int{2, 5}, numbers()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{5}, numbers("one")); d != "" {
		t.Error(d)
	}
	if _, err := w.Find([]byte("secret"), []string{"one", "nosuch"}); !errors.Is(err, check.ErrLink) {
		t.Errorf("a link that does not exist: %v", err)
	}
	local, remote := "10.0.0.2:25", "10.0.0.1:1000"
	if p, ok := w.Near(local, remote, noon.Add(2500*time.Millisecond)); !ok || p.Number != 3 || p.Link != "one" {
		t.Errorf("near: %+v %v", p, ok)
	}
	if _, ok := w.Near(local, "10.0.0.1:1001", noon.Add(time.Hour)); ok {
		t.Error("found a packet of another connection")
	}
}

func TestTruncatedCapture(t *testing.T) {
	w := capture(t, "one", "two")
	raw, err := os.ReadFile(w.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.path, raw[:len(raw)-10], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Find([]byte("x"), nil); err == nil {
		t.Error("a truncated capture reads without an error")
	}
}

func FuzzDissect(f *testing.F) {
	f.Add([]byte("\x45\x00\x00\x28\x00\x00\x00\x00\x40\x06\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\x03\xe8\x00\x19\x00\x00\x00\x00\x00\x00\x00\x00\x50\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, ok := dissect(b)
		if ok && (!s.src.IsValid() || s.src.Addr() == (netip.Addr{}) || !bytes.HasSuffix(b, s.payload)) {
			t.Errorf("dissected %+v", s)
		}
	})
}
